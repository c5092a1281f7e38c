"""File systems as shares of Manila: who may mount them, and from where."""

from __future__ import annotations

from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Guard, all_of, any_of, guarded, members
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotParameter
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook

FILE_SYSTEM, MOUNT_TARGET, SUBNET = "AWS::EFS::FileSystem", "AWS::EFS::MountTarget", "AWS::EC2::Subnet"


class Client(NamedTuple):
    """Who may mount a share, and under which conditions."""

    address: hot.HotValue
    condition: hot.HotValue | None


@finish_hook("data.file_system")
def file_system(ctx: ResourceContext) -> None:
    """The share's protocol, type and size, and an access rule for the subnet of each mount target."""
    share = ctx.emit("share")
    first: dict[str, hot.HotValue] = {"share_protocol": hot.Literal("NFS"), "share_type": ctx.site_value("share_type")}
    size = HotParameter("", "number", description=f"Size of {ctx.id} in GiB: EFS grows by itself, a share does not")
    size.default = hot.Literal(100)
    size.constraints = [hot.HotMap({"range": hot.HotMap({"min": hot.Literal(1)})})]
    share.properties = {**first, "size": ctx.parameter(f"{ctx.id}_size", size), **share.properties}
    clients = _clients(ctx)
    if clients:
        share.properties["access_rules"] = hot.HotList(tuple(_access_rule(client) for client in clients))
    else:
        message = "Nobody may mount the share until it has an access rule."
        ctx.report("C2H3002", Severity.WARNING, message, "Run openstack share access create SHARE ip CIDR.")
    _said_mounts(ctx)


def _access_rule(client: Client) -> hot.HotValue:
    rule = {"access_type": hot.Literal("ip"), "access_to": client.address, "access_level": hot.Literal("rw")}
    return guarded(hot.HotMap(rule), client.condition)


def _clients(ctx: ResourceContext) -> list[Client]:
    """The addresses of the mount targets' subnets, each once."""
    found: dict[str, tuple[hot.HotValue, list[hot.HotValue | None]]] = {}
    for target in ctx.template.resources.values():
        if target.type != MOUNT_TARGET or ctx.resource not in ctx.resources_of(target.properties.entries.get("FileSystemId")):
            continue
        needs = target.condition if target.condition != ctx.resource.condition else None
        guard: Guard = (hot.Literal(needs),) if needs else ()
        for member in members(target.properties.entries.get("SubnetId"), (), guard):
            address = _addresses(ctx, member.value)
            found.setdefault(repr(address), (address, []))[1].append(all_of(member.guard))
    return [Client(address, any_of(conditions)) for address, conditions in found.values()]


def _addresses(ctx: ResourceContext, subnet: cfn.Value) -> hot.HotValue:
    """A subnet's addresses; those of one from outside are asked for."""
    resource = ctx.resource_of(subnet)
    block = resource.properties.entries.get("CidrBlock") if resource and resource.type == SUBNET else None
    found = ctx.hot(block)
    if found is not None:
        return found
    because = f"The subnets that {ctx.id} is mounted from are not in this template: their addresses, as one CIDR."
    return ctx.hole(f"{ctx.id}_clients", because)


def _said_mounts(ctx: ResourceContext) -> None:
    """Mount commands that build the address as EFS does."""
    for use in ctx.users(ctx.id):
        user = ctx.template.resources.get(use.resource)
        if user is None or len(use.path) < 4 or ".efs." not in repr(user.properties.entries.get(str(use.path[3]))):
            continue
        message = f"{use.resource} mounts {ctx.id} by the name that AWS gives it; a share is mounted by its export location."
        advice = f"Mount {{get_attr: [{ctx.id}, export_locations, 0]}}, which is HOST:/PATH, with mount -t nfs."
        ctx.report("C2H3002", Severity.WARNING, message, advice)


def _bind_share(plan: PlanContext) -> None:
    for resource in plan.resources_of(plan.value("FileSystemId")):
        share = plan.name(resource.name, "share") if resource.type == FILE_SYSTEM else None
        if share is not None:
            plan.bind(plan.id, "share", share)
            return


@plan_hook("data.mount_target")
def mount_target(plan: PlanContext) -> None:
    """A mount target is part of its share."""
    _bind_share(plan)


@plan_hook("data.access_point")
def access_point(plan: PlanContext) -> None:
    """An access point is part of its share."""
    _bind_share(plan)
