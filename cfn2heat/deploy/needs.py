"""What a Heat template needs of a cloud: things that exist already, types of resources, and room in the project's quotas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from cfn2heat.deploy.resolve import UNKNOWN, Scope
from cfn2heat.record import field, record

_DEEPEST = 20
"""Levels of nested templates; Heat itself allows five unless its operator says otherwise."""


@record
class Need:
    """A thing that must exist: its kind (glance.image), its name or id, and where the template says so."""

    kind: str
    name: str
    subject: str
    file: str = ""


@record
class Take:
    """Room that resources take of one quota; flavor: as much as the flavor of that name says, in this measure."""

    quota: str
    amount: int
    subject: str
    flavor: str = ""
    measure: str = ""


@record
class Needs:
    """All that a template and its nested templates need."""

    version: str
    types: dict[str, list[str]] = field(default_factory=dict)
    """Resource types, each with the resources of that type."""
    names: list[Need] = field(default_factory=list)
    takes: list[Take] = field(default_factory=list)
    servers: list[tuple[str, str, str]] = field(default_factory=list)
    """Resource, flavor and image of each server that boots from an image onto its flavor's disk."""
    unfilled: dict[str, str] = field(default_factory=dict)
    """Parameters without a value, each with the kind of thing that it should name."""

    def kinds(self) -> set[str]:
        """The kinds of things that must be known to say what lacks."""
        flavors = {"nova.flavor"} if any(take.flavor for take in self.takes) else set()
        return {need.kind for need in self.names} | set(self.unfilled.values()) | flavors

    def quotas(self) -> set[str]:
        """The services whose quotas count: compute, volume, network, ..."""
        return {take.quota.partition(".")[0] for take in self.takes}


def needs(template: dict[str, Any], files: dict[str, dict[str, Any]], parameters: dict[str, Any]) -> Needs:
    """What a template needs; files are its nested templates by the names that it gives them, parameters what is known."""
    found = Needs(str(template.get("heat_template_version", "")))
    _Collector(files, found).template(template, parameters, "", 1, 0)
    return found


class _Collector:
    """Goes through a template and its nested ones."""

    def __init__(self, files: dict[str, dict[str, Any]], found: Needs) -> None:
        self._files = files
        self._found = found

    def template(self, template: dict[str, Any], given: dict[str, Any], file: str, times: int, level: int) -> None:
        """Collect what one template needs, as often as it is made."""
        scope = Scope(template, given)
        for name, declared in scope.parameters.items():
            for kind in _kinds(declared):
                if scope.values.get(name) is not UNKNOWN:
                    self._name(kind, scope.values[name], name, file)
                elif not file:
                    self._found.unfilled[name] = kind
        for name, resource in (template.get("resources") or {}).items():
            if isinstance(resource, dict) and scope.holds(resource.get("condition", True)) is not False:
                properties = scope.value(resource.get("properties") or {})
                self._resource(name, resource.get("type"), properties, (file, times, level))

    def _resource(self, name: str, type: Any, properties: Any, place: tuple[str, int, int]) -> None:
        file, times, level = place
        if not isinstance(type, str) or not isinstance(properties, dict):
            return
        nested = self._files.get(type)
        if nested is not None:
            if level < _DEEPEST:
                self.template(nested, properties, type, times, level + 1)
            return
        self._found.types.setdefault(type, []).append(name)
        for path, kind in _names().get(type, {}).items():
            for value in _at(properties, path.split(".")):
                self._name(kind, value, f"{name}.{path.removesuffix('.*')}", file)
        for quota, rule in _knowledge()["takes"].get(type, {}).items():
            self._take(quota, rule, properties, name, times)
        self._server(name, properties)
        group = _knowledge()["groups"].get(type)
        if group is not None:
            self._members(name, properties, group, place)

    def _members(self, name: str, properties: dict[str, Any], group: dict[str, Any], place: tuple[str, int, int]) -> None:
        file, times, level = place
        member = properties.get(group["member"])
        counts = [properties[key] for key in group["count"] if properties.get(key) is not None]
        count = _whole(counts[0] if counts else group["otherwise"])
        if isinstance(member, dict) and count > 0:
            self._resource(name, member.get("type"), member.get("properties") or {}, (file, times * count, level))

    def _name(self, kind: str, value: Any, subject: str, file: str) -> None:
        for one in value if isinstance(value, list) else [value]:
            need = Need(kind, str(one), subject, file)
            if isinstance(one, str | int) and not isinstance(one, bool) and one != "" and need not in self._found.names:
                self._found.names.append(need)

    def _take(self, quota: str, rule: Any, properties: dict[str, Any], name: str, times: int) -> None:
        if isinstance(rule, dict) and "flavor" in rule:
            flavor = properties.get("flavor")
            if isinstance(flavor, str):
                self._found.takes.append(Take(quota, times, name, flavor, rule["flavor"]))
            return
        amount = _amount(rule, properties) * times
        if amount > 0:
            self._found.takes.append(Take(quota, amount, name))

    def _server(self, name: str, properties: dict[str, Any]) -> None:
        flavor, image = properties.get("flavor"), properties.get("image")
        if isinstance(flavor, str) and isinstance(image, str):
            self._found.servers.append((name, flavor, image))


def _amount(rule: Any, properties: dict[str, Any]) -> int:
    """How much a resource takes by a rule of quotas.json: a number, a property, or members of a list."""
    if isinstance(rule, int):
        return rule
    if "property" in rule:
        return _whole(properties.get(rule["property"]))
    listed = properties.get(rule["members"])
    members = [one for one in listed if _counts(one, rule)] if isinstance(listed, list) else []
    amount = sum(_whole(one[rule["sum"]]) for one in members) if "sum" in rule else len(members)
    return max(amount, int(rule.get("least", 0)))


def _counts(member: Any, rule: dict[str, Any]) -> bool:
    if "with" not in rule and "without" not in rule:
        return True
    return isinstance(member, dict) and rule.get("without") not in member and ("with" not in rule or rule["with"] in member)


def _whole(value: Any) -> int:
    """A number of things; 0 where it cannot be told."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _at(value: Any, steps: list[str]) -> Iterator[Any]:
    """The values at a path; * goes through a list."""
    if not steps:
        yield value
    elif steps[0] == "*":
        for member in value if isinstance(value, list) else ():
            yield from _at(member, steps[1:])
    elif isinstance(value, dict) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:])


def _kinds(declared: dict[str, Any]) -> list[str]:
    """The kinds that the custom constraints of a parameter name and that can be looked up."""
    constraints = declared.get("constraints") or []
    named = [one["custom_constraint"] for one in constraints if isinstance(one, dict) and "custom_constraint" in one]
    return [kind for kind in named if kind in _surveyed()]


@cache
def _surveyed() -> frozenset[str]:
    return frozenset(kind for paths in _names().values() for kind in paths.values())


@cache
def _names() -> dict[str, dict[str, str]]:
    """Properties that name things, by type."""
    return _read("names.json")


@cache
def _knowledge() -> dict[str, Any]:
    """What each type takes of the quotas, and which types make several of a kind."""
    return _read("quotas.json")


def quota_words(quota: str, count: int) -> str:
    """So many of what a quota counts: 1 router, 3 vCPU, 20 GB of volumes."""
    word: str = _knowledge()["words"][quota]
    if count == 1 and " of " not in word:
        word = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
    return f"{count} {word}"


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return data
