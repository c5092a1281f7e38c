"""What Nova hands to a server is run: the script does cfn-init's work, and its signal makes Heat's stack complete."""

from __future__ import annotations

import base64
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.translating import convert_data, load_hot
from tests.unit.hooks.test_init import CALL, Machine, template

pytestmark = pytest.mark.cloud
SITE = {"flavors": {"t3.micro": "m1.tiny"}, "images": {"ami-1": "cirros"}}
SECRET = 'it\'s $HOME `x` "y" \\ z'
SIGNAL = "/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Web --region ${AWS::Region}"


def booting(root: Path) -> dict[str, Any]:
    """A server of a network of its own, which waits for the signal of its script."""
    files = {
        f"{root}/x": {"content": {"Fn::Sub": "${AWS::StackName}\n${Secret}"}, "mode": "000400"},
        f"{root}/y": only_with_ssl(),
    }
    commands = {"1": {"command": 'printf %s "$A" > z', "cwd": str(root), "env": {"A": {"Ref": "Secret"}}}}
    init = {"config": {"files": files, "commands": commands}}
    data = template(init, f"#!/bin/bash\n{CALL}\n{SIGNAL}\n", CreationPolicy={"ResourceSignal": {"Timeout": "PT5M"}})
    resources = data["Resources"]
    resources["Web"]["Properties"] |= {"InstanceType": "t3.micro", "SubnetId": {"Ref": "Bed"}}
    resources["Net"] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.62.0.0/16"}}
    resources["Bed"] = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Net"}, "CidrBlock": "10.62.1.0/24"}}
    return data


def only_with_ssl() -> dict[str, Any]:
    """A file that is there under a condition."""
    return {"Fn::If": ["UseSsl", {"content": "y"}, {"Ref": "AWS::NoValue"}]}


def eventually(ask: Callable[[], Any], seconds: int = 180) -> Any:
    """The first answer, or a failure."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(2)
    pytest.fail("it takes too long")


def user_data(admin: Any, server: str) -> str:
    """What Nova hands to a server."""
    found = admin.compute.get(f"/servers/{server}", microversion="2.3").json()["server"]
    return base64.b64decode(found["OS-EXT-SRV-ATTR:user_data"]).decode()


def test_a_server_boots_by_its_user_data_and_its_stack_is_complete(admin: Any, demo: Any, tmp_path: Path) -> None:
    converted = convert_data(booting(tmp_path), SITE)
    name = f"boot-{uuid4().hex[:8]}"
    hot = load_hot(converted.files["template.yaml"])
    stack = demo.orchestration.create_stack(name=name, template=hot, parameters={"Secret": SECRET, "Ssl": "yes"}, timeout_mins=8)

    def made() -> str | None:
        found = {one.name: one for one in demo.orchestration.resources(stack.id)}.get("Web")
        return found.physical_resource_id if found is not None and found.status == "CREATE_COMPLETE" else None

    def ended() -> Any:
        found = demo.orchestration.get_stack(stack.id)
        return None if "PROGRESS" in found.status else found

    try:
        script = user_data(admin, eventually(made))
        machine = Machine(tmp_path)
        (tmp_path / "bin" / "curl").unlink()
        machine.run(script)
        assert (tmp_path / "x").read_text() == f"{name}\n{SECRET}"
        assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o400
        assert (tmp_path / "y").read_text() == "y"
        assert (tmp_path / "z").read_text() == SECRET
        assert eventually(ended).status == "CREATE_COMPLETE"
    finally:
        demo.orchestration.delete_stack(stack.id)
