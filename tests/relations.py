"""Examples for the rows of relations.json: for each, properties that break it, and the same mended."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from cfn2heat.hot.relations import rows

Plain = Any

BASE: dict[str, dict[str, Plain]] = {
    "OS::Nova::Server": {"flavor": "f", "image": "i"},
    "OS::Cinder::Volume": {"size": 1},
    "OS::Neutron::FloatingIP": {"floating_network": "n"},
    "OS::Neutron::Port": {"network": "n"},
    "OS::Neutron::Subnet": {"network": "n", "cidr": "10.0.0.0/24"},
    "OS::Neutron::SubnetPool": {"prefixes": ["10.0.0.0/8"]},
    "OS::Neutron::SecurityGroupRule": {"security_group": "g", "protocol": "tcp"},
    "OS::Neutron::Router": {},
    "OS::Neutron::RouterInterface": {"router": "r", "subnet": "s"},
    "OS::Neutron::ProviderNet": {"network_type": "vlan"},
    "OS::Neutron::Segment": {"network": "n", "network_type": "local"},
    "OS::Octavia::Listener": {"loadbalancer": "l", "protocol": "HTTP", "protocol_port": 80},
    "OS::Octavia::Pool": {"listener": "l", "lb_algorithm": "ROUND_ROBIN", "protocol": "HTTP"},
    "OS::Octavia::L7Policy": {"listener": "l", "action": "REJECT"},
    "OS::Octavia::L7Rule": {"l7policy": "p", "type": "PATH", "compare_type": "EQUAL_TO", "value": "v"},
    "OS::Designate::Zone": {"name": "example.org."},
    "OS::Barbican::Order": {"type": "key", "algorithm": "aes", "bit_length": 256},
    "OS::Barbican::Secret": {},
    "OS::Trove::Instance": {"flavor": "f", "size": 1},
    "OS::Manila::ShareNetwork": {},
    "OS::Mistral::CronTrigger": {"workflow": {"name": "w"}, "pattern": "0 0 * * *"},
    "OS::Mistral::Workflow": {"type": "direct", "tasks": [{"name": "t", "action": "std.noop"}]},
    "OS::Keystone::User": {},
    "OS::Keystone::Group": {},
    "OS::Glance::WebImage": {"location": "http://example.org/i", "container_format": "bare", "disk_format": "raw"},
    "OS::Heat::ScalingPolicy": {"auto_scaling_group_id": "g", "adjustment_type": "change_in_capacity", "scaling_adjustment": 1},
    "OS::Heat::AutoScalingGroup": {"min_size": 1, "max_size": 9, "resource": {"type": "OS::Heat::None"}},
    "OS::Zun::Container": {"image": "i"},
}
"""Properties of a type that the engine takes, but for what a row demands."""

MEMBERS: dict[str, dict[str, Plain]] = {
    "tasks[]": {"name": "t", "action": "std.noop"},
    "roles[]": {"role": "r", "project": "p"},
    "mounts[]": {"mount_path": "/m", "volume_size": 1},
    "session_persistence": {"type": "HTTP_COOKIE"},
    "block_device_mapping[]": {"device_name": "vda", "volume_id": "v"},
    "block_device_mapping_v2[]": {"device_name": "vdb", "volume_id": "v", "boot_index": 1},
    "networks[]": {"network": "n"},
}

VALUES: dict[str, Plain] = {
    "cidr": "10.0.0.0/24",
    "fixed_ip": "10.0.0.5",
    "fixed_ip_address": "10.0.0.5",
    "fixed_ips": [{"ip_address": "10.0.0.5"}],
    "no_fixed_ips": True,
    "block_device_mapping": [{"device_name": "vda", "volume_id": "v"}],
    "block_device_mapping_v2": [{"volume_id": "v", "boot_index": 0}],
    "size": 1,
    "swap_size": 1,
    "ephemeral_size": 1,
    "ephemeral_format": "ext4",
    "volume_size": 1,
    "prefixlen": 24,
    "ipv6_ra_mode": "slaac",
    "ipv6_address_mode": "slaac",
    "remote_ip_prefix": "10.0.0.0/24",
    "l3_agent_ids": ["a"],
    "segmentation_id": 100,
    "redirect_url": "http://example.org/",
    "email": "a@example.org",
    "primaries": ["192.0.2.1"],
    "algorithm": "aes",
    "bit_length": 256,
    "payload_content_type": "application/octet-stream",
    "payload_content_encoding": "base64",
    "payload": "c2VjcmV0",
    "users": [{"name": "user", "password": "password", "databases": ["data"]}],
    "databases": [{"name": "data"}],
    "first_time": "2099-01-01 00:00",
    "pattern": "0 0 * * *",
    "params": {"task_name": "t"},
    "concurrency": 2,
    "with_items": "i in <% $.a %>",
    "members": ["p"],
    "min_adjustment_step": 1,
    "allocate_network": "auto",
}
"""What a property is set to; a text where none is given here."""


def examples() -> list[Any]:
    """Every row as a test parameter: its type, and itself."""
    return [
        pytest.param(type_name, row, id=f"{type_name} {json.dumps({key: row[key] for key in row if key != 'source'})}")
        for type_name, listed in rows().items()
        for row in listed
    ]


def broken(type_name: str, row: dict[str, Plain]) -> dict[str, Plain]:
    """Properties that break a row."""
    return _made(type_name, row, _break)


def mended(type_name: str, row: dict[str, Plain]) -> dict[str, Plain]:
    """The same, but right."""
    return _made(type_name, row, _mend)


Change = Callable[[str, dict[str, Plain], dict[str, Plain]], None]


def _made(type_name: str, row: dict[str, Plain], change: Change) -> dict[str, Plain]:
    properties = deepcopy(BASE[type_name])
    holder = properties
    if "at" in row:
        name = row["at"].removesuffix("[]")
        holder = deepcopy(MEMBERS[row["at"]])
        properties[name] = [holder] if name != row["at"] else holder
    for name, values in row.get("when", {}).items():
        holder[name] = values[0]
    if "given" in row:
        _set(holder, row["given"])
    change(type_name, row, holder)
    return properties


def _set(holder: dict[str, Plain], name: str) -> None:
    name = name.partition("|")[0]
    holder[name] = deepcopy(VALUES.get(name, "x"))


def _leave_out(holder: dict[str, Plain], names: list[str]) -> None:
    for name in names:
        for one in name.split("|"):
            holder.pop(one, None)


def _break(_: str, row: dict[str, Plain], holder: dict[str, Plain]) -> None:
    if "any" in row:
        _leave_out(holder, row["any"])
    elif "most" in row:
        _leave_out(holder, row["most"])
        _set(holder, row["most"][0])
        _set(holder, row["most"][1])
    elif "none" in row:
        _set(holder, row["none"][0])
    elif "order" in row:
        holder.update(dict(zip(row["order"], (9, 3), strict=True)))
    else:
        holder.update(dict(zip(row["same"], ("slaac", "dhcpv6-stateful"), strict=True)), ip_version=6, cidr="2001:db8::/64")


def _mend(type_name: str, row: dict[str, Plain], holder: dict[str, Plain]) -> None:
    if "any" in row:
        _leave_out(holder, row["any"])
        _set(holder, row["any"][0])
    elif "most" in row:
        _leave_out(holder, row["most"])
        _set(holder, row["most"][-1])
    elif "none" in row:
        _leave_out(holder, row["none"])
    elif "order" in row:
        holder.update(dict(zip(row["order"], (3, 9), strict=True)))
    else:
        holder.update(dict.fromkeys(row["same"], "slaac"), ip_version=6, cidr="2001:db8::/64")
    _complete(type_name, row.get("at"), holder)


def _complete(type_name: str, at: str | None, holder: dict[str, Plain]) -> None:
    """What other rows demand of the mended properties."""
    for row in rows()[type_name]:
        concerned = row.get("at") == at and all(holder.get(name) in values for name, values in row.get("when", {}).items())
        wanting = not any(one in holder for name in row.get("any", ()) for one in name.split("|"))
        if "any" in row and concerned and wanting and ("given" not in row or row["given"] in holder):
            _set(holder, row["any"][0])
    if holder.keys() & {"block_device_mapping", "block_device_mapping_v2"}:
        holder.pop("image", None)
    if holder.keys() & {"subnetpool", "prefixlen"}:
        holder.pop("cidr", None)
        holder["subnetpool"] = "x"
    holder.pop("neutron_network", None)  # the engine asks the cloud whether the subnet is in it, and no cloud is there
