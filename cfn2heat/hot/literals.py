"""Data that looks like a function: how to carry it so that Heat, and the client that uploads the template, leave it alone.

Heat runs every map whose one key is a function's name, wherever it stands in properties, metadata, outputs or conditions. The
client reads a file for every `get_file` key and for every `type` key whose text ends in .yaml or .template, on the machine that
deploys.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from cfn2heat.hot.catalog import template_version
from cfn2heat.hot.functions import hot_to_plain
from cfn2heat.hot.template import HotTemplate
from cfn2heat.hot.values import Function, HotList, HotMap, HotValue, Literal
from cfn2heat.hot.walk import rebuild


def escape_literals(template: HotTemplate, own_files: Collection[str]) -> None:
    """Escape all data of a template that looks like a function, in place; types that are of own_files are meant as they stand."""
    version = template.version
    for parameter in template.parameters.values():
        if parameter.default is not None:
            parameter.default = escape_default(parameter.default)
    for resource in template.resources.values():
        for key, value in resource.properties.items():
            if not isinstance(value, Literal):
                resource.properties[key] = escape_literal(value, version, own_files)
        if resource.metadata is not None:
            resource.metadata = escape_literal(resource.metadata, version, own_files)
        if resource.update_policy is not None:
            resource.update_policy = escape_literal(resource.update_policy, version, own_files)
    for output in template.outputs.values():
        output.value = escape_literal(output.value, version, own_files)
    for condition in template.conditions.values():
        condition.value = _escape_condition(condition.value, version)


def _escape_condition(value: HotValue, version: str) -> HotValue:
    """No map can be built in a condition: one that looks like a function is compared as its JSON text."""
    if isinstance(value, Literal):
        return value
    if isinstance(value, HotMap) and _dangerous(value.entries, version, ()):
        return Literal(json.dumps(hot_to_plain(value)))
    return rebuild(value, lambda inner: _escape_condition(inner, version))


def is_function_like(entries: Mapping[str, HotValue], version: str, own_files: Collection[str] = ()) -> bool:
    """Whether Heat or its client would do something with such a map of plain data."""
    return bool(_dangerous(entries, version, own_files))


def escape_literal(value: HotValue, version: str, own_files: Collection[str] = ()) -> HotValue:
    """The same value with every map of plain data that looks like a function built by map_replace, which nobody looks into again.

    Wants template version 2016-10-14 or later; ValueError below that, where only refusing is left.
    """
    if isinstance(value, Literal):
        return value
    if not isinstance(value, HotMap):
        return rebuild(value, lambda inner: escape_literal(inner, version, own_files))
    entries = value.entries
    if any(item.__class__ is not Literal for item in entries.values()):
        entries = {key: escape_literal(item, version, own_files) for key, item in entries.items()}
    hidden = _dangerous(value.entries, version, own_files)
    if not hidden:
        return value if entries is value.entries else HotMap(entries)
    allowed = template_version(version)
    if allowed is None or "map_replace" not in allowed.functions:
        raise ValueError(f"template version {version} cannot carry a map with the key {hidden[0]}")
    names = {key: _free_name(key, entries) for key in hidden}
    renamed = HotMap({names.get(key, key): item for key, item in entries.items()})
    back = HotMap({name: Literal(key) for key, name in names.items()})
    return Function("map_replace", HotList((renamed, HotMap({"keys": back}))))


def escape_default(value: HotValue) -> HotValue:
    """The default of a json parameter, as JSON text if the client would read a file for it; Heat runs nothing there."""
    return Literal(json.dumps(hot_to_plain(value))) if _holds_file(value) else value


def _dangerous(entries: Mapping[str, HotValue], version: str, own_files: Collection[str]) -> list[str]:
    """The keys of a map that must not be seen."""
    if len(entries) == 1:
        allowed = template_version(version)
        name = next(iter(entries))
        if allowed is None or any(
            name in names for names in (allowed.functions, allowed.removed_functions, allowed.condition_functions)
        ):
            return [name]
    return _read_by_client(entries, own_files)


def _read_by_client(entries: Mapping[str, HotValue], own_files: Collection[str] = ()) -> list[str]:
    found = []
    for key in ("get_file", "type"):
        value = entries.get(key)
        text = value.value if isinstance(value, Literal) else None
        if isinstance(text, str) and (key == "get_file" or (text.endswith((".yaml", ".template")) and text not in own_files)):
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
