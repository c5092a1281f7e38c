"""VPCs and subnets: tags, name servers, IPv6, and the interface of each subnet on its router."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import all_of, guarded, members, named
from cfn2heat.hooks.topology import EC2, Domain, router_condition, router_of_subnet, router_value, topology
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotParameter, HotResource
from cfn2heat.source import Path
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook

SHARED = "One Neutron router serves every subnet of the network, and its gateway translates addresses for all of them."


# ---- tags and names --------------------------------------------------------------------------------------------------


@property_hook("network.tags")
def tags(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Tags as Neutron has them: Name becomes the name, the others texts of the form key=value."""
    primary = ctx.rule.primary
    assert primary is not None
    kept: dict[str, hot.HotValue] = {}
    for member in members(value, path):
        entries = member.value.entries if isinstance(member.value, cfn.Map) else {}
        key, content = entries.get("Key"), entries.get("Value")
        text = ctx.text(content) if content is not None else hot.Literal("")
        if ctx.constant(key) == "Name" and not member.guard and ctx.get(f"{primary.key}.name") is None:
            ctx.set(f"{primary.key}.name", text)
            ctx.translated(member.path, f"{primary.key}.name")
        elif key is not None:
            tag = _joined(ctx.text(key), text)
            kept[repr(tag)] = guarded(tag, all_of(member.guard))
            ctx.translated(member.path, f"{primary.key}.tags")
        else:
            ctx.dropped(
                member.path, "The tags are computed when the stack is made and cannot be read here.", severity=Severity.NOTE
            )
    return hot.HotList(tuple(kept.values())) if kept else None


def _joined(key: hot.HotValue, text: hot.HotValue) -> hot.HotValue:
    if isinstance(key, hot.Literal) and isinstance(text, hot.Literal):
        return hot.Literal(f"{key.value}={text.value}")
    return hot.ListJoin("=", (hot.HotList((key, text)),))


# ---- VPC -------------------------------------------------------------------------------------------------------------


@finish_hook("network.vpc")
def vpc(ctx: ResourceContext) -> None:
    """The domain of the DHCP options is a property of the network."""
    options = topology(ctx).dhcp.get(ctx.id)
    domain = _dhcp(ctx, options, "DomainName")
    if domain is None or _is_of_aws(ctx, domain) or _of_template(ctx, domain):
        return
    constant = ctx.constant(domain)
    dotted: hot.HotValue = hot.ListJoin("", (hot.HotList((ctx.text(domain), hot.Literal("."))),))
    if isinstance(constant, str):
        dotted = hot.Literal(constant.split()[0].rstrip(".") + ".")
    ctx.set("net.dns_domain", guarded(dotted, _dhcp_condition(ctx, options)))


def _dhcp_condition(ctx: ResourceContext, options: str | None) -> hot.HotValue | None:
    """The condition of the options, where it is not that of what takes them."""
    condition = None if options is None else ctx.template.resources[options].condition
    return None if condition in (None, ctx.resource.condition) else hot.Literal(condition)


@predicate("network.servers_inside")
def servers_inside(plan: PlanContext) -> bool:
    """The name servers are resources of the template: they need the subnets that would name them."""
    return _of_template(plan, plan.value("DomainNameServers"))


@predicate("network.options_outside")
def options_outside(plan: PlanContext) -> bool:
    """The options are not of this template, though the network may be."""
    return topology(plan).referred(plan.resource, "DhcpOptionsId", "DHCPOptions") is None


def _of_template(plan: PlanContext, value: cfn.Value | None) -> bool:
    return any(plan.t.plan.hot_names(resource.name) for resource in plan.resources_of(value))


def _dhcp(ctx: ResourceContext, options: str | None, key: str) -> cfn.Value | None:
    return None if options is None else ctx.template.resources[options].properties.entries.get(key)


def _is_of_aws(ctx: ResourceContext, domain: cfn.Value) -> bool:
    """AWS's own internal domain, or one that may be empty: neither is a domain for Neutron."""
    texts = [domain.text] if isinstance(domain, cfn.Sub) else []
    constant = ctx.constant(domain)
    texts += [constant] if isinstance(constant, str) else sorted(ctx.possible(domain) or [])
    if isinstance(domain, (cfn.If, cfn.Join)):
        return True
    return any(not text.strip() or text.endswith((".internal", ".internal.")) for text in texts)


@reference_hook("network.vpc_block")
def vpc_block(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """CidrBlock of a VPC: what the source says, since the network itself has none."""
    return ctx.hot(ctx.value("CidrBlock"))


@predicate("network.dedicated")
def dedicated(plan: PlanContext) -> bool:
    """The tenancy may be another than the default."""
    return bool((plan.possible(plan.value("InstanceTenancy")) or set()) - {"default"})


# ---- subnets ---------------------------------------------------------------------------------------------------------


@predicate("network.has_ipv4")
def has_ipv4(plan: PlanContext) -> bool:
    """The subnet has an IPv4 block, or says none at all."""
    return plan.value("CidrBlock") is not None or plan.value("Ipv4IpamPoolId") is not None or not has_ipv6(plan)


@predicate("network.has_ipv6")
def has_ipv6(plan: PlanContext) -> bool:
    """The subnet has an IPv6 block of its own."""
    return any(plan.value(key) is not None for key in ("Ipv6CidrBlock", "Ipv6IpamPoolId"))


@predicate("network.says_block")
def says_block(plan: PlanContext) -> bool:
    """The subnet says its IPv4 block itself."""
    return plan.value("CidrBlock") is not None


@predicate("network.implicit_interface")
def implicit_interface(plan: PlanContext) -> bool:
    """The subnet uses the main route table: nothing but itself says that it is on the router."""
    domain = topology(plan).domain(plan.id)
    routed = domain is not None and domain.routed and plan.id not in plan.t.options.elsewhere
    return has_ipv4(plan) and routed and plan.id not in topology(plan).associations


@predicate("network.ipv6_interface")
def ipv6_interface(plan: PlanContext) -> bool:
    """The IPv6 block needs an interface of its own on the router."""
    return has_ipv6(plan) and router_of_subnet(plan, plan.id) is not None


def attach(ctx: ResourceContext, interface: str, subnet: HotResource, domain: Domain) -> None:
    """Put a subnet of the template on a router of the template, whenever both are there."""
    resource = ctx.find(interface)
    router = router_value(ctx, domain)
    if resource is None or router is None:
        return
    resource.properties = {"router": router, "subnet": hot.GetResource(subnet.name)}
    conditions = [router_condition(ctx, domain), subnet.condition]
    resource.condition = named(ctx.t, all_of(tuple(hot.Literal(condition) for condition in conditions if condition)))


@finish_hook("network.subnet")
def subnet(ctx: ResourceContext) -> None:
    """Name servers, the interface on the router, the IPv6 half."""
    main = ctx.find("subnet")
    domain = router_of_subnet(ctx, ctx.id)
    if main is not None:
        if not {"cidr", "subnetpool"} & main.properties.keys():
            because = f"The template does not say the address block of the subnet {ctx.id}."
            main.properties["cidr"] = ctx.hole(f"{ctx.id}_cidr", because)
        _set_name_servers(ctx, main)
    second = ctx.find("ipv6")
    if second is not None:
        _finish_ipv6(ctx, second, main)
    for key, resource in (("interface", main), ("ipv6_interface", second)):
        if resource is not None and domain is not None:
            attach(ctx, key, resource, domain)
    if ctx.id in ctx.t.options.elsewhere:
        ctx.report("C2H3002", Severity.NOTE, "A template around this one puts the subnet on a router: here it is on none.")
    elif domain is None:
        _warn_without_router(ctx)
    elif domain.gateways and domain.adopted is None and ctx.id not in topology(ctx).associations:
        _warn_of_way_out(ctx, f"The subnet {ctx.id}")


def _set_name_servers(ctx: ResourceContext, main: HotResource) -> None:
    domain = topology(ctx).domain(ctx.id)
    options = topology(ctx).dhcp.get(domain.place) if domain else None
    servers = _dhcp(ctx, options, "DomainNameServers")
    own = servers is not None and _of_template(ctx, servers)
    found = None if servers is None or own else _name_servers(ctx, servers)
    if found is not None:
        main.properties["dns_nameservers"] = guarded(found, _dhcp_condition(ctx, options))
    elif not own and ctx.site.value("dns_servers"):
        main.properties["dns_nameservers"] = ctx.site_value("dns_servers")


def _name_servers(ctx: ResourceContext, servers: cfn.Value) -> hot.HotValue | None:
    """The servers without AWS's own; Neutron takes five."""
    own: list[hot.HotValue] = []
    for member in members(servers):
        found = ctx.hot(member.value)
        if found is None or ctx.constant(member.value) == "AmazonProvidedDNS":
            continue
        if isinstance(found, hot.GetParam) and ctx.parameter_type(found.name) == "comma_delimited_list":
            return _without_amazon(found)
        if "AmazonProvidedDNS" in (ctx.possible(member.value) or ()):
            is_amazon = hot.Function("equals", hot.HotList((found, hot.Literal("AmazonProvidedDNS"))))
            found = hot.If(hot.Function("not", is_amazon), found, None)
        own.append(guarded(found, all_of(member.guard)))
    return hot.HotList(tuple(own[:5])) if own else None


def _without_amazon(servers: hot.HotValue) -> hot.HotValue:
    return hot.Yaql('$.data.servers.where($ != "AmazonProvidedDNS")', {"servers": servers})


def _finish_ipv6(ctx: ResourceContext, second: HotResource, main: HotResource | None) -> None:
    if main is not None:
        second.properties["network"] = main.properties.get("network", hot.Literal(""))
    value = ctx.value("Ipv6CidrBlock")
    if isinstance(value, cfn.If) and second.condition is None:
        for branch, condition in ((value.otherwise, hot.Literal(value.condition)), (value.then, None)):
            if isinstance(branch, cfn.NoValue) and condition is not None:
                second.condition = value.condition
                second.properties["cidr"] = ctx.hot(value.then) or second.properties["cidr"]


@property_hook("network.ipv6_block")
def ipv6_block(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """An IPv6 block; one that is cut from the block that AWS assigns to the VPC is asked for."""
    if not any(resource.type == EC2 + "VPC" for resource in ctx.resources_of(value)):
        return ctx.hot(value)
    because = (
        "AWS assigns the block of the VPC; here the block of each subnet is a parameter, by default of the unique local range."
    )
    ctx.adapted(path, because, "ipv6.cidr")
    subnets = [resource.name for resource in ctx.template.resources.values() if "Subnet" in resource.type]
    block = f"fd00:0:0:{subnets.index(ctx.id) + 1:x}::/64"
    constraint = hot.HotMap({"custom_constraint": hot.Literal("net_cidr")})
    description = f"IPv6 block of {ctx.id}, a /64"
    asked = HotParameter("", "string", description=description, default=hot.Literal(block), constraints=[constraint])
    return ctx.parameter(f"{ctx.id}_ipv6_cidr", asked)


def _warn_without_router(ctx: ResourceContext) -> None:
    domain = topology(ctx).domain(ctx.id)
    if domain is not None and domain.vpc is None and ctx.id not in topology(ctx).associations:
        message = "The network lies outside of this template and nothing here says which router serves it: the subnet is on none."
        advice = f"Run openstack router add subnet with the router of that network and {ctx.id}."
        ctx.report("C2H3002", Severity.WARNING, message, advice, ("VpcId",))


def _warn_of_way_out(ctx: ResourceContext, who: str) -> None:
    message = f"{who} has no route to the internet in the source. {SHARED} Its servers can reach the internet now."
    advice = "Give their security groups egress rules that allow only what they need."
    ctx.report("C2H3002", Severity.WARNING, message, advice)


# ---- route tables and their associations -----------------------------------------------------------------------------


@plan_hook("network.association")
def plan_association(plan: PlanContext) -> None:
    """A subnet has one interface on its router, however many associations it has."""
    found = topology(plan)
    subnet = found.referred(plan.resource, "SubnetId", "Subnet")
    own = plan.name(plan.id, "interface")
    if subnet is None or own is None:
        return
    first = found.associations[subnet][0]
    if first != plan.id:
        name = plan.name(first, "interface")
        plan.claim(plan.id, first)
        own = name or own
        plan.bind(plan.id, "interface", own)
    plan.bind(subnet, "interface", own)


@finish_hook("network.association")
def association(ctx: ResourceContext) -> None:
    """The interface exists whenever the subnet and its router do."""
    subnet = topology(ctx).referred(ctx.resource, "SubnetId", "Subnet")
    if subnet is None and isinstance(ctx.value("SubnetId"), cfn.Ref | cfn.ImportValue):
        message = "The subnet lies outside of this template: Neutron refuses it where another router has its gateway address."
        advice = "Take it off that router first (openstack router remove subnet)."
        ctx.report("C2H3002", Severity.WARNING, message, advice, ("SubnetId",))
    if subnet is None or ctx.id in ctx.t.plan.claimed:
        return
    domain = router_of_subnet(ctx, subnet)
    name = ctx.name(subnet, "subnet")
    if domain is not None and name is not None and name in ctx.t.hot.resources:
        attach(ctx, "interface", ctx.t.hot.resources[name], domain)


@finish_hook("network.table")
def table(ctx: ResourceContext) -> None:
    """A table without a way out, on a router that has one: its subnets gain what they had not."""
    found = topology(ctx)
    domain = found.domain(ctx.id)
    if domain is None:
        return
    if domain.owner == ctx.id:
        message = "The VPC lies outside of this template: this is one more router on its network, apart from the others there."
        advice = (
            "Where they must be, put the subnets on the network's own router, or give each router a route to the other's subnets."
        )
        ctx.report("C2H3002", Severity.WARNING, message, advice, ("VpcId",))
    if domain.adopted is not None or not domain.gateways:
        return
    used = any(use.resource and ctx.type_of(use.resource).endswith("Association") for use in ctx.users(ctx.id))
    out = found.out_of(ctx.id)
    sure = any(ctx.template.resources[name].condition in (None, ctx.resource.condition) for name in out)
    if used and not sure:
        always = "" if not out else f", other than by {' or '.join(out)} on its condition,"
        _warn_of_way_out(ctx, f"The route table {ctx.id}{always}")


# ---- associations and zones of subnets --------------------------------------------------------------------------------


@property_hook("network.of_association")
def of_association(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The router or the subnet of an association; a second association of the subnet changes nothing."""
    return None if ctx.id in ctx.t.plan.claimed else ctx.hot(value)


@reference_hook("network.zone_of_subnet")
def zone_of_subnet(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The zone of a subnet: a Neutron subnet has none, so that the first one of the site stands for it."""
    return hot.GetParam(ctx.site_value("zones").name, (hot.Literal(0),))


@plan_hook("network.subnet")
def plan_subnet(plan: PlanContext) -> None:
    """A subnet without IPv4 is its IPv6 half."""
    name = plan.name(plan.id, "ipv6")
    if name is not None and plan.name(plan.id, "subnet") is None:
        plan.bind(plan.id, "subnet", name)


@plan_hook("network.part_of_vpc")
def plan_block_of_vpc(plan: PlanContext) -> None:
    """A further block of a VPC is part of its network."""
    plan.join(topology(plan).referred(plan.resource, "VpcId", "VPC"), "net")


# ---- IPv6 blocks of subnets ------------------------------------------------------------------------------------------


@predicate("network.block_interface")
def block_interface(plan: PlanContext) -> bool:
    """The block's subnet is on a router of this template."""
    subnet = topology(plan).referred(plan.resource, "SubnetId", "Subnet")
    return subnet is not None and router_of_subnet(plan, subnet) is not None


@property_hook("network.network_of_block")
def network_of_block(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The network of the subnet that has the block."""
    subnet = topology(ctx).referred(ctx.resource, "SubnetId", "Subnet")
    if subnet is not None:
        return ctx.hot(ctx.template.resources[subnet].properties.entries.get("VpcId"))
    return ctx.hole(f"{ctx.id}_network", f"Heat cannot tell the network of a subnet that lies outside: the one for {ctx.id}.")


@finish_hook("network.block")
def block(ctx: ResourceContext) -> None:
    """The block's subnet is on the same router as the subnet that has it."""
    subnet = topology(ctx).referred(ctx.resource, "SubnetId", "Subnet")
    domain = router_of_subnet(ctx, subnet) if subnet is not None else None
    if domain is not None:
        attach(ctx, "ipv6_interface", ctx.emit("ipv6"), domain)
