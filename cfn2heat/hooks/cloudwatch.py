"""CloudWatch alarms as Aodh alarms on what Ceilometer measures and Gnocchi keeps."""

from __future__ import annotations

import math
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Member, all_of, guarded, members
from cfn2heat.hooks.interfaces import present
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook

ALARM = "AWS::CloudWatch::Alarm"
GROUP = "AWS::AutoScaling::AutoScalingGroup"
INSTANCE = "AWS::EC2::Instance"
POLICY = "AWS::AutoScaling::ScalingPolicy"
TOPIC = "AWS::SNS::Topic"

GRANULARITY = 300
"""Seconds between the points that Ceilometer's own archive policies keep (ceilometer-low, ceilometer-low-rate)."""


class Metric(NamedTuple):
    """A metric of Gnocchi; factor turns a threshold of CloudWatch into one on points of 300 seconds."""

    name: str
    resource_type: str
    factor: float
    unit: str


def _counter(name: str, resource_type: str, unit: str) -> Metric:
    return Metric(name, resource_type, 1, f"{unit} in {GRANULARITY} s")


INTERFACE, DISK = "instance_network_interface", "instance_disk"
METRICS = {
    ("AWS/EC2", "CPUUtilization"): Metric("cpu", "instance", GRANULARITY * 1e9 / 100, "ns of CPU time"),
    ("AWS/EC2", "NetworkIn"): _counter("network.incoming.bytes", INTERFACE, "bytes"),
    ("AWS/EC2", "NetworkOut"): _counter("network.outgoing.bytes", INTERFACE, "bytes"),
    ("AWS/EC2", "NetworkPacketsIn"): _counter("network.incoming.packets", INTERFACE, "packets"),
    ("AWS/EC2", "NetworkPacketsOut"): _counter("network.outgoing.packets", INTERFACE, "packets"),
    ("AWS/EC2", "DiskReadBytes"): _counter("disk.device.read.bytes", DISK, "bytes"),
    ("AWS/EC2", "DiskWriteBytes"): _counter("disk.device.write.bytes", DISK, "bytes"),
    ("AWS/EC2", "DiskReadOps"): _counter("disk.device.read.requests", DISK, "requests"),
    ("AWS/EC2", "DiskWriteOps"): _counter("disk.device.write.requests", DISK, "requests"),
    ("AWS/EC2", "EBSReadBytes"): _counter("disk.device.read.bytes", DISK, "bytes"),
    ("AWS/EC2", "EBSWriteBytes"): _counter("disk.device.write.bytes", DISK, "bytes"),
    ("AWS/EC2", "EBSReadOps"): _counter("disk.device.read.requests", DISK, "requests"),
    ("AWS/EC2", "EBSWriteOps"): _counter("disk.device.write.requests", DISK, "requests"),
}  # fmt: skip
"""What has a counterpart. All are counters of which Gnocchi keeps the rate."""

_BALANCER = (
    "Ceilometer measures nothing of Octavia's load balancers",
    "Read openstack loadbalancer stats show, and watch the members with OS::Aodh::LBMemberHealthAlarm.",
)
_DATABASE = (
    "Trove's servers stand in the service's own project, so that their metrics are not yours",
    "Watch the database from inside, with a Prometheus exporter beside it and OS::Aodh::PrometheusAlarm.",
)
_CLUSTER = (
    "Ceilometer does not look into container clusters",
    "Let Prometheus watch the cluster (the Magnum label monitoring_enabled) and write OS::Aodh::PrometheusAlarm.",
)
_QUEUE = ("Zaqar publishes no metrics", "Read openstack messaging queue stats in a cron job or a Mistral workflow.")
_FILTER = (
    "OpenStack keeps no audit trail and no logs of workloads that alarms could count",
    "Ship the logs to OpenSearch or Loki and alert there.",
)
REASONS = {
    "AWS/ApplicationELB": _BALANCER,
    "AWS/ELB": _BALANCER,
    "AWS/NetworkELB": _BALANCER,
    "AWS/GatewayELB": _BALANCER,
    "AWS/RDS": _DATABASE,
    "AWS/Neptune": _DATABASE,
    "AWS/DocDB": _DATABASE,
    "AWS/ElastiCache": _DATABASE,
    "AWS/Redshift": _DATABASE,
    "AWS/DynamoDB": _DATABASE,
    "AWS/ECS": _CLUSTER,
    "AWS/EKS": _CLUSTER,
    "ContainerInsights": _CLUSTER,
    "AWS/SQS": _QUEUE,
    "AWS/SNS": _QUEUE,
    "CloudTrailMetrics": _FILTER,
    "LogMetrics": _FILTER,
    "AWS/EFS": (
        "Ceilometer measures the size of a Manila share (manila.share.size) and nothing of its throughput",
        "Watch the storage backend with its own exporter.",
    ),
    "AWS/EBS": (
        "Ceilometer measures a volume's size only",
        "Watch the disks of the server instead: disk.device.read.bytes, disk.device.write.bytes and their requests.",
    ),
    "AWS/S3": (
        "Ceilometer measures storage.containers.objects and storage.containers.objects.size by project, not requests",
        "Write OS::Aodh::GnocchiResourcesAlarm on those metrics where the size is what matters.",
    ),
    "AWS/EC2": (
        "Ceilometer has no such measure of a server",
        "For the health of servers and their hosts see openstack server list --status ERROR, and Masakari.",
    ),
    "AWS/AutoScaling": ("Heat publishes no metrics of its groups", "Read the attribute current_size of the group."),
    "AWS/Lambda": ("Lambda functions do not run on OpenStack", "Watch what takes the function's place."),
    "AWS/Billing": ("OpenStack sends no bills", "Ask whether the operator runs CloudKitty, which rates the use of a project."),
    "AWS/NATGateway": ("Neutron's routers publish no metrics", "Watch network.incoming.bytes of the servers behind the router."),
    "AWS/VPN": ("Neutron's VPN connections publish no metrics", "Read openstack vpn ipsec site connection show in a cron job."),
    "AWS/Route53": ("Designate checks no health of what its records name", "Check the end points with a blackbox exporter."),
}
"""Why metrics of a namespace have no counterpart, and what a person does."""

_GUEST = (
    "Nothing in OpenStack measures this; CloudWatch gets it from an agent or script that the workload runs",
    "Let the workload push it to Gnocchi (openstack metric measures add) and write OS::Aodh::GnocchiResourcesAlarm on it.",
)
_SERVICE = ("The service behind this metric is not part of OpenStack", "Watch what takes its place, with Prometheus for example.")
_UNFOUND = (
    "Gnocchi cannot find these servers by the dimensions: interfaces and disks know their server and not its group",
    "Write one OS::Aodh::GnocchiAggregationByResourcesAlarm a server, with a query for its instance_id.",
)
_MATH = (
    "Aodh compares one metric with one number; it has no metric mathematics and no bands",
    "Join alarms on single metrics by OS::Aodh::CompositeAlarm, or use OS::Aodh::PrometheusAlarm with a PromQL expression.",
)


# ---- what an alarm measures ------------------------------------------------------------------------------------------


class Subject(NamedTuple):
    """Whom an alarm watches: kind is group, server or project; value is the dimension's."""

    kind: str
    value: cfn.Value | None


def metric_of(plan: PlanContext) -> Metric | None:
    """The Gnocchi metric of an alarm, or None."""
    subject = subject_of(plan)
    if not present(plan.value("Threshold")) or subject is None or not compares(plan):
        return None
    found = METRICS.get((_word(plan, "Namespace"), _word(plan, "MetricName")))
    # Interfaces and disks are resources of their own in Gnocchi: they know their server and not its group.
    return None if found and found.resource_type != "instance" and subject.kind != "server" else found


def _word(plan: PlanContext, key: str) -> str:
    """A property's constant text; empty where it is something else."""
    constant = plan.constant(plan.value(key))
    return constant if isinstance(constant, str) else ""


def subject_of(plan: PlanContext) -> Subject | None:
    """Whom the dimensions name; None for a set of servers that Gnocchi cannot name."""
    dimensions = list(_dimensions(plan.value("Dimensions"), plan))
    for name, value in dimensions:
        if name in ("AutoScalingGroupName", "InstanceId"):
            return Subject("group" if name == "AutoScalingGroupName" else "server", value)
    return None if dimensions else Subject("project", None)


def _dimensions(value: cfn.Value | None, plan: PlanContext) -> list[tuple[object, cfn.Value]]:
    maps = [member.value.entries for member in members(value) if isinstance(member.value, cfn.Map)]
    return [(plan.constant(entries.get("Name")), entries["Value"]) for entries in maps if "Value" in entries]


@predicate("cloudwatch.watches_one")
def watches_one(plan: PlanContext) -> bool:
    """The alarm is on one resource of Gnocchi: a server."""
    metric, subject = metric_of(plan), subject_of(plan)
    return metric is not None and metric.resource_type == "instance" and subject is not None and subject.kind == "server"


@predicate("cloudwatch.watches_many")
def watches_many(plan: PlanContext) -> bool:
    """The alarm is on several resources of Gnocchi that a query finds."""
    return metric_of(plan) is not None and not watches_one(plan)


def is_watched(plan: PlanContext, group: str) -> bool:
    """Whether an alarm of this template needs to find the members of a group in Gnocchi."""
    for use in plan.users(group):
        if not use.resource or plan.type_of(use.resource) != ALARM:
            continue
        alarm = PlanContext(plan.t, use.resource)
        subject = subject_of(alarm)
        if metric_of(alarm) and subject and subject.kind == "group":
            return True
    return False


def group_mark(group: str) -> hot.HotValue:
    """The text by which Gnocchi knows the members of a group; their metadata metering.server_group holds it."""
    return hot.ListJoin("-", (hot.HotList((hot.GetParam("OS::stack_id"), hot.Literal(group))),))


def query(attribute: str, value: hot.HotValue) -> hot.HotValue:
    """A query of Gnocchi for resources with that attribute."""
    template = f'{{"=": {{"{attribute}": "${{value}}"}}}}'
    return hot.StrReplace(hot.Literal(template), {"${value}": value})


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


def give_up(plan: PlanContext) -> None:
    """Say why there is no such alarm, and whether a group does not scale because of it."""
    because, advice = _reason(plan)
    what = " ".join(filter(None, (_word(plan, "Namespace"), _word(plan, "MetricName"))))
    because = f"{because}: {what}." if what else f"{because}."
    if any(resource.type == POLICY for resource in plan.resources_of(plan.value("AlarmActions"))):
        plan.give_up(f"{because} Nothing calls the scaling policy now.", advice, Severity.ERROR)
    else:
        plan.give_up(because, advice)


def _reason(plan: PlanContext) -> tuple[str, str]:
    namespace, name = _word(plan, "Namespace"), _word(plan, "MetricName")
    if present(plan.value("Metrics")) or not present(plan.value("Threshold")) or not compares(plan):
        return _MATH
    if (namespace, name) in METRICS:
        return _UNFOUND
    if namespace in REASONS:
        return REASONS[namespace]
    return _SERVICE if namespace.startswith("AWS/") else _GUEST


def compares(plan: PlanContext) -> bool:
    """Whether the alarm compares with a number, and not with a band."""
    operator = _word(plan, "ComparisonOperator")
    return "LowerOrGreater" not in operator and "UpperThreshold" not in operator and "LowerThreshold" not in operator


@finish_hook("cloudwatch.alarm")
def finish_alarm(ctx: ResourceContext) -> None:
    """What the rows leave open: whom to watch where no dimension says it, and what Aodh wants besides."""
    metric, subject = _measured(ctx)
    ctx.set("alarm.resource_type", hot.Literal(metric.resource_type))
    if subject.kind == "project":
        ctx.set("alarm.query", query("project_id", hot.GetParam("OS::project_id")))
    _repeat(ctx)


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
    factor = metric.factor * _sum_factor(ctx)
    if factor == 1:
        ctx.translated(path, "alarm.threshold")
        return ctx.hot(value)
    ctx.adapted(path, threshold_because(metric), "alarm.threshold")
    return scaled(ctx, value, factor)


def threshold_because(metric: Metric) -> str:
    """Why a threshold is another number."""
    if metric.name == "cpu":
        return (
            f"Percent become nanoseconds of CPU time in {GRANULARITY} s of one virtual CPU (1% is {GRANULARITY * 10_000_000}); "
            "multiply by the flavor's VCPUs where it has more."
        )
    return f"The sum of a period becomes {metric.unit}."


def _sum_factor(ctx: ResourceContext) -> float:
    """CloudWatch's sum counts a whole period, Gnocchi's rate counts 300 seconds."""
    period = number(ctx.constant(ctx.value("Period")))
    summed = ctx.constant(ctx.value("Statistic")) == "Sum"
    return GRANULARITY / period if summed and period else 1


def scaled(ctx: ResourceContext, value: cfn.Value, factor: float) -> hot.HotValue:
    """A number times a factor, at deploy time where it is not known now."""
    known = number(ctx.constant(value))
    if known is not None:
        return hot.Literal(whole(known * factor))
    return scaled_hot(ctx.hot(value) or hot.Literal(0), factor)


def scaled_hot(value: hot.HotValue, factor: float) -> hot.HotValue:
    """A number of HOT times a factor."""
    if isinstance(value, hot.If):
        otherwise = None if value.otherwise is None else scaled_hot(value.otherwise, factor)
        return hot.If(value.condition, scaled_hot(value.then, factor), otherwise)
    known = number(value.value) if isinstance(value, hot.Literal) else None
    if known is not None:
        return hot.Literal(whole(known * factor))
    return hot.Yaql("float($.data.value) * $.data.factor", {"value": value, "factor": hot.Literal(whole(factor))})


def number(value: object) -> float | None:
    """A constant as a number, or None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def whole(value: float) -> int | float:
    """An integer where it is one."""
    return int(value) if value == int(value) else value


@property_hook("cloudwatch.evaluation_periods")
def evaluation_periods(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """As many points of 300 seconds as cover the same time."""
    periods, period = number(ctx.constant(value)), number(ctx.constant(ctx.value("Period")))
    if periods is None or period is None or period == GRANULARITY:
        ctx.translated(path, "alarm.evaluation_periods")
        return ctx.hot(value)
    points = max(1, math.ceil(periods * period / GRANULARITY))
    size = "one point" if points == 1 else f"{points} points"
    because = f"{whole(periods)} x {whole(period)} s are {size} of {GRANULARITY} s; every point must cross the threshold."
    ctx.adapted(path, because, "alarm.evaluation_periods")
    return hot.Literal(points)


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
            _collect(ctx, urls, member)
            ctx.adapted(member.path, "The policy is called by its signed URL.", to_urls)
        elif (advice := _uncallable(ctx, member.value)) is not None:
            ctx.dropped(member.path, "Aodh calls URLs and writes to Zaqar queues; it can start no such action.", advice)
        else:
            _collect(ctx, queues, member)
            ctx.adapted(member.path, _queue_because(ctx, member.value), to_queues)
    if queues:
        ctx.set(to_queues, hot.HotList(tuple(queues)))
    return hot.HotList(tuple(urls)) if urls else None


def _collect(ctx: ResourceContext, into: list[hot.HotValue], member: Member) -> None:
    found = ctx.hot(member.value)
    arn = ctx.constant(member.value)
    if isinstance(arn, str) and arn.startswith("arn:"):
        topic = arn.rsplit(":", 1)[-1]
        found = ctx.hole(f"{topic}_queue", f"Zaqar queue that stands for the topic {topic}.")
    if isinstance(found, hot.GetParam) and not found.path and ctx.parameter_type(found.name) == "comma_delimited_list":
        found = hot.GetParam(found.name, (hot.Literal(0),))
    if found is not None:
        into.append(guarded(found, all_of(member.guard)))


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
