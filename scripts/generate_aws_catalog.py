"""Generates cfn2heat/cfn/catalog.json from the provider schemas that the cfn-lint package bundles.

All types of all regions, us-east-1's form first, with what AWS's registry lists from third parties (Alexa::ASK::Skill) and with
SAM's types, which stay in a template when the SAM translator is not installed. With --check nothing is written; exit 1 says that
the snapshot is stale.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cfnlint

TARGET = Path(__file__).parent.parent / "cfn2heat" / "cfn" / "catalog.json"
SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"
PRIMITIVES = {"string", "integer", "number", "boolean"}


def main() -> int:
    """Write the snapshot, or check it."""
    content = generate()
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.is_file() and TARGET.read_bytes() == content else 1
    TARGET.write_bytes(content)
    print(f"{TARGET.name}: {len(content)} bytes")
    return 0


def generate() -> bytes:
    """The whole snapshot."""
    index: dict[str, list[int]] = {}
    body = bytearray()
    for name, file in sorted(schema_files().items()):
        line = _dump(describe(json.loads(file.read_text(encoding="utf-8"))))
        index[name] = [len(body), len(line)]
        body += line + b"\n"
    head = {"origin": f"cfn-lint {version('cfn-lint')}", "types": index}
    return _dump(head) + b"\n" + bytes(body)


def schema_files() -> dict[str, Path]:
    """File of each type, as us-east-1 has it, else as the first region that has it."""
    files: dict[str, Path] = {}
    regions = sorted(SCHEMAS.glob("providers/*.json"), key=lambda path: (path.stem != "us-east-1", path.stem))
    for region in regions:
        for name, digest in json.loads(region.read_text(encoding="utf-8")).items():
            files.setdefault(name, SCHEMAS / "resources" / f"{digest}.json")
    return files


def describe(schema: dict[str, Any]) -> dict[str, Any]:
    """One type, without what is empty."""
    read_only = [pointer.split("/")[2:] for pointer in schema.get("readOnlyProperties", [])]
    shapes = {name: shape(value) for name, value in sorted(schema.get("properties", {}).items())}
    definitions = {name: shape(value) for name, value in sorted(schema.get("definitions", {}).items())}
    outputs = {name for name in shapes if _is_output(name, shapes[name], definitions, read_only)}
    described = {
        "properties": {name: value for name, value in shapes.items() if name not in outputs},
        "required": schema.get("required", []),
        "attributes": sorted({".".join(path) for path in read_only if "*" not in path}),
        "identifier": [".".join(pointer.split("/")[2:]) for pointer in schema.get("primaryIdentifier", [])],
        "outputs": {name: shapes[name] for name in sorted(outputs)},
        "definitions": _reachable(shapes, definitions),
    }
    return {key: value for key, value in described.items() if value or key == "properties"}


def shape(schema: Any) -> Any:
    """What a property is: a word, a list of one shape, a map of members, or @Definition."""
    if not isinstance(schema, dict):
        return "json"
    if "$ref" in schema:
        return f"@{schema['$ref'].rsplit('/', 1)[1]}" if schema["$ref"].startswith("#/definitions/") else "json"
    if "items" in schema:
        return [shape(schema["items"])]
    members = _members(schema)
    if members:
        return members
    kinds = schema.get("type", "json")
    kind = kinds if isinstance(kinds, str) else next((name for name in kinds if name in PRIMITIVES), "json")
    if kind == "array":
        return ["json"]
    return kind if kind in PRIMITIVES and not (isinstance(kinds, list) and "object" in kinds) else "json"


def _members(schema: dict[str, Any]) -> dict[str, Any]:
    """Members of an object, those of its alternatives too."""
    members = {name: shape(value) for name, value in schema.get("properties", {}).items()}
    for word in ("oneOf", "anyOf", "allOf"):
        for branch in schema.get(word, []):
            found = shape(branch)
            members |= {name: value for name, value in found.items() if name not in members} if isinstance(found, dict) else {}
    return dict(sorted(members.items()))


def _is_output(name: str, value: Any, definitions: dict[str, Any], read_only: list[list[str]]) -> bool:
    """Whether only AWS sets a property: it is read-only itself, or each of its members is."""
    if [name] in read_only:
        return True
    inside = {path[1] for path in read_only if len(path) == 2 and path[0] == name}
    found = definitions.get(value[1:]) if isinstance(value, str) and value.startswith("@") else value
    return isinstance(found, dict) and bool(inside) and found.keys() <= inside


def _reachable(shapes: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions that the properties use."""
    found: set[str] = set()
    todo: list[Any] = list(shapes.values())
    while todo:
        value = todo.pop()
        if isinstance(value, (list, dict)):
            todo += value if isinstance(value, list) else value.values()
        elif value.startswith("@") and value[1:] in definitions and value[1:] not in found:
            found.add(value[1:])
            todo.append(definitions[value[1:]])
    return {name: definitions[name] for name in sorted(found)}


def _dump(data: Any) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


if __name__ == "__main__":
    sys.exit(main())
