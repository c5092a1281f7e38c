"""Generates cfn2heat/deploy/names.json: which properties of Heat's types name a thing that the cloud must have.

It is taken from the custom constraints in cfn2heat/hot/catalog.jsonl, whose room deploy/ does not know, with what
Heat has no constraint on. With --check nothing is written; exit 1 says that the file is stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent / "cfn2heat"
CATALOG, TARGET = ROOT / "hot" / "catalog.jsonl", ROOT / "deploy" / "names.json"
SURVEYED = {
    *("cinder.snapshot", "cinder.volume", "cinder.vtype", "designate.zone", "glance.image", "keystone.domain", "keystone.group"),
    *("keystone.project", "keystone.role", "keystone.user", "manila.share_network", "manila.share_type", "neutron.network"),
    *("neutron.port", "neutron.qos_policy", "neutron.router", "neutron.security_group", "neutron.subnet", "neutron.subnetpool"),
    *("nova.flavor", "nova.keypair", "nova.server", "octavia.flavor", "octavia.listener", "octavia.loadbalancer", "octavia.pool"),
    "trove.flavor",
}
"""The kinds of things that deploy/survey.py reads."""
FURTHER = {
    "OS::Cinder::Volume": {"availability_zone": "cinder.zone"},
    "OS::Manila::Share": {"availability_zone": "manila.zone"},
    "OS::Neutron::Net": {"availability_zone_hints.*": "neutron.zone"},
    "OS::Neutron::Port": {"security_groups.*": "neutron.security_group"},
    "OS::Neutron::Router": {"availability_zone_hints.*": "neutron.zone", "external_gateway_info.network": "neutron.network"},
    "OS::Nova::Server": {"availability_zone": "nova.zone", "security_groups.*": "neutron.security_group"},
    "OS::Trove::Instance": {"datastore_type": "trove.datastore", "datastore_version": "trove.version"},
}
"""What names a thing without a constraint that Heat would check."""


def main() -> int:
    """Write the file, or check it."""
    content = generate()
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.is_file() and TARGET.read_bytes() == content else 1
    TARGET.write_bytes(content)
    print(f"{TARGET.name}: {len(content)} bytes")
    return 0


def generate() -> bytes:
    """The whole file, a type a line."""
    content = CATALOG.read_bytes()
    end = content.index(b"\n") + 1
    lines = []
    for name, (start, stop) in sorted(json.loads(content[:end])["types"].items()):
        schemas = json.loads(content[end + start : end + stop])["properties"]
        found = {**dict(entry for key, schema in schemas.items() for entry in named(key, schema)), **FURTHER.get(name, {})}
        if name.startswith("OS::") and found:
            lines.append(f"{json.dumps(name)}: {json.dumps(dict(sorted(found.items())))}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def named(path: str, schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Paths of what names a thing, each with the kind of thing; * stands for each member of a list."""
    for kind in schema.get("custom", ()):
        if kind in SURVEYED:
            yield path, kind
    if "items" in schema:
        yield from named(f"{path}.*", schema["items"])
    for key, member in schema.get("members", {}).items():
        yield from named(f"{path}.{key}", member)


if __name__ == "__main__":
    sys.exit(main())
