"""The tools of the proof without a cloud: values by rules, the list by a rule, the account from rows."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.choose_templates import drawn
from scripts.proof_account import account
from scripts.prove_folder import proved
from tests.cloud.deployed import Deployed
from tests.cloud.evaluate import Encoded, Source
from tests.cloud.intent import find
from tests.cloud.stack_run import answerable
from tests.cloud.uses import handed_on, held, uses
from tests.cloud.values import Chooser

FACTS: dict[str, Any] = {
    "key": ["default"],
    "image": ["cirros"],
    "network": ["net-1"],
    "subnet": ["sub-1", "sub-2"],
    "free_subnet": ["free-1"],
    "half_network": ["half"],
    "half_subnet": ["half-1", "half-2"],
    "half_cidr": ["10.250.32.0/22"],
    "group": ["group-1", "group-2"],
    "ground_cidr": ["10.250.0.0/22"],
    "free_cidr": ["10.250.16.0/22"],
    "domain": ["ground.example.org"],
    "site": {"external_network": "public", "flavors": {"t3.small": "m1.small", "t3.large": "m1.large"}},
}


def chosen(name: str, parameter: dict[str, Any], kind: str = "String", **found: str) -> Any:
    """The value for one parameter."""
    values = Chooser(FACTS, {name: kind}, {}, found, ["t3.large"]).choose({name: {"type": "string", **parameter}})
    return values.chosen.get(name, "nothing")


@pytest.mark.parametrize(
    ("name", "parameter", "kind", "value"),
    [
        ("KeyName", {"constraints": [{"custom_constraint": "nova.keypair"}]}, "String", "default"),
        ("KeyName", {"default": "mykey"}, "String", "default"),
        ("Anything", {}, "AWS::EC2::VPC::Id", "net-1"),
        ("LatestAmi", {"constraints": [{"custom_constraint": "glance.image"}], "default": "/aws/service/x"}, "String", "cirros"),
        ("AmiId", {"default": "/aws/service/ami-windows-latest/x"}, "String", "cirros"),
        ("Zone", {"default": "us-east-1a"}, "AWS::EC2::AvailabilityZone::Name", "nova"),
        ("Subnets", {"type": "comma_delimited_list"}, "String", ["sub-1", "sub-2"]),
        ("SSHLocation", {"constraints": [{"allowed_pattern": r"[\d./]+"}]}, "String", "192.0.2.0/24"),
        ("VpcCidr", {}, "String", "10.20.0.0/16"),
        ("Password", {"constraints": [{"length": {"min": 12}}]}, "String", "Proof-0-Word"),
        ("Count", {"type": "number", "constraints": [{"range": {"min": 2, "max": 9}}]}, "Number", 2),
        ("Mode", {"constraints": [{"allowed_values": ["slow", "fast"]}]}, "String", "slow"),
        ("Odd", {"constraints": [{"allowed_pattern": "Q{5}"}]}, "String", "QQQQQ"),
        ("flavors", {"type": "json", "default": {"t3.small": "t3.small"}}, "", {"t3.small": "m1.small", "t3.large": "m1.large"}),
        ("Kept", {"default": "as it is"}, "String", "nothing"),
    ],
)
def test_values_by_rules(name: str, parameter: dict[str, Any], kind: str, value: Any) -> None:
    assert chosen(name, parameter, kind) == value


def listed(name: str, kind: str, status: str = "CREATE_COMPLETE", needed_by: tuple[str, ...] = (), stack: str = "main") -> Any:
    """A resource as Heat lists it."""
    links = [{"rel": "stack", "href": f"http://192.0.2.1/stacks/{stack}-name/{stack}"}]
    words = {"resource_name": name, "resource_type": kind, "resource_status": status, "required_by": list(needed_by)}
    return SimpleNamespace(**words, physical_resource_id=name, links=links)


@pytest.mark.parametrize(("other", "answered"), [("CREATE_COMPLETE", ["handle-1"]), ("CREATE_IN_PROGRESS", [])])
def test_handles_are_answered_when_the_servers_are_up_that_wait_for_no_condition(other: str, answered: list[str]) -> None:
    condition, server = "OS::Heat::WaitCondition", "OS::Nova::Server"
    resources = [
        listed("inner", "inner.yaml", "CREATE_IN_PROGRESS", needed_by=("server-2",)),
        listed("handle-1", "OS::Heat::WaitConditionHandle", needed_by=("condition-1",), stack="inner"),
        listed("condition-1", condition, "CREATE_IN_PROGRESS", stack="inner"),
        listed("other", server, other, needed_by=("condition-1",), stack="inner"),
        listed("server-2", server, "INIT_COMPLETE", needed_by=("condition-2",)),
        listed("handle-2", "OS::Heat::WaitConditionHandle", needed_by=("condition-2",)),
        listed("condition-2", condition, "INIT_COMPLETE"),
    ]
    assert [one.resource_name for one in answerable(resources)] == answered


def test_what_reads_a_parameter_says_what_it_is() -> None:
    port = {"network": {"get_param": "Where"}, "fixed_ips": [{"subnet": {"get_param": "Part"}}]}
    record = {"zone": {"list_join": ["", [{"get_param": "Name"}, "."]]}}
    resources = {
        "p": {"type": "OS::Neutron::Port", "properties": port},
        "r": {"type": "OS::Designate::RecordSet", "properties": record},
        "i": {"type": "OS::Neutron::RouterInterface", "properties": {"subnet": {"get_param": "Part"}}},
    }
    assert uses([{"resources": resources}]) == {"Where": "network", "Part": "free_subnet", "Name": "zone_name"}


def test_each_address_is_another_one() -> None:
    parameters = {name: {"type": "string"} for name in ("PrimaryPrivateIp", "SecondaryPrivateIp")}
    values = Chooser(FACTS, {}, {}, {}).choose(parameters)
    assert values.chosen == {"PrimaryPrivateIp": "10.250.0.100", "SecondaryPrivateIp": "10.250.0.101"}


def test_an_address_lies_in_the_subnet_beside_it() -> None:
    fixed = [{"subnet": {"get_param": "Part"}, "ip_address": {"get_param": "At"}}]
    found = uses([{"resources": {"p": {"type": "OS::Neutron::Port", "properties": {"fixed_ips": fixed}}}}])
    facts = {**FACTS, "cidrs": {"sub-1": "10.250.4.0/22"}}
    values = Chooser(facts, {}, {}, found).choose({"At": {"type": "string", "default": "10.0.0.9"}, "Part": {"type": "string"}})
    assert values.chosen == {"At": "10.250.4.100", "Part": "sub-1"}


def test_an_address_with_its_mask_lies_in_the_subnet_beside_it() -> None:
    fixed = [{"subnet": {"get_param": "Part"}, "ip_address": {"str_split": ["/", {"get_param": "At"}, 0]}}]
    found = uses([{"resources": {"p": {"type": "OS::Neutron::Port", "properties": {"fixed_ips": fixed}}}}])
    facts = {**FACTS, "cidrs": {"sub-1": "10.250.4.0/22"}}
    values = Chooser(facts, {}, {}, found).choose(
        {"At": {"type": "string", "default": "10.0.0.9/24"}, "Part": {"type": "string"}}
    )
    assert values.chosen == {"At": "10.250.4.100/22", "Part": "sub-1"}


def test_a_template_with_a_router_of_its_own_stands_on_the_network_that_has_free_subnets() -> None:
    parameters = {"VpcId": {"type": "string"}, "SubnetId": {"type": "string"}}
    assert Chooser(FACTS, {}, {}, {}).choose(parameters).chosen == {"VpcId": "net-1", "SubnetId": "sub-1"}
    free = {"RoutedSubnetId": "free_subnet"}
    found = Chooser(FACTS, {}, {}, free).choose({**parameters, "RoutedSubnetId": {"type": "string"}}).chosen
    assert found == {"VpcId": "half", "SubnetId": "half-1", "RoutedSubnetId": "free-1"}


def test_subnets_whose_defaults_are_the_same_block_get_blocks_of_their_own() -> None:
    blocks = {"A": "10.10.10.0/24", "B": "10.10.11.0/24", "C": "10.10.10.0/24"}
    parameters = {name: {"type": "string", "default": block} for name, block in blocks.items()}
    assert Chooser(FACTS, {}, {}, dict.fromkeys("ABC", "cidr")).choose(parameters).chosen == {"C": "10.10.12.0/24"}


def test_a_next_hop_lies_in_a_subnet_of_its_router() -> None:
    routes = [{"destination": "0.0.0.0/0", "nexthop": {"get_param": "Hop"}}]
    resources = {
        "route": {"type": "OS::Neutron::ExtraRouteSet", "properties": {"router": {"get_resource": "r"}, "routes": routes}},
        "way": {
            "type": "OS::Neutron::RouterInterface",
            "properties": {"router": {"get_resource": "r"}, "subnet": {"get_param": "Part"}},
        },
    }
    facts = {**FACTS, "cidrs": {"free-1": "10.250.24.0/22"}}
    values = Chooser(facts, {}, {}, uses([{"resources": resources}])).choose({key: {"type": "string"} for key in ("Hop", "Part")})
    assert values.chosen == {"Hop": "10.250.24.100", "Part": "free-1"}


def test_what_is_encoded_is_other_text_inside_a_text_only() -> None:
    def read(value: Any) -> Any:
        return Source(json.dumps({"Parameters": {"Key": {"Type": "String"}}}), {"Key": "known"}, "s").value(value)

    inner = {"Fn::Base64": {"Ref": "Key"}}
    assert read({"Fn::Base64": {"Fn::Join": ["", ["<", inner, ">"]]}}) == Encoded("<a25vd24=>")


def test_of_files_that_an_address_may_mean_the_converted_one_counts(tmp_path: Path) -> None:
    for place in ("a/cluster", "b"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "one.yaml").touch()
    address = "https://example.org/cluster/one.yaml"
    assert find(tmp_path / "main.yaml", tmp_path, address) == tmp_path / "a/cluster/one.yaml"
    assert find(tmp_path / "main.yaml", tmp_path, address, [(tmp_path / "b/one.yaml").resolve()]) == tmp_path / "b/one.yaml"


def test_what_is_handed_on_is_what_its_last_reader_takes() -> None:
    record = {"type": "OS::Designate::RecordSet", "properties": {"type": "A", "records": [{"get_param": "Endpoint"}]}}
    front = {"outputs": {"Where": {"value": {"if": ["c", {"get_param": "Name"}, {"get_param": "Other"}]}}}}
    files = {"front.yaml": front, "zone.yaml": {"resources": {"r": record}}}
    main = {
        "resources": {
            "front": {"type": "front.yaml", "properties": {"Name": {"get_param": "front_Name"}}},
            "zone": {"type": "zone.yaml", "properties": {"Endpoint": {"if": ["d", {"get_attr": ["front", "Where"]}]}}},
        }
    }
    templates = [main, *files.values()]
    kinds = uses(templates)
    assert kinds == {"Endpoint": "address"}
    assert handed_on(templates, files, kinds) == dict.fromkeys(("Name", "Other", "front_Name"), "address")


def test_the_first_address_of_a_port_is_the_one_that_the_source_says() -> None:
    said = [{"PrivateIpAddress": "10.0.0.9", "Primary": True}, {"PrivateIpAddress": "10.0.0.8", "Primary": False}]
    resources = {
        "Web": {"Type": "AWS::EC2::Instance", "Properties": {"NetworkInterfaces": [{"NetworkInterfaceId": {"Ref": "Front"}}]}},
        "Front": {"Type": "AWS::EC2::NetworkInterface", "Properties": {"PrivateIpAddresses": said}},
    }
    ports = {
        "p1": {"device": "s", "addresses": [("n", "10.0.1.5")]},
        "p2": {"device": "s", "addresses": [("n", "10.0.0.8"), ("n", "10.0.0.9")]},
    }
    rows = [
        {"name": "Web", "type": "OS::Nova::Server", "id": "s", "stack": "main"},
        {"name": "Front", "type": "OS::Neutron::Port", "id": "p2", "stack": "main"},
    ]
    deployed = Deployed(Source(json.dumps({"Resources": resources}), {}, "s"), "main", rows, {"port": ports})
    assert (deployed.private("Web"), deployed.private("Front")) == ("10.0.0.9", "10.0.0.9")


def test_a_value_that_a_nested_template_does_not_allow() -> None:
    source = json.dumps({"Parameters": {"Size": {"Type": "String", "AllowedValues": [8.0, 7.4]}}})
    assert [Source(source, {"Size": given}, "s").refuses("Size") for given in ("8.1", "8.0")] == [True, False]


def test_addresses_in_full_tell_what_subnet_a_parameter_names() -> None:
    fixed = [{"subnet": {"get_param": "Part"}, "ip_address": "10.0.0.9"}, {"subnet": {"get_param": "Other"}}]
    template = {"resources": {"p": {"type": "OS::Neutron::Port", "properties": {"fixed_ips": fixed}}}}
    assert held([template]) == {"Part": ["10.0.0.9"]}


def test_a_value_that_nothing_fits_is_said() -> None:
    parameter = {"type": "number", "constraints": [{"allowed_values": ["many"]}]}
    values = Chooser(FACTS, {}, {}, {}).choose({"Size": parameter})
    assert list(values.missing) == ["Size"]


ROW: dict[str, Any] = {
    "name": "a/b.yaml",
    "resources": 3,
    "placeholders": {},
    "heat": [{"name": "x"}],
    "create": {"status": "CREATE_COMPLETE", "seconds": 4.2, "reason": "", "failures": []},
    "delete": {"status": "DELETE_COMPLETE", "seconds": 2.0, "reason": "", "failures": []},
    "agreed": {"flavor": 2},
    "differences": [],
    "announced": [],
    "open": 1,
    "left": {},
}


@pytest.mark.parametrize(
    "spoil",
    [
        {"create": {**ROW["create"], "status": "CREATE_FAILED"}},
        {"delete": {**ROW["delete"], "status": "DELETE_FAILED"}},
        {"differences": ["x: flavor: wanted 'a', found 'b'"]},
        {"left": {"volume": {"1": {}}}},
        {"heat": []},
    ],
)
def test_what_is_not_proved(spoil: dict[str, Any]) -> None:
    assert proved(ROW)
    row = {**ROW, **spoil}
    assert not proved(row)
    text = account({"a/b.yaml": row}, ["a/b.yaml", "c/d.yaml"], 0)
    assert "| proved | 0 |" in text
    assert "`c/d.yaml`: not reached" in text


def test_the_account_counts() -> None:
    text = account({"a/b.yaml": ROW}, ["a/b.yaml"], 1)
    assert "| `a/b.yaml` | 3 | 1 | 4 | 2 | 2 | 1 | 0 | 0 |" in text
    assert "| flavor | 2 |" in text


def test_the_sample_is_the_same_each_time(tmp_path: Path) -> None:
    live = {f"Q{number}": {"Type": "AWS::SQS::Queue"} for number in range(3)}
    lost = {f"F{number}": {"Type": "AWS::Lambda::Function", "Properties": {}} for number in range(3)}
    lines = []
    for number in range(6):
        resources = lost if number == 0 else {**live, f"Extra{number}": {"Type": "AWS::SNS::Topic"}}
        (tmp_path / f"{number}.json").write_text(json.dumps({"Resources": resources}))
        lines.append({"repo": "", "path": f"{number}.json", "kind": "real", "resources": len(resources)})
    kinds = tmp_path / "kinds.jsonl"
    kinds.write_text("".join(json.dumps(line) + "\n" for line in lines))
    first, again = (list(drawn(tmp_path, kinds, 3, 7, {("", "1.json")})) for _ in range(2))
    assert first == again
    assert len(first) == 3
    assert not {"0.json", "1.json"} & {str(entry["path"]) for entry in first}
