"""Listeners and their rules: default pools, certificates, L7 policies and rules of Octavia."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.access import allowed_cidrs
from cfn2heat.hooks.branches import Guard, members, under
from cfn2heat.hooks.choices import choose, without_nothing, words
from cfn2heat.hooks.emitting import fill, restrict, tidy
from cfn2heat.hooks.loadbalancing import BALANCER, LISTENER, RULE, say_gateway
from cfn2heat.hooks.tls import tls_container
from cfn2heat.hooks.udp import UDP, make_twin, takes_both, udp_pool
from cfn2heat.hooks.verdicts import Verdict, say_attributes
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
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

Tree = hot.HotValue | None


def actions(value: cfn.Value | None) -> Iterator[tuple[cfn.Map, Path, Guard]]:
    """Every action with its place and condition, `Order` aside."""
    for member in members(value):
        if isinstance(member.value, cfn.Map):
            yield member.value, member.path, member.guard


def kind_of(ctx: PlanContext, action: cfn.Map) -> str:
    """What an action does; one without a type forwards."""
    word = as_text(ctx.constant(action.entries.get("Type")))
    if word in ("redirect", "fixed-response") or word.startswith(("authenticate", "jwt")):
        return word
    return "forward"


def tree(ctx: ResourceContext, value: cfn.Value | None, leaf: str) -> Tree:
    """What the routing action of a list gives for a property of an L7Policy (or default_pool), in each branch."""
    match value:
        case cfn.If():
            return branch(hot.Literal(value.condition), tree(ctx, value.then, leaf), tree(ctx, value.otherwise, leaf))
        case cfn.Seq():
            return next((found for item in value.items if (found := tree(ctx, item, leaf)) is not None), None)
        case cfn.Map():
            return leaf_of(ctx, value, leaf)
    return None


def leaf_of(ctx: ResourceContext, action: cfn.Map, leaf: str) -> Tree:
    """One action's answer for action, redirect_pool or redirect_url."""
    kind = kind_of(ctx, action)
    if kind == "forward":
        pool = pool_of(ctx, action)
        return None if pool is None else {"action": hot.Literal("REDIRECT_TO_POOL"), "redirect_pool": pool}.get(leaf)
    if kind == "redirect":
        if leaf == "action":
            return hot.Literal("REDIRECT_TO_URL")
        return redirect_url(ctx, action.entries.get("RedirectConfig")) if leaf == "redirect_url" else None
    return hot.Literal("REJECT") if kind == "fixed-response" and leaf == "action" else None


def pool_of(ctx: ResourceContext, action: cfn.Map) -> hot.HotValue | None:
    """The pool that an action forwards to: of several target groups the one with the greatest weight."""
    arn = action.entries.get("TargetGroupArn")
    if arn is None or isinstance(arn, cfn.NoValue):
        arn = heaviest(ctx, action.entries.get("ForwardConfig"))
    owner = ctx.resource_of(arn)
    if owner is not None and owner.type == "AWS::ElasticLoadBalancingV2::TargetGroup" and ctx.name(owner.name, "pool") is None:
        return None
    return ctx.hot(arn)


def heaviest(ctx: ResourceContext, config: cfn.Value | None) -> cfn.Value | None:
    """The target group of a ForwardConfig that gets the most."""
    groups = config.entries.get("TargetGroups") if isinstance(config, cfn.Map) else None
    best: tuple[float, cfn.Value] | None = None
    for member in members(groups):
        if isinstance(member.value, cfn.Map) and "TargetGroupArn" in member.value.entries:
            text = as_text(ctx.constant(member.value.entries.get("Weight", cfn.Scalar(1, member.value.span))))
            weight = float(text) if text.isdigit() else 1.0
            if best is None or weight > best[0]:
                best = weight, member.value.entries["TargetGroupArn"]
    return best[1] if best else None


def redirect_url(ctx: ResourceContext, config: cfn.Value | None) -> hot.HotValue:
    """A fixed address: Octavia puts nothing of the request into it."""
    given = config.entries if isinstance(config, cfn.Map) else {}
    scheme = fixed_part(ctx, given.get("Protocol")) or "https"
    port = fixed_part(ctx, given.get("Port")) or ""
    path = fixed_part(ctx, given.get("Path")) or "/"
    query = fixed_part(ctx, given.get("Query"))
    host = redirect_host(ctx, given.get("Host"))
    start = f"{scheme.lower()}://"
    rest = "" if port == {"https": "443", "http": "80"}.get(scheme.lower()) or not port else f":{port}"
    rest += path if path.startswith("/") else f"/{path}"
    rest += f"?{query}" if query else ""
    if isinstance(host, hot.Literal):
        return hot.Literal(f"{start}{as_text(host.value)}{rest}")
    return hot.ListJoin("", (hot.HotList((hot.Literal(start), host, hot.Literal(rest))),))


def fixed_part(ctx: ResourceContext, value: cfn.Value | None) -> str | None:
    """A part of a redirect that does not come from the request."""
    constant = ctx.constant(value)
    if constant is None or constant is UNKNOWN or "#{" in as_text(constant):
        return None
    return as_text(constant)


def redirect_host(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue:
    """The host to go to: as given, the name of the load balancer in this template's DNS records, or asked for."""
    fixed = fixed_part(ctx, value)
    if fixed:
        return hot.Literal(fixed)
    if value is not None and ctx.constant(value) is UNKNOWN:
        found = ctx.hot(value)
        if found is not None:
            return found
    because = f"Host name that {ctx.id} redirects clients to; Octavia cannot take it from the request."
    return record_name(ctx) or ctx.hole(f"{ctx.id}_redirect_host", because)


def record_name(ctx: ResourceContext) -> hot.HotValue | None:
    """The name under which a record set of this template makes the load balancer known."""
    listener = ctx.resource if ctx.resource.type == LISTENER else ctx.resource_of(ctx.value("ListenerArn"))
    balancer = ctx.resource_of(listener.properties.entries.get("LoadBalancerArn")) if listener else None
    for use in ctx.users(balancer.name) if balancer else []:
        user = ctx.template.resources.get(use.resource)
        name = user.properties.entries.get("Name") if user and user.type == "AWS::Route53::RecordSet" else None
        if name is not None and not (user and user.condition):
            constant = ctx.constant(name)
            found = ctx.hot(name) if constant is UNKNOWN else hot.Literal(as_text(constant).rstrip("."))
            if not isinstance(found, hot.If):
                return found
    return None


def say_actions(ctx: ResourceContext, value: cfn.Value, path: Path, key: str, default: bool) -> None:
    """Record what of each action is lost; the rest gets the row's fate."""
    for action, place, _ in actions(value):
        here = (*path, *place)
        kind = kind_of(ctx, action)
        if kind == "fixed-response":
            say_fixed_response(ctx, action, here, default)
        elif kind == "redirect":
            say_redirect(ctx, here, key)
        elif kind == "forward":
            say_forward(ctx, action, here, key)
        else:
            because = "Octavia authenticates nobody: every client gets through to the pool."
            ctx.dropped(
                here, because, "Put an authenticating proxy (oauth2-proxy, mod_auth_openidc) before the members.", Severity.ERROR
            )
        ctx.dropped((*here, "Order"), "One action is left to do.", severity=Severity.NOTE)


def say_fixed_response(ctx: ResourceContext, action: cfn.Map, path: Path, default: bool) -> None:
    """Octavia answers by itself with two codes only."""
    config = action.entries.get("FixedResponseConfig")
    code = as_text(ctx.constant(config.entries.get("StatusCode"))) if isinstance(config, cfn.Map) else ""
    here = (*path, "FixedResponseConfig")
    answer = "503, without a default pool" if default else "403, the action REJECT"
    severity = Severity.NOTE if code == answer[:3] else Severity.WARNING if code[:1] in "45" else Severity.ERROR
    advice = "" if severity is Severity.NOTE else "For another answer make a pool of a small web server that gives it."
    ctx.dropped(here, f"Octavia gives no response of one's own; it answers {answer}.", advice, severity)


def say_redirect(ctx: ResourceContext, path: Path, key: str) -> None:
    """Path, query and code of a redirect are lost in Heat."""
    because = "Heat's L7 policies redirect to one fixed address with code 302: the request's path and query are lost."
    ctx.adapted((*path, "RedirectConfig"), because, f"{key}.redirect_url")
    advice = (
        "To keep the path: openstack loadbalancer l7policy set --action REDIRECT_PREFIX --redirect-prefix https://HOST POLICY."
    )
    ctx.report("C2H3002", Severity.WARNING, because, advice, (*path, "RedirectConfig"))


def say_forward(ctx: ResourceContext, action: cfn.Map, path: Path, key: str) -> None:
    """Of several weighted target groups one is left."""
    target = f"{key}.redirect_pool" if key != "listener" else "listener.default_pool"
    if pool_of(ctx, action) is None:
        advice = "Give the rule a target group of instances or addresses."
        ctx.dropped(path, "Its targets have no counterpart, so that there is no pool to forward to.", advice, Severity.ERROR)
        return
    config = action.entries.get("ForwardConfig")
    if isinstance(config, cfn.Map):
        groups = list(members(config.entries.get("TargetGroups")))
        if len(groups) > 1:
            because = "An Octavia listener or policy forwards to one pool; the target group with the greatest weight is it."
            advice = "Put the members of all groups in one pool and give them weights (OS::Octavia::PoolMember weight)."
            ctx.adapted((*path, "ForwardConfig", "TargetGroups"), because, target)
            ctx.report("C2H3002", Severity.WARNING, because, advice, (*path, "ForwardConfig"))
        stickiness = (*path, "ForwardConfig", "TargetGroupStickinessConfig")
        ctx.dropped(stickiness, "With one pool there is no group to stick to.", severity=Severity.NOTE)
    ctx.translated(path, target)


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


@property_hook("listeners.conditions")
def conditions(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """An L7Rule for each condition; a policy that would match too much is switched off."""
    unmatched: list[str] = []
    for number, member in enumerate(members(value, path), 1):
        if not isinstance(member.value, cfn.Map):
            ctx.dropped(
                member.path, "The condition is computed as a whole, so that it cannot be read here.", severity=Severity.ERROR
            )
            unmatched.append("a computed condition")
            continue
        field = field_of(ctx, member.value)
        if field in TYPES:
            add_rule(ctx, member.value, field, member.guard, number, member.path)
        else:
            advice = "Match on host, path or a header, or check in the members; then set admin_state_up of the policy to true."
            ctx.dropped(member.path, f"Octavia's L7 rules do not look at {WORDS.get(field, field)}.", advice, Severity.ERROR)
            unmatched.append(field)
    if unmatched:
        message = f"Without its condition on {', '.join(unmatched)} the rule would match too much: the policy is switched off."
        ctx.report("C2H3002", Severity.WARNING, message, "Switch it on when that is wanted: admin_state_up: true.", path)
        fill(ctx, ctx.emit("policy"), {"admin_state_up": hot.Literal(False)})
    return None


TYPES = {"path-pattern": "PATH", "host-header": "HOST_NAME", "http-header": "HEADER"}
CONFIGS = {
    "path-pattern": "PathPatternConfig",
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
WORDS = {
    "http-request-method": "the request method",
    "query-string": "the query string",
    "source-ip": "the client's address",
}


def field_of(ctx: PlanContext, condition: cfn.Map) -> str:
    """What a condition looks at."""
    word = as_text(ctx.constant(condition.entries.get("Field") or condition.entries.get("field")))
    return word or next((field for field, config in CONFIGS.items() if config in condition.entries), "an unknown field")


def add_rule(ctx: ResourceContext, condition: cfn.Map, field: str, guard: Guard, number: int, path: Path) -> None:
    """The L7Rule of one condition; several values are one regular expression."""
    rule = ctx.add(f"rule_{number}", "OS::Octavia::L7Rule", f"{ctx.id}_rule_{number}")
    config = condition.entries.get(CONFIGS[field])
    given = config.entries if isinstance(config, cfn.Map) else {}
    listed = given.get("Values") or condition.entries.get("Values") or condition.entries.get("values")
    expressions = given.get("RegexValues") or condition.entries.get("RegexValues")
    compare, wanted = matching(ctx, listed) if listed is not None else ("REGEX", regular(ctx, expressions))
    fill(
        ctx,
        rule,
        {
            "l7policy": hot.GetResource(ctx.emit("policy").name),
            "type": hot.Literal(TYPES[field]),
            "compare_type": hot.Literal(compare),
            "key": ctx.hot(given.get("HttpHeaderName")),
            "value": wanted,
        },
    )
    restrict(ctx, rule, guard)
    target = f"rule_{number}.value"
    if compare == "EQUAL_TO":
        ctx.translated(path, target)
    else:
        ctx.adapted(
            path,
            "Wildcards and several values are an L7 rule's compare_type: a prefix, a suffix or a regular expression.",
            target,
        )


def matching(ctx: ResourceContext, value: cfn.Value) -> tuple[str, hot.HotValue]:
    """compare_type and value for patterns with * and ?, of which one must match."""
    listed = list(members(value))
    constants = [ctx.constant(member.value) for member in listed]
    if any(constant is UNKNOWN for constant in constants) or any(member.guard for member in listed):
        return "REGEX", pattern_at_deploy(ctx, value)
    patterns = [as_text(constant) for constant in constants]
    if len(patterns) == 1:
        compare, text = comparison(patterns[0])
        return compare, hot.Literal(text)
    return "REGEX", hot.Literal(f"^({'|'.join(map(expression, patterns))})$")


def comparison(pattern: str) -> tuple[str, str]:
    """The simplest comparison that says the same as a pattern."""
    inner = pattern.strip("*")
    if "*" in inner or "?" in inner or not inner:
        return "REGEX", f"^{expression(pattern)}$"
    starts, ends = pattern.startswith("*"), pattern.endswith("*")
    compare = {(False, False): "EQUAL_TO", (False, True): "STARTS_WITH", (True, False): "ENDS_WITH", (True, True): "CONTAINS"}
    return compare[starts, ends], inner


def expression(pattern: str) -> str:
    """A pattern as a regular expression."""
    return "".join(WILDCARDS.get(char) or re.escape(char) for char in pattern)


WILDCARDS = {"*": ".*", "?": ".", "/": "/", "-": "-"}


def pattern_at_deploy(ctx: ResourceContext, value: cfn.Value) -> hot.HotValue:
    """The same, done by Heat for patterns that are parameters."""
    found = ctx.hot(value) or hot.HotList(())
    many = hot.GetParam(found.name) if isinstance(found, hot.GetParam) else found
    several = not (isinstance(found, hot.HotList) and len(found.items) == 1 and not isinstance(found.items[0], hot.If))
    text = hot.ListJoin("|", (many,)) if several else found.items[0] if isinstance(found, hot.HotList) else found
    if isinstance(found, hot.GetParam) and ctx.parameter_type(found.name) == "string":
        text, several = found, False
    replaced = hot.StrReplace(text, {"*": hot.Literal(".*"), "?": hot.Literal("."), ".": hot.Literal("\\.")})
    start, end = ("^(", ")$") if several else ("^", "$")
    return hot.ListJoin("", (hot.HotList((hot.Literal(start), replaced, hot.Literal(end))),))


def regular(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue:
    """Regular expressions as they are, of which one must match."""
    constant = ctx.constant(value)
    if isinstance(constant, list):
        return hot.Literal("|".join(map(as_text, constant)))
    return hot.ListJoin("|", (ctx.hot(value) or hot.HotList((hot.Literal(".*"),)),))
