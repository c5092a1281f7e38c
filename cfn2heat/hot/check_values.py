"""Checks values: functions and what they refer to, properties against their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cfn2heat.diagnostics import Severity
from cfn2heat.hot.arguments import argument_problem, result_kind
from cfn2heat.hot.catalog import Schema, TypeSchema, template_version, version_names
from cfn2heat.hot.conform import CONSTRAINTS, constraint_problem, shown, type_problem
from cfn2heat.hot.scope import Scope
from cfn2heat.source import Path

Plain = Any

_CONDITIONS = ("and", "or", "not")

PLAIN = {str: "string", bool: "boolean", int: "integer"}
"""Types of property that take any literal of a class."""

_SCALARS = frozenset({"string", "integer", "number", "boolean"})


@cache
def _functions_of_any_version() -> frozenset[str]:
    found: set[str] = {"Fn::Sub", "Fn::If", "Fn::GetAtt", "Fn::FindInMap", "Fn::ImportValue", "Fn::Cidr"}
    for name in version_names():
        version = template_version(name)
        if version is not None:
            found |= version.functions
    return frozenset(found)


def check_properties(scope: Scope, kind: TypeSchema | None, properties: Plain, path: Path) -> None:
    """Check the properties of a resource."""
    if not isinstance(properties, dict):
        return
    if len(properties) == 1 and next(iter(properties)) in scope.version.functions:
        message = f"Heat would run these properties as the function {next(iter(properties))}"
        scope.report("C2H4011", path, message)
        return
    if kind is None or kind.open_properties:
        for name, value in properties.items():
            check_value(scope, value, None, (*path, name))
        return
    _members(scope, properties, kind.raw["properties"], path, kind)


def check_update_policy(scope: Scope, kind: TypeSchema | None, policy: dict[str, Plain], path: Path) -> None:
    """Check the update_policy of a resource."""
    if kind is None or not kind.update_policy:
        check_value(scope, policy, None, path)
    else:
        _members(scope, policy, kind.raw["update_policy"], path, None)


def _members(scope: Scope, entries: dict[str, Plain], raws: Mapping[str, Plain], path: Path, kind: TypeSchema | None) -> None:
    """Check the entries of a map whose keys are known; raws are their schemas as the catalog writes them."""
    for name, value in entries.items():
        raw = raws.get(name)
        if raw is None:
            scope.report("C2H4007", (*path, name), f"there is no property {name}{_near(str(name), raws)}")
            check_value(scope, value, None, (*path, name))
            continue
        if "status" in raw or "implemented" in raw:
            _status(scope, name, Schema(raw), (*path, name))
        of = value.__class__
        if of in PLAIN and ((PLAIN[of] == raw["type"] and CONSTRAINTS.isdisjoint(raw)) or (id(raw), of, value) in scope.right):
            continue  # which most values are
        check_value(scope, value, Schema(raw), (*path, name))
    for name in _required(raws) if kind is None else kind.required:
        if name not in entries and not _given_otherwise(kind, entries, name):
            scope.report("C2H4008", path, f"the property {name} is required")


def _required(raws: Mapping[str, Plain]) -> list[str]:
    return [name for name, raw in raws.items() if "required" in raw and "default" not in raw]


def _status(scope: Scope, name: str, schema: Schema, path: Path) -> None:
    if not schema.implemented:
        scope.report("C2H4007", path, f"Heat knows the property {name} and refuses it: it is not implemented")
    elif schema.status != "supported":
        scope.report("C2H4021", path, f"the property {name} is {schema.status}", severity=Severity.NOTE)


def _given_otherwise(kind: TypeSchema | None, entries: Mapping[str, Plain], name: str) -> bool:
    """Whether an older property that Heat moves to this one is given."""
    old = kind.replaces.get(name) if kind is not None else None
    return old in entries


def _near(name: str, known: Mapping[str, Plain]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f"; {close[0]} is near" if close else ""


def check_value(scope: Scope, value: Plain, schema: Schema | None, path: Path) -> None:
    """Check one value; without a schema only its functions."""
    kind = value.__class__
    if kind is dict:
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name in scope.version.functions:
                _call(scope, name, argument, schema, path)
                return
            if _strange(scope, name, schema, path):
                return
        _map(scope, value, schema, path)
    elif kind is list:
        _list(scope, value, schema, path)
    elif schema is not None:
        _literal(scope, value, schema, path)


def _strange(scope: Scope, name: Plain, schema: Schema | None, path: Path) -> bool:
    """A map whose one key is a function's name elsewhere, but not here."""
    if name in scope.version.removed_functions:
        scope.report("C2H4011", path, f"the function {name} was removed from this template version")
        return True
    if name not in _functions_of_any_version() or (schema is not None and schema.at(str(name)) is not None):
        return False
    if schema is not None and schema.type not in ("map", "any"):
        scope.report("C2H4011", path, f"there is no function {name} in this template version")
        return True
    if schema is not None:
        message = f"{name} is no function in this template version: Heat takes it for a plain map"
        scope.report("C2H4023", path, message, severity=Severity.WARNING)
    return False


def _literal(scope: Scope, value: Plain, schema: Schema, path: Path) -> None:
    problem = type_problem(value, schema)
    if problem:
        scope.report("C2H4009", path, problem)
        return
    if value == "" and not scope.certain:  # how templates say "nothing" where a condition decides
        return
    problem = constraint_problem(value, schema)
    if problem:
        scope.report("C2H4010", path, problem)
    else:
        scope.right.add((id(schema.raw), value.__class__, value))


def _map(scope: Scope, value: dict[str, Plain], schema: Schema | None, path: Path) -> None:
    if schema is not None:
        problem = type_problem(value, schema)
        if problem:
            scope.report("C2H4009", path, problem)
            schema = None
    members = schema.raw.get("members") if schema is not None else None
    if members is not None:
        _members(scope, value, members, path, None)
        return
    if schema is not None and not CONSTRAINTS.isdisjoint(schema.raw) and not _vanishing(value.values()):
        problem = constraint_problem(value, schema)
        if problem:
            scope.report("C2H4010", path, problem)
    for name, member in value.items():
        if member.__class__ is dict or member.__class__ is list:
            check_value(scope, member, None, (*path, name))


def _list(scope: Scope, value: list[Plain], schema: Schema | None, path: Path) -> None:
    if schema is not None:
        problem = type_problem(value, schema)
        if problem:
            scope.report("C2H4009", path, problem)
            schema = None
        elif not CONSTRAINTS.isdisjoint(schema.raw) and not _vanishing(value):
            problem = constraint_problem(value, schema)
            if problem:
                scope.report("C2H4010", path, problem)
    item = schema.at(0) if schema is not None else None
    for index, member in enumerate(value):
        if item is not None or member.__class__ is dict or member.__class__ is list:
            check_value(scope, member, item, (*path, index))


def _vanishing(members: Any) -> bool:
    """Whether the number of members depends on conditions."""
    return any(isinstance(member, dict) and "if" in member for member in members)


def _call(scope: Scope, name: str, argument: Plain, schema: Schema | None, path: Path) -> None:
    problem = argument_problem(name, argument, scope.version)
    if problem:
        scope.report("C2H4012", path, f"{name}: {problem}")
        return
    if name == "if":
        _if(scope, argument, schema, path)
        return
    if name in ("get_param", "get_resource", "get_attr"):
        _reference(scope, name, argument, schema, path)
        return
    _kind(scope, name, result_kind(name, argument), schema, path)
    _inside(scope, argument, (*path, name))


def _inside(scope: Scope, argument: Plain, path: Path) -> None:
    """The values inside a function's argument."""
    if isinstance(argument, (dict, list)):
        check_value(scope, argument, None, path)


def _if(scope: Scope, argument: list[Plain], schema: Schema | None, path: Path) -> None:
    condition, then, *otherwise = argument
    check_condition(scope, condition, (*path, "if", 0))
    kept = scope.branch(condition)
    check_value(scope, then, schema, (*path, "if", 1))
    scope.unbranch(kept)
    kept = scope.branch({"not": condition})
    if otherwise:
        check_value(scope, otherwise[0], schema, (*path, "if", 2))
    scope.unbranch(kept)


def _reference(scope: Scope, name: str, argument: Plain, schema: Schema | None, path: Path) -> None:
    first = argument[0] if isinstance(argument, list) else argument
    for index, step in enumerate(argument[1:] if isinstance(argument, list) else ()):
        _inside(scope, step, (*path, name, index + 1))
    if not isinstance(first, str):
        _inside(scope, first, (*path, name))
    elif name == "get_param":
        _get_param(scope, first, isinstance(argument, list) and len(argument) > 1, schema, path)
    elif first not in scope.resources:
        scope.report("C2H4014", path, f"there is no resource {first}")
    else:
        _to_resource(scope, name, first, argument, schema, path)


def _get_param(scope: Scope, name: str, deeper: bool, schema: Schema | None, path: Path) -> None:
    if name in scope.pseudo_parameters:
        _kind(scope, "get_param", "string", schema, path)
        return
    parameter = scope.parameters.get(name)
    if parameter is None:
        scope.report("C2H4013", path, f"there is no parameter {name}")
        return
    if deeper or schema is None:
        return
    problem = _unfit(parameter.type, schema)
    if problem is None and scope.certain:  # a condition may be there to keep just this default away
        problem = _default_problem(parameter, schema)
    if problem:
        scope.report("C2H4009", path, f"{problem} from the parameter {name}")


def _default_problem(parameter: Schema, schema: Schema) -> str | None:
    """Why the default of a parameter would be refused by the property that it goes to."""
    default = parameter.default
    if default is None or parameter.type != "string" or schema.type not in _SCALARS:
        return None
    text = str(default)
    return type_problem(text, schema) or constraint_problem(text, schema)


def _to_resource(scope: Scope, function: str, name: str, argument: Plain, schema: Schema | None, path: Path) -> None:
    scope.need(name)
    condition = scope.may_be_absent(name)
    if condition is not None:
        message = f"{name} is there only when {condition} holds: Heat refuses the template when it does not"
        scope.report("C2H4024", path, message, "guard the reference by an `if` on the same condition", Severity.WARNING)
    if function == "get_resource":
        _kind(scope, function, "string", schema, path)
        return
    kind = scope.types.get(name)
    attribute = argument[1] if isinstance(argument, list) and len(argument) > 1 else None
    if kind is None or not isinstance(attribute, str):
        return
    if attribute not in kind.attributes:
        if not kind.open_attributes:
            scope.report("C2H4015", path, f"{kind.name} has no attribute {attribute}{_near(attribute, kind.attributes)}")
    elif len(argument) == 2:
        _kind(scope, function, kind.attributes[attribute] or "any", schema, path)


def _kind(scope: Scope, name: str, kind: str, schema: Schema | None, path: Path) -> None:
    """Whether what a function gives can be what its place wants."""
    problem = _unfit(kind, schema) if schema is not None else None
    if problem:
        scope.report("C2H4009", path, f"{problem} from {name}")


def _unfit(kind: str, schema: Schema) -> str | None:
    wanted = schema.type
    if wanted == "any" or kind in ("any", wanted) or schema.allow_conversion:
        return None
    if kind == "list" or (kind == "map" and wanted != "list"):
        return f"a {wanted} is wanted, not a {kind}"
    if kind in _SCALARS and wanted == "list":
        return f"a list is wanted, not a {kind}"
    return None


def check_condition(scope: Scope, condition: Plain, path: Path) -> None:
    """Check a condition: a name, a boolean, or a function that conditions may hold."""
    if isinstance(condition, bool):
        return
    if isinstance(condition, str):
        if condition not in scope.conditions:
            scope.report("C2H4016", path, f"there is no condition {condition}")
        return
    if not isinstance(condition, dict) or len(condition) != 1:
        scope.report("C2H4005", path, f"a condition is wanted here, not {shown(condition)}")
        return
    name, argument = next(iter(condition.items()))
    if name not in scope.version.condition_functions:
        scope.report("C2H4011", path, f"conditions cannot hold {name}")
        return
    problem = argument_problem(name, argument, scope.version)
    if problem:
        scope.report("C2H4012", path, f"{name}: {problem}")
    elif name in _CONDITIONS:
        members = argument if isinstance(argument, list) else [argument]
        for index, member in enumerate(members):
            check_condition(scope, member, (*path, name, index) if isinstance(argument, list) else (*path, name))
    else:
        _operands(scope, condition, path)


def _operands(scope: Scope, value: Plain, path: Path) -> None:
    """Values inside a condition: only its own functions may stand there."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            _operands(scope, member, (*path, index))
    elif isinstance(value, dict):
        if len(value) == 1:
            name = next(iter(value))
            if name == "get_param":
                check_value(scope, value, None, path)
                return
            if name in scope.version.functions and name not in scope.version.condition_functions:
                scope.report("C2H4011", path, f"conditions cannot hold {name}")
                return
        for name, member in value.items():
            _operands(scope, member, (*path, name))
