"""What is said to be refused is refused by the engine, and what it takes is not spoken of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.engine import Engine
from tests.oracle.test_emitted import GOLDENS, VERSIONS, convert_file
from tests.test_mapping_examples import examples
from tests.translating import convert_data, convert_text

NET = "Resources:\n  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"
CONFIG = "  Config: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {ImageId: i, InstanceType: t3.small}}\n"
GROUP = "  Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {LaunchConfigurationName: !Ref Config, %s}}\n"
REFUSED = {
    "sizes": CONFIG + GROUP % "MinSize: 5, MaxSize: 2",
    "no network": "  Sub: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.0.x}}\n",
    "a length": "  Word: {Type: OS::Heat::RandomString, Properties: {length: 513}}\n",
    "two ways to an address": "  Port: {Type: OS::Neutron::Port, Properties: {network: n, "
    "fixed_ips: [{subnet: s}], no_fixed_ips: true}}\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_said_to_be_refused(name: str, heat: Engine) -> None:
    converted = convert_text(NET + REFUSED[name])
    assert converted.translation is not None
    assert converted.translation.refused
    assert heat.errors(converted.files["template.yaml"], converted.files)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("parameter", [pytest.param(parameter.values, id=parameter.id) for parameter in examples()])
def test_examples_hold(parameter: tuple[Any, dict[str, Any]], version: str) -> None:
    _, example = parameter
    source = example["cfn"] if "Resources" in example["cfn"] else {"Resources": {"Example": example["cfn"]}}
    converted = convert_data(source, example.get("site"), heat_version=version)
    assert converted.translation is not None
    assert converted.translation.refused == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", [pytest.param(path, id=path.parent.name) for path in GOLDENS])
def test_templates_hold(path: Any, version: str) -> None:
    for converted in convert_file(path, version):
        assert converted.translation is not None
        assert converted.translation.refused == []
