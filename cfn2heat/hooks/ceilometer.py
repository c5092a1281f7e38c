"""Heat's own alarms of old, on the samples of Ceilometer, as Aodh alarms on what Gnocchi keeps of them."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.interfaces import INSTANCE
from cfn2heat.hooks.metrics import (
    CPU,
    DISK,
    GRANULARITY,
    GROUP,
    INTERFACE,
    UNFOUND,
    Metric,
    group_mark,
    points,
    query,
    scaled,
    threshold_because,
)
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, property_hook

CONDITIONS = ("matching_metadata", "query")
RATE = ".rate"
METHODS = {"avg": "mean", "max": "max", "min": "min", "sum": "sum", "count": "count"}


def measured(plan: PlanContext) -> Metric:
    """The metric of Gnocchi; rates were meters of their own in Ceilometer, and are computed from the counters now."""
    meter = as_text(plan.constant(plan.value("meter_name")))
    if meter == "cpu_util":
        return CPU
    kind = INTERFACE if meter.startswith("network.") else DISK if meter.startswith("disk.device.") else "instance"
    counter = meter.removesuffix(RATE)
    rated = counter != meter
    return Metric(
        counter, kind, GRANULARITY if rated else 1, f"the counter's unit in {GRANULARITY} s" if rated else "its own unit"
    )


def is_rate(metric: Metric) -> bool:
    """Whether the points are differences of a counter."""
    return metric.factor != 1


def subject(plan: PlanContext) -> str | None:
    """The group or server of this template that the alarm's conditions name."""
    for key in CONDITIONS:
        for found in plan.resources_of(plan.value(key)):
            if found.type in (GROUP, INSTANCE):
                return found.name
    return None


@plan_hook("ceilometer.alarm")
def plan_alarm(plan: PlanContext) -> None:
    """Interfaces and disks are resources of their own in Gnocchi: they know their server and not its group."""
    found = subject(plan)
    if found is not None and plan.type_of(found) == GROUP and measured(plan).resource_type != "instance":
        plan.give_up(f"{UNFOUND[0]}.", UNFOUND[1], Severity.ERROR)


@property_hook("ceilometer.metric")
def metric(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The metric's name in Gnocchi."""
    found = measured(ctx)
    because = f"Gnocchi knows it as {found.name} of the resource type {found.resource_type}, in {found.unit}."
    ctx.adapted(path, because, "alarm.metric", "alarm.resource_type")
    return hot.Literal(found.name)


@property_hook("ceilometer.statistic")
def statistic(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """How points are made one number; of a counter it is the rate that counts."""
    word = METHODS.get(as_text(ctx.constant(value)), "mean")
    return hot.Literal(f"rate:{word}" if is_rate(measured(ctx)) else word)


@property_hook("ceilometer.threshold")
def threshold(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The threshold in the unit of Gnocchi."""
    found = measured(ctx)
    if not is_rate(found):
        ctx.translated(path, "alarm.threshold")
        return ctx.hot(value)
    ctx.adapted(path, threshold_because(found), "alarm.threshold")
    return scaled(ctx, value, found.factor)


@property_hook("ceilometer.evaluation_periods")
def evaluation_periods(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """As many points of 300 seconds as cover the same time."""
    found, because = points(ctx.constant(value), ctx.constant(ctx.value("period")))
    if not found:
        ctx.translated(path, "alarm.evaluation_periods")
        return ctx.hot(value)
    ctx.adapted(path, because, "alarm.evaluation_periods")
    return hot.Literal(found)


@property_hook("ceilometer.conditions")
def conditions(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """What samples had to have about them: the group or the server is found by a query, the rest is lost."""
    if subject(ctx) is None:
        because = "Gnocchi keeps no metadata of samples that an alarm could ask for; all of the project's servers are measured."
        advice = "Name a group or a server of the template, or write the query in the words of Gnocchi's resource type."
        ctx.dropped(path, because, advice)
    return None


@finish_hook("ceilometer.alarm")
def finish_alarm(ctx: ResourceContext) -> None:
    """Whom the alarm watches, and how points become one number where nothing is said."""
    metric, name = measured(ctx), subject(ctx)
    ctx.set("alarm.resource_type", hot.Literal(metric.resource_type))
    if ctx.get("alarm.aggregation_method") is None:
        ctx.set("alarm.aggregation_method", hot.Literal("rate:mean" if is_rate(metric) else "mean"))
    if name is None:
        found = query("project_id", hot.GetParam("OS::project_id"))
    elif ctx.type_of(name) == GROUP:
        found = query("server_group", group_mark(name))
    else:
        found = query("id" if metric.resource_type == "instance" else "instance_id", ctx.reference(name))
    ctx.set("alarm.query", found)
