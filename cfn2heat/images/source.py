"""From a file that a user names to a disk that has passed the guard; archives are opened on the way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from cfn2heat.images.guard import Disk, check_declared, check_file, guard
from cfn2heat.images.ova import OvaDisk, extract_disk, ova_disks
from cfn2heat.images.refusal import refusal
from cfn2heat.images.signatures import declared_format, detected_format, head_and_tail


def open_source(path: Path, said: str | None, wanted: str | None, scratch: Path) -> Disk:
    """The disk of a file; one in an archive is copied into the scratch folder first, under a name of ours."""
    found = check_file(path)
    if declared_format(path, said) != "ova":
        return guard(path, said)
    head, tail = head_and_tail(found)
    check_declared(found, "ova", detected_format(found, head, tail), head)
    disk = _choose(path, ova_disks(found), wanted)
    place = scratch / "disk.vmdk"
    when = found.stat().st_mtime_ns
    if not (place.exists() and (place.stat().st_size, place.stat().st_mtime_ns) == (disk.size, when)):
        place.unlink(missing_ok=True)
        _check_room(place, disk)
        extract_disk(found, disk, place)
        os.utime(place, ns=(when, when))  # by which a conversion that goes on knows that it is the same
    return guard(place, "vmdk")


def _choose(path: Path, disks: list[OvaDisk], wanted: str | None) -> OvaDisk:
    names = ", ".join(disk.name for disk in disks)
    if wanted is not None:
        disks = [disk for disk in disks if disk.name == wanted]
    if len(disks) != 1:
        message = f"the archive has {len(disks)} disks of this name" if wanted else f"the archive has {len(disks)} disks"
        raise refusal("C2H7038", path, message, f"say with --disk which one is meant: {names}" if names else "")
    return disks[0]


def _check_room(place: Path, disk: OvaDisk) -> None:
    free = shutil.disk_usage(place.parent).free
    if disk.size > free:
        message = f"unpacking it needs {disk.size >> 20} MiB, and {free >> 20} MiB are free"
        raise refusal("C2H7062", place.parent, message, "make room, or choose a result on a larger disk")
