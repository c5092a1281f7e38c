"""What a condition is when every parameter has its default."""

from __future__ import annotations

from typing import Any

from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotTemplate

UNKNOWN = object()


def by_defaults(condition: hot.HotValue | str, template: HotTemplate) -> bool | None:
    """Whether a condition holds; None where the defaults do not tell."""
    match condition:
        case str():
            named = template.conditions.get(condition)
            return None if named is None else by_defaults(named.value, template)
        case hot.Literal(value=bool() as value):
            return value
        case hot.Literal(value=str() as name):
            return by_defaults(name, template)
        case hot.Function(name="not", argument=argument):
            inner = by_defaults(argument, template)
            return None if inner is None else not inner
        case hot.Function(name="and" | "or" as name, argument=hot.HotList(items=items)):
            return _joined(name == "or", [by_defaults(item, template) for item in items])
        case hot.Function(name="equals", argument=hot.HotList(items=(left, right))):
            one, other = _known(left, template), _known(right, template)
            return None if UNKNOWN in (one, other) else bool(one == other)
    return None


def _joined(decisive: bool, parts: list[bool | None]) -> bool | None:
    """One part that holds decides `or`, one that does not decides `and`."""
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _known(value: hot.HotValue, template: HotTemplate) -> Any:
    """A literal, or the default of a parameter in the type that Heat compares."""
    if isinstance(value, hot.Literal):
        return value.value
    if not isinstance(value, hot.GetParam) or value.path or value.name not in template.parameters:
        return UNKNOWN
    parameter = template.parameters[value.name]
    if not isinstance(parameter.default, hot.Literal) or parameter.type not in ("string", "number", "boolean"):
        return UNKNOWN
    return parameter.default.value if parameter.type != "string" else str(parameter.default.value)
