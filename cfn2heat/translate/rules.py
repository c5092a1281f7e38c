"""Rules over parameters: what is a constraint on one parameter becomes one, what holds several against each other a guard."""

from __future__ import annotations

import re
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotParameter
from cfn2heat.source import Span
from cfn2heat.translate.assertions import CONTAINS, EACH_EQUALS, EACH_IN, guard
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.state import Translation

GUARDED = "HOT has no rules. Where the parameters break this one, a resource is there that Heat refuses, before anything is made."


class Test(NamedTuple):
    """What one parameter must be: one of these values, or none of them."""

    parameter: str
    values: tuple[str, ...]
    refused: bool
    each: bool = False
    """It is said of every member of a list."""


def translate(t: Translation) -> None:
    """Every rule: a constraint for an assertion that is one, else a resource that refuses the stack, else a word."""
    for name, rule in t.template.rules.items():
        assertions = rule.entries.get("Assertions")
        listed = assertions.items if isinstance(assertions, cfn.Seq) else ()
        found = [_carry(t, name, assertion, rule.entries.get("RuleCondition")) for assertion in listed]
        _record(t, name, rule, list(zip(listed, found, strict=True)))


def _record(t: Translation, name: str, rule: cfn.Map, found: list[tuple[cfn.Value, list[str] | str]]) -> None:
    lost = [(index, value, each) for index, (value, each) in enumerate(found) if isinstance(each, str)]
    if len(lost) == len(found):
        because = lost[0][2] if lost else "It asserts nothing."
        t.ledger.record(("Rules", name), Fate.DROPPED, because=because)
        _say(t, f"Rules.{name}", because, rule.span)
        return
    for index, value, because in lost:
        _say(t, f"Rules.{name}.Assertions[{index}]", because, value.span)
    targets = tuple(dict.fromkeys(target for _, each in found if not isinstance(each, str) for target in each))
    guarded = any(target in t.hot.resources for target in targets)
    because = GUARDED if guarded else "The rest of its assertions is said." if lost else ""
    fate = Fate.ADAPTED if because else Fate.TRANSLATED
    t.ledger.record(("Rules", name), fate, targets=targets or ("template",), because=because)
    if guarded:
        t.diagnostics.add("C2H3002", Severity.NOTE, f"Rules.{name}", GUARDED, span=rule.span)


def _say(t: Translation, subject: str, because: str, span: Span) -> None:
    advice = "Check these parameters before the stack is made."
    t.diagnostics.add("C2H2102", Severity.WARNING, subject, because, advice=advice, span=span)


def _carry(t: Translation, name: str, assertion: cfn.Value, condition: cfn.Value | None) -> list[str] | str:
    """The parameters that an assertion constrains, or the resource that refuses the stack; a text says why nothing."""
    entries = assertion.entries if isinstance(assertion, cfn.Map) else {}
    test, words = entries.get("Assert"), entries.get("AssertDescription")
    if test is None:
        return "It asserts nothing."
    broken: cfn.Value = cfn.Not(test, test.span)
    if condition is not None:
        broken = cfn.And((condition, broken), test.span)
    constrained = _constrain(t, cfn.Not(broken, test.span), words)
    return guard(t, name, broken, words, assertion.span) if constrained is None else constrained


def _constrain(t: Translation, test: cfn.Value, words: cfn.Value | None) -> list[str] | None:
    """Make a test constraints and give the parameters that have them; None where it is more than that."""
    tests = _read(t, test, True)
    made = [] if tests is None else [(each.parameter, _constraint(t, each, words)) for each in tests]
    if tests is None or any(constraint is None for _, constraint in made):
        return None
    for parameter, constraint in made:
        if constraint is not None:
            t.hot.parameters[parameter].constraints.append(constraint)
    return [parameter for parameter, _ in made]


# ---- what an assertion says of single parameters ---------------------------------------------------------------------


def _read(t: Translation, test: cfn.Value, wanted: bool) -> list[Test] | None:
    """Tests that all hold just when the given one is as wanted; None where single parameters do not decide it."""
    match test:
        case cfn.Not():
            return _read(t, test.item, not wanted)
        case cfn.And() | cfn.Or():
            parts = [_read(t, item, wanted) for item in test.items]
            return _all(parts) if isinstance(test, cfn.And) == wanted else _any(parts)
        case cfn.Equals():
            return _compared(t, test.left, test.right, wanted) or _compared(t, test.right, test.left, wanted)
        case cfn.RuleFunction(name=name, arguments=cfn.Seq(items=(first, second))):
            return _compared_lists(t, name, first, second, wanted)
    return None


def _all(parts: list[list[Test] | None]) -> list[Test] | None:
    known = [part for part in parts if part is not None]
    return [test for part in known for test in part] if len(known) == len(parts) else None


def _any(parts: list[list[Test] | None]) -> list[Test] | None:
    """One test for several of which one must hold: where all are on the same parameter."""
    tests = [part[0] for part in parts if part is not None and len(part) == 1]
    if len(tests) != len(parts) or len({(test.parameter, test.each) for test in tests}) != 1 or tests[0].each:
        return None
    found = tests[0]
    for test in tests[1:]:
        found = _either(found, test)
    return [] if found.refused and not found.values else [found]


def _either(one: Test, other: Test) -> Test:
    if not one.refused and not other.refused:
        return one._replace(values=tuple(dict.fromkeys((*one.values, *other.values))))
    if one.refused and other.refused:
        return one._replace(values=tuple(value for value in one.values if value in other.values))
    refusing, allowing = (one, other) if one.refused else (other, one)
    return refusing._replace(values=tuple(value for value in refusing.values if value not in allowing.values))


def _compared(t: Translation, left: cfn.Value, right: cfn.Value, wanted: bool) -> list[Test] | None:
    """A parameter against a constant."""
    constant = t.constants.fold(right)
    if not isinstance(left, cfn.Ref) or constant is UNKNOWN or isinstance(constant, (list, dict)):
        return None
    return [Test(left.name, (as_text(constant),), not wanted)]


def _compared_lists(t: Translation, name: str, first: cfn.Value, second: cfn.Value, wanted: bool) -> list[Test] | None:
    """Lists against constants: one parameter in a list, or every member of a parameter or of a list of parameters."""
    if name == CONTAINS:
        allowed = t.constants.fold(first)
        known = isinstance(allowed, list) and isinstance(second, cfn.Ref)
        return [Test(second.name, tuple(map(as_text, allowed)), not wanted)] if known and isinstance(second, cfn.Ref) else None
    allowed = t.constants.fold(second)
    values = [allowed] if name == EACH_EQUALS else allowed
    if not wanted or name not in (EACH_EQUALS, EACH_IN) or not isinstance(values, list) or UNKNOWN in values:
        return None
    texts = tuple(map(as_text, values))
    if isinstance(first, cfn.Ref):
        return [Test(first.name, texts, False, each=True)]
    members = first.items if isinstance(first, cfn.Seq) else ()
    found = [Test(member.name, texts, False) for member in members if isinstance(member, cfn.Ref)]
    return found if found and len(found) == len(members) else None


# ---- constraints -----------------------------------------------------------------------------------------------------


def _constraint(t: Translation, test: Test, words: cfn.Value | None) -> hot.HotMap | None:
    """The constraint of a test on a parameter; None where the type has none such, or the default would break it."""
    parameter = t.hot.parameters.get(test.parameter)
    if parameter is None or (parameter.type == "comma_delimited_list") != test.each:
        return None
    listed = _allowed_now(parameter)
    if test.refused and listed is not None:
        test = test._replace(values=tuple(value for value in listed if value not in test.values), refused=False)
    entries = _entries(parameter, test)
    if entries is None or not _holds(parameter, test):
        return None
    if isinstance(words, cfn.Scalar):
        entries["description"] = hot.Literal(as_text(words.value))
    return hot.HotMap(entries)


def _allowed_now(parameter: HotParameter) -> list[str] | None:
    """The values that the parameter may have by now."""
    for constraint in parameter.constraints:
        allowed = constraint.entries.get("allowed_values")
        if isinstance(allowed, hot.HotList):
            return [as_text(item.value) for item in allowed.items if isinstance(item, hot.Literal)]
    return None


def _entries(parameter: HotParameter, test: Test) -> dict[str, hot.HotValue] | None:
    if not test.refused:
        allowed = [_typed(parameter, value) for value in test.values]
        literals = tuple(hot.Literal(value) for value in allowed if value is not None)
        return {"allowed_values": hot.HotList(literals)} if literals and len(literals) == len(allowed) else None
    if parameter.type != "string":
        return None
    if test.values == ("",):
        return {"length": hot.HotMap({"min": hot.Literal(1)})}
    pattern = rf"(?!(?:{'|'.join(map(re.escape, test.values))})\Z)[\s\S]*"
    said = " or ".join(value or "empty" for value in test.values)
    return {"allowed_pattern": hot.Literal(pattern), "description": hot.Literal(f"must not be {said}")}


def _typed(parameter: HotParameter, value: str) -> str | int | float | None:
    """A value of the parameter's type, or None."""
    if parameter.type in ("string", "comma_delimited_list"):
        return value
    if parameter.type != "number" or not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return None
    return float(value) if "." in value else int(value)


def _holds(parameter: HotParameter, test: Test) -> bool:
    """Whether the default passes; a template whose own default breaks a constraint is refused as a whole."""
    if not isinstance(parameter.default, hot.Literal) or parameter.default.value is None:
        return parameter.default is None
    text = as_text(parameter.default.value)
    given = [item.strip() for item in text.split(",")] if test.each and text else [] if test.each else [text]
    return all((value in test.values) != test.refused for value in given)
