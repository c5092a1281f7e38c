"""`deploy` and its sisters on a real cloud: what they say is what the services say."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

pytestmark = pytest.mark.cloud
SITE = """\
flavors: {t3.micro: m1.tiny, t3.small: m1.small}
images: {ami-0123456789abcdef0: cirros}
external_network: public
"""
GARDEN = """\
Parameters:
  Word: {Type: String, NoEcho: true}
  Greeting: {Type: String, Default: hello}
Resources:
  Garden:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.61.0.0/16}
  Bed:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Garden, CidrBlock: 10.61.1.0/24}
  Door:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: everybody
      VpcId: !Ref Garden
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}
  Web:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: t3.micro
      SubnetId: !Ref Bed
      SecurityGroupIds: [!Ref Door]
      Tags: [{Key: greeting, Value: !Ref Greeting}]
  Shed:
    Type: AWS::EC2::Volume
    Properties: {Size: 1, AvailabilityZone: nova}
  Plan:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-0123456789abcdef0, InstanceType: t3.micro, SecurityGroups: [!Ref Door]}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '1'
      MaxSize: '3'
      DesiredCapacity: '1'
      LaunchConfigurationName: !Ref Plan
      VPCZoneIdentifier: [!Ref Bed]
Outputs:
  Net: {Value: !Ref Garden}
  Server: {Value: !Ref Web}
  Door: {Value: !Ref Door}
  Told: {Value: !Ref Word}
"""
SECRET = "open-sesame-42"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret, where the command looks for it."""
    monkeypatch.setenv("CFN2HEAT_PARAM_Word", SECRET)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where templates stand, and the site file."""
    (tmp_path / "site.yaml").write_text(SITE)
    return tmp_path


@pytest.fixture
def name(cloud: Any) -> Iterator[str]:
    """The name of a stack that is gone afterwards."""
    found = f"deploy-{uuid4().hex[:8]}"
    yield found
    done = call("status", found)
    if done.returncode != 4:
        call("delete", found, "--yes")


def words(*arguments: object) -> list[str]:
    """The command as a user types it."""
    site = ["--site", "site.yaml"] if arguments[0] == "deploy" else []
    return [sys.executable, "-m", "cfn2heat", *map(str, arguments), *site, "--os-cloud", "demo"]


def surroundings() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1"}


def call(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run it; a secret is never in what it says."""
    done = subprocess.run(
        words(*arguments), capture_output=True, text=True, check=False, timeout=600, cwd=cwd, env=surroundings()
    )
    assert SECRET not in done.stdout + done.stderr
    return done


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def until(true: Callable[[], Any], seconds: float = 120) -> Any:
    """What becomes true, in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError("it did not come true in time")


def stacks(demo: Any, name: str) -> list[Any]:
    return [stack for stack in demo.orchestration.stacks() if stack.name == name]


# ---- from nothing to a stack, and what changes ------------------------------------------------------------------------


def test_a_garden_and_five_changes(demo: Any, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Created, once more, then a rule added, a server resized, a resource removed, a parameter changed, a group scaled."""
    template = folder / "garden.yaml"

    def deploy(*more: object) -> dict[str, Any]:
        done = call("deploy", "garden.yaml", "--stack-name", name, "--format", "json", *more, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        found = lines(done.stdout)
        changes = next((entry["changes"] for entry in found if entry["kind"] == "plan"), [])
        return {**found[-1], "changes": {change["resource"]: change["change"] for change in changes}}

    template.write_text(GARDEN)
    end = deploy()
    assert end["state"] == "CREATE_COMPLETE"
    outputs = end["outputs"]
    assert demo.network.get_network(outputs["Net"]).name
    assert outputs["Told"] == "******"
    assert deploy()["outcome"] == "unchanged"

    text = GARDEN.replace(
        "        - {IpProtocol",
        "        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}\n        - {IpProtocol",
    )
    template.write_text(text)
    end = deploy()
    assert (end["state"], end["changes"]) == ("UPDATE_COMPLETE", {"Door": "update"})
    rules = demo.network.get_security_group(outputs["Door"]).security_group_rules
    assert sorted(rule["port_range_min"] for rule in rules if rule["port_range_min"]) == [80, 443]

    text = text.replace("InstanceType: t3.micro\n", "InstanceType: t3.small\n")
    template.write_text(text)
    end = deploy()
    assert (end["state"], end["changes"]) == ("UPDATE_COMPLETE", {"Web": "update"})
    assert demo.compute.get_server(outputs["Server"]).flavor.name == "m1.small"

    volumes = len(list(demo.block_storage.volumes()))
    text = text.replace("  Shed:\n    Type: AWS::EC2::Volume\n    Properties: {Size: 1, AvailabilityZone: nova}\n", "")
    template.write_text(text)
    end = deploy()
    assert (end["state"], end["changes"]) == ("UPDATE_COMPLETE", {"Shed": "remove"})
    assert len(list(demo.block_storage.volumes())) == volumes - 1

    end = deploy("--parameter", "Greeting=welcome")
    assert (end["state"], end["changes"]) == ("UPDATE_COMPLETE", {"Web": "update"})
    assert demo.compute.get_server(outputs["Server"]).metadata["greeting"] == "welcome"

    template.write_text(text.replace("DesiredCapacity: '1'", "DesiredCapacity: '2'"))
    servers = len(list(demo.compute.servers()))
    end = deploy("--parameter", "Greeting=welcome")
    assert (end["state"], end["changes"]) == ("UPDATE_COMPLETE", {"Group": "update"})
    assert len(list(demo.compute.servers())) == servers + 1
    assert deploy("--parameter", "Greeting=welcome")["outcome"] == "unchanged"

    monkeypatch.delenv("CFN2HEAT_PARAM_Word")  # a secret that is not given anew is kept, other values that are not given are not
    end = deploy()
    assert (end["state"], end["changes"]) == ("UPDATE_COMPLETE", {"Web": "update"})
    assert demo.compute.get_server(outputs["Server"]).metadata["greeting"] == "hello"
    assert value(demo, name, "Told") == SECRET


NET = """\
Resources:
  Garden:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.62.0.0/16}
  Bed:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Garden, CidrBlock: 10.62.1.0/24}
Outputs:
  Net: {Value: !Ref Garden, Export: {Name: NAME-net}}
"""


BED = """\
Resources:
  Border:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !ImportValue NAME-net, CidrBlock: 10.62.9.0/24}
"""


def test_what_lacks_is_said_before_anything_is_created(demo: Any, name: str, folder: Path) -> None:
    template = folder / "garden.yaml"
    text = GARDEN.replace("Greeting:", "Key: {Type: 'AWS::EC2::KeyPair::KeyName'}\n  Greeting:")
    template.write_text(text.replace("SubnetId:", "KeyName: !Ref Key\n      SubnetId:"))
    done = call("deploy", "garden.yaml", "--stack-name", name, cwd=folder)
    assert done.returncode == 2
    assert "C2H6016 Key: it has no value" in done.stderr
    assert "the cloud has default" in done.stderr
    done = call("deploy", "garden.yaml", "--stack-name", name, "--parameter", "Key=nobodys", cwd=folder)
    assert done.returncode == 4
    assert "The cloud has no key pair nobodys" in done.stderr
    template.write_text(GARDEN)
    (folder / "site.yaml").write_text(SITE.replace("m1.tiny", "m9.none"))
    done = call("deploy", "garden.yaml", "--stack-name", name, cwd=folder)
    assert done.returncode == 4
    assert "The cloud has no flavor m9.none" in done.stderr
    assert not stacks(demo, name)


def test_a_dry_run_creates_nothing(demo: Any, name: str, folder: Path) -> None:
    (folder / "net.yaml").write_text(NET)
    done = call("deploy", "net.yaml", "--stack-name", name, "--dry-run", cwd=folder)
    assert done.returncode == 0
    assert "+   Bed  OS::Neutron::Subnet" in done.stdout
    assert not stacks(demo, name)
    assert call("deploy", "net.yaml", "--stack-name", name, cwd=folder).returncode == 0
    (folder / "net.yaml").write_text(NET.replace("  Bed:", "  Border:"))
    done = call("deploy", "net.yaml", "--stack-name", name, "--dry-run", cwd=folder)
    assert "1 added, 1 removed" in done.stdout
    assert stacks(demo, name)[0].status == "CREATE_COMPLETE"


@pytest.mark.parametrize("form", ["text", "json"])
def test_status_events_and_outputs(name: str, folder: Path, form: str) -> None:
    (folder / "net.yaml").write_text(NET)
    call("deploy", "net.yaml", "--stack-name", name, cwd=folder)
    said = {command: call(command, name, "--format", form) for command in ("status", "events", "outputs")}
    assert [done.returncode for done in said.values()] == [0, 0, 0]
    if form == "json":
        assert lines(said["status"].stdout)[0]["state"] == "CREATE_COMPLETE"
        assert lines(said["events"].stdout)[-1]["state"] == "CREATE_COMPLETE"
        assert set(lines(said["outputs"].stdout)[0]["outputs"]) == {"Net", "exports"}
    else:
        assert "is CREATE_COMPLETE" in said["status"].stdout
        assert "CREATE_COMPLETE    Bed" in said["events"].stdout
        assert "  Net = " in said["outputs"].stdout


def test_exports_are_imported_and_guarded(name: str, folder: Path) -> None:
    (folder / "net.yaml").write_text(NET.replace("NAME", name))
    (folder / "bed.yaml").write_text(BED.replace("NAME", name))
    assert call("deploy", "net.yaml", "--stack-name", name, cwd=folder).returncode == 0
    done = call("deploy", "bed.yaml", "--stack-name", f"{name}-bed", cwd=folder)
    assert done.returncode == 0, done.stderr
    done = call("delete", name)
    assert done.returncode == 4
    assert f"the stack {name}-bed imports {name}-net" in done.stderr
    assert call("status", name).returncode == 0
    assert call("delete", f"{name}-bed").returncode == 0
    assert call("delete", name).returncode == 0
    assert call("status", name).returncode == 4


# ---- failure ----------------------------------------------------------------------------------------------------------

WAITS = """\
Resources:
  Handle:
    Type: AWS::CloudFormation::WaitConditionHandle
  Wait:
    Type: AWS::CloudFormation::WaitCondition
    Properties: {Handle: !Ref Handle, Timeout: 'SECONDS'}
Outputs:
  Address: {Value: !Ref Handle}
  Data: {Value: !GetAtt Wait.Data}
"""


def test_a_failure_names_the_line(name: str, folder: Path) -> None:
    (folder / "waits.yaml").write_text(WAITS.replace("SECONDS", "4"))
    done = call("deploy", "waits.yaml", "--stack-name", name, cwd=folder)
    assert done.returncode == 1
    assert "waits.yaml:4: Wait, AWS::CloudFormation::WaitCondition: CREATE failed: WaitConditionTimeout" in done.stderr
    assert "failed: CREATE_FAILED" in done.stdout
    assert call("status", name).returncode == 1


def test_a_failure_in_a_nested_stack_names_the_line_there(name: str, folder: Path) -> None:
    (folder / "inner.yaml").write_text(WAITS.replace("SECONDS", "4"))
    outer = "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ./inner.yaml}\n"
    (folder / "outer.yaml").write_text(outer)
    done = call("deploy", "outer.yaml", "--stack-name", name, "--format", "json", cwd=folder)
    assert done.returncode == 1, done.stdout + done.stderr
    failed = [entry for entry in lines(done.stdout) if entry["kind"] == "failure"]
    assert [entry["resource"] for entry in failed] == ["Inner.Wait"]
    assert failed[0]["source"] == {"resource": "Wait", "file": str(folder / "inner.yaml"), "line": 4}


def test_a_failure_is_rolled_back_when_that_is_wished(name: str, folder: Path) -> None:
    (folder / "waits.yaml").write_text(WAITS.replace("SECONDS", "4"))
    done = call("deploy", "waits.yaml", "--stack-name", name, "--rollback", cwd=folder)
    assert done.returncode == 1
    assert "waits.yaml:4: Wait" in done.stderr
    assert "rolled back" in done.stdout
    (folder / "waits.yaml").write_text(NET)
    assert call("deploy", "waits.yaml", "--stack-name", name, cwd=folder).returncode == 0


def test_a_time_limit(name: str, folder: Path) -> None:
    """Heat counts in minutes: after one of them it gives up."""
    (folder / "waits.yaml").write_text(WAITS.replace("SECONDS", "600"))
    start = time.monotonic()
    done = call("deploy", "waits.yaml", "--stack-name", name, "--timeout", "30", cwd=folder)
    assert done.returncode == 1
    assert "timed out" in (done.stdout + done.stderr).lower()
    assert 50 < time.monotonic() - start < 150


# ---- interrupted, and gone on -----------------------------------------------------------------------------------------


def begun(name: str, folder: Path, line: str) -> subprocess.Popen[str]:
    """A deployment that has said a line."""
    process = subprocess.Popen(
        words("deploy", "waits.yaml", "--stack-name", name),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=surroundings(),
    )
    assert process.stdout is not None
    for said in process.stdout:
        if line in said:
            return process
    raise AssertionError(f"it did not say {line}")


def tell(address: str) -> None:
    """Signal a wait condition by its address."""
    body = json.dumps({"Status": "SUCCESS", "Reason": "", "Data": "done", "UniqueId": "1"})
    subprocess.run(["curl", "-fsS", "-X", "PUT", "-H", "Content-Type:", "--data-binary", body, address], check=True)


def test_after_a_kill_the_same_command_goes_on(demo: Any, name: str, folder: Path) -> None:
    (folder / "waits.yaml").write_text(WAITS.replace("SECONDS", "300"))
    process = begun(name, folder, "CREATE_IN_PROGRESS Wait")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    process = begun(name, folder, "CREATE_IN_PROGRESS Wait")
    tell(until(lambda: value(demo, name, "Address")))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    assert "already; following that" in err
    assert "done" in out
    assert len(stacks(demo, name)) == 1


def test_an_interruption_leaves_the_stack_alone(demo: Any, name: str, folder: Path) -> None:
    (folder / "waits.yaml").write_text(WAITS.replace("SECONDS", "300"))
    process = begun(name, folder, "CREATE_IN_PROGRESS Wait")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"cfn2heat events {name} --follow" in err
    assert call("status", name).returncode == 6
    tell(until(lambda: value(demo, name, "Address")))
    done = call("events", name, "--follow")
    assert done.returncode == 0
    assert "CREATE_COMPLETE    the stack" in done.stdout


def value(demo: Any, name: str, output: str) -> Any:
    """An output of a stack that may not be complete yet."""
    found = demo.orchestration.get_stack(stacks(demo, name)[0].id).outputs or []
    return next((entry["output_value"] for entry in found if entry["output_key"] == output), None)


# ---- a signal ---------------------------------------------------------------------------------------------------------

SIGNALS = """\
Resources:
  Garden:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.63.0.0/16}
  Bed:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Garden, CidrBlock: 10.63.1.0/24}
  Handle:
    Type: AWS::CloudFormation::WaitConditionHandle
  Wait:
    Type: AWS::CloudFormation::WaitCondition
    DependsOn: Web
    Properties: {Handle: !Ref Handle, Timeout: '300'}
  Web:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: t3.micro
      SubnetId: !Ref Bed
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          true
          /opt/aws/bin/cfn-signal -e $? -d "all is \\"well\\"" '${Handle}'
  Other:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: t3.micro
      SubnetId: !Ref Bed
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          cfn-signal -e 0 --stack ${AWS::StackName} --resource Other --region ${AWS::Region}
Outputs:
  Said: {Value: !GetAtt Wait.Data}
"""


def test_the_scripts_that_servers_have_signal_their_conditions(admin: Any, demo: Any, name: str, folder: Path) -> None:
    """What Nova holds as user data is run as it is, in a folder of its own: the fake servers run nothing."""
    (folder / "waits.yaml").write_text(SIGNALS)
    process = begun(name, folder, "CREATE_IN_PROGRESS Wait")
    for resource in ("Web", "Other"):
        server = until(lambda resource=resource: server_of(demo, name, resource))
        data = until(lambda server=server: admin.compute.get_server(server).user_data)
        script = base64.b64decode(data).decode().replace("/var/lib/cfn2heat", str(folder / resource))
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, cwd=folder)
        assert done.returncode == 0, done.stderr
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, out + err
    assert 'all is \\"well\\"' in out


def server_of(demo: Any, name: str, resource: str) -> str | None:
    """The server that stands for a resource, once it is there."""
    stack = stacks(demo, name)[0]
    found = [one for one in demo.orchestration.resources(stack) if one.name == resource and one.status == "CREATE_COMPLETE"]
    return found[0].physical_resource_id if found else None
