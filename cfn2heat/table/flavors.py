"""Matches EC2 instance types to the flavors of a cloud, by vCPU, memory and disk."""

from __future__ import annotations

from collections.abc import Sequence

from cfn2heat.cfn.instance_types import InstanceType
from cfn2heat.record import record


@record
class Flavor:
    """A size of server in OpenStack: memory in MiB, disk in GB."""

    name: str
    vcpus: int
    memory: int
    disk: int


def smallest(type: InstanceType, flavors: Sequence[Flavor]) -> Flavor | None:
    """The smallest flavor with at least the type's vCPU and memory; of equals the one with the disk, then by name."""
    enough = [flavor for flavor in flavors if flavor.vcpus >= type.vcpus and flavor.memory >= type.memory]
    return min(enough, key=lambda flavor: (flavor.vcpus * flavor.memory, *_disk(type, flavor), flavor.name), default=None)


def nearest(type: InstanceType, flavors: Sequence[Flavor]) -> Flavor | None:
    """The flavor that lacks least of a type."""

    def lack(flavor: Flavor) -> float:
        return max(type.vcpus / max(flavor.vcpus, 1), type.memory / max(flavor.memory, 1))

    return min(flavors, key=lambda flavor: (lack(flavor), *_disk(type, flavor), flavor.name), default=None)


def _disk(type: InstanceType, flavor: Flavor) -> tuple[bool, int]:
    """A disk as large as the type's own first, then the smaller."""
    return flavor.disk < type.disk, flavor.disk


def size_words(vcpus: int, memory: int) -> str:
    """A size as people say it: 2 vCPU, 0.5 GiB."""
    return f"{vcpus} vCPU, {round(memory / 1024, 1):g} GiB"
