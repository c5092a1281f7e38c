"""Rules over parameters: what is a constraint on one parameter becomes one, the rest is said."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hot
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.state import Translation

CONTAINS = "Fn::Contains"


def translate(t: Translation) -> None:
    """Every rule: constraints where each of its assertions is one, else a word."""
    for name, rule in t.template.rules.items():
        found = _constraints(t, rule)
        for parameter, constraint in found:
            t.hot.parameters[parameter].constraints.append(constraint)
        if found:
            targets = tuple(dict.fromkeys(parameter for parameter, _ in found))
            t.ledger.record(("Rules", name), Fate.TRANSLATED, targets=targets)
            continue
        because = "HOT has no rules across parameters."
        advice = "Check these parameters before the stack is made; constraints on single parameters hold already."
        t.ledger.record(("Rules", name), Fate.DROPPED, because=because)
        t.diagnostics.add("C2H2102", Severity.WARNING, f"Rules.{name}", because, advice=advice, span=rule.span)


def _constraints(t: Translation, rule: cfn.Map) -> list[tuple[str, hot.HotMap]]:
    """A constraint for each assertion; none at all when one of them is more than that, or holds under a condition only."""
    assertions = rule.entries.get("Assertions")
    if "RuleCondition" in rule.entries or not isinstance(assertions, cfn.Seq):
        return []
    found = [_constraint(t, assertion) for assertion in assertions.items]
    return [one for one in found if one is not None] if all(one is not None for one in found) else []


def _constraint(t: Translation, assertion: cfn.Value) -> tuple[str, hot.HotMap] | None:
    """Fn::Contains of constants and one string parameter as its allowed values."""
    test = assertion.entries.get("Assert") if isinstance(assertion, cfn.Map) else None
    match test:
        case cfn.RuleFunction(name=name, arguments=cfn.Seq(items=(allowed, cfn.Ref(name=parameter)))):
            values = t.constants.fold(allowed)
            known = t.hot.parameters.get(parameter)
            if name != CONTAINS or not isinstance(values, list) or known is None or known.type != "string":
                return None
            texts = [as_text(value) for value in values]
            entries: dict[str, hot.HotValue] = {"allowed_values": hot.HotList(tuple(map(hot.Literal, texts)))}
            words = assertion.entries.get("AssertDescription") if isinstance(assertion, cfn.Map) else None
            if isinstance(words, cfn.Scalar):
                entries["description"] = hot.Literal(as_text(words.value))
            default = known.default.value if isinstance(known.default, hot.Literal) else None
            fits = default is None or as_text(default) in texts
            return (parameter, hot.HotMap(entries)) if fits else None
    return None
