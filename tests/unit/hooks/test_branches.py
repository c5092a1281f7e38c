"""Lists with Fn::If inside, and guards as conditions."""

from __future__ import annotations

import pytest

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks import branches
from cfn2heat.hot import values as hot
from cfn2heat.source import NOWHERE

A, B = hot.Literal("A"), hot.Literal("B")
NOT_A = hot.Function("not", A)


def scalar(value: str) -> cfn.Scalar:
    """A scalar that stands nowhere."""
    return cfn.Scalar(value, NOWHERE)


def test_members_enter_both_branches_and_know_their_place() -> None:
    inner = cfn.If("B", scalar("y"), cfn.NoValue(NOWHERE), NOWHERE)
    value = cfn.If("A", cfn.Seq((scalar("x"), inner), NOWHERE), scalar("z"), NOWHERE)
    found = list(branches.members(value, ("Rules",)))
    assert [(member.value, member.guard) for member in found] == [
        (scalar("x"), (A,)),
        (scalar("y"), (A, B)),
        (scalar("z"), (NOT_A,)),
    ]
    assert found[1].path == ("Rules", "Fn::If", 1, 1, "Fn::If", 1)


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ([], None),
        ([A, None], None),
        ([A, A], A),
        ([A, B], hot.Function("or", hot.HotList((A, B)))),
    ],
)
def test_any_of(conditions: list[hot.HotValue | None], wanted: hot.HotValue | None) -> None:
    assert branches.any_of(conditions) == wanted


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [((), None), ((A,), A), ((A, A), A), ((A, NOT_A), hot.Function("and", hot.HotList((A, NOT_A))))],
)
def test_all_of(guard: branches.Guard, wanted: hot.HotValue | None) -> None:
    assert branches.all_of(guard) == wanted


def test_split_keeps_a_choice_of_two_whole() -> None:
    choice = hot.If(A, hot.Literal("x"), hot.Literal("y"))
    assert list(branches.split(choice)) == [(choice, ())]


def test_split_takes_what_may_be_absent_apart() -> None:
    value = hot.If(A, hot.Literal("x"), hot.If(B, hot.Literal("y"), None))
    assert list(branches.split(value)) == [(hot.Literal("x"), (A,)), (hot.Literal("y"), (NOT_A, B))]
