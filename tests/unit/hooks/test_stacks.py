"""Nested stacks: their files as types, what is handed to them, what is read from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cfn2heat.api import Settings, convert
from cfn2heat.translate.result import Converted
from tests.translating import convert_text, load_hot, table, written

CHILD = """
Parameters:
  Cidr: {Type: String}
  Count: {Type: Number, Default: 1}
  Names: {Type: String, Default: ""}
  Size: {Type: String, Default: t3.micro, AllowedValues: [t3.micro, t3.small]}
  Key: {Type: "AWS::EC2::KeyPair::KeyName"}
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}
  Sub: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: !Ref Cidr}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, InstanceType: !Ref Size, KeyName: !Ref Key}}
  Function: {Type: "AWS::Lambda::Function", Properties: {}}
Outputs:
  Vpc: {Value: !Ref Net}
  Made: {Value: !GetAtt Function.Arn}
"""


def convert_parent(folder: Path, text: str) -> list[Converted]:
    """A template beside its nested one."""
    (folder / "child.yaml").write_text(CHILD)
    (folder / "parent.yaml").write_text(text)
    return convert(folder / "parent.yaml", Settings(table()))


def stack(folder: Path, parameters: str, more: str = "") -> tuple[dict[str, Any], Converted]:
    """The outer template with one nested stack, as data, and the conversion."""
    url = "https://example.org/templates/child.yaml"
    text = f"""
Parameters:
  Names: {{Type: CommaDelimitedList}}
  Given: {{Type: String}}
Conditions:
  Big: !Equals [!Ref Given, big]
Resources:
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties: {{TemplateURL: "{url}", Parameters: {{Key: admin, {parameters}}}}}
{more}
"""
    converted = convert_parent(folder, text)[0]
    return load_hot(converted.files["parent.yaml"]), converted


def test_the_file_is_the_type(tmp_path: Path) -> None:
    data, converted = stack(tmp_path, "Cidr: 10.0.0.0/16, Count: '2'", "Outputs: {Vpc: {Value: !GetAtt Nested.Outputs.Vpc}}")
    nested = data["resources"]["Nested"]
    assert nested["type"] == "child.yaml"
    assert nested["properties"]["Cidr"] == "10.0.0.0/16"
    assert nested["properties"]["flavors"] == {"get_param": "flavors"}
    assert data["parameters"]["flavors"]["default"] == {"t3.micro": "t3.micro", "t3.small": "t3.small"}
    assert data["outputs"]["Vpc"]["value"] == {"get_attr": ["Nested", "Vpc"]}
    assert not [found for found in converted.diagnostics if found.code == "C2H3004"]


def test_holes_of_the_nested_template_are_asked_for_outside(tmp_path: Path) -> None:
    data, _ = stack(tmp_path, "Cidr: 10.0.0.0/16")
    assert data["resources"]["Nested"]["properties"]["Function_Arn"] == {"get_param": "Nested_Function_Arn"}
    assert "default" not in data["parameters"]["Nested_Function_Arn"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Names: !Ref Names", {"list_join": [",", {"get_param": "Names"}]}),
        ("Names: true", "true"),
        ("Names: !If [Big, 5, !Ref AWS::NoValue]", {"if": ["Big", "5"]}),
    ],
)
def test_arguments_are_texts(tmp_path: Path, given: str, wanted: Any) -> None:
    data, _ = stack(tmp_path, f"Cidr: 10.0.0.0/16, {given}")
    assert data["resources"]["Nested"]["properties"]["Names"] == wanted


def test_a_value_that_the_nested_template_refuses_is_said(tmp_path: Path) -> None:
    data, converted = stack(tmp_path, "Cidr: 10.0.0.0/16, Size: m5.large, Unheard: x")
    assert "Size" not in data["resources"]["Nested"]["properties"]
    lost = {found.subject: found.severity.word for found in converted.diagnostics if found.code == "C2H3001"}
    assert lost["Nested.Properties.Parameters.Size"] == "error"
    assert lost["Nested.Properties.Parameters.Unheard"] == "note"


def test_what_the_nested_template_demands_is_demanded_outside(tmp_path: Path) -> None:
    data, _ = stack(tmp_path, "Cidr: !Ref Given")
    assert {"custom_constraint": "net_cidr"} in data["parameters"]["Given"]["constraints"]


def test_without_the_file_outputs_are_asked_for() -> None:
    text = """
Resources:
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://example.org/none.yaml}}
  Inside: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: !GetAtt Nested.Outputs.Words}}
"""
    converted = convert_text(text)
    data = written(converted)
    assert list(data["resources"]) == ["Inside"]
    assert data["resources"]["Inside"]["properties"]["description"] == {"get_param": "Nested_Outputs_Words"}
    assert ("C2H3004", "Nested", "error") in {(found.code, found.subject, found.severity.word) for found in converted.diagnostics}


@pytest.mark.parametrize(("given", "wanted"), [("60", 60), ("'86400'", 43200), ("0", 1)])
def test_the_limits_of_a_wait(given: str, wanted: int) -> None:
    text = f"""
Resources:
  Ready: {{Type: AWS::CloudFormation::WaitConditionHandle}}
  Wait: {{Type: AWS::CloudFormation::WaitCondition, Properties: {{Handle: !Ref Ready, Timeout: {given}}}}}
"""
    assert written(convert_text(text))["resources"]["Wait"]["properties"]["Timeout"] == wanted
