"""Asks a cloud what it has: a plain record of facts, of which only those are read that are wanted.

A service that is absent, or that this user may not ask, is no error: what could not be read stands in `unread` with the reason,
and nobody guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from cfn2heat.deploy.rooms import READERS as ROOMS
from cfn2heat.deploy.rooms import Room, body
from cfn2heat.record import field, record

if TYPE_CHECKING:
    from openstack.connection import Connection


ABSENT = "the cloud has no such service"
SERVICES = {
    "balancer": "load-balancer",
    "cinder": "block-storage",
    "compute": "compute",
    "designate": "dns",
    "glance": "image",
    "keystone": "identity",
    "manila": "shared-file-system",
    "network": "network",
    "neutron": "network",
    "nova": "compute",
    "octavia": "load-balancer",
    "resource types": "orchestration",
    "share": "shared-file-system",
    "template versions": "orchestration",
    "trove": "database",
    "volume": "block-storage",
}
"""The service that is asked, by the first part of what is read: openstacksdk fails in many ways where a service is not there."""


@record
class Thing:
    """Something that exists: found by its id or its name; facts as its kind has them."""

    id: str
    name: str
    facts: dict[str, Any] = field(default_factory=dict)


@record
class Survey:
    """What is known of a cloud, as this user sees it."""

    services: dict[str, str] = field(default_factory=dict)
    """Service types of the catalog, each with its public address."""
    things: dict[str, list[Thing]] = field(default_factory=dict)
    """By kind, under the names that Heat's constraints have for them: glance.image, nova.flavor, ..."""
    rooms: dict[str, Room] = field(default_factory=dict)
    """Quotas of the project, such as compute.cores."""
    types: frozenset[str] = frozenset()
    """Resource types that this user may make."""
    refused: dict[str, str] = field(default_factory=dict)
    """Resource types that were asked for and may not be made, each with the reason."""
    versions: tuple[str, ...] = ()
    """Template versions that this Heat reads."""
    user: dict[str, Any] = field(default_factory=dict)
    """Roles, domain and project of the user."""
    unread: dict[str, str] = field(default_factory=dict)
    """What could not be read, each with the reason."""


def survey(
    connection: Connection,
    kinds: Iterable[str] | None = None,
    quotas: Iterable[str] | None = None,
    types: Iterable[str] = (),
) -> Survey:
    """What a cloud has; of kinds of things and of services' quotas only those that are named, else all."""
    unread: dict[str, str] = {}
    things = _read_each(connection, READERS, kinds, unread)
    rooms: dict[str, Room] = {}
    for found in _read_each(connection, ROOMS, quotas, unread).values():
        rooms.update(found)
    listed = frozenset(_read(connection, unread, "resource types", _types) or ())
    refused = {type: reason for type in sorted({*types} - listed) if listed and (reason := _refusal(connection, type))}
    versions = tuple(_read(connection, unread, "template versions", _versions) or ())
    return Survey(_services(connection), things, rooms, listed, refused, versions, _user(connection), unread)


def _read_each(
    connection: Connection, readers: dict[str, Callable[[Any], Any]], wanted: Iterable[str] | None, unread: dict[str, str]
) -> dict[str, Any]:
    found = {}
    for name in readers if wanted is None else sorted({*wanted} & readers.keys()):
        facts = _read(connection, unread, name, readers[name])
        if facts is not None:
            found[name] = facts
    return found


def _read(connection: Connection, unread: dict[str, str], name: str, read: Callable[[Any], Any]) -> Any:
    """What a reader gives; None, and the reason among the unread, when the cloud does not answer."""
    from keystoneauth1.exceptions import ClientException
    from openstack.exceptions import SDKException

    if connection.endpoint_for(SERVICES[name.partition(".")[0]]) is None:
        unread[name] = ABSENT
        return None
    try:
        return read(connection)
    except (SDKException, ClientException) as error:
        unread[name] = _reason(error)
        return None


def _reason(error: Exception) -> str:
    """One line on why the cloud did not answer."""
    status = getattr(error, "status_code", None) or getattr(error, "http_status", None)
    if status in (401, 403):
        return "this user may not ask"
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


# ---- things, by kind --------------------------------------------------------------------------------------------------


def _named(found: Iterable[Any], *facts: str) -> list[Thing]:
    return [Thing(one.id or one.name, one.name or "", {fact: getattr(one, fact) for fact in facts}) for one in found]


def _by_id(found: Iterable[Any]) -> list[Thing]:
    """Things that Heat finds by their id alone."""
    return [Thing(one.id, "") for one in found]


def _zones(found: Iterable[Any]) -> list[Thing]:
    return [Thing(one.name, one.name) for one in found if _available(one.state)]


def _available(state: Any) -> bool:
    return bool(state.get("available")) if isinstance(state, dict) else state != "unavailable"


def _flavors(cloud: Any) -> list[Thing]:
    return _named(cloud.compute.flavors(), "vcpus", "ram", "disk")


def _images(cloud: Any) -> list[Thing]:
    """Active ones; what others give to all, or to this project that has not accepted it yet, is found by its id alone."""
    found = (one for one in cloud.image.images() if one.status == "active")
    named = _named(found, "os_distro", "os_version", "architecture", "min_disk", "min_ram")
    offered = cloud.image.images(visibility="shared", member_status="pending")
    return [*named, *_by_id(cloud.image.images(visibility="community")), *_by_id(offered)]


def _networks(cloud: Any) -> list[Thing]:
    """External ones are listed by themselves, for a member does not see them among its own on each cloud."""
    found = {one.id: one for one in cloud.network.networks()}
    found.update((one.id, one) for one in cloud.network.networks(is_router_external=True))
    return _named(found.values(), "is_router_external", "is_shared", "subnet_ids", "is_default", "project_id")


def _volume_types(cloud: Any) -> list[Thing]:
    """The default one is told by its own address, which an old Cinder does not have."""
    response = cloud.block_storage.get("/types/default")
    default = response.json()["volume_type"]["id"] if response.status_code == 200 else None
    return [Thing(one.id, one.name, {"is_default": one.id == default}) for one in cloud.block_storage.types()]


def _datastores(cloud: Any) -> list[Thing]:
    found = body(cloud.database.get("/datastores"))["datastores"]
    return [Thing(one["id"], one["name"], {"versions": [version["name"] for version in one["versions"]]}) for one in found]


def _datastore_versions(cloud: Any) -> list[Thing]:
    found = body(cloud.database.get("/datastores"))["datastores"]
    return [Thing(version["id"], version["name"]) for one in found for version in one["versions"]]


def _share_types(cloud: Any) -> list[Thing]:
    found = body(cloud.shared_file_system.get("/types"))["share_types"]
    return [Thing(one["id"], one["name"], {"extra_specs": one.get("extra_specs", {})}) for one in found]


READERS: dict[str, Callable[[Any], list[Thing]]] = {
    "cinder.snapshot": lambda cloud: _by_id(cloud.block_storage.snapshots()),
    "cinder.volume": lambda cloud: _by_id(cloud.block_storage.volumes()),
    "cinder.vtype": _volume_types,
    "cinder.zone": lambda cloud: _zones(cloud.block_storage.availability_zones()),
    "designate.zone": lambda cloud: _named(cloud.dns.zones(), "email"),
    "glance.image": _images,
    "keystone.domain": lambda cloud: _named(cloud.identity.domains()),
    "keystone.group": lambda cloud: _named(cloud.identity.groups()),
    "keystone.project": lambda cloud: _named(cloud.identity.projects()),
    "keystone.role": lambda cloud: _named(cloud.identity.roles()),
    "keystone.user": lambda cloud: _named(cloud.identity.users()),
    "manila.share_network": lambda cloud: _named(cloud.shared_file_system.share_networks()),
    "manila.share_type": _share_types,
    "manila.zone": lambda cloud: _named(cloud.shared_file_system.availability_zones()),
    "neutron.network": _networks,
    "neutron.port": lambda cloud: _named(cloud.network.ports()),
    "neutron.qos_policy": lambda cloud: _named(cloud.network.qos_policies()),
    "neutron.router": lambda cloud: _named(cloud.network.routers()),
    "neutron.security_group": lambda cloud: _named(cloud.network.security_groups()),
    "neutron.subnet": lambda cloud: _named(cloud.network.subnets(), "network_id", "dns_nameservers", "cidr"),
    "neutron.subnetpool": lambda cloud: _named(cloud.network.subnet_pools()),
    "neutron.zone": lambda cloud: _zones(cloud.network.availability_zones()),
    "nova.flavor": _flavors,
    "nova.keypair": lambda cloud: _named(cloud.compute.keypairs()),
    "nova.server": lambda cloud: _named(cloud.compute.servers(details=False)),
    "nova.zone": lambda cloud: _zones(cloud.compute.availability_zones()),
    "octavia.flavor": lambda cloud: _named(cloud.load_balancer.flavors()),
    "octavia.listener": lambda cloud: _named(cloud.load_balancer.listeners()),
    "octavia.loadbalancer": lambda cloud: _named(cloud.load_balancer.load_balancers()),
    "octavia.pool": lambda cloud: _named(cloud.load_balancer.pools()),
    "trove.datastore": _datastores,
    "trove.flavor": _flavors,
    "trove.version": _datastore_versions,
}


# ---- the cloud itself -------------------------------------------------------------------------------------------------


def _services(connection: Any) -> dict[str, str]:
    """Public addresses by service type, from the token's catalog."""
    region = connection.config.get_region_name()
    found: dict[str, str] = {}
    for service in connection.service_catalog:
        for endpoint in service["endpoints"]:
            if endpoint.get("interface") == "public" and region in (None, "", endpoint.get("region_id"), endpoint.get("region")):
                found.setdefault(service["type"], endpoint["url"])
    return found


def _types(connection: Any) -> list[str]:
    found: list[str] = body(connection.orchestration.get("/resource_types"))["resource_types"]
    return found


def _versions(connection: Any) -> list[str]:
    found = body(connection.orchestration.get("/template_versions"))["template_versions"]
    names = [name for one in found if one["type"] == "hot" for name in (one["version"], *one.get("aliases", ()))]
    return [name.rpartition(".")[2] for name in names]


def _refusal(connection: Any, type: str) -> str:
    """Why a type that Heat does not list may not be made; "" for old ones, which it hides and makes all the same."""
    status = connection.orchestration.get(f"/resource_types/{type}").status_code
    return {403: "this user's roles do not allow it", 404: "the cloud does not have it"}.get(status, "")


def _user(connection: Any) -> dict[str, Any]:
    access = connection.session.auth.get_access(connection.session)
    return {"roles": list(access.role_names), "domain": access.user_domain_name or "", "project": access.project_name or ""}
