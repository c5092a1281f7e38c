"""Data and types of DNS records as Designate takes them."""

from __future__ import annotations

import ipaddress
import re

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks.choices import words
from cfn2heat.hooks.dns_names import Entries, dotted
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import PlanContext, ResourceContext

KNOWN = {"A", "AAAA", "CAA", "CNAME", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "TXT"}
POINTERS = {"CNAME", "MX", "NS", "PTR", "SRV"}
"""Types whose data ends in a host name."""
TEXTS = {"TXT", "SPF"}


# ---- record data -----------------------------------------------------------------------------------------------------


def kind_of(plan: PlanContext, entries: Entries) -> str:
    """The record type when it is known, in capitals."""
    named = {word.upper() for word in words(plan, entries.get("Type"))}
    return named.pop() if len(named) == 1 else ""


def records_of(ctx: ResourceContext, kind: str, value: cfn.Value) -> hot.HotValue | None:
    """Every record in the form that Designate takes."""
    if isinstance(value, cfn.If):
        then, otherwise = records_of(ctx, kind, value.then), records_of(ctx, kind, value.otherwise)
        return branch(hot.Literal(value.condition), then, otherwise)
    found = ctx.hot(value)
    if isinstance(found, hot.HotList):
        return hot.HotList(tuple(record(kind, item) for item in found.items))
    if isinstance(found, hot.GetParam) and not found.path and ctx.parameter_type(found.name) == "comma_delimited_list":
        return found
    if isinstance(found, hot.StrSplit) and found.index is None:
        return found
    return None if found is None else hot.HotList((record(kind, found),))


def record(kind: str, value: hot.HotValue) -> hot.HotValue:
    """One record: dots behind host names, quotes around texts."""
    if isinstance(value, hot.If):
        otherwise = None if value.otherwise is None else record(kind, value.otherwise)
        return hot.If(value.condition, record(kind, value.then), otherwise)
    if kind in TEXTS:
        return quoted(value)
    if kind == "CAA" and isinstance(value, hot.Literal):
        return hot.Literal(as_text(value.value).replace('"', ""))
    if kind in POINTERS and not is_address(value):
        return dotted(value)
    return value


def quoted(value: hot.HotValue) -> hot.HotValue:
    """A text in quotes; a long one in pieces that Designate takes."""
    if is_quoted(value):
        return value
    if not isinstance(value, hot.Literal):
        enclosed = hot.ListJoin("", (hot.HotList((hot.Literal('"'), value, hot.Literal('"'))),))
        return hot.StrReplace(enclosed, {'""': hot.Literal('"')})
    text = as_text(value.value).strip()
    pieces = re.findall(r'"((?:[^"\\]|\\.)*)"', text) if text.startswith('"') else [text.replace('"', '\\"')]
    whole = "".join(pieces)
    if len(whole) <= 253:
        return hot.Literal(f'"{whole}"')
    return hot.Literal(" ".join(f'"{whole[start : start + 200]}"' for start in range(0, len(whole), 200)))


def is_quoted(value: hot.HotValue) -> bool:
    """Whether a text that is put together brings its quotes."""
    match value:
        case hot.StrReplace(template=hot.Literal(value=str(text))):
            return text.startswith('"') and text.endswith('"')
        case hot.ListJoin(lists=(hot.HotList(items=(hot.Literal(value=str(first)), *_, hot.Literal(value=str(last)))),)):
            return first.startswith('"') and last.endswith('"')
    return False


ADDRESSES = {"accessIPv4", "first_address", "fixed_ip_address", "floating_ip_address", "ip_address", "vip_address"}


def is_address(value: hot.HotValue | None) -> bool:
    """Whether a value that was a host name in AWS is an address here."""
    if isinstance(value, hot.If):
        return is_address(value.then) and (value.otherwise is None or is_address(value.otherwise))
    if isinstance(value, hot.GetAttr):
        steps = {as_text(step.value) for step in value.path if isinstance(step, hot.Literal)}
        return value.attribute in ADDRESSES or "ip_address" in steps or (value.attribute == "show" and "ip" in steps)
    if isinstance(value, hot.Literal):
        try:
            ipaddress.ip_address(as_text(value.value))
        except ValueError:
            return False
        return True
    return False


# ---- the type --------------------------------------------------------------------------------------------------------


def first_of(value: hot.HotValue | None) -> hot.HotValue | None:
    """The first record, in each branch."""
    if isinstance(value, hot.If):
        return branch(value.condition, first_of(value.then), first_of(value.otherwise))
    return value.items[0] if isinstance(value, hot.HotList) and value.items else None


def type_by_data(value: hot.HotValue | None) -> hot.HotValue:
    """A where the data is an address, CNAME where it is a name."""
    if isinstance(value, hot.If) and value.otherwise is not None:
        found = branch(value.condition, type_by_data(value.then), type_by_data(value.otherwise))
        return found or hot.Literal("CNAME")
    return hot.Literal("A" if is_address(value) else "CNAME")
