"""Named pure transforms of rows: a HOT value to a HOT value, or None when there is no answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hot
from cfn2heat.record import record
from cfn2heat.translate.constants import Possible, as_text
from cfn2heat.translate.state import Translation


@record
class Case:
    """What a transform may look at beside the value: its argument, the source value and the translation."""

    argument: Any
    source: cfn.Value
    t: Translation


Transform = Callable[[hot.HotValue, Case], hot.HotValue | None]


def apply(name: str, value: hot.HotValue, case: Case) -> hot.HotValue | None:
    """Run a transform by its name; branches of an `if` are transformed each by itself."""
    if isinstance(value, hot.If):
        source = case.source
        sides = (source.then, source.otherwise) if isinstance(source, cfn.If) else (source, source)
        then = apply(name, value.then, Case(case.argument, sides[0], case.t))
        if then is None:
            return None
        if value.otherwise is None:
            return hot.If(value.condition, then, None)
        otherwise = apply(name, value.otherwise, Case(case.argument, sides[1], case.t))
        return None if otherwise is None else hot.If(value.condition, then, otherwise)
    return TRANSFORMS[name](value, case)


def _text(change: Callable[[str, Any], str]) -> Transform:
    """A transform of literal texts that leaves functions as they are."""

    def transform(value: hot.HotValue, case: Case) -> hot.HotValue | None:
        if isinstance(value, hot.HotList):
            return hot.HotList(tuple(transform(item, case) or item for item in value.items))
        return hot.Literal(change(as_text(value.value), case.argument)) if isinstance(value, hot.Literal) else value

    return transform


def enum(value: hot.HotValue, case: Case) -> hot.HotValue | None:
    """By table; a value that is decided at deploy time is looked up then."""
    table: dict[str, Any] = case.argument
    if isinstance(value, hot.Literal):
        found = table.get(as_text(value.value))
        return None if found is None else hot.Literal(found)
    if isinstance(value, hot.HotList):
        items = [enum(item, case) for item in value.items]
        return None if any(item is None for item in items) else hot.HotList(tuple(item for item in items if item is not None))
    lookup = hot.HotMap({key: hot.Literal(member) for key, member in table.items()})
    return hot.Yaql("$.data.table.get($.data.key, $.data.key)", {"table": lookup, "key": value})


def site(value: hot.HotValue, case: Case) -> hot.HotValue | None:
    """A table of the site, or a plain fact where the argument names one; values that name the target's own things pass."""
    source = case.source
    by_parameter = isinstance(source, cfn.Ref) and source.name in case.t.template.parameters
    if isinstance(source, cfn.Ref) and by_parameter:
        if target_side(case.t, source.name):
            return value
        case.t.looked_up[source.name] = case.argument
    if isinstance(value, hot.GetParam) and value.name in case.t.holes:
        return value
    if isinstance(value, hot.Literal):
        text = as_text(value.value)
        return case.t.lookup(case.argument, hot.Literal(text), {text: None}, True) if text else None
    possible = may_be(case.t, source)
    if not possible.values and not by_parameter:
        return value
    return case.t.lookup(case.argument, value, possible.values, possible.closed)


def may_be(t: Translation, source: cfn.Value) -> Possible:
    """The strings that a value may be; outputs of nested stacks tell those of their own templates.

    They are never closed: an output is not yet known when Heat validates, and get_param takes no null as a key.
    """
    if isinstance(source, cfn.GetAtt) and isinstance(source.attribute, str) and source.attribute.startswith("Outputs."):
        child = t.child(t.template.resources[source.resource].properties.entries.get("TemplateURL"))
        if child is not None:
            return Possible(child.may_be(source.attribute.removeprefix("Outputs.")).values, False)
    return t.constants.possible(source)


def target_side(t: Translation, parameter: str) -> bool:
    """Whether a parameter's type says that its values name things of the target cloud."""
    from cfn2heat.translate.sections import parameter_type

    return bool(parameter_type(t.table, t.template.parameters[parameter].type).get("target"))


def tags_to_map(value: hot.HotValue, case: Case) -> hot.HotValue | None:
    """Tags to a map; tags under a condition are merged in, tags with computed keys are read by yaql."""
    if isinstance(value, hot.HotMap):
        return value
    if not isinstance(value, hot.HotList):
        return None
    plain: dict[str, hot.HotValue] = {}
    merged: list[hot.HotValue] = []
    for item in value.items:
        pair = _pair(item)
        if isinstance(pair, hot.HotMap):
            plain.update(pair.entries)
        elif pair is not None:
            merged.append(pair)
    if not merged:
        return hot.HotMap(plain)
    return hot.Function("map_merge", hot.HotList((hot.HotMap(plain), *merged)))


def _pair(item: hot.HotValue) -> hot.HotValue | None:
    if isinstance(item, hot.If):
        then = _pair(item.then)
        otherwise = hot.HotMap({}) if item.otherwise is None else _pair(item.otherwise)
        return None if then is None or otherwise is None else hot.If(item.condition, then, otherwise)
    if not isinstance(item, hot.HotMap) or "Key" not in item.entries:
        return None
    key, member = item.entries["Key"], item.entries.get("Value", hot.Literal(""))
    if isinstance(key, hot.Literal):
        return hot.HotMap({as_text(key.value): _tag_text(member)})
    renamed = hot.HotMap({"keys": hot.HotMap({"key": key})})
    return hot.Function("map_replace", hot.HotList((hot.HotMap({"key": _tag_text(member)}), renamed)))


def _tag_text(value: hot.HotValue) -> hot.HotValue:
    return hot.Literal(as_text(value.value)) if isinstance(value, hot.Literal) else value


DURATION = r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"


def seconds(value: hot.HotValue, case: Case) -> hot.HotValue | None:
    """ISO 8601 duration to seconds."""
    if not isinstance(value, hot.Literal):
        return hot.Yaql(
            "let(t => str(coalesce($.data.duration, 'PT0S'))) -> int(coalesce(regex('(\\\\d+)H').search($t, $2.value), 0)) * 3600"
            " + int(coalesce(regex('(\\\\d+)M').search($t, $2.value), 0)) * 60"
            " + int(coalesce(regex('(\\\\d+)S').search($t, $2.value), 0))",
            {"duration": value},
        )
    text = as_text(value.value).strip()
    if text.isascii() and text.isdigit():
        return hot.Literal(int(text))
    match = re.fullmatch(DURATION, text)
    if not match or text in ("P", "PT"):
        return None
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return hot.Literal(int(days * 86400 + hours * 3600 + minutes * 60 + rest))


def wrap_list(value: hot.HotValue, case: Case) -> hot.HotValue | None:
    """One value to a list of it."""
    return value if isinstance(value, hot.HotList) else hot.HotList((value,))


def replace(text: str, table: dict[str, str]) -> str:
    """Regular expressions on a text, one after the other."""
    for pattern, instead in table.items():
        text = re.sub(pattern, instead, text)
    return text


TRANSFORMS: dict[str, Transform] = {
    "cut": _text(lambda text, length: text[:length]),
    "enum": enum,
    "replace": _text(replace),
    "seconds": seconds,
    "site": site,
    "tags_to_map": tags_to_map,
    "text": _text(lambda text, _: text),
    "wrap_list": wrap_list,
}
