"""Validity: what is written is held against Heat's catalog. What does not hold is said where it comes from in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfn2heat.diagnostics import Diagnostic, Severity
from cfn2heat.hot import values as hot
from cfn2heat.hot.check import findings
from cfn2heat.hot.plain import outline
from cfn2heat.hot.walk import walk
from cfn2heat.source import Path, Span, format_path
from cfn2heat.translate.constants import as_text

if TYPE_CHECKING:
    from cfn2heat.translate.state import Child, Translation

STATUS = "C2H4021"
ADVICE = "mend the source, or what is written, before it is deployed"


def hold(t: Translation) -> None:
    """Check the template and the files that it brings; each finding becomes a diagnostic, and Heat's refusals are counted."""
    outlines = {file: outline(template) for file, template in t.files.items()}
    outlines.update((file, _outline(child)) for file, child in t.children.items())
    for path, found in findings(t.hot, outlines):
        _say(t, path, found, "")
    for file, template in t.files.items():
        for path, found in findings(template, outlines):
            _say(t, path, found, file)


def _outline(child: Child) -> dict[str, Any]:
    from cfn2heat.hot.template import HotTemplate

    return {**outline(HotTemplate(parameters=child.parameters)), "outputs": dict.fromkeys(child.outputs.values())}


def _say(t: Translation, path: Path, found: Diagnostic, file: str) -> None:
    origin = _Origin(t, path, file)
    if found.severity is Severity.NOTE or (found.code == STATUS and origin.chosen):
        return
    place = f"{format_path(path)} of {file}" if file else format_path(path)
    message = _without_secrets(t, f"{place}: {found.message}")
    if found.severity is Severity.ERROR:
        t.refused.append(place)
        message = f"Heat refuses {message}"
    t.diagnostics.add(found.code, found.severity, origin.subject, message, advice=found.advice or ADVICE, span=origin.span)


def _without_secrets(t: Translation, message: str) -> str:
    """The message without the defaults of parameters that nobody may see."""
    for parameter in t.hot.parameters.values():
        if parameter.hidden and isinstance(parameter.default, hot.Literal) and parameter.default.value not in ("", None):
            message = message.replace(as_text(parameter.default.value), "***")
    return message


class _Origin:
    """Where a place of the written template comes from: subject and span in the source."""

    def __init__(self, t: Translation, path: Path, file: str) -> None:
        self._t = t
        self.subject = format_path(path)
        self.span = Span(t.template.file, 0, 0)
        self.chosen = False
        """Whether the table chose the type, which then knows what becomes of it."""
        section, name = (*map(str, path[:2]), "")[:2] if path else ("", "")
        if file:
            self._resource(self._user(file), ())
        elif section == "resources":
            self._resource(name, path)
        else:
            self._entry(section, name)

    def _user(self, file: str) -> str:
        """The resource that a nested file is made for."""
        for name, resource in self._t.hot.resources.items():
            if resource.type == file or any(_names(value, file) for value in resource.properties.values()):
                return name
        return ""

    def _resource(self, name: str, path: Path) -> None:
        t = self._t
        owner = next((owner for owner, names in t.placed.items() if name in names), "")
        source = t.template.resources.get(owner)  # none for what holds a rule
        if source is None:
            return
        self.subject, self.span = owner, source.span
        self.chosen = t.table.rule(source.type) is not None
        entry = self._nearest([name, *map(str, path[2:])])
        if entry is not None:
            self.subject, self.span = entry

    def _nearest(self, steps: list[str]) -> tuple[str, Span] | None:
        """The leaf of the source that went to the place, or next to it."""
        best, found = 2, None
        for entry in self._t.ledger.entries:
            for target in entry.targets:
                length = _common(steps, target.split("."))
                if length > best:
                    best, found = length, (format_path(entry.path[1:]), entry.span)
        return found

    def _entry(self, section: str, name: str) -> None:
        """A parameter, a condition or an output."""
        template = self._t.template
        sections: dict[str, Any] = {
            "parameters": template.parameters,
            "conditions": template.conditions,
            "outputs": template.outputs,
        }
        source = sections.get(section, {}).get(name)
        if source is not None:
            self.subject, self.span = name, source.span


def _names(value: hot.HotValue, file: str) -> bool:
    return any(node == hot.Literal(file) for node in walk(value))


def _common(one: list[str], other: list[str]) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
