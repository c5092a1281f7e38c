"""Site-to-site VPN: the service on the router, its policies and the connection to the other site."""

from __future__ import annotations

from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import all_of, guarded, members
from cfn2heat.hooks.topology import EC2, Domain, router_value, topology
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook

CIPHERS = {
    "AES128": "aes-128",
    "AES256": "aes-256",
    "AES128-GCM-16": "aes-128-gcm-16",
    "AES256-GCM-16": "aes-256-gcm-16",
}
DIGESTS = {"SHA2-256": "sha256", "SHA2-384": "sha384", "SHA2-512": "sha512"}
GROUPS = {str(number): f"group{number}" for number in (*range(14, 25),)}
LISTS = {
    "IKEVersions": ("ike.ike_version", {"ikev1": "v1", "ikev2": "v2"}),
    "Phase1DHGroupNumbers": ("ike.pfs", GROUPS),
    "Phase1EncryptionAlgorithms": ("ike.encryption_algorithm", CIPHERS),
    "Phase1IntegrityAlgorithms": ("ike.auth_algorithm", DIGESTS),
    "Phase2DHGroupNumbers": ("ipsec.pfs", GROUPS),
    "Phase2EncryptionAlgorithms": ("ipsec.encryption_algorithm", CIPHERS),
    "Phase2IntegrityAlgorithms": ("ipsec.auth_algorithm", DIGESTS),
}
LIFETIMES = {"Phase1LifetimeSeconds": "ike.lifetime", "Phase2LifetimeSeconds": "ipsec.lifetime"}


def _connections(plan: PlanContext, key: str) -> list[str]:
    """The VPN connections of the template that name this resource by a property."""
    return [
        resource.name
        for resource in plan.template.resources.values()
        if resource.type == EC2 + "VPNConnection" and plan.resource_of(resource.properties.entries.get(key)) is plan.resource
    ]


# ---- the service on the router ---------------------------------------------------------------------------------------


@finish_hook("vpn.gateway")
def gateway(ctx: ResourceContext) -> None:
    """The service stands on the router of the VPC that the gateway is attached to."""
    domain = topology(ctx).domain(ctx.id)
    router = router_value(ctx, domain)
    if router is None or domain is None:
        router = ctx.hole(f"{ctx.id}_router", "Nothing in this template says which router the VPN service stands on.")
    ctx.set("service.router", router)
    subnet = _subnet_of_service(ctx, domain)
    if subnet is None or domain is None:
        ctx.set("service.subnet", ctx.hole(f"{ctx.id}_subnet", "Subnet behind the router that the VPN makes reachable."))
        return
    ctx.set("service.subnet", hot.GetResource(ctx.name(subnet, "subnet") or subnet))
    interface = ctx.name(subnet, "interface")
    if interface is not None:
        # Heat does not infer it, and Neutron refuses a service on a subnet that is not on the router.
        ctx.depends_on(ctx.emit("service"), interface)
    if len(domain.subnets) > 1:
        message = f"A VPN service of Heat makes one subnet reachable: {subnet}, and not the others of the network."
        advice = "Add the others to an endpoint group (openstack vpn endpoint group create) and set it on the connection."
        ctx.report("C2H3002", Severity.WARNING, message, advice)


def _subnet_of_service(ctx: ResourceContext, domain: Domain | None) -> str | None:
    """A subnet whose table leads into the VPN, else the first; one without a condition before others."""
    if domain is None:
        return None
    leading = {way.table for way in topology(ctx).ways.values() if way.kind == "vpn"}
    for resource in ctx.template.resources.values():
        if resource.type == EC2 + "VPNGatewayRoutePropagation":
            tables = ctx.resources_of(resource.properties.entries.get("RouteTableIds"))
            leading |= {table.name for table in tables}
    usable = [subnet for subnet in domain.subnets if ctx.name(subnet, "subnet") is not None]
    return min(usable, key=lambda subnet: _rank(ctx, subnet, leading), default=None)


def _rank(ctx: ResourceContext, subnet: str, leading: set[str | None]) -> tuple[bool, bool]:
    associations = topology(ctx).associations.get(subnet, [])
    tables = {topology(ctx).referred(ctx.template.resources[name], "RouteTableId", "RouteTable") for name in associations}
    return ctx.template.resources[subnet].condition is not None, not tables & (leading - {None})


# ---- what becomes part of service or connection ----------------------------------------------------------------------


@plan_hook("vpn.customer")
def plan_customer(plan: PlanContext) -> None:
    """The other site's gateway is the peer of each connection to it."""
    plan.join(next(iter(_connections(plan, "CustomerGatewayId")), None), "connection")


@plan_hook("vpn.route")
def plan_route(plan: PlanContext) -> None:
    """A static route is a peer network of its connection."""
    found = plan.resource_of(plan.value("VpnConnectionId"))
    plan.join(found.name if found is not None else None, "connection")


@plan_hook("vpn.propagation")
def plan_propagation(plan: PlanContext) -> None:
    """Routes of a VPN need no propagation in Neutron."""
    found = plan.resource_of(plan.value("VpnGatewayId"))
    plan.join(found.name if found is not None else None, "service")


@reference_hook("vpn.address")
def customer_address(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The other site's gateway is known by its address."""
    return ctx.hot(ctx.value("IpAddress"))


# ---- the connection --------------------------------------------------------------------------------------------------


@predicate("vpn.own_service")
def own_service(plan: PlanContext) -> bool:
    """No VPN gateway makes the service, so that the connection brings its own."""
    return plan.value("VpnGatewayId") is None


@finish_hook("vpn.connection")
def connection(ctx: ResourceContext) -> None:
    """Who the peer is, which networks are behind it, and the secret that both know."""
    peer = ctx.hot(ctx.value("CustomerGatewayId"))
    known = ctx.resource_of(ctx.value("CustomerGatewayId"))
    if peer is None or known is None or known.type != EC2 + "CustomerGateway":
        peer = ctx.hole(f"{ctx.id}_peer_address", "Address of the other site's VPN gateway.")
    ctx.set("connection.peer_address", peer)
    ctx.set("connection.peer_id", peer)
    ctx.set("connection.peer_cidrs", _peer_networks(ctx))
    if ctx.get("connection.psk") is None:
        ctx.set("connection.psk", ctx.hole(f"{ctx.id}_psk", "Secret that both ends of the VPN share.", hidden=True))
    if ctx.find("service") is not None:
        _own_service(ctx)


def _own_service(ctx: ResourceContext) -> None:
    because = "Nothing in this template says which router the VPN service stands on."
    router = ctx.hot(ctx.value("TransitGatewayId")) or ctx.hole(f"{ctx.id}_router", because)
    ctx.set("service.router", router)
    ctx.set("service.subnet", ctx.hole(f"{ctx.id}_subnet", "Subnet behind the router that the VPN makes reachable."))
    ctx.set("connection.vpnservice_id", hot.GetResource(ctx.emit("service").name))


def _peer_networks(ctx: ResourceContext) -> hot.HotValue:
    found: dict[str, hot.HotValue] = {}
    for network in _networks(ctx):
        found.setdefault(repr(network), network)
    if found:
        return hot.HotList(tuple(found.values()))
    return hot.HotList((ctx.hole(f"{ctx.id}_peer_cidr", "Network behind the other site's VPN gateway."),))


def _networks(ctx: ResourceContext) -> Iterator[hot.HotValue]:
    """Static routes of the connection, else what route tables send into it, else its own word on the other side."""
    resources = ctx.template.resources
    routes = [
        resource
        for resource in resources.values()
        if resource.type == EC2 + "VPNConnectionRoute"
        and ctx.resource_of(resource.properties.entries.get("VpnConnectionId")) is ctx.resource
    ]
    gateway = ctx.resource_of(ctx.value("VpnGatewayId"))
    ways = [resources[name] for name, way in topology(ctx).ways.items() if way.kind == "vpn" and gateway is not None]
    for resource in routes or ways:
        network = ctx.hot(resource.properties.entries.get("DestinationCidrBlock"))
        condition = None if resource.condition in (None, ctx.resource.condition) else hot.Literal(resource.condition)
        if network is not None:
            yield guarded(network, condition)
    local = ctx.hot(ctx.value("LocalIpv4NetworkCidr"))
    if not routes and not ways and local not in (None, hot.Literal("0.0.0.0/0")):
        assert local is not None
        yield local


@property_hook("vpn.tunnels")
def tunnels(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The first tunnel's options; a connection of Neutron is one tunnel."""
    for index, member in enumerate(members(value, path)):
        if index or not isinstance(member.value, cfn.Map):
            because = "A connection of Neutron is one tunnel; AWS makes two to hosts of its own that may fail."
            ctx.dropped(member.path, because, "Make a second connection to another router where one must survive.", Severity.NOTE)
            continue
        for key, option in member.value.entries.items():
            _option(ctx, key, option, (*member.path, key), guard=all_of(member.guard))
    return None


def _option(ctx: ResourceContext, key: str, value: cfn.Value, path: Path, guard: hot.HotValue | None) -> None:
    if key == "PreSharedKey" and guard is None:
        ctx.set("connection.psk", ctx.hot(value) or hot.Literal(""))
        ctx.translated(path, "connection.psk")
    elif key in LIFETIMES:
        seconds = ctx.hot(value) or hot.Literal(3600)
        ctx.set(LIFETIMES[key], hot.HotMap({"units": hot.Literal("seconds"), "value": seconds}))
        ctx.translated(path, LIFETIMES[key])
    elif key in LISTS and _first_known(ctx, key, value):
        ctx.adapted(path, "A policy of Neutron names one: the first that both know.", LISTS[key][0])
    elif key in ("DPDTimeoutAction", "DPDTimeoutSeconds"):
        because = "Heat sends dead peer detection in a form that Neutron refuses; Neutron's defaults hold (hold, 30 s, 120 s)."
        ctx.dropped(path, because, severity=Severity.NOTE)
    else:
        ctx.dropped(path, "Neutron leaves it to its VPN driver.", severity=Severity.NOTE)


def _first_known(ctx: ResourceContext, key: str, value: cfn.Value) -> bool:
    target, table = LISTS[key]
    for member in members(value):
        entry = member.value.entries.get("Value") if isinstance(member.value, cfn.Map) else member.value
        found = table.get(as_text(ctx.constant(entry)))
        if found is not None:
            return ctx.set(target, hot.Literal(found))
    return False


@property_hook("vpn.tags")
def tags(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The tag Name is the name; Heat sets no tags on what makes a VPN."""
    found: hot.HotValue | None = None
    for member in members(value, path):
        entries = member.value.entries if isinstance(member.value, cfn.Map) else {}
        if ctx.constant(entries.get("Key")) == "Name" and "Value" in entries and not member.guard and found is None:
            found = ctx.text(entries["Value"])
        else:
            ctx.dropped(member.path, "Heat sets no tags on services and connections of a VPN.", severity=Severity.NOTE)
    return found
