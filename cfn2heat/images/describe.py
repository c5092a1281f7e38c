"""Guests and plans as people read them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cfn2heat.images.guard import Disk
from cfn2heat.images.guest import Guest
from cfn2heat.images.steps import Plan, Step, version
from cfn2heat.record import fields


def describe_guest(disk: Disk, guest: Guest) -> Iterator[str]:
    """What is in a disk, a line a fact."""
    kind = f"{disk.format}, {disk.subformat}" if disk.subformat else disk.format
    yield f"disk: {kind}, {size(disk.virtual_size)} for the guest"
    if guest.family == "unknown":
        yield "system: none that is known"
        return
    product = guest.product if any(map(str.isalpha, guest.product)) else f"{guest.distro} {guest.product or version(guest)}"
    named = f"{product} {guest.arch}".strip()
    yield f"system: {named}, starts by {guest.firmware.upper()}"
    if guest.hostname:
        yield f"host name: {guest.hostname}"
    yield f"file systems: {listed(f'{point} ({kind})' if kind else point for point, kind in guest.filesystems.items())}"
    yield f"packages: {len(guest.packages)}"
    yield f"services at boot: {listed(guest.services)}"
    yield f"drivers: {listed(guest.drivers)}"
    yield f"agents of AWS: {listed(guest.agents)}"
    yield f"cloud-init: {'yes' if guest.cloud_init else 'no'}"


def describe_plan(plan: Plan) -> Iterator[str]:
    """What will be done, with every command as it is run, what stands in the way, and what is left to a person."""
    for number, step in enumerate(plan.steps, 1):
        yield f"{number}. {step.name}: {step.text}"
        yield from _commands(step)
    for title, lines in (("In the way:", plan.obstacles), ("By hand afterwards:", plan.by_hand)):
        if lines:
            yield title
            yield from (f"  - {line}" for line in lines)
    yield "Properties of the image:"
    yield from (f"  {name}={value}" for name, value in plan.properties.items())


def _commands(step: Step) -> Iterator[str]:
    for name, text in step.files.items():
        yield f"   {name}:"
        yield from (f"     | {line}".rstrip() for line in text.splitlines())
    settings = "".join(f"{name}={shlex.quote(value)} " for name, value in step.environment.items())
    yield f"   $ {settings}{shlex.join(step.argv)}"
    yield from (f"     > {line}" for line in step.script.splitlines())


def plain(value: Any) -> Any:
    """A record as data for programs."""
    if isinstance(value, (Disk, Guest, Plan, Step)):
        return {name: plain(getattr(value, name)) for name in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(member) for member in value]
    return str(value) if isinstance(value, Path) else value


def size(number: float) -> str:
    """Bytes in the largest unit that leaves a number above one."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.3g} {unit}"
        number /= 1024
    return f"{number:.3g} TiB"


def listed(names: Any) -> str:
    """Some names, or a word for none."""
    return ", ".join(names) or "none"
