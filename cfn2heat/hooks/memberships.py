"""Which pools a server joins that a target group or a classic load balancer receives."""

from __future__ import annotations

from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks.branches import all_of
from cfn2heat.hooks.choices import same
from cfn2heat.hooks.classic import listeners_of, probe_of
from cfn2heat.hooks.udp import both_guard
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext


class Membership(NamedTuple):
    """A pool that a server joins: the values of its PoolMember, and the condition under which the pool is there."""

    pool: hot.HotValue
    protocol_port: hot.HotValue
    monitor_port: hot.HotValue | None
    condition: hot.HotValue | None


def member_properties(ctx: ResourceContext, group: str) -> list[Membership]:
    """The pools that servers join which a target group of this template receives."""
    pool = ctx.name(group, "pool")
    if pool is None:
        return []
    properties = ctx.template.resources[group].properties.entries
    port = ctx.hot(properties.get("Port")) or hot.Literal(80)
    first = Membership(hot.GetResource(pool), port, monitor_port(ctx, properties.get("HealthCheckPort"), port), None)
    udp = ctx.name(group, "pool_udp")
    if udp is None:
        return [first]
    condition = all_of(both_guard(ctx, properties.get("Protocol")))
    return [first, first._replace(pool=hot.GetResource(udp), condition=condition)]


def pools_of(ctx: ResourceContext, balancer: str) -> list[Membership]:
    """The pools that servers join which a classic load balancer of this template receives."""
    found = []
    for listener in listeners_of(ctx, balancer):
        pool = ctx.name(balancer, listener.key("pool"))
        port = ctx.hot(listener.value.entries.get("InstancePort"))
        if pool is not None and port is not None:
            probe = probe_of(ctx, balancer).port
            found.append(Membership(hot.GetResource(pool), port, None if same(probe, port) else probe, all_of(listener.guard)))
    return found


def monitor_port(ctx: ResourceContext, value: cfn.Value | None, port: hot.HotValue) -> hot.HotValue | None:
    """Where a member is probed, when that is not the port of its traffic."""
    if isinstance(value, cfn.If):
        then, otherwise = monitor_port(ctx, value.then, port), monitor_port(ctx, value.otherwise, port)
        return branch(hot.Literal(value.condition), then, otherwise)
    found = ctx.hot(value)
    return None if as_text(ctx.constant(value)) == "traffic-port" or found is None or same(found, port) else found
