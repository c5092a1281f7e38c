"""Which databases become instances of Trove, and which instance stands for a cluster."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.choices import words
from cfn2heat.hot import values as hot
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import plan_hook, predicate, reference_hook

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"


def cluster_of(plan: PlanContext, instance: str) -> Resource | None:
    """The template's cluster that an instance is a member of."""
    owner = plan.resource_of(plan.template.resources[instance].properties.entries.get("DBClusterIdentifier"))
    return owner if owner is not None and owner.type == CLUSTER else None


def members_of(plan: PlanContext, cluster: str) -> list[str]:
    """The instances of a cluster, in order; the first of them is its writer."""
    users = [use.resource for use in plan.users(cluster) if "DBClusterIdentifier" in use.path]
    return [name for name in dict.fromkeys(users) if name and plan.type_of(name) == INSTANCE]


def home(plan: PlanContext, name: str) -> str | None:
    """The Trove instance that stands for a database: a cluster's writer is the cluster's; None for a replica."""
    if not is_made(PlanContext(plan.t, name)):
        return None
    if plan.type_of(name) == INSTANCE:
        cluster = cluster_of(plan, name)
        if cluster is not None and members_of(plan, cluster.name)[0] == name:
            return plan.name(cluster.name, "db")
    return plan.name(name, "db")


@plan_hook("rds.cluster")
def plan_cluster(plan: PlanContext) -> None:
    """The first instance is the cluster itself: one Trove instance stands for both."""
    if not is_made(plan):
        give_up_replica(plan)
        return
    for name in members_of(plan, plan.id)[:1]:
        own = plan.name(plan.id, "db")
        if own is not None:
            plan.claim(name, plan.id)
            plan.bind(name, "db", own)


@plan_hook("rds.instance")
def plan_instance(plan: PlanContext) -> None:
    """A replica is not made; the first instance of a cluster is one only where its cluster is."""
    if not is_made(plan):
        give_up_replica(plan)


def is_made(plan: PlanContext) -> bool:
    """Whether a database is more than a replica: of a cluster's instances that is the first, where the cluster is made."""
    cluster = cluster_of(plan, plan.id) if plan.resource.type == INSTANCE else None
    if cluster is not None and members_of(plan, cluster.name)[0] == plan.id:
        return not follows(cluster)
    return not is_replica(plan)


def give_up_replica(plan: PlanContext) -> None:
    """Heat names a flavor for each instance, and Trove refuses one for a replica."""
    because = "Trove refuses a replica that names a flavor, as every instance of Heat does."
    advice = "Run openstack database instance create NAME --replica-of ID after the stack is made, and read from its address."
    plan.give_up(because, advice, Severity.ERROR)


def follows(resource: Resource) -> bool:
    """Whether it says what it is a copy of, under every condition."""
    given = resource.properties.entries
    source = given.get("SourceDBInstanceIdentifier") or given.get("ReplicationSourceIdentifier")
    return source is not None and not isinstance(source, cfn.If | cfn.NoValue)


@plan_hook("rds.subnet_group")
def plan_subnet_group(plan: PlanContext) -> None:
    """The databases in it take it in."""
    for use in plan.users(plan.id):
        if use.resource and plan.type_of(use.resource) in (INSTANCE, CLUSTER):
            name = home(plan, use.resource)
            if name is not None:
                plan.claim(plan.id, use.resource)
                plan.bind(plan.id, f"db_{use.resource.lower()}", name)


@predicate("rds.manages_password")
def manages_password(plan: PlanContext) -> bool:
    """Whether AWS would make up the master user's password."""
    return words(plan, plan.value("ManageMasterUserPassword")) == {"true"}


@predicate("rds.single_zone")
def single_zone(plan: PlanContext) -> bool:
    """Whether no standby is wanted."""
    return words(plan, plan.value("MultiAZ")) <= {"false"}


def is_replica(plan: PlanContext) -> bool:
    """Whether it follows another instance, and so has that one's users and databases."""
    return follows(plan.resource) or (plan.resource.type == INSTANCE and plan.value("DBClusterIdentifier") is not None)


@reference_hook("rds.reader")
def reader(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """Where to read: the writer, since Heat makes no replicas."""
    name = ctx.name(ctx.id, "db")
    return None if name is None else hot.GetAttr(name, "show", (hot.Literal("ip"), hot.Literal(0)))
