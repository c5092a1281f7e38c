"""Data that looks like a function: how to carry it so that Heat, and the client that uploads the template, leave it alone.

Heat runs every map whose one key is a function's name, wherever it stands in properties, metadata, outputs or conditions. The
client reads a file for every `get_file` key and for every `type` key whose text ends in .yaml or .template, on the machine that
deploys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from cfn2heat.hot.catalog import template_version
from cfn2heat.hot.functions import hot_to_plain
from cfn2heat.hot.values import Function, HotList, HotMap, HotValue, Literal


def is_function_like(entries: Mapping[str, HotValue], version: str) -> bool:
    """Whether Heat or its client would do something with such a map of plain data."""
    if len(entries) == 1:
        allowed = template_version(version)
        name = next(iter(entries))
        if allowed is None or any(
            name in names for names in (allowed.functions, allowed.removed_functions, allowed.condition_functions)
        ):
            return True
    return bool(_read_by_client(entries))


def escape_literal(value: HotValue, version: str) -> HotValue:
    """The same data with every map that looks like a function built by map_replace, which nobody looks into again.

    Wants template version 2016-10-14 or later; ValueError below that, where only refusing is left.
    """
    if isinstance(value, HotList):
        return HotList(tuple(escape_literal(item, version) for item in value.items))
    if not isinstance(value, HotMap):
        return value
    entries = {key: escape_literal(item, version) for key, item in value.entries.items()}
    if not is_function_like(value.entries, version):
        return HotMap(entries)
    allowed = template_version(version)
    if allowed is None or "map_replace" not in allowed.functions:
        raise ValueError(f"template version {version} cannot carry a map with the key {next(iter(entries))}")
    hidden = list(entries) if len(entries) == 1 else _read_by_client(value.entries)
    names = {key: _free_name(key, entries) for key in hidden}
    renamed = HotMap({names.get(key, key): item for key, item in entries.items()})
    back = HotMap({name: Literal(key) for key, name in names.items()})
    return Function("map_replace", HotList((renamed, HotMap({"keys": back}))))


def escape_default(value: HotValue) -> HotValue:
    """The default of a json parameter, as JSON text if the client would read a file for it; Heat runs nothing there."""
    return Literal(json.dumps(hot_to_plain(value))) if _holds_file(value) else value


def _read_by_client(entries: Mapping[str, HotValue]) -> list[str]:
    found = []
    for key in ("get_file", "type"):
        value = entries.get(key)
        text = value.value if isinstance(value, Literal) else None
        if isinstance(text, str) and (key == "get_file" or text.endswith((".yaml", ".template"))):
            found.append(key)
    return found


def _holds_file(value: HotValue) -> bool:
    if isinstance(value, HotMap):
        return bool(_read_by_client(value.entries)) or any(_holds_file(item) for item in value.entries.values())
    return isinstance(value, HotList) and any(_holds_file(item) for item in value.items)


def _free_name(key: str, entries: Mapping[str, HotValue]) -> str:
    name = f"{key}_"
    while name in entries:
        name += "_"
    return name
