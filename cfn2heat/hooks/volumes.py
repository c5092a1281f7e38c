"""Disks of servers, and volumes by themselves."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks import devices, interfaces
from cfn2heat.hooks.branches import all_of, members, named, under
from cfn2heat.hooks.servers import name_of
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, predicate, property_hook

# ---- questions at planning -------------------------------------------------------------------------------------------


@predicate("ec2.plain_volume")
def plain_volume(plan: PlanContext) -> bool:
    """Whether a volume is surely not to be encrypted."""
    return not interfaces.may_be(plan, plan.value("Encrypted"), "true")


@predicate("ec2.one_server_volume")
def one_server_volume(plan: PlanContext) -> bool:
    """Whether a volume is surely for one server at a time."""
    return not interfaces.may_be(plan, plan.value("MultiAttachEnabled"), "true")


# ---- disks -----------------------------------------------------------------------------------------------------------


@property_hook("ec2.block_devices")
def block_devices(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """BlockDeviceMappings as block_device_mapping_v2."""
    return devices.block_devices(ctx, value, path)


@property_hook("ec2.volumes")
def volumes(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Volumes that exist already, each with an attachment of its own."""
    server = hot.GetResource(ctx.emit("server").name)
    for member in members(value, path):
        volume = member.value.entries.get("VolumeId") if isinstance(member.value, cfn.Map) else None
        found = ctx.hot(volume)
        if found is not None:
            name = volume.name if isinstance(volume, cfn.Ref) else "volume"
            attachment = ctx.add(f"attachment_{name}", "OS::Cinder::VolumeAttachment", f"{ctx.id}_{name}")
            attachment.properties = {"instance_uuid": server, "volume_id": found}
            own = under(attachment.condition)
            attachment.condition = named(ctx.t, all_of((*own, *member.guard)))
    return None


@finish_hook("ec2.volume")
def finish_volume(ctx: ResourceContext) -> None:
    """The Name tag is the volume's name too."""
    name = name_of(ctx.get("volume.metadata"))
    if name is not None:
        ctx.set("volume.name", name)
