"""Any template that is read is translated: no exception, nothing lost in silence, the same bytes each time, valid for Heat."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cfn2heat.diagnostics import Severity
from cfn2heat.hot.check import check_text
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.result import Converted
from tests.translating import convert_data, load_hot

VERSIONS = ["2021-04-16", "2018-08-31", "2016-10-14"]
PARAMETERS = {
    "Text": {"Type": "String", "Default": "a b"},
    "Count": {"Type": "Number", "Default": "3", "MinValue": 1},
    "Words": {"Type": "CommaDelimitedList", "Default": "a,b,c"},
    "Open": {"Type": "String"},
    "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
    "Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/aws/service/ami"},
    "Key": {"Type": "AWS::EC2::KeyPair::KeyName", "NoEcho": True, "Default": "k"},
}
MAPPINGS = {
    "Map": {"one": {"x": "1", "y": ["a", "b"]}, "two": {"x": "2", "y": ["c"]}},
    "Flat": {"eu-west-1": {"v": "10.0.0.0/16"}},
}
FLAT = {"Fn::FindInMap": ["Flat", "eu-west-1", "v"]}
CONDITIONS = ["Yes", "No", "Both", "Nested"]
PSEUDO = ["Region", "StackName", "StackId", "AccountId", "Partition", "URLSuffix", "NoValue", "NotificationARNs"]
TYPES: dict[str, tuple[list[str], list[str]]] = {
    "AWS::EC2::VPC": (["CidrBlock", "EnableDnsSupport", "Tags"], ["CidrBlock", "DefaultSecurityGroup"]),
    "AWS::EC2::Subnet": (
        ["VpcId", "CidrBlock", "AvailabilityZone", "MapPublicIpOnLaunch", "Tags"],
        ["AvailabilityZone", "VpcId"],
    ),
    "AWS::EC2::SecurityGroup": (
        ["GroupDescription", "VpcId", "SecurityGroupIngress", "SecurityGroupEgress"],
        ["GroupId"],
    ),
    "AWS::EC2::Instance": (
        ["ImageId", "InstanceType", "KeyName", "SubnetId", "SecurityGroupIds", "UserData", "BlockDeviceMappings", "Tags"],
        ["PrivateIp", "PublicIp", "AvailabilityZone"],
    ),
    "AWS::EC2::Volume": (["Size", "AvailabilityZone", "Encrypted", "SnapshotId", "VolumeType"], ["VolumeId"]),
    "AWS::EC2::EIP": (["Domain", "InstanceId"], ["AllocationId"]),
    "AWS::EC2::RouteTable": (["VpcId", "Tags"], ["RouteTableId"]),
    "AWS::EC2::Route": (["RouteTableId", "DestinationCidrBlock", "GatewayId", "InstanceId"], []),
    "AWS::AutoScaling::LaunchConfiguration": (["ImageId", "InstanceType", "UserData", "SecurityGroups"], []),
    "AWS::AutoScaling::AutoScalingGroup": (
        ["LaunchConfigurationName", "MinSize", "MaxSize", "VPCZoneIdentifier", "TargetGroupARNs", "LoadBalancerNames", "Tags"],
        [],
    ),
    "AWS::AutoScaling::ScalingPolicy": (
        ["AutoScalingGroupName", "AdjustmentType", "StepAdjustments", "MinAdjustmentMagnitude", "Cooldown"],
        ["Arn"],
    ),
    "AWS::CloudWatch::Alarm": (
        [
            "Namespace",
            "MetricName",
            "Statistic",
            "Period",
            "EvaluationPeriods",
            "Threshold",
            "ComparisonOperator",
            "Dimensions",
            "AlarmActions",
        ],
        ["Arn"],
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        ["Subnets", "SecurityGroups", "Scheme", "Type"],
        ["DNSName", "LoadBalancerArn"],
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        ["Port", "Protocol", "VpcId", "HealthCheckPath", "Targets"],
        ["TargetGroupName"],
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (["LoadBalancerArn", "Port", "Protocol", "DefaultActions"], ["ListenerArn"]),
    "AWS::S3::Bucket": (["BucketName", "AccessControl", "Tags"], ["Arn", "DomainName"]),
    "AWS::SQS::Queue": (["QueueName", "VisibilityTimeout", "DelaySeconds"], ["Arn", "QueueName"]),
    "AWS::SNS::Topic": (["TopicName", "Subscription"], ["TopicArn"]),
    "AWS::RDS::DBInstance": (
        ["Engine", "EngineVersion", "DBInstanceClass", "AllocatedStorage", "MasterUsername", "MasterUserPassword"],
        ["Endpoint.Address", "Endpoint.Port"],
    ),
    "AWS::Route53::RecordSet": (["HostedZoneName", "Name", "Type", "TTL", "ResourceRecords", "AliasTarget"], []),
    "AWS::IAM::Role": (["AssumeRolePolicyDocument", "Policies"], ["Arn"]),
    "AWS::CloudFormation::WaitConditionHandle": ([], []),
    "AWS::CloudFormation::WaitCondition": (["Handle", "Timeout", "Count"], ["Data"]),
    "AWS::CloudFormation::Stack": (["TemplateURL", "Parameters"], ["Outputs.Result"]),
    "Custom::Thing": (["ServiceToken", "Anything"], ["Anything"]),
}
NAMES = [f"R{index}" for index in range(5)]
RIGHT: dict[str, Any] = {
    "CidrBlock": "10.0.0.0/16",
    "DestinationCidrBlock": "0.0.0.0/0",
    "EnableDnsSupport": True,
    "GroupDescription": "some",
    "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}],
    "SecurityGroupEgress": [{"IpProtocol": -1, "CidrIp": "0.0.0.0/0"}],
    "Tags": [{"Key": "Name", "Value": "x", "PropagateAtLaunch": True}],
    "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": "8"}}],
    "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "R0"}}],
    "Targets": [{"Id": {"Ref": "R1"}, "Port": 80}],
    "Protocol": "HTTP",
    "Scheme": "internet-facing",
    "Type": "A",
    "Engine": "mysql",
    "EngineVersion": "8.0",
    "Domain": "vpc",
    "ResourceRecords": ["10.0.0.1"],
    "AliasTarget": {"DNSName": {"Fn::GetAtt": ["R0", "DNSName"]}, "HostedZoneId": "Z"},
    "Subscription": [{"Endpoint": "a@example.org", "Protocol": "email"}],
    "HostedZoneName": "example.org.",
    "Name": "www.example.org.",
    "Port": 80,
    "Size": 10,
    "MinSize": "1",
    "MaxSize": "2",
    "Timeout": "300",
    "TTL": "60",
    "AdjustmentType": "PercentChangeInCapacity",
    "StepAdjustments": [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": {"Ref": "Count"}, "ScalingAdjustment": 10},
        {"MetricIntervalLowerBound": 9, "ScalingAdjustment": "30"},
    ],
    "MinAdjustmentMagnitude": 1,
    "Cooldown": "60",
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": {"Ref": "Count"},
    "Threshold": 50,
    "ComparisonOperator": "GreaterThanThreshold",
    "Dimensions": [{"Name": "AutoScalingGroupName", "Value": {"Ref": "R0"}}],
    "AlarmActions": [{"Ref": "R1"}, {"Ref": "R2"}],
    "TemplateURL": "https://s3.amazonaws.com/bucket/child.yaml",
    "Parameters": {"P": {"Ref": "Text"}},
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]},
    "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}],
}


ODD: list[Any] = [
    {"Fn::Select": [0, "a,b"]},
    {"Fn::Select": [1, {"Ref": "Text"}]},
    {"Fn::Select": [1, {"Fn::Join": [",", {"Ref": "Words"}]}]},
    {"Fn::Select": [0, {"Fn::Sub": "${Text},b"}]},
    {"Fn::Select": [0, {"Ref": "R0"}]},
    {"Fn::Select": [1, {"Fn::GetAtt": ["R0", "CidrBlock"]}]},
    {"Fn::Select": [{"Ref": "Text"}, ["a", "b"]]},
    {"Fn::Select": [0, {"Key": "a"}]},
    {"Fn::Join": [",", {"Fn::Join": ["-", ["a", {"Ref": "Text"}]]}]},
    {"Fn::Join": [",", {"Fn::Sub": "${Text}-b"}]},
    {"Fn::Join": [",", {"Ref": "Count"}]},
    {"Fn::Join": [",", {"Ref": "Text"}]},
    {"Fn::Join": [",", [["a", "b"], {"Ref": "Words"}]]},
    {"Fn::Split": [",", {"Ref": "Words"}]},
    {"Fn::Split": [",", ["a", {"Ref": "Text"}]]},
    {"Fn::Split": [".", {"Fn::Cidr": ["10.0.0.0/16", 4, 3]}]},
    {"Fn::Split": [".", {"Fn::GetAZs": ""}]},
    {"Fn::Split": [".", {"Fn::If": ["Yes", {"Ref": "Words"}, {"Ref": "Text"}]}]},
    {"Fn::Cidr": [{"Ref": "Text"}, 2, 8]},
    {"Fn::Cidr": [{"Ref": "Open"}, {"Ref": "Count"}, {"Ref": "Text"}]},
    {"Fn::Cidr": ["nonsense", 2, 8]},
    {"Fn::Cidr": ["10.0.0.0/16", "many", "wide"]},
    {"Fn::Select": [3, {"Fn::Cidr": [{"Ref": "Text"}, 2, 8]}]},
    {"Fn::Sub": ["${v}", {"v": {"Ref": "Words"}}]},
    {"Fn::Sub": ["${v}-${w}", {"v": ["a"], "w": {"Fn::GetAZs": ""}}]},
    {"Fn::Base64": {"Ref": "Words"}},
    {"Fn::Base64": [{"Ref": "Text"}]},
    {"Fn::FindInMap": ["Map", {"Ref": "Words"}, "x"]},
    {"Fn::ImportValue": {"Ref": "Words"}},
]
"""Functions over what they do not take, which CloudFormation refuses when a stack is made."""

NEEDS_OTHERS = {"DefaultActions", "Targets", "AliasTarget", "Scheme", "Type", "TTL", "AlarmActions", "Dimensions"}
"""What is right only beside certain other resources or properties."""


def scalars() -> st.SearchStrategy[Any]:
    """Plain values, among them such as look like something else."""
    odd = [
        "",
        "yes",
        "012",
        "1e3",
        "10.0.0.0/24",
        "a,b",
        "{{resolve:ssm:/a/b:1}}",
        "get_param",
        "$.data",
        "%",
        "é\n",
        "true",
        "-1",
    ]
    return st.one_of(st.sampled_from(odd), st.integers(-2, 70000), st.booleans(), st.text("ab:#'\"{}$ \t", max_size=6))


def references() -> st.SearchStrategy[Any]:
    """Ref and GetAtt, of what there is and of what there is not."""
    known = [*PARAMETERS, *NAMES, *(f"AWS::{name}" for name in PSEUDO), "Missing"]
    attributes = sorted({attribute for _, found in TYPES.values() for attribute in found} | {"None"})
    return st.one_of(
        st.sampled_from(known).map(lambda name: {"Ref": name}),
        st.tuples(st.sampled_from([*NAMES, "Missing"]), st.sampled_from(attributes)).map(lambda pair: {"Fn::GetAtt": list(pair)}),
    )


def functions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Every function over inner values, mostly in its right shape."""
    lists = st.one_of(st.lists(inner, min_size=1, max_size=3), inner)
    conditions = st.sampled_from([*CONDITIONS, "Missing"])
    shapes: list[st.SearchStrategy[Any]] = [
        st.tuples(conditions, inner, inner).map(lambda a: {"Fn::If": list(a)}),
        st.tuples(st.sampled_from(["", ",", "\n"]), lists).map(lambda a: {"Fn::Join": list(a)}),
        st.tuples(st.sampled_from([0, "1", 5, {"Ref": "Count"}]), lists).map(lambda a: {"Fn::Select": list(a)}),
        st.tuples(st.sampled_from([",", "."]), inner).map(lambda a: {"Fn::Split": list(a)}),
        inner.map(lambda a: {"Fn::Base64": a}),
        inner.map(lambda a: {"Fn::GetAZs": a}),
        inner.map(lambda a: {"Fn::ImportValue": a}),
        st.tuples(st.sampled_from(["10.0.0.0/16", FLAT]), st.integers(1, 4), st.integers(1, 12)).map(
            lambda a: {"Fn::Cidr": list(a)}
        ),
        st.tuples(
            st.sampled_from(["Map", "Flat", "None"]), st.one_of(st.sampled_from(["one", "two"]), inner), st.sampled_from("xyv")
        ).map(lambda a: {"Fn::FindInMap": list(a)}),
        st.lists(st.sampled_from(["${Text}", "${R0}", "${R1.Arn}", "${AWS::Region}", "${!x}", "$", " ", "${v}"]), max_size=4).map(
            lambda parts: {"Fn::Sub": "".join(parts)}
        ),
        inner.map(lambda a: {"Fn::Sub": ["a ${v} ${Count}", {"v": a}]}),
    ]
    wrong = st.tuples(
        st.sampled_from(
            ["Fn::If", "Fn::Join", "Fn::Sub", "Fn::Select", "Fn::Split", "Ref", "Fn::GetAtt", "Fn::Nothing", "Condition"]
        ),
        inner,
    ).map(lambda a: {a[0]: a[1]})
    plain = st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["Key", "Value", "get_file", "if"]), inner, max_size=2)
    )
    return st.one_of(*shapes, *shapes, plain, wrong)


VALUES = st.recursive(st.one_of(scalars(), references()), functions, max_leaves=6)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """Conditions over parameters, and over each other in one direction."""
    test = st.tuples(
        st.sampled_from([{"Ref": "Text"}, {"Ref": "AWS::Region"}, {"Fn::FindInMap": ["Map", "one", "x"]}, {"Ref": "Words"}]),
        scalars(),
    ).map(lambda a: {"Fn::Equals": list(a)})
    found = {"Yes": draw(test), "No": {"Fn::Not": [draw(st.one_of(test, st.just({"Condition": "Yes"})))]}}
    found["Both"] = {draw(st.sampled_from(["Fn::And", "Fn::Or"])): [{"Condition": "Yes"}, draw(test)]}
    found["Nested"] = {"Fn::Equals": [{"Fn::If": ["Yes", {"Ref": "Text"}, "n"]}, draw(st.one_of(scalars(), VALUES))]}
    return found


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Rules over parameters, of all that an assertion may say and some that it may not."""
    names = st.sampled_from(["Text", "Count", "Words", "Open", "Key"]).map(lambda name: {"Ref": name})
    one = st.one_of(names, scalars())
    several = st.one_of(st.lists(one, min_size=1, max_size=3), names)
    single = st.one_of(
        st.tuples(one, one).map(lambda a: {"Fn::Equals": list(a)}),
        st.tuples(several, one).map(lambda a: {"Fn::Contains": list(a)}),
        st.tuples(several, several).map(lambda a: {"Fn::EachMemberIn": list(a)}),
        st.tuples(several, one).map(lambda a: {"Fn::EachMemberEquals": list(a)}),
        st.just({"Fn::Contains": [{"Fn::RefAll": "AWS::EC2::VPC::Id"}, {"Ref": "Text"}]}),
    )
    test = st.recursive(
        single,
        lambda inner: st.one_of(
            inner.map(lambda a: {"Fn::Not": [a]}),
            st.tuples(st.sampled_from(["Fn::And", "Fn::Or"]), st.lists(inner, min_size=2, max_size=3)).map(
                lambda a: {a[0]: a[1]}
            ),
        ),
        max_leaves=4,
    )
    found: dict[str, Any] = {}
    for index in range(draw(st.integers(0, 2))):
        rule: dict[str, Any] = {
            "Assertions": [{"Assert": draw(test), "AssertDescription": draw(st.sampled_from(["Not so", "5", "", "nan"]))}]
        }
        if draw(st.booleans()):
            rule["RuleCondition"] = draw(test)
        found[f"Rule{index}"] = rule
    return found


@st.composite
def properties(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """Some properties: right values, or anything."""
    chosen = draw(st.lists(st.sampled_from([*names, "Unheard"]), unique=True, max_size=6)) if names else []
    found = {}
    for name in chosen:
        right = st.just(RIGHT[name]) if name in RIGHT else st.one_of(references(), st.just("x"))
        optional = st.tuples(st.sampled_from(CONDITIONS), right).map(lambda a: {"Fn::If": [*a, NONE]})
        found[name] = draw(st.one_of(right, right, optional, VALUES))
    return found


NONE = {"Ref": "AWS::NoValue"}


@st.composite
def sound_properties(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """Properties as CloudFormation wants them; where any text may stand, any function stands."""
    found: dict[str, Any] = {}
    for name in names:
        if name == "Tags":
            found[name] = [{"Key": "Name", "Value": draw(VALUES), "PropagateAtLaunch": True}]
        elif name == "UserData":
            found[name] = {"Fn::Base64": draw(VALUES)}
        elif name in RIGHT and name not in NEEDS_OTHERS:
            right = RIGHT[name]
            found[name] = draw(st.sampled_from([right, {"Fn::If": ["Both", right, right]}, {"Fn::Select": [1, ["", right]]}]))
    return found


@st.composite
def templates(draw: st.DrawFn, sound: bool = False) -> dict[str, Any]:
    """Whole templates."""
    resources: dict[str, Any] = {}
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        type_name = draw(st.sampled_from(list(TYPES)))
        made = sound_properties if sound else properties
        resource: dict[str, Any] = {"Type": type_name, "Properties": draw(made(TYPES[type_name][0]))}
        if draw(st.booleans()):
            resource["Condition"] = draw(st.sampled_from(CONDITIONS))
        if draw(st.integers(0, 3)) == 0:
            resource["DependsOn"] = draw(st.sampled_from(NAMES))
        if draw(st.integers(0, 5)) == 0:
            resource["Metadata"] = {"Note": draw(VALUES)}
        if draw(st.integers(0, 5)) == 0:
            resource["DeletionPolicy"] = draw(st.sampled_from(["Retain", "Snapshot", "Delete"]))
        resources[name] = resource
    outputs = {f"Out{index}": {"Value": draw(VALUES)} for index in range(draw(st.integers(0, 2)))}
    for output in outputs.values():
        if draw(st.booleans()):
            output["Condition"] = draw(st.sampled_from(CONDITIONS))
        if draw(st.integers(0, 2)) == 0:
            output["Export"] = {"Name": draw(VALUES)}
    return {
        "Parameters": PARAMETERS,
        "Mappings": MAPPINGS,
        "Conditions": draw(conditions()),
        "Rules": draw(rules()),
        "Resources": resources,
        "Outputs": outputs,
    }


steady = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


def convert(data: dict[str, Any], version: str) -> Converted | None:
    """Translate; a template may be refused, with one clear error."""
    converted = convert_data(data, heat_version=version)
    if converted.translation is None:
        (refusal,) = converted.diagnostics[-1:]
        assert refusal.severity is Severity.ERROR
        assert not converted.files
        return None
    return converted


@steady
@given(data=templates(), version=st.sampled_from(VERSIONS))
def test_nothing_is_lost_and_all_is_said(data: dict[str, Any], version: str) -> None:
    converted = convert(data, version)
    if converted is None:
        return
    assert converted.translation is not None
    entries = converted.translation.ledger.entries
    assert max(Counter(entry.path for entry in entries).values(), default=1) == 1
    assert all(entry.because or entry.fate is Fate.TRANSLATED for entry in entries)
    assert all(entry.targets or entry.fate in (Fate.DROPPED, Fate.UNKNOWN) for entry in entries)
    texts = [load_hot(text) for text in converted.files.values()]
    assert texts[0]["heat_template_version"] == version
    assert all("parameters" in text or "resources" in text for text in texts)
    assert all(found.message and found.span.file for found in converted.diagnostics)


@steady
@given(data=templates(), version=st.sampled_from(VERSIONS))
def test_the_same_template_gives_the_same_bytes(data: dict[str, Any], version: str) -> None:
    once, again = convert(data, version), convert(json.loads(json.dumps(data)), version)
    if once is None or again is None:
        assert once is again
        return
    assert once.files == again.files
    assert once.diagnostics == again.diagnostics


@steady
@given(data=templates(), version=st.sampled_from(VERSIONS))
def test_what_heat_refuses_is_said(data: dict[str, Any], version: str) -> None:
    converted = convert(data, version)
    if converted is None:
        return
    files = {name: text for name, text in converted.files.items() if not name.endswith(".env.yaml")}
    refused = [one for name, text in files.items() for one in check_text(text, name, files) if one.severity is Severity.ERROR]
    said = [one.code for one in converted.diagnostics if one.severity is Severity.ERROR]
    assert {one.code for one in refused} <= set(said), refused


@steady
@given(data=templates(sound=True), version=st.sampled_from(VERSIONS))
def test_what_is_emitted_holds_against_the_catalog(data: dict[str, Any], version: str) -> None:
    converted = convert(data, version)
    if converted is None:
        return
    for name, text in converted.files.items():
        if not name.endswith(".env.yaml"):
            found = [one for one in check_text(text, name, converted.files) if one.severity is Severity.ERROR]
            assert found == [], text


def odd_template(value: Any) -> dict[str, Any]:
    """A value in an output, in the middle of a text and as a property."""
    yes = {"Fn::Equals": [{"Ref": "Text"}, "x"]}
    properties = {"CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "Name", "Value": value}]}
    bare = {"Out": {"Value": value}, "Text": {"Value": {"Fn::Join": ["", ["a", value]]}}}
    return {
        "Parameters": PARAMETERS,
        "Mappings": MAPPINGS,
        "Conditions": {"Yes": yes},
        "Resources": {"R0": {"Type": "AWS::EC2::VPC", "Properties": properties}},
        "Outputs": bare,
    }


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("value", ODD, ids=json.dumps)
def test_functions_over_what_they_do_not_take(value: Any, version: str) -> None:
    converted = convert(odd_template(value), version)
    assert converted is not None
    text = next(iter(converted.files.values()))
    found = [one for one in check_text(text, "a.yaml") if one.severity is Severity.ERROR]
    assert found == [], text


@pytest.mark.parametrize("version", VERSIONS)
def test_a_map_in_a_condition_is_not_run(version: str) -> None:
    hostile = {"Fn::Join": ["", ["a", {"get_file": "/etc/passwd"}, {"Ref": "Text"}]]}
    data = {
        "Parameters": PARAMETERS,
        "Conditions": {
            "Yes": {"Fn::Equals": [hostile, "x"]},
            "No": {"Fn::Equals": [{"get_file": "/etc/passwd"}, {"Ref": "Text"}]},
        },
        "Resources": {"R0": {"Type": "AWS::EC2::VPC", "Condition": "Yes"}},
    }
    converted = convert(data, version)
    assert converted is not None
    text = next(iter(converted.files.values()))
    assert "get_file:" not in text
    assert [one for one in check_text(text, "a.yaml") if one.severity is Severity.ERROR] == []


@pytest.mark.parametrize("type_name", TYPES)
def test_every_type_of_the_strategy_has_a_rule(type_name: str) -> None:
    from tests.translating import table

    assert type_name.startswith("Custom::") or table().rule(type_name) is not None
