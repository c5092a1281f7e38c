"""The catalog of AWS types."""

import importlib.util
from pathlib import Path

import pytest

from cfn2heat.cfn import catalog

ROOT = Path(__file__).parents[3]


def test_what_a_type_has():
    found = catalog.lookup("AWS::RDS::DBInstance")
    assert {"Engine", "VPCSecurityGroups"} <= found.properties.keys()
    assert {"Endpoint.Address", "DBInstanceArn"} <= set(found.attributes)
    assert {"Endpoint", "DBInstanceArn"} <= found.outputs.keys()
    assert not found.outputs.keys() & found.properties.keys()
    assert catalog.lookup("AWS::EC2::Subnet").required == ("VpcId",)
    assert catalog.lookup("AWS::EC2::Instance").identifier == ("InstanceId",)


def test_members_are_found_through_definitions_and_lists():
    found = catalog.lookup("AWS::EC2::Instance")
    assert found.find("NetworkInterfaces", "PrivateIpAddresses", "Primary") == "boolean"
    assert found.find("BlockDeviceMappings", "Ebs", "VolumeSize") == "integer"
    assert found.find("BlockDeviceMappings", "Ebbs") is None
    assert found.find("KeyName", "Inside") is None
    assert found.find("Nothing", "Inside") is None
    assert found.members(found.properties["Tags"]).keys() == {"Key", "Value"}
    assert found.members("json") is None


def test_definitions_may_hold_themselves():
    found = catalog.lookup("AWS::WAFv2::WebACL")
    statement = found.find("Rules", "Statement", "NotStatement", "Statement", "NotStatement", "Statement")
    assert "NotStatement" in found.members(statement)


def test_every_shape_of_every_type_can_be_followed():
    for name in catalog.names():
        found = catalog.lookup(name)
        for shape in (*found.properties.values(), *found.outputs.values(), *found.definitions.values()):
            found.members(shape)


def test_types_of_all_regions_and_of_sam():
    names = catalog.names()
    assert len(names) > 1800
    assert {"AWS::EC2::VPC", "Alexa::ASK::Skill", "AWS::Serverless::Function"} <= set(names)
    assert catalog.lookup("AWS::Nothing::Here") is None


def test_the_snapshot_is_what_the_installed_schemas_say():
    pytest.importorskip("cfnlint", reason="the generator reads the schemas of cfn-lint")
    spec = importlib.util.spec_from_file_location("generate_aws_catalog", ROOT / "scripts" / "generate_aws_catalog.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    from importlib.metadata import version

    if catalog.origin() != f"cfn-lint {version('cfn-lint')}":
        pytest.skip(f"the snapshot is of {catalog.origin()}, another one is installed")
    assert script.generate() == script.TARGET.read_bytes(), "stale: run scripts/generate_aws_catalog.py"
