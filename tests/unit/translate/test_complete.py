"""What Heat must have and the source does not say is asked for."""

from __future__ import annotations

from typing import Any

from cfn2heat.hot.check import check_text
from cfn2heat.translate.result import Converted
from tests.translating import convert_data, written


def convert(type_name: str, properties: dict[str, Any]) -> Converted:
    """One resource."""
    return convert_data(
        {
            "Parameters": {"Text": {"Type": "String", "Default": "x"}, "Words": {"Type": "CommaDelimitedList", "Default": "a,b"}},
            "Conditions": {"Yes": {"Fn::Equals": [{"Ref": "Text"}, "x"]}},
            "Resources": {"R": {"Type": type_name, "Properties": properties}},
        }
    )


def asked(converted: Converted) -> list[str]:
    """Subjects of what is asked for; what is written holds."""
    text = next(iter(converted.files.values()))
    assert [one for one in check_text(text, "a.yaml") if one.severity.word == "error"] == []
    return [one.subject for one in converted.diagnostics if one.code == "C2H3006"]


def test_what_is_missing() -> None:
    converted = convert("AWS::EC2::Subnet", {"CidrBlock": "10.0.0.0/24"})
    assert asked(converted) == ["R.network"]
    assert written(converted)["resources"]["R"]["properties"]["network"] == {"get_param": "R_network"}


def test_what_is_of_another_type() -> None:
    assert asked(convert("AWS::SNS::Topic", {"TopicName": {"Ref": "Words"}})) == ["R.name"]
    assert asked(convert("AWS::SNS::Topic", {"TopicName": {"Ref": "Text"}})) == []
    assert asked(
        convert(
            "AWS::RDS::DBInstance",
            {"DBInstanceClass": "db.t3.small", "Engine": "mysql", "EngineVersion": "8.0", "AllocatedStorage": "x"},
        )
    ) == ["R.size"]
    assert asked(
        convert(
            "AWS::RDS::DBInstance",
            {"DBInstanceClass": "db.t3.small", "Engine": "mysql", "EngineVersion": "8.0", "AllocatedStorage": {"Ref": "Text"}},
        )
    ) == ["R.size"]
    assert asked(
        convert(
            "AWS::RDS::DBInstance",
            {
                "DBInstanceClass": "db.t3.small",
                "Engine": "mysql",
                "EngineVersion": "8.0",
                "AllocatedStorage": {"Fn::If": ["Yes", "10", ["x", "y"]]},
            },
        )
    ) == ["R.size"]


def test_what_is_left_out_under_a_condition() -> None:
    vpc = {"Fn::If": ["Yes", {"Ref": "Text"}, {"Ref": "AWS::NoValue"}]}
    converted = convert("AWS::EC2::Subnet", {"CidrBlock": "10.0.0.0/24", "VpcId": vpc})
    assert asked(converted) == ["R.network"]
    assert written(converted)["resources"]["R"]["properties"]["network"] == {
        "if": ["Yes", {"get_param": "Text"}, {"get_param": "R_network"}]
    }


def test_of_some_one_must_be_there() -> None:
    converted = convert("AWS::EC2::Volume", {"AvailabilityZone": "a"})
    assert asked(converted) == ["R.size"]
    assert written(converted)["resources"]["R"]["properties"]["size"] == {"get_param": "R_size"}
    choice = {"Fn::If": ["Yes", 10, {"Ref": "AWS::NoValue"}]}
    converted = convert("AWS::EC2::Volume", {"Size": choice})
    assert asked(converted) == ["R.size"]
    assert written(converted)["resources"]["R"]["properties"]["size"] == {"if": ["Yes", 10, {"get_param": "R_size"}]}
    assert asked(convert("AWS::EC2::Volume", {"Size": choice, "SnapshotId": "snap-1"})) == []


def test_lists_inside_of_properties_are_of_another_type_too() -> None:
    properties = {
        "Engine": "mysql",
        "DBName": "app",
        "MasterUsername": "app",
        "MasterUserPassword": {"Ref": "Words"},
        "AllocatedStorage": 5,
    }
    converted = convert("AWS::RDS::DBInstance", {**properties, "DBInstanceClass": "db.t3.small"})
    assert asked(converted) == ["R.users[0].password"]
    assert written(converted)["resources"]["R"]["properties"]["users"][0]["password"] == {"get_param": "R_users_0_password"}
    assert written(converted)["parameters"]["R_users_0_password"]["type"] == "string"
