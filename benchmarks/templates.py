"""Templates for the benchmarks: generated, so that nobody has to own them, and as mixed as real ones are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ONE: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "One network",
    "Resources": {"Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}},
}
GROUP = 7
"""Resources in each of the repeated groups below."""


def group(number: int, lines: int) -> dict[str, Any]:
    """A tier of a landscape: subnet, security group, server with a script, its volume, queue, bucket."""
    name = f"Tier{number}"
    tags = [{"Key": "Name", "Value": {"Fn::Sub": f"${{AWS::StackName}}-{name}"}}, {"Key": "Stage", "Value": {"Ref": "Stage"}}]
    rules = [
        {
            "IpProtocol": "tcp",
            "FromPort": port,
            "ToPort": port,
            "CidrIp": f"10.{number % 250}.0.0/16",
            "Description": f"port {port}",
        }
        for port in (22, 80, 443, 3306, 5432, 8080)
    ]
    script = [
        "#!/bin/bash\n",
        *(f"echo 'step {step} of the set-up of {name}' >> /var/log/set-up.log && sleep 1\n" for step in range(lines)),
        {"Ref": "Stage"},
    ]
    return {
        f"{name}Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Network"},
                "CidrBlock": f"10.{number // 250}.{number % 250}.0/24",
                "AvailabilityZone": {"Fn::Select": [number % 2, {"Fn::GetAZs": ""}]},
                "Tags": tags,
            },
        },
        f"{name}Firewall": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": name, "VpcId": {"Ref": "Network"}, "SecurityGroupIngress": rules, "Tags": tags},
        },
        f"{name}Server": {
            "Type": "AWS::EC2::Instance",
            "Properties": {
                "ImageId": {"Ref": "Image"},
                "InstanceType": {"Fn::If": ["Large", "m5.large", "t3.small"]},
                "SubnetId": {"Ref": f"{name}Subnet"},
                "SecurityGroupIds": [{"Fn::GetAtt": [f"{name}Firewall", "GroupId"]}],
                "UserData": {"Fn::Base64": {"Fn::Join": ["", script]}},
                "Tags": tags,
            },
        },
        f"{name}Volume": {
            "Type": "AWS::EC2::Volume",
            "Properties": {"Size": 20 + number % 50, "AvailabilityZone": {"Fn::GetAtt": [f"{name}Server", "AvailabilityZone"]}},
        },
        f"{name}Attachment": {
            "Type": "AWS::EC2::VolumeAttachment",
            "Properties": {"InstanceId": {"Ref": f"{name}Server"}, "VolumeId": {"Ref": f"{name}Volume"}, "Device": "/dev/xvdf"},
        },
        f"{name}Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60, "Tags": tags}},
        f"{name}Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}, "Tags": tags},
        },
    }


def large(resources: int, lines: int = 30) -> dict[str, Any]:
    """A template of about so many resources; lines are those of each script."""
    found: dict[str, Any] = dict(ONE["Resources"])
    for number in range(max(1, round((resources - 1) / GROUP))):
        found |= group(number, lines)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{len(found)} resources",
        "Parameters": {
            "Stage": {"Type": "String", "Default": "test", "AllowedValues": ["test", "live"]},
            "Image": {"Type": "AWS::EC2::Image::Id"},
        },
        "Conditions": {"Large": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}},
        "Resources": found,
        "Outputs": {name: {"Value": {"Ref": name}} for name in found if name.endswith("Server")},
    }


def write(path: Path, template: dict[str, Any]) -> Path:
    """Write a template as JSON, indented as the consoles of clouds do."""
    path.write_text(json.dumps(template, indent=2), encoding="utf-8")
    return path
