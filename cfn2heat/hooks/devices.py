"""Block device mappings: the root disk, volumes from snapshots, and empty volumes, as Nova and Cinder want them."""

from __future__ import annotations

import re

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Member, all_of, guarded, members, named
from cfn2heat.hooks.interfaces import may_be, present
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import Schema, property_schema
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
FROM_IMAGE = "Without a size the root disk is the flavor's own and is filled from the image."


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
        ctx.dropped(mapping.path, "A Glance image brings no mappings of its own that would have to be left out.", severity=Severity.NOTE)
        return []
    if present(entries.get("VirtualName")) and not present(entries.get("Ebs")):
        because = "An instance store is the ephemeral disk of the flavor, which Nova attaches by itself."
        advice = "Map the instance type to a flavor with an ephemeral disk where the workload needs one."
        ctx.dropped(mapping.path, because, advice, Severity.NOTE)
        return []
    found = []
    for ebs in members(entries.get("Ebs"), (*mapping.path, "Ebs"), mapping.guard):
        if isinstance(ebs.value, cfn.Map):
            _record(ctx, ebs.value, ebs.path)
            entry = _entry(ctx, _device(ctx, entries.get("DeviceName")), ebs)
            if entry is not None:
                found.append(guarded(entry, all_of(ebs.guard)))
    return found


def _device(ctx: ResourceContext, name: cfn.Value | None) -> str:
    constant = ctx.constant(name)
    return "" if constant is UNKNOWN else as_text(constant)


def _record(ctx: ResourceContext, ebs: cfn.Map, path: Path) -> None:
    """Record what the volume type decides; what is carried gets the row's fate."""
    for key, value in ebs.entries.items():
        if key in LEFT_OUT:
            because, advice, severity = LEFT_OUT[key]
            ctx.dropped((*path, key), because, advice, severity)
        elif key == "Encrypted":
            wanted = may_be(ctx, value, "true")
            because = "Whether Cinder encrypts a volume is a property of its volume type."
            advice = "Map the EBS type to an encrypted volume type in the site's table volume_types." if wanted else ""
            ctx.dropped((*path, key), because, advice, Severity.WARNING if wanted else Severity.NOTE)
        elif key not in CARRIED:
            record_unknown(ctx, (*path, key))


def _entry(ctx: ResourceContext, device: str, ebs: Member) -> hot.HotValue | None:
    assert isinstance(ebs.value, cfn.Map)
    entries = ebs.value.entries
    size = ctx.hot(entries.get("VolumeSize"))
    if ROOT.fullmatch(device):
        return _root(ctx, ebs, size)
    if present(entries.get("SnapshotId")):
        return _from_snapshot(ctx, device, ebs, size)
    if size is None:
        ctx.dropped(ebs.path, "A volume needs a size or a snapshot, and the source says neither.")
        return None
    volume = _volume(ctx, device, ebs, size)
    return hot.HotMap({
        "volume_id": hot.GetResource(volume.name),
        "boot_index": hot.Literal(-1),
        "delete_on_termination": hot.Literal(False),
    })  # fmt: skip


def _root(ctx: ResourceContext, ebs: Member, size: hot.HotValue | None) -> hot.HotValue | None:
    assert isinstance(ebs.value, cfn.Map)
    if size is None or ebs.guard:
        because = FROM_IMAGE if size is None else "A root volume that is there under a condition only cannot take the image's place."
        severity = Severity.NOTE if size is None else Severity.WARNING
        ctx.dropped(ebs.path, because, severity=severity)
        return None
    if "SnapshotId" in ebs.value.entries:
        because = "The root volume is filled from the image."
        ctx.dropped((*ebs.path, "SnapshotId"), because, severity=Severity.NOTE)
    return hot.HotMap(_clean({
        "boot_index": hot.Literal(0),
        "volume_size": size,
        "volume_type": _type(ctx, ebs.value),
        "delete_on_termination": _dies(ctx, ebs.value),
    }))  # fmt: skip


def _from_snapshot(ctx: ResourceContext, device: str, ebs: Member, size: hot.HotValue | None) -> hot.HotValue:
    assert isinstance(ebs.value, cfn.Map)
    return hot.HotMap(_clean({
        "snapshot_id": snapshot(ctx, ebs.value.entries["SnapshotId"], f"{ctx.id}_{short(device)}_snapshot"),
        "boot_index": hot.Literal(-1),
        "volume_size": size,
        "volume_type": _type(ctx, ebs.value),
        "delete_on_termination": _dies(ctx, ebs.value),
    }))  # fmt: skip


def _volume(ctx: ResourceContext, device: str, ebs: Member, size: hot.HotValue) -> HotResource:
    """An empty volume is a resource of its own, for Heat's block device mapping makes none; it is there at the first boot."""
    assert isinstance(ebs.value, cfn.Map)
    volume = add(ctx, f"volume_{short(device)}", VOLUME, f"{ctx.id}_{short(device)}")
    volume.properties = _clean({"size": ctx.fit(size, _schema("size")), "volume_type": _type(ctx, ebs.value)})
    if may_be(ctx, ebs.value.entries.get("DeleteOnTermination"), "false"):
        volume.deletion_policy = "retain"
    own = (hot.Literal(volume.condition),) if volume.condition else ()
    volume.condition = named(ctx.t, all_of((*own, *ebs.guard)))
    return volume


def _schema(key: str) -> Schema | None:
    return property_schema(VOLUME, (key,))


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


def snapshot(ctx: ResourceContext, value: cfn.Value, name: str) -> hot.HotValue | None:
    """A snapshot: that of a parameter as it stands; one that AWS holds is asked for."""
    constant = ctx.constant(value)
    if constant is UNKNOWN:
        return ctx.hot(value)
    return ctx.hole(name, f"A Cinder snapshot with the content of the EBS snapshot {as_text(constant)}.")


def _type(ctx: ResourceContext, ebs: cfn.Map) -> hot.HotValue | None:
    given = ebs.entries.get("VolumeType")
    return None if given is None else ctx.site_lookup("volume_types", given)


def _dies(ctx: ResourceContext, ebs: cfn.Map) -> hot.HotValue:
    given = ctx.hot(ebs.entries.get("DeleteOnTermination"))
    return hot.Literal(True) if given is None else given


def _clean(said: dict[str, hot.HotValue | None]) -> dict[str, hot.HotValue]:
    return {key: value for key, value in said.items() if value is not None}


def short(device: str) -> str:
    """/dev/xvdf as xvdf, for names."""
    return re.sub(r"[^A-Za-z0-9]+", "_", device.removeprefix("/dev/")).strip("_") or "volume"


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
