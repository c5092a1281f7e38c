"""The network interfaces of a server, wherever the source says something about them, as Neutron ports."""

from __future__ import annotations

from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.beside import ask_network
from cfn2heat.hooks.branches import Guard, Member, all_of, guarded, members, under
from cfn2heat.hooks.once import once
from cfn2heat.hooks.topology import signature
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import property_schema
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotCondition, HotResource
from cfn2heat.record import record
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_index, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext, referred

INSTANCE = "AWS::EC2::Instance"
INTERFACE = "AWS::EC2::NetworkInterface"
INTERFACE_ATTACHMENT = "AWS::EC2::NetworkInterfaceAttachment"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"
SECURITY_GROUP = "AWS::EC2::SecurityGroup"
SUBNET = "AWS::EC2::Subnet"
EIP = "AWS::EC2::EIP"
EIP_ASSOCIATION = "AWS::EC2::EIPAssociation"
VPC_PARAMETER = "AWS::EC2::VPC::Id"

GROUPS = ("GroupSet", "Groups", "SecurityGroupIds", "SecurityGroups")
SERVER_LEVEL = ("SubnetId", *GROUPS, "PrivateIpAddress", "Ipv6Addresses", "SourceDestCheck", "AssociatePublicIpAddress")
"""Properties that speak of the first interface where no interface is written out."""

PREFIXES = "Neutron assigns single addresses and no prefixes to a port."
PREFIX_ADVICE = "Route the prefix to the port with OS::Neutron::ExtraRouteSet and allow it with allowed_address_pairs."
LEFT_OUT: dict[str, tuple[str, str, Severity]] = {
    "AssociateCarrierIpAddress": ("Carrier addresses belong to AWS Wavelength.", "", Severity.NOTE),
    "ConnectionTrackingSpecification": (
        "How long connections are remembered is set by the operator for the whole host (nf_conntrack timeouts).",
        "",
        Severity.NOTE,
    ),
    "DeleteOnTermination": ("Heat deletes a port with its stack.", "", Severity.NOTE),
    "EnaQueueCount": (
        "The queues of a virtual network card follow the image property hw_vif_multiqueue_enabled.",
        "",
        Severity.NOTE,
    ),
    "EnaSrdSpecification": ("A transport protocol of AWS's own network.", "", Severity.NOTE),
    "InterfaceType": (
        "What a port is bound to is said by binding:vnic_type.",
        "Where an Elastic Fabric Adapter was asked for, an SR-IOV port (binding:vnic_type direct) is the nearest.",
        Severity.NOTE,
    ),
    "Ipv4PrefixCount": (PREFIXES, PREFIX_ADVICE, Severity.WARNING),
    "Ipv4Prefixes": (PREFIXES, PREFIX_ADVICE, Severity.WARNING),
    "Ipv6PrefixCount": (PREFIXES, PREFIX_ADVICE, Severity.WARNING),
    "Ipv6Prefixes": (PREFIXES, PREFIX_ADVICE, Severity.WARNING),
    "NetworkCardIndex": ("A flavor does not say which physical card a port uses.", "", Severity.NOTE),
    "PrimaryIpv6": ("A port keeps its IPv6 addresses as long as it lives.", "", Severity.NOTE),
}
"""Members of an interface that no port holds: because, advice, severity."""


@record
class Interface:
    """One network interface: what is said of it, under which conditions, its place among the others."""

    entries: dict[str, cfn.Value]
    guard: Guard = ()
    index: int = 0
    written: bool = False
    """It stands in a list of interfaces, and is not only implied by the server."""

    @property
    def existing(self) -> cfn.Value | None:
        """The interface that is made elsewhere, where this only names one."""
        return self.entries.get("NetworkInterfaceId")

    @property
    def subnet(self) -> cfn.Value | None:
        """The subnet that it stands in."""
        value = self.entries.get("SubnetId")
        return value if present(value) else None

    @property
    def groups(self) -> list[cfn.Value]:
        """The lists of security groups."""
        return [self.entries[key] for key in GROUPS if present(self.entries.get(key))]


# ---- what the source says --------------------------------------------------------------------------------------------


def present(value: cfn.Value | None) -> bool:
    """Whether a property is there at all."""
    return not (value is None or isinstance(value, cfn.NoValue) or (isinstance(value, cfn.Scalar) and value.value is None))


def template_of(plan: PlanContext, resource: Resource) -> Resource | None:
    """The launch template that an instance (or anything with the same property) uses, when it is in this template."""
    given = resource.properties.entries.get("LaunchTemplate")
    return launch_template(plan, given) if isinstance(given, cfn.Map) else None


def launch_template(plan: PlanContext, given: cfn.Map) -> Resource | None:
    """The launch template that a specification names by id or by name."""
    for key in ("LaunchTemplateId", "LaunchTemplateName"):
        found = plan.resource_of(given.entries.get(key))
        if found is not None and found.type == LAUNCH_TEMPLATE:
            return found
    name = given.entries.get("LaunchTemplateName")
    if name is None:
        return None
    templates = (resource for resource in plan.template.resources.values() if resource.type == LAUNCH_TEMPLATE)
    wanted = signature(name)
    return next((found for found in templates if signature(found.properties.entries.get("LaunchTemplateName")) == wanted), None)


def layers(plan: PlanContext, resource: Resource) -> list[dict[str, cfn.Value]]:
    """Everything that describes a server, what wins first: its own properties, then its launch template's data."""
    if resource.type == LAUNCH_TEMPLATE:
        return [_data(resource)]
    template = template_of(plan, resource)
    return [resource.properties.entries] + ([_data(template)] if template is not None else [])


def _data(template: Resource) -> dict[str, cfn.Value]:
    data = template.properties.entries.get("LaunchTemplateData")
    return data.entries if isinstance(data, cfn.Map) else {}


def interfaces(plan: PlanContext, resource: Resource) -> list[Interface]:
    """The interfaces of a server in the order of their index; one is implied where none is written out."""
    known = _known(plan)
    if resource.name not in known:
        known[resource.name] = _interfaces(plan, resource)
    return known[resource.name]


@once
def _known(plan: PlanContext) -> dict[str, list[Interface]]:
    """The interfaces of each server that was asked for."""
    return {}


def _interfaces(plan: PlanContext, resource: Resource) -> list[Interface]:
    stack = layers(plan, resource)
    written = next((layer["NetworkInterfaces"] for layer in stack if present(layer.get("NetworkInterfaces"))), None)
    found = [_interface(plan, member, number) for number, member in enumerate(members(written))]
    if not any(interface.index == 0 for interface in found):
        found.insert(0, Interface(_implied(stack)))
    found += _attached(plan, resource)
    return sorted(found, key=lambda interface: interface.index)


def _interface(plan: PlanContext, member: Member, number: int) -> Interface:
    if not isinstance(member.value, cfn.Map):
        return Interface({"NetworkInterfaceId": member.value}, member.guard, number, True)
    entries = {key: value for key, value in member.value.entries.items() if present(value)}
    index = as_index(plan.constant(entries.get("DeviceIndex")))
    return Interface(entries, member.guard, number if index is None else index, True)


def _implied(stack: list[dict[str, cfn.Value]]) -> dict[str, cfn.Value]:
    entries: dict[str, cfn.Value] = {}
    for layer in stack:
        said = {key: layer[key] for key in SERVER_LEVEL if present(layer.get(key))}
        if any(key in entries for key in GROUPS):
            said = {key: value for key, value in said.items() if key not in GROUPS}
        entries = {**said, **entries}
    return entries


def _attached(plan: PlanContext, resource: Resource) -> Iterator[Interface]:
    """Interfaces that an attachment of the template gives to the server."""
    for use in plan.users(resource.name):
        user = plan.template.resources.get(use.resource)
        if user is not None and user.type == INTERFACE_ATTACHMENT and use.path[3:4] == ("InstanceId",):
            entries = user.properties.entries
            if present(entries.get("NetworkInterfaceId")):
                index = as_index(plan.constant(entries.get("DeviceIndex")))
                guard = under(user.condition if user.condition != resource.condition else None)
                yield Interface({"NetworkInterfaceId": entries["NetworkInterfaceId"]}, guard, 1 if index is None else index, True)


def may_be(plan: PlanContext, value: cfn.Value | None, word: str) -> bool:
    """Whether a boolean of the source may be that word."""
    if not present(value):
        return False
    constant = plan.constant(value)
    if constant is not UNKNOWN:
        return as_text(constant).lower() == word
    possible = plan.possible(value)
    return possible is None or word in {text.lower() for text in possible}


# ---- public addresses ------------------------------------------------------------------------------------------------


def serving(plan: PlanContext, server: Resource) -> list[Resource]:
    """The EIPs and EIP associations of the template that give a server's first interface a public address."""
    found = [*_users(plan, server.name, "InstanceId")]
    first = interfaces(plan, server)[0]
    for port in plan.resources_of(first.existing):
        found += _users(plan, port.name, "NetworkInterfaceId")
    return found


def _users(plan: PlanContext, resource: str, key: str) -> list[Resource]:
    uses = [use for use in plan.users(resource) if use.path[2:4] == ("Properties", key)]
    users = (plan.template.resources[use.resource] for use in uses)
    return list({user.name: user for user in users if user.type in (EIP, EIP_ASSOCIATION)}.values())


def conditions(server: Resource, users: list[Resource]) -> list[hot.HotValue | None]:
    """The condition under which each of these is there beside the server; None: always."""
    found = (user.condition if user.condition != server.condition else None for user in users)
    return [None if condition is None else hot.Literal(condition) for condition in found]


def wants_address(plan: PlanContext, server: Resource) -> bool:
    """Whether a server gets a floating IP of its own; not where an EIP gives it one under all conditions."""
    if None in conditions(server, serving(plan, server)):
        return False
    first = interfaces(plan, server)[0]
    if first.existing is not None:
        return False
    said = first.entries.get("AssociatePublicIpAddress")
    if present(said):
        return may_be(plan, said, "true")
    if any(use.attribute in ("PublicIp", "PublicDnsName") for use in plan.users(server.name)):
        return True
    subnets = [found for found in plan.resources_of(first.subnet) if found.type == SUBNET]
    return any(may_be(plan, subnet.properties.entries.get("MapPublicIpOnLaunch"), "true") for subnet in subnets)


# ---- networks --------------------------------------------------------------------------------------------------------


def vpc_of(plan: PlanContext, subnet: cfn.Value | None, groups: list[cfn.Value]) -> cfn.Value | None:
    """The VPC that a subnet belongs to: the subnet's own word, that of the security groups, the only one there is."""
    for found in plan.resources_of(subnet):
        if found.type == SUBNET and present(found.properties.entries.get("VpcId")):
            return found.properties.entries["VpcId"]
    for value in groups:
        for found in plan.resources_of(value):
            if found.type == SECURITY_GROUP and present(found.properties.entries.get("VpcId")):
                return found.properties.entries["VpcId"]
    said = {signature(value): value for value in _vpcs(plan) if present(value)}
    if len(said) == 1:
        return next(iter(said.values()))
    parameters = [parameter for parameter in plan.template.parameters.values() if parameter.type == VPC_PARAMETER]
    return cfn.Ref(parameters[0].name, parameters[0].span) if len(parameters) == 1 else None


def _vpcs(plan: PlanContext) -> Iterator[cfn.Value]:
    for resource in plan.template.resources.values():
        value = resource.properties.entries.get("VpcId")
        if value is not None and resource.type.startswith("AWS::"):
            yield value


def network_of(ctx: ResourceContext, interface: Interface) -> hot.HotValue:
    """The network of an interface; the template asks for that of a subnet that comes from elsewhere."""
    if interface.subnet is None:
        return ctx.site_value("default_network")
    vpc = vpc_of(ctx, interface.subnet, interface.groups)
    found = None if vpc is None else ctx.hot(vpc)
    if found is not None:
        return found
    name = next((name for name in referred(interface.subnet) if name in ctx.template.parameters), ctx.id)
    because = "A Neutron port names its network beside its subnet; the template tells only the subnet."
    return ask_network(ctx, interface.subnet, f"{name}_network", because)


def place(ctx: ResourceContext, subnet: hot.HotValue | None) -> hot.HotValue:
    """Where Nova makes a port: in a subnet, else on the network for servers of which no subnet is said."""
    if subnet is None:
        return hot.HotMap({"network": ctx.site_value("default_network")})
    return hot.HotMap({"subnet": subnet})


def subnet_interfaces(ctx: ResourceContext, subnet: cfn.Value | None) -> list[str]:
    """The router interfaces that connect a subnet of this template."""
    names = (ctx.name(found.name, "interface") for found in ctx.resources_of(subnet) if found.type == SUBNET)
    return list(dict.fromkeys(name for name in names if name is not None))


# ---- ports -----------------------------------------------------------------------------------------------------------


def needs_port(plan: PlanContext, server: Resource) -> bool:
    """Whether a server gets a port of its own; without one Nova makes it, from a network or subnet."""
    found = interfaces(plan, server)
    first = found[0]
    if first.existing is not None:
        return False
    special = ("PrivateIpAddress", "PrivateIpAddresses", "SecondaryPrivateIpAddressCount", "Ipv6Addresses")
    if len(found) > 1 or any(key in first.entries for key in special):
        return True
    if may_be(plan, first.entries.get("SourceDestCheck"), "false"):
        return True
    if first.subnet is not None and vpc_of(plan, first.subnet, first.groups) is not None:
        return True
    return wants_address(plan, server) or bool(serving(plan, server))


def security_groups(ctx: ResourceContext, lists: list[cfn.Value]) -> hot.HotValue | None:
    """All security groups of an interface as one list."""
    found = [value for value in (ctx.hot(given) for given in lists) if value is not None]
    if len(found) < 2:
        return found[0] if found else None
    if all(isinstance(value, hot.HotList) for value in found):
        return hot.HotList(tuple(item for value in found if isinstance(value, hot.HotList) for item in value.items))
    return hot.Function("list_concat", hot.HotList(tuple(found)))


def addresses(ctx: ResourceContext, interface: Interface) -> list[hot.HotValue]:
    """The entries of fixed_ips, the primary address first."""
    subnet = ctx.hot(interface.subnet)
    entries = interface.entries
    said = private_addresses(ctx, entries)
    found = [guarded(_fixed_ip(subnet, _address(ctx, value)), all_of(guard)) for value, guard in said]
    secondary = as_index(ctx.constant(entries.get("SecondaryPrivateIpAddressCount"))) or 0
    if subnet is not None:
        missing = max(1 - len(found), 0) + secondary
        found += [hot.HotMap({"subnet": subnet})] * missing
    found += [
        guarded(_fixed_ip(None, _address(ctx, member.value.entries["Ipv6Address"])), all_of(member.guard))
        for member in members(entries.get("Ipv6Addresses"))
        if isinstance(member.value, cfn.Map) and "Ipv6Address" in member.value.entries
    ]
    return [entry for entry in found if entry != hot.HotMap({})]


def _address(ctx: ResourceContext, value: cfn.Value) -> hot.HotValue | None:
    """An address; a literal that is none is left out, so that Neutron chooses one."""
    found = ctx.hot(value)
    if isinstance(found, hot.Literal):
        from ipaddress import ip_address  # few servers say theirs

        try:
            ip_address(as_text(found.value))
        except ValueError:
            message = f"{as_text(found.value)} is no IP address; Neutron chooses one instead."
            ctx.report("C2H3001", Severity.WARNING, message, "Write an address of the subnet.")
            return None
    return found


def primary_address(ctx: ResourceContext, entries: dict[str, cfn.Value], port: str) -> hot.HotValue:
    """The first address of a port; as the source says it where there are several, for Neutron promises no order."""
    said = private_addresses(ctx, entries) if several_addresses(ctx, entries) else []
    first = _address(ctx, said[0][0]) if said and not said[0][1] else None
    return first or hot.GetAttr(port, "fixed_ips", (hot.Literal(0), hot.Literal("ip_address")))


def private_addresses(plan: PlanContext, entries: dict[str, cfn.Value]) -> list[tuple[cfn.Value, Guard]]:
    """The IPv4 addresses that are said, the primary one first."""
    primary: list[tuple[cfn.Value, Guard]] = []
    others: list[tuple[cfn.Value, Guard]] = []
    if present(entries.get("PrivateIpAddress")):
        primary.append((entries["PrivateIpAddress"], ()))
    for member in members(entries.get("PrivateIpAddresses")):
        value = member.value.entries.get("PrivateIpAddress") if isinstance(member.value, cfn.Map) else member.value
        first = isinstance(member.value, cfn.Map) and may_be(plan, member.value.entries.get("Primary"), "true")
        if value is not None and not isinstance(value, cfn.NoValue):
            (primary if first else others).append((value, member.guard))
    return primary + others


def truth(ctx: ResourceContext, value: cfn.Value | None) -> Guard:
    """The conditions under which a boolean is true; none where it always is, or where they cannot be told."""
    match value:
        case cfn.If():
            name = hot.Literal(value.condition)
            if not may_be(ctx, value.otherwise, "true"):
                return (name, *truth(ctx, value.then))
            if not may_be(ctx, value.then, "true"):
                return (hot.Function("not", name), *truth(ctx, value.otherwise))
        case cfn.Ref() if value.name in ctx.template.parameters and ctx.parameter_type(value.name) == "string":
            test = hot.Function("equals", hot.HotList((hot.GetParam(value.name), hot.Literal("true"))))
            condition = HotCondition(f"{value.name}_is_true", test)
            return (hot.Literal(ctx.t.hot.conditions.setdefault(condition.name, condition).name),)
    return ()


def _fixed_ip(subnet: hot.HotValue | None, address: hot.HotValue | None) -> hot.HotMap:
    said = {"subnet": subnet, "ip_address": address}
    return hot.HotMap({key: value for key, value in said.items() if value is not None})


def several_addresses(plan: PlanContext, entries: dict[str, cfn.Value]) -> bool:
    """Whether a port has more than one IPv4 address, so that a floating IP must say which it serves."""
    if present(entries.get("SecondaryPrivateIpAddressCount")):
        return as_index(plan.constant(entries["SecondaryPrivateIpAddressCount"])) != 0
    return len(private_addresses(plan, entries)) > 1


def fill_port(ctx: ResourceContext, port: HotResource, interface: Interface) -> None:
    """Write what is said of an interface into its port."""
    said: dict[str, hot.HotValue | None] = {
        "network": network_of(ctx, interface),
        "fixed_ips": hot.HotList(tuple(addresses(ctx, interface))) or None,
        "security_groups": security_groups(ctx, interface.groups),
        "allowed_address_pairs": address_pairs(ctx, interface.entries.get("SourceDestCheck")),
    }
    if "Description" in interface.entries:
        description = ctx.hot(interface.entries["Description"])
        said["value_specs"] = None if description is None else hot.HotMap({"description": description})
    for key, value in said.items():
        if value is not None and value != hot.HotList(()):
            port.properties[key] = ctx.fit(value, property_schema("OS::Neutron::Port", (key,)))


def address_pairs(ctx: ResourceContext, check: cfn.Value | None) -> hot.HotValue | None:
    """What lets a port pass foreign addresses, where the source switches the check of addresses off."""
    anywhere = hot.HotList((hot.HotMap({"ip_address": hot.Literal("0.0.0.0/0")}),))
    if isinstance(check, cfn.If):
        return branch(hot.Literal(check.condition), address_pairs(ctx, check.then), address_pairs(ctx, check.otherwise))
    return anywhere if may_be(ctx, check, "false") else None


# ---- the account -----------------------------------------------------------------------------------------------------


def record_interface(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """Record what no port holds of the interfaces in a list; the row says the fate of the rest."""
    for member in members(value, path):
        if not isinstance(member.value, cfn.Map):
            continue
        for key in member.value.entries:
            if key in LEFT_OUT:
                because, advice, severity = LEFT_OUT[key]
                ctx.dropped((*member.path, key), because, advice, severity)
        record_count(ctx, member.value.entries.get("SecondaryPrivateIpAddressCount"), member.path)


def record_count(ctx: ResourceContext, count: cfn.Value | None, path: Path) -> None:
    """Record a number of secondary addresses that nobody knows before the stack is made."""
    if present(count) and ctx.constant(count) is UNKNOWN:
        because = "How many addresses there are is known only when the stack is made; fixed_ips lists them one by one."
        advice = "Write as many entries with the subnet into the port's fixed_ips as addresses are wanted."
        ctx.dropped((*path, "SecondaryPrivateIpAddressCount"), because, advice)
