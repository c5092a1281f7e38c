"""What `images rebuild` writes is deployed: user data with the volumes in it, open ports, and data that outlives the stack."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from cfn2heat.images.rebuild import rebuild
from tests.images.test_survey import inventory

PARAMETERS = {"image": "cirros", "flavor": "m1.small", "network": "shared", "key_name": "default"}


@pytest.fixture
def stack(demo: Any) -> Iterator[Any]:
    """The template of a server with a further file system, as a stack; its volumes outlive it, and go here."""
    files = rebuild(inventory("rocky8"), {})
    name = f"rebuilt-test-{os.getpid()}"
    template = yaml.safe_load(files["server.hot.yaml"])
    made = demo.orchestration.create_stack(name=name, template=template, parameters=PARAMETERS, timeout_mins=8)
    try:
        yield demo.orchestration.wait_for_status(made, "CREATE_COMPLETE", ["CREATE_FAILED"], interval=2, wait=480)
    finally:
        resources = list(demo.orchestration.resources(made.id))
        demo.orchestration.delete_stack(made.id)
        demo.orchestration.wait_for_delete(demo.orchestration.get_stack(made.id), interval=2, wait=480)
        for volume in [one.physical_resource_id for one in resources if one.resource_type.endswith("::Volume")]:
            kept = demo.block_storage.wait_for_status(demo.block_storage.get_volume(volume), "available", ["error"], 2, 120)
            demo.block_storage.delete_volume(kept.id)


def test_a_rebuilt_server_is_deployed(demo, admin, stack):
    found = {one.name: one.physical_resource_id for one in demo.orchestration.resources(stack.id)}
    volume = demo.block_storage.get_volume(found["volume_1"])
    assert (volume.status, volume.size) == ("in-use", 100)
    assert [one["server_id"] for one in volume.attachments] == [found["server"]]
    given = admin.compute.get_server(found["server"]).user_data
    written = rebuild(inventory("rocky8"), {})["user-data.yaml"]
    assert base64.b64decode(given).decode() == written.replace("@id-of-volume-1@", volume.id)
    rules = demo.network.security_group_rules(security_group_id=found["security_group"], direction="ingress")
    assert sorted((one.protocol, one.port_range_min) for one in rules if one.protocol == "tcp") == [
        ("tcp", 22),
        ("tcp", 80),
        ("tcp", 443),
    ]
    (address,) = [one["output_value"] for one in demo.orchestration.get_stack(stack.id).outputs]
    assert demo.network.get_port(found["port"]).fixed_ips[0]["ip_address"] == address
