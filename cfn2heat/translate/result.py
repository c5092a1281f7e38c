"""What a conversion gives for one template."""

from __future__ import annotations

from cfn2heat.diagnostics import Diagnostic
from cfn2heat.record import record
from cfn2heat.translate.state import Translation


@record
class Converted:
    """One template's result: its files by name (the first is the template itself), or the error that refused it."""

    path: str
    stem: str
    files: dict[str, str]
    diagnostics: list[Diagnostic]
    translation: Translation | None = None
    nested: bool = False

    @property
    def converted(self) -> bool:
        """Whether there is a result."""
        return self.translation is not None
