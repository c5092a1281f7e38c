"""Containers, queues, topics and shares in the forms that real templates write."""

from __future__ import annotations

from typing import Any

import pytest

from tests.translating import convert_data, written

CHOICE = {"Fn::If": ["A", "Private", {"Ref": "Kind"}]}


def resources(data: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """The emitted resources of a template."""
    emitted: dict[str, Any] = written(convert_data({"Resources": data, **sections}))["resources"]
    return emitted


def one(type_name: str, **properties: Any) -> dict[str, Any]:
    """The properties of what one resource becomes."""
    found: dict[str, Any] = resources({"X": {"Type": type_name, "Properties": properties}})["X"].get("properties", {})
    return found


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("orders.fifo", "orders-fifo"),
        ("a" * 80, "a" * 64),
        (
            {"Fn::Join": [".", [{"Ref": "AWS::StackName"}, "x.fifo"]]},
            {"list_join": ["-", [{"get_param": "OS::stack_name"}, "x-fifo"]]},
        ),
    ],
)
def test_names_of_queues_are_lawful(name: Any, made: Any) -> None:
    assert one("AWS::SQS::Queue", QueueName=name) == {"name": made}


def test_a_long_name_is_cut_at_deploy_time() -> None:
    name = one("AWS::SQS::Queue", QueueName={"Fn::Sub": "${AWS::StackName}-" + "a" * 60})["name"]
    assert name["yaql"]["expression"] == "$.data.name.substring(0, 64)"


@pytest.mark.parametrize(
    ("tags", "meta"),
    [
        ([{"Key": "cost_center", "Value": "a"}], {"cost-center": "a"}),
        ([{"Key": "a:b c", "Value": 1}], {"a-b-c": "1"}),
        ([{"Key": "x", "Value": "é"}], {"x": "%C3%A9"}),
        ([{"Key": "Web-Index", "Value": "x"}], {"Tag-Web-Index": "x"}),
        ([{"Key": "a_b", "Value": "1"}, {"Key": "A-B", "Value": "2"}], {"a-b": "1"}),
        ([{"Key": "é", "Value": "1"}, {"Key": "k", "Value": "v"}], {"k": "v"}),
    ],
)
def test_tags_are_lawful_headers(tags: list[Any], meta: dict[str, str]) -> None:
    assert one("AWS::S3::Bucket", Tags=tags) == {"X-Container-Meta": meta}


@pytest.mark.parametrize(
    ("acl", "made"),
    [
        ("Private", {}),
        ("PublicRead", {"X-Container-Read": ".r:*,.rlistings"}),
        ("PublicReadWrite", {"X-Container-Read": ".r:*,.rlistings", "X-Container-Write": "*:*"}),
        ("AuthenticatedRead", {"X-Container-Read": "*:*"}),
    ],
)
def test_canned_acls(acl: str, made: dict[str, str]) -> None:
    assert one("AWS::S3::Bucket", AccessControl=acl) == made


def test_an_acl_that_a_parameter_names() -> None:
    emitted = resources(
        {"X": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": {"Ref": "Acl"}}}},
        Parameters={"Acl": {"Type": "String", "AllowedValues": ["Private", "PublicRead"]}},
    )
    test = {"equals": [{"get_param": "Acl"}, "PublicRead"]}
    assert emitted["X"]["properties"] == {"X-Container-Read": {"if": [test, ".r:*,.rlistings"]}}


@pytest.mark.parametrize("late", [{"Ref": "Other"}, {"Fn::Join": ["-", ["public", {"Ref": "Kind"}]]}, {"Fn::Base64": CHOICE}])
def test_an_acl_that_no_condition_can_ask_is_said(late: Any) -> None:
    sections = {"Parameters": {"Kind": {"Type": "String"}}, "Conditions": {"A": {"Fn::Equals": [{"Ref": "Kind"}, "a"]}}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": late}}
    converted = convert_data({"Resources": {"X": bucket, "Other": {"Type": "AWS::SQS::Queue"}}, **sections})
    assert "X-Container-Read" not in written(converted)["resources"]["X"].get("properties", {})
    assert ("C2H3001", "X.Properties.AccessControl") in [(found.code, found.subject) for found in converted.diagnostics]


@pytest.mark.parametrize(
    ("subscription", "subscriber"),
    [
        ({"Protocol": "email", "Endpoint": "a@example.org"}, "mailto:a@example.org"),
        ({"Protocol": "https", "Endpoint": "https://example.org/x"}, "https://example.org/x"),
        ({"Protocol": "http", "Endpoint": "example.org/x"}, "http://example.org/x"),
        ({"Protocol": "email", "Endpoint": {"Ref": "Where"}}, {"list_join": ["", ["mailto:", {"get_param": "Where"}]]}),
        (
            {"Protocol": "https", "Endpoint": {"Fn::Sub": "https://${Where}/x"}},
            {"str_replace": {"template": "https://${Where}/x", "params": {"${Where}": {"get_param": "Where"}}}},
        ),
    ],
)
def test_subscribers(subscription: dict[str, Any], subscriber: Any) -> None:
    emitted = resources(
        {"T": {"Type": "AWS::SNS::Topic", "Properties": {"Subscription": [subscription]}}},
        Parameters={"Where": {"Type": "String"}},
    )
    wanted = {"queue_name": {"get_resource": "T"}, "subscriber": subscriber, "options": {}}
    assert emitted["T_subscription"]["properties"] == wanted


def test_a_subscriber_whose_kind_a_parameter_says() -> None:
    emitted = resources(
        {
            "S": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": {"Ref": "Kind"}, "Endpoint": {"Ref": "Where"}},
            }
        },
        Parameters={name: {"Type": "String"} for name in ("Topic", "Kind", "Where")},
    )
    assert emitted["S"]["properties"]["subscriber"]["yaql"]["data"] == {
        "protocol": {"get_param": "Kind"},
        "endpoint": {"get_param": "Where"},
    }


def test_mount_targets_under_conditions_let_their_subnet_in_once() -> None:
    target = {"Type": "AWS::EFS::MountTarget", "Properties": {"FileSystemId": {"Ref": "Files"}, "SubnetId": {"Ref": "Net"}}}
    emitted = resources(
        {"Files": {"Type": "AWS::EFS::FileSystem"}, "A": {**target, "Condition": "One"}, "B": {**target, "Condition": "Two"}},
        Parameters={"Net": {"Type": "String"}, "N": {"Type": "String"}},
        Conditions={"One": {"Fn::Equals": [{"Ref": "N"}, "1"]}, "Two": {"Fn::Equals": [{"Ref": "N"}, "2"]}},
    )
    rule = {"access_type": "ip", "access_to": {"get_param": "Files_clients"}, "access_level": "rw"}
    assert emitted["Files"]["properties"]["access_rules"] == [{"if": [{"or": ["One", "Two"]}, rule]}]
