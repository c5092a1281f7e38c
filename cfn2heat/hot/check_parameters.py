"""Checks the parameters of a template: types, constraints, defaults and groups."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cfn2heat.diagnostics import Severity
from cfn2heat.hot.catalog import Schema
from cfn2heat.hot.conform import constraint_problem, pattern_problem, shown
from cfn2heat.hot.scope import Scope
from cfn2heat.source import Path

Plain = Any

PROPERTY_TYPES = {"string": "string", "number": "number", "comma_delimited_list": "list", "json": "map", "boolean": "boolean"}
"""What a property is called that takes such a parameter."""

SUITS = {
    "range": ("number",),
    "modulo": ("number",),
    "length": ("string", "comma_delimited_list", "json"),
    "allowed_pattern": ("string",),
    "allowed_values": ("string", "number", "boolean", "comma_delimited_list"),
    "custom_constraint": ("string", "number", "boolean", "comma_delimited_list"),
}
"""Types of parameter that a constraint goes with."""

TRUTHS = ("1", "t", "true", "on", "y", "yes", "0", "f", "false", "off", "n", "no")


def parameter_schema(entry: Mapping[str, Plain]) -> Schema:
    """A parameter as the schema of a property: what a nested template takes, and what get_param gives."""
    kind = str(entry.get("type"))
    raw: dict[str, Any] = {"type": PROPERTY_TYPES.get(kind, "any")}
    if entry.get("default") is None:
        raw["required"] = True
    else:
        raw["default"] = entry["default"]
    if kind in ("json", "comma_delimited_list"):
        raw["allow_conversion"] = True
    constraints = entry.get("constraints")
    for constraint in constraints if isinstance(constraints, list) else ():
        if isinstance(constraint, dict):
            raw.update(_as_schema(constraint))
    return Schema(raw)


def _as_schema(constraint: Mapping[str, Plain]) -> dict[str, Any]:
    for name in ("range", "length"):
        bounds = constraint.get(name)
        if isinstance(bounds, dict):
            return {name: [_number(bounds.get("min")), _number(bounds.get("max"))]}
    if isinstance(constraint.get("allowed_values"), list):
        return {"allowed_values": constraint["allowed_values"]}
    if isinstance(constraint.get("allowed_pattern"), str):
        return {"allowed_pattern": constraint["allowed_pattern"]}
    if isinstance(constraint.get("custom_constraint"), str):
        return {"custom": [constraint["custom_constraint"]]}
    return {}


def check_parameter(scope: Scope, path: Path, entry: Mapping[str, Plain], customs: frozenset[str]) -> None:
    """Check one parameter."""
    kind = entry.get("type")
    if not isinstance(kind, str) or kind not in scope.version.parameter_types:
        allowed = ", ".join(sorted(scope.version.parameter_types))
        scope.report("C2H4019", (*path, "type"), f"{shown(kind)} is no parameter type; Heat has {allowed}")
        return
    constraints = entry.get("constraints")
    if constraints is not None and not isinstance(constraints, list):
        scope.report("C2H4019", (*path, "constraints"), "a list of constraints is wanted here")
        return
    sound = [
        _check_constraint(scope, (*path, "constraints", index), kind, one, customs) for index, one in enumerate(constraints or ())
    ]
    if entry.get("default") is not None and all(sound):
        _check_default(scope, path, kind, entry)


def _check_constraint(scope: Scope, path: Path, kind: str, constraint: Plain, customs: frozenset[str]) -> bool:
    problem = _constraint_problem(kind, constraint, scope.version.constraints, customs)
    if problem:
        scope.report("C2H4019", path, problem)
        return False
    kinds = [name for name in constraint if name in SUITS]
    if len(kinds) > 1:
        message = f"Heat reads one kind of constraint per entry: of {' and '.join(kinds)} it takes one"
        scope.report("C2H4023", path, message, "write an entry for each", Severity.WARNING)
    return True


def _constraint_problem(kind: str, constraint: Plain, allowed: frozenset[str], customs: frozenset[str]) -> str | None:
    if not isinstance(constraint, dict):
        return "a constraint is a map"
    unknown = [name for name in constraint if name not in allowed]
    if unknown:
        return f"there is no constraint {unknown[0]}"
    name = next((known for known in SUITS if known in constraint), None)
    if name is None:
        return "no constraint is given"
    if kind not in SUITS[name]:
        return f"{name} does not go with type {kind}"
    return _bound_problem(name, constraint[name], customs)


def _bound_problem(name: str, value: Plain, customs: frozenset[str]) -> str | None:
    if name in ("range", "length"):
        if not isinstance(value, dict) or not value or not set(value) <= {"min", "max"}:
            return f"{name} takes min, max or both"
        return None if all(_number(bound) is not None for bound in value.values()) else f"the bounds of {name} must be numbers"
    if name == "modulo":
        whole = (
            isinstance(value, dict)
            and set(value) == {"step", "offset"}
            and all(_number(part) is not None for part in value.values())
        )
        return None if whole and _number(value["step"]) else "modulo takes step and offset, which are numbers"
    if name == "allowed_values":
        return None if isinstance(value, list) else "allowed_values takes a list"
    if name == "allowed_pattern":
        return pattern_problem(value)
    return None if value in customs else f"Heat has no custom constraint {value}"


def _check_default(scope: Scope, path: Path, kind: str, entry: Mapping[str, Plain]) -> None:
    default = entry["default"]
    problem = _default_problem(kind, default)
    if problem is None:
        schema = parameter_schema(entry)
        value = _as_given(kind, default)
        for constraint in entry.get("constraints") or ():
            problem = problem or constraint_problem(value, Schema({"type": schema.type, **_as_schema(constraint)}))
    if problem:
        scope.report("C2H4019", (*path, "default"), f"the default does not hold: {problem}")
    elif kind == "string" and not isinstance(default, str):
        message = f"Heat makes the text {shown(str(default))} of this default"
        scope.report("C2H4023", (*path, "default"), message, "write it in quotes", Severity.WARNING)


def _default_problem(kind: str, default: Plain) -> str | None:
    if kind == "number" and _number(default) is None:
        return f"{shown(default)} is no number"
    if kind == "boolean" and str(default).strip().lower() not in TRUTHS:
        return f"{shown(default)} is neither true nor false"
    if kind == "comma_delimited_list" and not isinstance(default, str | list):
        return "a text with commas or a list is wanted"
    return "it is no JSON" if kind == "json" and isinstance(default, str) and default and not _is_json(default) else None


def _as_given(kind: str, default: Plain) -> Plain:
    """A default as Heat holds it against the constraints."""
    if kind == "comma_delimited_list":
        return [str(item) for item in default] if isinstance(default, list) else [item.strip() for item in default.split(",")]
    if kind == "json" and isinstance(default, str):
        return json.loads(default) if default else default
    return str(default) if kind == "string" else default


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _number(value: Plain) -> float | None:
    if isinstance(value, int | float):
        return value
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def check_groups(scope: Scope, groups: Plain) -> None:
    """Check the parameter groups: each names known parameters, and none is named twice."""
    path: Path = ("parameter_groups",)
    if groups is not None and not isinstance(groups, list):
        scope.report("C2H4018", path, "a list of groups is wanted here")
        return
    grouped: set[str] = set()
    for index, group in enumerate(groups or ()):
        names = group.get("parameters") if isinstance(group, dict) else None
        if not isinstance(names, list):
            scope.report("C2H4018", (*path, index), "a group needs a list of parameters")
            continue
        for place, name in enumerate(names):
            _check_grouped(scope, (*path, index, "parameters", place), name, grouped)


def _check_grouped(scope: Scope, path: Path, name: Plain, grouped: set[str]) -> None:
    if not isinstance(name, str) or name not in scope.parameters:
        scope.report("C2H4018", path, f"there is no parameter {shown(name)}")
    elif name in grouped:
        scope.report("C2H4018", path, f"{name} stands in a group already")
    else:
        grouped.add(name)
