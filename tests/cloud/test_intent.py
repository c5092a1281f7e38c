"""What is created is what the template asks for: the project's own templates, deployed and compared with their sources."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import openstack
import pytest

from cfn2heat.table.loader import load_table
from tests.cloud.deployed import Deployed
from tests.cloud.evaluate import UNKNOWN, Ref, Source, Text
from tests.cloud.ground import stand
from tests.cloud.intent import Compared, compare, facts
from tests.cloud.proof import Clouds, Written, convert, prove
from tests.cloud.stack_run import StackRun

SOURCES = Path(__file__).parents[1] / "fixtures" / "cloud" / "sources"
ASKED = {
    "two_tier": {
        "network",
        "subnet CIDR",
        "subnet leads out",
        "security group rule",
        "fixed address",
        "flavor",
        "image",
        "key pair",
        "user data",
    },
    "group": {"servers of the group", "members", "listener", "listener's protocol", "group that it forwards to", "user data"},
    "network_balancer": {"load balancer", "listener", "members", "security group rule", "security groups of the port"},
    "bastion": {
        "floating IP stands on it",
        "volume on the server",
        "size of the volume",
        "volumes of the server",
        "line of user data",
    },
    "messages": {"queue"},
    "website": {"container", "zone", "record set", "records"},
    "conditions": {"security group rule", "flavor", "volume"},
    "nested": {"nested stack", "network", "subnet CIDR", "flavor", "image", "user data"},
}
"""Kinds of facts that each template must have proved: a comparison that finds nothing to compare proves nothing."""
ANNOUNCED = {"NatAddress"}
"""A router's gateway has an address of its own, so that none is made for a NAT gateway; the account says so."""


@pytest.fixture(scope="session")
def clouds(cloud: Any, demo: Any, admin: Any) -> Iterator[Clouds]:
    """The cloud as a plain member of a project of its own, with the rights of demo, and as an administrator."""
    from heatclient.client import Client

    name, word = f"intent-{uuid4().hex[:6]}", uuid4().hex
    project = admin.identity.create_project(name=name, domain_id="default")
    user = admin.identity.create_user(name=name, password=word, default_project_id=project.id, domain_id="default")
    known = {"scope_project_id": demo.current_project_id, "user_id": demo.current_user_id}
    for held in admin.identity.role_assignments(**known):
        admin.identity.assign_project_role_to_user(project.id, user.id, held.role["id"])
    auth = {**demo.config.config["auth"], "username": name, "password": word, "project_name": name}
    member = openstack.connection.Connection(
        auth=auth, region_name=demo.config.get_region_name(), identity_api_version=3, app_name="proof"
    )
    member.create_keypair("default")
    yield Clouds(member, Client("1", session=member.session, region_name=demo.config.get_region_name()), admin)
    clear(member)
    admin.identity.delete_user(user.id)
    admin.identity.delete_project(project.id)


def clear(member: Any) -> None:
    """Take away the ground that the templates stood on."""
    from heatclient.client import Client

    heat = Client("1", session=member.session, region_name=member.config.get_region_name())
    for stack in heat.stacks.list():
        run = StackRun(heat, stack.stack_name)
        run.id = stack.id
        run.delete()


@pytest.fixture(scope="session")
def known(clouds: Clouds) -> dict[str, Any]:
    """What the cloud has, with the ground that templates expect."""
    return stand(clouds.member, clouds.heat)


@pytest.mark.cloud
@pytest.mark.parametrize("name", sorted(ASKED))
def test_what_is_created_is_what_was_asked_for(name: str, clouds: Clouds, known: dict[str, Any]) -> None:
    written = convert(SOURCES / f"{name}.yaml", SOURCES, load_table(), known)
    assert isinstance(written, Written), written
    assert not written.values.missing
    row = prove(f"intent-{name.replace('_', '-')}", written, clouds, known, 600)
    assert row["create"]["status"] == "CREATE_COMPLETE", row["create"]
    assert not row["differences"]
    assert {difference.split(":")[0] for difference in row["announced"]} <= ANNOUNCED
    assert set(row["agreed"]) >= ASKED[name]
    assert row["delete"]["status"] == "DELETE_COMPLETE", row["delete"]
    assert not row["left"]


# ---- without a cloud: that the comparison sees what is wrong -----------------------------------------------------------

TEMPLATE = """
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Sub: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.1.2.0/24}}
  Guard:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 192.0.2.0/24}]
  Web:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-1
      InstanceType: t3.small
      KeyName: mine
      SubnetId: !Ref Sub
      SecurityGroupIds: [!Ref Guard]
      UserData: {"Fn::Base64": !Sub "#!/bin/sh\\necho ${Web2.PrivateIp} ${AWS::Region}\\n"}
  Web2: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Sub}}
  Disk: {Type: AWS::EC2::Volume, Properties: {Size: 3}}
  Reader: {Type: AWS::IAM::User, Properties: {UserName: reader}}
  Readers: {Type: AWS::IAM::Group}
  Joined: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref Readers, Users: [!Ref Reader]}}
"""
HEAT = [
    {"name": "Net", "type": "OS::Neutron::Net", "id": "n", "stack": "s"},
    {"name": "Sub", "type": "OS::Neutron::Subnet", "id": "u", "stack": "s"},
    {"name": "Guard", "type": "OS::Neutron::SecurityGroup", "id": "g", "stack": "s"},
    {"name": "Web", "type": "OS::Nova::Server", "id": "w", "stack": "s"},
    {"name": "Web2", "type": "OS::Nova::Server", "id": "w2", "stack": "s"},
    {"name": "Disk", "type": "OS::Cinder::Volume", "id": "d", "stack": "s"},
    {"name": "Reader", "type": "OS::Keystone::User", "id": "r", "stack": "s"},
    {"name": "Readers", "type": "OS::Keystone::Group", "id": "rs", "stack": "s"},
]
SERVER = {"status": "ACTIVE", "flavor": "m1.small", "image": "cirros", "key": "mine", "volumes": []}
SEEN: dict[str, Any] = {
    "network": {"n": {}},
    "subnet": {"u": {"cidr": "10.1.2.0/24", "network": "n"}},
    "group": {
        "g": {
            "rules": {
                "1": ["ingress", "IPv4", "tcp", 22, 22, "192.0.2.0/24", None],
                "2": ["egress", "IPv4", None, None, None, None, None],
                "3": ["egress", "IPv6", None, None, None, None, None],
            }
        }
    },
    "port": {
        "p": {"device": "w", "owner": "compute:nova", "addresses": [["u", "10.1.2.9"]], "groups": ["g"]},
        "p2": {"device": "w2", "owner": "compute:nova", "addresses": [["u", "10.1.2.8"]], "groups": []},
    },
    "server": {
        "w": {**SERVER, "user_data": "#!/bin/sh\necho 10.1.2.8 us-east-1\n"},
        "w2": {**SERVER, "user_data": None},
    },
    "volume": {"d": {"size": 3, "image": None}},
    "user": {"r": {"name": "reader", "groups": ["rs"]}},
    "user_group": {"rs": {"name": "x-Readers"}},
    **{kind: {} for kind in ("address", "router", "container")},
}


def compared(seen: dict[str, Any]) -> Compared:
    """The template beside what is seen."""
    site = {"flavors": {"t3.small": "m1.small"}, "images": {"*": "cirros"}}
    stack = Deployed(Source(TEMPLATE, {}, "x"), "s", HEAT, seen, site)
    return compare(facts(Path("x.yaml"), Path(), stack, {}))


def test_what_agrees_is_counted() -> None:
    found = compared(SEEN)
    assert not found.differences
    assert found.agreed["user data"] == found.agreed["key pair"] == found.agreed["subnet CIDR"] == 1
    assert found.agreed["security group rule"] == 2


def _rule(place: int, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda seen: seen["group"]["g"]["rules"]["1"].__setitem__(place, value)


def _set(kind: str, id_: str, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda seen: seen[kind][id_].__setitem__(key, value)


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        (lambda seen: seen["network"].clear(), "Net"),
        (_set("subnet", "u", "cidr", "10.1.3.0/24"), "Sub.Properties.CidrBlock"),
        (_set("subnet", "u", "network", "other"), "Sub.Properties.VpcId"),
        (_rule(2, "udp"), "Guard.Properties.SecurityGroupIngress.0"),
        (_rule(3, 23), "Guard.Properties.SecurityGroupIngress.0"),
        (_rule(5, "0.0.0.0/0"), "Guard.Properties.SecurityGroupIngress.0"),
        (lambda seen: seen["group"]["g"]["rules"].__setitem__("4", ["ingress", "IPv4", "tcp", 80, 80, None, None]), "Guard"),
        (lambda seen: seen["group"]["g"]["rules"].pop("2"), "Guard.egress"),
        (_set("server", "w", "flavor", "m1.tiny"), "Web.Properties.InstanceType"),
        (_set("server", "w", "image", "other"), "Web.Properties.ImageId"),
        (_set("server", "w", "key", None), "Web.Properties.KeyName"),
        (_set("server", "w", "status", "ERROR"), "Web"),
        (_set("server", "w", "user_data", "#!/bin/sh\necho 10.1.2.8  us-east-1\n"), "Web.Properties.UserData"),
        (_set("server", "w", "user_data", "#!/bin/sh\necho 10.1.2.7 us-east-1\n"), "Web.Properties.UserData"),
        (_set("port", "p", "groups", []), "Web.Properties.SecurityGroupIds"),
        (_set("port", "p", "addresses", [["v", "10.1.2.9"]]), "Web.Properties.SubnetId"),
        (_set("volume", "d", "size", 4), "Disk.Properties.Size"),
        (_set("user", "r", "groups", []), "Reader.Properties.Groups"),
        (_set("user", "r", "name", "writer"), "Reader.Properties.UserName"),
        (lambda seen: seen["user_group"].clear(), "Readers"),
    ],
)
def test_what_is_wrong_is_seen(spoil: Callable[[dict[str, Any]], Any], path: str) -> None:
    seen = copy.deepcopy(SEEN)
    spoil(seen)
    if path.startswith("Guard.egress"):
        seen["group"]["g"]["rules"].pop("3")
    assert path in {difference.split(":")[0] for difference in compared(seen).differences}


def test_the_evaluator_knows_what_the_source_says() -> None:
    source = Source(
        """
Parameters: {A: {Type: String, Default: x}, L: {Type: CommaDelimitedList, Default: "a, b"}}
Mappings: {M: {us-east-1: {k: found}}}
Conditions:
  Is: !Equals [!Ref A, x]
  Isnt: !Not [!Condition Is]
  Both: !And [!Condition Is, !Condition Isnt]
Resources:
  R: {Type: T, Properties: {}}
  Gone: {Type: T, Condition: Both}
""",
        {"A": "x"},
        "stack",
    )
    assert list(source.resources()) == ["R"]
    assert source.value({"Fn::Sub": ["${A}-${B}-${!C}-${AWS::StackName}", {"B": {"Ref": "L"}}]}) is UNKNOWN
    assert source.value({"Fn::Sub": "${A}-${!C}-${AWS::StackName}"}) == "x-${C}-stack"
    assert source.value({"Fn::Sub": "a ${R.Arn}"}) == Text(("a ", Ref("R", "Arn"), ""))
    assert source.value({"Fn::Select": [1, {"Ref": "L"}]}) == "b"
    assert source.value({"Fn::Join": ["-", [1, True, {"Ref": "A"}]]}) == "1-true-x"
    assert source.value({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "k"]}) == "found"
    assert source.value([{"Fn::If": ["Isnt", 1, {"Ref": "AWS::NoValue"}]}, 2]) == [2]
    assert source.value({"Fn::ImportValue": "x"}) is UNKNOWN
    assert source.value({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}) == ["10.0.0.0/24", "10.0.1.0/24"]
