"""Launch templates, and fleets as groups of servers."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import interfaces
from cfn2heat.hooks.branches import all_of, guarded, members
from cfn2heat.hooks.interfaces import present
from cfn2heat.hooks.servers import ELSEWHERE, SERVER_ORDER, arrange, finish_server, require
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN
from cfn2heat.translate.context import ResourceContext, value_at
from cfn2heat.translate.registry import finish_hook, property_hook


@finish_hook("ec2.launch_template")
def finish_launch_template(ctx: ResourceContext) -> None:
    """Ports that the template names are networks of its servers; groups of an interface that it describes are the servers'."""
    server, first = ctx.emit("server"), interfaces.interfaces(ctx, ctx.resource)[0]
    found = [interface for interface in interfaces.interfaces(ctx, ctx.resource) if interface.existing is not None]
    if found:
        ports = ((ctx.hot(interface.existing), interface.guard) for interface in found)
        networks = [guarded(hot.HotMap({"port": port}), all_of(guard)) for port, guard in ports if port is not None]
        server.properties["networks"] = hot.HotList(tuple(networks))
    elif first.written:
        groups = interfaces.security_groups(ctx, first.groups)
        if groups is not None:
            server.properties["security_groups"] = ctx.fit(groups, ctx.schema("server.security_groups"))
    finish_server(server)


@property_hook("ec2.tag_specifications")
def tag_specifications(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The tags of the servers themselves; those of volumes and ports have no place."""
    from cfn2heat.translate.transforms import Case, apply

    found: hot.HotValue | None = None
    for member in members(value, path):
        entries = member.value.entries if isinstance(member.value, cfn.Map) else {}
        if ctx.constant(entries.get("ResourceType")) == "instance" and present(entries.get("Tags")):
            tags = ctx.hot(entries["Tags"])
            found = None if tags is None else apply("tags_to_map", tags, Case(None, entries["Tags"], ctx.t))
        else:
            because = "Only the server takes tags here; Nova and Heat tag nothing else that a server brings along."
            ctx.dropped(member.path, because, severity=Severity.NOTE)
    return found


@property_hook("ec2.instance_requirements")
def instance_requirements(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Qualities of a flavor, as a question for one that has them."""
    said = []
    for key, unit in (("VCpuCount", "virtual CPUs"), ("MemoryMiB", "MiB of memory")):
        least = ctx.constant(value_at(value, (key, "Min")))
        if least not in (None, UNKNOWN):
            said.append(f"at least {least} {unit}")
    return ctx.hole(f"{ctx.id}_flavor", f"A flavor with {' and '.join(said) or 'the qualities that the source asks for'}.")


@property_hook("ec2.fleet_templates")
def fleet_templates(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The servers of a fleet by its first launch template, with the first instance type that overrides it."""
    for member in members(value, path):
        entries = member.value.entries if isinstance(member.value, cfn.Map) else {}
        given = entries.get("LaunchTemplateSpecification")
        template = interfaces.launch_template(ctx, given) if isinstance(given, cfn.Map) else None
        if template is not None:
            override = next((over.value for over in members(entries.get("Overrides")) if isinstance(over.value, cfn.Map)), None)
            return _fleet_member(ctx, template, override)
    ctx.dropped(path, ELSEWHERE, "Add it, or the image and flavor of the servers.", Severity.ERROR)
    return None


def _fleet_member(ctx: ResourceContext, template: Resource, override: cfn.Map | None) -> hot.HotValue:
    said = dict(ctx.part(template.name)["server"].properties)
    _without_volumes(ctx, said)
    entries = override.entries if override is not None else {}
    type_ = entries.get("InstanceType")
    flavor = None if type_ is None else ctx.site_lookup("flavors", type_)
    if flavor is not None:
        said["flavor"] = flavor
    subnet = ctx.hot(entries.get("SubnetId"))
    return _member(ctx, said, subnet)


def _without_volumes(ctx: ResourceContext, said: dict[str, hot.HotValue]) -> None:
    """Leave out disks that would have to be made once for each member."""
    found = said.get("block_device_mapping_v2")
    items = found.items if isinstance(found, hot.HotList) else ()
    kept = tuple(item for item in items if not _is_new_volume(item))
    if len(kept) == len(items):
        return
    message = "A resource group makes servers only; the empty volumes of the launch template are left out."
    advice = "Make the group of a nested template that holds a server and its OS::Cinder::Volume."
    ctx.report("C2H3001", Severity.WARNING, message, advice)
    if kept:
        said["block_device_mapping_v2"] = hot.HotList(kept)
    else:
        del said["block_device_mapping_v2"]


def _is_new_volume(device: hot.HotValue) -> bool:
    if isinstance(device, hot.If):
        return _is_new_volume(device.then)
    return isinstance(device, hot.HotMap) and isinstance(device.entries.get("volume_id"), hot.GetResource)


def _member(ctx: ResourceContext, said: dict[str, hot.HotValue], subnet: hot.HotValue | None) -> hot.HotValue:
    """A server as the definition of a resource group's members."""
    if "networks" not in said:
        said["networks"] = hot.HotList((interfaces.place(ctx, subnet),))
    else:
        said.pop("security_groups", None)
    server = HotResource(ctx.id, "OS::Nova::Server", said)
    arrange(server, SERVER_ORDER)
    return hot.HotMap({"type": hot.Literal(server.type), "properties": hot.HotMap(server.properties)})


@property_hook("ec2.fleet_specifications")
def fleet_specifications(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The servers of a spot fleet by its first launch specification."""
    specification = next((member for member in members(value, path) if isinstance(member.value, cfn.Map)), None)
    if specification is None or not isinstance(specification.value, cfn.Map):
        return None
    entries = specification.value.entries
    server = HotResource(ctx.id, "OS::Nova::Server")
    for key, table, target in (("ImageId", "images", "image"), ("InstanceType", "flavors", "flavor")):
        given = entries.get(key)
        found = None if given is None else ctx.site_lookup(table, given)
        if found is not None:
            server.properties[target] = found
    said = {"key_name": ctx.hot(entries.get("KeyName")), "user_data": _script(ctx, entries, specification.path)}
    server.properties |= {target: found for target, found in said.items() if found is not None}
    listed = [member.value for member in members(entries.get("SecurityGroups")) if isinstance(member.value, cfn.Map)]
    groups = [ctx.hot(group.entries.get("GroupId")) for group in listed]
    if groups:
        server.properties["security_groups"] = hot.HotList(tuple(group for group in groups if group is not None))
    if "IamInstanceProfile" in entries:
        because = "Nova servers carry no role, so that what runs on them gets no credentials from the metadata service."
        advice = "Make a Keystone application credential and hand it to the workload through user data or a Barbican secret."
        ctx.dropped((*specification.path, "IamInstanceProfile"), because, advice, Severity.ERROR)
    require(ctx, server)
    finish_server(server)
    return _member(ctx, server.properties, ctx.hot(entries.get("SubnetId")))


def _script(ctx: ResourceContext, entries: dict[str, cfn.Value], path: Path) -> hot.HotValue | None:
    from cfn2heat.hooks.boot import user_data

    return user_data(ctx, entries["UserData"], (*path, "UserData")) if "UserData" in entries else None


@finish_hook("ec2.fleet")
def finish_fleet(ctx: ResourceContext) -> None:
    """A group needs a definition of its members, also where the source's is not known."""
    if ctx.get("group.resource_def") is None:
        server = HotResource(ctx.id, "OS::Nova::Server")
        require(ctx, server)
        ctx.set("group.resource_def", _member(ctx, server.properties, None))
