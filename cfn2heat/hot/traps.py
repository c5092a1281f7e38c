"""Traps: what Heat's validation takes and what then fails, or is something else than it says. The rows stand in traps.json."""

from __future__ import annotations

import json
import os.path
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cfn2heat.diagnostics import Severity
from cfn2heat.hot.scope import Scope
from cfn2heat.record import record
from cfn2heat.source import Path

Plain = Any

_CODES = {"refused": "C2H4022", "silent": "C2H4023"}
_FILE = os.path.join(os.path.dirname(__file__), "traps.json")


@cache
def _content() -> dict[str, list[dict[str, Plain]]]:
    """Rows by type. A row's `at` is the path of a property, `[]` for each member of a list.

    Each has a test (of _TESTS), and may have: `where`, values of other properties beside; `without`, properties that are absent.
    """
    with open(_FILE, encoding="utf-8") as file:
        rows: dict[str, list[dict[str, Plain]]] = json.load(file)
    return rows


@record
class _Trap:
    """A row as it is asked again and again."""

    row: Mapping[str, Plain]
    steps: list[str]
    demanded: str | None
    """The property without which nothing can be caught; None where its absence is what is looked for."""
    tests: list[tuple[Any, Plain]]


@cache
def _traps(type_name: str) -> list[_Trap]:
    found = []
    for row in _content().get(type_name, ()):
        steps = row["at"].split(".")
        demanded = None if "absent" in row else steps[0].removesuffix("[]")
        found.append(_Trap(row, steps, demanded, [(judge, row[test]) for test, judge in _TESTS.items() if test in row]))
    return found


def check_traps(scope: Scope, type_name: str, properties: Mapping[str, Plain], path: Path) -> None:
    """Check the properties of a resource against the traps of its type."""
    for trap in _traps(type_name):
        if trap.demanded is not None and trap.demanded not in properties:
            continue
        for place, holder, key in _places(properties, trap.steps, path):
            if _caught(trap, holder, key):
                row = trap.row
                where = (*place, key) if key in holder else place
                scope.report(_CODES[row["kind"]], where, row["message"], row["advice"], Severity.WARNING)


def _places(holder: Plain, steps: list[str], path: Path) -> Iterator[tuple[Path, Mapping[str, Plain], str]]:
    """Every map that may hold the property of a row, with its path and the property's name."""
    if not isinstance(holder, dict):
        return
    name, rest = steps[0], steps[1:]
    if not rest:
        if not _is_function(holder):
            yield path, holder, name
        return
    listed = name.endswith("[]")
    name = name.removesuffix("[]")
    inner = holder.get(name)
    if listed and isinstance(inner, list):
        for index, member in enumerate(inner):
            for branch, branch_path in branches(member, (*path, name, index)):
                yield from _places(branch, rest, branch_path)
    elif not listed:
        yield from _places(inner, rest, (*path, name))


def branches(member: Plain, path: Path) -> Iterator[tuple[Plain, Path]]:
    """A member of a list, or what the branches of an `if` would put there."""
    if isinstance(member, dict) and set(member) == {"if"} and isinstance(member["if"], list):
        for index, branch in enumerate(member["if"][1:], 1):
            yield from branches(branch, (*path, "if", index))
    else:
        yield member, path


def _is_function(holder: Mapping[str, Plain]) -> bool:
    return len(holder) == 1 and next(iter(holder)) in (
        "if",
        "get_param",
        "get_attr",
        "map_merge",
        "map_replace",
        "yaql",
        "repeat",
    )


def _caught(trap: _Trap, holder: Mapping[str, Plain], key: str) -> bool:
    row = trap.row
    if "without" in row and any(name in holder for name in row["without"]):
        return False
    if "where" in row and any(holder.get(name) not in values for name, values in row["where"].items()):
        return False
    return any(judge(holder, key, wanted) for judge, wanted in trap.tests)


def _matches(holder: Mapping[str, Plain], key: str, pattern: Plain) -> bool:
    return isinstance(holder.get(key), str) and re.search(pattern, holder[key]) is not None


def _keys_match(holder: Mapping[str, Plain], key: str, pattern: Plain) -> bool:
    value = holder.get(key)
    return isinstance(value, dict) and not _is_function(value) and any(re.search(pattern, str(name)) for name in value)


def _repeats(holder: Mapping[str, Plain], key: str, same: Plain) -> bool:
    """Whether members of a list are the same after leaving out what means nothing: {name: [values that mean absence]}."""
    value = holder.get(key)
    if not isinstance(value, list):
        return False
    plain = [
        repr(sorted([(name, part) for name, part in member.items() if part not in same.get(name, ())], key=_name))
        for member in value
        if isinstance(member, dict) and not _is_function(member)
    ]
    return len(set(plain)) < len(plain)


def _name(item: tuple[Plain, Plain]) -> str:
    return str(item[0])


_TESTS: dict[str, Any] = {
    "given": lambda holder, key, _: key in holder,
    "absent": lambda holder, key, _: key not in holder,
    "equals": lambda holder, key, values: not isinstance(holder.get(key), dict | list) and holder.get(key) in values,
    "matches": _matches,
    "keys_match": _keys_match,
    "repeats": _repeats,
    "longer": lambda holder, key, most: isinstance(holder.get(key), list | dict | str) and len(holder[key]) > most,
}
