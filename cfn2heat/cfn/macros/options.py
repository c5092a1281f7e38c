"""What the macros share: the user's options, the diagnostics and what stayed unexpanded."""

from __future__ import annotations

from pathlib import Path

from cfn2heat.cfn.nodes import Limits
from cfn2heat.diagnostics import Diagnostics, Severity
from cfn2heat.record import field, mutable_record
from cfn2heat.source import Span


@mutable_record
class MacroContext:
    """The surroundings of one template's expansion; unresolved collects the names of macros that could not be expanded."""

    path: Path | None
    template_dir: Path | None
    parameters: dict[str, str]
    region: str | None
    limits: Limits
    diagnostics: Diagnostics
    unresolved: list[str] = field(default_factory=list)

    def report(
        self, code: str, subject: str, message: str, span: Span, advice: str = "", severity: Severity = Severity.ERROR
    ) -> None:
        """Add a diagnostic."""
        self.diagnostics.add(code, severity, subject, message, advice=advice, span=span)
