"""The members of a scaling group: servers written into it, or nested stacks where they need a port, an address, a pool."""

from __future__ import annotations

from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Member, all_of, members, under
from cfn2heat.hooks.choices import is_word, without_nothing
from cfn2heat.hooks.emitting import condition_named
from cfn2heat.hooks.interfaces import (
    LAUNCH_TEMPLATE,
    SUBNET,
    Interface,
    fill_port,
    interfaces,
    launch_template,
    present,
    security_groups,
    subnet_interfaces,
)
from cfn2heat.hooks.memberships import Membership, member_properties, pools_of
from cfn2heat.hooks.servers import finish_server, legal_keys, require
from cfn2heat.hooks.topology import signature
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import property_schema
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotCondition, HotOutput, HotParameter, HotResource, HotTemplate
from cfn2heat.hot.walk import rewrite, walk
from cfn2heat.record import record, replace
from cfn2heat.source import NOWHERE
from cfn2heat.translate import outside
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.nested import Lifted
from cfn2heat.translate.transforms import Case, apply

LAUNCH_CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
BALANCED = (CLASSIC, TARGET_GROUP)

ADDRESSES = "InstanceList"
"""The attribute by which Heat's own groups of instances tell the addresses of their members."""
SERVER, VOLUME = "OS::Nova::Server", "OS::Cinder::Volume"
PORT, ADDRESS, MEMBER = "OS::Neutron::Port", "OS::Neutron::FloatingIP", "OS::Octavia::PoolMember"


@record
class Launch:
    """What a member is made of: the server, its volumes, what is said of its first interface."""

    server: dict[str, hot.HotValue]
    volumes: tuple[HotResource, ...]
    entries: dict[str, cfn.Value]
    metadata: hot.HotValue | None = None


class Pool(NamedTuple):
    """A pool that members join; outside says that it is not of this template and may be empty."""

    membership: Membership
    outside: bool = False


# ---- where the definition comes from ---------------------------------------------------------------------------------


def launch_of(ctx: ResourceContext) -> Launch:
    """The launch configuration or template of a group; an empty one where the template does not have it."""
    mixed = ctx.value("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification")
    for key, value in (
        ("LaunchConfigurationName", ctx.value("LaunchConfigurationName")),
        ("LaunchTemplate", ctx.value("LaunchTemplate")),
        ("MixedInstancesPolicy", mixed),
    ):
        if present(value):
            found = _launch(ctx, value)
            if found is None:
                because = "The launch configuration or template is not part of this template; image and flavor are asked for."
                ctx.report("C2H3005", Severity.WARNING, because, "Convert it together with the group.", (key,))
            return _overridden(ctx, found or _unknown(ctx))
    return _unknown(ctx)


def _launch(ctx: ResourceContext, value: cfn.Value | None) -> Launch | None:
    if isinstance(value, cfn.If):
        then, otherwise = _launch(ctx, value.then), _launch(ctx, value.otherwise)
        return _either(value.condition, then, otherwise) if then and otherwise else then or otherwise
    source = launch_source(ctx, value)
    if source is None:
        return None
    parts = ctx.part(source.name)
    if "server" not in parts:
        return None
    volumes = tuple(part for part in parts.values() if part.type == VOLUME)
    return Launch(parts["server"].properties, volumes, interfaces(ctx, source)[0].entries, parts["server"].metadata)


def launch_source(plan: PlanContext, value: cfn.Value | None) -> Resource | None:
    """The launch configuration or template that a value names, by reference or by name."""
    if isinstance(value, cfn.Map):
        return launch_template(plan, value)
    found = plan.resource_of(value)
    if found is not None and found.type in (LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE):
        return found
    named = (resource for resource in plan.template.resources.values() if resource.type == LAUNCH_CONFIGURATION)
    wanted = signature(value)
    return next((each for each in named if signature(each.properties.entries.get("LaunchConfigurationName")) == wanted), None)


def _either(condition: str, then: Launch, otherwise: Launch) -> Launch:
    """Two definitions of which a condition chooses, property by property."""
    server: dict[str, hot.HotValue] = {}
    for key in dict.fromkeys([*then.server, *otherwise.server]):
        chosen = branch(hot.Literal(condition), then.server.get(key), otherwise.server.get(key))
        if chosen is not None:
            server[key] = chosen
    entries: dict[str, cfn.Value] = {}
    absent = cfn.NoValue(NOWHERE)
    for key in dict.fromkeys([*then.entries, *otherwise.entries]):
        sides = then.entries.get(key, absent), otherwise.entries.get(key, absent)
        entries[key] = sides[0] if signature(sides[0]) == signature(sides[1]) else cfn.If(condition, *sides, NOWHERE)
    metadata = branch(hot.Literal(condition), then.metadata, otherwise.metadata)
    return Launch(server, (*then.volumes, *otherwise.volumes), entries, metadata)


def _unknown(ctx: ResourceContext) -> Launch:
    flavor = ctx.hole(f"{ctx.id}_flavor", f"Nova flavor of the members of {ctx.id}, which the source does not say here.")
    return Launch({"flavor": flavor, "user_data_format": hot.Literal("RAW")}, (), {})


def _overridden(ctx: ResourceContext, launch: Launch) -> Launch:
    """The first override of a mixed policy changes the flavor, and the image where it names one."""
    overrides = members(ctx.value("MixedInstancesPolicy", "LaunchTemplate", "Overrides"))
    first = next((member.value for member in overrides if isinstance(member.value, cfn.Map)), None)
    server = dict(launch.server)
    for key, table, wanted in (("InstanceType", "flavors", "flavor"), ("ImageId", "images", "image")):
        value = first.entries.get(key) if first else None
        found = None if value is None else ctx.site_lookup(table, value)
        if found is not None:
            server[wanted] = without_nothing(found, server[wanted]) if wanted in server else found
    return replace(launch, server=server)


# ---- the definition --------------------------------------------------------------------------------------------------


def definition(ctx: ResourceContext, tags: hot.HotValue | None, mark: hot.HotValue | None) -> hot.HotValue:
    """The `resource` of a group of Heat; tags are metadata of its servers, mark is what alarms find them by."""
    launch = launch_of(ctx)
    server = HotResource("server", SERVER, dict(launch.server), metadata=launch.metadata)
    _dress(ctx, server, tags, mark)
    require(ctx, server)
    finish_server(server)
    interface = _interface(ctx, launch)
    for name in subnet_interfaces(ctx, interface.subnet):
        ctx.depends_on(ctx.emit("group"), name)
    pools, public = memberships(ctx), public_address(ctx, interface)
    if pools or public is not False or launch.volumes:
        return _nested(ctx, server, launch.volumes, interface, pools, public)
    _connect(ctx, server, interface)
    made: dict[str, hot.HotValue] = {"type": hot.Literal(SERVER), "properties": hot.HotMap(_ordered(server.properties))}
    return hot.HotMap(made if server.metadata is None else {**made, "metadata": server.metadata})


def _interface(ctx: ResourceContext, launch: Launch) -> Interface:
    subnet = first_of(ctx, ctx.value("VPCZoneIdentifier"))
    entries = dict(launch.entries)
    if subnet is not None:
        entries["SubnetId"] = subnet
    return Interface(entries)


def first_of(ctx: ResourceContext, value: cfn.Value | None) -> cfn.Value | None:
    """The first of a list of subnets, as a source value; of each branch of an Fn::If."""
    match value:
        case cfn.Seq():
            return next((found for item in value.items if (found := first_of(ctx, item)) is not None), None)
        case None | cfn.NoValue():
            return None
        case cfn.If():
            then, otherwise = first_of(ctx, value.then), first_of(ctx, value.otherwise)
            absent = cfn.NoValue(value.span)
            return cfn.If(value.condition, then or absent, otherwise or absent, value.span) if then or otherwise else None
        case cfn.Join(items=cfn.Seq()) if value.delimiter.strip() == ",":
            return first_of(ctx, value.items)
        case cfn.Split():
            return cfn.Select(cfn.Scalar(0, value.span), value, value.span)
        case cfn.Ref() if ctx.parameter_type(value.name) == "comma_delimited_list":
            return cfn.Select(cfn.Scalar(0, value.span), value, value.span)
        case cfn.Scalar(value=str()) if "," in str(value.value):
            return cfn.Scalar(str(value.value).split(",")[0].strip(), value.span)
    return value


def _dress(ctx: ResourceContext, server: HotResource, tags: hot.HotValue | None, mark: hot.HotValue | None) -> None:
    """Tags of the group, the mark for alarms and the server group; tags of a launch template stand beside them."""
    said = [legal_keys(value) for value in (server.properties.get("metadata"), tags) if value is not None]
    if mark is not None:
        said.append(hot.HotMap({"metering.server_group": mark}))
    plain = [value.entries for value in said if isinstance(value, hot.HotMap)]
    if len(plain) < len(said):
        server.properties["metadata"] = hot.Function("map_merge", hot.HotList(tuple(said)))
    elif plain:
        server.properties["metadata"] = hot.HotMap({key: value for entries in plain for key, value in entries.items()})
    placement = ctx.hot(ctx.value("PlacementGroup"))
    if placement is not None:
        server.properties["scheduler_hints"] = hot.HotMap({"group": placement})


def _connect(ctx: ResourceContext, server: HotResource, interface: Interface) -> None:
    """Nova makes the port: all that is said is a network or subnet and security groups."""
    subnet = ctx.hot(interface.subnet)
    place: dict[str, hot.HotValue] = {"network": ctx.site_value("default_network")} if subnet is None else {"subnet": subnet}
    server.properties["networks"] = hot.HotList((hot.HotMap(place),))
    groups = security_groups(ctx, interface.groups)
    server.properties.pop("security_groups", None)
    if groups is not None and groups != hot.HotList(()):
        server.properties["security_groups"] = ctx.fit(groups, property_schema(SERVER, ("security_groups",)))


LAST = ("metadata", "user_data_format", "user_data", "user_data_update_policy")


def _ordered(properties: dict[str, hot.HotValue]) -> dict[str, hot.HotValue]:
    """Long things stand last."""
    return {key: properties[key] for key in sorted(properties, key=lambda key: LAST.index(key) if key in LAST else -1)}


def tag_map(ctx: ResourceContext, value: cfn.Value, tags: list[Member]) -> hot.HotValue | None:
    """Tags that members inherit as a map; those under a condition are merged in."""
    pairs = []
    for tag in tags:
        pair = ctx.hot(tag.value)
        if isinstance(pair, hot.HotMap):
            pair = hot.HotMap({key: pair.entries[key] for key in ("Key", "Value") if key in pair.entries})
            condition = all_of(tag.guard)
            pairs.append(pair if condition is None else hot.If(condition, pair, None))
    return apply("tags_to_map", hot.HotList(tuple(pairs)), Case(None, value, ctx.t)) if pairs else None


# ---- load balancers and public addresses -----------------------------------------------------------------------------


def memberships(ctx: ResourceContext) -> list[Pool]:
    """Every pool that the members join."""
    found: list[Pool] = []
    for key in ("LoadBalancerNames", "TargetGroupARNs", "TrafficSources"):
        for member in members(ctx.value(key)):
            for pool in _pools(ctx, member):
                if pool not in found:
                    found.append(pool)
    return found


def _pools(ctx: ResourceContext, member: Member) -> list[Pool]:
    value = member.value
    if isinstance(value, cfn.Map):
        value = value.entries.get("Identifier", value)
    balancer = ctx.resource_of(value)
    if balancer is not None and balancer.type in BALANCED:
        given = pools_of(ctx, balancer.name) if balancer.type == CLASSIC else member_properties(ctx, balancer.name)
        return [Pool(_guarded(membership, member, balancer)) for membership in given]
    first = first_of(ctx, value)
    pool = ctx.hot(first)
    if pool is None:
        return []
    because = f"Port on which the members of {ctx.id} serve the pool that the template does not show."
    port = ctx.hole(f"{ctx.id}_member_port", because, "number")
    return [Pool(Membership(pool, port, None, all_of(member.guard)), outside=True)]


def _guarded(membership: Membership, member: Member, balancer: Resource) -> Membership:
    own = under(balancer.condition)
    inner = () if membership.condition is None else (membership.condition,)
    return membership._replace(condition=all_of((*member.guard, *own, *inner)))


def public_address(ctx: ResourceContext, interface: Interface) -> bool | hot.HotValue:
    """Whether members have a floating IP: known now, or the condition for it."""
    said = interface.entries.get("AssociatePublicIpAddress")
    if present(said):
        return _truth(ctx, said)
    subnets = [found for found in ctx.resources_of(interface.subnet) if found.type == SUBNET]
    return _truth(ctx, subnets[0].properties.entries.get("MapPublicIpOnLaunch")) if subnets else False


def _truth(ctx: ResourceContext, value: cfn.Value | None) -> bool | hot.HotValue:
    found = is_word(ctx, value, "true", False)
    if isinstance(found, bool):
        return found
    if any(isinstance(part, COMPUTED) for part in walk(found)):
        message = "Whether members have a public address is computed as Heat's conditions cannot; they get one."
        ctx.report("C2H3005", Severity.WARNING, message, "Take the floating IP out of the members' file where it is not wanted.")
        return True
    return hot.Literal(condition_named(ctx, f"{ctx.id}_is_public", found))


COMPUTED = (hot.GetAttr, hot.GetResource, hot.ListJoin, hot.StrReplace, hot.StrSplit)
"""Functions that Heat refuses in conditions."""


# ---- nested members --------------------------------------------------------------------------------------------------


def _nested(
    ctx: ResourceContext,
    server: HotResource,
    volumes: tuple[HotResource, ...],
    interface: Interface,
    pools: list[Pool],
    public: bool | hot.HotValue,
) -> hot.HotValue:
    """A file with all that one member is made of; gives it as the group's resource with its arguments."""
    port = HotResource("port", PORT)
    fill_port(ctx, port, interface)
    server.properties.pop("security_groups", None)
    server.properties.pop("networks", None)
    inner, conditions = [server, port, *volumes], {}
    if public is not False:
        inner.append(HotResource("public_ip", ADDRESS, {"floating_network": ctx.site_value("external_network")}))
        conditions["public_ip"] = None if public is True else public
    for number, pool in enumerate(pools, 1):
        member = _pool_member(ctx, pool, f"member_{number}" if len(pools) > 1 else "member", interface)
        inner.append(member)
        conditions[member.name] = None if pool.outside else pool.membership.condition
    for resource in inner:
        outside.ask(ctx.t, ctx.id, resource)
    lifted = ctx.lift(_all_values(inner, conditions))
    template = HotTemplate(description=_description(ctx, pools, public), conditions=lifted.conditions)
    _fill(template, inner, lifted)
    _keep_inside(template, lifted, volumes)
    _bind_together(template)
    for number, pool in enumerate(pools, 1):
        if pool.outside:
            _outside(template, lifted, pool, f"member_{number}" if len(pools) > 1 else "member")
    template.parameters = lifted.parameters
    if any(use.attribute == ADDRESSES for use in ctx.users(ctx.id)):
        template.outputs["first_address"] = HotOutput("first_address", hot.GetAttr("server", "first_address"))
    file = ctx.nested(f"{ctx.id}-member", template, [f"One member of {ctx.id}."])
    return hot.HotMap({"type": hot.Literal(file), "properties": hot.HotMap(lifted.arguments)})


def _pool_member(ctx: ResourceContext, pool: Pool, name: str, interface: Interface) -> HotResource:
    membership = pool.membership
    properties: dict[str, hot.HotValue | None] = {
        "pool": None if pool.outside else membership.pool,
        "protocol_port": membership.protocol_port,
        "monitor_port": membership.monitor_port,
        # Without a subnet amphorae speak from the VIP's, which is the one that security groups let in.
        "subnet": ctx.hot(interface.subnet) if pool.outside else None,
    }
    said = {key: ctx.fit(value, property_schema(MEMBER, (key,))) for key, value in properties.items() if value is not None}
    return HotResource(name, MEMBER, said)


def _description(ctx: ResourceContext, pools: list[Pool], public: bool | hot.HotValue) -> str:
    extras = ["its port"]
    if public is not False:
        extras.append("its public address")
    if pools:
        extras.append("its places in pools" if len(pools) > 1 else "its place in the pool")
    listed = extras[0] if len(extras) == 1 else f"{', '.join(extras[:-1])} and {extras[-1]}"
    return f"A server of {ctx.id} with {listed}"


def _all_values(inner: list[HotResource], conditions: dict[str, hot.HotValue | None]) -> dict[str, hot.HotValue]:
    """Every property, metadata, and every condition in the form of an `if`, each under a key of its own."""
    values = {f"{resource.name}.{key}": value for resource in inner for key, value in _ordered(resource.properties).items()}
    values.update({f"{resource.name}!": resource.metadata for resource in inner if resource.metadata is not None})
    for resource in inner:
        own = conditions.get(resource.name) or (hot.Literal(resource.condition) if resource.condition else None)
        if own is not None:
            values[f"{resource.name}?"] = hot.If(own, hot.Literal(True), None)
    return values


def _fill(template: HotTemplate, inner: list[HotResource], lifted: Lifted) -> None:
    for resource in inner:
        made = HotResource(resource.name, resource.type, deletion_policy=resource.deletion_policy)
        made.metadata = lifted.values.get(f"{resource.name}!")
        prefix = f"{resource.name}."
        made.properties = {key.removeprefix(prefix): value for key, value in lifted.values.items() if key.startswith(prefix)}
        condition = lifted.values.get(f"{resource.name}?")
        if isinstance(condition, hot.If):
            made.condition = _name_condition(template, f"{resource.name}_wanted", condition.condition)
        template.resources[resource.name] = made


def _name_condition(template: HotTemplate, wanted: str, condition: hot.HotValue) -> str:
    if isinstance(condition, hot.Literal):
        return str(condition.value)
    template.conditions.setdefault(wanted, HotCondition(wanted, condition))
    return wanted


def _keep_inside(template: HotTemplate, lifted: Lifted, volumes: tuple[HotResource, ...]) -> None:
    """References to what the file makes itself are no parameters."""
    own = {name for name, value in lifted.arguments.items() if value in [hot.GetResource(volume.name) for volume in volumes]}

    def inside(value: hot.HotValue) -> hot.HotValue | None:
        return hot.GetResource(value.name) if isinstance(value, hot.GetParam) and value.name in own else None

    for resource in template.resources.values():
        resource.properties = {key: rewrite(value, inside) for key, value in resource.properties.items()}
    for name in own:
        del lifted.arguments[name], lifted.parameters[name]


def _bind_together(template: HotTemplate) -> None:
    """Server, address and members hang on the port; refs of the group are the servers' ids."""
    port = hot.GetResource("port")
    server = template.resources["server"].properties
    template.resources["server"].properties = _ordered({**server, "networks": hot.HotList((hot.HotMap({"port": port}),))})
    for resource in template.resources.values():
        if resource.type == ADDRESS:
            resource.properties["port_id"] = port
        elif resource.type == MEMBER:
            address = hot.GetAttr("port", "fixed_ips", (hot.Literal(0), hot.Literal("ip_address")))
            resource.properties = {**resource.properties, "address": address}
    template.outputs["OS::stack_id"] = HotOutput("OS::stack_id", hot.GetResource("server"))


def _outside(template: HotTemplate, lifted: Lifted, pool: Pool, name: str) -> None:
    """A pool from outside comes in by a parameter of its own; without one there is no membership."""
    parameter, serial = "pool", 2
    while parameter in lifted.parameters:
        parameter, serial = f"pool_{serial}", serial + 1
    value, condition = pool.membership.pool, pool.membership.condition
    lifted.arguments[parameter] = value if condition is None else hot.If(condition, value, hot.Literal(""))
    description = "Id of the Octavia pool that the member joins; none when it is empty"
    lifted.parameters[parameter] = HotParameter(parameter, "string", description=description, default=hot.Literal(""))
    given = hot.Function("not", hot.Function("equals", hot.HotList((hot.GetParam(parameter), hot.Literal("")))))
    template.resources[name].condition = _name_condition(template, f"in_{parameter}", given)
    template.resources[name].properties = {"pool": hot.GetParam(parameter), **template.resources[name].properties}
