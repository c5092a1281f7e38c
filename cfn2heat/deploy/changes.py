"""What deploying would change: Heat's preview, held against what the template itself says.

Heat's preview of an update does not resolve what resources read of each other, and so takes many that stay for updated or even
replaced. What it says counts for those resources alone whose own lines, parameters or files differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from cfn2heat.deploy.bundle import types
from cfn2heat.record import field, record

ADD, UPDATE, REPLACE, REMOVE = "add", "update", "replace", "remove"


@record
class Change:
    """What becomes of one resource; path leads there from the root stack."""

    kind: str
    path: tuple[str, ...]
    type: str


@record
class Plan:
    """What deploying would do to a stack: create it, update it, or nothing; besides resources, sections and tags may change."""

    action: str
    stack: str
    changes: list[Change] = field(default_factory=list)
    besides: list[str] = field(default_factory=list)


@record
class Content:
    """What a stack is made of, as data."""

    template: dict[str, Any]
    files: dict[str, str]
    parameters: dict[str, Any]


def as_data(template: dict[str, Any]) -> dict[str, Any]:
    """A template as it comes back from Heat, with the keys that JSON has."""
    found: dict[str, Any] = json.loads(json.dumps(template))
    return found


def additions(preview: list[Any]) -> list[Change]:
    """The resources of a new stack and of those nested in it, from Heat's preview."""
    return sorted(_additions(preview, ()), key=lambda change: change.path)


def _additions(preview: list[Any], parents: tuple[str, ...]) -> Iterator[Change]:
    for entry in preview:
        if isinstance(entry, list):
            inside = _parent(entry)
            yield from _additions(entry, (*parents, inside) if inside else parents)
        else:
            yield Change(ADD, (*parents, entry["resource_name"]), entry["resource_type"])


def _parent(entries: list[Any]) -> str:
    """The resource that a list of resources is nested in: each of them names it."""
    return next((entry.get("parent_resource") or "" for entry in entries if isinstance(entry, dict)), "")


def own_preview(template: dict[str, Any]) -> list[Any]:
    """What a template says itself of what it makes, in the form of Heat's preview."""
    found = template.get("resources") or {}
    return [{"resource_name": name, "resource_type": definition["type"]} for name, definition in found.items()]


def differences(old: Content, new: Content, hidden: set[str], preview: dict[str, list[Any]] | None) -> Plan:
    """What an update changes.

    The values of hidden parameters cannot be compared: there the preview alone counts, and where there is none, a change.
    """
    before, after = old.template.get("resources") or {}, new.template.get("resources") or {}
    foreseen = {entry["resource_name"]: kind for kind, entries in (preview or {}).items() for entry in entries}
    touched = set(_touched(old, new, hidden))
    changes = [Change(REMOVE, (name,), before[name]["type"]) for name in before if name not in after]
    for name, definition in after.items():
        foretold = preview is None or foreseen.get(name) in ("updated", "replaced")
        secret = foretold and not hidden.isdisjoint(parameters_in(definition))
        if name not in before:
            changes.append(Change(ADD, (name,), definition["type"]))
        elif name in touched or secret:
            kind = REPLACE if foreseen.get(name) == "replaced" else UPDATE
            changes.append(Change(kind, (name,), definition["type"]))
    return Plan(UPDATE, "", sorted(changes, key=lambda change: change.path), _besides(old, new, hidden))


def _touched(old: Content, new: Content, hidden: set[str]) -> Iterator[str]:
    """Resources of both whose lines, conditions, parameters or files differ."""
    before, after = old.template.get("resources") or {}, new.template.get("resources") or {}
    files = {name for name in new.files if old.files.get(name) != new.files[name]}
    conditions = set(_changed_conditions(old, new, hidden))
    for name in before.keys() & after.keys():
        definition = after[name]
        if (
            definition != before[name]
            or _reads_other(definition, old, new, hidden)
            or not files.isdisjoint(_files(definition, new))
            or not conditions.isdisjoint(_strings(definition))
        ):
            yield name


def parameters_in(value: Any) -> Iterator[str]:
    """The parameters that a piece of a template reads."""
    yield from (use[0] for use in _uses(value))


def _uses(value: Any) -> Iterator[tuple[str, ...]]:
    """Each parameter that is read, with the keys by which a member of it is; a key that is computed ends them."""
    if isinstance(value, dict):
        named = value.get("get_param")
        if isinstance(named, list) and named:
            yield tuple(str(step) for step in takewhile(lambda step: not isinstance(step, (dict, list)), named))
        elif named is not None:
            yield (str(named),)
        for member in value.values():
            yield from _uses(member)
    elif isinstance(value, list):
        for member in value:
            yield from _uses(member)


def _reads_other(definition: Any, old: Content, new: Content, hidden: set[str]) -> bool:
    """Whether a piece of a template reads a parameter, or a member of one, that has another value now."""
    uses = (use for use in _uses(definition) if use[0] not in hidden)
    return any(not same(_value(old, use), _value(new, use)) for use in uses)


def _value(content: Content, use: tuple[str, ...]) -> Any:
    """What a use of a parameter reads: of the value that was given, else of the default."""
    name, *steps = use
    declared = (content.template.get("parameters") or {}).get(name) or {}
    value = content.parameters.get(name, declared.get("default"))
    for step in steps:
        if not isinstance(value, dict) or step not in value:
            return value
        value = value[step]
    return value


def _changed_conditions(old: Content, new: Content, hidden: set[str]) -> Iterator[str]:
    before, after = old.template.get("conditions") or {}, new.template.get("conditions") or {}
    for name, condition in after.items():
        if condition != before.get(name) or _reads_other(condition, old, new, hidden):
            yield name


def _files(definition: Any, content: Content) -> set[str]:
    """The files that a resource is made of, and those that they name."""
    found: set[str] = set()
    rest = [name for name in types(definition) if name in content.files]
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest += [other for other in content.files if other in content.files[name]]
    return found


def _besides(old: Content, new: Content, hidden: set[str]) -> list[str]:
    """Sections of the template that differ, other than its resources, and parameters with other values."""
    sections = sorted(old.template.keys() | new.template.keys())
    found = [name for name in sections if name != "resources" and old.template.get(name) != new.template.get(name)]
    names = (old.parameters.keys() | new.parameters.keys()) - hidden
    return found + [f"value of {name}" for name in sorted(names) if not same(old.parameters.get(name), new.parameters.get(name))]


def same(one: Any, other: Any) -> bool:
    """Whether two values of a parameter are one to Heat, which keeps numbers as text."""
    return _text(one) == _text(other)


def _text(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(member, (dict, list)) for member in value):
        return ",".join(map(str, value))
    return json.dumps(value, sort_keys=True) if isinstance(value, (dict, list)) else str(value)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(member)
