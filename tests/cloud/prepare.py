"""What a template takes for granted, made before its proof and cleared after it: key pairs and zones of literal names, subnets.

A template that says `KeyName: web` expects a key pair of that name in its account; so does its translation in a cloud. One that
says 10.0.0.9 beside a subnet that is a parameter expects a subnet of such addresses.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tests.cloud.uses import held

ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")


def stand(
    cloud: Any, template: str, files: Mapping[str, str], given: dict[str, Any], ground: Mapping[str, Any]
) -> list[list[str]]:
    """Make the things that are not there, and give the subnets for their parameters; the answer names those that were made."""
    made = list(_subnets(cloud, held(map(yaml.safe_load, [template, *files.values()])), given, ground))
    for kind, name in sorted(set(_named(template, files, given))):
        if kind == "key" and not cloud.compute.find_keypair(name):
            cloud.create_keypair(name)
            made.append(["key", name])
        elif kind == "zone" and not any(zone.name == name for zone in cloud.dns.zones()):
            made.append(["zone", cloud.dns.create_zone(name=name, email="hostmaster@example.org").id])
    return made


def _subnets(
    cloud: Any, wanted: Mapping[str, list[str]], given: dict[str, Any], ground: Mapping[str, Any]
) -> Iterator[list[str]]:
    """A subnet of the ground, on its router, for each parameter beside which addresses stand in full."""
    known: dict[Any, str] = {}
    for parameter, addresses in wanted.items():
        block = ipaddress.ip_network(f"{addresses[0]}/24", strict=False)
        if given.get(parameter) not in ground["subnet"] or not all(ipaddress.ip_address(one) in block for one in addresses):
            continue
        if block not in known:
            place = {"network_id": ground["network"][0], "cidr": str(block), "ip_version": 4}
            known[block] = cloud.network.create_subnet(name=parameter, **place).id
            cloud.network.add_interface_to_router(ground["router"][0], subnet_id=known[block])
            yield ["way", f"{ground['router'][0]} {known[block]}"]
            yield ["subnet", known[block]]
        given[parameter] = known[block]


def clear(cloud: Any, made: list[list[str]]) -> None:
    """Take away what stand made."""
    for kind, id_ in made:
        remove(cloud, kind, id_)


def remove(cloud: Any, kind: str, id_: str) -> None:
    """Delete one thing by its kind."""
    removers = {
        "way": lambda pair: cloud.network.remove_interface_from_router(pair.split()[0], subnet_id=pair.split()[1]),
        "key": cloud.compute.delete_keypair,
        "zone": cloud.dns.delete_zone,
        "container": cloud.object_store.delete_container,
        "volume": cloud.block_storage.delete_volume,
        "group": cloud.network.delete_security_group,
        "network": cloud.network.delete_network,
        "subnet": cloud.network.delete_subnet,
        "server": cloud.compute.delete_server,
        "secret": lambda address: cloud.key_manager.delete_secret(address.rsplit("/", 1)[-1]),
        "database": lambda id_: cloud.database.delete(f"/instances/{id_}"),
        "share": cloud.shared_file_system.delete_share,
    }
    if kind in removers:
        removers[kind](id_)


def ordered(cloud: Any, rows: list[dict[str, str]]) -> Iterator[str]:
    """Secrets that Barbican made for orders; it keeps them when the orders are deleted, as the mapping says."""
    for row in rows:
        if row["type"] == "OS::Barbican::Order" and row["id"]:
            order = cloud.session.get(row["id"]).json()
            if order.get("secret_ref"):
                yield order["secret_ref"]
            elif order.get("container_ref"):
                yield from (one["secret_ref"] for one in cloud.session.get(order["container_ref"]).json()["secret_refs"])


def use_queues(cloud: Any, rows: list[dict[str, str]]) -> None:
    """Post a message to each queue and read it: Zaqar makes a queue when it is first used."""
    from tests.cloud.seen import CLIENT

    for row in rows:
        if row["type"] == "OS::Zaqar::Queue":
            path, headers = f"/queues/{row['id']}/messages", {"Client-ID": CLIENT}
            cloud.message.post(path, json={"messages": [{"body": "proof", "ttl": 300}]}, headers=headers)
            found = cloud.message.get(path, params={"echo": "true"}, headers=headers).json()["messages"]
            assert [message["body"] for message in found] == ["proof"], f"queue {row['id']} does not give back its message"


def _named(template: str, files: Mapping[str, str], given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key pairs and zones by the names that the template, its members and its parameters' defaults say."""
    main = yaml.safe_load(template)
    values = {name: parameter.get("default") for name, parameter in (main.get("parameters") or {}).items()} | dict(given)
    for document in [main, *map(yaml.safe_load, files.values())]:
        for resource in (document.get("resources") or {}).values():
            properties = resource.get("properties") or {}
            if resource["type"] == "OS::Nova::Server" and isinstance(properties.get("key_name"), str):
                yield "key", properties["key_name"]
            if resource["type"] == "OS::Designate::RecordSet":
                zone = _text(properties.get("zone"), values)
                if zone and not ID.fullmatch(zone):
                    yield "zone", zone.rstrip(".") + "."


def _text(value: Any, values: Mapping[str, Any]) -> str | None:
    """A text that literals and parameters alone make up."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return None
    if "get_param" in value:
        found = values.get(value["get_param"]) if isinstance(value["get_param"], str) else None
        return found if isinstance(found, str) else None
    if "list_join" in value:
        glue, *lists = value["list_join"]
        parts = [_text(part, values) for some in lists if isinstance(some, list) for part in some]
        return glue.join(part or "" for part in parts) if all(part is not None for part in parts) else None
    if "str_replace" in value:
        text = value["str_replace"]["template"]
        for mark, part in value["str_replace"]["params"].items():
            known = _text(part, values)
            if known is None or not isinstance(text, str):
                return None
            text = text.replace(mark, known)
        return str(text)
    return None
