"""What is read off a whole template, once for each translation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from cfn2heat.translate.context import PlanContext
from cfn2heat.translate.state import Translation

T = TypeVar("T")


def once(read: Callable[[PlanContext], T]) -> Callable[[PlanContext], T]:
    """Keep what a function reads as long as the translation lasts."""
    known: WeakKeyDictionary[Translation, T] = WeakKeyDictionary()

    @wraps(read)
    def kept(plan: PlanContext) -> T:
        if plan.t not in known:
            known[plan.t] = read(plan)
        return known[plan.t]

    return kept
