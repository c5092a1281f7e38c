"""CloudWatch alarms as Aodh alarms on what Ceilometer measures and Gnocchi keeps."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Member, all_of, guarded, members
from cfn2heat.hooks.interfaces import present
from cfn2heat.hooks.metrics import (
    GROUP,
    GUEST,
    MATH,
    METRICS,
    POLICY,
    REASONS,
    SERVICE,
    TOPIC,
    UNFOUND,
    Metric,
    Subject,
    compares,
    group_mark,
    metric_of,
    points,
    query,
    scaled,
    subject_of,
    sum_factor,
    threshold_because,
    word_of,
)
from cfn2heat.hooks.steps import fill_bands, plan_bands, policy_urls
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook

# ---- rows of the alarm -----------------------------------------------------------------------------------------------


@plan_hook("cloudwatch.alarm")
def plan_alarm(plan: PlanContext) -> None:
    """Rows and references say `alarm`, whichever type it is; an alarm on what nobody measures is given up."""
    if metric_of(plan) is None:
        give_up(plan)
        return
    name = plan.name(plan.id, "server_alarm")
    if name is not None:
        plan.bind(plan.id, "alarm", name)
    plan_bands(plan)


def give_up(plan: PlanContext) -> None:
    """Say why there is no such alarm, and whether a group does not scale because of it."""
    because, advice = _reason(plan)
    what = " ".join(filter(None, (word_of(plan, "Namespace"), word_of(plan, "MetricName"))))
    because = f"{because}: {what}." if what else f"{because}."
    if any(resource.type == POLICY for resource in plan.resources_of(plan.value("AlarmActions"))):
        plan.give_up(f"{because} Nothing calls the scaling policy now.", advice, Severity.ERROR)
    else:
        plan.give_up(because, advice)


def _reason(plan: PlanContext) -> tuple[str, str]:
    namespace, name = word_of(plan, "Namespace"), word_of(plan, "MetricName")
    if present(plan.value("Metrics")) or not present(plan.value("Threshold")) or not compares(plan):
        return MATH
    if (namespace, name) in METRICS:
        return UNFOUND
    if namespace in REASONS:
        return REASONS[namespace]
    return SERVICE if namespace.startswith("AWS/") else GUEST


@finish_hook("cloudwatch.alarm")
def finish_alarm(ctx: ResourceContext) -> None:
    """What the rows leave open: whom to watch where no dimension says it, and what Aodh wants besides."""
    metric, subject = _measured(ctx)
    ctx.set("alarm.resource_type", hot.Literal(metric.resource_type))
    if subject.kind == "project":
        ctx.set("alarm.query", query("project_id", hot.GetParam("OS::project_id")))
    _repeat(ctx)
    fill_bands(ctx, ctx.emit("alarm"))


def _repeat(ctx: ResourceContext) -> None:
    """CloudWatch calls a policy again as long as the alarm lasts and tells a topic once; Aodh has one switch for both."""
    scales = any(ctx.get(url) is not None for url, _ in TARGETS.values())
    ctx.set("alarm.repeat_actions", hot.Literal(scales))
    if scales and any(ctx.get(queue) is not None for _, queue in TARGETS.values()):
        message = "The policy is called as long as the alarm lasts, as in AWS; the queue gets a message each time, too."
        ctx.report("C2H3005", Severity.NOTE, message, "Write a second alarm with repeat_actions: false for the queue alone.")


def _measured(ctx: ResourceContext) -> tuple[Metric, Subject]:
    """Metric and subject of an alarm that was not given up."""
    metric, subject = metric_of(ctx), subject_of(ctx)
    assert metric is not None
    assert subject is not None
    return metric, subject


@property_hook("cloudwatch.metric")
def metric_name(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The metric's name in Gnocchi."""
    metric, _ = _measured(ctx)
    because = f"Gnocchi knows it as {metric.name} of the resource type {metric.resource_type}, in {metric.unit}."
    ctx.adapted(path, because, "alarm.metric")
    return hot.Literal(metric.name)


@property_hook("cloudwatch.dimensions")
def dimensions(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The query or resource that stands for the dimensions."""
    metric, subject = _measured(ctx)
    if subject.value is None:
        return None
    if subject.kind == "group":
        found = ctx.resource_of(subject.value)
        mark = group_mark(found.name) if found and found.type == GROUP else ctx.hot(subject.value)
        if found is None:
            _say_foreign_group(ctx, path)
        return query("server_group", mark or hot.Literal(""))
    server = ctx.hot(subject.value) or hot.Literal("")
    if metric.resource_type == "instance":
        ctx.set("alarm.resource_id", server)
        return None
    return query("instance_id", server)


def _say_foreign_group(ctx: ResourceContext, path: Path) -> None:
    because = "The group is not in this template, so that its members do not carry the mark which the alarm looks for."
    advice = "Give the servers of that group the metadata metering.server_group with the value that stands in the query."
    ctx.report("C2H3002", Severity.WARNING, because, advice, path)


@property_hook("cloudwatch.threshold")
def threshold(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The threshold in the unit of Gnocchi."""
    metric, _ = _measured(ctx)
    factor = metric.factor * sum_factor(ctx)
    if factor == 1:
        ctx.translated(path, "alarm.threshold")
        return ctx.hot(value)
    ctx.adapted(path, threshold_because(metric), "alarm.threshold")
    return scaled(ctx, value, factor)


@property_hook("cloudwatch.evaluation_periods")
def evaluation_periods(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """As many points of 300 seconds as cover the same time."""
    found, because = points(ctx.constant(value), ctx.constant(ctx.value("Period")))
    if not found:
        ctx.translated(path, "alarm.evaluation_periods")
        return ctx.hot(value)
    ctx.adapted(path, because, "alarm.evaluation_periods")
    return hot.Literal(found)


# ---- actions ---------------------------------------------------------------------------------------------------------

TARGETS = {
    "AlarmActions": ("alarm.alarm_actions", "alarm.alarm_queues"),
    "OKActions": ("alarm.ok_actions", "alarm.ok_queues"),
    "InsufficientDataActions": ("alarm.insufficient_data_actions", "alarm.insufficient_data_queues"),
}


@property_hook("cloudwatch.actions")
def actions(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Policies are called by URL, topics get a message into their queue; all else is dropped."""
    urls: list[hot.HotValue] = []
    queues: list[hot.HotValue] = []
    to_urls, to_queues = TARGETS[str(path[0])]
    for member in members(value, path):
        if _is_policy(ctx, member.value):
            urls += _policy_urls(ctx, member, to_urls)
        elif (advice := _uncallable(ctx, member.value)) is not None:
            ctx.dropped(member.path, "Aodh calls URLs and writes to Zaqar queues; it can start no such action.", advice)
        else:
            queues += _called(ctx, member)
            ctx.adapted(member.path, _queue_because(ctx, member.value), to_queues)
    if queues:
        ctx.set(to_queues, hot.HotList(tuple(queues)))
    return hot.HotList(tuple(urls)) if urls else None


def _policy_urls(ctx: ResourceContext, member: Member, target: str) -> list[hot.HotValue]:
    """The signed URLs of a policy, or of those of its steps that the alarm itself calls."""
    steps = policy_urls(ctx, member)
    if steps is None or steps:
        ctx.adapted(member.path, "The policy is called by its signed URL.", target)
    return _called(ctx, member) if steps is None else [guarded(url, all_of(member.guard)) for url in steps]


def _called(ctx: ResourceContext, member: Member) -> list[hot.HotValue]:
    found = ctx.hot(member.value)
    arn = ctx.constant(member.value)
    if isinstance(arn, str) and arn.startswith("arn:"):
        topic = arn.rsplit(":", 1)[-1]
        found = ctx.hole(f"{topic}_queue", f"Zaqar queue that stands for the topic {topic}.")
    if isinstance(found, hot.GetParam) and not found.path and ctx.parameter_type(found.name) == "comma_delimited_list":
        found = hot.GetParam(found.name, (hot.Literal(0),))
    return [] if found is None else [guarded(found, all_of(member.guard))]


def _is_policy(ctx: ResourceContext, value: cfn.Value) -> bool:
    found = ctx.resource_of(value)
    return found is not None and found.type == POLICY and ctx.name(found.name, "policy") is not None


def _uncallable(ctx: ResourceContext, value: cfn.Value) -> str | None:
    """What to do instead of an action that Aodh cannot start; None when it can."""
    found = ctx.resource_of(value)
    if isinstance(value, cfn.Ref) and found is not None and found.type != TOPIC:
        return f"Let the alarm call a webhook that does what {found.type} did, such as the alarm_url of an OS::Mistral::Workflow."
    text = " ".join(ctx.possible(value) or ())
    if ":automate:" in text or ":swf:" in text:
        return "Let the alarm call the alarm_url of an OS::Mistral::Workflow; Masakari restarts servers whose host has failed."
    if ":lambda:" in text or ":ssm:" in text or ":ssm-incidents:" in text:
        return "Let the alarm call a webhook that does the same, such as the alarm_url of an OS::Mistral::Workflow."
    return None


def _queue_because(ctx: ResourceContext, value: cfn.Value) -> str:
    if ctx.resource_of(value) is not None:
        return "Aodh puts a message into the queue that stands for the topic."
    return "Aodh calls no ARN; it puts a message into a Zaqar queue, whose name this value must be."


@predicate("cloudwatch.missing_stays_missing")
def missing_stays_missing(plan: PlanContext) -> bool:
    """Whether missing data leaves the alarm without enough data, as Aodh does it."""
    return as_text(plan.constant(plan.value("TreatMissingData"))) == "missing"
