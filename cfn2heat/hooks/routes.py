"""Routes: what they mean, and the address of their next hop in Neutron."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import members
from cfn2heat.hooks.topology import ATTACHMENTS, DESTINATIONS, EC2, Domain, Way, router_value, signature, topology
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, predicate, property_hook, reference_hook


def way_of(plan: PlanContext) -> Way:
    """What a route means."""
    return topology(plan).ways[plan.id]


@predicate("network.extra_route")
def extra_route(plan: PlanContext) -> bool:
    """The route becomes an extra route of its router."""
    way = way_of(plan)
    return way.kind == "hop" and not shadowed(plan) and not _lists_foreign_prefixes(plan)


def _lists_foreign_prefixes(plan: PlanContext) -> bool:
    value = plan.value("DestinationPrefixListId")
    found = plan.resource_of(value)
    return value is not None and (found is None or found.type != EC2 + "PrefixList")


@predicate("network.shadowed")
def shadowed(plan: PlanContext) -> bool:
    """A default route through a machine or service, on a router that has an external gateway already."""
    domain = topology(plan).domain(plan.id)
    way = way_of(plan)
    return way.kind == "hop" and way.everything and domain is not None and bool(domain.gateways)


@predicate("network.lone_gateway")
def lone_gateway(plan: PlanContext) -> bool:
    """A way out for a router that this template does not make."""
    way = way_of(plan)
    return way.kind == "gateway" and way.everything and way.table is None


@predicate("network.on_router")
def on_router(plan: PlanContext) -> bool:
    """The route is part of a router of this template."""
    return way_of(plan).kind == "gateway" and way_of(plan).table is not None


@predicate("network.over_vpn")
def over_vpn(plan: PlanContext) -> bool:
    """The route leads into a VPN."""
    return way_of(plan).kind == "vpn"


@property_hook("network.destination")
def destination(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The routes of an extra route set: one, or one for each network of a prefix list."""
    hop = next_hop(ctx, way_of(ctx).hop)
    if hop is None:
        return None
    networks = prefixes(ctx, value) if path[0] == "DestinationPrefixListId" else [ctx.hot(value)]
    entries = [hot.HotMap({"destination": network, "nexthop": hop}) for network in networks if network is not None]
    return hot.HotList(tuple(entries))


def prefixes(ctx: ResourceContext, value: cfn.Value | None) -> list[hot.HotValue | None]:
    """The networks of a prefix list of this template."""
    found = ctx.resource_of(value)
    if found is None or found.type != EC2 + "PrefixList":
        return []
    entries = [member.value for member in members(found.properties.entries.get("Entries"))]
    return [ctx.hot(entry.entries.get("Cidr")) for entry in entries if isinstance(entry, cfn.Map)]


def next_hop(ctx: ResourceContext, key: str) -> hot.HotValue | None:
    """The address that a next hop has in Neutron; what this template does not know is asked for."""
    return _hop(ctx, key, ctx.value(key))


def _hop(ctx: ResourceContext, key: str, value: cfn.Value | None) -> hot.HotValue | None:
    if isinstance(value, cfn.If):
        then, otherwise = _hop(ctx, key, value.then), _hop(ctx, key, value.otherwise)
        if then is None or otherwise is None:
            return then or otherwise
        return hot.If(hot.Literal(value.condition), then, otherwise)
    if value is None or isinstance(value, cfn.NoValue):
        return None
    found = ctx.resource_of(value)
    known_address = address_of(ctx, found.name) if found is not None else None
    if known_address is None and key == "TransitGatewayId":
        known_address = _transit_port(ctx)
    return known_address if known_address is not None else ask_hop(ctx, key, value)


def address_of(ctx: ResourceContext, resource: str) -> hot.HotValue | None:
    """The address to which a router sends what is meant for a resource, or None."""
    match ctx.type_of(resource).removeprefix(EC2):
        case "NetworkInterface":
            return ctx.reference(resource, "PrimaryPrivateIpAddress")
        case "Instance":
            return ctx.reference(resource, "PrivateIp")
        case "VPCPeeringConnection":
            far = topology(ctx).place(ctx.template.resources[resource].properties.entries.get("PeerVpcId"))
            domain = topology(ctx).domain(ctx.id)
            return hot.Literal(link_address(ctx, resource, 1 if domain is not None and domain.place == far else 2))
    return None


def _transit_port(ctx: ResourceContext) -> hot.HotValue | None:
    """The transit gateway's port in the network of this route, when an attachment of this template makes it."""
    gateway = signature(ctx.value("TransitGatewayId"))
    attachments = [
        resource.name
        for resource in ctx.template.resources.values()
        if resource.type in ATTACHMENTS and signature(resource.properties.entries.get("TransitGatewayId")) == gateway
    ]
    domain = topology(ctx).domain(ctx.id)
    mine = [name for name in attachments if domain is not None and name in domain.links]
    chosen = next(iter(mine or (attachments if domain is None and len(attachments) == 1 else [])), None)
    port = ctx.name(chosen, "port") if chosen is not None else None
    return None if port is None else hot.GetAttr(port, "fixed_ips", (hot.Literal(0), hot.Literal("ip_address")))


def ask_hop(ctx: ResourceContext, key: str, value: cfn.Value) -> hot.HotValue:
    """A parameter for the address of a next hop that this template does not make."""
    found = ctx.resource_of(value)
    name = found.name if found is not None else value.name if isinstance(value, cfn.Ref) else ctx.id
    because = f"Address, on a subnet of the router, to which it sends what {ctx.id} means: the one that stands for its {key}."
    asked = ctx.hole(f"{name}_next_hop", because)
    constraint = hot.HotMap({"custom_constraint": hot.Literal("ip_addr")})
    declared = ctx.t.declared[asked.name]
    if not declared.constraints:
        declared.constraints.append(constraint)
    return asked


@predicate("network.local")
def local(plan: PlanContext) -> bool:
    """The route says that the VPC's own addresses are reached directly."""
    return way_of(plan).kind == "local"


@finish_hook("network.route")
def route(ctx: ResourceContext) -> None:
    """A gateway given to a router of others outlives its stack; an appliance that traffic no longer passes is said."""
    if shadowed(ctx):
        message = "The router sends what is meant for the internet to its own gateway, and no longer through what stood here."
        advice = "Where an appliance must see the traffic, put the subnets behind it on a router that has no external gateway."
        ctx.report("C2H3002", Severity.WARNING, message, advice, (way_of(ctx).hop,))
    made = ctx.find("gateway")
    if made is not None and ctx.id not in ctx.t.plan.claimed:
        made.deletion_policy = "retain"


@reference_hook("network.route_reference")
def route_reference(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """What holds the route."""
    names = (ctx.name(ctx.id, key) for key in ("routes", "gateway", "router"))
    return next((hot.GetResource(name) for name in names if name is not None), None)


@reference_hook("network.route_destination")
def route_destination(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The destination as the source says it."""
    return next((ctx.hot(value) for key in DESTINATIONS if (value := ctx.value(key)) is not None), None)


# ---- peering ---------------------------------------------------------------------------------------------------------


def _side(plan: PlanContext, key: str) -> Domain | None:
    return topology(plan).domains.get(topology(plan).place(plan.value(key)))


def link_address(plan: PlanContext, peering: str, host: int) -> str:
    """An address in the link between two routers: each peering has a /29 of the shared range 100.64.0.0/10."""
    links = [resource.name for resource in plan.template.resources.values() if resource.type == EC2 + "VPCPeeringConnection"]
    return f"100.64.{links.index(peering)}.{host}"


@finish_hook("network.peering")
def finish_peering(ctx: ResourceContext) -> None:
    """A small network between the two routers: the requester has its first address, the accepter its second."""
    ctx.set("link_subnet.cidr", hot.Literal(link_address(ctx, ctx.id, 0) + "/29"))
    second = hot.HotMap({
        "subnet": hot.GetResource(ctx.emit("link_subnet").name),
        "ip_address": hot.Literal(link_address(ctx, ctx.id, 2)),
    })  # fmt: skip
    ctx.set("far_port.fixed_ips", hot.HotList((second,)))
    for key, side in (("near", "VpcId"), ("far", "PeerVpcId")):
        domain = _side(ctx, side)
        router = router_value(ctx, domain)
        if router is None:
            because = f"Router of the network that is {side} of {ctx.id}; this template does not make it."
            router = ctx.hole(f"{ctx.id}_{key}_router", because)
            message = "That network lies outside of this template: its router, of this project, is a parameter."
            advice = "Give that router the way back: openstack router add route with the first address of the link."
            ctx.report("C2H3002", Severity.WARNING, message, advice, (side,))
        ctx.set(f"{key}.router", router)
