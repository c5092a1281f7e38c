"""Reads the quotas of a project: how much it may have of a thing, and how much it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfn2heat.record import record


@record
class Room:
    """A quota; a limit below zero is none."""

    limit: int
    used: int

    @property
    def left(self) -> int | None:
        """What may still be made; None: any number."""
        return None if self.limit < 0 else max(0, self.limit - self.used)


def _compute(cloud: Any) -> dict[str, Room]:
    found = cloud.compute.get_limits().absolute
    return {
        "compute.instances": Room(found.instances, found.instances_used),
        "compute.cores": Room(found.total_cores, found.total_cores_used),
        "compute.ram": Room(found.total_ram, found.total_ram_used),
        "compute.server_groups": Room(found.server_groups, found.server_groups_used),
    }


def _volume(cloud: Any) -> dict[str, Room]:
    found = cloud.block_storage.get_limits().absolute
    return {
        "volume.volumes": Room(found.max_total_volumes, found.total_volumes_used),
        "volume.gigabytes": Room(found.max_total_volume_gigabytes, found.total_gigabytes_used),
    }


NETWORK = (
    *("network", "subnet", "subnetpool", "port", "router", "floatingip", "security_group", "security_group_rule", "trunk"),
    *("vpnservice", "ikepolicy", "ipsecpolicy", "ipsec_site_connection"),
)


def _network(cloud: Any) -> dict[str, Room]:
    """As Neutron tells it; what an extension that is not there would count is left out."""
    quota = body(cloud.network.get(f"/quotas/{cloud.current_project_id}/details.json"))["quota"]
    return {f"network.{name}": Room(quota[name]["limit"], _taken(quota[name])) for name in NETWORK if name in quota}


def _taken(quota: dict[str, int]) -> int:
    return quota["used"] + quota.get("reserved", 0)


def _balancer(cloud: Any) -> dict[str, Room]:
    """Octavia does not say what is used: it is counted, where there is a limit."""
    service = cloud.load_balancer
    quota = service.get_quota(cloud.current_project_id)
    counted: dict[str, Callable[[], Any]] = {
        "load_balancer": service.load_balancers,
        "listener": service.listeners,
        "pool": service.pools,
        "member": lambda: [member for pool in service.pools() for member in pool.members],
        "health_monitor": service.health_monitors,
    }
    limits = {name: getattr(quota, f"{name}s") for name in counted}
    return {
        f"balancer.{name}": Room(limit, len(list(counted[name]())) if limit >= 0 else 0)
        for name, limit in limits.items()
        if limit is not None
    }


def _share(cloud: Any) -> dict[str, Room]:
    found = body(cloud.shared_file_system.get("/limits"))["limits"]["absolute"]
    return {
        "share.shares": Room(found["maxTotalShares"], found["totalSharesUsed"]),
        "share.gigabytes": Room(found["maxTotalShareGigabytes"], found["totalShareGigabytesUsed"]),
    }


def body(response: Any) -> Any:
    """The body of an answer; an SDKException when it is a refusal."""
    from openstack.exceptions import raise_from_response

    raise_from_response(response)
    return response.json()


READERS: dict[str, Callable[[Any], dict[str, Room]]] = {
    "compute": _compute,
    "volume": _volume,
    "network": _network,
    "balancer": _balancer,
    "share": _share,
}
"""By what quotas.json calls the service."""
