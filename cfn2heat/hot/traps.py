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
    with open(_FILE, "rb") as file:
        rows: dict[str, list[dict[str, Plain]]] = json.load(file)
    return rows


@record
class _Trap:
    """A row as it is asked again and again: about a property of some map."""

    row: Mapping[str, Plain]
    key: str
    absent: bool
    """Whether the absence of the property is looked for, too."""
    tests: list[tuple[Any, Plain]]


@cache
def _traps(type_name: str) -> list[tuple[list[str], list[_Trap]]]:
    """The traps of a type, by the steps to the maps that they look at."""
    found: dict[str, tuple[list[str], list[_Trap]]] = {}
    for row in _content().get(type_name, ()):
        *steps, key = row["at"].split(".")
        tests = [(judge, row[test]) for test, judge in _TESTS.items() if test in row]
        found.setdefault(".".join(steps), (steps, []))[1].append(_Trap(row, key, "absent" in row, tests))
    return list(found.values())


def check_traps(scope: Scope, type_name: str, properties: Mapping[str, Plain], path: Path) -> None:
    """Check the properties of a resource against the traps of its type."""
    for steps, traps in _traps(type_name):
        for place, holder in _holders(properties, steps, path):
            for trap in traps:
                if (trap.absent or trap.key in holder) and _caught(trap, holder):
                    row = trap.row
                    where = (*place, trap.key) if trap.key in holder else place
                    scope.report(_CODES[row["kind"]], where, row["message"], row["advice"], Severity.WARNING)


def _holders(holder: Plain, steps: list[str], path: Path) -> Iterator[tuple[Path, Mapping[str, Plain]]]:
    """Every map at the end of the steps, with its path."""
    if not isinstance(holder, dict):
        return
    if not steps:
        if not _is_function(holder):
            yield path, holder
        return
    name = steps[0].removesuffix("[]")
    inner = holder.get(name)
    if name == steps[0]:
        yield from _holders(inner, steps[1:], (*path, name))
    elif isinstance(inner, list):
        for index, member in enumerate(inner):
            for branch, branch_path in branches(member, (*path, name, index)):
                yield from _holders(branch, steps[1:], branch_path)


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


def _caught(trap: _Trap, holder: Mapping[str, Plain]) -> bool:
    row = trap.row
    if "without" in row and any(name in holder for name in row["without"]):
        return False
    if "where" in row and any(holder.get(name) not in values for name, values in row["where"].items()):
        return False
    for judge, wanted in trap.tests:  # noqa: SIM110  any() with a generator takes twice as long, and this is asked often
        if judge(holder, trap.key, wanted):
            return True
    return False


def _equals(holder: Mapping[str, Plain], key: str, values: Plain) -> bool:
    value = holder.get(key)
    return not isinstance(value, (dict, list)) and value in values


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
        frozenset([(name, repr(part)) for name, part in member.items() if part not in same.get(name, ())])
        for member in value
        if isinstance(member, dict) and not _is_function(member)
    ]
    return len(set(plain)) < len(plain)


_TESTS: dict[str, Any] = {
    "given": lambda holder, key, _: key in holder,
    "absent": lambda holder, key, _: key not in holder,
    "equals": _equals,
    "matches": _matches,
    "keys_match": _keys_match,
    "repeats": _repeats,
    "longer": lambda holder, key, most: isinstance(holder.get(key), list | dict | str) and len(holder[key]) > most,
}
