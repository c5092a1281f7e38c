"""Names of DNS as Designate takes them, and the zone in which a record stands."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks.choices import without_nothing
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.registry import property_hook
from cfn2heat.translate.texts import source_text

ZONE = "AWS::Route53::HostedZone"
Entries = dict[str, cfn.Value]
"""The properties of a record set."""


# ---- names -----------------------------------------------------------------------------------------------------------


def dotted(value: hot.HotValue) -> hot.HotValue:
    """A host name with its final dot, added at deploy time where the name comes then."""
    match value:
        case hot.Literal():
            text = as_text(value.value)
            return hot.Literal(text if text.endswith(".") or not text else f"{text}.")
        case hot.If():
            otherwise = None if value.otherwise is None else dotted(value.otherwise)
            return hot.If(value.condition, dotted(value.then), otherwise)
        case hot.StrReplace(template=hot.Literal()):
            return dotted_text(value)
        case hot.ListJoin(lists=(hot.HotList(items=(*before, hot.Literal() as last)),)) if as_text(last.value):
            return hot.ListJoin(value.delimiter, (hot.HotList((*before, dotted(last))),))
    return one_dot(value)


def one_dot(value: hot.HotValue) -> hot.HotValue:
    """A dot behind a name that may end in one already."""
    items: tuple[hot.HotValue, ...] = (value,)
    match value:
        case hot.ListJoin(delimiter="", lists=(hot.HotList(items=inner),)):
            items = inner
    joined = hot.ListJoin("", (hot.HotList((*items, hot.Literal("."))),))
    return hot.StrReplace(joined, {"..": hot.Literal(".")})


def dotted_text(value: hot.StrReplace) -> hot.HotValue:
    """The same for a text with placeholders: one at its end may or may not bring the dot."""
    assert isinstance(value.template, hot.Literal)
    text = as_text(value.template.value)
    if text.endswith("."):
        return value
    if not any(text.endswith(mark) for mark in value.params):
        return hot.StrReplace(hot.Literal(f"{text}."), value.params)
    return one_dot(value)


def plain(value: hot.HotValue) -> hot.HotValue:
    """A record's name without Route 53's way to write an asterisk."""
    return hot.Literal(as_text(value.value).replace("\\052", "*")) if isinstance(value, hot.Literal) else value


@property_hook("dns.name")
def name(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A name with its final dot."""
    return name_of(ctx, value)


def name_of(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue | None:
    """The name of a record or zone as Designate takes it."""
    found = ctx.hot(value)
    return None if found is None else dotted(plain(found))


# ---- which zone ------------------------------------------------------------------------------------------------------


@property_hook("dns.zone")
def zone(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The zone of a record, by id or by name."""
    return zone_of(ctx, ctx.resource.properties.entries)


def zone_of(ctx: ResourceContext, entries: Entries) -> hot.HotValue:
    """A zone of this template, of a parameter, by its name, or asked for."""
    by_id = zone_by_id(ctx, entries.get("HostedZoneId"))
    by_name = zone_by_name(ctx, entries.get("HostedZoneName"))
    complete = by_id is not None and by_id == without_nothing(by_id, hot.Literal(""))
    if by_id is not None and complete:
        return by_id
    if by_name is not None and by_name == without_nothing(by_name, hot.Literal("")):
        return without_nothing(by_id, by_name)
    hole = ctx.hole(f"{ctx.id}_zone", f"Designate zone, by name or id, that holds the records of {ctx.id}.")
    return without_nothing(by_id, without_nothing(by_name, hole))


def zone_by_id(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue | None:
    """A zone by its id; an id of Route 53 is asked for."""
    if isinstance(value, cfn.If):
        then = zone_by_id(ctx, value.then)
        return branch(hot.Literal(value.condition), then, zone_by_id(ctx, value.otherwise))
    constant = ctx.constant(value)
    if constant is UNKNOWN:
        return ctx.hot(value)
    if not as_text(constant):
        return None
    because = f"Designate zone, by name or id, for the hosted zone {as_text(constant)} of Route 53."
    return ctx.hole(f"zone_{as_text(constant)}", because)


def zone_by_name(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue | None:
    """A zone by its name: the template's own of that name, else the name itself, which Heat looks up."""
    wanted = name_of(ctx, value)
    if wanted is None:
        return None
    for resource in ctx.template.resources.values():
        if resource.type == ZONE and bare_text(resource.properties.entries.get("Name")) == bare_text(value):
            own = ctx.name(resource.name, "zone")
            return wanted if own is None else hot.GetResource(own)
    return wanted


def bare_text(value: cfn.Value | None) -> str:
    """A name as text without its final dot, to tell whether two are the same."""
    return "" if value is None else source_text(value).rstrip(".").lower()
