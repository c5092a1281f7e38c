"""HOT values put together: a choice of two, an item of a list, a piece of a text."""

from __future__ import annotations

from cfn2heat.hot import values as hv


def branch(condition: hv.HotValue, then: hv.HotValue | None, otherwise: hv.HotValue | None) -> hv.HotValue | None:
    """An `if` of which a branch may be absent."""
    if then is None and otherwise is None:
        return None
    if then is None:
        assert otherwise is not None
        return hv.If(hv.Function("not", condition), otherwise, None)
    return then if then == otherwise else hv.If(condition, then, otherwise)


def literal(value: object) -> hv.HotValue:
    """A folded Python value as HOT."""
    if isinstance(value, list):
        return hv.HotList(tuple(map(literal, value)))
    if isinstance(value, dict):
        return hv.HotMap({key: literal(member) for key, member in value.items()})
    assert value is None or isinstance(value, (str, int, float, bool))
    return hv.Literal(value)


def nth(source: hv.HotValue | None, index: int) -> hv.HotValue:
    """An item of a list whose length is known at deploy time only."""
    data = {"list": source or hv.HotList(()), "index": hv.Literal(index)}
    return hv.Yaql("coalesce($.data.list, []).skip($.data.index).first('')", data)


def pick(delimiter: str, source: hv.HotValue, index: int) -> hv.HotValue:
    """One piece of a split text that may have fewer: str_split refuses the whole stack then, this gives an empty text."""
    expression = "coalesce($.data.text, '').split($.data.delimiter).skip($.data.index).first('')"
    return hv.Yaql(expression, {"text": source, "delimiter": hv.Literal(delimiter), "index": hv.Literal(index)})
