"""Target groups: pools of Octavia with their health monitor and members, on the load balancer that uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Guard, members, under
from cfn2heat.hooks.choices import choose, is_word, without_nothing, words
from cfn2heat.hooks.emitting import fill, restrict, tidy
from cfn2heat.hooks.loadbalancing import BALANCER, CLASSIC, LISTENER, RULE, say_gateway
from cfn2heat.hooks.memberships import monitor_port
from cfn2heat.hooks.udp import BOTH, UDP, both_guard, make_twin, takes_both
from cfn2heat.hooks.verdicts import Verdict, say_attributes
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, predicate, property_hook, reference_hook

TRUE, FALSE = hot.Literal(True), hot.Literal(False)
HTTP, TCP = hot.Literal("HTTP"), hot.Literal("TCP")


# ---- which pool, on which load balancer ------------------------------------------------------------------------------


@predicate("targets.is_pool")
def is_pool(plan: PlanContext) -> bool:
    """Whether its targets take connections: functions do not, and appliances take packets."""
    lambdas = words(plan, plan.value("TargetType")) == {"lambda"}
    return not lambdas and words(plan, plan.value("Protocol")) != {"GENEVE"}


@predicate("targets.is_monitored")
def is_monitored(plan: PlanContext) -> bool:
    """Whether its targets are probed."""
    return is_pool(plan) and words(plan, plan.value("HealthCheckEnabled")) != {"false"}


@predicate("targets.takes_both")
def is_both(plan: PlanContext) -> bool:
    """Whether its targets may take TCP and UDP on one port."""
    return is_pool(plan) and takes_both(plan)


@predicate("targets.is_monitored_for_both")
def is_monitored_for_both(plan: PlanContext) -> bool:
    """Whether targets for both are probed."""
    return is_both(plan) and is_monitored(plan)


@predicate("targets.is_http1")
def is_http1(plan: PlanContext) -> bool:
    """Whether targets are spoken to in plain HTTP/1.1."""
    return words(plan, plan.value("ProtocolVersion")) <= {"HTTP1"}


def listeners(plan: PlanContext, group: str) -> list[Resource]:
    """The template's listeners that send traffic to a target group, by themselves or by a rule."""
    found: dict[str, Resource] = {}
    for use in plan.users(group):
        user = plan.template.resources.get(use.resource)
        if user is not None and user.type == RULE:
            user = plan.resource_of(user.properties.entries.get("ListenerArn"))
        if user is not None and user.type == LISTENER:
            found[user.name] = user
    return list(found.values())


def balancer_of(ctx: ResourceContext) -> hot.HotValue:
    """The load balancer whose listeners use this target group, or a question for it."""
    answers: list[tuple[str | None, hot.HotValue]] = []
    for listener in listeners(ctx, ctx.id):
        arn = listener.properties.entries.get("LoadBalancerArn")
        found = ctx.hot(arn)
        if found is None or any(found == known for _, known in answers):
            continue
        owner = ctx.resource_of(arn)
        condition = (owner.condition if owner else None) or listener.condition
        answers.append((condition if condition != ctx.resource.condition else None, found))
    answers += outside(ctx)
    if answers and all(condition for condition, _ in answers):
        return selected(answers, balancer_hole(ctx))
    always = next((found for condition, found in answers if condition is None), None)
    if len(answers) > 1:
        message = "Listeners of several load balancers use this target group; an Octavia pool belongs to one of them."
        ctx.report("C2H3002", Severity.WARNING, message, "Give each load balancer a target group of its own.")
    return balancer_hole(ctx) if always is None else always


def outside(ctx: ResourceContext) -> Iterator[tuple[str | None, hot.HotValue]]:
    """The load balancers of the listeners that rules know by a parameter alone: Heat asks Octavia for them."""
    found: dict[str, list[str | None]] = {}
    for use in ctx.users(ctx.id):
        rule = ctx.template.resources.get(use.resource)
        listener = ctx.hot(rule.properties.entries.get("ListenerArn")) if rule is not None and rule.type == RULE else None
        if rule is not None and isinstance(listener, hot.GetParam) and not listener.path:
            found.setdefault(listener.name, []).append(rule.condition if rule.condition != ctx.resource.condition else None)
    for name, conditions in found.items():
        for condition in [None] if None in conditions else dict.fromkeys(conditions):
            made = listener_outside(ctx, name, condition or ctx.resource.condition)
            yield condition, hot.GetAttr(made.name, "loadbalancers", (hot.Literal(0), hot.Literal("id")))


def listener_outside(ctx: ResourceContext, parameter: str, condition: str | None) -> HotResource:
    """A listener of others as a resource, made once, of which Heat only reads."""
    key = f"listener {parameter} {condition or ''}"
    found = ctx.find(key)
    if found is None:
        found = ctx.add(key, "OS::Octavia::Listener", f"{ctx.id}_listener")
        found.external_id, found.condition = hot.GetParam(parameter), condition
        found.comments.append(f"{parameter} holds its id: from it comes the load balancer of {ctx.id}")
    return found


def selected(answers: list[tuple[str | None, hot.HotValue]], default: hot.HotValue) -> hot.HotValue:
    """The first answer whose condition holds."""
    result = default
    for condition, found in reversed(answers):
        result = hot.If(hot.Literal(condition), found, result)
    return result


def balancer_hole(ctx: ResourceContext) -> hot.HotValue:
    """A pool cannot be without a load balancer."""
    because = f"Octavia load balancer that the pool {ctx.id} belongs to; no listener of this template says which."
    return ctx.hole(f"{ctx.id}_load_balancer", because)


@finish_hook("targets.group")
def finish_group(ctx: ResourceContext) -> None:
    """The pool's load balancer, protocols, and what the health check leaves to defaults."""
    pool = ctx.find("pool")
    if pool is None:
        say_no_pool(ctx)
        return
    pool.properties = {"loadbalancer": balancer_of(ctx), **pool.properties}
    fill(ctx, pool, {"protocol": pool_protocol(ctx), "tls_enabled": tls_enabled(ctx)})
    monitor = ctx.find("monitor")
    if monitor is not None:
        fill(ctx, monitor, {"type": monitor_type(ctx)})
    tidy(ctx)
    twin = make_twin(ctx, "pool", protocol=UDP)
    if twin is not None:
        make_twin(ctx, "monitor", pool=hot.GetResource(twin.name))


def say_no_pool(ctx: ResourceContext) -> None:
    """Targets that Octavia has no members for."""
    if words(ctx, ctx.value("TargetType")) != {"lambda"}:
        say_gateway(ctx)
        return
    because = "Octavia's pools have addresses as members, no functions."
    advice = "Run the function's code as a service on a server or a Zun container, and make that a member."
    ctx.report("C2H3004", Severity.ERROR, because, advice)


# ---- protocols -------------------------------------------------------------------------------------------------------


def fronts(ctx: PlanContext) -> set[str]:
    """Protocols of the listeners in front, as far as they are known."""
    found: set[str] = set()
    for listener in listeners(ctx, ctx.id):
        found |= words(ctx, listener.properties.entries.get("Protocol"))
    return found


def pool_protocol(ctx: ResourceContext) -> hot.HotValue:
    """HTTP behind every listener that speaks HTTP or ends TLS (Octavia allows no other there), else the group's own."""
    front = fronts(ctx)
    if front & {"HTTPS", "TLS"} or front == {"HTTP"}:
        return HTTP
    table = {"HTTP": HTTP, "HTTPS": HTTP, "UDP": hot.Literal("UDP"), "TCP": TCP, "TLS": TCP, "TCP_UDP": TCP, "TCP_QUIC": TCP}
    return choose(ctx, ctx.value("Protocol"), table) or HTTP


def tls_enabled(ctx: ResourceContext) -> hot.HotValue | None:
    """Whether members are spoken to with TLS."""
    value = ctx.value("Protocol")
    if value is None or not words(ctx, value) & {"HTTPS", "TLS"}:
        return None
    return choose(ctx, value, {word: TRUE if word in ("HTTPS", "TLS") else FALSE for word in PROTOCOLS})


PROTOCOLS = ("GENEVE", "HTTP", "HTTPS", "QUIC", "TCP", "TCP_QUIC", "TCP_UDP", "TLS", "UDP")
PROBES = {word: hot.Literal(word) if word in ("HTTP", "HTTPS") else TCP for word in PROTOCOLS}


def monitor_type(ctx: ResourceContext) -> hot.HotValue:
    """How members are probed; a group that does not say it is probed as its kind of load balancer does."""
    value = ctx.value("HealthCheckProtocol")
    found = choose(ctx, value, PROBES) if value is not None else None
    if found is not None:
        return found
    default = {word: HTTP if word in ("HTTP", "HTTPS") else TCP for word in PROTOCOLS}
    return choose(ctx, ctx.value("Protocol"), default) or HTTP


def only_http(kind: hot.HotValue, value: hot.HotValue | None) -> hot.HotValue | None:
    """What only HTTP probes have, wherever the probe is one."""
    if isinstance(kind, hot.If):
        return branch(kind.condition, only_http(kind.then, value), only_http(kind.otherwise or TCP, value))
    return None if kind == TCP else value


@property_hook("targets.protocol")
def protocol(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Set by the finishing hook; what changes is said here."""
    named = words(ctx, value)
    if named <= {"HTTP", "TCP", "UDP"} and pool_protocol(ctx) in [hot.Literal(word) for word in named]:
        ctx.translated(path, "pool.protocol")
    if named & BOTH:
        ctx.adapted(path, "An Octavia pool is for TCP or UDP; there is one for each.", "pool.protocol", "pool_udp.protocol")
    return None


@property_hook("targets.probe_path")
def probe_path(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The path of HTTP probes, which starts with a slash."""
    found = only_http(monitor_type(ctx), ctx.hot(value))
    if found is None:
        ctx.dropped(path, "The health monitor opens a TCP connection, which has no path.", severity=Severity.NOTE)
    if isinstance(found, hot.Literal) and not as_text(found.value).startswith("/"):
        return hot.Literal(f"/{as_text(found.value)}")
    return found


@property_hook("targets.matcher")
def matcher(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Codes that count as healthy: a list or one range, as Octavia takes them."""
    if isinstance(value, cfn.If):
        return branch(
            hot.Literal(value.condition),
            matcher(ctx, value.then, (*path, "Fn::If", 1)),
            matcher(ctx, value.otherwise, (*path, "Fn::If", 2)),
        )
    if not isinstance(value, cfn.Map):
        return None
    if "GrpcCode" in value.entries:
        ctx.dropped((*path, "GrpcCode"), "Octavia's health monitors know HTTP codes, no gRPC status.", "Answer probes over HTTP.")
    given = value.entries.get("HttpCode")
    constant = ctx.constant(given)
    found = ctx.hot(given) if constant is UNKNOWN else None if constant is None else hot.Literal(codes(as_text(constant)))
    probed = only_http(monitor_type(ctx), found)
    if probed is None and "HttpCode" in value.entries:
        ctx.dropped((*path, "HttpCode"), "The health monitor opens a TCP connection, which has no codes.", severity=Severity.NOTE)
    return probed


def codes(text: str) -> str:
    """200-299,301 is neither a list nor a range to Octavia: the range around all stands in."""
    if "-" in text and "," in text:
        numbers = re.findall(r"\d+", text)
        return f"{min(numbers)}-{max(numbers)}"
    return text.replace(" ", "")


# ---- members ---------------------------------------------------------------------------------------------------------


@property_hook("targets.targets")
def targets(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A PoolMember for each target."""
    if ctx.find("pool") is None:
        ctx.dropped(path, "There is no pool that would take them.", severity=Severity.NOTE)
        return None
    for number, target in enumerate(members(value, path), 1):
        if isinstance(target.value, cfn.Map):
            add_member(ctx, target.value, target.path, target.guard, number)
        else:
            ctx.dropped(target.path, "The target is computed as a whole, so that its address and port cannot be told apart here.")
    return None


def add_member(ctx: ResourceContext, target: cfn.Map, path: Path, guard: Guard, number: int) -> None:
    """One PoolMember, by the address of what the target names."""
    identity = target.entries.get("Id")
    member = ctx.add(f"member_{number}", "OS::Octavia::PoolMember", f"{ctx.id}_member_{number}")
    owner = ctx.resource_of(identity) if isinstance(identity, (cfn.Ref, cfn.GetAtt, cfn.If)) else None
    default = without_nothing(ctx.hot(ctx.value("Port")), hot.Literal(80))
    port = without_nothing(ctx.hot(target.entries.get("Port")), default)
    properties = {
        "pool": hot.GetResource(ctx.emit("pool").name),
        "address": member_address(ctx, identity, owner, number),
        "protocol_port": port,
        "monitor_port": monitor_port(ctx, ctx.value("HealthCheckPort"), port),
    }
    fill(ctx, member, properties)
    own = under(owner.condition if owner else None)
    restrict(ctx, member, (*guard, *own))
    twin = ctx.find("pool_udp")
    if twin is not None:
        second = ctx.add(f"member_{number}_udp", "OS::Octavia::PoolMember", f"{ctx.id}_member_{number}_udp")
        fill(ctx, second, {**member.properties, "pool": hot.GetResource(twin.name)})
        restrict(ctx, second, (*guard, *own, *both_guard(ctx, ctx.value("Protocol"))))
    because = "An Octavia member is an address in a subnet, whatever has it."
    ctx.adapted((*path, "Id"), because, f"member_{number}.address")
    ctx.translated((*path, "Port"), f"member_{number}.protocol_port")
    ctx.dropped(
        (*path, "AvailabilityZone"), "Octavia reaches its members over their subnet, in whatever zone.", severity=Severity.NOTE
    )
    ctx.dropped((*path, "QuicServerId"), "Octavia does not balance QUIC by server id.")


def member_address(ctx: ResourceContext, identity: cfn.Value | None, owner: Resource | None, number: int) -> hot.HotValue:
    """The address of an instance, a load balancer, or the address that stands there."""
    if owner is not None and owner.type == "AWS::EC2::Instance":
        return ctx.reference(owner.name, "PrivateIp")
    if owner is not None and owner.type in (BALANCER, CLASSIC):
        balancer = ctx.name(owner.name, "balancer")
        if balancer is not None:
            return hot.GetAttr(balancer, "vip_address")
    found = ctx.hot(identity)
    by_address = words(ctx, ctx.value("TargetType")) == {"ip"} or (owner is not None and isinstance(identity, cfn.GetAtt))
    if found is not None and by_address:
        return found
    what = f"{identity.name} " if isinstance(identity, cfn.Ref) else ""
    return ctx.hole(
        f"{ctx.id}_member_{number}_address", f"IP address of the target {what}of {ctx.id}; Octavia's members are addresses."
    )


# ---- attributes ------------------------------------------------------------------------------------------------------


@property_hook("targets.attributes")
def attributes(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Stickiness and the algorithm are properties of the pool; the rest is said."""
    pool = ctx.find("pool")
    if pool is not None:
        fill(ctx, pool, {"session_persistence": persistence(ctx, value, path), "lb_algorithm": algorithm(ctx, value, path)})
    say_attributes(ctx, value, path, ATTRIBUTES, "An Octavia pool has no such attribute.")
    return None


def attribute(ctx: ResourceContext, value: cfn.Value, path: Path, key: str) -> tuple[cfn.Value | None, Path]:
    """The value of an attribute and where it stands."""
    for member in members(value, path):
        if isinstance(member.value, cfn.Map) and ctx.constant(member.value.entries.get("Key")) == key:
            return member.value.entries.get("Value"), member.path
    return None, ()


def persistence(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Stickiness as session persistence, where it is switched on."""
    switch, switch_path = attribute(ctx, value, path, "stickiness.enabled")
    kind, kind_path = attribute(ctx, value, path, "stickiness.type")
    cookie, cookie_path = attribute(ctx, value, path, "stickiness.app_cookie.cookie_name")
    wanted = is_word(ctx, switch, "true", False)
    if wanted is False:
        return None
    word = as_text(ctx.constant(kind)) if kind is not None else "lb_cookie"
    entries: dict[str, hot.HotValue] = {"type": hot.Literal(KINDS.get(word, "HTTP_COOKIE"))}
    if pool_protocol(ctx) != HTTP:
        entries = {"type": hot.Literal("SOURCE_IP")}
    elif word == "app_cookie":
        entries["cookie_name"] = ctx.hot(cookie) or hot.Literal("AWSALBAPP")
    because = "Stickiness is the pool's session_persistence; how long a cookie lives cannot be set there."
    for place in (switch_path, kind_path, cookie_path):
        if place:
            ctx.adapted(place, because, "pool.session_persistence")
    found = hot.HotMap(entries)
    return found if wanted is True else hot.If(wanted, found, None)


KINDS = {"lb_cookie": "HTTP_COOKIE", "app_cookie": "APP_COOKIE", "source_ip": "SOURCE_IP"}


def algorithm(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """How the next member is chosen."""
    given, place = attribute(ctx, value, path, "load_balancing.algorithm.type")
    if given is None:
        return None
    table: dict[str, hot.HotValue] = {
        "round_robin": hot.Literal("ROUND_ROBIN"),
        "least_outstanding_requests": hot.Literal("LEAST_CONNECTIONS"),
        "weighted_random": hot.Literal("ROUND_ROBIN"),
    }
    found = choose(ctx, given, table)
    if found is not None:
        ctx.adapted(place, "Octavia counts connections, not requests, and has no weighted random choice.", "pool.lb_algorithm")
    return found


NO_STICKINESS = Verdict("Stickiness is off: the pool has no session persistence.")
ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": Verdict(
        "Octavia does not drain: a member that leaves loses its connections.",
        "Before a member leaves, set its weight to 0: openstack loadbalancer member set --weight 0 POOL MEMBER.",
    ),
    "deregistration_delay.connection_termination.enabled": Verdict(
        "A member that leaves an Octavia pool loses its connections at once."
    ),
    "stickiness.enabled": NO_STICKINESS,
    "stickiness.type": NO_STICKINESS,
    "stickiness.app_cookie.cookie_name": NO_STICKINESS,
    "stickiness.": Verdict(
        "Heat's session_persistence does not say how long a cookie lives: Octavia's ends with the browser's session."
    ),
    "slow_start.duration_seconds": Verdict(
        "Octavia gives a new member its full share at once.",
        "Warm the service up before its health check answers.",
        Severity.WARNING,
    ),
    "load_balancing.cross_zone.enabled": Verdict("Octavia always balances over all members, in whatever zone."),
    "load_balancing.algorithm.anomaly_mitigation": Verdict("Octavia does not weigh members by their errors."),
    "preserve_client_ip.enabled": Verdict(
        "Members see the amphora's address, not the client's.",
        "Use a pool with protocol PROXY and servers that read the PROXY protocol, or X-Forwarded-For behind HTTP listeners.",
        Severity.WARNING,
    ),
    "proxy_protocol_v2.enabled": Verdict(
        "Heat's pools know PROXY protocol version 1 only, as the pool protocol PROXY.",
        "Set protocol: PROXY on the pool when the servers read version 1.",
        Severity.WARNING,
    ),
    "lambda.multi_value_headers.enabled": Verdict("There are no function targets."),
    "target_group_health.": Verdict("Octavia has no minimum of healthy members at which it acts."),
    "target_health_state.": Verdict("Octavia leaves connections to unhealthy members as they are."),
    "target_failover.": Verdict("Octavia has no flows of appliances to move."),
}


@reference_hook("targets.balancers")
def balancers(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The load balancers that use the group: the one that its pool belongs to."""
    return hot.HotList((balancer_of(ctx),)) if is_pool(ctx) else None
