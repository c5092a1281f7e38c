"""Rows to HOT: each property of a resource by its row."""

from __future__ import annotations

from typing import Any

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import Schema
from cfn2heat.hot.compose import branch
from cfn2heat.source import Path
from cfn2heat.table.rules import Absorbed, Carry, Choice, Drop, Hooked, Instead, Row, Target
from cfn2heat.translate.context import ResourceContext, parse_target
from cfn2heat.translate.fit import Misfit, fit
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.minihot import Builder, MissingEmitError
from cfn2heat.translate.registry import REGISTRY
from cfn2heat.translate.transforms import Case, apply


class NoAnswer(Exception):
    """A transform had no answer for a value."""


def apply_rows(ctx: ResourceContext, rows: dict[str, Row], value: cfn.Map, path: Path) -> None:
    """Every member of a map by its row; members without one are unknown."""
    for name, member in value.entries.items():
        row = rows.get(name)
        if row is None:
            record_unknown(ctx, (*path, name))
        else:
            apply_row(ctx, row, member, (*path, name))


def record_unknown(ctx: ResourceContext, path: Path) -> None:
    """A property that the table does not know is said, never swallowed."""
    message = "The table knows no such property of this type; it is not carried."
    ctx.t.ledger.record(ctx.source_path(path), Fate.UNKNOWN, because=message)
    advice = "Check the name; if AWS has added it, write a row for it (--mappings)."
    ctx.report("C2H3003", Severity.WARNING, message, advice, path)
    ctx.t.note_drop(ctx.id, str(path[-1]), "unknown property")


def apply_row(ctx: ResourceContext, row: Row, value: cfn.Value, path: Path) -> None:
    """One property by its row."""
    if isinstance(value, cfn.NoValue):
        return
    match row:
        case Drop():
            ctx.dropped(path, row.because, row.advice, row.severity, row=row.id)
        case Absorbed():
            _absorb(ctx, row, path)
        case Choice():
            chosen = next((option for test, option in row.options if test is None or REGISTRY.get("predicate", test)(ctx)), None)
            if chosen is None:
                record_unknown(ctx, path)
            else:
                apply_row(ctx, chosen, value, path)
        case Hooked():
            _call(ctx, row, value, path)
        case Carry(rows=None):
            _carry(ctx, row, value, path)
        case Carry():
            _rows(ctx, row, value, path)


def _absorb(ctx: ResourceContext, row: Absorbed, path: Path) -> None:
    places = tuple(name for key in row.to if (name := ctx.name(ctx.id, key)) is not None) or tuple(ctx.t.plan.hot_names(ctx.id))
    if places:
        ctx.t.ledger.record(ctx.source_path(path), Fate.ADAPTED, targets=places, row=row.id, because=row.because)
        ctx.report("C2H3002", Severity.NOTE, row.because, path=path)
    elif row.otherwise is not None:
        ctx.dropped(path, row.otherwise.because, row.otherwise.advice, row.otherwise.severity, row=row.id)
    else:
        ctx.dropped(path, f"Nothing in this template makes use of it. {row.because}", severity=Severity.WARNING, row=row.id)


def _call(ctx: ResourceContext, row: Hooked, value: cfn.Value, path: Path) -> None:
    found: hot.HotValue | None = REGISTRY.get("property_hook", row.hook)(ctx, value, path)
    if found is not None and row.to:
        ctx.set(row.to[0], ctx.fit(found, ctx.schema(row.to[0])))
    if row.to:
        _record(ctx, row.fate, row.because, row.to, path, row.id)
    elif row.because:
        ctx.dropped(path, row.because, row.advice, row.severity, row=row.id)
    elif (isinstance(value, cfn.Map) and not value.entries) or (isinstance(value, cfn.Seq) and not value.items):
        ctx.dropped(path, "It is empty.", severity=Severity.NOTE, row=row.id)


def _record(ctx: ResourceContext, fate: str, because: str, to: tuple[Target, ...], path: Path, row: str) -> None:
    if fate == "adapted":
        ctx.adapted(path, because, *to, row=row)
    else:
        ctx.translated(path, *to, row=row)


def _carry(ctx: ResourceContext, row: Carry, value: cfn.Value, path: Path) -> None:
    assert row.to is not None
    schema = ctx.schema(row.to)
    try:
        found = each(ctx, row, value, path, schema) if row.each is not None else carried(ctx, row, value, schema)
    except (NoAnswer, Misfit) as problem:
        _otherwise(ctx, row, path, problem)
        return
    if found is None:
        ctx.translated(path, row.to, row=row.id)
        return
    if not ctx.set(row.to, found):
        ctx.dropped(path, f"{ctx.id} makes no resource that takes it here.", severity=Severity.NOTE, row=row.id)
        return
    set_also(ctx, row.also)
    _record(ctx, row.fate, row.because, (row.to,), path, row.id)


def _otherwise(ctx: ResourceContext, row: Carry, path: Path, problem: Exception) -> None:
    match row.otherwise:
        case Drop():
            ctx.dropped(path, row.otherwise.because, row.otherwise.advice, row.otherwise.severity, row=row.id)
        case Instead():
            assert row.to is not None
            ctx.set(row.to, build_data(ctx, row.otherwise.value))
            ctx.adapted(path, row.because or "The value has no counterpart; the nearest one stands in.", row.to, row=row.id)
        case _:
            because = f": {problem}." if str(problem) else " in OpenStack."
            ctx.dropped(path, f"The value has no counterpart{because}", row=row.id)


def carried(ctx: ResourceContext, row: Carry, value: cfn.Value, schema: Schema | None) -> hot.HotValue | None:
    """A value through its row's transforms, typed for its target."""
    found = ctx.hot(value, schema if not row.via else None)
    for step in row.via:
        if found is None:
            return None
        found = apply(step.name, found, Case(step.argument, value, ctx.t))
        if found is None:
            raise NoAnswer
    return None if found is None else fit(found, schema, ctx.parameter_type)


def each(ctx: ResourceContext, row: Carry, value: cfn.Value, path: Path, schema: Schema | None) -> hot.HotValue | None:
    """A list of objects, or one object, by the rows of their members."""
    match value:
        case cfn.NoValue():
            return None
        case cfn.If():
            then = each(ctx, row, value.then, (*path, "Fn::If", 1), schema)
            otherwise = each(ctx, row, value.otherwise, (*path, "Fn::If", 2), schema)
            return branch(hot.Literal(value.condition), then, otherwise)
        case cfn.Seq():
            item = schema.at(0) if schema else None
            items = (each(ctx, row, member, (*path, index), item) for index, member in enumerate(value.items))
            return hot.HotList(tuple(member for member in items if member is not None))
        case cfn.Map():
            found = _object(ctx, row, value, path, schema)
            return hot.HotList((found,)) if schema and schema.type == "list" else found
    return ctx.hot(value, schema)


def _object(ctx: ResourceContext, row: Carry, value: cfn.Map, path: Path, schema: Schema | None) -> hot.HotMap:
    """One object: members are caught under the relative targets of their rows."""
    assert row.each is not None
    member_ctx = _Member(ctx, row, schema)
    apply_rows(member_ctx, row.each, value, path)
    return hot.HotMap(member_ctx.properties)


class _Member(ResourceContext):
    """An object inside a property: what its rows set stays in a map, what they record points at the outer target."""

    def __init__(self, outer: ResourceContext, row: Carry, schema: Schema | None) -> None:
        super().__init__(outer.t, outer.id)
        assert row.to is not None
        self._outer_target: Target = outer._outer_target if isinstance(outer, _Member) else row.to
        self._object_schema = schema
        self.properties: dict[str, hot.HotValue] = {}

    def set(self, target: str | Target, value: hot.HotValue) -> bool:
        from cfn2heat.translate.context import put

        place = parse_target(target) if isinstance(target, str) else target
        put(self.properties, self._steps(place), value)
        return True

    def schema(self, target: str | Target) -> Schema | None:
        place = parse_target(target) if isinstance(target, str) else target
        found = self._object_schema
        for step in self._steps(place):
            found = found.at(step) if found else None
        return found

    def targets(self, targets: Any) -> tuple[str, ...]:
        return super().targets([self._outer_target])

    @staticmethod
    def _steps(place: Target) -> tuple[str | int, ...]:
        return (place.key, *place.path) if place.key else place.path


def _rows(ctx: ResourceContext, row: Carry, value: cfn.Value, path: Path) -> None:
    """One object whose members have rows with targets of their own."""
    assert row.rows is not None
    match value:
        case cfn.Map():
            apply_rows(ctx, row.rows, value, path)
            set_also(ctx, row.also)
            if not value.entries:
                ctx.dropped(path, "It is empty.", severity=Severity.NOTE, row=row.id)
        case cfn.If():
            _rows_of_branches(ctx, row, value, path)
        case cfn.Seq() if len(value.items) == 1:
            _rows(ctx, row, value.items[0], (*path, 0))
        case cfn.NoValue():
            pass
        case _:
            because = "It is computed as a whole, so that its members cannot be told apart here."
            ctx.dropped(path, because, "Write its members out in the template.", row=row.id)


def _rows_of_branches(ctx: ResourceContext, row: Carry, value: cfn.If, path: Path) -> None:
    """Both branches set their targets under the condition."""
    sides = []
    for number, side in ((1, value.then), (2, value.otherwise)):
        sides.append(ctx.capture())
        _rows(ctx, row, side, (*path, "Fn::If", number))
        ctx.release()
    condition = hot.Literal(value.condition)
    for target in dict.fromkeys([*sides[0], *sides[1]]):
        found = branch(condition, sides[0].get(target), sides[1].get(target))
        if found is not None:
            ctx.set(target, found)


def set_also(ctx: ResourceContext, also: dict[Target, Any]) -> None:
    """Constants beside a property."""
    for target, data in also.items():
        ctx.set(target, build_data(ctx, data))


def set_fixed(ctx: ResourceContext, fixed: dict[Target, Any]) -> None:
    """What the target needs and the source never says; what a row or hook has set wins."""
    for target, data in fixed.items():
        resource = ctx.find(target.key)
        if resource is None or ctx.get(str(target)) is not None:
            continue
        try:
            value = build_data(ctx, data)
        except MissingEmitError:
            continue
        ctx.set(target, ctx.fit(value, ctx.schema(target)))


def build_data(ctx: ResourceContext, data: Any) -> hot.HotValue:
    """Mini-HOT of the table for this resource."""
    return Builder(lambda key: ctx.name(ctx.id, key), ctx.site_value).build(data)
