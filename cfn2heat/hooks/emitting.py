"""Emitted resources: their properties, their conditions, and the order in which a person writes them."""

from __future__ import annotations

from collections.abc import Mapping

from cfn2heat.hooks.branches import all_of, under
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import property_schema
from cfn2heat.hot.template import HotCondition, HotResource
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.properties import set_fixed


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
    own = under(resource.condition)
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
