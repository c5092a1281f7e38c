"""What a project has, as the services' own APIs report it: one entry a thing, with the facts that a template can ask for.

{"server": {"<id>": {"name": ..., "flavor": ..., ...}}, ...}
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

Things = dict[str, dict[str, Any]]
CLIENT = "3381af92-2b9e-11e3-b191-71861300734c"
"""Who asks; Zaqar wants it told."""


def inventory(cloud: Any, admin: Any = None, *, people: bool = False) -> dict[str, Things]:
    """All that the connection's project has, by kind and id; an administrator alone sees user data, and users."""
    found = {kind: read(cloud) for kind, read in {**READERS, **(PEOPLE if people else {})}.items()}
    for id_, server in found["server"].items() if admin is not None else ():
        server["user_data"] = _user_data(admin, id_)
    return found


def _user_data(admin: Any, server: str) -> str | None:
    full = admin.compute.get(f"/servers/{server}", microversion="2.3").json()["server"]
    data = full.get("OS-EXT-SRV-ATTR:user_data")
    return base64.b64decode(data).decode("utf-8", "surrogateescape") if data else None


def since(before: dict[str, Things], after: dict[str, Things]) -> dict[str, Things]:
    """What came to be between two inventories."""
    return {kind: {id_: thing for id_, thing in things.items() if id_ not in before[kind]} for kind, things in after.items()}


def _mine(cloud: Any) -> dict[str, str]:
    return {"project_id": cloud.current_project_id}


def _networks(cloud: Any) -> Things:
    return {n.id: {"name": n.name, "subnets": sorted(n.subnet_ids)} for n in cloud.network.networks(**_mine(cloud))}


def _subnets(cloud: Any) -> Things:
    return {
        s.id: {"name": s.name, "network": s.network_id, "cidr": s.cidr, "dns": list(s.dns_nameservers or [])}
        for s in cloud.network.subnets(**_mine(cloud))
    }


def _routers(cloud: Any) -> Things:
    return {
        r.id: {"name": r.name, "external": (r.external_gateway_info or {}).get("network_id"), "routes": list(r.routes or [])}
        for r in cloud.network.routers(**_mine(cloud))
    }


def _ports(cloud: Any) -> Things:
    """Ports that a template may ask for; those of DHCP and routers are their services' own, but say what a router is on."""
    return {
        p.id: {
            "name": p.name,
            "network": p.network_id,
            "device": p.device_id,
            "owner": p.device_owner,
            "addresses": [(fixed["subnet_id"], fixed["ip_address"]) for fixed in p.fixed_ips],
            "groups": sorted(p.security_group_ids or []),
        }
        for p in cloud.network.ports(**_mine(cloud))
        if p.device_owner != "network:dhcp"
    }


def _groups(cloud: Any) -> Things:
    return {
        g.id: {"name": g.name, "rules": {rule["id"]: _rule(rule) for rule in g.security_group_rules}}
        for g in cloud.network.security_groups(**_mine(cloud))
    }


def _rule(rule: dict[str, Any]) -> list[Any]:
    return [
        rule["direction"],
        rule["ethertype"],
        rule["protocol"],
        rule["port_range_min"],
        rule["port_range_max"],
        rule["remote_ip_prefix"],
        rule["remote_group_id"],
    ]


def _addresses(cloud: Any) -> Things:
    return {
        f.id: {"address": f.floating_ip_address, "port": f.port_id, "fixed": f.fixed_ip_address, "network": f.floating_network_id}
        for f in cloud.network.ips(**_mine(cloud))
    }


def _servers(cloud: Any) -> Things:
    images = {image.id: image.name for image in cloud.image.images()}
    return {
        s.id: {
            "name": s.name,
            "status": s.status,
            "flavor": s.flavor.original_name or s.flavor.name,
            "image": images.get((s.image or {}).get("id")),
            "key": s.key_name,
            "user_data": None,
            "metadata": dict(s.metadata or {}),
            "volumes": [volume["id"] for volume in s.attached_volumes],
        }
        for s in cloud.compute.servers()
    }


def _volumes(cloud: Any) -> Things:
    return {
        v.id: {
            "name": v.name,
            "status": v.status,
            "size": v.size,
            "type": v.volume_type,
            "image": (v.volume_image_metadata or {}).get("image_name"),
            "servers": [attached["server_id"] for attached in v.attachments],
        }
        for v in cloud.block_storage.volumes()
    }


def _balancers(cloud: Any) -> Things:
    return {
        b.id: {"name": b.name, "status": b.provisioning_status, "subnet": b.vip_subnet_id, "address": b.vip_address}
        for b in cloud.load_balancer.load_balancers(**_mine(cloud))
    }


def _listeners(cloud: Any) -> Things:
    return {
        one.id: {
            "balancers": [balancer["id"] for balancer in one.load_balancers],
            "protocol": one.protocol,
            "port": one.protocol_port,
            "pool": one.default_pool_id,
        }
        for one in cloud.load_balancer.listeners(**_mine(cloud))
    }


def _pools(cloud: Any) -> Things:
    return {
        pool.id: {
            "protocol": pool.protocol,
            "algorithm": pool.lb_algorithm,
            "monitor": pool.health_monitor_id,
            "members": sorted([m.address, m.protocol_port] for m in cloud.load_balancer.members(pool.id)),
        }
        for pool in cloud.load_balancer.pools(**_mine(cloud))
    }


def _monitors(cloud: Any) -> Things:
    return {
        m.id: {"type": m.type, "delay": m.delay, "path": m.url_path, "timeout": m.timeout}
        for m in cloud.load_balancer.health_monitors(**_mine(cloud))
    }


def _policies(cloud: Any) -> Things:
    return {
        policy.id: {
            "listener": policy.listener_id,
            "action": policy.action,
            "position": policy.position,
            "pool": policy.redirect_pool_id,
        }
        for policy in cloud.load_balancer.l7_policies(**_mine(cloud))
    }


def _containers(cloud: Any) -> Things:
    return {container.name: {} for container in cloud.object_store.containers()}


def _queues(cloud: Any) -> Things:
    """Queues by name; Zaqar tells of a next page also behind the last, so that the SDK's own listing would not end."""
    found: Things = {}
    while True:
        page = {"limit": 20, **({"marker": max(found)} if found else {})}
        queues = cloud.message.get("/queues", params=page, headers={"Client-ID": CLIENT}).json()["queues"]
        if all(queue["name"] in found for queue in queues):
            return found
        found |= {queue["name"]: {} for queue in queues}


def _zones(cloud: Any) -> Things:
    return {zone.id: {"name": zone.name, "status": zone.status} for zone in cloud.dns.zones()}


def _records(cloud: Any) -> Things:
    """Record sets of all zones but the two that each zone has by itself."""
    return {
        record.id: {
            "zone": zone.id,
            "name": record.name,
            "type": record.type,
            "records": sorted(record.records),
            "ttl": record.ttl,
        }
        for zone in cloud.dns.zones()
        for record in cloud.dns.recordsets(zone)
        if not (record.type in ("SOA", "NS") and record.name == zone.name)
    }


def _keys(cloud: Any) -> Things:
    return {key.name: {"fingerprint": key.fingerprint} for key in cloud.compute.keypairs()}


def _secrets(cloud: Any) -> Things:
    return {secret.secret_ref: {"name": secret.name} for secret in cloud.key_manager.secrets()}


def _databases(cloud: Any) -> Things:
    return {one.id: {"name": one.name, "status": one.status} for one in cloud.database.instances()}


def _shares(cloud: Any) -> Things:
    return {one.id: {"name": one.name, "status": one.status, "size": one.size} for one in cloud.shared_file_system.shares()}


def _alarms(cloud: Any) -> Things:
    found = cloud.session.get("/v2/alarms", endpoint_filter={"service_type": "alarming"}).json()
    return {one["alarm_id"]: {"name": one["name"], "type": one["type"]} for one in found}


def _tunnels(cloud: Any) -> Things:
    return {
        one.id: {"name": one.name, "peer": one.peer_address, "status": one.status}
        for one in cloud.network.vpn_ipsec_site_connections(**_mine(cloud))
    }


READERS: dict[str, Callable[[Any], Things]] = {
    "network": _networks,
    "subnet": _subnets,
    "router": _routers,
    "port": _ports,
    "group": _groups,
    "address": _addresses,
    "server": _servers,
    "volume": _volumes,
    "balancer": _balancers,
    "listener": _listeners,
    "pool": _pools,
    "monitor": _monitors,
    "policy": _policies,
    "container": _containers,
    "queue": _queues,
    "zone": _zones,
    "record": _records,
    "key": _keys,
    "secret": _secrets,
    "database": _databases,
    "share": _shares,
    "alarm": _alarms,
    "tunnel": _tunnels,
}


def _users(cloud: Any) -> Things:
    """Users of the default domain; Heat has those of its stacks in another one."""
    return {
        user.id: {"name": user.name, "groups": sorted(one["id"] for one in _groups_of(cloud, user.id))}
        for user in cloud.identity.users(domain_id=DOMAIN)
    }


def _groups_of(cloud: Any, user: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cloud.identity.get(f"/users/{user}/groups").json()["groups"]
    return found


def _user_groups(cloud: Any) -> Things:
    return {group.id: {"name": group.name} for group in cloud.identity.groups(domain_id=DOMAIN)}


DOMAIN = "default"
PEOPLE: dict[str, Callable[[Any], Things]] = {"user": _users, "user_group": _user_groups}
