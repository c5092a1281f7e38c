"""Load balancers in Octavia: the VIP, its subnet and its public address."""

from __future__ import annotations

from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import members
from cfn2heat.hooks.choices import both, is_word, without_nothing, words
from cfn2heat.hooks.emitting import condition_named, fill, restrict, tidy
from cfn2heat.hooks.verdicts import BALANCER_ATTRIBUTES, say_attributes
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, predicate, property_hook, reference_hook

CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
BALANCERS = (BALANCER, CLASSIC)
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
PUBLIC = "internet-facing"


# ---- the load balancer -----------------------------------------------------------------------------------------------


def scheme_of(plan: PlanContext) -> cfn.Value | None:
    """Scheme of a load balancer of either generation."""
    return plan.value("Scheme")


@predicate("loadbalancing.is_balancer")
def is_balancer(plan: PlanContext) -> bool:
    """Whether it balances connections; a gateway load balancer hands on packets, which Octavia does not."""
    return words(plan, plan.value("Type")) != {"gateway"}


@predicate("loadbalancing.is_ipv4")
def is_ipv4(plan: PlanContext) -> bool:
    """Whether clients reach it over IPv4 alone."""
    return words(plan, plan.value("IpAddressType")) <= {"ipv4"}


@predicate("loadbalancing.wants_public_address")
def wants_public_address(plan: PlanContext) -> bool:
    """Whether it may face the internet with an address of its own."""
    scheme = scheme_of(plan)
    constant = plan.constant(scheme)
    known = words(plan, scheme) if isinstance(scheme, cfn.If) else {as_text(constant)} if constant is not UNKNOWN else None
    internal = scheme is not None and known == {"internal"}
    return is_balancer(plan) and not internal and not list(allocations(plan))


def allocations(plan: PlanContext) -> Iterator[tuple[cfn.Value, Path, tuple[hot.HotValue, ...]]]:
    """Addresses that the template brings for a network load balancer."""
    for mapping in members(plan.value("SubnetMappings"), ("SubnetMappings",)):
        if isinstance(mapping.value, cfn.Map):
            allocation = mapping.value.entries.get("AllocationId")
            if allocation is not None and not isinstance(allocation, cfn.NoValue):
                yield allocation, (*mapping.path, "AllocationId"), mapping.guard


def public_condition(ctx: ResourceContext) -> hot.Literal | None:
    """The name of the condition for the public address; None: it is there whenever the load balancer is."""
    found = is_word(ctx, scheme_of(ctx), PUBLIC, True)
    if isinstance(found, bool):
        return None
    own = ctx.resource.condition
    wanted = found if own is None else both(hot.Literal(own), found)
    return hot.Literal(condition_named(ctx, f"{ctx.id}_is_public", wanted))


@property_hook("loadbalancing.subnets")
def subnets(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The VIP's subnet: the first of the list."""
    return first_subnet(ctx, value)


def first_subnet(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue | None:
    """The first subnet of a list, in each branch of an Fn::If."""
    match value:
        case cfn.If():
            return branch(hot.Literal(value.condition), first_subnet(ctx, value.then), first_subnet(ctx, value.otherwise))
        case cfn.Seq():
            return next((found for item in value.items if (found := first_subnet(ctx, item)) is not None), None)
        case None | cfn.NoValue():
            return None
        case cfn.Ref() if as_text(ctx.parameter_type(value.name)) == "comma_delimited_list":
            return hot.GetParam(value.name, (hot.Literal(0),))
        case cfn.Split() | cfn.FindInMap():
            index = cfn.Scalar(0, value.span)
            return ctx.hot(cfn.Select(index, value, value.span))
    return ctx.hot(value)


@property_hook("loadbalancing.subnet_mappings")
def subnet_mappings(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The first mapping's subnet and address are the VIP's; the others cannot be."""
    found: hot.HotValue | None = None
    for number, mapping in enumerate(members(value, path)):
        if not isinstance(mapping.value, cfn.Map):
            continue
        if found is None:
            subnet = ctx.hot(mapping.value.entries.get("SubnetId"))
            address = ctx.hot(mapping.value.entries.get("PrivateIPv4Address"))
            if address is not None:
                ctx.set("balancer.vip_address", address)
            found = subnet
        elif not mapping.guard or number > 0:
            ctx.dropped(mapping.path, "An Octavia load balancer has one VIP; the first subnet has it.", severity=Severity.NOTE)
    for step in ("IPv6Address", "SourceNatIpv6Prefix"):
        ctx.dropped((*path, 0, step), "The VIP is an IPv4 address.", "Make a further load balancer in an IPv6 subnet.")
    return found


@property_hook("loadbalancing.scheme")
def scheme(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Internal ones stay on the VIP; the others have a floating IP on it."""
    if ctx.find("address") is None and not list(allocations(ctx)):
        ctx.translated(path, "balancer")
    return None


@property_hook("loadbalancing.security_groups")
def security_groups(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Groups of this template give the listeners' allowed_cidrs; of others nothing is known."""
    groups = [resource for resource in ctx.resources_of(value) if resource.type == "AWS::EC2::SecurityGroup"]
    if groups:
        because = (
            "Octavia guards the VIP's port by a group of its own; CIDRs that these let in become allowed_cidrs of the listeners."
        )
        ctx.adapted(path, because, "balancer")
        warn_about_members(ctx, groups, path)
    else:
        ctx.dropped(
            path,
            "Octavia guards the VIP's port by a security group of its own, and lets everybody in on the listeners' ports.",
            "Limit who may connect: openstack loadbalancer listener set --allowed-cidr CIDR LISTENER.",
        )
    return None


def warn_about_members(ctx: ResourceContext, groups: list[Resource], path: Path) -> None:
    """Rules that admit the load balancer by its group do not admit Octavia's amphorae, unless their subnet is known."""
    if vip_cidr(ctx, ctx.id) is not None:
        return
    names = [group.name for group in groups if any(is_source(use.path) for use in ctx.users(group.name))]
    if names:
        message = (
            f"Members that admit {', '.join(names)} do not admit the load balancer: no amphora is in a group of the template."
        )
        advice = "Let the CIDR of the load balancer's subnet in on the members' port, in the members' security group."
        ctx.report("C2H3002", Severity.WARNING, message, advice, path)


def vip_cidr(ctx: ResourceContext, balancer: str) -> hot.HotValue | None:
    """The CIDR of a load balancer's subnet, where the template makes that subnet."""
    for subnet in subnets_of(PlanContext(ctx.t, balancer))[:1]:
        return ctx.hot(ctx.template.resources[subnet].properties.entries.get("CidrBlock"))
    return None


def vip_network(ctx: ResourceContext, balancer: str) -> hot.HotValue:
    """The network that a load balancer's amphorae speak to members from, asked for where it lies outside."""
    because = f"CIDR of the subnet of the load balancer {balancer}, from which its amphorae speak to the members."
    return vip_cidr(ctx, balancer) or ctx.hole(f"{balancer}_cidr", because)


def balancer_networks(ctx: ResourceContext, group: str) -> list[hot.HotValue]:
    """The known networks of the load balancers that are in a security group."""
    found: list[hot.HotValue] = []
    for use in ctx.users(group):
        if use.resource and ctx.type_of(use.resource) in BALANCERS and "SecurityGroups" in use.path:
            network = vip_cidr(ctx, use.resource)
            found += [network] if network is not None and network not in found else []
    return found


def is_source(path: Path) -> bool:
    """Whether a reference stands where a rule names the group that it admits."""
    return any(step in ("SourceSecurityGroupId", "SourceSecurityGroupName") for step in path)


@property_hook("loadbalancing.attributes")
def attributes(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Every attribute has its own verdict."""
    say_attributes(ctx, value, path, BALANCER_ATTRIBUTES, "An Octavia load balancer has no such attribute.")
    return None


@finish_hook("loadbalancing.balancer")
def finish_balancer(ctx: ResourceContext) -> None:
    """A subnet for the VIP, the order and condition of the public address, addresses that the template brings."""
    balancer = ctx.find("balancer")
    if balancer is None:
        say_gateway(ctx)
        return
    set_vip(ctx, balancer)
    place_address(ctx)
    associate(ctx, balancer)
    tidy(ctx)


def say_gateway(ctx: ResourceContext) -> None:
    """What hands packets on to appliances has no counterpart: where those stand in the path, no template shows."""
    because = "Octavia balances connections; a gateway load balancer hands packets to appliances, in GENEVE."
    advice = (
        "Put the appliance in the path: route the subnets through its port (OS::Neutron::ExtraRouteSet), or chain its ports "
        "(OS::Neutron::PortChain) where the cloud has networking-sfc, which one with OVN has not. It gets plain packets so."
    )
    ctx.report("C2H3004", Severity.ERROR, because, advice)


def set_vip(ctx: ResourceContext, balancer: HotResource) -> None:
    """The VIP needs a subnet in every case; the site's stands in where the template says none."""
    subnet = ctx.get("balancer.vip_subnet")
    if subnet is None or subnet != without_nothing(subnet, hot.Literal("")):
        fill(ctx, balancer, {"vip_subnet": without_nothing(subnet, ctx.site_value("default_subnet"))})


def place_address(ctx: ResourceContext) -> None:
    """The floating IP waits for the router of the VIP's subnet, and is there when the scheme wants it."""
    address = ctx.find("address")
    if address is None:
        return
    for subnet in subnets_of(ctx):
        interface = ctx.name(subnet, "interface")
        if interface is not None:
            ctx.depends_on(address, interface)
    condition = public_condition(ctx)
    if condition is not None:
        address.condition = str(condition.value)


def subnets_of(ctx: PlanContext) -> list[str]:
    """The template's subnets that a load balancer names."""
    found = [*ctx.resources_of(ctx.value("Subnets")), *ctx.resources_of(ctx.value("SubnetMappings"))]
    return [resource.name for resource in found if resource.type == "AWS::EC2::Subnet"]


def associate(ctx: ResourceContext, balancer: HotResource) -> None:
    """The first of the addresses that the template brings is the VIP's."""
    for number, (allocation, path, guard) in enumerate(allocations(ctx)):
        if number:
            ctx.dropped(path, "An Octavia load balancer has one VIP, which has the first address.", severity=Severity.WARNING)
            continue
        association = ctx.add("association", "OS::Neutron::FloatingIPAssociation", f"{ctx.id}_public_ip")
        port = hot.GetAttr(balancer.name, "vip_port_id")
        fill(ctx, association, {"floatingip_id": ctx.hot(allocation), "port_id": port})
        restrict(ctx, association, guard)
        for subnet in subnets_of(ctx):
            interface = ctx.name(subnet, "interface")
            if interface is not None:
                ctx.depends_on(association, interface)


@reference_hook("loadbalancing.address")
def address_of(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """Where clients reach it: the floating IP, else the VIP."""
    balancer, address = ctx.name(ctx.id, "balancer"), ctx.name(ctx.id, "address")
    if balancer is None:
        return None
    vip = hot.GetAttr(balancer, "vip_address")
    if address is not None:
        public = hot.GetAttr(address, "floating_ip_address")
        condition = public_condition(ctx)
        return public if condition is None else hot.If(condition, public, vip)
    for allocation, _, _ in allocations(ctx):
        owner = ctx.resource_of(allocation)
        return vip if owner is None else ctx.reference(owner.name)
    return vip
