"""Values typed by the schema of the property that they go to: "80" to 80, "true" to true, one value to a list."""

from __future__ import annotations

import math
from collections.abc import Callable

from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import Schema
from cfn2heat.translate.constants import as_text

SINGLE = frozenset({"string", "integer", "number", "boolean"})
TRUE, FALSE = frozenset({"true", "yes", "on", "1", "t", "y"}), frozenset({"false", "no", "off", "0", "f", "n"})


class Misfit(Exception):
    """A literal that its target property cannot hold; carries why."""


def fit(value: hot.HotValue, schema: Schema | None, parameter_type: Callable[[str], str]) -> hot.HotValue:
    """The value as its property wants it; functions are left to Heat. Misfit when a literal cannot be of that type."""
    if schema is None:
        return value
    if isinstance(value, hot.If):
        otherwise = None if value.otherwise is None else fit(value.otherwise, schema, parameter_type)
        return hot.If(value.condition, fit(value.then, schema, parameter_type), otherwise)
    kind = schema.type
    if kind == "list":
        return _fit_list(value, schema, parameter_type)
    if isinstance(value, hot.Literal):
        fitted = _fit_literal(value.value, kind)
        return value if fitted is value.value else hot.Literal(fitted)
    if isinstance(value, hot.HotMap) and kind == "map":
        return _fit_map(value, schema, parameter_type)
    if kind in SINGLE:
        if isinstance(value, hot.HotList) and len(value.items) == 1:
            return fit(value.items[0], schema, parameter_type)
        if isinstance(value, (hot.HotMap, hot.HotList)):
            raise Misfit(f"{'an object' if isinstance(value, hot.HotMap) else 'a list'} stands where one value is wanted")
    return value


def _fit_list(value: hot.HotValue, schema: Schema, parameter_type: Callable[[str], str]) -> hot.HotValue:
    item = schema.at(0)
    if isinstance(value, hot.HotList):
        return hot.HotList(tuple(fit(member, item, parameter_type) for member in value.items))
    single = isinstance(value, (hot.Literal, hot.HotMap, hot.GetResource, hot.StrReplace, hot.ListJoin))
    if isinstance(value, hot.GetParam) and not value.path:
        single = parameter_type(value.name) not in ("comma_delimited_list", "json")
    if isinstance(value, hot.StrSplit):
        single = value.index is not None
    return hot.HotList((fit(value, item, parameter_type),)) if single else value


def _fit_map(value: hot.HotMap, schema: Schema, parameter_type: Callable[[str], str]) -> hot.HotValue:
    return hot.HotMap({key: fit(member, schema.at(key), parameter_type) for key, member in value.entries.items()})


def _fit_literal(value: str | float | bool | None, type: str) -> str | int | float | bool | None:
    if value is None:
        return None
    if type == "string":
        return as_text(value)
    if type == "boolean":
        return _boolean(value)
    if type in ("integer", "number"):
        return _number(value, type)
    return value


def _boolean(value: str | float | bool) -> bool:
    word = as_text(value).strip().lower()
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise Misfit(f"{word or 'an empty text'} is neither true nor false")


def _number(value: str | float | bool, type: str) -> int | float:
    text = as_text(value).strip()
    try:
        number = float(text) if len(text) < 40 else None
    except ValueError:
        number = None
    if number is None or not math.isfinite(number):
        raise Misfit(f"{text[:40] or 'an empty text'} is no number")
    if number == int(number) and ("." not in text or type == "integer"):
        return int(number)
    if type == "integer":
        raise Misfit(f"{text} is no whole number")
    return number
