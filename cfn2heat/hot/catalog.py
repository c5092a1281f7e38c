"""What Heat knows: its resource types with their properties and attributes, and what each template version allows.

catalog.jsonl is a snapshot that scripts/generate_hot_catalog.py takes of the real engine. It is read type by type, as they are
asked for.
"""

from __future__ import annotations

import json
import os.path
import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from cfn2heat.record import record
from cfn2heat.source import Path

_FILE = os.path.join(os.path.dirname(__file__), "catalog.jsonl")
_STEP = r"([^.\[\]]+)(?=[.\[]|$)|\[(\d+)\]"


class Schema:
    """A property or a part of one. type: string, integer, number, boolean, list, map or any."""

    __slots__ = ("_members", "raw", "type")

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.type: str = raw["type"]
        self._members: dict[str | int, Schema | None] = {}

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.raw.get("required", False)  # type: ignore[no-any-return]

    @property
    def default(self) -> Any:
        """What Heat sets when it is not given; None: nothing."""
        return self.raw.get("default")

    @property
    def update_allowed(self) -> bool:
        """Whether a changed value updates the resource in place; otherwise it is replaced."""
        return self.raw.get("update_allowed", False)  # type: ignore[no-any-return]

    @property
    def immutable(self) -> bool:
        """Whether a changed value is refused."""
        return self.raw.get("immutable", False)  # type: ignore[no-any-return]

    @property
    def status(self) -> str:
        """Supported, deprecated, unsupported or hidden."""
        return self.raw.get("status", "supported")  # type: ignore[no-any-return]

    @property
    def implemented(self) -> bool:
        """False for what Heat knows only to refuse it."""
        return self.raw.get("implemented", True)  # type: ignore[no-any-return]

    @property
    def allow_conversion(self) -> bool:
        """Whether a list or text may stand for a map (properties made from parameters)."""
        return self.raw.get("allow_conversion", False)  # type: ignore[no-any-return]

    @property
    def allowed_values(self) -> list[Any] | None:
        """The only values that are accepted."""
        return self.raw.get("allowed_values")

    @property
    def allowed_pattern(self) -> str | None:
        """A regular expression that the text must match from its start."""
        return self.raw.get("allowed_pattern")

    @property
    def range(self) -> tuple[float | None, float | None] | None:
        """Least and greatest number."""
        return _pair(self.raw.get("range"))

    @property
    def length(self) -> tuple[int | None, int | None] | None:
        """Least and greatest length of a text, list or map."""
        return _pair(self.raw.get("length"))

    @property
    def modulo(self) -> tuple[int, int] | None:
        """Step and offset of the accepted numbers."""
        return _pair(self.raw.get("modulo"))

    @property
    def custom(self) -> tuple[str, ...]:
        """What its text must name or be: nova.flavor, net_cidr, ..."""
        return tuple(self.raw.get("custom", ()))

    @property
    def schema(self) -> Schema | dict[str, Schema] | None:
        """A list's one schema for its members, or a map's schemas by key; None: they may be anything."""
        if "items" in self.raw:
            return Schema(self.raw["items"])
        members = self.raw.get("members")
        return None if members is None else {name: Schema(raw) for name, raw in members.items()}

    def at(self, step: str | int) -> Schema | None:
        """Schema of one member: of a map by its key, of a list by any index."""
        key = 0 if isinstance(step, int) else step
        if key not in self._members:
            raw = self.raw.get("items") if key == 0 else self.raw.get("members", {}).get(key)
            self._members[key] = None if raw is None else Schema(raw)
        return self._members[key]


def _pair(bounds: list[Any] | None) -> tuple[Any, Any] | None:
    return None if bounds is None else (bounds[0], bounds[1])


class TypeSchema:
    """A resource type."""

    def __init__(self, name: str, raw: Mapping[str, Any]) -> None:
        self.name = name
        self.raw = raw

    @property
    def status(self) -> str:
        """Supported, deprecated, unsupported or hidden."""
        return self.raw.get("status", "supported")  # type: ignore[no-any-return]

    @cached_property
    def properties(self) -> dict[str, Schema]:
        """Its properties by name."""
        return {name: Schema(raw) for name, raw in self.raw["properties"].items()}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of the properties that must be given."""
        return tuple(name for name, schema in self.properties.items() if schema.required and schema.default is None)

    @property
    def attributes(self) -> dict[str, str | None]:
        """Its attributes by name, with their type where Heat says one: string, map, list, integer, boolean."""
        return {name: raw.get("type") for name, raw in self.raw["attributes"].items()}

    @property
    def open_properties(self) -> bool:
        """Whether it takes any property: it only stands for what has gone."""
        return self.raw.get("open_properties", False)  # type: ignore[no-any-return]

    @property
    def open_attributes(self) -> bool:
        """Whether it has further attributes, which for most depend on the stack inside it."""
        return self.raw.get("open_attributes", False)  # type: ignore[no-any-return]

    @property
    def update_policy(self) -> dict[str, Schema]:
        """What its update_policy may hold."""
        return {name: Schema(raw) for name, raw in self.raw.get("update_policy", {}).items()}

    @property
    def replaces(self) -> dict[str, str]:
        """Properties that an older property may stand for: network to network_id."""
        return self.raw.get("replaces", {})  # type: ignore[no-any-return]

    def property(self, path: str | Path) -> Schema | None:
        """Schema at a path such as a.b[0].c or ("a", "b", 0, "c"); None when there is no such property."""
        name, *steps = _steps(path) if isinstance(path, str) else path
        schema = self.properties.get(str(name))
        for step in steps:
            if schema is None:
                return None
            schema = schema.at(step)
        return schema


def _steps(path: str) -> Path:
    """The steps of a path that is written as text."""
    return tuple(int(index) if index else name for name, index in re.findall(_STEP, path))


@record
class Version:
    """What a template version allows."""

    functions: frozenset[str]
    removed_functions: frozenset[str]
    condition_functions: frozenset[str]
    sections: frozenset[str]
    resource_keys: frozenset[str]
    output_keys: frozenset[str]
    parameter_keys: frozenset[str]
    parameter_types: frozenset[str]
    constraints: frozenset[str]
    deletion_policies: frozenset[str]
    optional_else: bool
    """Whether `if` may leave out its third argument."""


@cache
def _content() -> tuple[dict[str, Any], bytes]:
    """Head and body of the file."""
    with open(_FILE, "rb") as file:
        head, _, body = file.read().partition(b"\n")
    return json.loads(head), body


def _entry(kind: str, name: str) -> Any:
    head, body = _content()
    place = head[kind].get(name)
    return None if place is None else json.loads(body[place[0] : place[1]])


@cache
def lookup(type_name: str) -> TypeSchema | None:
    """A resource type by its name; None for one that Heat does not have."""
    raw = _entry("types", type_name)
    return None if raw is None else TypeSchema(type_name, raw)


def property_schema(type_name: str, path: str | Path) -> Schema | None:
    """Schema of a property of a type, at a path such as a.b[0].c or ("a", "b", 0, "c")."""
    found = lookup(type_name)
    return None if found is None else found.property(path)


@cache
def template_version(version: str) -> Version | None:
    """A template version by its date or name (2018-08-31, rocky); None for one that Heat does not have."""
    raw = _entry("versions", version)
    if raw is None:
        return None
    optional_else = raw.pop("optional_else")
    return Version(**{key: frozenset(value) for key, value in raw.items()}, optional_else=optional_else)


def type_names() -> list[str]:
    """Every resource type, hidden ones included."""
    return list(_content()[0]["types"])


def version_names() -> list[str]:
    """Every template version."""
    return list(_content()[0]["versions"])


def custom_constraints() -> frozenset[str]:
    """Names that custom_constraint may have."""
    return frozenset(_content()[0]["custom_constraints"])


def pseudo_parameters() -> frozenset[str]:
    """Parameters that every template has."""
    return frozenset(_content()[0]["pseudo_parameters"])


def engine_version() -> str:
    """Release of Heat that the snapshot was taken of."""
    return str(_content()[0]["engine"])
