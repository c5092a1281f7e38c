"""Assertions across parameters: a resource that is there only where one is broken, and that Heat refuses with its words."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hot
from cfn2heat.hot.decide import by_defaults
from cfn2heat.hot.template import HotCondition, HotResource
from cfn2heat.hot.walk import walk
from cfn2heat.source import Span
from cfn2heat.translate import conditions
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.state import Translation

CONTAINS, EACH_EQUALS, EACH_IN = "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn"

UNASKED = "It asks what neither constraints nor conditions of HOT can tell, such as what AWS alone knows."
BROKEN = "The template's own defaults break it, and Heat would refuse the template for that."
OPEN = "Not all that it asks for has a default, and what is made up for it where the template is validated may break the rule."


def guard(t: Translation, rule: str, broken: cfn.Value, words: cfn.Value | None, place: Span) -> list[str] | str:
    """The resource that refuses a stack with a broken rule, none where nothing can break it; or why there can be none."""
    asked = _plain(t, broken)
    if asked is None:
        return UNASKED
    condition = conditions.translate(t, asked, rule)
    held = by_defaults(condition, t.hot)
    if held is not False:
        return BROKEN if held else OPEN
    if not any(isinstance(part, hot.GetParam) for part in walk(condition)):
        return []
    data = t.table.parameters["rule"]
    name = t.plan.choose(f"{rule}_rule", "")
    message = as_text(words.value) if isinstance(words, cfn.Scalar) else ""
    properties = {key: hot.Literal(value) for key, value in data["properties"].items()}
    properties[data["message"]] = hot.Literal(_worded(message) or f"The parameters break the rule {rule}.")
    made = HotResource(name, data["type"], {**properties})
    made.condition = _condition(t, f"{rule}_broken", condition)
    file = place.file.rsplit("/", 1)[-1]
    made.comments = [f"Rule {rule}, {file}:{place.line}", "there only where the parameters break it; Heat refuses the stack then"]
    t.hot.resources[name] = made
    t.placed.setdefault(rule_place(rule), []).append(name)
    return [name]


def rule_place(rule: str) -> str:
    """The place in the template of what stands for a rule; no resource has such a name."""
    return f"Rules/{rule}"


def _worded(text: str) -> str:
    """Words that are no number: Heat would take one."""
    try:
        float(text)
    except ValueError:
        return text
    return ""


def _condition(t: Translation, wanted: str, value: hot.HotValue) -> str:
    name, serial = wanted, 2
    while name in t.hot.conditions or name in t.template.conditions:
        name, serial = f"{wanted}_{serial}", serial + 1
    t.hot.conditions[name] = HotCondition(name, value)
    return name


# ---- tests as conditions know them -----------------------------------------------------------------------------------


def _plain(t: Translation, test: cfn.Value) -> cfn.Value | None:
    """A test in and, or, not and equals; None where it asks what only AWS knows."""
    match test:
        case cfn.Not():
            inner = _plain(t, test.item)
            return None if inner is None else inner.item if isinstance(inner, cfn.Not) else cfn.Not(inner, test.span)
        case cfn.And() | cfn.Or():
            return _joined(type(test), [_plain(t, item) for item in test.items], test.span)
        case cfn.Equals():
            return test if _is_text(t, test.left) and _is_text(t, test.right) else None
        case cfn.RuleFunction(arguments=cfn.Seq(items=(first, second))):
            pairs = _pairs(t, test.name, first, second)
            outer = cfn.Or if test.name == CONTAINS else cfn.And
            return None if pairs is None else _joined(outer, [_any_of(t, one, others) for one, others in pairs], test.span)
    return None


def _pairs(t: Translation, name: str, first: cfn.Value, second: cfn.Value) -> list[tuple[cfn.Value, list[cfn.Value]]] | None:
    """Which value must be one of which others."""
    if name == CONTAINS:
        listed = _items(t, first)
        return None if listed is None else [(second, listed)]
    checked = _items(t, first)
    allowed = [second] if name == EACH_EQUALS else _items(t, second) if name == EACH_IN else None
    return None if checked is None or allowed is None else [(value, allowed) for value in checked]


def _items(t: Translation, value: cfn.Value) -> list[cfn.Value] | None:
    """The members of a list that the template writes out."""
    if isinstance(value, cfn.Seq):
        return list(value.items)
    folded = t.constants.fold(value)
    return [cfn.Scalar(as_text(item), value.span) for item in folded] if isinstance(folded, list) else None


def _any_of(t: Translation, value: cfn.Value, others: list[cfn.Value]) -> cfn.Value | None:
    return _joined(cfn.Or, [_plain(t, cfn.Equals(value, other, value.span)) for other in others], value.span)


def _joined(function: type[cfn.And] | type[cfn.Or], parts: list[cfn.Value | None], span: Span) -> cfn.Value | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not known:
        return None
    return known[0] if len(known) == 1 else function(tuple(known), span)


def _is_text(t: Translation, value: cfn.Value) -> bool:
    """Whether a value is one text that parameters and constants give."""
    if isinstance(value, cfn.Ref) and value.name in t.hot.parameters:
        return t.hot.parameters[value.name].type in ("string", "number")
    return isinstance(value, cfn.Scalar) or isinstance(t.constants.fold(value), str)
