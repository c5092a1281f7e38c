"""Block device mappings: the root disk, volumes from snapshots, and empty volumes, as Nova and Cinder want them."""

from __future__ import annotations

import re
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Guard, Member, all_of, guarded, members, named, under
from cfn2heat.hooks.interfaces import may_be, present
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import property_schema
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.properties import record_unknown

ROOT = re.compile(r"(/dev/)?(xvda|sda)1?")
VOLUME = "OS::Cinder::Volume"
OF_TYPE = "How fast a volume is, is a property of its Cinder volume type (QoS specs)."
TYPE_ADVICE = "Map the EBS type to a volume type of that speed in the site's table volume_types."
LEFT_OUT: dict[str, tuple[str, str, Severity]] = {
    "EbsCardIndex": ("Volumes reach a server through its hypervisor and have no cards of their own.", "", Severity.NOTE),
    "Iops": (OF_TYPE, TYPE_ADVICE, Severity.NOTE),
    "KmsKeyId": ("Cinder makes a key in Barbican for every volume of an encrypted type; none can be given.", "", Severity.NOTE),
    "MultiAvailabilityZoneConfiguration": ("A Cinder volume lives in one zone.", "", Severity.NOTE),
    "Throughput": (OF_TYPE, TYPE_ADVICE, Severity.NOTE),
    "VolumeInitializationRate": ("Cinder copies a snapshot at the speed that its backend has.", "", Severity.NOTE),
}
"""Members of Ebs that Cinder decides by itself or by the volume type: because, advice, severity."""
CARRIED = frozenset({"DeleteOnTermination", "Encrypted", "SnapshotId", "VolumeSize", "VolumeType"})


class Ebs(NamedTuple):
    """What one mapping says of its volume: the device, the members of Ebs, where they stand, under which conditions."""

    device: str
    entries: dict[str, cfn.Value]
    path: Path
    guard: Guard

    @property
    def short(self) -> str:
        """The device as a part of a name: xvdf for /dev/xvdf."""
        return re.sub(r"[^A-Za-z0-9]+", "_", self.device.removeprefix("/dev/")).strip("_") or "volume"


def block_devices(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The entries of block_device_mapping_v2. The image of a root entry is set by settle_boot, once all rows have run."""
    found = [entry for member in members(value, path) for entry in _entries(ctx, member)]
    return hot.HotList(tuple(found)) if found else None


def _entries(ctx: ResourceContext, mapping: Member) -> list[hot.HotValue]:
    if not isinstance(mapping.value, cfn.Map):
        ctx.dropped(mapping.path, "The mapping is computed as a whole, so that its devices cannot be told apart here.")
        return []
    entries = mapping.value.entries
    if present(entries.get("NoDevice")):
        because = "A Glance image brings no mappings of its own that would have to be left out."
        ctx.dropped(mapping.path, because, severity=Severity.NOTE)
        return []
    if present(entries.get("VirtualName")) and not present(entries.get("Ebs")):
        because = "An instance store is the ephemeral disk of the flavor, which Nova attaches by itself."
        advice = "Map the instance type to a flavor with an ephemeral disk where the workload needs one."
        ctx.dropped(mapping.path, because, advice, Severity.NOTE)
        return []
    found = []
    device = ctx.constant(entries.get("DeviceName"))
    for member in members(entries.get("Ebs"), (*mapping.path, "Ebs"), mapping.guard):
        if isinstance(member.value, cfn.Map):
            name = "" if device is UNKNOWN else as_text(device)
            ebs = Ebs(name, member.value.entries, member.path, member.guard)
            _record(ctx, ebs)
            entry = _entry(ctx, ebs)
            if entry is not None:
                found.append(guarded(entry, all_of(ebs.guard)))
    return found


def _record(ctx: ResourceContext, ebs: Ebs) -> None:
    """Record what the volume type decides; what is carried gets the row's fate."""
    for key, value in ebs.entries.items():
        if key in LEFT_OUT:
            because, advice, severity = LEFT_OUT[key]
            ctx.dropped((*ebs.path, key), because, advice, severity)
        elif key == "Encrypted":
            wanted = may_be(ctx, value, "true")
            because = "Whether Cinder encrypts a volume is a property of its volume type."
            advice = "Map the EBS type to an encrypted volume type in the site's table volume_types." if wanted else ""
            ctx.dropped((*ebs.path, key), because, advice, Severity.WARNING if wanted else Severity.NOTE)
        elif key not in CARRIED:
            record_unknown(ctx, (*ebs.path, key))


def _entry(ctx: ResourceContext, ebs: Ebs) -> hot.HotValue | None:
    size = ctx.hot(ebs.entries.get("VolumeSize"))
    if ROOT.fullmatch(ebs.device):
        return _root(ctx, ebs, size)
    given = ebs.entries.get("SnapshotId")
    if present(given) and not isinstance(given, cfn.If):
        return _from_snapshot(ctx, ebs, size)
    if size is None and not present(given):
        ctx.dropped(ebs.path, "A volume needs a size or a snapshot, and the source says neither.")
        return None
    volume = hot.GetResource(_volume(ctx, ebs, size).name)
    return hot.HotMap({"volume_id": volume, "boot_index": hot.Literal(-1), "delete_on_termination": hot.Literal(False)})


def _root(ctx: ResourceContext, ebs: Ebs, size: hot.HotValue | None) -> hot.HotValue | None:
    if size is None:
        because = "Without a size the root disk is the flavor's own and is filled from the image."
        ctx.dropped(ebs.path, because, severity=Severity.NOTE)
        return None
    if ebs.guard:
        ctx.dropped(ebs.path, "A root volume that is there under a condition only cannot take the image's place.")
        return None
    if "SnapshotId" in ebs.entries:
        ctx.dropped((*ebs.path, "SnapshotId"), "The root volume is filled from the image.", severity=Severity.NOTE)
    return _clean(boot_index=hot.Literal(0), volume_size=size, volume_type=_type(ctx, ebs), delete_on_termination=_dies(ctx, ebs))


def _from_snapshot(ctx: ResourceContext, ebs: Ebs, size: hot.HotValue | None) -> hot.HotValue:
    return _clean(
        snapshot_id=ctx.hot(ebs.entries["SnapshotId"]),
        boot_index=hot.Literal(-1),
        volume_size=size,
        volume_type=_type(ctx, ebs),
        delete_on_termination=_dies(ctx, ebs),
    )


def _volume(ctx: ResourceContext, ebs: Ebs, size: hot.HotValue | None) -> HotResource:
    """A volume that may be empty is a resource of its own, for Heat's block device mapping makes none; it is there at boot."""
    volume = add(ctx, f"volume_{ebs.short}", VOLUME, f"{ctx.id}_{ebs.short}")
    size = None if size is None else ctx.fit(size, property_schema(VOLUME, ("size",)))
    given = ctx.hot(ebs.entries.get("SnapshotId"))
    volume.properties = _clean(size=size, snapshot_id=given, volume_type=_type(ctx, ebs)).entries
    if may_be(ctx, ebs.entries.get("DeleteOnTermination"), "false"):
        volume.deletion_policy = "retain"
    own = under(volume.condition)
    volume.condition = named(ctx.t, all_of((*own, *ebs.guard)))
    return volume


def add(ctx: ResourceContext, key: str, type: str, name: str) -> HotResource:
    """One more resource; of a part it is one more part, which goes where the server goes."""
    if ctx.id not in ctx.t.parts:
        return ctx.add(key, type, name)
    parts = ctx.t.parts[ctx.id]
    serial, chosen = 2, key
    while chosen in parts:
        serial, chosen = serial + 1, f"{key}_{serial}"
    parts[chosen] = HotResource(name if chosen == key else f"{name}_{serial - 1}", type)
    return parts[chosen]


def _type(ctx: ResourceContext, ebs: Ebs) -> hot.HotValue | None:
    given = ebs.entries.get("VolumeType")
    return None if given is None else ctx.site_lookup("volume_types", given)


def _dies(ctx: ResourceContext, ebs: Ebs) -> hot.HotValue:
    given = ctx.hot(ebs.entries.get("DeleteOnTermination"))
    return hot.Literal(True) if given is None else given


def _clean(**said: hot.HotValue | None) -> hot.HotMap:
    return hot.HotMap({key: value for key, value in said.items() if value is not None})


def settle_boot(server: HotResource) -> None:
    """Let a server boot from its root entry: the image moves into it."""
    devices, image = server.properties.get("block_device_mapping_v2"), server.properties.get("image")
    if not isinstance(devices, hot.HotList) or image is None:
        return
    items = list(devices.items)
    for index, item in enumerate(items):
        if isinstance(item, hot.HotMap) and item.entries.get("boot_index") == hot.Literal(0):
            rest = {key: value for key, value in item.entries.items() if key != "image"}
            items[index] = hot.HotMap({"image": image, **rest})
            del server.properties["image"]
            break
    server.properties["block_device_mapping_v2"] = hot.HotList(tuple(items))
