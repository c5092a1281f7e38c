"""Step scaling: a policy of Heat for each step, and an Aodh alarm on the range of the metric in which the step is taken."""

from __future__ import annotations

from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Member, members
from cfn2heat.hooks.choices import without_nothing
from cfn2heat.hooks.emitting import fill, promise, restrict
from cfn2heat.hooks.interfaces import present
from cfn2heat.hooks.metrics import ALARM, POLICY, metric_of, number, scaled_hot, sum_factor, whole, word_of
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.properties import set_fixed
from cfn2heat.translate.registry import plan_hook, property_hook


class Step(NamedTuple):
    """One step: the emit key of its policy ("" where none is made), whether alarms call it, its bounds from their threshold."""

    key: str
    called: bool
    low: cfn.Value | None
    high: cfn.Value | None
    adjustment: cfn.Value | None
    path: Path


class Band(NamedTuple):
    """A range of an alarm's metric: the emit key of the alarm on it, and the policy and step that it calls."""

    key: str
    policy: str
    step: Step
    action: Member


# ---- who calls which step --------------------------------------------------------------------------------------------


def steps_of(policy: PlanContext) -> list[Step]:
    """The steps of a policy. The policy itself does the one that begins at the threshold; others want alarms to call them."""
    listed = [member for member in members(policy.value("StepAdjustments"), ("StepAdjustments",)) if _is_map(member)]
    steps = [_step(member) for member in listed]
    alarms = [] if any(_is_conditional(step, member) for step, member in zip(steps, listed, strict=True)) else callers(policy)
    called = [step for step in steps if any(_reaches(alarm, step) for alarm in alarms)]
    among = called or steps
    first = next((step for step in among if _begins(policy, step)), among[0] if among else None)
    found = []
    for place, step in enumerate(steps, 1):
        key = "policy" if step is first else f"step_{place}" if step in called else ""
        found.append(step._replace(key=key, called=step in called))
    return found


def _is_map(member: Member) -> bool:
    return isinstance(member.value, cfn.Map)


def _step(member: Member) -> Step:
    assert isinstance(member.value, cfn.Map)
    given = {name: value for name, value in member.value.entries.items() if present(value)}
    low, high = given.get("MetricIntervalLowerBound"), given.get("MetricIntervalUpperBound")
    return Step("", False, low, high, given.get("ScalingAdjustment"), member.path)


def _is_conditional(step: Step, member: Member) -> bool:
    return bool(member.guard) or isinstance(step.low, cfn.If) or isinstance(step.high, cfn.If)


def _begins(plan: PlanContext, step: Step) -> bool:
    return any(number(plan.constant(bound)) == 0 for bound in (step.low, step.high))


def callers(policy: PlanContext) -> list[PlanContext]:
    """The alarms of the template that call a policy and that Aodh can make."""
    users = dict.fromkeys(use.resource for use in policy.users(policy.id) if "AlarmActions" in use.path)
    alarms = [PlanContext(policy.t, name) for name in users if name and policy.type_of(name) == ALARM]
    return [alarm for alarm in alarms if metric_of(alarm) is not None and rises(alarm) is not None]


def rises(alarm: PlanContext) -> bool | None:
    """Whether the alarm is on values above its threshold or below it; None where that is known late."""
    operator = word_of(alarm, "ComparisonOperator")
    return True if operator.startswith("Greater") else False if operator.startswith("Less") else None


def _reaches(alarm: PlanContext, step: Step) -> bool:
    """Whether the alarm's values come into the step's range."""
    up = rises(alarm)
    _, far = _ends(step, up)
    known = None if far is None else number(alarm.constant(far))
    return known is None or (known > 0 if up else known < 0)


def _ends(step: Step, up: bool | None) -> tuple[cfn.Value | None, cfn.Value | None]:
    """The bound next to the threshold and the one beyond."""
    return (step.low, step.high) if up else (step.high, step.low)


def bands(alarm: PlanContext) -> list[Band]:
    """The ranges in which an alarm calls steps of policies; none where its direction is known late."""
    found: list[Band] = []
    for action in members(alarm.value("AlarmActions"), ("AlarmActions",)):
        policy = alarm.resource_of(action.value)
        if policy is None or policy.type != POLICY or not alarm.name(policy.name, "policy") or rises(alarm) is None:
            continue
        for step in steps_of(PlanContext(alarm.t, policy.name)):
            if step.called and _reaches(alarm, step):
                found.append(Band(f"step_{len(found) + 1}", policy.name, step, action))
    return found


def is_whole(alarm: PlanContext, step: Step) -> bool:
    """Whether the step is taken for every value beyond the alarm's threshold."""
    near, far = _ends(step, rises(alarm))
    return far is None and _is_threshold(alarm, near)


def _is_threshold(plan: PlanContext, bound: cfn.Value | None) -> bool:
    return bound is None or number(plan.constant(bound)) == 0


# ---- policies --------------------------------------------------------------------------------------------------------


@plan_hook("autoscaling.policy")
def plan_policy(plan: PlanContext) -> None:
    """A policy for each further step that an alarm calls."""
    for step in steps_of(plan) if plan.name(plan.id, "policy") else []:
        if step.key not in ("", "policy"):
            promise(plan, step.key, "OS::Heat::ScalingPolicy", f"{plan.id}_{step.key}")


@property_hook("autoscaling.steps")
def steps(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """What the policy itself does; the policies of the other steps are filled when it is complete."""
    listed = steps_of(ctx)
    for step in listed:
        if step.key:
            target = f"{step.key}.scaling_adjustment"
            ctx.translated((*step.path, "ScalingAdjustment"), target)
            ctx.adapted(step.path, "A policy of Heat has one step; the alarm that calls it knows the range.", target)
        else:
            _say_lost(ctx, step)
    if any(step.key not in ("", "policy") for step in listed):
        _say_called_from_elsewhere(ctx)
    adjustment = next((step.adjustment for step in listed if step.key == "policy"), None)
    return ctx.hot(adjustment, ctx.schema("policy.scaling_adjustment"))


def _say_lost(ctx: ResourceContext, step: Step) -> None:
    because = "A policy of Heat has one step, and no alarm of this template that Aodh can make calls it in this range."
    advice = "Write a further policy for this step, and an alarm on its range that calls it (OS::Aodh::CompositeAlarm)."
    ctx.dropped(step.path, because, advice)


def _say_called_from_elsewhere(ctx: ResourceContext) -> None:
    known = {alarm.id for alarm in callers(ctx)}
    if any(use.resource not in known for use in ctx.users(ctx.id)):
        message = "What calls the policy by its URL from elsewhere gets the step that begins at the alarm's threshold."
        ctx.report("C2H3005", Severity.NOTE, message, "Hand out the URLs of the other steps' policies, too.")


def fill_steps(ctx: ResourceContext, policy: HotResource) -> None:
    """The policies of the further steps: as the first one, each with its own change."""
    for step in steps_of(ctx):
        made = ctx.find(step.key) if step.key not in ("", "policy") else None
        if made is not None:
            change = without_nothing(ctx.hot(step.adjustment), hot.Literal(1))
            fill(ctx, made, {**policy.properties, "scaling_adjustment": change})


# ---- alarms ----------------------------------------------------------------------------------------------------------


def plan_bands(plan: PlanContext) -> None:
    """A composite alarm for each range that ends somewhere."""
    for band in bands(plan):
        if not is_whole(plan, band.step):
            promise(plan, band.key, "OS::Aodh::CompositeAlarm", f"{plan.id}_{band.key}")


def policy_urls(ctx: ResourceContext, action: Member) -> list[hot.HotValue] | None:
    """The policies that the alarm itself calls for an action; None where the policy has no steps."""
    called = [band for band in bands(ctx) if band.action.path == action.path]
    if not called:
        return None
    apart = [band.key for band in called if not is_whole(ctx, band.step)]
    if apart:
        because = "The policy takes a step by how far the metric is beyond the threshold; an alarm on each range calls it."
        ctx.adapted(action.path, because, *apart)
    return [_url(ctx, band) for band in called if is_whole(ctx, band.step)]


def _url(ctx: PlanContext, band: Band) -> hot.HotValue:
    name = ctx.name(band.policy, band.step.key)
    assert name is not None
    return hot.GetAttr(name, "alarm_url")


def fill_bands(ctx: ResourceContext, alarm: HotResource) -> None:
    """The alarms on ranges: the alarm's own rule, and where the newest point is."""
    apart = [band for band in bands(ctx) if not is_whole(ctx, band.step)]
    if apart:
        set_fixed(ctx, ctx.rule.fixed)
    for band in apart:
        made = ctx.emit(band.key)
        rule = hot.HotMap({"operator": hot.Literal("and"), "rules": hot.HotList(tuple(_rules(ctx, alarm, band.step)))})
        own = {key: alarm.properties.get(key) for key in ("description", "enabled")}
        actions = hot.HotList((_url(ctx, band),))
        fill(ctx, made, {**own, "composite_rule": rule, "alarm_actions": actions, "repeat_actions": hot.Literal(True)})
        restrict(ctx, made, band.action.guard)


RULE_TYPES = {
    "OS::Aodh::GnocchiAggregationByResourcesAlarm": "gnocchi_aggregation_by_resources_threshold",
    "OS::Aodh::GnocchiResourcesAlarm": "gnocchi_resources_threshold",
}
MEASURED = ("metric", "resource_type", "resource_id", "query", "aggregation_method", "granularity")


def _rules(ctx: ResourceContext, alarm: HotResource, step: Step) -> list[hot.HotValue]:
    """What must hold for a step: the alarm as it is, and the newest point at or beyond one bound and before the other."""
    up = rises(ctx)
    near, far = _ends(step, up)
    given = {key: alarm.properties[key] for key in MEASURED if key in alarm.properties}
    shared = {"type": hot.Literal(RULE_TYPES[alarm.type]), **given}
    own = alarm.properties.get("comparison_operator", hot.Literal("ge" if up else "le"))
    periods = _counted(alarm.properties.get("evaluation_periods", hot.Literal(1)))
    once = hot.Literal(1)
    newest: list[hot.HotValue] = []
    if not _is_threshold(ctx, near):
        newest.append(_rule(shared, once, hot.Literal("ge" if up else "le"), _beyond(ctx, near)))
    elif periods != once:
        newest.append(_rule(shared, once, own, _beyond(ctx, None)))
    if far is not None:
        newest.append(_rule(shared, once, hot.Literal("lt" if up else "gt"), _beyond(ctx, far)))
    return newest if periods == once and len(newest) > 1 else [_rule(shared, periods, own, _beyond(ctx, None)), *newest]


def _rule(
    shared: dict[str, hot.HotValue], periods: hot.HotValue, comparison: hot.HotValue, threshold: hot.HotValue
) -> hot.HotMap:
    return hot.HotMap({**shared, "evaluation_periods": periods, "comparison_operator": comparison, "threshold": threshold})


def _counted(value: hot.HotValue) -> hot.HotValue:
    """A number of periods: Aodh takes no text inside a rule."""
    return value if isinstance(value, hot.Literal) else hot.Yaql("int($.data.value)", {"value": value})


def _beyond(ctx: ResourceContext, bound: cfn.Value | None) -> hot.HotValue:
    """The alarm's threshold and a bound together, in the unit of Gnocchi."""
    metric, threshold = metric_of(ctx), ctx.value("Threshold")
    assert metric is not None
    factor = metric.factor * sum_factor(ctx)
    known, more = number(ctx.constant(threshold)), 0.0 if bound is None else number(ctx.constant(bound))
    if known is not None and more is not None:
        return hot.Literal(whole((known + more) * factor))
    return scaled_hot(ctx.hot(threshold) or hot.Literal(0), factor, None if bound is None else ctx.hot(bound))
