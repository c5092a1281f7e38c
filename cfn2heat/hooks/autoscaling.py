"""Groups of servers and what makes them grow: Heat's groups and policies, Aodh's alarms, Mistral's clock."""

from __future__ import annotations

import re

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import members
from cfn2heat.hooks.choices import without_nothing
from cfn2heat.hooks.interfaces import may_be, present
from cfn2heat.hooks.members import BALANCED, definition, tag_map
from cfn2heat.hooks.metrics import (
    CPU,
    GRANULARITY,
    POLICY,
    group_mark,
    is_watched,
    number,
    query,
    scaled,
    threshold_because,
    whole,
)
from cfn2heat.hooks.servers import finish_server
from cfn2heat.hooks.steps import fill_steps
from cfn2heat.hooks.topology import signature
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, predicate, property_hook

GROUP = "AWS::AutoScaling::AutoScalingGroup"
INSTANCE_GROUP = "OS::Heat::InstanceGroup"

PAUSE = 300
"""Seconds that AWS waits after a policy has acted when nothing else is said (default cooldown, and default warm-up)."""


# ---- policies --------------------------------------------------------------------------------------------------------


@predicate("autoscaling.acts")
def acts(plan: PlanContext) -> bool:
    """Whether the policy does something when it is called; a forecasting one does not."""
    return as_text(plan.constant(plan.value("PolicyType"))) != "PredictiveScaling"


@predicate("autoscaling.tracks")
def tracks(plan: PlanContext) -> bool:
    """Whether the policy keeps a metric near a target that Gnocchi knows too."""
    return acts(plan) and tracked(plan) is not None


@predicate("autoscaling.tracks_and_shrinks")
def tracks_and_shrinks(plan: PlanContext) -> bool:
    """Whether it may also take members away."""
    return tracks(plan) and not is_true(plan, plan.value("TargetTrackingConfiguration", "DisableScaleIn"))


@predicate("autoscaling.by_percent")
def by_percent(plan: PlanContext) -> bool:
    """Whether the policy changes the group by a percentage."""
    return as_text(plan.constant(plan.value("AdjustmentType"))) == "PercentChangeInCapacity"


def is_true(plan: PlanContext, value: cfn.Value | None) -> bool:
    """Whether a boolean is true for certain."""
    constant = plan.constant(value)
    return constant is not UNKNOWN and as_text(constant).lower() == "true"


def tracked(plan: PlanContext) -> cfn.Value | None:
    """The target of a policy that tracks the mean CPU load of its group, or None."""
    config = ("TargetTrackingConfiguration",)
    predefined = plan.constant(plan.value(*config, "PredefinedMetricSpecification", "PredefinedMetricType"))
    custom = (*config, "CustomizedMetricSpecification")
    key = (plan.constant(plan.value(*custom, "Namespace")), plan.constant(plan.value(*custom, "MetricName")))
    known = predefined == "ASGAverageCPUUtilization" or key == ("AWS/EC2", "CPUUtilization")
    return plan.value(*config, "TargetValue") if known else None


@property_hook("autoscaling.group_of_policy")
def group_of_policy(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The group that is scaled: by reference, or by the name that a group of this template has."""
    found = group_named(ctx, value)
    if found is not None and ctx.name(found.name, "group"):
        return ctx.reference(found.name)
    because = "A policy of Heat finds its group in its own stack only; this one comes from elsewhere."
    advice = "Move the policy into the template of the group."
    ctx.report("C2H3002", Severity.WARNING, because, advice, path)
    return ctx.hot(value)


def group_named(plan: PlanContext, value: cfn.Value | None) -> Resource | None:
    """The group of this template that a value names."""
    found = plan.resources_of(value)
    if len(found) == 1 and found[0].type == GROUP and not isinstance(value, (cfn.Sub, cfn.Join)):
        return found[0]
    groups = [resource for resource in plan.template.resources.values() if resource.type == GROUP]
    wanted = signature(value)
    return next((group for group in groups if signature(group.properties.entries.get("AutoScalingGroupName")) == wanted), None)


@property_hook("autoscaling.target_tracking")
def target_tracking(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Two policies of one member each, called by two alarms around the target."""
    target = tracked(ctx)
    if target is None:
        because = "Nothing in Gnocchi measures this for the members of a group, so that nothing calls the policy."
        advice = "Call the policy's alarm_url (POST) from what measures it, such as a webhook of Alertmanager."
        ctx.dropped(path, because, advice, Severity.ERROR)
        return None
    because = f"Two alarms around the target call two policies of one member. {threshold_because(CPU)}"
    ctx.adapted((*path, "TargetValue"), because, "high.threshold", "low.threshold")
    if not tracks_and_shrinks(ctx):
        ctx.adapted((*path, "DisableScaleIn"), "There is no policy that takes members away.", "policy")
    ctx.adapted(path, f"Gnocchi knows the metric as {CPU.name}, in {CPU.unit}.", "high.metric", "low.metric")
    return None


@finish_hook("autoscaling.policy")
def finish_policy(ctx: ResourceContext) -> None:
    """What Heat wants of a policy and the source leaves open."""
    policy = ctx.find("policy")
    if policy is None:
        ctx.dropped((), "Nothing in OpenStack forecasts load.", severity=Severity.NOTE)
        return
    for key, default in (("adjustment_type", hot.Literal("change_in_capacity")), ("scaling_adjustment", hot.Literal(1))):
        policy.properties[key] = without_nothing(policy.properties.get(key), default)
    group = group_named(ctx, ctx.value("AutoScalingGroupName"))
    if group is not None and "Cooldown" not in group.properties.entries:
        policy.properties.setdefault("cooldown", hot.Literal(PAUSE))
    fill_steps(ctx, policy)
    target = tracked(ctx)
    if target is not None:
        _track(ctx, policy, target)


def _track(ctx: ResourceContext, policy: HotResource, target: cfn.Value) -> None:
    """The alarms of a tracking policy, and the policy that shrinks: as CloudWatch makes them, low at 90% for 15 minutes."""
    group = group_named(ctx, ctx.value("AutoScalingGroupName"))
    mark = group_mark(group.name) if group else ctx.hot(ctx.value("AutoScalingGroupName")) or hot.Literal("")
    _fill_alarm(ctx, "high", mark, "gt", 1, scaled(ctx, target, CPU.factor), policy)
    shrink = ctx.find("shrink")
    if shrink is not None:
        shrink.properties = {**policy.properties, "scaling_adjustment": hot.Literal(-1)}
        _fill_alarm(ctx, "low", mark, "lt", 3, scaled(ctx, target, CPU.factor * 0.9), shrink)


def _fill_alarm(
    ctx: ResourceContext,
    key: str,
    mark: hot.HotValue,
    comparison: str,
    periods: int,
    threshold: hot.HotValue,
    policy: HotResource,
) -> None:
    alarm = ctx.find(key)
    if alarm is None:
        return
    alarm.properties = {
        "metric": hot.Literal(CPU.name),
        "resource_type": hot.Literal(CPU.resource_type),
        "query": query("server_group", mark),
        "aggregation_method": hot.Literal("rate:mean"),
        "granularity": hot.Literal(GRANULARITY),
        "evaluation_periods": hot.Literal(periods),
        "comparison_operator": hot.Literal(comparison),
        "threshold": threshold,
        "alarm_actions": hot.HotList((hot.GetAttr(policy.name, "alarm_url"),)),
        "repeat_actions": hot.Literal(True),
    }


# ---- by the clock ----------------------------------------------------------------------------------------------------

LIMITS = "A policy of Heat sets the size of the group and leaves its limits (min_size, max_size) as they are."


@property_hook("autoscaling.scheduled_minimum")
def scheduled_minimum(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Without a wanted size the lower limit is what the group is set to."""
    return _limit_as_size(ctx, value, path, stronger=("DesiredCapacity",))


@property_hook("autoscaling.scheduled_maximum")
def scheduled_maximum(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """With neither of the others the upper limit is what the group is set to."""
    return _limit_as_size(ctx, value, path, stronger=("DesiredCapacity", "MinSize"))


def _limit_as_size(ctx: ResourceContext, value: cfn.Value, path: Path, stronger: tuple[str, ...]) -> hot.HotValue | None:
    if any(present(ctx.value(key)) for key in stronger):
        advice = "Give the group limits that hold at every hour."
        ctx.dropped(path, LIMITS, advice)
        return None
    ctx.adapted(path, f"{LIMITS} The group is set to this size.", "policy.scaling_adjustment")
    return ctx.hot(value)


YEARLESS = re.compile(r"cron\((.*)\)")


@property_hook("autoscaling.recurrence")
def recurrence(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A cron pattern of five fields."""
    constant = ctx.constant(value)
    if not isinstance(constant, str):
        ctx.translated(path, "trigger.pattern")
        return ctx.hot(value)
    pattern = five_fields(constant)
    if pattern == constant.strip():
        ctx.translated(path, "trigger.pattern")
    else:
        ctx.adapted(path, "Mistral's cron patterns have five fields and no year.", "trigger.pattern")
    return hot.Literal(pattern)


def five_fields(text: str) -> str:
    """cron(0 8 * * ? *) as Mistral reads it."""
    match = YEARLESS.fullmatch(text.strip())
    fields = (match.group(1) if match else text).split()
    return " ".join(field.replace("?", "*") for field in fields[:5]) if len(fields) >= 5 else text.strip()


MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)?")


@property_hook("autoscaling.start_time")
def start_time(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The one time at which an action without a recurrence happens."""
    if present(ctx.value("Recurrence")):
        because = "The pattern holds from the stack's creation on; Mistral refuses a first_time that lies in the past."
        ctx.dropped(path, because, "Set first_time of the trigger where it must not run before that day.")
        return None
    ctx.set("trigger.count", hot.Literal(1))
    constant = ctx.constant(value)
    match = MOMENT.fullmatch(constant) if isinstance(constant, str) else None
    because = "Mistral writes the time as YYYY-MM-DD HH:MM in UTC, and refuses one that lies in the past when the stack is made."
    ctx.adapted(path, because, "trigger.first_time")
    return hot.Literal(f"{match.group(1)} {match.group(2)}") if match else ctx.hot(value)


@finish_hook("autoscaling.scheduled_action")
def finish_scheduled_action(ctx: ResourceContext) -> None:
    """What Mistral and Heat insist on and the source may leave out."""
    trigger, policy = ctx.emit("trigger"), ctx.emit("policy")
    if "first_time" not in trigger.properties and _may_be_absent(trigger.properties.get("pattern")):
        because = f"{ctx.id} says no time; Mistral wants a cron pattern of five fields."
        asked = ctx.hole(f"{ctx.id}_recurrence", because)
        trigger.properties["pattern"] = without_nothing(trigger.properties.get("pattern"), asked)
    if _may_be_absent(policy.properties.get("scaling_adjustment")):
        sizes = (ctx.hot(ctx.value(key)) for key in ("MinSize", "MaxSize"))
        size = next((found for found in sizes if not _may_be_absent(found)), None)
        if size is None:
            size = ctx.hole(f"{ctx.id}_size", f"{ctx.id} says no size that the group should have.", "number")
        policy.properties["scaling_adjustment"] = without_nothing(policy.properties.get("scaling_adjustment"), size)
    message = "Mistral calls the policy's alarm_url, so that its engine must reach Heat's CloudFormation API."
    advice = "Where that address lies in denied_cidrs of [action_std_http] in mistral.conf, ask the operator to allow it."
    ctx.report("C2H3005", Severity.NOTE, message, advice)


def _may_be_absent(value: hot.HotValue | None) -> bool:
    """Whether a value, or a branch of it, is not there."""
    if isinstance(value, hot.If):
        return _may_be_absent(value.then) or _may_be_absent(value.otherwise)
    return value is None


# ---- the group -------------------------------------------------------------------------------------------------------


@property_hook("autoscaling.desired_capacity")
def desired_capacity(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The wanted size, within the limits: Heat refuses one outside."""
    low, high, wanted = (number(ctx.constant(ctx.value(key))) for key in ("MinSize", "MaxSize", "DesiredCapacity"))
    if wanted is None or low is None or high is None or low <= wanted <= high:
        ctx.translated(path, "group.desired_capacity")
        return ctx.hot(value)
    nearest = whole(min(max(wanted, low), high))
    ctx.adapted(path, f"Heat refuses a size outside the limits; {nearest} is the nearest within.", "group.desired_capacity")
    return hot.Literal(nearest)


@property_hook("autoscaling.fixed_size")
def fixed_size(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The one size of a group that nothing scales: both of its limits."""
    size = ctx.hot(value)
    if size is not None:
        ctx.set("group.max_size", ctx.fit(size, ctx.schema("group.max_size")))
    return size


@predicate("autoscaling.waits_for_signals")
def waits_for_signals(plan: PlanContext) -> bool:
    """Whether a rolling update waits for signals, so that its pause is a time limit."""
    policy = plan.resource.update_policy
    rolling = policy.entries.get("AutoScalingRollingUpdate") if policy else None
    return isinstance(rolling, cfn.Map) and may_be(plan, rolling.entries.get("WaitOnResourceSignals"), "true")


@property_hook("autoscaling.balancers")
def balancers(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Read by the finishing hook; what comes from outside is said."""
    for member in members(value, path):
        found = ctx.resource_of(member.value)
        if found is None or found.type not in BALANCED:
            because = "The load balancer is not in this template: the value must be the id of an Octavia pool."
            ctx.adapted(member.path, because, "group.resource")
    return None


@property_hook("autoscaling.subnets")
def subnets(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The first subnet takes the members; read by the finishing hook."""
    single = isinstance(value, cfn.Seq) and len(value.items) == 1 and not isinstance(value.items[0], cfn.If)
    if single:
        ctx.translated(path, "group.resource")
    else:
        because = "The members of a group of Heat are all alike, so that they stand in the first subnet only."
        ctx.adapted(path, because, "group.resource")
    return None


@property_hook("autoscaling.placement_group")
def placement_group(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Read by the finishing hook."""
    return None


@property_hook("autoscaling.mixed_template")
def mixed_template(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The first override's instance type holds; the other ones are said."""
    overrides = ctx.value("MixedInstancesPolicy", "LaunchTemplate", "Overrides")
    found = list(members(overrides, (*path, "Overrides")))
    for member in found[1:]:
        because = "The members of a group of Heat are all alike; the first instance type holds."
        advice = "Make a group for each instance type where several are wanted at a time."
        ctx.dropped(member.path, because, advice, Severity.NOTE)
    if found:
        because = "A group of Heat counts members, one like the other, and no weights."
        ctx.dropped((*found[0].path, "WeightedCapacity"), because, severity=Severity.NOTE)
    return None


@property_hook("autoscaling.tags")
def tags(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Tags of the group alone are lost; the others are read by the finishing hook."""
    for member in members(value, path):
        if isinstance(member.value, cfn.Map) and not inherited(ctx, member.value):
            ctx.dropped(member.path, "Groups of Heat carry no tags; members do not inherit this one.", severity=Severity.NOTE)
    return None


def inherited(plan: PlanContext, tag: cfn.Map) -> bool:
    """Whether the members have the tag; all of them in a group of which nothing else could have it."""
    return plan.resource.type == INSTANCE_GROUP or may_be(plan, tag.entries.get("PropagateAtLaunch"), "true")


@finish_hook("autoscaling.group")
def finish_group(ctx: ResourceContext) -> None:
    """The definition of the members."""
    given = ctx.value("Tags")
    tags = [tag for tag in members(given) if isinstance(tag.value, cfn.Map) and inherited(ctx, tag.value)]
    metadata = tag_map(ctx, given, tags) if given is not None else None
    mark = group_mark(ctx.id) if is_measured(ctx) else None
    ctx.set("group.resource", definition(ctx, metadata, mark))


def is_measured(plan: PlanContext) -> bool:
    """Whether alarms of this template look for the members of the group."""
    policies = [resource for resource in plan.template.resources.values() if resource.type == POLICY]
    for policy in policies:
        found = PlanContext(plan.t, policy.name)
        group = group_named(found, found.value("AutoScalingGroupName"))
        if tracks(found) and group is not None and group.name == plan.id:
            return True
    return is_watched(plan, plan.id)


@finish_hook("autoscaling.launch_configuration")
def finish_launch_configuration(ctx: ResourceContext) -> None:
    """What holds for every server."""
    finish_server(ctx.emit("server"))
