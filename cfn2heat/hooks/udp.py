"""TCP and UDP on one port: Octavia wants a listener, a pool and members for each."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks.branches import Guard, any_of
from cfn2heat.hooks.choices import is_word, words
from cfn2heat.hooks.emitting import fill, restrict
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotResource
from cfn2heat.translate.context import PlanContext, ResourceContext

BOTH = {"TCP_UDP", "TCP_QUIC"}
UDP = hot.Literal("UDP")
OWN = ("name", "default_pool", "default_tls_container_ref", "sni_container_refs", "tls_enabled")
"""What a TCP listener or pool has for itself."""


def takes_both(plan: PlanContext) -> bool:
    """Whether a listener or target group may be for TCP and UDP."""
    return bool(words(plan, plan.value("Protocol")) & BOTH)


def both_guard(ctx: ResourceContext, protocol: cfn.Value | None) -> Guard:
    """The condition under which a protocol is for both; empty where it always is."""
    possible = words(ctx, protocol)
    if possible <= BOTH:
        return ()
    found = [is_word(ctx, protocol, word, False) for word in sorted(possible & BOTH)]
    condition = any_of([each for each in found if not isinstance(each, bool)])
    return () if condition is None else (condition,)


def make_twin(ctx: ResourceContext, key: str, **changes: hot.HotValue | None) -> HotResource | None:
    """The UDP side of an emitted resource: the same, but for what is said here."""
    twin = ctx.find(f"{key}_udp")
    if twin is None:
        return None
    twin.properties = {name: value for name, value in ctx.emit(key).properties.items() if name not in OWN}
    fill(ctx, twin, changes)
    restrict(ctx, twin, both_guard(ctx, ctx.value("Protocol")))
    return twin


def udp_pool(ctx: ResourceContext, pool: hot.HotValue | None) -> hot.HotValue | None:
    """The UDP side of a listener's pool; asked for where a pool from elsewhere can only be the TCP side."""
    match pool:
        case None:
            return None
        case hot.If():
            return branch(pool.condition, udp_pool(ctx, pool.then), udp_pool(ctx, pool.otherwise))
        case hot.GetResource():
            group = next((name for name in ctx.template.resources if ctx.name(name, "pool") == pool.name), "")
            # A group that is for UDP alone has one pool, which is it.
            return hot.GetResource(ctx.name(group, "pool_udp") or pool.name)
    if not takes_both(ctx):
        return pool
    return ctx.hole(f"{ctx.id}_udp_pool", f"Octavia pool that takes the UDP of {ctx.id}; an Octavia pool is for TCP or UDP.")
