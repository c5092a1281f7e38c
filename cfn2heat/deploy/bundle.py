"""What is deployed: a template, the files that its types name, the values at hand, and where each resource came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cfn2heat.diagnostics import Diagnostic
from cfn2heat.record import field, record, replace
from cfn2heat.source import Span


@record
class Origin:
    """The resource of the source that a resource of the stack came from, and where it stands."""

    name: str
    place: Span


@record
class Parameter:
    """A parameter of a template as far as deploying needs it."""

    name: str
    hidden: bool
    required: bool
    description: str


@record
class Bundle:
    """A template as text and as data, with all that belongs to it; made by a conversion, or of a HOT file."""

    file: str
    text: str
    template: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    nested: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The files as data."""
    values: dict[str, Any] = field(default_factory=dict)
    """What the conversion or the site says of parameters; what a person gives goes before it."""
    origins: dict[str, dict[str, Origin]] = field(default_factory=dict)
    """By file, then by resource."""

    def parameters(self) -> dict[str, Parameter]:
        """The parameters of the template."""
        declared = self.template.get("parameters") or {}
        return {
            name: Parameter(name, is_true(data.get("hidden")), "default" not in data, str(data.get("description") or ""))
            for name, data in declared.items()
        }

    def origin(self, path: tuple[str, ...]) -> Origin | None:
        """Where a resource came from, or the nearest one around it of which that is known."""
        file, found = self.file, None
        for step in path:
            template = self.template if file == self.file else self.nested.get(file, {})
            definition = (template.get("resources") or {}).get(step)
            if definition is None:
                continue  # a member of a group goes by a number, and its file is known from the group
            found = self.origins.get(file, {}).get(step, found)
            file = next((name for name in types(definition) if name in self.files), file)
        return found

    def at_source(self, diagnostic: Diagnostic) -> Diagnostic:
        """A finding with the place in the source of the resource that it is about."""
        origin = self.origins.get(diagnostic.span.file or self.file, {}).get(diagnostic.subject.split(".", 1)[0])
        return replace(diagnostic, span=origin.place) if origin else diagnostic

    def type(self, path: tuple[str, ...]) -> str:
        """The type of a resource of the template, or "" for one that is nested."""
        definition = (self.template.get("resources") or {}).get(path[0], {}) if len(path) == 1 else {}
        return str(definition.get("type", ""))


def is_true(value: Any) -> bool:
    """Whether Heat takes a value of a template as true."""
    return value is True or str(value).lower() in ("true", "yes", "on", "1", "t", "y")


def types(value: Any) -> Iterator[str]:
    """Every type that a piece of a template names, however deep: groups name those of their members."""
    if isinstance(value, dict):
        named = value.get("type")
        if isinstance(named, str):
            yield named
        for member in value.values():
            yield from types(member)
    elif isinstance(value, list):
        for member in value:
            yield from types(member)
