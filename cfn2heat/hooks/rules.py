"""One rule of a security group: from CloudFormation's terms to Neutron's."""

from __future__ import annotations

from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Guard, guarded, split
from cfn2heat.hooks.loadbalancing import BALANCERS, balancer_networks, vip_network
from cfn2heat.hot import values as hot
from cfn2heat.record import field
from cfn2heat.record import record as define
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext

GROUP = "AWS::EC2::SecurityGroup"
NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
EVERY = ("-1", "all")
NULL, EVERY_ONE, FIRST_PORT, LAST_PORT = hot.Literal(0), hot.Literal(-1), hot.Literal(1), hot.Literal(65535)
WITH_PORTS = ("tcp", "udp", "sctp", "dccp", "udplite")
SOURCE_GROUPS = ("SourceSecurityGroupId", "SourceSecurityGroupName", "DestinationSecurityGroupId")
PREFIX_LISTS = ("SourcePrefixListId", "DestinationPrefixListId")
TARGETS = {
    "CidrIp": "remote_ip_prefix",
    "CidrIpv6": "remote_ip_prefix",
    "Description": "description",
    "FromPort": "port_range_min",
    "IpProtocol": "protocol",
    "ToPort": "port_range_max",
    **dict.fromkeys(SOURCE_GROUPS, "remote_group"),
    **dict.fromkeys(PREFIX_LISTS, "remote_ip_prefix"),
}


@define
class Remote:
    """Whom a rule lets in or out: a network, a group (None: the group itself), under a guard."""

    guard: Guard
    prefix: hot.HotValue | None = None
    group: hot.HotValue | None = None
    is_group: bool = False
    ipv6: bool = False


@define
class Loss:
    """A property that no rule can carry."""

    because: str
    advice: str
    severity: Severity = Severity.WARNING


@define
class Reading:
    """What one entry becomes: rules (each with its guard), properties that are adapted, properties that are lost."""

    rules: list[tuple[dict[str, hot.HotValue], Guard]] = field(default_factory=list)
    adapted: dict[str, str] = field(default_factory=dict)
    lost: dict[str, Loss] = field(default_factory=dict)


def read_rule(ctx: ResourceContext, entry: cfn.Map, direction: str, group: str | None, guard: Guard = ()) -> Reading:
    """Read an entry; group is the source name of the group that it belongs to."""
    reading = Reading()
    remotes = list(_remotes(ctx, entry, group, reading))
    protocol = _protocol(ctx, entry.entries.get("IpProtocol"))
    for remote in remotes:
        ports = _ports(ctx, entry, protocol, reading)
        if ports is None:
            return reading
        rule: dict[str, hot.HotValue] = {}
        if direction == "egress":
            rule["direction"] = hot.Literal("egress")
        if remote.ipv6:
            rule["ethertype"] = hot.Literal("IPv6")
        if protocol is not None:
            rule["protocol"] = hot.Literal("icmpv6") if remote.ipv6 and protocol == hot.Literal("icmp") else protocol
        rule.update(ports)
        if remote.is_group:
            rule["remote_mode"] = hot.Literal("remote_group_id")
            if remote.group is not None:
                rule["remote_group_id"] = remote.group
        elif remote.prefix is not None:
            rule["remote_ip_prefix"] = remote.prefix
        description = ctx.hot(entry.entries.get("Description"))
        if description is not None:
            rule["description"] = description
        reading.rules.append((rule, (*guard, *remote.guard)))
    return reading


def can_hold(plan: PlanContext, entry: cfn.Map) -> bool:
    """Whether an entry says whom it is for, and asks for more than port 0: what read_rule finds, known before."""
    if all(as_text(plan.constant(entry.entries.get(key))) == "0" for key in ("FromPort", "ToPort")):
        return as_text(plan.constant(entry.entries.get("IpProtocol"))) not in (*WITH_PORTS, "6", "17")
    for key, value in entry.entries.items():
        if isinstance(value, cfn.NoValue) or key not in TARGETS:
            continue
        if key in ("CidrIp", "CidrIpv6") or (key in SOURCE_GROUPS and not _is_of_balancers(plan, value)):
            return True
        found = plan.resource_of(value)
        if key in PREFIX_LISTS and found is not None and found.type == "AWS::EC2::PrefixList":
            return True
    return False


def _is_of_balancers(plan: PlanContext, value: cfn.Value) -> bool:
    constant = plan.constant(value)
    return isinstance(constant, str) and constant.startswith("amazon-elb")


def record(ctx: ResourceContext, reading: Reading, entry: cfn.Map, path: Path, target: str) -> None:
    """Account for every property of an entry; with a target that ends in a dot each goes to its own."""
    for key in entry.entries:
        place = target + TARGETS.get(key, "") if target.endswith(".") else target
        if key in reading.lost:
            loss = reading.lost[key]
            ctx.dropped((*path, key), loss.because, loss.advice, loss.severity)
        elif not reading.rules:
            ctx.dropped((*path, key), "The rule that it belongs to is not carried.", severity=Severity.NOTE)
        elif key in reading.adapted:
            ctx.adapted((*path, key), reading.adapted[key], place.rstrip("."))
        elif key in TARGETS:
            ctx.translated((*path, key), place)


# ---- whom ------------------------------------------------------------------------------------------------------------


def _remotes(ctx: ResourceContext, entry: cfn.Map, group: str | None, reading: Reading) -> Iterator[Remote]:
    found = False
    for key, value in entry.entries.items():
        for remote in _remotes_of(ctx, key, value, group, reading):
            found = True
            yield remote
    if "SourceSecurityGroupOwnerId" in entry.entries:
        reading.adapted["SourceSecurityGroupOwnerId"] = (
            "Neutron knows a group by its id alone; one of another project must be shared by RBAC."
        )
    if not found and not reading.lost:
        because = "The rule names neither network nor group; in Neutron it would let everybody in."
        reading.lost["IpProtocol"] = Loss(because, "Say in the source whom the rule is for.")


def _remotes_of(ctx: ResourceContext, key: str, value: cfn.Value, group: str | None, reading: Reading) -> Iterator[Remote]:
    if key in ("CidrIp", "CidrIpv6"):
        for found, guard in _networks(ctx.hot(value)):
            prefix = _prefix(found, key == "CidrIpv6")
            yield Remote(guard, prefix=prefix, ipv6=key == "CidrIpv6" or _is_ipv6(prefix))
    elif key in SOURCE_GROUPS:
        yield from _groups(ctx, key, value, group, reading)
    elif key in PREFIX_LISTS:
        yield from _listed(ctx, key, value, reading)


def _networks(value: hot.HotValue | None) -> Iterator[tuple[hot.HotValue, Guard]]:
    """Networks of a value: one, one for each branch, or each member of a list that a mapping holds."""
    for found, guard in split(value):
        if isinstance(found, hot.HotList):
            yield from ((item, guard) for item in found.items)
        else:
            yield found, guard


def _prefix(value: hot.HotValue, ipv6: bool) -> hot.HotValue:
    """A network with its mask: Neutron wants one where AWS accepts a bare address."""
    if not isinstance(value, hot.Literal) or not isinstance(value.value, str):
        return value
    text = value.value.strip()
    return hot.Literal(text if "/" in text else f"{text}/{128 if ipv6 or ':' in text else 32}")


def _is_ipv6(value: hot.HotValue) -> bool:
    return isinstance(value, hot.Literal) and ":" in str(value.value)


def _groups(ctx: ResourceContext, key: str, value: cfn.Value, group: str | None, reading: Reading) -> Iterator[Remote]:
    found = ctx.resource_of(value)
    if found is not None and found.name == group and isinstance(value, (cfn.Ref, cfn.GetAtt)):
        yield Remote((), is_group=True)
        return
    if _is_of_balancers(ctx, value):
        because = "The security group of AWS's classic load balancers does not exist here."
        advice = "Let in the subnet of the Octavia load balancer: its health checks and traffic come from there."
        reading.lost[key] = Loss(because, advice)
        return
    if found is not None and found.type in BALANCERS:
        reading.adapted[key] = BALANCER_BECAUSE
        yield Remote((), prefix=vip_network(ctx, found.name))
        return
    for remote, guard in split(ctx.hot(value)):
        yield Remote(guard, group=remote, is_group=True)
    for network in balancer_networks(ctx, found.name) if found is not None else []:
        reading.adapted[key] = BALANCER_BECAUSE
        yield Remote((), prefix=network)


BALANCER_BECAUSE = "Amphorae of Octavia are in no group of the template: the subnet of the load balancer is let in."


def _listed(ctx: ResourceContext, key: str, value: cfn.Value, reading: Reading) -> Iterator[Remote]:
    from cfn2heat.hooks.routes import prefixes

    networks = prefixes(ctx, value)
    if not networks:
        because = "Heat has no prefix lists, and what stands in this one is known to AWS alone."
        reading.lost[key] = Loss(because, "Write a rule for each network of the list.")
        return
    reading.adapted[key] = "Heat has no prefix lists: each network of the list has a rule of its own."
    for network in networks:
        if network is not None:
            yield Remote((), prefix=network, ipv6=_is_ipv6(network))


# ---- what ------------------------------------------------------------------------------------------------------------


def _protocol(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue | None:
    """The protocol as Neutron names it; None for every protocol."""
    found = ctx.hot(value)
    possible = ctx.possible(value) or set()
    if isinstance(found, (hot.Literal, hot.If)):
        return _named_protocol(found)
    if found is not None and isinstance(found, hot.GetParam) and "-1" in possible:
        number = ctx.parameter_type(found.name) == "number"
        every = hot.Function("equals", hot.HotList((found, hot.Literal(-1 if number else "-1"))))
        return hot.If(hot.Function("not", every), found, None)
    return found


def _named_protocol(value: hot.HotValue | None) -> hot.HotValue | None:
    if isinstance(value, hot.If):
        then, otherwise = _named_protocol(value.then), _named_protocol(value.otherwise)
        if then is None:
            return None if otherwise is None else hot.If(hot.Function("not", value.condition), otherwise, None)
        return then if then == otherwise else hot.If(value.condition, then, otherwise)
    if not isinstance(value, hot.Literal):
        return value
    word = as_text(value.value).strip().lower()
    return None if word in EVERY or not word else hot.Literal(NUMBERS.get(word, word))


def _ports(
    ctx: ResourceContext, entry: cfn.Map, protocol: hot.HotValue | None, reading: Reading
) -> dict[str, hot.HotValue] | None:
    """The port range, or ICMP's type and code in its place; None when the rule matches nothing."""
    first, last = entry.entries.get("FromPort"), entry.entries.get("ToPort")
    name = protocol.value if isinstance(protocol, hot.Literal) else None
    if protocol is None or (name is not None and name not in (*WITH_PORTS, "icmp", "icmpv6")):
        for key in ("FromPort", "ToPort"):
            reading.adapted[key] = "Neutron takes no ports for this protocol; AWS ignores them too."
        return {}
    low, high = _number(ctx, first if first is not None else last), _number(ctx, last if last is not None else first)
    if name in ("icmp", "icmpv6"):
        return _icmp(ctx, first, last, reading)
    if low == high == NULL:
        reading.lost["FromPort"] = Loss("Port 0 does not exist for Neutron, and nothing uses it.", "", Severity.NOTE)
        return None
    if low in (NULL, EVERY_ONE):
        reading.adapted["FromPort"] = "Neutron's ports begin with 1."
        low = FIRST_PORT
    if (low == FIRST_PORT and high == LAST_PORT) or high == EVERY_ONE:
        reading.adapted["FromPort"] = reading.adapted["ToPort"] = "All ports are a rule without ports."
        return {}
    # Where the protocol may be every one there may be no ports, either.
    condition = protocol.condition if isinstance(protocol, hot.If) and protocol.otherwise is None else None
    found = {"port_range_min": low, "port_range_max": high}
    return {key: guarded(value, condition) for key, value in found.items() if value is not None}


def _icmp(ctx: ResourceContext, first: cfn.Value | None, last: cfn.Value | None, reading: Reading) -> dict[str, hot.HotValue]:
    kind, code = _number(ctx, first), _number(ctx, last)
    if kind in (None, EVERY_ONE):
        reading.adapted["FromPort"] = reading.adapted["ToPort"] = "Every ICMP type and code is a rule without them."
        return {}
    assert kind is not None
    if code in (None, EVERY_ONE):
        reading.adapted["ToPort"] = "Every code of an ICMP type is a rule with the type alone."
        return {"port_range_min": kind}
    assert code is not None
    return {"port_range_min": kind, "port_range_max": code}


def _number(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue | None:
    constant = ctx.constant(value)
    if constant is not UNKNOWN and constant is not None:
        text = as_text(constant).strip()
        if text.lstrip("-").isdigit():
            return hot.Literal(int(text))
    return _numbers(ctx.hot(value))


def _numbers(value: hot.HotValue | None) -> hot.HotValue | None:
    if isinstance(value, hot.If):
        then = _numbers(value.then)
        return value if then is None else hot.If(value.condition, then, _numbers(value.otherwise))
    if isinstance(value, hot.Literal) and as_text(value.value).strip().isdigit():
        return hot.Literal(int(as_text(value.value)))
    return value
