"""Lists with Fn::If inside: every member with the conditions under which it is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotCondition
from cfn2heat.source import Path
from cfn2heat.translate.state import Translation

Guard = tuple[hot.HotValue, ...]
"""Conditions that must all hold; each a Literal with a condition's name, or a condition function."""


class Member(NamedTuple):
    """A member of a list, where it stands and under which conditions."""

    value: cfn.Value
    path: Path
    guard: Guard


def members(value: cfn.Value | None, path: Path = (), guard: Guard = ()) -> Iterator[Member]:
    """Every member of a list, of both branches of each Fn::If; one value counts as a list of it."""
    match value:
        case None | cfn.NoValue():
            return
        case cfn.Seq():
            for index, item in enumerate(value.items):
                yield from members(item, (*path, index), guard)
        case cfn.If():
            name = hot.Literal(value.condition)
            yield from members(value.then, (*path, "Fn::If", 1), (*guard, name))
            yield from members(value.otherwise, (*path, "Fn::If", 2), (*guard, hot.Function("not", name)))
        case _:
            yield Member(value, path, guard)


def under(condition: str | None) -> Guard:
    """The guard that the condition of a resource is; empty where it has none."""
    return (hot.Literal(condition),) if condition else ()


def all_of(guard: Guard) -> hot.HotValue | None:
    """One condition for a whole guard; None when nothing guards."""
    distinct = _distinct(guard)
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    return hot.Function("and", hot.HotList(distinct))


def any_of(conditions: list[hot.HotValue | None]) -> hot.HotValue | None:
    """One condition that holds when any of these does; None (always) when one of them is."""
    distinct = _distinct(condition for condition in conditions if condition is not None)
    if not distinct or None in conditions:
        return None
    return distinct[0] if len(distinct) == 1 else hot.Function("or", hot.HotList(distinct))


def _distinct(values: Iterable[hot.HotValue]) -> tuple[hot.HotValue, ...]:
    # By their text: maps inside make the values themselves unhashable.
    return tuple({repr(value): value for value in values}.values())


def guarded(value: hot.HotValue, condition: hot.HotValue | None) -> hot.HotValue:
    """The value, or nothing when the condition does not hold."""
    return value if condition is None else hot.If(condition, value, None)


def split(value: hot.HotValue | None, guard: Guard = ()) -> Iterator[tuple[hot.HotValue, Guard]]:
    """A value that may be absent, as values that are there, each with its guard."""
    if not isinstance(value, hot.If):
        if value is not None:
            yield value, guard
        return
    then, otherwise = list(split(value.then)), list(split(value.otherwise))
    if len(then) == len(otherwise) == 1 and not then[0][1] and not otherwise[0][1]:
        yield value, guard
        return
    yield from ((found, (*guard, value.condition, *inner)) for found, inner in then)
    negated = hot.Function("not", value.condition)
    yield from ((found, (*guard, negated, *inner)) for found, inner in otherwise)


def named(t: Translation, condition: hot.HotValue | None) -> str | None:
    """The name of a condition, as a resource wants it; a function gets a name of its own."""
    if condition is None:
        return None
    if isinstance(condition, hot.Literal):
        return str(condition.value)
    name = _name(condition)
    t.hot.conditions.setdefault(name, HotCondition(name, condition))
    return name


def _name(condition: hot.HotValue) -> str:
    """A name that reads as its function does: A_and_not_B."""
    if isinstance(condition, hot.Function):
        if isinstance(condition.argument, hot.HotList):
            return f"_{condition.name}_".join(map(_name, condition.argument.items))
        return f"{condition.name}_{_name(condition.argument)}"
    return str(condition.value) if isinstance(condition, hot.Literal) else "condition"
