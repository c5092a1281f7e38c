"""Relations: properties of one resource that demand or exclude each other, as the engine validates them: rows of relations.json.

A row's `at` is the map that holds the properties: the resource's own, or `name` or `name[]` inside them. One key says what holds:
`any` of these is given; `most` one of them; `none` of them; `order`: the first is no more than the second; `same`: are equal.
It does so only `when` properties have one of these values, where another is `given`, `without` others. `a|b` are names of one.
`source` is the part of the engine that refuses it. What depends on conditions or on the cloud is taken to be right.
"""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cfn2heat.hot.catalog import TypeSchema
from cfn2heat.hot.scope import Scope
from cfn2heat.hot.traps import branches
from cfn2heat.record import record
from cfn2heat.source import Path

Plain = Any
Row = Mapping[str, Plain]
Holder = Mapping[str, Plain]

_FILE = os.path.join(os.path.dirname(__file__), "relations.json")


TESTS = ("any", "most", "none", "order", "same")


@cache
def rows() -> dict[str, list[Row]]:
    """Every row, by type."""
    with open(_FILE, "rb") as file:
        found: dict[str, list[Row]] = json.load(file)
    return found


@record
class _Relation:
    """A row as it is asked again and again."""

    row: Row
    test: str
    names: tuple[str, ...]
    """The properties that it is about, by all their names."""
    all: frozenset[str]

    def settled(self, holder: Holder) -> bool:
        """Whether it is seen at once that nothing is wrong; mostly it is."""
        if self.test == "any":
            return any(holder.get(name) is not None for name in self.names)
        return self.all.isdisjoint(holder) or (self.test != "none" and len(self.all & holder.keys()) < 2)


@cache
def _relations(type_name: str) -> dict[str, list[_Relation]]:
    """The rows of a type, by the maps that they look at."""
    found: dict[str, list[_Relation]] = {}
    for row in rows().get(type_name, ()):
        test = next(test for test in TESTS if test in row)
        names = tuple(one for name in row[test] for one in name.split("|"))
        found.setdefault(row.get("at", ""), []).append(_Relation(row, test, names, frozenset(names)))
    return found


def check_relations(scope: Scope, kind: TypeSchema, properties: Holder, path: Path) -> None:
    """Check the properties of a resource against the rows of its type."""
    for at, relations in _relations(kind.name).items():
        for place, holder in _holders(scope, properties, at, path):
            for relation in relations:
                if not relation.settled(holder):
                    judge = _Judge(scope, kind, relation.row, holder)
                    name, problem = judge.problem(relation.test) if judge.concerned() else ("", "")
                    if problem:
                        scope.report("C2H4025", (*place, name) if name else place, problem)
    for new, old in kind.replaces.items():
        if old in properties and new in properties and given(scope, properties[old]) and given(scope, properties[new]):
            scope.report("C2H4025", (*path, old), f"{new} and {old} exclude each other", f"leave {old} out: it is the older name")


def _holders(scope: Scope, properties: Holder, at: str, path: Path) -> Iterator[tuple[Path, Holder]]:
    """The maps that a row looks at, each with its path."""
    if not at:
        yield path, properties
        return
    name = at.removesuffix("[]")
    inner = properties.get(name)
    members = [((*path, name), inner)] if name == at else []
    if name != at and isinstance(inner, list):
        members = [((*path, name, index), member) for index, member in enumerate(inner)]
    for place, member in members:
        for branch, branch_path in branches(member, place):
            if isinstance(branch, dict) and not _function(scope, branch):
                yield branch_path, branch


def _function(scope: Scope, value: Holder) -> str:
    """The name of the function that a map is, or an empty text."""
    name = next(iter(value)) if len(value) == 1 else ""
    return name if name in scope.version.functions else ""


def given(scope: Scope, value: Plain) -> bool | None:
    """Whether a value is surely there (True) or surely not (False); None: that depends."""
    if isinstance(value, dict) and _function(scope, value):
        return _result_given(scope, *next(iter(value.items())))
    if value is None:
        return False
    return True if value else None


def _result_given(scope: Scope, function: str, argument: Plain) -> bool | None:
    if function == "get_resource":
        return True
    if function == "get_param":
        parameter = scope.parameters.get(argument) if isinstance(argument, str) else None
        return True if parameter is not None and parameter.default else None
    if function == "if" and isinstance(argument, list) and argument[1:]:
        found = {given(scope, branch) for branch in (argument[1:] if argument[2:] else (argument[1], None))}
        return found.pop() if len(found) == 1 else None
    return None


class _Judge:
    """One row before one map of properties."""

    def __init__(self, scope: Scope, kind: TypeSchema, row: Row, holder: Holder) -> None:
        self._scope = scope
        self._row = row
        self._holder = holder
        self._defaults = kind.raw["properties"] if "at" not in row else {}

    def concerned(self) -> bool:
        """Whether the row says anything here."""
        row = self._row
        if any(self._given(name) is not False for name in row.get("without", ())):
            return False
        if "given" in row and not self._given(row["given"]):
            return False
        return all(self._value(name) in values for name, values in row.get("when", {}).items())

    def problem(self, test: str) -> tuple[str, str]:
        """The property at fault ("": the whole map), and what is wrong; ("", "") when nothing is."""
        found: tuple[str, str] = getattr(self, f"_{test}")(self._row[test])
        return found

    def _given(self, name: str) -> bool | None:
        """Whether a property is given, under any of its names."""
        found = {given(self._scope, self._holder.get(one)) for one in name.split("|")}
        return True if True in found else None if None in found else False

    def _value(self, name: str) -> Plain:
        """The plain value of a property, or its default."""
        value = self._holder[name] if name in self._holder else self._defaults.get(name, {}).get("default")
        return value if not isinstance(value, (dict, list)) else None

    def _any(self, names: list[str]) -> tuple[str, str]:
        if any(self._given(name) is not False for name in names):
            return "", ""
        shown = [name.partition("|")[0] for name in names]
        which = shown[0] if len(shown) == 1 else f"one of {', '.join(shown[:-1])} and {shown[-1]}"
        return "", f"{which} must be given{self._where()}"

    def _most(self, names: list[str]) -> tuple[str, str]:
        there = [name.partition("|")[0] for name in names if self._given(name)]
        return (there[1], f"{there[0]} and {there[1]} exclude each other") if len(there) > 1 else ("", "")

    def _none(self, names: list[str]) -> tuple[str, str]:
        there = next((name for name in names if self._given(name)), "")
        return there, f"{there} must not be given{self._where()}" if there else ""

    def _order(self, names: list[str]) -> tuple[str, str]:
        low, high = (self._number(self._holder.get(name)) for name in names)
        if low is None or high is None or low <= high:
            return "", ""
        return names[0], f"{names[0]} is {low:g}, more than {names[1]}, which is {high:g}{self._where()}"

    def _same(self, names: list[str]) -> tuple[str, str]:
        first, second = (self._value(name) for name in names)
        return (names[1], f"{names[0]} and {names[1]} must be the same") if first and second and first != second else ("", "")

    def _where(self) -> str:
        row = self._row
        parts = [f"{name} is {self._value(name)}" for name in row.get("when", ())]
        parts += [f"{row['given']} is given"] if "given" in row else []
        return f" when {' and '.join(parts)}" if parts else ""

    def _number(self, value: Plain) -> float | None:
        """A number, or that which a parameter has by default."""
        if isinstance(value, dict):
            name = value.get("get_param") if len(value) == 1 else None
            parameter = self._scope.parameters.get(name) if isinstance(name, str) else None
            value = parameter.default if parameter is not None else None
        try:
            return float(value) if isinstance(value, (int, float, str)) else None
        except ValueError:
            return None
