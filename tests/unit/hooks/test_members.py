"""What the members of a scaling group are made of: written into the group, or a file of their own."""

from __future__ import annotations

from typing import Any

import pytest

from cfn2heat.translate.result import Converted
from tests.translating import convert_text, load_hot, written

HEAD = """
Parameters:
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
  Subnet: {Type: "AWS::EC2::Subnet::Id"}
  Vpc: {Type: "AWS::EC2::VPC::Id"}
  Text: {Type: String, Default: "true"}
Conditions:
  Big: !Equals [!Ref Text, big]
Resources:
  Small:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-1, InstanceType: t3.micro}
  Large:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-1, InstanceType: m5.large, KeyName: admin}
  Public:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-1, InstanceType: t3.micro, AssociatePublicIpAddress: !Ref Text}
  Disks:
    Type: AWS::AutoScaling::LaunchConfiguration
    Metadata: {Note: !Ref Text}
    Properties: {ImageId: ami-1, InstanceType: t3.micro, BlockDeviceMappings: [{DeviceName: /dev/sdf, Ebs: {VolumeSize: 5}}]}
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Condition: Big
    Properties: {Port: 8080, Protocol: HTTP, VpcId: !Ref Vpc}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 1
      MaxSize: 2
"""


def convert(*lines: str) -> Converted:
    """The group with further properties."""
    return convert_text(HEAD + "".join(f"      {line}\n" for line in lines))


def member(*lines: str) -> dict[str, Any]:
    """What the group says of its members."""
    found: dict[str, Any] = written(convert(*lines))["resources"]["Group"]["properties"]["resource"]
    return found


def nested(*lines: str) -> dict[str, Any]:
    """The members' own file."""
    files = convert(*lines).files
    return load_hot(next(text for name, text in files.items() if name.endswith("-member.yaml")))


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("!Ref Subnets", {"get_param": ["Subnets", 0]}),
        ("[!Ref Subnets]", {"get_param": ["Subnets", 0]}),
        ("[!Ref Subnet, subnet-2]", {"get_param": "Subnet"}),
        ("[!Join [',', [!Ref Subnet, subnet-2]]]", {"get_param": "Subnet"}),
        ("'subnet-1, subnet-2'", "subnet-1"),
        ("!Split [',', !Ref Text]", {"str_split": [",", {"get_param": "Text"}, 0]}),
        ("!If [Big, !Ref Subnets, [!Ref Subnet]]", {"if": ["Big", {"get_param": ["Subnets", 0]}, {"get_param": "Subnet"}]}),
        ("[!If [Big, !Ref AWS::NoValue, subnet-1], subnet-2]", {"if": [{"not": "Big"}, "subnet-1"]}),
    ],
)
def test_the_first_subnet(given: str, place: Any) -> None:
    found = member("LaunchConfigurationName: !Ref Small", f"VPCZoneIdentifier: {given}")
    assert found["properties"]["networks"] == [{"subnet": place}]


def test_a_condition_chooses_between_configurations() -> None:
    properties = member("LaunchConfigurationName: !If [Big, !Ref Large, !Ref Small]")["properties"]
    flavors = [{"get_param": ["flavors", "m5.large"]}, {"get_param": ["flavors", "t3.micro"]}]
    assert properties["flavor"] == {"if": ["Big", *flavors]}
    assert properties["key_name"] == {"if": ["Big", "admin"]}
    assert properties["image"] == {"get_param": ["images", "ami-1"]}


def test_the_first_override_of_a_mixed_policy_holds() -> None:
    text = """
      MixedInstancesPolicy:
        LaunchTemplate:
          LaunchTemplateSpecification: {LaunchTemplateId: !Ref Template, Version: 1}
          Overrides: [{InstanceType: m5.large, WeightedCapacity: 2}, {InstanceType: m5.xlarge}]
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {ImageId: ami-1, InstanceType: t3.micro}}
"""
    converted = convert_text(HEAD + text)
    properties = written(converted)["resources"]["Group"]["properties"]["resource"]["properties"]
    assert properties["flavor"] == {"get_param": ["flavors", "m5.large"]}
    lost = {found.subject.rsplit(".", 1)[-1] for found in converted.diagnostics if found.code == "C2H3001"}
    assert {"Overrides[1]", "WeightedCapacity"} <= lost


def test_a_public_address_under_a_condition() -> None:
    lines = "LaunchConfigurationName: !Ref Public", "VPCZoneIdentifier: [!Ref Subnet]"
    template = nested(*lines)
    assert template["resources"]["public_ip"]["condition"] == "Group_is_public"
    assert template["conditions"] == {"Group_is_public": {"equals": [{"get_param": "Group_is_public"}, True]}}
    assert template["resources"]["public_ip"]["properties"]["port_id"] == {"get_resource": "port"}
    outer = written(convert(*lines))
    assert outer["conditions"]["Group_is_public"] == {"equals": [{"get_param": "Text"}, "true"]}
    arguments = outer["resources"]["Group"]["properties"]["resource"]["properties"]
    assert arguments["Group_is_public"] == {"if": ["Group_is_public", True, False]}


def test_a_pool_that_a_condition_makes() -> None:
    lines = (
        "LaunchConfigurationName: !Ref Small",
        "VPCZoneIdentifier: [!Ref Subnet]",
        "TargetGroupARNs: [!If [Big, !Ref Targets, !Ref AWS::NoValue]]",
    )
    template = nested(*lines)
    entry = template["resources"]["member"]
    assert entry["condition"] == "Big"
    assert entry["properties"]["pool"] == {"get_param": "Targets"}
    assert entry["properties"]["protocol_port"] == 8080
    assert entry["properties"]["address"] == {"get_attr": ["port", "fixed_ips", 0, "ip_address"]}
    assert template["outputs"] == {"OS::stack_id": {"value": {"get_resource": "server"}}}
    arguments = member(*lines)["properties"]
    assert arguments["Targets"] == {"if": ["Big", {"get_resource": "Targets"}, ""]}


def test_a_pool_from_elsewhere_may_be_empty() -> None:
    lines = "LaunchConfigurationName: !Ref Small", "TargetGroupARNs: !Split [',', !Ref Text]"
    template = nested(*lines)
    assert template["resources"]["member"]["condition"] == "in_pool"
    assert template["conditions"]["in_pool"] == {"not": {"equals": [{"get_param": "pool"}, ""]}}
    assert template["parameters"]["pool"]["default"] == ""
    assert member(*lines)["properties"]["pool"] == {"str_split": [",", {"get_param": "Text"}, 0]}


def test_volumes_and_metadata_go_with_the_member() -> None:
    template = nested("LaunchConfigurationName: !Ref Disks")
    volume = next(name for name, resource in template["resources"].items() if resource["type"] == "OS::Cinder::Volume")
    devices = template["resources"]["server"]["properties"]["block_device_mapping_v2"]
    assert {"get_resource": volume} in [device.get("volume_id") for device in devices]
    assert volume not in template["parameters"]
    assert template["resources"]["server"]["metadata"] == {"Note": {"get_param": "Text"}}
