"""What a user expects to find in a cloud: flavors, an image, networks, types, quotas. Runs in the cloud's environment.

Every step finds or creates, so that a start that was interrupted is simply repeated.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from . import hatchery, ports
from .configuration import arguments
from .places import Place, digest, once
from .services import DESIGNATE_CONF

FLAVORS = (("m1.tiny", 1, 512, 1), ("m1.small", 1, 2048, 20), ("m1.medium", 2, 4096, 40), ("m1.large", 4, 8192, 80))
INSTANCE = ("availability_zone", "display_name", "flavor_id", "flavor_name", "host", "image_ref", "server_group")
DATASTORES = (("mariadb", "10.11"), ("mysql", "8.0"), ("postgresql", "16"))
UNLIMITED = ("cores", "instances", "ram", "key_pairs", "server_groups", "server_group_members")


def main(state: str, only: str) -> None:
    """Make what this state does not have yet."""
    place = Place(Path(state))
    if only != "core":
        once(place, "name-servers", str(ports.known(place)), lambda: _name_servers(place))
    once(place, "seeded", f"{only} {digest(Path(__file__))}", lambda: _seed(only))


def _name_servers(place: Place) -> None:
    """Tell Designate where bind9 answers at this start."""
    command = arguments(place, (DESIGNATE_CONF, "pool", "update", "--file", "$etc/designate/pools.yaml"))
    call = ("designate.cmd.manage:main", command, "designate-manage")
    hatchery.finish(place.log / "designate-pool.log", lambda: hatchery.call(*call))


def _seed(only: str) -> None:
    import openstack

    admin = openstack.connect(cloud="admin")
    _compute(admin)
    _networks(admin.network)
    for cloud in ("admin", "demo"):
        own = openstack.connect(cloud=cloud)
        if not own.compute.find_keypair("default"):
            own.compute.create_keypair(name="default")
    if only != "core":
        _volumes(admin.block_storage)
        _shares(admin.shared_file_system)
        _metrics(admin.session)
        _datastores(admin.database, admin.image.find_image("cirros"))


def _compute(admin: Any) -> None:
    for name, processors, memory, disk in FLAVORS:
        if not admin.compute.find_flavor(name):
            admin.compute.create_flavor(name=name, vcpus=processors, ram=memory, disk=disk)
    for name in ("admin", "demo"):
        admin.set_compute_quotas(admin.identity.find_project(name).id, **dict.fromkeys(UNLIMITED, -1))
    if not admin.image.find_image("cirros"):
        kind = {"disk_format": "raw", "container_format": "bare", "visibility": "public"}
        admin.image.create_image("cirros", data=b"\0" * 65536, wait=True, os_distro="fedora-coreos", **kind)


def _networks(network: Any) -> None:
    outside = {"is_router_external": True, "provider_network_type": "flat", "provider_physical_network": "public"}
    _network(network, "public", "172.24.4.0/22", outside, is_dhcp_enabled=False, gateway_ip="172.24.4.1")
    _network(network, "shared", "10.200.0.0/22", {"is_shared": True})


def _network(network: Any, name: str, cidr: str, kind: dict[str, Any], **subnet: Any) -> None:
    found = network.find_network(name) or network.create_network(name=name, **kind)
    if not network.find_subnet(f"{name}-subnet"):
        network.create_subnet(name=f"{name}-subnet", network_id=found.id, ip_version=4, cidr=cidr, **subnet)


def _volumes(volumes: Any) -> None:
    if "fake" not in {kind.name for kind in volumes.types()}:
        volumes.create_type(name="fake", extra_specs={"volume_backend_name": "fake"})


def _shares(shares: Any) -> None:
    known = {kind["name"] for kind in shares.get("/types").json()["share_types"]}
    for name, handles_servers in (("default", "False"), ("dhss", "True")):
        if name not in known:
            kind = {
                "name": name,
                "share_type_access:is_public": True,
                "extra_specs": {"driver_handles_share_servers": handles_servers},
            }
            made = shares.post("/types", json={"share_type": kind}, microversion="2.50")
            made.raise_for_status()


def _metrics(session: Any) -> None:
    """Tell Gnocchi what a server is, as a telemetry agent does in other clouds: alarms on servers ask for it."""
    gnocchi = {"service_type": "metric"}
    known = {kind["name"] for kind in session.get("/v1/resource_type", endpoint_filter=gnocchi).json()}
    if "instance" not in known:
        text = {"type": "string", "required": False, "max_length": 255}
        kind = {"name": "instance", "attributes": dict.fromkeys(INSTANCE, text)}
        session.post("/v1/resource_type", json=kind, endpoint_filter=gnocchi)


def _datastores(databases: Any, image: Any) -> None:
    known = {version["datastore_name"] for version in databases.get("/mgmt/datastore-versions").json()["versions"]}
    for name, number in DATASTORES:
        if name not in known:
            version = {"datastore_name": name, "datastore_manager": name, "name": number, "image": image.id, "packages": []}
            made = databases.post("/mgmt/datastore-versions", json={"version": {**version, "active": True, "default": True}})
            made.raise_for_status()


if __name__ == "__main__":
    main(*sys.argv[1:])
