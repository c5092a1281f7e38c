"""Conditions of listener rules as L7 rules: one comparison, or one regular expression, for each."""

from __future__ import annotations

import re

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Guard, members
from cfn2heat.hooks.emitting import fill, restrict
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import property_hook


@property_hook("listeners.conditions")
def conditions(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """An L7Rule for each condition; a policy that would match too much is switched off."""
    unmatched: list[str] = []
    for number, member in enumerate(members(value, path), 1):
        if not isinstance(member.value, cfn.Map):
            ctx.dropped(
                member.path, "The condition is computed as a whole, so that it cannot be read here.", severity=Severity.ERROR
            )
            unmatched.append("a computed condition")
            continue
        field = field_of(ctx, member.value)
        if field in TYPES:
            add_rule(ctx, member.value, field, member.guard, number, member.path)
        else:
            advice = "Match on host, path or a header, or check in the members; then set admin_state_up of the policy to true."
            ctx.dropped(member.path, f"Octavia's L7 rules do not look at {WORDS.get(field, field)}.", advice, Severity.ERROR)
            unmatched.append(field)
    if unmatched:
        message = f"Without its condition on {', '.join(unmatched)} the rule would match too much: the policy is switched off."
        ctx.report("C2H3002", Severity.WARNING, message, "Switch it on when that is wanted: admin_state_up: true.", path)
        fill(ctx, ctx.emit("policy"), {"admin_state_up": hot.Literal(False)})
    return None


TYPES = {"path-pattern": "PATH", "host-header": "HOST_NAME", "http-header": "HEADER"}
CONFIGS = {
    "path-pattern": "PathPatternConfig",
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
WORDS = {
    "http-request-method": "the request method",
    "query-string": "the query string",
    "source-ip": "the client's address",
}


def field_of(ctx: PlanContext, condition: cfn.Map) -> str:
    """What a condition looks at."""
    word = as_text(ctx.constant(condition.entries.get("Field") or condition.entries.get("field")))
    return word or next((field for field, config in CONFIGS.items() if config in condition.entries), "an unknown field")


def add_rule(ctx: ResourceContext, condition: cfn.Map, field: str, guard: Guard, number: int, path: Path) -> None:
    """The L7Rule of one condition; several values are one regular expression."""
    rule = ctx.add(f"rule_{number}", "OS::Octavia::L7Rule", f"{ctx.id}_rule_{number}")
    config = condition.entries.get(CONFIGS[field])
    given = config.entries if isinstance(config, cfn.Map) else {}
    listed = given.get("Values") or condition.entries.get("Values") or condition.entries.get("values")
    expressions = given.get("RegexValues") or condition.entries.get("RegexValues")
    compare, wanted = matching(ctx, listed) if listed is not None else ("REGEX", regular(ctx, expressions))
    fill(
        ctx,
        rule,
        {
            "l7policy": hot.GetResource(ctx.emit("policy").name),
            "type": hot.Literal(TYPES[field]),
            "compare_type": hot.Literal(compare),
            "key": ctx.hot(given.get("HttpHeaderName")),
            "value": wanted,
        },
    )
    restrict(ctx, rule, guard)
    target = f"rule_{number}.value"
    if compare == "EQUAL_TO":
        ctx.translated(path, target)
    else:
        ctx.adapted(
            path,
            "Wildcards and several values are an L7 rule's compare_type: a prefix, a suffix or a regular expression.",
            target,
        )


def matching(ctx: ResourceContext, value: cfn.Value) -> tuple[str, hot.HotValue]:
    """compare_type and value for patterns with * and ?, of which one must match."""
    listed = list(members(value))
    constants = [ctx.constant(member.value) for member in listed]
    if any(constant is UNKNOWN for constant in constants) or any(member.guard for member in listed):
        return "REGEX", pattern_at_deploy(ctx, value)
    patterns = [as_text(constant) for constant in constants]
    if len(patterns) == 1:
        compare, text = comparison(patterns[0])
        return compare, hot.Literal(text)
    return "REGEX", hot.Literal(f"^({'|'.join(map(expression, patterns))})$")


def comparison(pattern: str) -> tuple[str, str]:
    """The simplest comparison that says the same as a pattern."""
    inner = pattern.strip("*")
    if "*" in inner or "?" in inner or not inner:
        return "REGEX", f"^{expression(pattern)}$"
    starts, ends = pattern.startswith("*"), pattern.endswith("*")
    compare = {(False, False): "EQUAL_TO", (False, True): "STARTS_WITH", (True, False): "ENDS_WITH", (True, True): "CONTAINS"}
    return compare[starts, ends], inner


def expression(pattern: str) -> str:
    """A pattern as a regular expression."""
    return "".join(WILDCARDS.get(char) or re.escape(char) for char in pattern)


WILDCARDS = {"*": ".*", "?": ".", "/": "/", "-": "-"}


def pattern_at_deploy(ctx: ResourceContext, value: cfn.Value) -> hot.HotValue:
    """The same, done by Heat for patterns that are parameters."""
    found = ctx.hot(value) or hot.HotList(())
    many = hot.GetParam(found.name) if isinstance(found, hot.GetParam) else found
    several = not (isinstance(found, hot.HotList) and len(found.items) == 1 and not isinstance(found.items[0], hot.If))
    text = hot.ListJoin("|", (many,)) if several else found.items[0] if isinstance(found, hot.HotList) else found
    if isinstance(found, hot.GetParam) and ctx.parameter_type(found.name) == "string":
        text, several = found, False
    replaced = hot.StrReplace(text, {"*": hot.Literal(".*"), "?": hot.Literal("."), ".": hot.Literal("\\.")})
    start, end = ("^(", ")$") if several else ("^", "$")
    return hot.ListJoin("", (hot.HotList((hot.Literal(start), replaced, hot.Literal(end))),))


def regular(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue:
    """Regular expressions as they are, of which one must match."""
    constant = ctx.constant(value)
    if isinstance(constant, list):
        return hot.Literal("|".join(map(as_text, constant)))
    return hot.ListJoin("|", (ctx.hot(value) or hot.HotList((hot.Literal(".*"),)),))
