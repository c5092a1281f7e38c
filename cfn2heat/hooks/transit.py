"""Transit gateways: a router as the hub, with a port in a subnet of each network that is attached to it."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.hooks.branches import members
from cfn2heat.hooks.topology import ATTACHMENTS, EC2, topology
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook

MANY = "A router has one port in a network: the subnet that is named first has it."


def _subnets(plan: PlanContext, attachment: Resource) -> list[cfn.Value]:
    return [member.value for member in members(attachment.properties.entries.get("SubnetIds"))]


def _subnet(plan: PlanContext, attachment: Resource) -> str | None:
    """The template's subnet that has the hub's port, or None."""
    first = next(iter(_subnets(plan, attachment)), None)
    found = plan.resource_of(first)
    return found.name if found is not None and found.type == EC2 + "Subnet" else None


@property_hook("network.transit_subnets")
def transit_subnets(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The subnet of the hub's port."""
    found = list(members(value, path))
    for member in found[1:]:
        ctx.adapted(member.path, MANY, "port.fixed_ips")
    first = ctx.hot(found[0].value) if found else None
    if isinstance(first, hot.GetParam) and ctx.parameter_type(first.name) == "comma_delimited_list":
        first = hot.GetParam(first.name, (*first.path, hot.Literal(0)))
    return None if first is None else hot.HotList((hot.HotMap({"subnet": first}),))


@predicate("network.transit_network")
def transit_network(plan: PlanContext) -> bool:
    """The network behind the port and its block are known: the hub learns the way to it."""
    domain = topology(plan).domain(plan.id)
    return domain is not None and domain.vpc is not None and _subnet(plan, plan.resource) is not None


@finish_hook("network.transit_attachment")
def transit_attachment(ctx: ResourceContext) -> None:
    """The hub reaches the whole network by the network's own router, which is the gateway of the subnet."""
    domain = topology(ctx).domain(ctx.id)
    subnet = _subnet(ctx, ctx.resource)
    if ctx.find("routes") is None or domain is None or domain.vpc is None or subnet is None:
        return
    block = ctx.reference(domain.vpc, "CidrBlock")
    ctx.set("routes.router", ctx.get("interface.router") or hot.Literal(""))
    ctx.set("routes.routes", hot.HotList((hot.HotMap({"destination": block, "nexthop": _gateway(ctx, subnet)}),)))


def _gateway(ctx: ResourceContext, subnet: str) -> hot.HotValue:
    name = ctx.name(subnet, "subnet")
    assert name is not None
    return hot.GetAttr(name, "gateway_ip")


@plan_hook("network.transit_part")
def transit_part(plan: PlanContext) -> None:
    """Tables of a transit gateway, and what joins them, are part of the hub or of an interface on it."""
    attachment = plan.resource_of(plan.value("TransitGatewayAttachmentId"))
    if attachment is not None and attachment.type in ATTACHMENTS:
        plan.join(attachment.name, "interface")
        return
    gateway = plan.resource_of(plan.value("TransitGatewayId"))
    if gateway is not None:
        plan.join(gateway.name, "hub")
        return
    others = [resource.name for resource in plan.template.resources.values() if resource.type in ATTACHMENTS]
    if others:
        plan.join(others[0], "interface")


@reference_hook("network.transit_table")
def transit_table(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """A table of a transit gateway is the table of the hub."""
    return ctx.hot(ctx.value("TransitGatewayId"))


@predicate("network.transit_route")
def transit_route(plan: PlanContext) -> bool:
    """The route leads to an attachment."""
    return plan.value("TransitGatewayAttachmentId") is not None


@finish_hook("network.transit_route")
def finish_transit_route(ctx: ResourceContext) -> None:
    """The next hop of the hub: the router of the network that is attached."""
    destination = ctx.hot(ctx.value("DestinationCidrBlock"))
    if ctx.find("routes") is None or destination is None:
        return
    attachment = ctx.resource_of(ctx.value("TransitGatewayAttachmentId"))
    subnet = _subnet(ctx, attachment) if attachment is not None and attachment.type in ATTACHMENTS else None
    hop = _ask(ctx) if subnet is None else _gateway(ctx, subnet)
    ctx.set("routes.routes", hot.HotList((hot.HotMap({"destination": destination, "nexthop": hop}),)))


def _ask(ctx: ResourceContext) -> hot.HotValue:
    from cfn2heat.hooks.routes import ask_hop

    value = ctx.value("TransitGatewayAttachmentId")
    assert value is not None
    return ask_hop(ctx, "TransitGatewayAttachmentId", value)
