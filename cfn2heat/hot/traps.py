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
from cfn2heat.source import Path

Plain = Any

_CODES = {"refused": "C2H4022", "silent": "C2H4023"}
_FILE = os.path.join(os.path.dirname(__file__), "traps.json")


@cache
def _rows() -> dict[str, list[dict[str, Plain]]]:
    """Rows by type. A row's `at` is the path of a property, `[]` for each member of a list.

    Each has a test (of _TESTS), and may have: `where`, values of other properties beside; `without`, properties that are absent.
    """
    with open(_FILE, encoding="utf-8") as file:
        rows: dict[str, list[dict[str, Plain]]] = json.load(file)
    return rows


def check_traps(scope: Scope, type_name: str, properties: Mapping[str, Plain], path: Path) -> None:
    """Check the properties of a resource against the traps of its type."""
    for row in _rows().get(type_name, ()):
        steps = row["at"].split(".")
        if "absent" not in row and steps[0].removesuffix("[]") not in properties:
            continue
        for place, holder, key in _places(properties, steps, path):
            if _caught(row, holder, key):
                scope.report(
                    _CODES[row["kind"]],
                    (*place, key) if key in holder else place,
                    row["message"],
                    row["advice"],
                    Severity.WARNING,
                )


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
            for branch, branch_path in _branches(member, (*path, name, index)):
                yield from _places(branch, rest, branch_path)
    elif not listed:
        yield from _places(inner, rest, (*path, name))


def _branches(member: Plain, path: Path) -> Iterator[tuple[Plain, Path]]:
    """A member of a list, or what the branches of an `if` would put there."""
    if isinstance(member, dict) and set(member) == {"if"} and isinstance(member["if"], list):
        for index, branch in enumerate(member["if"][1:], 1):
            yield from _branches(branch, (*path, "if", index))
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


def _caught(row: Mapping[str, Plain], holder: Mapping[str, Plain], key: str) -> bool:
    if any(name in holder for name in row.get("without", ())):
        return False
    if any(holder.get(name) not in values for name, values in row.get("where", {}).items()):
        return False
    return any(test in row and judge(holder, key, row[test]) for test, judge in _TESTS.items())


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
        json.dumps({name: part for name, part in member.items() if part not in same.get(name, ())}, sort_keys=True)
        for member in value
        if isinstance(member, dict) and not _is_function(member)
    ]
    return len(set(plain)) < len(plain)


_TESTS: dict[str, Any] = {
    "given": lambda holder, key, _: key in holder,
    "absent": lambda holder, key, _: key not in holder,
    "equals": lambda holder, key, values: not isinstance(holder.get(key), dict | list) and holder.get(key) in values,
    "matches": _matches,
    "keys_match": _keys_match,
    "repeats": _repeats,
    "longer": lambda holder, key, most: isinstance(holder.get(key), list | dict | str) and len(holder[key]) > most,
}
