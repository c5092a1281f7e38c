"""Zones and record sets of Designate: aliases, sets of one name, and groups."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import members
from cfn2heat.hooks.choices import words
from cfn2heat.hooks.dns_names import Entries, dotted, name_of, zone_of
from cfn2heat.hooks.dns_records import KNOWN, first_of, is_address, kind_of, records_of, type_by_data
from cfn2heat.hooks.emitting import fill, promise, restrict, tidy
from cfn2heat.hooks.loadbalancing import BALANCER, CLASSIC
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.source import Path
from cfn2heat.table.rules import Drop
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook
from cfn2heat.translate.texts import source_text

RECORD = "AWS::Route53::RecordSet"
RECORD_SET = "OS::Designate::RecordSet"


# ---- zones -----------------------------------------------------------------------------------------------------------


@finish_hook("dns.zone")
def finish_zone(ctx: ResourceContext) -> None:
    """A zone of one label is refused."""
    named = as_text(ctx.constant(ctx.value("Name")))
    if named and "." not in named.strip("."):
        message = "Designate refuses a zone of one label, unless its operator allows the top level domain."
        ctx.report("C2H3002", Severity.WARNING, message, "Choose a name with two labels, such as corp.internal.", ("Name",))
    tidy(ctx)


# ---- record data -----------------------------------------------------------------------------------------------------


@predicate("dns.is_record")
def is_record(plan: PlanContext) -> bool:
    """Whether Heat's Designate resources know the type."""
    named = {word.upper() for word in words(plan, plan.value("Type"))}
    return not named or bool(named & KNOWN)


@property_hook("dns.records")
def records(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The data of a record set; a second set of the same name adds its own to the first's."""
    entries = ctx.resource.properties.entries
    if ctx.id in ctx.t.plan.claimed and not joins(ctx, entries, path):
        return None
    return together(ctx, "record", records_of(ctx, kind_of(ctx, entries), value))


def joins(ctx: ResourceContext, entries: Entries, path: Path) -> bool:
    """Whether a further set's data may stand beside the first's."""
    if kind_of(ctx, entries) == "CNAME":
        because = "Designate has one CNAME for a name; another set of this name holds it."
        ctx.dropped(path, because, "Balance in front of both targets, or let an A record name both addresses.", Severity.ERROR)
        return False
    if ctx.constant(entries.get("Failover")) == "SECONDARY":
        because = "Designate does not fail over; this set would be answered along with the primary one."
        ctx.dropped(path, because, "Change the record by hand or by a Mistral workflow when the primary fails.", Severity.ERROR)
        return False
    return True


def together(ctx: ResourceContext, key: str, found: hot.HotValue | None) -> hot.HotValue | None:
    """The records of a set, added to what an earlier set of the same name has brought."""
    resource = ctx.find(key)
    before = resource.properties.get("records") if resource else None
    if isinstance(before, hot.HotList) and isinstance(found, hot.HotList):
        return hot.HotList((*before.items, *(item for item in found.items if item not in before.items)))
    return found if before is None else before


# ---- the type --------------------------------------------------------------------------------------------------------


@property_hook("dns.type")
def record_type(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The type; a CNAME of what has an address here becomes an A record."""
    entries = ctx.resource.properties.entries
    found = type_of(ctx, entries)
    if kind_of(ctx, entries) != "CNAME" or found == hot.Literal("CNAME"):
        ctx.translated(path, "record.type")
    return found


def type_of(ctx: ResourceContext, entries: Entries) -> hot.HotValue | None:
    """The type of a record set by its data."""
    kind = kind_of(ctx, entries)
    if kind == "CNAME" and "ResourceRecords" in entries:
        return type_by_data(first_of(records_of(ctx, "", entries["ResourceRecords"])))
    if kind in ("A", "AAAA") and "AliasTarget" in entries:
        return hot.Literal(alias_type(ctx, entries, kind))
    return hot.Literal(kind) if kind else ctx.hot(entries.get("Type"))


# ---- aliases ---------------------------------------------------------------------------------------------------------


@property_hook("dns.alias")
def alias(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """An alias is a record with the address of what it points at."""
    entries = ctx.resource.properties.entries
    say_alias(ctx, path)
    if ctx.id in ctx.t.plan.claimed and not joins(ctx, entries, path):
        return None
    return together(ctx, "record", alias_records(ctx, entries, ctx.id))


def say_alias(ctx: ResourceContext, path: Path) -> None:
    """What of an alias has no meaning here."""
    ctx.dropped((*path, "EvaluateTargetHealth"), "Designate does not look at the target's health.", severity=Severity.NOTE)
    ctx.dropped((*path, "HostedZoneId"), "The address is enough; no zone of the target is wanted.", severity=Severity.NOTE)


def alias_target(entries: Entries) -> cfn.Value | None:
    """DNSName of an alias."""
    target = entries.get("AliasTarget")
    return target.entries.get("DNSName") if isinstance(target, cfn.Map) else None


def alias_type(ctx: ResourceContext, entries: Entries, kind: str) -> str:
    """CNAME for an alias of a known other name, else the type as it is."""
    return "CNAME" if kind == "A" and names_a_host(ctx, entries) else kind


def names_a_host(ctx: ResourceContext, entries: Entries) -> bool:
    """Whether the alias says a fixed name, and the record is known not to be the zone's own name."""
    target = ctx.constant(alias_target(entries))
    given = entries.get("HostedZoneName") or ctx.resource.properties.entries.get("HostedZoneName")
    own, top = (as_text(ctx.constant(value)).rstrip(".") for value in (entries.get("Name"), given))
    return isinstance(target, str) and bool(own and top) and own != top


def alias_records(ctx: ResourceContext, entries: Entries, label: str) -> hot.HotValue | None:
    """The one record of an alias."""
    value = alias_target(entries)
    if kind_of(ctx, entries) == "AAAA":
        because = f"IPv6 address for {label}; what the source's alias points at has an IPv4 address here."
        return hot.HotList((ctx.hole(f"{label}_ipv6_address", because),))
    if names_a_host(ctx, entries):
        return hot.HotList((dotted(hot.Literal(as_text(ctx.constant(value)))),))
    found = address_of(ctx, value)
    if found is not None:
        return hot.HotList((found,))
    what = source_text(value) if value is not None else "its target"
    return hot.HotList((ctx.hole(f"{label}_address", f"IPv4 address for {label}, an alias of {what} in the source."),))


def address_of(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue | None:
    """The address behind a name of AWS: of a load balancer here, or from a parameter; None where nothing is known."""
    if isinstance(value, cfn.If):
        then, otherwise = address_of(ctx, value.then), address_of(ctx, value.otherwise)
        return None if then is None or otherwise is None else branch(hot.Literal(value.condition), then, otherwise)
    owner = ctx.resource_of(value)
    if owner is not None and owner.type in (BALANCER, CLASSIC):
        return ctx.reference(owner.name, "DNSName") if ctx.name(owner.name, "balancer") else None
    if owner is not None:
        return answered(ctx, owner, value)
    if ctx.constant(value) is UNKNOWN and not isinstance(value, cfn.Sub | cfn.Join | cfn.FindInMap):
        return ctx.hot(value)
    return None


def answered(ctx: ResourceContext, owner: Resource, value: cfn.Value | None) -> hot.HotValue | None:
    """What a resource that is made here answers, if that is an address or comes from a nested stack."""
    if not ctx.t.plan.hot_names(owner.name):
        return None
    found = ctx.hot(value)
    nested = owner.type == "AWS::CloudFormation::Stack"
    return found if nested or is_address(found) else None


# ---- sets of one name ------------------------------------------------------------------------------------------------


def same_name(entries: Entries) -> tuple[str, str, str]:
    """What Designate holds to be one record set."""
    place = entries.get("HostedZoneId") or entries.get("HostedZoneName")
    name_text, kind, zone_text = (
        "" if part is None else source_text(part) for part in (entries.get("Name"), entries.get("Type"), place)
    )
    return name_text, kind, zone_text


@plan_hook("dns.record")
def plan_record(plan: PlanContext) -> None:
    """Weighted, failover and geographic sets of one name are one set of Designate: the first takes in the others."""
    entries = plan.resource.properties.entries
    record_name = plan.name(plan.id, "record")
    if "SetIdentifier" not in entries or record_name is None:
        return
    for resource in plan.template.resources.values():
        if resource.name == plan.id:
            return
        given = resource.properties.entries
        alike = resource.type == RECORD and resource.condition == plan.resource.condition and "SetIdentifier" in given
        if alike and same_name(given) == same_name(entries) and plan.join(resource.name, "record"):
            return


@finish_hook("dns.record")
def finish_record(ctx: ResourceContext) -> None:
    """A zone and data are wanted in every case."""
    record_set = ctx.find("record")
    if record_set is None:
        because = "Heat's Designate resources do not know this type of record."
        ctx.report("C2H3004", Severity.ERROR, because, "Make it with openstack recordset create, where Designate knows the type.")
        return
    if "zone" not in record_set.properties:
        fill(ctx, record_set, {"zone": zone_of(ctx, ctx.resource.properties.entries)})
    if "records" not in record_set.properties:
        because = f"Data of the record set {ctx.id}, which the source makes elsewhere."
        fill(ctx, record_set, {"records": hot.HotList((ctx.hole(f"{ctx.id}_record", because),))})
    tidy(ctx)


# ---- groups ----------------------------------------------------------------------------------------------------------


@predicate("dns.has_records")
def has_records(plan: PlanContext) -> bool:
    """Whether a group holds record sets that can be told apart."""
    return any(isinstance(member.value, cfn.Map) for member in members(plan.value("RecordSets")))


@plan_hook("dns.group")
def plan_group(plan: PlanContext) -> None:
    """A name for each set of the group."""
    for key in list(dict.fromkeys(keys_of(plan)))[1:]:
        promise(plan, key, RECORD_SET, f"{plan.id}_{key.removeprefix('record_')}")


def keys_of(plan: PlanContext) -> list[str]:
    """The emit key of each member; unguarded sets of one name and type have one."""
    found: list[str] = []
    known: dict[tuple[str, ...], str] = {}
    for member in members(plan.value("RecordSets")):
        if not isinstance(member.value, cfn.Map):
            continue
        fresh = f"record_{len(set(found)) + 1}" if found else "record"
        mark = (*same_name(member.value.entries), repr(member.guard))
        found.append(known.setdefault(mark, fresh))
    return found


@property_hook("dns.group")
def group(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A record set of Designate for each of the group."""
    maps = [member for member in members(value, path) if isinstance(member.value, cfn.Map)]
    seen: set[str] = set()
    for key, member in zip(keys_of(ctx), maps, strict=True):
        assert isinstance(member.value, cfn.Map)
        entries = member.value.entries
        if kind_of(ctx, entries) not in KNOWN | {""}:
            ctx.dropped(member.path, "Heat's Designate resources do not know this type of record.", severity=Severity.ERROR)
        if key not in seen or joins(ctx, entries, member.path):
            add_record(ctx, entries, key, member.path)
        if key not in seen:
            restrict(ctx, ctx.emit(key), member.guard)
        seen.add(key)
    tidy(ctx)
    return None


def add_record(ctx: ResourceContext, entries: Entries, key: str, path: Path) -> None:
    """One set of a group; what cannot be carried is said as it is for a record set by itself."""
    resource = ctx.emit(key)
    because = f"Data of {resource.name}, which the source makes elsewhere."
    place = {**ctx.resource.properties.entries, **entries}
    if "AliasTarget" in entries:
        say_alias(ctx, (*path, "AliasTarget"))
        data = alias_records(ctx, entries, resource.name)
    else:
        given = entries.get("ResourceRecords")
        data = None if given is None else records_of(ctx, kind_of(ctx, entries), given)
    fill(
        ctx,
        resource,
        {
            "zone": zone_of(ctx, place),
            "name": name_of(ctx, entries.get("Name")),
            "type": type_of(ctx, entries),
            "ttl": ctx.hot(entries.get("TTL")),
            "records": together(ctx, key, data) or hot.HotList((ctx.hole(f"{resource.name}_record", because),)),
        },
    )
    rule = ctx.t.table.rule(RECORD)
    for field in entries:
        row = rule.properties.get(field) if rule else None
        if isinstance(row, Drop):
            ctx.dropped((*path, field), row.because, row.advice, row.severity)
    ctx.adapted((*path, "AliasTarget"), "An alias is a record with the address of what it points at.", f"{key}.records")
    if kind_of(ctx, entries) == "CNAME" and resource.properties.get("type") != hot.Literal("CNAME"):
        because = "What has a host name in AWS has an address here, so that its CNAME is an A record."
        ctx.adapted((*path, "Type"), because, f"{key}.type")
    ctx.translated(path, key)
