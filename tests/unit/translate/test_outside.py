"""Ids of things in an AWS account: a parameter asks for what stands there."""

from __future__ import annotations

from typing import Any

from cfn2heat.report.document import report
from cfn2heat.translate.result import Converted
from tests.translating import convert_data, written

SUBNET, GROUP, IMAGE = "subnet-096fd06d", "sg-0123456789abcdef0", "ami-0123456789abcdef0"


def server(**properties: Any) -> dict[str, Any]:
    """A server, as a resource of the source."""
    return {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": IMAGE, "InstanceType": "t3.small", **properties}}


def said(converted: Converted) -> list[str]:
    """Where ids of AWS are said to stand."""
    return [one.subject for one in converted.diagnostics if one.code == "C2H3009"]


def test_an_id_is_asked_for_once_wherever_it_stands() -> None:
    front = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Scheme": "internal", "Subnets": [SUBNET]}}
    converted = convert_data({"Resources": {"Web": server(SubnetId=SUBNET), "Front": front}})
    hot = written(converted)
    asked = {"get_param": "subnet_096fd06d"}
    assert hot["resources"]["Front"]["properties"]["vip_subnet"] == asked
    assert hot["resources"]["Web"]["properties"]["networks"] == [{"subnet": asked}]
    assert said(converted) == ["Web.Properties.SubnetId", "Front.Properties.Subnets[0]"]
    holes = report([converted])["templates"][0]["holes"]
    assert [(hole["parameter"], hole["subject"]) for hole in holes] == [("subnet_096fd06d", "Web.Properties.SubnetId")]
    assert SUBNET in hot["parameters"]["subnet_096fd06d"]["description"]
    environment = converted.files["template.env.yaml"]
    assert f"The subnet that stands here for {SUBNET} of AWS" in environment
    assert "# subnet_096fd06d:" in environment


def test_lists_branches_tables_and_rules_are_looked_into() -> None:
    converted = convert_data(
        {
            "Parameters": {"Inside": {"Type": "String", "Default": "yes"}},
            "Conditions": {"In": {"Fn::Equals": [{"Ref": "Inside"}, "yes"]}},
            "Mappings": {"Places": {"here": {"Subnet": SUBNET}}},
            "Resources": {
                "Web": server(
                    SubnetId={"Fn::FindInMap": ["Places", "here", "Subnet"]},
                    SecurityGroupIds=[{"Fn::If": ["In", GROUP, {"Ref": "AWS::NoValue"}]}, "sg-89abcdef"],
                ),
                "Door": {
                    "Type": "AWS::EC2::SecurityGroupIngress",
                    "Properties": {"GroupId": GROUP, "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"},
                },
            },
        }
    )
    hot = written(converted)
    assert {"subnet_096fd06d", "sg_0123456789abcdef0", "sg_89abcdef"} <= hot["parameters"].keys()
    assert hot["resources"]["Door"]["properties"]["security_group"] == {"get_param": "sg_0123456789abcdef0"}
    assert "Door.Properties.GroupId" in said(converted)


def test_members_of_a_group_get_it_from_outside() -> None:
    launch = {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": {"ImageId": IMAGE, "InstanceType": "t3.small"}}
    launch["Properties"]["SecurityGroups"] = [GROUP]
    balancer = {
        "Type": "AWS::ElasticLoadBalancing::LoadBalancer",
        "Properties": {"Subnets": [SUBNET], "Listeners": [{"LoadBalancerPort": 80, "InstancePort": 80, "Protocol": "HTTP"}]},
    }
    group = {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Properties": {
            "LaunchConfigurationName": {"Ref": "Launch"},
            "LoadBalancerNames": [{"Ref": "Front"}],
            "MinSize": 1,
            "MaxSize": 2,
            "VPCZoneIdentifier": [SUBNET],
        },
    }
    converted = convert_data({"Resources": {"Launch": launch, "Front": balancer, "Group": group}})
    files = {name: text for name, text in converted.files.items() if name != "template.env.yaml"}
    assert len(files) == 2
    assert not any(
        f" {SUBNET}" in line or GROUP in line for text in files.values() for line in text.split("\n") if "AWS" not in line
    )
    assert said(converted) == [
        "Launch.Properties.SecurityGroups[0]",
        "Front.Properties.Subnets[0]",
        "Group.Properties.VPCZoneIdentifier[0]",
    ]


def test_names_labels_and_texts_stay_what_they_are() -> None:
    script = {"Fn::Base64": {"Fn::Join": ["", ["#!/bin/sh\naws ec2 describe-subnets --subnet-ids ", SUBNET, "\n"]]}}
    converted = convert_data({"Resources": {"Web": server(Tags=[{"Key": "Place", "Value": SUBNET}], UserData=script)}})
    properties = written(converted)["resources"]["Web"]["properties"]
    assert properties["metadata"] == {"Place": SUBNET}
    assert SUBNET in properties["user_data"]
    assert said(converted) == []


def test_what_only_looks_like_an_id_is_none() -> None:
    converted = convert_data({"Resources": {"Web": server(SubnetId="subnet-1", KeyName="i-am-a-key")}})
    assert said(converted) == []


def test_a_default_that_is_an_id_is_none_here() -> None:
    converted = convert_data(
        {
            "Parameters": {
                "Place": {"Type": "String", "Default": SUBNET},
                "Groups": {"Type": "CommaDelimitedList", "Default": f"{GROUP}, sg-89abcdef"},
                "Unread": {"Type": "String", "Default": "vpc-82c514e6"},
                "Word": {"Type": "String", "Default": "subnet-work"},
            },
            "Resources": {"Web": server(SubnetId={"Ref": "Place"}, SecurityGroupIds={"Ref": "Groups"}, KeyName={"Ref": "Word"})},
        }
    )
    parameters = written(converted)["parameters"]
    assert "default" not in parameters["Place"]
    assert "default" not in parameters["Groups"]
    assert parameters["Unread"]["default"] == "vpc-82c514e6"
    assert parameters["Word"]["default"] == "subnet-work"
    assert said(converted) == ["Place.Default", "Groups.Default"]
    assert "# Place:" in converted.files["template.env.yaml"]


def test_a_secret_default_is_not_told() -> None:
    place = {"Type": "String", "Default": SUBNET, "NoEcho": True}
    converted = convert_data({"Parameters": {"Place": place}, "Resources": {"Web": server(SubnetId={"Ref": "Place"})}})
    assert said(converted) == ["Place.Default"]
    assert not any(SUBNET in one.message for one in converted.diagnostics)
    assert not any(SUBNET in text for text in converted.files.values())


def test_the_account_says_that_it_was_adapted() -> None:
    converted = convert_data({"Resources": {"Web": server(SubnetId=SUBNET)}})
    assert converted.translation is not None
    fates = {entry.path[3:]: entry.fate.value for entry in converted.translation.ledger.entries if entry.path[0] == "Resources"}
    assert fates[("SubnetId",)] == "adapted"
