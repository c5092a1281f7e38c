"""Who refers to whom in a template."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from cfn2heat.cfn.sub import Placeholder, split_sub
from cfn2heat.cfn.template import Template
from cfn2heat.cfn.values import DynamicReference, GetAtt, Map, NoValue, Ref, Scalar, Seq, Sub, Value
from cfn2heat.record import fields
from cfn2heat.source import Path


class Use(NamedTuple):
    """One reference: the resource that refers ("" for an output), the path from the template's root, and the attribute.

    The attribute is "Ref" for Ref and "DependsOn" for DependsOn; "" where it is not known before deployment.
    """

    resource: str
    path: Path
    attribute: str


Found = tuple[str, str, Path]


class Graph:
    """References between resources, found when they are first asked for."""

    def __init__(self, template: Template) -> None:
        self._template = template

    def users(self, name: str) -> list[Use]:
        """Who refers to a resource (or parameter), in source order."""
        return self._users.get(name, [])

    def references(self, name: str) -> list[str]:
        """The resources that a resource refers to or depends on, each once, in source order."""
        return self._references.get(name, [])

    @cached_property
    def _users(self) -> dict[str, list[Use]]:
        users: dict[str, list[Use]] = {}
        for user, found in self._all():
            for target, attribute, path in found:
                users.setdefault(target, []).append(Use(user, path, attribute))
        return users

    @cached_property
    def _references(self) -> dict[str, list[str]]:
        references: dict[str, dict[str, None]] = {}
        for target, uses in self._users.items():
            if target in self._template.resources:
                for use in uses:
                    references.setdefault(use.resource, {})[target] = None
        return {user: list(targets) for user, targets in references.items()}

    def circles(self) -> list[list[str]]:
        """Circles of resources that refer to each other, each in its order; without all of them there is no circle left."""
        return self._circles

    def closes_circle(self, user: str, target: str) -> bool:
        """Whether this reference is the one that closes a circle: leaving out all that do leaves none."""
        return (user, target) in self._closing

    @cached_property
    def _circles(self) -> list[list[str]]:
        return find_circles({name: self.references(name) for name in self._template.resources})

    @cached_property
    def _closing(self) -> set[tuple[str, str]]:
        return {(circle[-1], circle[0]) for circle in self._circles}

    def _all(self) -> Iterator[tuple[str, list[Found]]]:
        for name, resource in self._template.resources.items():
            found: list[Found] = []
            for attribute, value in (
                ("Properties", resource.properties),
                ("Metadata", resource.metadata),
                ("UpdatePolicy", resource.update_policy),
                ("CreationPolicy", resource.creation_policy),
                ("DeletionPolicy", resource.deletion_policy),
                ("UpdateReplacePolicy", resource.update_replace_policy),
            ):
                if value is not None:
                    _collect(value, ("Resources", name, attribute), found)
            found += [(target, "DependsOn", ("Resources", name, "DependsOn")) for target in resource.depends_on]
            yield name, found
        for name, output in self._template.outputs.items():
            for key, given in (("Value", output.value), ("Export", output.export), ("Description", output.description)):
                if given is not None:
                    yield "", find_references(given, ("Outputs", name, key))


def build_graph(template: Template) -> Graph:
    """Give the graph of a template."""
    return Graph(template)


def find_references(value: Value, path: Path = ()) -> list[Found]:
    """Every reference inside a value: what it names, the attribute ("Ref" for Ref), where it stands."""
    found: list[Found] = []
    _collect(value, path, found)
    return found


def _collect(value: Value, path: Path, found: list[Found]) -> None:
    collect = _COLLECTORS.get(value.__class__, _collect_arguments)
    if collect is not None:
        collect(value, path, found)


def _collect_map(value: Map, path: Path, found: list[Found]) -> None:
    _collect_members(value.entries.items(), path, found)


def _collect_list(value: Seq, path: Path, found: list[Found]) -> None:
    _collect_members(enumerate(value.items), path, found)


def _collect_members(members: Iterable[tuple[str | int, Value]], path: Path, found: list[Found]) -> None:
    """Dispatch by class here: a template has some fifty values for each reference."""
    for step, item in members:
        collect = _COLLECTORS.get(item.__class__, _collect_arguments)
        if collect is not None:
            collect(item, (*path, step), found)


def _collect_ref(value: Ref, path: Path, found: list[Found]) -> None:
    found.append((value.name, "Ref", path))


def _collect_get_att(value: GetAtt, path: Path, found: list[Found]) -> None:
    if isinstance(value.attribute, str):
        found.append((value.resource, value.attribute, path))
    else:
        found.append((value.resource, "", path))
        _collect(value.attribute, path, found)


def _collect_sub(value: Sub, path: Path, found: list[Found]) -> None:
    for part in value.parts:
        if not isinstance(part, str):
            _collect(part[1], path, found)


def _collect_dynamic(value: DynamicReference, path: Path, found: list[Found]) -> None:
    for name in split_sub(value.reference):
        if isinstance(name, Placeholder):
            target, _, attribute = name.name.partition(".")
            found.append((target, attribute or "Ref", path))


def _collect_arguments(value: Value, path: Path, found: list[Found]) -> None:
    """Look into the arguments of any other function."""
    for name in fields(value):
        argument = getattr(value, name)
        if isinstance(argument, tuple):
            if not hasattr(argument, "_fields"):
                for item in argument:
                    _collect(item, path, found)
        elif hasattr(argument, "span"):
            _collect(argument, path, found)


_COLLECTORS: dict[type, Callable[[Any, Path, list[Found]], None] | None] = {
    Scalar: None,
    NoValue: None,
    Map: _collect_map,
    Seq: _collect_list,
    Ref: _collect_ref,
    GetAtt: _collect_get_att,
    Sub: _collect_sub,
    DynamicReference: _collect_dynamic,
}


def find_circles(edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Find a circle for each edge that leads back, in order and without recursion; names that are no keys lead nowhere."""
    circles: list[list[str]] = []
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        trail = {start: 0}
        waiting = [iter(edges[start])]
        while waiting:
            for target in waiting[-1]:
                if target in trail:
                    circles.append(list(trail)[trail[target] :])
                elif target in edges and target not in done:
                    trail[target] = len(trail)
                    waiting.append(iter(edges[target]))
                    break
            else:
                waiting.pop()
                done.add(trail.popitem()[0])
    return circles
