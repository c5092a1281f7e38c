"""Load balancers in Octavia: the VIP and its public address, and which pools a scaling group's servers join."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import all_of, members
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import property_schema
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotCondition, HotResource
from cfn2heat.hot.walk import walk
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.properties import set_fixed
from cfn2heat.translate.registry import finish_hook, predicate, property_hook, reference_hook

CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
BALANCERS = (BALANCER, CLASSIC)
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"

PUBLIC = "internet-facing"

# ---- values that may be one of a few words ---------------------------------------------------------------------------


def choose(ctx: ResourceContext, value: cfn.Value | None, answers: Mapping[str, hot.HotValue]) -> hot.HotValue | None:
    """The answer for a word, given at deploy time where the word is; None for a word that has none."""
    if isinstance(value, cfn.If):
        then, otherwise = choose(ctx, value.then, answers), choose(ctx, value.otherwise, answers)
        return branch(hot.Literal(value.condition), then, otherwise)
    constant = ctx.constant(value)
    if constant is not UNKNOWN:
        return answers.get(as_text(constant))
    possible = sorted(ctx.possible(value) or answers)
    source = comparable(ctx.hot(value))
    result = answers.get(possible[-1])
    for word in reversed(possible[:-1]):
        if answers.get(word) != result and source is not None:
            result = branch(equals(source, word), answers.get(word), result)
    return result


def equals(value: hot.HotValue, word: str) -> hot.HotValue:
    """The condition that a value is a word."""
    return hot.Function("equals", hot.HotList((value, hot.Literal(word))))


def comparable(value: hot.HotValue | None) -> hot.HotValue | None:
    """A value that Heat's conditions may read, or None: they refuse choices, texts that are put together, what resources say."""
    refused = hot.GetAttr | hot.GetResource | hot.If | hot.ListJoin | hot.StrReplace | hot.StrSplit
    return None if value is None or any(isinstance(part, refused) for part in walk(value)) else value


def words(plan: PlanContext, value: cfn.Value | None) -> set[str]:
    """The words that a value may be, empty where it is absent or nothing is known."""
    if isinstance(value, cfn.If):
        return words(plan, value.then) | words(plan, value.otherwise)
    constant = plan.constant(value)
    if constant is None:
        return set()
    return (plan.possible(value) or set()) if constant is UNKNOWN else {as_text(constant)}


def is_word(ctx: ResourceContext, value: cfn.Value | None, word: str, default: bool) -> bool | hot.HotValue:
    """Whether a value is a word: known now, or the condition for it."""
    if value is None or isinstance(value, cfn.NoValue):
        return default
    if isinstance(value, cfn.If):
        return either(
            hot.Literal(value.condition), is_word(ctx, value.then, word, default), is_word(ctx, value.otherwise, word, default)
        )
    constant = ctx.constant(value)
    if constant is not UNKNOWN:
        return as_text(constant) == word
    source = comparable(ctx.hot(value))
    return default if source is None else equals(source, word)


def either(condition: hot.HotValue, then: bool | hot.HotValue, otherwise: bool | hot.HotValue) -> bool | hot.HotValue:
    """The condition for `then` or `otherwise`, by which of them the condition selects."""
    negated = hot.Function("not", condition)
    if isinstance(then, bool) and isinstance(otherwise, bool):
        return then if then == otherwise else condition if then else negated
    first = condition if then is True else None if then is False else both(condition, then)
    second = negated if otherwise is True else None if otherwise is False else both(negated, otherwise)
    if first is None or second is None:
        return first or second or False
    return hot.Function("or", hot.HotList((first, second)))


def both(one: hot.HotValue, other: bool | hot.HotValue) -> hot.HotValue:
    """The condition that both hold."""
    return one if isinstance(other, bool) else hot.Function("and", hot.HotList((one, other)))


def condition_named(ctx: ResourceContext, wanted: str, condition: hot.HotValue) -> str:
    """The name of a condition, as a resource wants it; a function is filed under the wanted name."""
    if isinstance(condition, hot.Literal):
        return str(condition.value)
    conditions = ctx.t.hot.conditions
    name, serial = wanted, 2
    while name in conditions and conditions[name].value != condition:
        name, serial = f"{wanted}_{serial}", serial + 1
    conditions.setdefault(name, HotCondition(name, condition))
    return name


def restrict(ctx: ResourceContext, resource: HotResource, guard: tuple[hot.HotValue, ...]) -> None:
    """Make a resource depend on further conditions beside its own."""
    own = (hot.Literal(resource.condition),) if resource.condition else ()
    condition = all_of((*own, *guard))
    if condition is not None:
        resource.condition = condition_named(ctx, f"{resource.name}_wanted", condition)


def fill(ctx: ResourceContext, resource: HotResource, properties: Mapping[str, hot.HotValue | None]) -> None:
    """Set properties of an emitted resource, typed by its schema; None is left out."""
    for name, value in properties.items():
        if value is not None:
            resource.properties[name] = ctx.fit(value, property_schema(resource.type, (name,)))


ORDERS = {
    "OS::Octavia::LoadBalancer": ("name", "vip_subnet", "vip_address"),
    "OS::Octavia::Listener": ("name", "loadbalancer", "protocol", "protocol_port", "default_tls_container_ref", "default_pool"),
    "OS::Octavia::Pool": ("name", "loadbalancer", "protocol", "tls_enabled", "lb_algorithm", "session_persistence"),
    "OS::Octavia::HealthMonitor": ("pool", "type", "url_path", "expected_codes", "delay", "timeout", "max_retries"),
    "OS::Octavia::L7Policy": ("listener", "position", "action", "redirect_pool", "redirect_url"),
    "OS::Trove::Instance": ("name", "datastore_type", "datastore_version", "flavor", "size", "networks", "replica_of"),
    "OS::Designate::Zone": ("name", "description", "email"),
    "OS::Designate::RecordSet": ("zone", "name", "description", "type", "ttl", "records"),
}
"""The order in which a person writes the properties of a type."""


def tidy(ctx: ResourceContext) -> None:
    """Put the properties of everything emitted into the order that people write; what is fixed has its place in it."""
    set_fixed(ctx, ctx.rule.fixed)
    for name in ctx.t.plan.hot_names(ctx.id):
        resource = ctx.t.hot.resources.get(name)
        if resource is not None:
            given = resource.properties
            resource.properties = {key: given[key] for key in (*ORDERS.get(resource.type, ()), *given) if key in given}


def promise(plan: PlanContext, key: str, type: str, wanted: str) -> str:
    """Plan one more resource, which others may refer to by its key; gives its HOT name."""
    name = plan.choose(wanted)
    plan.bind(plan.id, key, name)
    plan.t.plan.emitted.setdefault(plan.id, {})[key] = type
    return name


def without_nothing(value: hot.HotValue | None, default: hot.HotValue) -> hot.HotValue:
    """The value, with a default wherever a branch of an `if` is absent."""
    if value is None:
        return default
    if isinstance(value, hot.If):
        return hot.If(value.condition, without_nothing(value.then, default), without_nothing(value.otherwise, default))
    return value


def monitor_port(ctx: ResourceContext, value: cfn.Value | None, port: hot.HotValue) -> hot.HotValue | None:
    """Where a member is probed, when that is not the port of its traffic."""
    if isinstance(value, cfn.If):
        then, otherwise = monitor_port(ctx, value.then, port), monitor_port(ctx, value.otherwise, port)
        return branch(hot.Literal(value.condition), then, otherwise)
    found = ctx.hot(value)
    return None if as_text(ctx.constant(value)) == "traffic-port" or found is None or same(found, port) else found


def same(one: hot.HotValue | None, other: hot.HotValue | None) -> bool:
    """Whether two values are the same, numbers written as strings included."""
    if isinstance(one, hot.Literal) and isinstance(other, hot.Literal):
        return as_text(one.value) == as_text(other.value)
    return one == other


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


class Verdict(NamedTuple):
    """What is said about a switch or number that is lost."""

    because: str
    advice: str = ""
    severity: Severity = Severity.NOTE


TIMEOUT = Verdict(
    "Heat's listeners have no timeouts; Octavia ends a connection that was idle for 50 seconds.",
    "After the stack is made: openstack loadbalancer listener set --timeout-client-data MS --timeout-member-data MS LISTENER.",
    Severity.WARNING,
)
LOGS = Verdict(
    "Octavia sends its flow logs to where the operator has said (log offloading), not to a bucket.",
    "Ask the operator for the tenant flow logs.",
)
CROSS_ZONE = Verdict("Octavia always balances over all members, in whatever zone.")
BALANCER_ATTRIBUTES = {
    "idle_timeout.timeout_seconds": TIMEOUT,
    "client_keep_alive.seconds": Verdict("HAProxy in the amphora decides how long a kept connection lives."),
    "deletion_protection.enabled": Verdict("Octavia does not guard a load balancer from being deleted."),
    "load_balancing.cross_zone.enabled": CROSS_ZONE,
    "routing.http2.enabled": Verdict(
        "Heat's listeners have no ALPN protocols; Octavia's own default offers HTTP/2 where TLS ends.", "", Severity.NOTE
    ),
    "routing.http.drop_invalid_header_fields.enabled": Verdict(
        "HAProxy refuses header fields that are not valid HTTP by itself."
    ),
    "routing.http.desync_mitigation_mode": Verdict("HAProxy parses requests strictly; there is no mode to choose."),
    "routing.http.preserve_host_header.enabled": Verdict("Octavia always hands the Host header on as it came."),
    "routing.http.xff_client_port.enabled": Verdict(
        "Heat's listeners insert no headers.",
        "After the stack is made: openstack loadbalancer listener set --insert-headers X-Forwarded-Port=true LISTENER.",
    ),
    "routing.http.xff_header_processing.mode": Verdict(
        "Heat's listeners insert no headers, so that members see X-Forwarded-For only as the client sent it.",
        "After the stack is made: openstack loadbalancer listener set --insert-headers X-Forwarded-For=true LISTENER.",
    ),
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": Verdict(
        "Octavia has no header for the TLS version.",
        "The nearest are X-SSL-* of openstack loadbalancer listener set --insert-headers, about client certificates.",
    ),
    "waf.fail_open.enabled": Verdict("OpenStack has no web application firewall."),
    "zonal_shift.config.enabled": Verdict("Octavia shifts no traffic between zones."),
    "dns_record.client_routing_policy": Verdict("The VIP is one address; there is no record per zone to choose from."),
    "access_logs.": LOGS,
    "connection_logs.": LOGS,
    "health_check_logs.": LOGS,
}


def say_attributes(ctx: ResourceContext, value: cfn.Value, path: Path, table: Mapping[str, Verdict], general: str) -> None:
    """Record each Key and Value by a table of verdicts; a key that ends in a dot stands for all below it."""
    for member in members(value, path):
        key = as_text(ctx.constant(member.value.entries.get("Key"))) if isinstance(member.value, cfn.Map) else ""
        prefix = next((known for known in table if known.endswith(".") and key.startswith(known)), "")
        verdict = table.get(key) or table.get(prefix) or Verdict(general, "", Severity.WARNING)
        off = isinstance(member.value, cfn.Map) and as_text(ctx.constant(member.value.entries.get("Value"))) == "false"
        because, advice = (
            (f"{key} is off: nothing is lost.", "") if off else (f"{key}: {verdict.because}" if key else general, verdict.advice)
        )
        ctx.dropped(member.path, because, advice, Severity.NOTE if off else verdict.severity)


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


# ---- certificates ----------------------------------------------------------------------------------------------------


def tls_container(ctx: ResourceContext, value: cfn.Value | None, name: str) -> hot.HotValue | None:
    """The Barbican container for a certificate: of this template, by a parameter, or asked for."""
    because = f"Reference of the Barbican container (or PKCS12 secret) with the certificate and key of {ctx.id}"
    match value:
        case None | cfn.NoValue():
            return None
        case cfn.If():
            then, otherwise = tls_container(ctx, value.then, name), tls_container(ctx, value.otherwise, name)
            return branch(hot.Literal(value.condition), then, otherwise)
        case cfn.Ref() | cfn.GetAtt():
            owner = ctx.resource_of(value)
            container = ctx.name(owner.name, "container") if owner else None
            if container is not None:
                return hot.GetResource(container)
            if isinstance(value, cfn.Ref):
                forget_arn(ctx, value.name)
            return ctx.hot(value)
        case cfn.ImportValue() | cfn.DynamicReference():
            return ctx.hot(value)
    return ctx.hole(name, because + ".")


def forget_arn(ctx: ResourceContext, name: str) -> None:
    """A parameter that now takes a container's reference: an ARN is neither its default nor its pattern."""
    parameter = ctx.t.hot.parameters.get(name)
    if parameter is None:
        return
    if isinstance(parameter.default, hot.Literal) and as_text(parameter.default.value).startswith("arn:"):
        parameter.default = None
        parameter.comments.append("has no default: it is the reference of a Barbican container, where an ARN stood")
    parameter.constraints = [constraint for constraint in parameter.constraints if not speaks_of_arn(constraint)]


def speaks_of_arn(constraint: hot.HotMap) -> bool:
    """Whether a constraint is a pattern that only ARNs match."""
    pattern = constraint.entries.get("allowed_pattern")
    return isinstance(pattern, hot.Literal) and "arn" in as_text(pattern.value)


# ---- who may connect -------------------------------------------------------------------------------------------------


def allowed_cidrs(ctx: ResourceContext, groups: cfn.Value | None, port: cfn.Value | None) -> hot.HotValue | None:
    """The CIDRs that security groups let in on a listener's port; None: everybody, or it cannot be told."""
    found: list[hot.HotValue] = []
    for member in members(groups):
        group = ctx.resource_of(member.value)
        if group is None or group.type != "AWS::EC2::SecurityGroup":
            return None
        for rule, guard in ingress_rules(ctx, group):
            cidr = ctx.hot(rule.get("CidrIp"))
            if cidr is None or not covers(ctx, rule, port):
                continue
            condition = all_of((*member.guard, *guard))
            if cidr == hot.Literal("0.0.0.0/0") and condition is None:
                return None
            item = cidr if condition is None else hot.If(condition, cidr, None)
            found += [item] if item not in found else []
    return hot.HotList(tuple(found)) if found and certain(found) else None


def certain(found: list[hot.HotValue]) -> bool:
    """Whether at least one CIDR is always there: an empty list would let everybody in."""
    return any(not isinstance(item, hot.If) for item in found)


def ingress_rules(ctx: ResourceContext, group: Resource) -> Iterator[tuple[dict[str, cfn.Value], tuple[hot.HotValue, ...]]]:
    """The ingress rules of a group, its own and those that stand apart."""
    for member in members(group.properties.entries.get("SecurityGroupIngress")):
        if isinstance(member.value, cfn.Map):
            yield member.value.entries, member.guard
    for use in ctx.users(group.name):
        user = ctx.template.resources.get(use.resource)
        if user is not None and user.type == "AWS::EC2::SecurityGroupIngress" and use.path[-1] in ("GroupId", "GroupName"):
            guard = (hot.Literal(user.condition),) if user.condition else ()
            yield user.properties.entries, guard


def covers(ctx: ResourceContext, rule: dict[str, cfn.Value], port: cfn.Value | None) -> bool:
    """Whether a rule lets a port in; unknown ports count when both say the same."""
    if as_text(ctx.constant(rule.get("IpProtocol"))) in ("-1", "all"):
        return True
    low, high = rule.get("FromPort"), rule.get("ToPort")
    wanted, first, last = (number(ctx.constant(value)) for value in (port, low, high))
    if wanted is not None and first is not None and last is not None:
        return first <= wanted <= last or first == -1
    return ctx.hot(low) == ctx.hot(port)


def number(value: object) -> int | None:
    """A whole number as CloudFormation writes it, or None."""
    text = as_text(value).strip() if isinstance(value, int | str) else ""
    return int(text) if text.lstrip("-").isdigit() else None
