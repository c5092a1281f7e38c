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
