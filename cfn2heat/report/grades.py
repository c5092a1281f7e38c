"""Grades: how much of a resource lives on, by the worst of its leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cfn2heat.diagnostics import Severity

if TYPE_CHECKING:
    from cfn2heat.translate.ledger import Entry

GRADES = ("exact", "adapted", "partial", "none")
FATES = ("translated", "adapted", "dropped", "unknown")


def grade_of(ceiling: str, emitted: bool, entries: Iterable[Entry]) -> str:
    """The worst of the type's ceiling and what became of each leaf; a dropped note costs nothing."""
    if not emitted:
        return "none"
    worst = GRADES.index(ceiling)
    for entry in entries:
        fate = entry.fate.value
        if fate == "adapted":
            worst = max(worst, 1)
        elif fate == "unknown" or (fate == "dropped" and entry.severity > Severity.NOTE):
            worst = max(worst, 2)
    return GRADES[min(worst, 2)]
