"""Listeners and their rules: certificates, default pools, L7 policies of Octavia."""

from __future__ import annotations

from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.access import allowed_cidrs
from cfn2heat.hooks.branches import Guard, members, under
from cfn2heat.hooks.choices import choose, without_nothing, words
from cfn2heat.hooks.emitting import fill, restrict, tidy
from cfn2heat.hooks.listener_actions import actions, kind_of, redirect_url, say_actions, tree
from cfn2heat.hooks.loadbalancing import BALANCER, RULE, say_gateway
from cfn2heat.hooks.tls import tls_container
from cfn2heat.hooks.udp import UDP, make_twin, takes_both, udp_pool
from cfn2heat.hooks.verdicts import Verdict, say_attributes
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook

CERTIFICATE = "AWS::ElasticLoadBalancingV2::ListenerCertificate"


# ---- the listener ----------------------------------------------------------------------------------------------------


@predicate("listeners.is_listener")
def is_listener(plan: PlanContext) -> bool:
    """Whether it takes connections; a gateway load balancer's listener takes packets."""
    owner = plan.resource_of(plan.value("LoadBalancerArn"))
    gateway = owner is not None and words(plan, owner.properties.entries.get("Type")) == {"gateway"}
    return not gateway and words(plan, plan.value("Protocol")) != {"GENEVE"}


@predicate("listeners.takes_both")
def is_both(plan: PlanContext) -> bool:
    """Whether it may take TCP and UDP on one port."""
    return is_listener(plan) and takes_both(plan)


@property_hook("listeners.certificates")
def certificates(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The default certificate's container."""
    return tls_container(ctx, certificate_of(value), f"{ctx.id}_tls_container")


def certificate_of(value: cfn.Value | None) -> cfn.Value | None:
    """The first CertificateArn of a list, with its branches."""
    match value:
        case cfn.If():
            then, otherwise = certificate_of(value.then), certificate_of(value.otherwise)
            nothing = cfn.NoValue(value.span)
            return cfn.If(value.condition, then or nothing, otherwise or nothing, value.span)
        case cfn.Seq():
            return next((found for item in value.items if (found := certificate_of(item)) is not None), None)
        case cfn.Map():
            return value.entries.get("CertificateArn")
    return None


@finish_hook("listeners.listener")
def finish_listener(ctx: ResourceContext) -> None:
    """A certificate where TLS ends here, further ones for SNI, and who may connect."""
    listener = ctx.find("listener")
    if listener is None:
        say_gateway(ctx)
        return
    fill(ctx, listener, {"default_tls_container_ref": missing_certificate(ctx, listener)})
    fill(ctx, listener, {"sni_container_refs": sni_containers(ctx)})
    owner = ctx.resource_of(ctx.value("LoadBalancerArn"))
    if owner is not None and owner.type == BALANCER:
        groups = owner.properties.entries.get("SecurityGroups")
        fill(ctx, listener, {"allowed_cidrs": allowed_cidrs(ctx, groups, ctx.value("Port"))})
    tidy(ctx)
    make_twin(ctx, "listener", protocol=UDP, default_pool=udp_pool(ctx, listener.properties.get("default_pool")))


def missing_certificate(ctx: ResourceContext, listener: HotResource) -> hot.HotValue | None:
    """A listener that ends TLS needs a container: asked for where the template gives none."""
    given = listener.properties.get("default_tls_container_ref")
    protocols = words(ctx, ctx.value("Protocol"))
    if not protocols & SECURE or (given is not None and not protocols <= SECURE):
        return given
    if given is not None and given == without_nothing(given, hot.Literal("")):
        return given
    because = f"Reference of the Barbican container (or PKCS12 secret) with the certificate and key of {ctx.id}."
    hole = ctx.hole(f"{ctx.id}_tls_container", because)
    return without_nothing(given, hole) if given is not None else choose(ctx, ctx.value("Protocol"), dict.fromkeys(SECURE, hole))


SECURE = {"HTTPS", "TLS"}


def sni_containers(ctx: ResourceContext) -> hot.HotValue | None:
    """Certificates beyond the first: of the listener itself and of ListenerCertificates."""
    found: list[hot.HotValue] = []
    for number, (arn, guard) in enumerate(further_certificates(ctx), 2):
        container = tls_container(ctx, arn, f"{ctx.id}_tls_container_{number}")
        if container is not None:
            for condition in reversed(guard):
                container = hot.If(condition, container, None)
            found.append(container)
    return hot.HotList(tuple(found)) if found else None


def further_certificates(ctx: ResourceContext) -> Iterator[tuple[cfn.Value, Guard]]:
    """CertificateArns with their conditions."""
    own = list(members(ctx.value("Certificates")))
    for position, member in enumerate(own):
        if position and not member.guard and isinstance(member.value, cfn.Map) and "CertificateArn" in member.value.entries:
            yield member.value.entries["CertificateArn"], member.guard
    for resource in certificates_for(ctx, ctx.id):
        guard = under(resource.condition)
        for member in members(resource.properties.entries.get("Certificates")):
            if isinstance(member.value, cfn.Map) and "CertificateArn" in member.value.entries:
                yield member.value.entries["CertificateArn"], (*guard, *member.guard)


def certificates_for(plan: PlanContext, listener: str) -> list[Resource]:
    """The template's ListenerCertificates of a listener."""
    users = (plan.template.resources.get(use.resource) for use in plan.users(listener))
    return list({user.name: user for user in users if user is not None and user.type == CERTIFICATE}.values())


@plan_hook("listeners.certificate")
def plan_certificate(plan: PlanContext) -> None:
    """The listener of the template takes it in."""
    owner = plan.resource_of(plan.value("ListenerArn"))
    plan.join(owner.name if owner else None, "listener")


@property_hook("listeners.attributes")
def attributes(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Every attribute has its own verdict."""
    say_attributes(ctx, value, path, ATTRIBUTES, "Heat's listeners have no such attribute.")
    return None


AFTERWARDS = "After the stack is made:"
HEADERS = Verdict(
    "Octavia adds no response headers and renames no request headers.",
    "Have the servers send these headers.",
    Severity.WARNING,
)
ATTRIBUTES = {
    "tcp.idle_timeout.seconds": Verdict(
        "Heat's listeners have no timeouts; Octavia ends a connection that was idle for 50 seconds.",
        f"{AFTERWARDS} openstack loadbalancer listener set --timeout-client-data MS --timeout-member-data MS LISTENER.",
        Severity.WARNING,
    ),
    "routing.http.response.server.enabled": Verdict("HAProxy adds no Server header of its own."),
    "routing.http.": HEADERS,
}


# ---- actions ---------------------------------------------------------------------------------------------------------


@property_hook("listeners.default_actions")
def default_actions(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The default pool; a redirect becomes a policy that matches every path, after all others."""
    if ctx.find("listener") is None:
        ctx.dropped(path, "There is no listener that would act.", severity=Severity.NOTE)
        return None
    for action, _, guard in actions(value):
        if kind_of(ctx, action) == "redirect" and ctx.name(ctx.id, "redirect") is None:
            add_redirect(ctx, action, guard)
    say_actions(ctx, value, path, "redirect" if ctx.name(ctx.id, "redirect") else "listener", True)
    pool = tree(ctx, value, "redirect_pool")
    return udp_pool(ctx, pool) if words(ctx, ctx.value("Protocol")) in ({"UDP"}, {"QUIC"}) else pool


def add_redirect(ctx: ResourceContext, action: cfn.Map, guard: Guard) -> None:
    """The L7 policy and rule of a default redirect."""
    policy = ctx.add("redirect", "OS::Octavia::L7Policy", f"{ctx.id}_redirect")
    listener = hot.GetResource(ctx.emit("listener").name)
    url = redirect_url(ctx, action.entries.get("RedirectConfig"))
    fill(ctx, policy, {"listener": listener, "action": hot.Literal("REDIRECT_TO_URL"), "redirect_url": url})
    rule = ctx.add("redirect_all", "OS::Octavia::L7Rule", f"{ctx.id}_redirect_all")
    every = {"type": "PATH", "compare_type": "STARTS_WITH", "value": "/"}
    fill(ctx, rule, {"l7policy": hot.GetResource(policy.name), **{key: hot.Literal(word) for key, word in every.items()}})
    restrict(ctx, policy, guard)
    rule.condition = policy.condition
    for name in rules_of(ctx, ctx.id):
        before = ctx.name(name, "policy")
        if before is not None:
            ctx.depends_on(policy, before)


def rules_of(plan: PlanContext, listener: str) -> list[str]:
    """The template's rules of a listener."""
    found: dict[str, None] = {}
    for use in plan.users(listener):
        user = plan.template.resources.get(use.resource)
        if user is not None and user.type == RULE and "ListenerArn" in use.path:
            found[user.name] = None
    return list(found)


# ---- rules -----------------------------------------------------------------------------------------------------------


@property_hook("listeners.actions")
def rule_actions(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """What the policy does."""
    say_actions(ctx, value, path, "policy", False)
    policy = ctx.emit("policy")
    leaves = {leaf: tree(ctx, value, leaf) for leaf in ("action", "redirect_pool", "redirect_url")}
    if leaves["action"] is None:
        fill(ctx, policy, {"action": hot.Literal("REJECT"), "admin_state_up": hot.Literal(False)})
        ctx.report(
            "C2H3002", Severity.WARNING, "Nothing of what the rule does can be done: the policy is switched off.", path=path
        )
    fill(ctx, policy, leaves)
    return None


@property_hook("listeners.position")
def position(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Positions count from 1 without gaps; policies are made in their order, since Octavia appends what lies beyond the end."""
    order = ranked(ctx)
    if ctx.id not in order:
        return ctx.hot(value)
    rank = order.index(ctx.id)
    before = ctx.name(order[rank - 1], "policy") if rank else None
    if before is not None:
        ctx.depends_on(ctx.emit("policy"), before)
    return hot.Literal(rank + 1)


def ranked(ctx: ResourceContext) -> list[str]:
    """The rules of the same listener by priority, when all priorities are known and none is conditional; else none."""
    listener = ctx.resource_of(ctx.value("ListenerArn"))
    names = rules_of(ctx, listener.name) if listener else []
    priorities = {name: ctx.constant(ctx.template.resources[name].properties.entries.get("Priority")) for name in names}
    if any(not as_text(priority).isdigit() for priority in priorities.values()):
        return []
    return sorted(names, key=lambda name: int(as_text(priorities[name])))


@finish_hook("listeners.rule")
def finish_rule(ctx: ResourceContext) -> None:
    """A rule without an action does nothing."""
    policy = ctx.emit("policy")
    if "action" not in policy.properties:
        fill(ctx, policy, {"action": hot.Literal("REJECT"), "admin_state_up": hot.Literal(False)})
    tidy(ctx)
