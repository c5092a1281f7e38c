"""What is written is held against the catalog: what does not hold is said at its place in the source, and counted at the head."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfn2heat.api import Settings, convert
from cfn2heat.diagnostics import Diagnostic, Severity
from cfn2heat.translate.result import Converted
from tests.translating import convert_text, table

NET = "  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"
GROUP = """
Parameters:
  Least: {Type: Number, Default: 5}
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      LaunchConfigurationName: !Ref Config
      MinSize: !Ref Least
      MaxSize: 2
      AvailabilityZones: [a]
  Config:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: i, InstanceType: t3.small}
"""


def refusals(converted: Converted) -> list[Diagnostic]:
    """What was said of the written template."""
    return [found for found in converted.diagnostics if found.code.startswith("C2H4")]


def test_what_holds_is_not_spoken_of() -> None:
    converted = convert_text("Resources:\n" + NET)
    assert refusals(converted) == []
    assert "Heat refuses" not in converted.files["template.yaml"]


def test_a_refusal_is_an_error_at_the_leaf_that_it_comes_from() -> None:
    converted = convert_text(GROUP)
    (found,) = refusals(converted)
    assert (found.code, found.severity) == ("C2H4025", Severity.ERROR)
    assert found.subject == "Group.Properties.MinSize"
    assert (found.span.file, found.span.line) == ("template.yaml", 9)
    assert found.message.startswith("Heat refuses resources.Group.properties.min_size: min_size is 5, more than max_size")
    assert "# Heat refuses 1 place of it: resources.Group.properties.min_size." in converted.files["template.yaml"]


def test_each_place_is_counted_and_has_its_own() -> None:
    text = "Resources:\n" + NET
    text += "".join(
        f"  Sub{number}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Net, CidrBlock: 10.0.{number}.x}}}}\n"
        for number in (1, 2)
    )
    converted = convert_text(text)
    assert [(found.code, found.subject, found.span.line) for found in refusals(converted)] == [
        ("C2H4010", "Sub1.Properties.CidrBlock", 3),
        ("C2H4010", "Sub2.Properties.CidrBlock", 4),
    ]
    assert "# Heat refuses 2 places of it: resources.Sub1.properties.cidr," in converted.files["template.yaml"]


@pytest.mark.parametrize(
    ("resource", "wanted"),
    [
        ("{Type: OS::Heat::HARestarter, Properties: {InstanceId: x}}", [("C2H4021", Severity.WARNING)]),
        ("{Type: OS::Heat::RandomString, Properties: {length: 513}}", [("C2H4010", Severity.ERROR)]),
        ("{Type: OS::Nova::KeyPair, Properties: {name: k}}", [("C2H4022", Severity.WARNING)]),
        (
            "{Type: OS::Neutron::Port, Properties: {network: n, fixed_ips: [{subnet: s}], no_fixed_ips: true}}",
            [("C2H4025", Severity.ERROR)],
        ),
        ("{Type: OS::Neutron::Subnet, Properties: {network_id: n, cidr: 10.0.0.0/24}}", []),
    ],
)
def test_types_of_heat_in_the_source_are_held_against_it_too(resource: str, wanted: list[tuple[str, Severity]]) -> None:
    converted = convert_text(f"Resources:\n  Thing: {resource}\n")
    assert [(found.code, found.severity) for found in refusals(converted)] == wanted


def test_what_the_table_chose_is_not_called_old() -> None:
    """A route of a table to a gateway elsewhere becomes a type that Heat hides, for want of another that would do."""
    text = """
Parameters: {Table: {Type: String}, Gateway: {Type: String}}
Resources:
  Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
"""
    converted = convert_text(text)
    assert "OS::Neutron::RouterGateway" in converted.files["template.yaml"]
    assert refusals(converted) == []


def test_parameters_have_their_places_and_their_secrets() -> None:
    converted = convert_text("Parameters:\n  P: {Type: Number, NoEcho: true, Default: hunter2}\nResources:\n" + NET)
    (found,) = refusals(converted)
    assert (found.code, found.severity, found.subject, found.span.line) == ("C2H4019", Severity.ERROR, "P", 2)
    assert "parameters.P.default" in found.message
    assert "hunter2" not in found.message


def test_files_of_members_are_held_too(tmp_path: Path) -> None:
    """The members of a group behind a load balancer are a file of their own: what is wrong there is said at the group."""
    text = """
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      LaunchConfigurationName: !Ref Config
      MinSize: 1
      MaxSize: 2
      AvailabilityZones: [a]
      LoadBalancerNames: [!Ref Balancer]
  Balancer:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties: {Listeners: [{LoadBalancerPort: 80, InstancePort: 80, Protocol: HTTP}], AvailabilityZones: [a]}
  Config:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties:
      ImageId: i
      InstanceType: t3.small
      BlockDeviceMappings: [{DeviceName: /dev/sdb, Ebs: {VolumeSize: big}}]
"""
    (tmp_path / "web.yaml").write_text(text)
    (converted,) = convert(tmp_path / "web.yaml", Settings(table()))
    (found,) = refusals(converted)
    assert (found.code, found.severity, found.subject, found.span.line) == ("C2H4009", Severity.ERROR, "Group", 3)
    assert "resources.Config_sdb.properties.size of web-Group-member.yaml" in found.message


@pytest.mark.parametrize(
    ("more", "resource"),
    [
        ("", "{Type: OS::Cinder::Volume, Properties: {size: !Ref Secret}}"),
        ("", "{Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: !Ref Secret}}"),
        (", MinLength: 20", "{Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Secret}}"),
        (", AllowedPattern: '[0-9]+'", "{Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Secret}}"),
    ],
)
def test_a_secret_is_not_said(more: str, resource: str) -> None:
    text = (
        f"Parameters:\n  Secret: {{Type: String, NoEcho: true, Default: hunter2{more}}}\nResources:\n{NET}  Thing: {resource}\n"
    )
    converted = convert_text(text)
    assert [str(found) for found in converted.diagnostics if "hunter2" in str(found)] == []
    written = [line for file in converted.files.values() for line in file.splitlines() if "hunter2" in line]
    assert written in ([], ["    default: hunter2"])


def test_nested_templates_at_hand_are_known(tmp_path: Path) -> None:
    child = "Parameters: {Cidr: {Type: String}}\nResources:\n  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}\n"
    (tmp_path / "child.yaml").write_text(child + "Outputs: {Vpc: {Value: !Ref Net}}\n")
    text = """
Resources:
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yaml, Parameters: {Cidr: 10.0.0.0/16}}}
  Missing: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./missing.yaml, Parameters: {Cidr: x}}}
Outputs:
  Vpc: {Value: !GetAtt Nested.Outputs.Vpc}
  Id: {Value: !GetAtt Missing.Outputs.Id}
"""
    (tmp_path / "parent.yaml").write_text(text)
    assert [refusals(one) for one in convert(tmp_path / "parent.yaml", Settings(table()))] == [[], []]
