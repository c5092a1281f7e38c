"""Ports and floating IPs, and the addresses that are read of them."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import interfaces
from cfn2heat.hooks.branches import members
from cfn2heat.hooks.interfaces import EIP, INSTANCE, INTERFACE, Interface, present
from cfn2heat.hooks.servers import PORT_ORDER, arrange, first_port
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_index
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, property_hook, reference_hook

# ---- attachments -----------------------------------------------------------------------------------------------------


@plan_hook("ec2.interface_attachment")
def interface_attachment(plan: PlanContext) -> None:
    """The attachment of an interface is a part of its server."""
    server = plan.resource_of(plan.value("InstanceId"))
    name = plan.name(server.name, "server") if server is not None and server.type == INSTANCE else None
    if name is not None:
        plan.bind(plan.id, "server", name)


# ---- ports and floating IPs ------------------------------------------------------------------------------------------


@finish_hook("ec2.network_interface")
def finish_network_interface(ctx: ResourceContext) -> None:
    """Network and addresses of a port."""
    port, properties = ctx.emit("port"), ctx.resource.properties.entries
    interface = Interface({key: value for key, value in properties.items() if present(value)})
    port.properties["network"] = interfaces.network_of(ctx, interface)
    fixed = interfaces.addresses(ctx, interface)
    if fixed:
        port.properties["fixed_ips"] = ctx.fit(hot.HotList(tuple(fixed)), ctx.schema("port.fixed_ips"))
    arrange(port, PORT_ORDER)


@property_hook("ec2.port_of_server")
def port_of_server(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The first port of the server that a floating IP is for; a server from elsewhere is asked for its port."""
    if isinstance(value, cfn.If):
        then = port_of_server(ctx, value.then, (*path, "Fn::If", 1))
        return branch(hot.Literal(value.condition), then, port_of_server(ctx, value.otherwise, (*path, "Fn::If", 2)))
    if isinstance(value, cfn.NoValue):
        return None
    server = ctx.resource_of(value)
    port = first_port(ctx, server) if server is not None and server.type == INSTANCE else None
    if port is not None:
        return port
    name = value.name if isinstance(value, cfn.Ref) else ctx.id
    return ctx.hole(f"{name}_port", "A floating IP belongs to a port; openstack port list --server tells that of the server.")


@property_hook("ec2.floating_ip")
def floating_ip(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The id of the floating IP that an association names by allocation or by address."""
    if isinstance(value, cfn.If):
        then = floating_ip(ctx, value.then, (*path, "Fn::If", 1))
        return branch(hot.Literal(value.condition), then, floating_ip(ctx, value.otherwise, (*path, "Fn::If", 2)))
    found = ctx.resource_of(value)
    if found is not None and found.type == EIP and not isinstance(value, cfn.Select):
        return eip_id(ResourceContext(ctx.t, found.name), "AllocationId")
    if path[0] == "AllocationId" and ctx.constant(value) is UNKNOWN:
        return ctx.hot(value)
    because = "The id of a floating IP (openstack floating ip list); AWS's own addresses and allocations do not exist here."
    return ctx.hole(f"{ctx.id}_floating_ip", because)


@finish_hook("ec2.eip")
def finish_eip(ctx: ResourceContext) -> None:
    """A floating IP that is made on a port waits for the router and says which address it serves."""
    address = ctx.find("address")
    if address is not None and ctx.value("InstanceId") is not None:
        serve(ctx, address, ctx.resources_of(ctx.value("InstanceId")))


@finish_hook("ec2.eip_association")
def finish_eip_association(ctx: ResourceContext) -> None:
    """The association waits for the router and says which address it serves; both of its ends must be there."""
    association = ctx.emit("association")
    ends = ("InstanceId", "NetworkInterfaceId")
    serve(ctx, association, [found for key in ends for found in ctx.resources_of(ctx.value(key))])
    if "floatingip_id" not in association.properties:
        because = "The id of the floating IP that is associated."
        association.properties["floatingip_id"] = ctx.hole(f"{ctx.id}_floating_ip", because)
    if "port_id" not in association.properties:
        association.properties["port_id"] = ctx.hole(f"{ctx.id}_port", "The port that the floating IP is associated with.")


def serve(ctx: ResourceContext, address: HotResource, ends: list[Resource]) -> None:
    """Let a floating IP wait for what connects the subnet of its port; name one address where there are several."""
    for end in ends:
        entries = _port_entries(ctx, end)
        for name in interfaces.subnet_interfaces(ctx, entries.get("SubnetId")):
            ctx.depends_on(address, name)
        port = address.properties.get("port_id")
        several = interfaces.several_addresses(ctx, entries) and "fixed_ip_address" not in address.properties
        if several and isinstance(port, hot.GetResource):
            address.properties["fixed_ip_address"] = interfaces.primary_address(ctx, entries, port.name)


def _port_entries(ctx: PlanContext, end: Resource) -> dict[str, cfn.Value]:
    """What is said of the port of an instance, or of a network interface."""
    if end.type == INTERFACE:
        return end.properties.entries
    if end.type != INSTANCE:
        return {}
    first = interfaces.interfaces(ctx, end)[0]
    found = ctx.resource_of(first.existing)
    return found.properties.entries if found is not None else first.entries


# ---- references ------------------------------------------------------------------------------------------------------


@reference_hook("ec2.private_ip")
def private_ip(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The address of a server's first port."""
    _say_address(ctx, attribute)
    first = interfaces.interfaces(ctx, ctx.resource)[0]
    port = ctx.resource_of(first.existing)
    if port is not None and port.type == INTERFACE:
        return ctx.reference(port.name, "PrimaryPrivateIpAddress")
    own = ctx.name(ctx.id, "port")
    if own is not None:
        return interfaces.primary_address(ctx, first.entries, own)
    server = ctx.name(ctx.id, "server")
    return None if server is None else hot.GetAttr(server, "first_address")


NAMES = {
    "PrivateDnsName": "Neutron's name for a port becomes another when the server is there, and Heat knows the earlier one only.",
    "PublicDnsName": "A floating IP has no name of its own.",
}


def _say_address(ctx: ResourceContext, attribute: str) -> None:
    """Where a name was asked for an address serves as well."""
    if attribute in NAMES:
        advice = "Where the name itself matters, make one with OS::Designate::RecordSet."
        ctx.report("C2H3002", Severity.NOTE, f"{attribute} gives an address. {NAMES[attribute]}", advice)


@reference_hook("ec2.public_ip")
def public_ip(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The floating IP of a server: that of an EIP, its own, else its private address."""
    _say_address(ctx, attribute)
    own = ctx.name(ctx.id, "address")
    found = private_ip(ctx, attribute) if own is None else hot.GetAttr(own, "floating_ip_address")
    users = interfaces.serving(ctx, ctx.resource)
    for user, condition in zip(users, interfaces.conditions(ctx.resource, users), strict=True):
        eip = user if user.type == EIP else _associated(ctx, user)
        if eip is not None:
            address = ctx.reference(eip.name)
            found = address if condition is None else branch(condition, address, found)
    return found


def _associated(ctx: ResourceContext, association: Resource) -> Resource | None:
    for key in ("AllocationId", "EIP"):
        for found in ctx.resources_of(association.properties.entries.get(key)):
            if found.type == EIP:
                return found
    return None


@reference_hook("ec2.network_of_server")
def network_of_server(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The network of a server's first port."""
    first = interfaces.interfaces(ctx, ctx.resource)[0]
    port = ctx.resource_of(first.existing)
    if port is not None and port.type == INTERFACE:
        return ctx.reference(port.name, "VpcId")
    return interfaces.network_of(ctx, first)


@reference_hook("ec2.primary_address")
def primary_address(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The first address of a port."""
    return interfaces.primary_address(ctx, ctx.resource.properties.entries, ctx.emit("port").name)


@reference_hook("ec2.secondary_address_list")
def secondary_address_list(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The further addresses of a port: as the source says them, else as Neutron chose them."""
    entries = ctx.resource.properties.entries
    said = interfaces.private_addresses(ctx, entries)[1:]
    found = [value for value in (ctx.hot(address) for address, _ in said) if value is not None]
    count = as_index(ctx.constant(entries.get("SecondaryPrivateIpAddressCount"))) or 0
    return hot.HotList((*found, *(_fixed_address(ctx, len(said) + number + 1) for number in range(count))))


def _fixed_address(ctx: ResourceContext, index: int) -> hot.HotValue:
    return hot.GetAttr(ctx.emit("port").name, "fixed_ips", (hot.Literal(index), hot.Literal("ip_address")))


@reference_hook("ec2.primary_ipv6")
def primary_ipv6(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The first IPv6 address that is said; one that Neutron chose cannot be told from the others beforehand."""
    for member in members(ctx.value("Ipv6Addresses")):
        if isinstance(member.value, cfn.Map):
            return ctx.hot(member.value.entries.get("Ipv6Address"))
    return None


@reference_hook("ec2.eip_address")
def eip_address(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The address of a floating IP; that of a NAT gateway is the router's own."""
    router = ctx.name(ctx.id, "router")
    if router is not None:
        place = (hot.Literal("external_fixed_ips"), hot.Literal(0), hot.Literal("ip_address"))
        return hot.GetAttr(router, "external_gateway_info", place)
    name = ctx.name(ctx.id, "address")
    return None if name is None else hot.GetAttr(name, "floating_ip_address")


@reference_hook("ec2.eip_id")
def eip_id(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The id of a floating IP."""
    name = ctx.name(ctx.id, "router") or ctx.name(ctx.id, "address")
    return None if name is None else hot.GetResource(name)
