"""Servers: what a launch template adds to them, their metadata, and how they are connected."""

from __future__ import annotations

import re

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import devices, interfaces
from cfn2heat.hooks.branches import all_of, any_of, guarded, named, under
from cfn2heat.hooks.interfaces import Interface
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotResource
from cfn2heat.hot.walk import rewrite
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.registry import finish_hook

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
    server.properties["networks"] = hot.HotList((interfaces.place(ctx, ctx.hot(first.subnet)),))
    groups = interfaces.security_groups(ctx, first.groups)
    if groups is not None and groups != hot.HotList(()):
        server.properties["security_groups"] = ctx.fit(groups, ctx.schema("server.security_groups"))


def connect(ctx: ResourceContext, server: HotResource, found: list[Interface]) -> None:
    """Give a server its ports: those of others by their id, its own newly made."""
    networks = []
    for number, interface in enumerate(found):
        port = ctx.hot(interface.existing) if interface.existing is not None else _own_port(ctx, interface, number)
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
        address.properties["fixed_ip_address"] = interfaces.primary_address(ctx, first.entries, port.name)
    for name in interfaces.subnet_interfaces(ctx, first.subnet):
        ctx.depends_on(address, name)
    own = under(address.condition)
    elsewhere = any_of(interfaces.conditions(ctx.resource, interfaces.serving(ctx, ctx.resource)))
    without = () if elsewhere is None else (hot.Function("not", elsewhere),)
    said = interfaces.truth(ctx, first.entries.get("AssociatePublicIpAddress"))
    address.condition = named(ctx.t, all_of((*own, *without, *said)))


def first_port(ctx: ResourceContext, server: Resource) -> hot.HotValue | None:
    """The first port of a server of this template; None where Nova makes it."""
    first = interfaces.interfaces(ctx, server)[0]
    if first.existing is not None:
        return ctx.hot(first.existing)
    name = ctx.name(server.name, "port")
    return None if name is None else hot.GetResource(name)
