"""EC2 compute: servers with their ports and volumes, launch templates, floating IPs, key pairs and fleets.

`interfaces` reads the networks of a server, `devices` its disks; finish_server and settle_boot serve whatever builds servers.
"""

from __future__ import annotations

import re

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import devices, interfaces
from cfn2heat.hooks.branches import all_of, any_of, guarded, members, named
from cfn2heat.hooks.interfaces import EIP, INSTANCE, INTERFACE, Interface, present
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotResource
from cfn2heat.hot.walk import rewrite
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_index, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext, value_at
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook

ZONE_PARAMETERS = ("AWS::EC2::AvailabilityZone::Name", "List<AWS::EC2::AvailabilityZone::Name>")
DEFAULT_TYPE = "m1.small"
"""What AWS starts when no instance type is said."""
ELSEWHERE = "The launch template is not part of this template; what it says of its servers is not known here."
SERVER_ORDER = (
    "name",
    "image",
    "flavor",
    "key_name",
    "availability_zone",
    "networks",
    "security_groups",
    "block_device_mapping_v2",
    "scheduler_hints",
    "metadata",
    "user_data_format",
    "user_data",
)
"""The order in which a person writes a server's properties."""
PORT_ORDER = ("name", "network", "fixed_ips", "security_groups", "allowed_address_pairs", "tags", "value_specs")


# ---- questions at planning -------------------------------------------------------------------------------------------


@predicate("ec2.needs_port")
def needs_port(plan: PlanContext) -> bool:
    """Whether a server gets a port of its own."""
    return interfaces.needs_port(plan, plan.resource)


@predicate("ec2.wants_address")
def wants_address(plan: PlanContext) -> bool:
    """Whether a server gets a floating IP of its own."""
    return interfaces.wants_address(plan, plan.resource)


@predicate("ec2.never")
def never(plan: PlanContext) -> bool:
    """For emit keys that only a plan hook binds."""
    return False


@predicate("ec2.zone_of_site")
def zone_of_site(plan: PlanContext) -> bool:
    """Whether the zone of a server is one of the target cloud's: taken from its list, or asked for by a parameter."""
    value = plan.value("AvailabilityZone")
    while isinstance(value, cfn.Select):
        value = value.items
    if isinstance(value, cfn.Ref) and value.name in plan.template.parameters:
        return plan.template.parameters[value.name].type in ZONE_PARAMETERS
    return isinstance(value, cfn.GetAZs)


@predicate("ec2.deletable")
def deletable(plan: PlanContext) -> bool:
    """Whether a server is surely not protected from deletion."""
    return not interfaces.may_be(plan, _said(plan, "DisableApiTermination"), "true")


@predicate("ec2.shared_host")
def shared_host(plan: PlanContext) -> bool:
    """Whether a server asks for no host of its own."""
    said = _said(plan, "Tenancy") or value_at(_said(plan, "Placement"), ("Tenancy",))
    return bool(plan.constant(said) == "default")


@predicate("ec2.plain_volume")
def plain_volume(plan: PlanContext) -> bool:
    """Whether a volume is surely not to be encrypted."""
    return not interfaces.may_be(plan, plan.value("Encrypted"), "true")


@predicate("ec2.one_server_volume")
def one_server_volume(plan: PlanContext) -> bool:
    """Whether a volume is surely for one server at a time."""
    return not interfaces.may_be(plan, plan.value("MultiAttachEnabled"), "true")


def _said(plan: PlanContext, name: str) -> cfn.Value | None:
    return interfaces.layers(plan, plan.resource)[0].get(name)


@plan_hook("ec2.interface_attachment")
def interface_attachment(plan: PlanContext) -> None:
    """The attachment of an interface is a part of its server."""
    server = plan.resource_of(plan.value("InstanceId"))
    name = plan.name(server.name, "server") if server is not None and server.type == INSTANCE else None
    if name is not None:
        plan.bind(plan.id, "server", name)


# ---- servers ---------------------------------------------------------------------------------------------------------


@finish_hook("ec2.instance")
def finish_instance(ctx: ResourceContext) -> None:
    """Launch template, networks, public address, name and boot disk of an instance."""
    server = ctx.emit("server")
    use_template(ctx, server)
    require(ctx, server)
    found = interfaces.interfaces(ctx, ctx.resource)
    if ctx.find("port") is None and found[0].existing is None:
        connect_without_port(ctx, server, found[0])
    else:
        connect(ctx, server, found)
    address = ctx.find("address")
    if address is not None:
        give_address(ctx, address, found[0])
    finish_server(server)


def use_template(ctx: ResourceContext, server: HotResource) -> None:
    """Write a launch template's part into a server; what the server has already wins."""
    template = interfaces.template_of(ctx, ctx.resource)
    if template is None:
        if "LaunchTemplate" in ctx.resource.properties.entries:
            advice = "Add its image, flavor and user data to the server."
            ctx.report("C2H3001", Severity.WARNING, ELSEWHERE, advice, ("LaunchTemplate",))
        return
    parts = ctx.part(template.name)
    said = parts["server"].properties
    devices_said = said.get("block_device_mapping_v2")
    if "block_device_mapping_v2" in server.properties or "image" in server.properties:
        said.setdefault("image", _booted(devices_said) or hot.Literal(None))
    names = {} if "block_device_mapping_v2" in server.properties else _adopt(ctx, parts)
    for key, value in said.items():
        if key in ("name", "networks", "security_groups") or value == hot.Literal(None):
            continue
        server.properties.setdefault(key, rewrite(value, lambda old: _renamed(old, names)))
    merge_metadata(server, said.get("metadata"))


def _booted(found: hot.HotValue | None) -> hot.HotValue | None:
    """The image that a root entry boots from."""
    for item in found.items if isinstance(found, hot.HotList) else ():
        if isinstance(item, hot.HotMap) and item.entries.get("boot_index") == hot.Literal(0):
            return item.entries.get("image")
    return None


def _adopt(ctx: ResourceContext, parts: dict[str, HotResource]) -> dict[str, str]:
    """Make the volumes of a template for this server; gives their new names."""
    names = {}
    for key, part in parts.items():
        if part.type == devices.VOLUME:
            made = ctx.add(key, part.type, f"{ctx.id}_{key.removeprefix('volume_')}")
            made.properties, made.deletion_policy = part.properties, part.deletion_policy
            made.condition = made.condition or part.condition
            names[part.name] = made.name
    return names


def _renamed(value: hot.HotValue, names: dict[str, str]) -> hot.HotValue | None:
    if isinstance(value, hot.GetResource) and value.name in names:
        return hot.GetResource(names[value.name])
    return None


def merge_metadata(server: HotResource, said: hot.HotValue | None) -> None:
    """Tags of a launch template beside those of the server, which win."""
    own = server.properties.get("metadata")
    if said is None or own is None or own == said:
        return
    if isinstance(own, hot.HotMap) and isinstance(said, hot.HotMap):
        server.properties["metadata"] = hot.HotMap({**said.entries, **own.entries})
    else:
        server.properties["metadata"] = hot.Function("map_merge", hot.HotList((*_merged(said), *_merged(own))))


def _merged(metadata: hot.HotValue) -> tuple[hot.HotValue, ...]:
    """The maps that make up metadata, what wins last."""
    if isinstance(metadata, hot.Function) and isinstance(metadata.argument, hot.HotList):
        return metadata.argument.items
    return (metadata,)


def require(ctx: ResourceContext, server: HotResource) -> None:
    """A server needs a flavor and something to boot from; what the source leaves open is AWS's default or asked for."""
    if "flavor" not in server.properties:
        default = ctx.site_lookup("flavors", cfn.Scalar(DEFAULT_TYPE, ctx.resource.span))
        if default is not None:
            server.properties["flavor"] = default
    boots = "image" in server.properties or _booted(server.properties.get("block_device_mapping_v2")) is not None
    if not boots:
        because = "The source says no image for the server; a Glance image is needed."
        server.properties["image"] = ctx.hole(f"{ctx.id}_image", because)


def finish_server(server: HotResource) -> None:
    """What holds for every server, of whatever it is made: name and legal metadata keys from the tags, the boot disk."""
    metadata = server.properties.get("metadata")
    if metadata is not None:
        server.properties["metadata"] = legal_keys(metadata)
        name = name_of(metadata)
        if name is not None:
            server.properties.setdefault("name", legal_name(name))
    server.properties.setdefault("user_data_format", hot.Literal("RAW"))
    devices.settle_boot(server)
    arrange(server, SERVER_ORDER)


def arrange(resource: HotResource, order: tuple[str, ...]) -> None:
    """Put properties into an order; others follow as they stand."""
    given = resource.properties
    resource.properties = {key: given[key] for key in (*order, *given) if key in given}


def legal_keys(metadata: hot.HotValue) -> hot.HotValue:
    """Metadata without what Nova refuses in its keys."""
    match metadata:
        case hot.HotMap():
            legal = {re.sub(r"[^A-Za-z0-9_:. -]", "_", key)[:255] or "_": value for key, value in metadata.entries.items()}
            return hot.HotMap(legal)
        case hot.Function(name="map_merge"):
            return hot.Function("map_merge", hot.HotList(tuple(map(legal_keys, _merged(metadata)))))
        case hot.If():
            otherwise = None if metadata.otherwise is None else legal_keys(metadata.otherwise)
            return hot.If(metadata.condition, legal_keys(metadata.then), otherwise)
    return metadata


def name_of(metadata: hot.HotValue | None) -> hot.HotValue | None:
    """The value of the Name tag, where it is said without a condition."""
    if isinstance(metadata, hot.Function):
        return next((name for name in map(name_of, reversed(_merged(metadata))) if name is not None), None)
    found = metadata.entries.get("Name") if isinstance(metadata, hot.HotMap) else None
    absent = found in (None, hot.Literal("")) or (isinstance(found, hot.If) and found.otherwise is None)
    return None if absent else found


def legal_name(name: hot.HotValue) -> hot.HotValue:
    """A server's name as Nova can make a host name of it; the tag itself stays in the metadata."""
    if isinstance(name, hot.Literal):
        return hot.Literal(re.sub(r"[^A-Za-z0-9._ -]", "-", as_text(name.value))[:255])
    return name


# ---- networks of servers ---------------------------------------------------------------------------------------------


def connect_without_port(ctx: ResourceContext, server: HotResource, first: Interface) -> None:
    """Let Nova make the port: all that is said is a network or subnet and security groups."""
    server.properties["networks"] = hot.HotList((interfaces.place(ctx, interfaces.own(ctx, first.subnet)),))
    groups = interfaces.security_groups(ctx, first.groups)
    if groups is not None and groups != hot.HotList(()):
        server.properties["security_groups"] = ctx.fit(groups, ctx.schema("server.security_groups"))


def connect(ctx: ResourceContext, server: HotResource, found: list[Interface]) -> None:
    """Give a server its ports: those of others by their id, its own newly made."""
    networks = []
    for number, interface in enumerate(found):
        port = interfaces.own(ctx, interface.existing) if interface.existing is not None else _own_port(ctx, interface, number)
        if port is not None:
            networks.append(guarded(hot.HotMap({"port": port}), all_of(interface.guard)))
    server.properties["networks"] = hot.HotList(tuple(networks))


def _own_port(ctx: ResourceContext, interface: Interface, number: int) -> hot.HotValue:
    port = ctx.find("port") if number == 0 else None
    if port is None:
        port = ctx.add(f"port_{number}", "OS::Neutron::Port", f"{ctx.id}_port_{number}")
    interfaces.fill_port(ctx, port, interface)
    return hot.GetResource(port.name)


def give_address(ctx: ResourceContext, address: HotResource, first: Interface) -> None:
    """A floating IP on the server's own port, once a router connects the subnet."""
    port = ctx.emit("port")
    address.properties["port_id"] = hot.GetResource(port.name)
    if interfaces.several_addresses(ctx, first.entries):
        address.properties["fixed_ip_address"] = hot.GetAttr(port.name, "fixed_ips", (hot.Literal(0), hot.Literal("ip_address")))
    for name in interfaces.subnet_interfaces(ctx, first.subnet):
        ctx.depends_on(address, name)
    own = (hot.Literal(address.condition),) if address.condition else ()
    elsewhere = any_of(interfaces.conditions(ctx.resource, interfaces.serving(ctx, ctx.resource)))
    without = () if elsewhere is None else (hot.Function("not", elsewhere),)
    said = interfaces.truth(ctx, first.entries.get("AssociatePublicIpAddress"))
    address.condition = named(ctx.t, all_of((*own, *without, *said)))


def first_port(ctx: ResourceContext, server: Resource) -> hot.HotValue | None:
    """The first port of a server of this template; None where Nova makes it."""
    first = interfaces.interfaces(ctx, server)[0]
    if first.existing is not None:
        return interfaces.own(ctx, first.existing)
    name = ctx.name(server.name, "port")
    return None if name is None else hot.GetResource(name)


@property_hook("ec2.interfaces")
def written_interfaces(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The ports are made when all rows have run; here only what no port holds is recorded."""
    interfaces.record_interface(ctx, value, path)
    return None


@property_hook("ec2.source_dest_check")
def source_dest_check(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """SourceDestCheck as allowed_address_pairs; when it is on there is nothing to say."""
    return interfaces.address_pairs(ctx, value)


@property_hook("ec2.secondary_addresses")
def secondary_addresses(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The number of further addresses; the finishing hook writes them."""
    interfaces.record_count(ctx, value, path[:-1])
    return None


@property_hook("ec2.own")
def own(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A value that names other things."""
    return interfaces.own(ctx, value)


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
        found = interfaces.own(ctx, volume)
        if found is not None:
            name = volume.name if isinstance(volume, cfn.Ref) else "volume"
            attachment = ctx.add(f"attachment_{name}", "OS::Cinder::VolumeAttachment", f"{ctx.id}_{name}")
            attachment.properties = {"instance_uuid": server, "volume_id": found}
            own = (hot.Literal(attachment.condition),) if attachment.condition else ()
            attachment.condition = named(ctx.t, all_of((*own, *member.guard)))
    return None


@property_hook("ec2.snapshot")
def snapshot(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A snapshot that a volume is made from."""
    return devices.snapshot(ctx, value, f"{ctx.id}_snapshot")


@finish_hook("ec2.volume")
def finish_volume(ctx: ResourceContext) -> None:
    """The Name tag is the volume's name too."""
    name = name_of(ctx.get("volume.metadata"))
    if name is not None:
        ctx.set("volume.name", name)


# ---- launch templates and fleets -------------------------------------------------------------------------------------


@finish_hook("ec2.launch_template")
def finish_launch_template(ctx: ResourceContext) -> None:
    """Ports that the template names are networks of its servers; groups of an interface that it describes are the servers'."""
    server, first = ctx.emit("server"), interfaces.interfaces(ctx, ctx.resource)[0]
    found = [interface for interface in interfaces.interfaces(ctx, ctx.resource) if interface.existing is not None]
    if found:
        ports = ((interfaces.own(ctx, interface.existing), interface.guard) for interface in found)
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
    subnet = interfaces.own(ctx, entries.get("SubnetId"))
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
    groups = [interfaces.own(ctx, group.entries.get("GroupId")) for group in listed]
    if groups:
        server.properties["security_groups"] = hot.HotList(tuple(group for group in groups if group is not None))
    if "IamInstanceProfile" in entries:
        because = "Nova servers carry no role, so that what runs on them gets no credentials from the metadata service."
        advice = "Make a Keystone application credential and hand it to the workload through user data or a Barbican secret."
        ctx.dropped((*specification.path, "IamInstanceProfile"), because, advice, Severity.ERROR)
    require(ctx, server)
    finish_server(server)
    return _member(ctx, server.properties, interfaces.own(ctx, entries.get("SubnetId")))


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


# ---- ports and floating IPs ------------------------------------------------------------------------------------------


@finish_hook("ec2.network_interface")
def finish_network_interface(ctx: ResourceContext) -> None:
    """Network and addresses of a port."""
    port, properties = ctx.emit("port"), ctx.resource.properties.entries
    interface = Interface({key: value for key, value in properties.items() if present(value)})
    port.properties["network"] = interfaces.network_of(ctx, interface)
    fixed = interfaces.addresses(ctx, interface)
    if fixed:
        port.properties["fixed_ips"] = ctx.fit(hot.HotList(tuple(fixed)), ctx.schema("port.fixed_ips"))
    arrange(port, PORT_ORDER)


@property_hook("ec2.port_of_server")
def port_of_server(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The first port of the server that a floating IP is for; a server from elsewhere is asked for its port."""
    if isinstance(value, cfn.If):
        then = port_of_server(ctx, value.then, (*path, "Fn::If", 1))
        return branch(hot.Literal(value.condition), then, port_of_server(ctx, value.otherwise, (*path, "Fn::If", 2)))
    if isinstance(value, cfn.NoValue):
        return None
    server = ctx.resource_of(value)
    port = first_port(ctx, server) if server is not None and server.type == INSTANCE else None
    if port is not None:
        return port
    name = value.name if isinstance(value, cfn.Ref) else ctx.id
    return ctx.hole(f"{name}_port", "A floating IP belongs to a port; openstack port list --server tells that of the server.")


@property_hook("ec2.floating_ip")
def floating_ip(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The id of the floating IP that an association names by allocation or by address."""
    if isinstance(value, cfn.If):
        then = floating_ip(ctx, value.then, (*path, "Fn::If", 1))
        return branch(hot.Literal(value.condition), then, floating_ip(ctx, value.otherwise, (*path, "Fn::If", 2)))
    found = ctx.resource_of(value)
    if found is not None and found.type == EIP and not isinstance(value, cfn.Select):
        return eip_id(ResourceContext(ctx.t, found.name), "AllocationId")
    if path[0] == "AllocationId" and ctx.constant(value) is UNKNOWN:
        return ctx.hot(value)
    because = "The id of a floating IP (openstack floating ip list); AWS's own addresses and allocations do not exist here."
    return ctx.hole(f"{ctx.id}_floating_ip", because)


@finish_hook("ec2.eip")
def finish_eip(ctx: ResourceContext) -> None:
    """A floating IP that is made on a port waits for the router and says which address it serves."""
    address = ctx.find("address")
    if address is not None and ctx.value("InstanceId") is not None:
        serve(ctx, address, ctx.resources_of(ctx.value("InstanceId")))


@finish_hook("ec2.eip_association")
def finish_eip_association(ctx: ResourceContext) -> None:
    """The association waits for the router and says which address it serves; both of its ends must be there."""
    association = ctx.emit("association")
    ends = ("InstanceId", "NetworkInterfaceId")
    serve(ctx, association, [found for key in ends for found in ctx.resources_of(ctx.value(key))])
    if "floatingip_id" not in association.properties:
        because = "The id of the floating IP that is associated."
        association.properties["floatingip_id"] = ctx.hole(f"{ctx.id}_floating_ip", because)
    if "port_id" not in association.properties:
        association.properties["port_id"] = ctx.hole(f"{ctx.id}_port", "The port that the floating IP is associated with.")


def serve(ctx: ResourceContext, address: HotResource, ends: list[Resource]) -> None:
    """Let a floating IP wait for what connects the subnet of its port; name one address where there are several."""
    for end in ends:
        entries = _port_entries(ctx, end)
        for name in interfaces.subnet_interfaces(ctx, entries.get("SubnetId")):
            ctx.depends_on(address, name)
        port = address.properties.get("port_id")
        several = interfaces.several_addresses(ctx, entries) and "fixed_ip_address" not in address.properties
        if several and isinstance(port, hot.GetResource):
            place = (hot.Literal(0), hot.Literal("ip_address"))
            address.properties["fixed_ip_address"] = hot.GetAttr(port.name, "fixed_ips", place)


def _port_entries(ctx: PlanContext, end: Resource) -> dict[str, cfn.Value]:
    """What is said of the port of an instance, or of a network interface."""
    if end.type == INTERFACE:
        return end.properties.entries
    if end.type != INSTANCE:
        return {}
    first = interfaces.interfaces(ctx, end)[0]
    found = ctx.resource_of(first.existing)
    return found.properties.entries if found is not None else first.entries


# ---- references ------------------------------------------------------------------------------------------------------


@reference_hook("ec2.private_ip")
def private_ip(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The address of a server's first port."""
    _say_address(ctx, attribute)
    first = interfaces.interfaces(ctx, ctx.resource)[0]
    port = ctx.resource_of(first.existing)
    if port is not None and port.type == INTERFACE:
        return ctx.reference(port.name, "PrimaryPrivateIpAddress")
    own = ctx.name(ctx.id, "port")
    if own is not None:
        return hot.GetAttr(own, "fixed_ips", (hot.Literal(0), hot.Literal("ip_address")))
    server = ctx.name(ctx.id, "server")
    return None if server is None else hot.GetAttr(server, "first_address")


NAMES = {
    "PrivateDnsName": "Neutron's name for a port becomes another when the server is there, and Heat knows the earlier one only.",
    "PublicDnsName": "A floating IP has no name of its own.",
}


def _say_address(ctx: ResourceContext, attribute: str) -> None:
    """Where a name was asked for an address serves as well."""
    if attribute in NAMES:
        advice = "Where the name itself matters, make one with OS::Designate::RecordSet."
        ctx.report("C2H3002", Severity.NOTE, f"{attribute} gives an address. {NAMES[attribute]}", advice)


@reference_hook("ec2.public_ip")
def public_ip(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The floating IP of a server: that of an EIP, its own, else its private address."""
    _say_address(ctx, attribute)
    own = ctx.name(ctx.id, "address")
    found = private_ip(ctx, attribute) if own is None else hot.GetAttr(own, "floating_ip_address")
    users = interfaces.serving(ctx, ctx.resource)
    for user, condition in zip(users, interfaces.conditions(ctx.resource, users), strict=True):
        eip = user if user.type == EIP else _associated(ctx, user)
        if eip is not None:
            address = ctx.reference(eip.name)
            found = address if condition is None else branch(condition, address, found)
    return found


def _associated(ctx: ResourceContext, association: Resource) -> Resource | None:
    for key in ("AllocationId", "EIP"):
        for found in ctx.resources_of(association.properties.entries.get(key)):
            if found.type == EIP:
                return found
    return None


@reference_hook("ec2.network_of_server")
def network_of_server(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The network of a server's first port."""
    first = interfaces.interfaces(ctx, ctx.resource)[0]
    port = ctx.resource_of(first.existing)
    if port is not None and port.type == INTERFACE:
        return ctx.reference(port.name, "VpcId")
    return interfaces.network_of(ctx, first)


@reference_hook("ec2.primary_address")
def primary_address(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The first address of a port; as the source says it where there are several, for Neutron promises no order."""
    entries = ctx.resource.properties.entries
    said = interfaces.private_addresses(ctx, entries)
    if len(said) > 1 and not said[0][1]:
        return ctx.hot(said[0][0])
    return _fixed_address(ctx, 0)


@reference_hook("ec2.secondary_address_list")
def secondary_address_list(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The further addresses of a port: as the source says them, else as Neutron chose them."""
    entries = ctx.resource.properties.entries
    said = interfaces.private_addresses(ctx, entries)[1:]
    found = [value for value in (ctx.hot(address) for address, _ in said) if value is not None]
    count = as_index(ctx.constant(entries.get("SecondaryPrivateIpAddressCount"))) or 0
    return hot.HotList((*found, *(_fixed_address(ctx, len(said) + number + 1) for number in range(count))))


def _fixed_address(ctx: ResourceContext, index: int) -> hot.HotValue:
    return hot.GetAttr(ctx.emit("port").name, "fixed_ips", (hot.Literal(index), hot.Literal("ip_address")))


@reference_hook("ec2.primary_ipv6")
def primary_ipv6(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The first IPv6 address that is said; one that Neutron chose cannot be told from the others beforehand."""
    for member in members(ctx.value("Ipv6Addresses")):
        if isinstance(member.value, cfn.Map):
            return ctx.hot(member.value.entries.get("Ipv6Address"))
    return None


@reference_hook("ec2.eip_address")
def eip_address(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The address of a floating IP; that of a NAT gateway is the router's own."""
    router = ctx.name(ctx.id, "router")
    if router is not None:
        place = (hot.Literal("external_fixed_ips"), hot.Literal(0), hot.Literal("ip_address"))
        return hot.GetAttr(router, "external_gateway_info", place)
    name = ctx.name(ctx.id, "address")
    return None if name is None else hot.GetAttr(name, "floating_ip_address")


@reference_hook("ec2.eip_id")
def eip_id(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The id of a floating IP."""
    name = ctx.name(ctx.id, "router") or ctx.name(ctx.id, "address")
    return None if name is None else hot.GetResource(name)


# ---- key pairs -------------------------------------------------------------------------------------------------------


@finish_hook("ec2.key_pair")
def finish_key_pair(ctx: ResourceContext) -> None:
    """Nova makes no private keys any more, so that a public one must be given."""
    if ctx.get("key.public_key") is None:
        because = "Nova imports public keys only; make a key pair with ssh-keygen and give its public half."
        ctx.set("key.public_key", ctx.hole(f"{ctx.id}_public_key", because))
