"""What CloudWatch measured and Gnocchi keeps: metrics, their units, and whom an alarm watches."""

from __future__ import annotations

import math
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks.branches import members
from cfn2heat.hooks.interfaces import present
from cfn2heat.hot import values as hot
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import predicate

ALARM = "AWS::CloudWatch::Alarm"
OLD_ALARM = "OS::Ceilometer::Alarm"
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
CPU = METRICS["AWS/EC2", "CPUUtilization"]

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

GUEST = (
    "Nothing in OpenStack measures this; CloudWatch gets it from an agent or script that the workload runs",
    "Let the workload push it to Gnocchi (openstack metric measures add) and write OS::Aodh::GnocchiResourcesAlarm on it.",
)
SERVICE = ("The service behind this metric is not part of OpenStack", "Watch what takes its place, with Prometheus for example.")
UNFOUND = (
    "Gnocchi cannot find these servers by the dimensions: interfaces and disks know their server and not its group",
    "Write one OS::Aodh::GnocchiAggregationByResourcesAlarm a server, with a query for its instance_id.",
)
MATH = (
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
    found = METRICS.get((word_of(plan, "Namespace"), word_of(plan, "MetricName")))
    # Interfaces and disks are resources of their own in Gnocchi: they know their server and not its group.
    return None if found and found.resource_type != "instance" and subject.kind != "server" else found


def word_of(plan: PlanContext, key: str) -> str:
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
        if not use.resource or plan.type_of(use.resource) not in (ALARM, OLD_ALARM):
            continue
        alarm = PlanContext(plan.t, use.resource)
        if alarm.resource.type == OLD_ALARM:
            return True
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


def compares(plan: PlanContext) -> bool:
    """Whether the alarm compares with a number, and not with a band."""
    operator = word_of(plan, "ComparisonOperator")
    return "LowerOrGreater" not in operator and "UpperThreshold" not in operator and "LowerThreshold" not in operator


# ---- time ------------------------------------------------------------------------------------------------------------


def points(periods: object, period: object) -> tuple[int, str]:
    """How many points of 300 seconds cover so many periods of so many seconds, and why; 0 where there is nothing to change."""
    count, length = number(periods), number(period)
    if count is None or length is None or length == GRANULARITY:
        return 0, ""
    found = max(1, math.ceil(count * length / GRANULARITY))
    size = "one point" if found == 1 else f"{found} points"
    return found, f"{whole(count)} x {whole(length)} s are {size} of {GRANULARITY} s; every point must cross the threshold."


# ---- thresholds ------------------------------------------------------------------------------------------------------


def threshold_because(metric: Metric) -> str:
    """Why a threshold is another number."""
    if metric.name == "cpu":
        return (
            f"Percent become nanoseconds of CPU time in {GRANULARITY} s of one virtual CPU (1% is {GRANULARITY * 10_000_000}); "
            "multiply by the flavor's VCPUs where it has more."
        )
    return f"The sum of a period becomes {metric.unit}."


def sum_factor(ctx: ResourceContext) -> float:
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


def scaled_hot(value: hot.HotValue, factor: float, more: hot.HotValue | None = None) -> hot.HotValue:
    """A number of HOT, and one more, times a factor."""
    if isinstance(value, hot.If):
        otherwise = None if value.otherwise is None else scaled_hot(value.otherwise, factor, more)
        return hot.If(value.condition, scaled_hot(value.then, factor, more), otherwise)
    if more is not None:
        data = {"value": value, "more": more, "factor": hot.Literal(whole(factor))}
        return hot.Yaql("(float($.data.value) + float($.data.more)) * $.data.factor", data)
    known = number(value.value) if isinstance(value, hot.Literal) else None
    if known is not None:
        return hot.Literal(whole(known * factor))
    return hot.Yaql("float($.data.value) * $.data.factor", {"value": value, "factor": hot.Literal(whole(factor))})


def number(value: object) -> float | None:
    """A constant as a number that can be counted with, or None."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: float) -> int | float:
    """An integer where it is one."""
    return int(value) if value == int(value) else value
