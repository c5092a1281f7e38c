"""What policies grant, in words; what of a bucket's policy becomes an ACL."""

from __future__ import annotations

from typing import Any

import pytest

from tests.translating import convert_data, written

EVERYTHING = {"Fn::Sub": "arn:${AWS::Partition}:s3:::${Site}/*"}
READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": EVERYTHING}


def bucket_acl(*statements: Any, bucket: dict[str, Any] | None = None, **policy: Any) -> tuple[dict[str, Any], list[str]]:
    """The container's properties, and what was said about the policy."""
    resources = {
        "Site": {"Type": "AWS::S3::Bucket", "Properties": bucket or {}},
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": {"Ref": "Site"}, "PolicyDocument": {"Statement": list(statements)}},
            **policy,
        },
    }
    conditions = {"Open": {"Fn::Equals": [{"Ref": "AWS::StackName"}, "open"]}}
    converted = convert_data({"Conditions": conditions, "Resources": resources})
    said = [diagnostic.message for diagnostic in converted.diagnostics if ".Statement" in diagnostic.subject]
    return written(converted)["resources"]["Site"].get("properties", {}), said


@pytest.mark.parametrize(
    ("action", "acl"),
    [
        ("s3:GetObject", {"X-Container-Read": ".r:*"}),
        ("s3:Get*", {"X-Container-Read": ".r:*"}),
        (["s3:GetObject", "s3:ListBucket"], {"X-Container-Read": ".r:*,.rlistings"}),
        ("s3:*", {"X-Container-Read": ".r:*,.rlistings", "X-Container-Write": "*:*"}),
        ("s3:PutObject", {"X-Container-Write": "*:*"}),
        ("s3:GetBucketAcl", {}),
    ],
)
def test_what_everybody_may_do_is_the_acl(action: Any, acl: dict[str, str]) -> None:
    found, _ = bucket_acl({**READ, "Action": action})
    assert found == acl


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Resource": {"Fn::Sub": "arn:aws:s3:::${Site}/public/*"}}, "not for a prefix"),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, "no conditions"),
        ({"Effect": "Deny"}, "cannot refuse"),
        ({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "TLS"),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}, "to account 111122223333"),
        ({"Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}}, "by their roles"),
        ({"Principal": {"Service": "delivery.logs.amazonaws.com"}}, "delivery.logs.amazonaws.com does not exist"),
        ({"Principal": {"Service": "cloudfront.amazonaws.com"}}, "cloudfront.amazonaws.com does not exist"),
        ({"Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}}, "CloudFront is not there"),
    ],
)
def test_what_an_acl_cannot_say_opens_nothing(change: dict[str, Any], said: str) -> None:
    found, messages = bucket_acl({**READ, **change})
    assert found == {}
    assert any(said in message for message in messages), messages


def test_a_public_access_block_wins() -> None:
    found, messages = bucket_acl(READ, bucket={"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": True}})
    assert found == {}
    assert "void" in messages[0]


def test_a_conditional_policy_opens_under_its_condition() -> None:
    found, _ = bucket_acl(READ, Condition="Open")
    assert found == {"X-Container-Read": {"if": ["Open", ".r:*"]}}


def test_acl_and_policy_add_up() -> None:
    found, _ = bucket_acl(READ, bucket={"AccessControl": "PublicRead"})
    assert found == {"X-Container-Read": ".r:*,.rlistings"}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ({"Action": "sqs:*", "Resource": {"Fn::GetAtt": ["Jobs", "Arn"]}}, "sqs:* on Jobs"),
        ({"Action": ["a:1", "a:2", "a:3", "a:4", "a:5"], "Resource": "*"}, "a:1, a:2, a:3 and 2 more on everything"),
        ({"NotAction": "iam:*", "Resource": "*"}, "all but iam:* on everything"),
        ({"Effect": "Deny", "Action": "s3:Delete*", "Resource": "arn:aws:s3:::x/*"}, "nothing; and refused s3:Delete* on x"),
        ({"Action": "ssm:Get", "Resource": {"Fn::Sub": "arn:aws:ssm:${AWS::Region}:1:parameter/x"}}, "ssm:Get on parameter/x"),
    ],
)
def test_a_role_says_what_it_granted(statement: dict[str, Any], words: str) -> None:
    resources = {
        "Jobs": {"Type": "AWS::SQS::Queue"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]
                },
                "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", **statement}]}}],
            },
        },
    }
    converted = convert_data({"Resources": resources})
    (verdict,) = [diagnostic for diagnostic in converted.diagnostics if diagnostic.subject == "Role"]
    assert verdict.message.endswith(f"It granted sts:AssumeRole to ec2.amazonaws.com; {words}.")
