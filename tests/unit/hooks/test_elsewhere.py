"""Subnets of nested stacks that others put on route tables: one router has them, and it is not that of their VPC."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cfn2heat.api import Conversion, Settings
from tests.translating import load_hot, table

NETWORK = """
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Way: {Type: AWS::EC2::InternetGateway}
  There: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Net, InternetGatewayId: !Ref Way}}
  Inner: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.1.0/24}}
  Other: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.2.0/24}}
Outputs:
  Net: {Value: !Ref Net}
  Inner: {Value: !Ref Inner}
  Other: {Value: !Ref Other}
"""
ASSOCIATES = """
Parameters:
  Part: {Type: "AWS::EC2::Subnet::Id"}
  Table: {Type: String, Default: ""}
Conditions: {Given: !Not [!Equals [!Ref Table, ""]]}
Resources:
  OnIt:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Condition: Given
    Properties: {SubnetId: !Ref Part, RouteTableId: !Ref Table}
"""
HANDS_ON = """
Parameters: {Where: {Type: "AWS::EC2::Subnet::Id"}, Way: {Type: String}}
Resources:
  Deeper:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: associates.yaml, Parameters: {Part: !Ref Where, Table: !Ref Way}}
"""
MAIN = """
Resources:
  Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: network.yaml}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !GetAtt Network.Outputs.Net}}
"""
STACK = "  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s, Parameters: {%s}}}\n"
OWN = """  OnIt:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !GetAtt Network.Outputs.Inner, RouteTableId: !Ref Table}
"""
PART, WHERE = "!GetAtt Network.Outputs.Inner", "!Ref Table"


def converted(folder: Path, more: str, *also: str) -> dict[str, dict[str, Any]]:
    """The written resources by file, after these templates were converted by themselves."""
    texts = {"network": NETWORK, "associates": ASSOCIATES, "hands_on": HANDS_ON, "main": MAIN + more}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    conversion = Conversion(Settings(table()))
    found = [result for name in (*also, "main.yaml") for result in conversion.convert(folder / name)]
    files = {name: text for result in found for name, text in result.files.items() if not name.endswith(".env.yaml")}
    return {name: load_hot(text)["resources"] for name, text in files.items()}


@pytest.mark.parametrize(
    "more",
    [
        OWN,
        STACK % ("associates.yaml", f"Part: {PART}, Table: {WHERE}"),
        STACK % ("hands_on.yaml", f"Where: {PART}, Way: {WHERE}"),
    ],
)
def test_a_subnet_that_others_associate_is_left_to_them(tmp_path: Path, more: str) -> None:
    found = converted(tmp_path, more)
    assert "Inner_interface" not in found["network.yaml"]
    assert "Other_interface" in found["network.yaml"]


@pytest.mark.parametrize(
    "more",
    [
        STACK % ("associates.yaml", f"Part: {PART}"),
        STACK % ("network.yaml", ""),
        OWN.replace("Properties", "Condition: Never\n    Properties") + "Conditions: {Never: !Equals [a, b]}\n",
        OWN + "  Twin: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: network.yaml}}\n",
    ],
)
def test_a_subnet_that_may_be_left_by_all_stays_on_its_own_router(tmp_path: Path, more: str) -> None:
    assert "Inner_interface" in converted(tmp_path, more)["network.yaml"]


def test_who_converts_the_nested_template_by_itself_gets_it_whole(tmp_path: Path) -> None:
    found = converted(tmp_path, OWN, "network.yaml")
    assert "Inner_interface" in found["network.yaml"]
    assert "Inner_interface" not in found["network-2.yaml"]
    assert found["main.yaml"]["Network"]["type"] == "network-2.yaml"


def test_who_is_told_the_table_finds_its_subnets_on_it(tmp_path: Path) -> None:
    found = converted(tmp_path, OWN + STACK % ("associates.yaml", f"Part: !GetAtt Network.Outputs.Other, Table: {WHERE}"))
    assert found["main.yaml"]["Nested"]["depends_on"] == "OnIt"
    assert found["main.yaml"]["OnIt"]["properties"]["subnet"] == {"get_attr": ["Network", "Inner"]}


def test_who_makes_the_subnet_does_not_wait_for_it(tmp_path: Path) -> None:
    own = OWN.replace("Network.Outputs", "Nested.Outputs")
    found = converted(tmp_path, own + STACK % ("network.yaml", "Table: !Ref Table"))
    assert "depends_on" not in found["main.yaml"]["Nested"]
