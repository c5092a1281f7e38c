"""The cloud does what a cloud does: a stack of every kind of service is made as a plain member, and goes without a trace."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

pytestmark = pytest.mark.cloud
TEMPLATE = Path(__file__).parents[1] / "fixtures" / "cloud" / "smoke.hot.yaml"
USER_DATA = "#!/bin/sh\n# žluťoučký $kůň ${IFS} %s {{x}} \\n\n\techo 'done'  \n\n"
PATIENCE = 300


@pytest.fixture(scope="module")
def stack(demo: Any) -> Iterator[Any]:
    """The stack, made and signalled; what a failed test leaves is deleted."""
    zone = f"z{uuid.uuid4().hex[:8]}.test."
    made = demo.orchestration.create_stack(
        name=f"smoke-{uuid.uuid4().hex[:8]}",
        template=TEMPLATE.read_text(encoding="utf-8"),
        parameters={"user_data": USER_DATA, "zone_name": zone},
        timeout_mins=5,
    )
    signal_handle(demo, made.id)
    yield ended(demo, made.id)
    if demo.orchestration.find_stack(made.id, ignore_missing=True):
        delete(demo, made.id)


def signal_handle(demo: Any, stack: str) -> None:
    """Send CloudFormation's own signal, as the scripts of converted templates do, as soon as there is an address for it."""
    end = time.monotonic() + PATIENCE
    while not (address := outputs(demo.orchestration.get_stack(stack)).get("signal", "")).startswith("http"):
        assert time.monotonic() < end, "the wait condition's handle has no address"
        time.sleep(1)
    body = json.dumps({"Status": "SUCCESS", "UniqueId": "one", "Data": "from the test", "Reason": "it is up"})
    sent = requests.put(address, data=body, headers={"Content-Type": ""}, timeout=60)
    assert sent.status_code == 200, sent.text


def ended(demo: Any, stack: str) -> Any:
    """Wait until the stack's action has ended."""
    end = time.monotonic() + PATIENCE
    while True:
        now = demo.orchestration.get_stack(stack)
        if not now.status.endswith("IN_PROGRESS"):
            return now
        assert time.monotonic() < end, {one.name: one.status for one in demo.orchestration.resources(stack)}
        time.sleep(1)


def delete(demo: Any, stack: str) -> str:
    """Delete the stack and say how that ended."""
    demo.orchestration.delete_stack(stack)
    end = time.monotonic() + PATIENCE
    while (now := demo.orchestration.find_stack(stack, ignore_missing=True)) and now.status.endswith("IN_PROGRESS"):
        assert time.monotonic() < end, {one.name: one.status for one in demo.orchestration.resources(stack)}
        time.sleep(1)
    return str(now.status) if now else "DELETE_COMPLETE"


def failures(demo: Any, stack: Any) -> dict[str, str]:
    """What failed, and why."""
    return {one.name: one.status_reason for one in demo.orchestration.resources(stack.id) if one.status.endswith("FAILED")}


def outputs(stack: Any) -> dict[str, Any]:
    """The outputs by name."""
    return {output["output_key"]: output["output_value"] for output in stack.outputs or ()}


def test_a_stack_of_every_kind_is_made(demo: Any, stack: Any) -> None:
    assert stack.status == "CREATE_COMPLETE", failures(demo, stack) or stack.status_reason


def test_the_wait_condition_has_what_the_signal_said(stack: Any) -> None:
    told = outputs(stack)["told"]
    assert json.loads(told if isinstance(told, str) else json.dumps(told)) == {"one": "from the test"}


def test_user_data_arrives_byte_for_byte(demo: Any, admin: Any, stack: Any) -> None:
    server = physical(demo, stack)["server"]
    arrived = admin.compute.get(f"/servers/{server}", microversion="2.3").json()["server"]["OS-EXT-SRV-ATTR:user_data"]
    assert base64.b64decode(arrived) == USER_DATA.encode()


def test_the_services_have_what_was_asked_for(demo: Any, stack: Any) -> None:
    ids = physical(demo, stack)
    server = demo.compute.get_server(ids["server"])
    assert server.status == "ACTIVE"
    assert [one["id"] for one in server.attached_volumes] == [ids["volume"]]
    assert demo.network.get_port(ids["port"]).device_id == ids["server"]
    assert demo.load_balancer.get_load_balancer(ids["load_balancer"]).provisioning_status == "ACTIVE"
    records = {one.type: one.records for one in demo.dns.recordsets(ids["zone"])}
    assert records["A"] == [outputs(stack)["address"]]
    assert demo.object_store.get_container_metadata(ids["container"]).name == ids["container"]


def physical(demo: Any, stack: Any) -> dict[str, str]:
    """The real names of the stack's resources."""
    return {one.name: one.physical_resource_id for one in demo.orchestration.resources(stack.id)}


def test_the_stack_is_deleted_without_a_trace(demo: Any, stack: Any) -> None:
    """Last: it takes the stack of the others away."""
    ids = physical(demo, stack)
    assert delete(demo, stack.id) == "DELETE_COMPLETE", failures(demo, stack)
    assert demo.compute.find_server(ids["server"]) is None
    assert demo.network.find_network(ids["net"]) is None
    assert demo.load_balancer.find_load_balancer(ids["load_balancer"]) is None
