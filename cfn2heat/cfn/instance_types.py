"""What EC2's instance types have; instance_types.json is a snapshot that scripts/generate_instance_types.py takes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from cfn2heat.record import record


@record
class InstanceType:
    """A size of server: memory in MiB, local disks in GB; special: what the size does not show, such as 1 GPU or arm64."""

    name: str
    vcpus: int
    memory: int
    disk: int
    special: str = ""

    @property
    def family(self) -> str:
        """What stands before the dot."""
        return self.name.partition(".")[0]

    @property
    def only_here(self) -> bool:
        """Whether it has more than a processor, memory and disks: an accelerator, or the whole machine."""
        return self.special not in ("", "arm64")


def find(name: str) -> InstanceType | None:
    """The type of a name; a class of a database (db.m5.large) has the size of the type behind it."""
    data = _content()["types"].get(name.removeprefix("db."))
    return None if data is None else InstanceType(name, *data)


def common() -> list[InstanceType]:
    """The types of the families that most templates name, a family after the other, by size."""
    content = _content()
    order = {family: number for number, family in enumerate(content["common"])}
    found = [InstanceType(name, *data) for name, data in content["types"].items() if name.partition(".")[0] in order]
    return sorted((type for type in found if not type.only_here), key=lambda one: order[one.family])


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(__file__).with_name("instance_types.json").read_text(encoding="utf-8"))
    return content
