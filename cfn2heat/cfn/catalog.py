"""AWS resource types: their properties, required ones, attributes and identifiers. A generated snapshot, read a type at a time.

A shape says what a property is, as the snapshot writes it: "string", "integer", "number", "boolean" or "json" (anything); a list
of one shape; a map of members; or "@Name", a definition of the same type. scripts/generate_aws_catalog.py writes the snapshot.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from cfn2heat.record import record

Shape: TypeAlias = str | list["Shape"] | dict[str, "Shape"]

_FILE = Path(__file__).with_name("catalog.json")


@record
class SourceType:
    """What AWS documents of one type."""

    name: str
    properties: dict[str, Shape]
    """Those that a template may set."""
    required: tuple[str, ...]
    attributes: tuple[str, ...]
    """What GetAtt gives; dots reach inside (Endpoint.Address)."""
    identifier: tuple[str, ...]
    """Properties or attributes whose value is the physical name, which Ref gives (mostly)."""
    outputs: dict[str, Shape]
    """Properties that only AWS sets."""
    definitions: dict[str, Shape]

    def resolve(self, shape: Shape) -> Shape:
        """Follow names of definitions."""
        seen = set()
        while isinstance(shape, str) and shape.startswith("@") and shape not in seen:
            seen.add(shape)
            shape = self.definitions[shape[1:]]
        return shape

    def members(self, shape: Shape) -> dict[str, Shape] | None:
        """Members of an object, or of the objects in a list; None for what has no named members."""
        found = self.resolve(shape)
        if isinstance(found, list):
            found = self.resolve(found[0])
        return found if isinstance(found, dict) else None

    def find(self, *names: str) -> Shape | None:
        """Shape of a property, or of a member inside; None when AWS documents no such thing."""
        shape: Shape | None = self.properties
        for name in names:
            members = None if shape is None else self.members(shape)
            shape = None if members is None else members.get(name)
        return shape


def lookup(name: str) -> SourceType | None:
    """A type of the catalog, or None."""
    content, index = _load()
    place = index["types"].get(name)
    if place is None:
        return None
    data: dict[str, Any] = json.loads(bytes(content[place[0] : place[0] + place[1]]))
    return SourceType(
        name=name,
        properties=data["properties"],
        required=tuple(data.get("required", ())),
        attributes=tuple(data.get("attributes", ())),
        identifier=tuple(data.get("identifier", ())),
        outputs=data.get("outputs", {}),
        definitions=data.get("definitions", {}),
    )


def names() -> list[str]:
    """Every type of the catalog."""
    return list(_load()[1]["types"])


def origin() -> str:
    """What the snapshot was generated from."""
    text: str = _load()[1]["origin"]
    return text


@cache
def _load() -> tuple[memoryview, dict[str, Any]]:
    """The lines of the types, and the index that says where each stands."""
    content = _FILE.read_bytes()
    end = content.index(b"\n")
    return memoryview(content)[end + 1 :], json.loads(content[:end])
