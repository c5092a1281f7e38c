"""What listeners and rules do: pools that they forward to, addresses that they redirect to, and what is lost of it."""

from __future__ import annotations

from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Guard, members
from cfn2heat.hooks.loadbalancing import LISTENER
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext

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
