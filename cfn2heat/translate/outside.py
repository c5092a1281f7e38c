"""Ids that AWS gave to things of an account: nothing here has them, so that a parameter asks for what stands there instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotResource
from cfn2heat.hot.walk import walk
from cfn2heat.record import replace
from cfn2heat.source import Span, format_path
from cfn2heat.translate.comments import wrap
from cfn2heat.translate.ledger import Entry, Fate

if TYPE_CHECKING:
    from cfn2heat.translate.state import Translation

CODE = "C2H3009"


def ask(t: Translation, owner: str, resource: HotResource) -> None:
    """Ask for what a resource names by an id of AWS, in place."""
    asking = _Asking(t, owner)
    for key, value in resource.properties.items():
        found = asking.member(key, value)
        if found is not value:
            resource.properties[key] = found


def kind_of(t: Translation, value: Any) -> str:
    """What an id of AWS stands for here, or an empty text where a value is none; every member of a list must be one."""
    if isinstance(value, list):
        kinds = {kind_of(t, member) for member in value}
        return kinds.pop() if len(kinds) == 1 else ""
    if not isinstance(value, str) or "-" not in value:
        return ""
    kinds_by_prefix: dict[str, str] = t.table.parameters.get("ids", {})
    found = _pattern(tuple(kinds_by_prefix)).fullmatch(value)
    return kinds_by_prefix[found[1]] if found else ""


@lru_cache(maxsize=4)
def _pattern(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"({'|'.join(map(re.escape, prefixes))})-(?:[0-9a-f]{{8}}|[0-9a-f]{{17}})")


class _Asking:
    """Replaces ids inside lists, maps and branches; those in the middle of a text are words of the text."""

    def __init__(self, t: Translation, owner: str) -> None:
        self._t = t
        self._owner = owner
        self._free: list[str] = t.table.parameters.get("free_of_ids", [])

    def member(self, key: str, value: hot.HotValue) -> hot.HotValue:
        """The value of a property or of a map's key."""
        return value if key in self._free else self._value(value)

    def _value(self, value: hot.HotValue) -> hot.HotValue:
        if isinstance(value, hot.Literal):
            text = value.value
            what = kind_of(self._t, text) if isinstance(text, str) and "-" in text else ""
            return self._hole(str(text), what) if what else value
        if isinstance(value, hot.HotList):
            items = tuple(map(self._value, value.items))
            return hot.HotList(items) if _changed(items, value.items) else value
        if isinstance(value, hot.HotMap):
            changed = {key: new for key, old in value.entries.items() if (new := self.member(key, old)) is not old}
            return hot.HotMap({**value.entries, **changed}) if changed else value
        if isinstance(value, hot.If):
            then, otherwise = self._value(value.then), None if value.otherwise is None else self._value(value.otherwise)
            same = then is value.then and otherwise is value.otherwise
            return value if same else hot.If(value.condition, then, otherwise)
        return value

    def _hole(self, id_: str, what: str) -> hot.HotValue:
        found = self._t.hole(id_, self._owner, f"The {what} that stands here for {id_} of AWS: its name or id in this cloud.")
        self._t.outside[id_] = found.name
        return found


def _changed(new: Iterable[hot.HotValue], old: Iterable[hot.HotValue]) -> bool:
    return any(one is not other for one, other in zip(new, old, strict=True))


# ---- the account -----------------------------------------------------------------------------------------------------


def account(t: Translation) -> None:
    """Say at each place of the source what is asked for instead, and settle defaults that are such ids."""
    if t.outside:
        placed: set[str] = set()
        t.ledger.entries = [_say(t, entry, placed) for entry in t.ledger.entries]
    if t.outside_defaults:
        read = _read(t.hot.resources)
        for name, what in t.outside_defaults.items():
            _settle(t, name, what, name in read)


def _say(t: Translation, entry: Entry, placed: set[str]) -> Entry:
    """The entry of a leaf, adapted where its id is asked for; a hole is for the first place that has its id."""
    because = ""
    for id_ in _ids(t, entry):
        name = t.outside[id_]
        because, subject = _because(t, id_, name, kind_of(t, id_)), format_path(entry.path[1:])
        if name not in placed:
            placed.add(name)
            t.holes[name] = replace(t.holes[name], subject=subject)
        advice = f"Give {name} in the environment file, or with --parameter {name}=NAME."
        t.diagnostics.add(CODE, Severity.WARNING, subject, because, advice=advice, span=entry.span)
    return replace(entry, fate=Fate.ADAPTED, because=because) if because and entry.fate is Fate.TRANSLATED else entry


def _ids(t: Translation, entry: Entry) -> list[str]:
    """The ids that a leaf of a resource is, of those that are asked for."""
    if entry.path[0] != "Resources" or entry.fate not in (Fate.TRANSLATED, Fate.ADAPTED) or entry.path[2:3] != ("Properties",):
        return []
    if any(str(step).lower() in t.table.parameters["free_of_ids"] for step in entry.path[3:]):
        return []
    from cfn2heat.translate.context import value_at

    value = value_at(t.template.resources[str(entry.path[1])].properties, entry.path[3:])
    found = None if value is None or isinstance(value, cfn.Ref) else t.constants.fold(value)
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, str) and one in t.outside]


def _because(t: Translation, id_: str, parameter: str, what: str) -> str:
    text: str = t.table.parameters["because"]["id"]
    return text.format(id=id_, parameter=parameter, what=what)


def _settle(t: Translation, name: str, what: str, read: bool) -> None:
    """A default that something reads is dropped; one that nothing reads does no harm."""
    parameter, source = t.hot.parameters[name], t.template.parameters[name]
    path = ("Parameters", name, "Default")
    if not read or not isinstance(parameter.default, hot.Literal):
        t.ledger.record(path, Fate.TRANSLATED, targets=(name,))
        return
    because = _because(t, "***" if parameter.hidden else str(parameter.default.value), name, what)
    parameter.default = None
    parameter.comments += wrap(f"dropped: Default ({because.rstrip('.')})")
    t.ledger.record(path, Fate.DROPPED, because=because)
    span: Span = source.fields.keys.get("Default", source.span)
    t.diagnostics.add(CODE, Severity.WARNING, f"{name}.Default", because, advice=f"Give {name} a value.", span=span)


def _read(resources: Mapping[str, HotResource]) -> set[str]:
    """Parameters that the written resources read."""
    values = [value for resource in resources.values() for value in resource.properties.values()]
    return {node.name for value in values for node in walk(value) if isinstance(node, hot.GetParam)}
