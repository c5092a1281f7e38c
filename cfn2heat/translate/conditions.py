"""Conditions: CloudFormation compares strings, HOT compares typed values, and few functions may stand there."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hot
from cfn2heat.hot.walk import walk
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.language import Language
from cfn2heat.translate.state import Translation
from cfn2heat.translate.texts import bare

NEEDS_YAQL = (hot.ListJoin, hot.StrReplace, hot.StrSplit, hot.GetAttr, hot.GetResource)


def translate(t: Translation, value: cfn.Value, name: str) -> hot.HotValue:
    """The HOT condition of a CloudFormation one."""
    match value:
        case cfn.Equals():
            return _equals(t, value, name)
        case cfn.And():
            return _joined(t, "and", value.items, name)
        case cfn.Or():
            return _joined(t, "or", value.items, name)
        case cfn.Not():
            return hot.Function("not", translate(t, value.item, name))
        case cfn.ConditionRef():
            return hot.Literal(value.name)
        case cfn.If():
            return _choice(t, value, name)
    constant = t.constants.fold(value)
    if constant is UNKNOWN:
        found = Language(t, ("Conditions", name)).hot(value)
        return _comparison(t, found or hot.Literal(""), hot.Literal("true"))
    return hot.Literal(as_text(constant).lower() == "true")


def _joined(t: Translation, function: str, items: tuple[cfn.Value, ...], name: str) -> hot.HotValue:
    """and, or: HOT wants at least two."""
    translated = tuple(translate(t, item, name) for item in items)
    return translated[0] if len(translated) == 1 else hot.Function(function, hot.HotList(translated))


def _choice(t: Translation, value: cfn.If, name: str) -> hot.HotValue:
    condition = hot.Literal(value.condition)
    return _decided(condition, translate(t, value.then, name), translate(t, value.otherwise, name))


def _decided(condition: hot.HotValue, then: hot.HotValue, otherwise: hot.HotValue) -> hot.HotValue:
    """One of two conditions by a third: Heat lets no `if` into conditions."""
    both = hot.Function("and", hot.HotList((condition, then)))
    neither = hot.Function("and", hot.HotList((hot.Function("not", condition), otherwise)))
    return hot.Function("or", hot.HotList((both, neither)))


def _equals(t: Translation, value: cfn.Equals, name: str) -> hot.HotValue:
    left, right = t.constants.fold(value.left), t.constants.fold(value.right)
    if left is not UNKNOWN and right is not UNKNOWN and not isinstance(left, (list, dict)):
        return hot.Literal(as_text(left) == as_text(right))
    language = Language(t, ("Conditions", name))
    return _comparison(t, language.text(value.left), language.text(value.right))


def _comparison(t: Translation, left: hot.HotValue, right: hot.HotValue) -> hot.HotValue:
    """Equals with both sides of one type: text, or numbers where a number parameter meets a literal."""
    left, right = bare(left), bare(right)
    if isinstance(left, hot.If):
        then, otherwise = _comparison(t, left.then, right), _comparison(t, left.otherwise or hot.Literal(""), right)
        return _decided(left.condition, then, otherwise)
    if isinstance(right, hot.If):
        return _comparison(t, right, left)
    for one, other in ((left, right), (right, left)):
        if numeric(t, one) and isinstance(other, hot.Literal):
            number = _as_number(as_text(other.value))
            return hot.Literal(False) if number is None else _pair(left, right, other, hot.Literal(number))
    if numeric(t, left) != numeric(t, right):
        left, right = (_text(side) if numeric(t, side) else side for side in (left, right))
    return hot.Function("equals", hot.HotList((_allowed(left), _allowed(right))))


def numeric(t: Translation, value: hot.HotValue) -> bool:
    """Whether a value is a number parameter of the template."""
    if not isinstance(value, hot.GetParam) or value.path:
        return False
    parameter = t.hot.parameters.get(value.name)
    return parameter is not None and parameter.type == "number"


def _pair(left: hot.HotValue, right: hot.HotValue, old: hot.HotValue, new: hot.HotValue) -> hot.HotValue:
    sides = tuple(new if side is old else side for side in (left, right))
    return hot.Function("equals", hot.HotList(sides))


def _text(value: hot.HotValue) -> hot.HotValue:
    return hot.Yaql("str($.data.value)", {"value": value})


def _as_number(text: str) -> int | float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number == int(number) else number


def _allowed(value: hot.HotValue) -> hot.HotValue:
    """The value in functions that Heat lets into conditions: text functions are said in yaql."""
    if not any(isinstance(node, NEEDS_YAQL) for node in walk(value)):
        return value
    match value:
        case hot.ListJoin(lists=(hot.HotList() as only,)):
            data = {f"v{index}": _allowed(item) for index, item in enumerate(only.items)}
            joined = ", ".join(f"str(coalesce($.data.{key}, ''))" for key in data)
            return hot.Yaql(f"[{joined}].join('{_quote(value.delimiter)}')", data)
        case hot.ListJoin(lists=(only,)):
            return hot.Yaql(f"coalesce($.data.list, []).join('{_quote(value.delimiter)}')", {"list": _allowed(only)})
        case hot.StrReplace(template=hot.Literal(value="value"), params={"value": only}):
            return _text(only)
        case hot.StrReplace(template=hot.Literal()):
            data = {f"v{index}": _allowed(item) for index, item in enumerate(value.params.values())}
            expression = "$.data.text"
            for key, mark in zip(data, value.params, strict=True):
                expression += f".replace('{_quote(mark)}', str(coalesce($.data.{key}, '')))"
            return hot.Yaql(expression, {"text": value.template, **data})
        case hot.StrSplit():
            index = value.index or hot.Literal(0)
            expression = "coalesce($.data.text, '').split($.data.delimiter)"
            if value.index is not None:
                expression += ".skip(int($.data.index)).first('')"
            data = {"text": _allowed(value.source), "delimiter": hot.Literal(value.delimiter), "index": index}
            return hot.Yaql(expression, data)
        case hot.GetParam():
            return hot.GetParam(value.name, tuple(map(_allowed, value.path)))
        case hot.Yaql():
            return hot.Yaql(value.expression, {key: _allowed(member) for key, member in value.data.items()})
        case hot.If():
            return hot.If(value.condition, _allowed(value.then), _allowed(value.otherwise or hot.Literal("")))
    return value


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
