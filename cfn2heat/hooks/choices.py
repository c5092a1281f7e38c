"""Values that are one of a few words: known now, or asked by conditions of Heat."""

from __future__ import annotations

from collections.abc import Mapping

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.walk import walk
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext


def choose(ctx: ResourceContext, value: cfn.Value | None, answers: Mapping[str, hot.HotValue]) -> hot.HotValue | None:
    """The answer for a word, given at deploy time where the word is; None for a word that has none."""
    if isinstance(value, cfn.If):
        then, otherwise = choose(ctx, value.then, answers), choose(ctx, value.otherwise, answers)
        return branch(hot.Literal(value.condition), then, otherwise)
    constant = ctx.constant(value)
    if constant is not UNKNOWN:
        return answers.get(as_text(constant))
    possible = sorted(ctx.possible(value) or answers)
    source = comparable(ctx.hot(value))
    result = answers.get(possible[-1])
    for word in reversed(possible[:-1]):
        if answers.get(word) != result and source is not None:
            result = branch(equals(source, word), answers.get(word), result)
    return result


def equals(value: hot.HotValue, word: str) -> hot.HotValue:
    """The condition that a value is a word."""
    return hot.Function("equals", hot.HotList((value, hot.Literal(word))))


def comparable(value: hot.HotValue | None) -> hot.HotValue | None:
    """A value that Heat's conditions may read, or None: they refuse choices, texts that are put together, what resources say."""
    refused = hot.GetAttr | hot.GetResource | hot.If | hot.ListJoin | hot.StrReplace | hot.StrSplit
    return None if value is None or any(isinstance(part, refused) for part in walk(value)) else value


def words(plan: PlanContext, value: cfn.Value | None) -> set[str]:
    """The words that a value may be, empty where it is absent or nothing is known."""
    if isinstance(value, cfn.If):
        return words(plan, value.then) | words(plan, value.otherwise)
    constant = plan.constant(value)
    if constant is None:
        return set()
    return (plan.possible(value) or set()) if constant is UNKNOWN else {as_text(constant)}


def is_word(ctx: ResourceContext, value: cfn.Value | None, word: str, default: bool) -> bool | hot.HotValue:
    """Whether a value is a word: known now, or the condition for it."""
    if value is None or isinstance(value, cfn.NoValue):
        return default
    if isinstance(value, cfn.If):
        return either(
            hot.Literal(value.condition), is_word(ctx, value.then, word, default), is_word(ctx, value.otherwise, word, default)
        )
    constant = ctx.constant(value)
    if constant is not UNKNOWN:
        return as_text(constant) == word
    source = comparable(ctx.hot(value))
    return default if source is None else equals(source, word)


def either(condition: hot.HotValue, then: bool | hot.HotValue, otherwise: bool | hot.HotValue) -> bool | hot.HotValue:
    """The condition for `then` or `otherwise`, by which of them the condition selects."""
    negated = hot.Function("not", condition)
    if isinstance(then, bool) and isinstance(otherwise, bool):
        return then if then == otherwise else condition if then else negated
    first = condition if then is True else None if then is False else both(condition, then)
    second = negated if otherwise is True else None if otherwise is False else both(negated, otherwise)
    if first is None or second is None:
        return first or second or False
    return hot.Function("or", hot.HotList((first, second)))


def both(one: hot.HotValue, other: bool | hot.HotValue) -> hot.HotValue:
    """The condition that both hold."""
    return one if isinstance(other, bool) else hot.Function("and", hot.HotList((one, other)))


def without_nothing(value: hot.HotValue | None, default: hot.HotValue) -> hot.HotValue:
    """The value, with a default wherever a branch of an `if` is absent."""
    if value is None:
        return default
    if isinstance(value, hot.If):
        return hot.If(value.condition, without_nothing(value.then, default), without_nothing(value.otherwise, default))
    return value


def same(one: hot.HotValue | None, other: hot.HotValue | None) -> bool:
    """Whether two values are the same, numbers written as strings included."""
    if isinstance(one, hot.Literal) and isinstance(other, hot.Literal):
        return as_text(one.value) == as_text(other.value)
    return one == other
