"""Functions as HOT writes them: a map with one key and its argument."""

from __future__ import annotations

from cfn2heat.hot.values import (
    Function,
    GetAttr,
    GetParam,
    GetResource,
    HotList,
    HotMap,
    HotValue,
    If,
    ListJoin,
    Literal,
    StrReplace,
    StrSplit,
    Yaql,
)


def call(value: HotValue) -> tuple[str, HotValue] | None:
    """Name and argument of a function; None for plain data."""
    if isinstance(value, GetParam):
        return "get_param", HotList((Literal(value.name), *value.path)) if value.path else Literal(value.name)
    if isinstance(value, GetResource):
        return "get_resource", Literal(value.name)
    if isinstance(value, GetAttr):
        return "get_attr", HotList((Literal(value.resource), Literal(value.attribute), *value.path))
    if isinstance(value, If):
        branches = (value.then,) if value.otherwise is None else (value.then, value.otherwise)
        return "if", HotList((value.condition, *branches))
    if isinstance(value, ListJoin):
        return "list_join", HotList((Literal(value.delimiter), *value.lists))
    if isinstance(value, StrReplace):
        return "str_replace", HotMap({"template": value.template, "params": HotMap(value.params)})
    if isinstance(value, StrSplit):
        index = () if value.index is None else (value.index,)
        return "str_split", HotList((Literal(value.delimiter), value.source, *index))
    if isinstance(value, Yaql):
        return "yaql", HotMap({"expression": Literal(value.expression), "data": HotMap(value.data)})
    if isinstance(value, Function):
        return value.name, value.argument
    return None


def hot_to_plain(value: HotValue) -> object:
    """The plain data that a value is written as: what a YAML reader gives for it."""
    if isinstance(value, Literal):
        return value.value
    if isinstance(value, HotList):
        return [item.value if isinstance(item, Literal) else hot_to_plain(item) for item in value.items]
    if isinstance(value, HotMap):
        return {key: item.value if isinstance(item, Literal) else hot_to_plain(item) for key, item in value.entries.items()}
    if isinstance(value, GetResource):
        return {"get_resource": value.name}
    if isinstance(value, GetParam) and not value.path:
        return {"get_param": value.name}
    called = call(value)
    assert called is not None, f"not a HOT value: {value!r}"
    return {called[0]: hot_to_plain(called[1])}
