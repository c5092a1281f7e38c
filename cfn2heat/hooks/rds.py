"""Databases of Trove: their networks and groups, and what Heat insists on."""

from __future__ import annotations

import json

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.beside import ask_network
from cfn2heat.hooks.branches import members
from cfn2heat.hooks.choices import is_word, without_nothing, words
from cfn2heat.hooks.clusters import INSTANCE, members_of
from cfn2heat.hooks.emitting import fill, tidy
from cfn2heat.hooks.engines import DATASTORES, PORTS
from cfn2heat.hooks.logins import present, set_credentials, username
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.registry import finish_hook, property_hook

SUBNET_GROUP = "AWS::RDS::DBSubnetGroup"


# ---- networks --------------------------------------------------------------------------------------------------------


@property_hook("rds.subnet_group")
def subnet_group(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Trove takes a network: that of the group's subnets."""
    if ctx.id in ctx.t.plan.claimed:
        ctx.adapted(path, "The cluster's network is its instances'.", "db.networks")
        return None
    network = without_nothing(network_of_group(ctx, value), ctx.site_value("default_network"))
    return hot.HotList((hot.HotMap({"network": network}),))


def network_of_group(ctx: ResourceContext, value: cfn.Value) -> hot.HotValue | None:
    """The network of a subnet group, in each branch."""
    if isinstance(value, cfn.If):
        then = network_of_group(ctx, value.then)
        return branch(hot.Literal(value.condition), then, network_of_group(ctx, value.otherwise))
    if isinstance(value, cfn.NoValue):
        return None
    group = ctx.resource_of(value)
    if group is not None and group.type == SUBNET_GROUP:
        return network_of_subnets(ctx, group)
    return ask_network(ctx, None, f"{ctx.id}_network", f"Network for {ctx.id}; the source names a DB subnet group of AWS.")


def network_of_subnets(ctx: ResourceContext, group: Resource) -> hot.HotValue | None:
    """The network of the first subnet of this template, or of those that come from outside."""
    for subnet in ctx.resources_of(group.properties.entries.get("SubnetIds")):
        if subnet.type == "AWS::EC2::Subnet":
            return ctx.hot(subnet.properties.entries.get("VpcId"))
    because = f"Network of the subnets that {group.name} names; Trove takes a network."
    return ask_network(ctx, group.properties.entries.get("SubnetIds"), f"{group.name}_network", because)


def wait_for_network(ctx: ResourceContext, db: HotResource) -> None:
    """Trove wants a subnet that is on a router."""
    for group in ctx.resources_of(ctx.value("DBSubnetGroupName")):
        for subnet in ctx.resources_of(group.properties.entries.get("SubnetIds")):
            for key in ("subnet", "interface"):
                name = ctx.name(subnet.name, key)
                if subnet.type == "AWS::EC2::Subnet" and name is not None:
                    ctx.depends_on(db, name)


# ---- finishing -------------------------------------------------------------------------------------------------------


@finish_hook("rds.instance")
def finish_instance(ctx: ResourceContext) -> None:
    """Network, users and databases."""
    db = ctx.emit("db")
    if ctx.id in ctx.t.plan.claimed:
        tidy(ctx)
        return
    set_credentials(ctx, db)
    finish(ctx, db)
    ask_flavor(ctx, db)
    tidy(ctx)


@finish_hook("rds.cluster")
def finish_cluster(ctx: ResourceContext) -> None:
    """Network, users and databases of the writer; its flavor is its first instance's."""
    db = ctx.emit("db")
    set_credentials(ctx, db)
    finish(ctx, db)
    if not members_of(ctx, ctx.id):
        ask_flavor(ctx, db)
    tidy(ctx)


def ask_flavor(ctx: ResourceContext, db: HotResource) -> None:
    """Trove wants a flavor also where the source says no class."""
    if "flavor" not in db.properties:
        because = f"Flavor for the database {ctx.id}; the source names no instance class."
        fill(ctx, db, {"flavor": ctx.hole(f"{ctx.id}_flavor", because)})


def finish(ctx: ResourceContext, db: HotResource) -> None:
    """What both have in common."""
    if "networks" not in db.properties:
        network = hot.HotMap({"network": ctx.site_value("default_network")})
        fill(ctx, db, {"networks": hot.HotList((network,))})
    wait_for_network(ctx, db)
    set_secret(ctx)


def set_secret(ctx: ResourceContext) -> None:
    """The made up password as AWS keeps it: a JSON text with user and password."""
    secret, password = ctx.find("secret"), ctx.name(ctx.id, "password")
    if secret is None or password is None:
        return
    user = username(ctx) or hot.Literal("")
    template = hot.Literal('{"username": "${user}", "password": "${password}"}')
    payload = hot.StrReplace(template, {"${user}": present(user), "${password}": hot.GetAttr(password, "value")})
    fill(ctx, secret, {"payload": payload})


# ---- groups ----------------------------------------------------------------------------------------------------------


@property_hook("rds.parameters")
def parameters(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The command that makes the configuration group by hand."""
    constant = ctx.constant(value)
    settings = json.dumps(constant) if isinstance(constant, dict) else "JSON"
    family = as_text(ctx.constant(ctx.value("Family"))).lower()
    store = next((store for word, store in DATASTORES.items() if family.startswith(word)), "DATASTORE")
    advice = (
        f"Run openstack database configuration create {ctx.id} '{settings}' --datastore {store},"
        f" then openstack database configuration attach INSTANCE {ctx.id}."
    )
    ctx.dropped(path, "Settings of a database are Trove's configuration groups, which Heat cannot make.", advice)
    return None


@property_hook("rds.ingress")
def ingress(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Rules for the port of the databases that use the group."""
    found: list[hot.HotValue] = []
    for member in members(value, path):
        if isinstance(member.value, cfn.Map):
            rule: hot.HotValue = hot.HotMap(ingress_rule(ctx, member.value, member.path))
            for condition in reversed(member.guard):
                rule = hot.If(condition, rule, None)
            found.append(rule)
    return hot.HotList(tuple(found))


def ingress_rule(ctx: ResourceContext, rule: cfn.Map, path: Path) -> dict[str, hot.HotValue]:
    """One rule: an address range or a group, on the databases' port."""
    number = hot.Literal(port_of_users(ctx))
    found: dict[str, hot.HotValue] = {
        "protocol": hot.Literal("tcp"),
        "port_range_min": number,
        "port_range_max": number,
    }
    cidr = ctx.hot(rule.entries.get("CIDRIP"))
    group = ctx.hot(rule.entries.get("EC2SecurityGroupId") or rule.entries.get("EC2SecurityGroupName"))
    if cidr is not None:
        found["remote_ip_prefix"] = cidr
    elif group is not None:
        found |= {"remote_mode": hot.Literal("remote_group_id"), "remote_group_id": group}
    ctx.dropped((*path, "EC2SecurityGroupOwnerId"), "Neutron finds the group by its id.", severity=Severity.NOTE)
    return found


def port_of_users(ctx: ResourceContext) -> int:
    """The port of the engine of the first database that names this group."""
    for use in ctx.users(ctx.id):
        if use.resource and ctx.type_of(use.resource) == INSTANCE:
            named = words(ctx, ctx.template.resources[use.resource].properties.entries.get("Engine"))
            return int(next((PORTS[word.lower()] for word in sorted(named) if word.lower() in PORTS), "3306"))
    return 3306


@finish_hook("rds.ingress")
def finish_ingress(ctx: ResourceContext) -> None:
    """A rule that stands apart, of the group that it names."""
    group = ctx.resource_of(ctx.value("DBSecurityGroupName"))
    owner = ResourceContext(ctx.t, group.name) if group else ctx
    number = hot.Literal(port_of_users(owner))
    fill(ctx, ctx.emit("rule"), {"protocol": hot.Literal("tcp"), "port_range_min": number, "port_range_max": number})


@property_hook("rds.public")
def public(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Trove can give a floating IP, Heat cannot ask for it."""
    if is_word(ctx, value, "true", False) is False:
        ctx.dropped(path, "A Trove instance has no public address unless one is asked for.", severity=Severity.NOTE)
    else:
        advice = "After the stack is made: openstack database instance update --is-public --allowed-cidr CIDR INSTANCE."
        ctx.dropped(path, "Heat's Trove instances have no switch for a public address.", advice)
    return None
