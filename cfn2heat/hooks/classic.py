"""Classic load balancers: a listener, pool, monitor and members for each of their listeners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.access import allowed_cidrs
from cfn2heat.hooks.branches import Guard, members, under
from cfn2heat.hooks.choices import choose, same, without_nothing, words
from cfn2heat.hooks.emitting import fill, promise, restrict, tidy
from cfn2heat.hooks.tls import tls_container
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, property_hook

HTTP, TCP, PROXY = hot.Literal("HTTP"), hot.Literal("TCP"), hot.Literal("PROXY")
AFTERWARDS = "After the stack is made:"
KINDS = {"listener": "OS::Octavia::Listener", "pool": "OS::Octavia::Pool", "monitor": "OS::Octavia::HealthMonitor"}


class ClassicListener(NamedTuple):
    """One listener: its map, where it stands, its conditions, and the label that its resources' names end in."""

    value: cfn.Map
    path: Path
    guard: Guard
    label: str

    def key(self, kind: str) -> str:
        """The emit key of its listener, pool or monitor."""
        return f"{kind}_{self.label}"


class Probe(NamedTuple):
    """A health check's target, taken apart."""

    protocol: hot.HotValue
    port: hot.HotValue | None
    path: hot.HotValue | None


def listeners_of(plan: PlanContext, balancer: str) -> list[ClassicListener]:
    """The listeners of a load balancer; labels are their ports, or numbers."""
    listed = plan.template.resources[balancer].properties.entries.get("Listeners")
    found: list[ClassicListener] = []
    for number, member in enumerate(members(listed, ("Listeners",)), 1):
        if isinstance(member.value, cfn.Map):
            port = as_text(plan.constant(member.value.entries.get("LoadBalancerPort")))
            label = port if port.isdigit() else str(number)
            while label in {known.label for known in found}:
                label += "_2"
            found.append(ClassicListener(member.value, member.path, member.guard, label))
    return found


@plan_hook("classic.balancer")
def plan_balancer(plan: PlanContext) -> None:
    """Names for what each listener becomes; scaling groups refer to the pools."""
    for listener in listeners_of(plan, plan.id):
        for kind, target in KINDS.items():
            promise(plan, listener.key(kind), target, f"{plan.id}_{kind}_{listener.label}")


@finish_hook("classic.balancer")
def finish_balancer(ctx: ResourceContext) -> None:
    """Everything behind the VIP, then the VIP itself."""
    from cfn2heat.hooks.loadbalancing import finish_balancer as finish

    finish(ctx)
    for listener in listeners_of(ctx, ctx.id):
        make_listener(ctx, listener)
        make_pool(ctx, listener)
        make_monitor(ctx, listener)
    tidy(ctx)


def make_listener(ctx: ResourceContext, listener: ClassicListener) -> None:
    """The listener on the load balancer's port."""
    entries = listener.value.entries
    resource = ctx.emit(listener.key("listener"))
    port = entries.get("LoadBalancerPort")
    fill(
        ctx,
        resource,
        {
            "loadbalancer": hot.GetResource(ctx.emit("balancer").name),
            "protocol": choose(ctx, entries.get("Protocol"), LISTENS) or TCP,
            "protocol_port": ctx.hot(port),
            "default_tls_container_ref": container(ctx, listener),
            "default_pool": hot.GetResource(ctx.emit(listener.key("pool")).name),
            "allowed_cidrs": allowed_cidrs(ctx, ctx.value("SecurityGroups"), port),
        },
    )
    restrict(ctx, resource, listener.guard)


def spellings(table: dict[str, hot.HotValue]) -> dict[str, hot.HotValue]:
    """Protocols in the spellings that are taken: TCP, tcp and Tcp."""
    return {spelling: answer for word, answer in table.items() for spelling in (word, word.lower(), word.capitalize())}


TLS = hot.Literal("TERMINATED_HTTPS")
LISTENS = spellings({"HTTP": HTTP, "HTTPS": TLS, "TCP": TCP, "SSL": TLS})


def speaks(ctx: ResourceContext, value: cfn.Value | None) -> set[str]:
    """Protocols in capitals."""
    return {word.upper() for word in words(ctx, value)}


def container(ctx: ResourceContext, listener: ClassicListener) -> hot.HotValue | None:
    """The certificate's container, asked for where TLS ends without one."""
    name = f"{ctx.id}_tls_container_{listener.label}"
    found = tls_container(ctx, listener.value.entries.get("SSLCertificateId"), name)
    protocol = listener.value.entries.get("Protocol")
    if not speaks(ctx, protocol) & {"HTTPS", "SSL"}:
        return None
    if found is None:
        because = f"Reference of the Barbican container (or PKCS12 secret) with the certificate and key of {ctx.id}."
        found = ctx.hole(name, because)
    return choose(ctx, protocol, spellings({"HTTPS": found, "SSL": found}))


def make_pool(ctx: ResourceContext, listener: ClassicListener) -> None:
    """The pool of a listener, with a member for each instance."""
    resource = ctx.emit(listener.key("pool"))
    fill(
        ctx,
        resource,
        {
            "loadbalancer": hot.GetResource(ctx.emit("balancer").name),
            "protocol": pool_protocol(ctx, listener),
            "tls_enabled": tls_enabled(ctx, listener),
            "lb_algorithm": hot.Literal("ROUND_ROBIN"),
            "session_persistence": persistence(ctx, listener),
        },
    )
    restrict(ctx, resource, listener.guard)
    for number, (instance, guard) in enumerate(instances(ctx), 1):
        add_member(ctx, listener, instance, (*listener.guard, *guard), number)


def pool_protocol(ctx: ResourceContext, listener: ClassicListener) -> hot.HotValue:
    """HTTP behind HTTP and ended TLS (Octavia allows no other there); PROXY where a policy asks for it; else TCP."""
    entries = listener.value.entries
    if speaks(ctx, entries.get("Protocol")) & {"HTTPS", "SSL"}:
        return HTTP
    if proxied(ctx, entries.get("InstancePort")):
        return PROXY
    return choose(ctx, entries.get("Protocol"), spellings({"HTTP": HTTP, "TCP": TCP})) or TCP


def tls_enabled(ctx: ResourceContext, listener: ClassicListener) -> hot.HotValue | None:
    """Whether instances are spoken to with TLS: only where the load balancer starts TLS of its own."""
    value = listener.value.entries.get("InstanceProtocol")
    if not speaks(ctx, value) & {"HTTPS", "SSL"}:
        return None
    table: dict[str, hot.HotValue] = {"HTTPS": hot.Literal(True), "SSL": hot.Literal(True)}
    return choose(ctx, value, spellings(table | {"HTTP": hot.Literal(False), "TCP": hot.Literal(False)}))


def proxied(ctx: ResourceContext, port: cfn.Value | None) -> bool:
    """Whether a policy asks for the PROXY protocol on an instance port."""
    wanted = ctx.hot(port)
    for policy in members(ctx.value("Policies")):
        given = policy.value.entries if isinstance(policy.value, cfn.Map) else {}
        if ctx.constant(given.get("PolicyType")) == "ProxyProtocolPolicyType":
            ports = [ctx.hot(member.value) for member in members(given.get("InstancePorts"))]
            if any(same(known, wanted) for known in ports):
                return True
    return False


def persistence(ctx: ResourceContext, listener: ClassicListener) -> hot.HotValue | None:
    """The cookie of the policies that a listener names."""
    if pool_protocol(ctx, listener) != HTTP:
        return None
    for name in members(listener.value.entries.get("PolicyNames")):
        for key, kind in (("LBCookieStickinessPolicy", "HTTP_COOKIE"), ("AppCookieStickinessPolicy", "APP_COOKIE")):
            for policy in members(ctx.value(key)):
                given = policy.value.entries if isinstance(policy.value, cfn.Map) else {}
                if isinstance(policy.value, cfn.Map) and same(ctx.hot(given.get("PolicyName")), ctx.hot(name.value)):
                    return cookie(ctx, policy.value, kind, (*name.guard, *policy.guard))
    return None


def cookie(ctx: ResourceContext, policy: cfn.Map, kind: str, guard: Guard) -> hot.HotValue:
    """Session persistence by a cookie, under its conditions."""
    entries: dict[str, hot.HotValue] = {"type": hot.Literal(kind)}
    name = ctx.hot(policy.entries.get("CookieName"))
    if name is not None:
        entries["cookie_name"] = name
    found: hot.HotValue = hot.HotMap(entries)
    for condition in reversed(guard):
        found = hot.If(condition, found, None)
    return found


# ---- members ---------------------------------------------------------------------------------------------------------


def instances(ctx: ResourceContext) -> Iterator[tuple[cfn.Value, Guard]]:
    """The instances that are named one by one."""
    for member in members(ctx.value("Instances")):
        owner = ctx.resource_of(member.value)
        known = owner is not None or not isinstance(ctx.hot(member.value), hot.GetParam) or not is_list(ctx, member.value)
        if known:
            guard = under(owner.condition if owner else None)
            yield member.value, (*member.guard, *guard)


def is_list(ctx: ResourceContext, value: cfn.Value) -> bool:
    """Whether a value is a whole list of instances."""
    return isinstance(value, cfn.Ref) and ctx.parameter_type(value.name) == "comma_delimited_list"


def add_member(ctx: ResourceContext, listener: ClassicListener, instance: cfn.Value, guard: Guard, number: int) -> None:
    """One instance in one pool."""
    label = f"{listener.label}_{number}"
    resource = ctx.add(f"member_{label}", "OS::Octavia::PoolMember", f"{ctx.id}_member_{label}")
    owner = ctx.resource_of(instance)
    if owner is not None:
        address: hot.HotValue = ctx.reference(owner.name, "PrivateIp")
    else:
        because = f"IP address of instance {number} of {ctx.id}; Octavia's members are addresses."
        address = ctx.hole(f"{ctx.id}_member_{number}_address", because)
    port = ctx.hot(listener.value.entries.get("InstancePort"))
    probe = probe_of(ctx, ctx.id).port
    fill(
        ctx,
        resource,
        {
            "pool": hot.GetResource(ctx.emit(listener.key("pool")).name),
            "address": address,
            "protocol_port": port,
            "monitor_port": None if same(probe, port) else probe,
        },
    )
    restrict(ctx, resource, guard)


@property_hook("classic.instances")
def say_instances(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A list that is a parameter has no number of members yet."""
    for member in members(value, path):
        if is_list(ctx, member.value):
            because = "How many instances the list has is known only when the stack is made, and each needs a pool member."
            advice = (
                "After the stack is made, for each: openstack loadbalancer member create --address IP --protocol-port PORT POOL."
            )
            ctx.dropped(member.path, because, advice, Severity.ERROR)
    return None


# ---- health check ----------------------------------------------------------------------------------------------------


def make_monitor(ctx: ResourceContext, listener: ClassicListener) -> None:
    """The health monitor of a pool: the same check for each."""
    check = ctx.value("HealthCheck")
    probe = probe_of(ctx, ctx.id)
    resource = ctx.emit(listener.key("monitor"))
    fill(
        ctx,
        resource,
        {
            "pool": hot.GetResource(ctx.emit(listener.key("pool")).name),
            "type": probe.protocol,
            "delay": without_nothing(member_of(ctx, check, "Interval"), hot.Literal(30)),
            "timeout": without_nothing(member_of(ctx, check, "Timeout"), hot.Literal(5)),
            "max_retries": without_nothing(member_of(ctx, check, "HealthyThreshold"), hot.Literal(10)),
            "url_path": probe.path,
        },
    )
    restrict(ctx, resource, listener.guard)


@property_hook("classic.health_check")
def say_health_check(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Heat's monitors have one count."""
    because = "Heat's health monitors have one count, max_retries, for members that come back; three failed probes take one out."
    advice = "After the stack is made: openstack loadbalancer healthmonitor set --max-retries-down COUNT MONITOR."
    for member in members(value, path):
        ctx.dropped((*member.path, "UnhealthyThreshold"), because, advice, Severity.NOTE)
    return None


@property_hook("classic.cookie_policy")
def say_cookie_policy(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A cookie of Octavia has no age."""
    for member in members(value, path):
        place = (*member.path, "CookieExpirationPeriod")
        ctx.dropped(place, "Octavia's cookie ends with the browser's session.", severity=Severity.NOTE)
    return None


def probe_of(ctx: ResourceContext, balancer: str) -> Probe:
    """Protocol, port and path of a health check's target such as HTTP:80/index.html; without one, TCP on the member's port."""
    return probe_by(ctx, ctx.template.resources[balancer].properties.entries.get("HealthCheck"))


def probe_by(ctx: ResourceContext, value: cfn.Value | None) -> Probe:
    """The same of a health check, or of its target, with their branches."""
    if isinstance(value, cfn.If):
        one, other = probe_by(ctx, value.then), probe_by(ctx, value.otherwise)
        condition = hot.Literal(value.condition)
        protocol = branch(condition, one.protocol, other.protocol) or TCP
        return Probe(protocol, branch(condition, one.port, other.port), branch(condition, one.path, other.path))
    if isinstance(value, cfn.Map):
        return probe_by(ctx, value.entries.get("Target"))
    return read_target(ctx, value)


def member_of(ctx: ResourceContext, check: cfn.Value | None, name: str) -> hot.HotValue | None:
    """A number of a health check, with its branches."""
    if isinstance(check, cfn.If):
        condition = hot.Literal(check.condition)
        return branch(condition, member_of(ctx, check.then, name), member_of(ctx, check.otherwise, name))
    return ctx.hot(check.entries.get(name)) if isinstance(check, cfn.Map) else None


def read_target(ctx: ResourceContext, target: cfn.Value | None) -> Probe:
    """A target such as HTTP:80/index.html, taken apart."""
    first, *rest = pieces(ctx, target) or [""]
    if not isinstance(first, str) or ":" not in first:
        return Probe(TCP, None, None)
    protocol, _, tail = first.partition(":")
    port, path = split_pieces([tail, *rest])
    kind = protocol.upper()
    http = kind in ("HTTP", "HTTPS")
    return Probe(hot.Literal(kind) if http else TCP, joined(ctx, port), joined(ctx, path) if http else None)


Piece = str | cfn.Value


def pieces(ctx: ResourceContext, value: cfn.Value | None) -> list[Piece]:
    """A text as literal pieces and values."""
    constant = ctx.constant(value)
    if constant is not UNKNOWN:
        return [as_text(constant)] if constant is not None else []
    match value:
        case cfn.Sub():
            return [part if isinstance(part, str) else part[1] for part in value.parts]
        case cfn.Join(items=cfn.Seq(items=items)):
            found: list[Piece] = []
            for index, item in enumerate(items):
                found += [value.delimiter] if index and value.delimiter else []
                found += pieces(ctx, item) or [""]
            return merged(found)
    return [] if value is None else [value]


def merged(found: list[Piece]) -> list[Piece]:
    """Neighbouring literal pieces as one."""
    result: list[Piece] = []
    for piece in found:
        if isinstance(piece, str) and result and isinstance(result[-1], str):
            result[-1] += piece
        else:
            result.append(piece)
    return result


def split_pieces(found: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """What comes before the first slash, and the rest with it."""
    for index, piece in enumerate(found):
        if isinstance(piece, str) and "/" in piece:
            before, slash, after = piece.partition("/")
            return [*found[:index], before], [slash + after, *found[index + 1 :]]
    return found, []


def joined(ctx: ResourceContext, found: list[Piece]) -> hot.HotValue | None:
    """Pieces as one HOT value; None for nothing."""
    values = [hot.Literal(piece) if isinstance(piece, str) else ctx.text(piece) for piece in found if piece != ""]
    if not values:
        return None
    return values[0] if len(values) == 1 else hot.ListJoin("", (hot.HotList(tuple(values)),))


@property_hook("classic.listeners")
def say_listeners(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """What each listener becomes, and what TLS without HTTP loses."""
    for listener in listeners_of(ctx, ctx.id):
        targets = {
            "LoadBalancerPort": f"{listener.key('listener')}.protocol_port",
            "PolicyNames": f"{listener.key('pool')}.session_persistence",
            "InstancePort": listener.key("pool"),
        }
        for name, target in targets.items():
            ctx.translated((*listener.path, name), target)
        secure = {"SSLCertificateId": "The certificate and key come from a Barbican container."}
        for name, because in secure.items():
            ctx.adapted((*listener.path, name), because, f"{listener.key('listener')}.default_tls_container_ref")
        say_protocol(ctx, listener)
    return None


def say_protocol(ctx: ResourceContext, listener: ClassicListener) -> None:
    """Plain protocols are carried; SSL is ended as HTTPS."""
    named = speaks(ctx, listener.value.entries.get("Protocol"))
    target, place = f"{listener.key('listener')}.protocol", (*listener.path, "Protocol")
    if named == {"SSL"}:
        because = "Octavia ends TLS only for HTTP (TERMINATED_HTTPS)."
        advice = "For another protocol make the listener and pool TCP and let the servers end TLS."
        ctx.adapted(place, because, target)
        ctx.report("C2H3002", Severity.WARNING, because, advice, place)
    else:
        ctx.translated(place, target)
    ctx.translated((*listener.path, "InstanceProtocol"), f"{listener.key('pool')}.protocol")


@property_hook("classic.policies")
def say_policies(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The PROXY protocol is the pool's; cipher policies cannot be set."""
    for member in members(value, path):
        kind = as_text(ctx.constant(member.value.entries.get("PolicyType"))) if isinstance(member.value, cfn.Map) else ""
        if kind == "ProxyProtocolPolicyType":
            ctx.adapted(member.path, "The PROXY protocol is a protocol of Octavia's pools.", *pool_targets(ctx))
        elif kind == "SSLNegotiationPolicyType":
            advice = f"{AFTERWARDS} openstack loadbalancer listener set --tls-version VERSION --tls-ciphers CIPHERS LISTENER."
            ctx.dropped(member.path, "Heat's listeners have no TLS versions and ciphers; Octavia's defaults hold.", advice)
        elif kind in ("BackendServerAuthenticationPolicyType", "PublicKeyPolicyType"):
            advice = "After the stack is made: openstack loadbalancer pool set --ca-tls-container-ref REF POOL."
            ctx.dropped(member.path, "Heat's pools do not check the certificates of members.", advice)
        else:
            ctx.dropped(member.path, "Octavia has no policies of this kind.")
    return None


def pool_targets(ctx: ResourceContext) -> list[str]:
    """The pools of all listeners."""
    return [f"{listener.key('pool')}.protocol" for listener in listeners_of(ctx, ctx.id)]
