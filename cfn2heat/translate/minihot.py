"""Mini-HOT: plain data of the table, in which a map with one function's name as its only key is that function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import pick

FUNCTIONS = frozenset({
    "and", "contains", "digest", "equals", "filter", "list_concat", "list_concat_unique", "make_url", "map_merge",
    "map_replace", "not", "or", "repeat", "resource_facade", "str_replace_strict", "str_replace_vstrict",
})  # fmt: skip


class MissingEmitError(Exception):
    """The data names an emit key that this resource does not emit."""


class Builder:
    """Turns data into HOT values; names gives an emit key's HOT name (None: not emitted), site a fact of the site."""

    def __init__(self, names: Callable[[str], str | None], site: Callable[[str], hot.HotValue]) -> None:
        self._names = names
        self._site = site

    def build(self, data: Any) -> hot.HotValue:
        """The HOT value; MissingEmitError where it names something that is not emitted."""
        if isinstance(data, list):
            return hot.HotList(tuple(map(self.build, data)))
        if not isinstance(data, dict):
            return hot.Literal(data)
        if len(data) == 1:
            ((name, argument),) = data.items()
            function = self._function(name, argument)
            if function is not None:
                return function
        return hot.HotMap({key: self.build(member) for key, member in data.items()})

    def _function(self, name: str, argument: Any) -> hot.HotValue | None:
        match name:
            case "get_resource":
                return hot.GetResource(self._name(argument))
            case "get_attr":
                return hot.GetAttr(self._name(argument[0]), argument[1], tuple(map(self.build, argument[2:])))
            case "get_param" if isinstance(argument, list):
                return hot.GetParam(argument[0], tuple(map(self.build, argument[1:])))
            case "get_param":
                return hot.GetParam(argument)
            case "site":
                return self._site(argument)
            case "if":
                otherwise = self.build(argument[2]) if len(argument) > 2 else None
                return hot.If(self.build(argument[0]), self.build(argument[1]), otherwise)
            case "list_join":
                return hot.ListJoin(argument[0], tuple(map(self.build, argument[1:])))
            case "str_replace":
                params = {key: self.build(member) for key, member in argument["params"].items()}
                return hot.StrReplace(self.build(argument["template"]), params)
            case "str_split":
                source = self.build(argument[1])
                return hot.StrSplit(argument[0], source) if len(argument) < 3 else pick(argument[0], source, argument[2])
            case "yaql":
                return hot.Yaql(argument["expression"], {key: self.build(member) for key, member in argument["data"].items()})
        return hot.Function(name, self.build(argument)) if name in FUNCTIONS else None

    def _name(self, key: str) -> str:
        name = self._names(key)
        if name is None:
            raise MissingEmitError(key)
        return name
