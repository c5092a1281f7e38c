"""Counts the rows of the table by what they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cfn2heat.table.rules import Absorbed, Carry, Choice, Drop, Hooked, HookReference, Row, Rule

KINDS = ("carried", "adapted", "absorbed", "hooked", "dropped")


def rows_of(rule: Rule) -> Iterator[Row]:
    """Every row of a rule that decides something: those of members and of choices one by one."""
    for row in (*rule.properties.values(), *rule.attributes.values()):
        yield from _flatten(row)


def count_rows(rule: Rule) -> Counter[str]:
    """Number of rows by kind."""
    return Counter(kind_of(row) for row in rows_of(rule))


def kind_of(row: Row) -> str:
    """What a row does, in a word."""
    match row:
        case Drop():
            return "dropped"
        case Absorbed():
            return "absorbed"
        case Hooked():
            return "hooked"
        case Carry(fate="adapted"):
            return "adapted"
    return "carried"


def hooks_of(rule: Rule) -> Iterator[tuple[str, str]]:
    """Every hook that a rule names, as kind and name."""
    for row in rows_of(rule):
        if isinstance(row, Hooked):
            yield "property_hook", row.hook
    for row in (*rule.properties.values(), *rule.attributes.values()):
        yield from (("predicate", name) for name in _predicates(row))
    for emit in rule.emits.values():
        if emit.when:
            yield "predicate", emit.when
    for reference in rule.references.values():
        if isinstance(reference, HookReference):
            yield "reference_hook", reference.name
    for kind, name in (("plan_hook", rule.plan), ("finish_hook", rule.finish)):
        if name:
            yield kind, name


def _flatten(row: Row) -> Iterator[Row]:
    if isinstance(row, Choice):
        for _, option in row.options:
            yield from _flatten(option)
    elif isinstance(row, Carry) and (row.each or row.rows):
        for member in (*(row.each or {}).values(), *(row.rows or {}).values()):
            yield from _flatten(member)
    else:
        yield row


def _predicates(row: Row) -> Iterator[str]:
    if isinstance(row, Choice):
        for name, option in row.options:
            if name:
                yield name
            yield from _predicates(option)
    elif isinstance(row, Carry):
        for member in (*(row.each or {}).values(), *(row.rows or {}).values()):
            yield from _predicates(member)
