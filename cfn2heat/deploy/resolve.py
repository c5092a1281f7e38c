"""Works out what values of a Heat template will be, as far as its parameters decide it; the rest stays UNKNOWN."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class _Unknown:
    """What only the cloud will know, such as the id of a resource that is not made yet."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()
FUNCTIONS = {
    *("and", "contains", "digest", "equals", "filter", "get_attr", "get_file", "get_param", "get_resource", "if", "list_concat"),
    *("list_concat_unique", "list_join", "make_url", "map_merge", "map_replace", "not", "or", "repeat", "resource_facade"),
    *("str_replace", "str_replace_strict", "str_replace_vstrict", "str_split", "yaql"),
}


class Scope:
    """One template with values for its parameters."""

    def __init__(self, template: dict[str, Any], given: dict[str, Any]) -> None:
        self._conditions: dict[str, Any] = template.get("conditions") or {}
        self._running: set[str] = set()
        declared: dict[str, Any] = template.get("parameters") or {}
        self.parameters = {name: one for name, one in declared.items() if isinstance(one, dict)}
        self.values = {name: _typed(one, given.get(name, one.get("default"))) for name, one in self.parameters.items()}

    def value(self, data: Any) -> Any:
        """What a value will be; a list or map may hold UNKNOWN members, and members that go by a condition are left out."""
        if isinstance(data, list):
            return [found for member in data if (found := self.value(member)) is not None]
        if not isinstance(data, dict):
            return data
        if len(data) == 1:
            [(name, argument)] = data.items()
            if name in FUNCTIONS:
                return self._call(name, argument)
        return {key: found for key, member in data.items() if (found := self.value(member)) is not None}

    def holds(self, condition: Any) -> Any:
        """Whether a condition holds: true, false or UNKNOWN."""
        if isinstance(condition, bool):
            return condition
        if isinstance(condition, dict) and len(condition) == 1:
            [(name, argument)] = condition.items()
            if name in FUNCTIONS:
                return self._call(name, argument)
        if not isinstance(condition, str) or condition not in self._conditions or condition in self._running:
            return UNKNOWN
        self._running.add(condition)
        try:
            return self.holds(self._conditions[condition])
        finally:
            self._running.discard(condition)

    def _call(self, name: str, argument: Any) -> Any:
        function = _CALLS.get(name)
        if function is None:
            return UNKNOWN
        with suppress(TypeError, ValueError, KeyError, IndexError, AttributeError):  # not a form that Heat knows: Heat will tell
            return function(self, argument)
        return UNKNOWN

    def _get_param(self, argument: Any) -> Any:
        name, *path = argument if isinstance(argument, list) else [argument]
        value = self.values.get(name, UNKNOWN)
        for step in map(self.value, path):
            if value is UNKNOWN or step is UNKNOWN:
                return UNKNOWN
            value = value[int(step)] if isinstance(value, list) else value[str(step)]
        return value

    def _if(self, argument: Any) -> Any:
        holds = self.holds(argument[0])
        if holds is UNKNOWN:
            return UNKNOWN
        rest = argument[1:]
        return self.value(rest[0]) if holds else self.value(rest[1]) if len(rest) > 1 else None

    def _equals(self, argument: Any) -> Any:
        left, right = map(self.value, argument)
        return UNKNOWN if _open(left) or _open(right) else left == right

    def _not(self, argument: Any) -> Any:
        holds = self.holds(argument)
        return UNKNOWN if holds is UNKNOWN else not holds

    def _and(self, argument: Any) -> Any:
        found = [self.holds(member) for member in argument]
        return False if False in found else UNKNOWN if UNKNOWN in found else True

    def _or(self, argument: Any) -> Any:
        found = [self.holds(member) for member in argument]
        return True if True in found else UNKNOWN if UNKNOWN in found else False

    def _list_join(self, argument: Any) -> Any:
        members = [member for source in argument[1:] for member in self._list(source)]
        return UNKNOWN if _open(members) else str(argument[0]).join(map(str, members))

    def _list(self, source: Any) -> list[Any]:
        found = self.value(source)
        return found if isinstance(found, list) else [UNKNOWN]

    def _list_concat(self, argument: Any) -> Any:
        return [member for source in argument for member in self._list(source)]

    def _str_replace(self, argument: Any) -> Any:
        text, replacements = self.value(argument["template"]), self.value(argument["params"])
        if _open(text) or _open(replacements):
            return UNKNOWN
        keys = "|".join(re.escape(key) for key in sorted(replacements, key=len, reverse=True))
        return re.sub(keys, lambda found: str(replacements[found.group()]), text) if keys else text

    def _str_split(self, argument: Any) -> Any:
        text = self.value(argument[1])
        if _open(text):
            return UNKNOWN
        pieces = text.split(argument[0])
        return pieces[int(self.value(argument[2]))] if len(argument) > 2 else pieces

    def _yaql(self, argument: Any) -> Any:
        expression = _YAQL.get(argument["expression"])
        data = self.value(argument["data"])
        return UNKNOWN if expression is None or _open(data) else expression(data)


_YAQL: dict[str, Callable[[dict[str, Any]], Any]] = {
    "$.data.table.get($.data.key, $.data.key)": lambda data: data["table"].get(data["key"], data["key"]),
    "str($.data.value)": lambda data: str(data["value"]),
}
"""The expressions that decide which flavor, image or volume type is meant, where a template's own values may be either side's."""

_CALLS: dict[str, Callable[[Scope, Any], Any]] = {
    "get_param": Scope._get_param,
    "if": Scope._if,
    "equals": Scope._equals,
    "not": Scope._not,
    "and": Scope._and,
    "or": Scope._or,
    "list_join": Scope._list_join,
    "list_concat": Scope._list_concat,
    "str_replace": Scope._str_replace,
    "str_split": Scope._str_split,
    "yaql": Scope._yaql,
}


def _typed(declared: dict[str, Any], value: Any) -> Any:
    """A parameter's value in its type; UNKNOWN when there is none, or it is of another type (Heat will tell)."""
    if value is None or value is UNKNOWN:
        return UNKNOWN
    try:
        return _READERS.get(str(declared.get("type")), _as_is)(value)
    except ValueError:
        return UNKNOWN


def _list(value: Any) -> Any:
    return value if isinstance(value, list) else [part.strip() for part in str(value).split(",")] if value != "" else []


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return int(value) if value.lstrip("-").isdecimal() else float(value)


def _boolean(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value).lower() in ("true", "t", "on", "yes", "y", "1")


def _text(value: Any) -> Any:
    return value if isinstance(value, list | dict) else str(value)


def _as_is(value: Any) -> Any:
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "number": _number,
    "boolean": _boolean,
    "comma_delimited_list": _list,
    "json": _json,
}


def _open(value: Any) -> bool:
    """Whether a value is UNKNOWN in any part."""
    if isinstance(value, dict):
        return any(map(_open, value.values()))
    return any(map(_open, value)) if isinstance(value, list) else value is UNKNOWN
