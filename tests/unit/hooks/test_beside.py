"""Networks beside subnets: what a nested template asks for is answered where its subnets come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cfn2heat.api import Settings, convert
from tests.translating import load_hot, table

NETWORK = """
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Sub: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.1.0/24}}
Outputs:
  Part: {Value: !Ref Sub}
  Parts: {Value: !Join [",", [!Ref Sub]]}
  %s
"""
AROUND = """
Resources:
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: network.yaml}}
Outputs:
  Part: {Value: !GetAtt Inner.Outputs.Part}
  Whole: {Value: !GetAtt Inner.Outputs.Net}
"""
SERVER = """
Parameters: {Place: {Type: "AWS::EC2::Subnet::Id"}}
Resources:
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Place, PrivateIpAddress: 10.0.1.9}}
"""
DATABASE = """
Parameters: {Places: {Type: "List<AWS::EC2::Subnet::Id>"}}
Resources:
  Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: g, SubnetIds: !Ref Places}}
  Data:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: mysql, DBInstanceClass: db.t3.small, AllocatedStorage: 20, DBSubnetGroupName: !Ref Group,
      MasterUsername: someone, MasterUserPassword: not-a-secret}
"""
MIDDLE = """
Parameters: {Where: {Type: "AWS::EC2::Subnet::Id"}}
Resources:
  Server: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: server.yaml, Parameters: {Place: !Ref Where}}}
"""
MAIN = """
Resources:
  Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s, Parameters: {%s}}}
"""
NET = "Net: {Value: !Ref Net}"


def nested(folder: Path, network: str, template: str, parameters: str, output: str = NET) -> dict[str, Any]:
    """What the outer template hands to its nested stack."""
    texts = {"network": NETWORK % output, "around": AROUND, "server": SERVER, "database": DATABASE, "middle": MIDDLE}
    for name, text in {**texts, "main": MAIN % (network, template, parameters)}.items():
        (folder / f"{name}.yaml").write_text(text)
    converted = convert(folder / "main.yaml", Settings(table()))[0]
    found: dict[str, Any] = load_hot(converted.files["main.yaml"])["resources"]["Nested"]["properties"]
    return found


@pytest.mark.parametrize(
    ("network", "template", "parameters", "name", "output"),
    [
        ("network.yaml", "server.yaml", "Place: !GetAtt Network.Outputs.Part", "Place_network", "Net"),
        (
            "network.yaml",
            "server.yaml",
            'Place: !Select [0, !Split [",", !GetAtt Network.Outputs.Parts]]',
            "Place_network",
            "Net",
        ),
        ("network.yaml", "database.yaml", "Places: !GetAtt Network.Outputs.Parts", "Group_network", "Net"),
        ("network.yaml", "middle.yaml", "Where: !GetAtt Network.Outputs.Part", "Server_Place_network", "Net"),
        ("around.yaml", "server.yaml", "Place: !GetAtt Network.Outputs.Part", "Place_network", "Whole"),
    ],
)
def test_the_network_comes_from_where_the_subnets_come_from(
    tmp_path: Path, network: str, template: str, parameters: str, name: str, output: str
) -> None:
    assert nested(tmp_path, network, template, parameters)[name] == {"get_attr": ["Network", output]}


@pytest.mark.parametrize("output", ["Other: {Value: !Ref Sub}", 'Net: {Value: !Join ["", [!Ref Net, /x]]}'])
def test_a_network_that_no_output_holds_is_asked_for(tmp_path: Path, output: str) -> None:
    found = nested(tmp_path, "network.yaml", "server.yaml", "Place: !GetAtt Network.Outputs.Part", output)
    assert found["Place_network"] == {"get_param": "Nested_Place_network"}


def test_a_subnet_of_the_outer_template_tells_its_network(tmp_path: Path) -> None:
    nested = (
        "  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: server.yaml, Parameters: {Place: !Ref Sub}}}\n"
    )
    (tmp_path / "server.yaml").write_text(SERVER)
    (tmp_path / "main.yaml").write_text(NETWORK.partition("Outputs:")[0] + nested)
    data = load_hot(convert(tmp_path / "main.yaml", Settings(table()))[0].files["main.yaml"])
    assert data["resources"]["Nested"]["properties"]["Place_network"] == {"get_resource": "Net"}
