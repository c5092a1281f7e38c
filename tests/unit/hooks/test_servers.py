"""Servers: what is read of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.translating import convert_text, written

TEMPLATE = """
Parameters: {{Subnet: {{Type: "AWS::EC2::Subnet::Id"}}}}
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties: {{ImageId: ami-1, InstanceType: t3.micro, SubnetId: !Ref Subnet{more}}}
Outputs:
  Name: {{Value: !GetAtt Web.{attribute}}}
"""
ADDRESS = {"get_attr": ["Web_port", "fixed_ips", 0, "ip_address"]}


@pytest.mark.parametrize(
    ("attribute", "wanted"),
    [
        ("PrivateIp", ADDRESS),
        ("PrivateDnsName", ADDRESS),
        ("PublicDnsName", {"get_attr": ["Web_public_ip", "floating_ip_address"]}),
    ],
)
def test_an_address_where_a_name_was(attribute: str, wanted: dict[str, Any]) -> None:
    converted = convert_text(TEMPLATE.format(attribute=attribute, more=", PrivateIpAddress: 192.0.2.5"))
    assert written(converted)["outputs"]["Name"]["value"] == wanted
    said = [found for found in converted.diagnostics if "gives an address" in found.message]
    assert [(found.code, found.subject) for found in said] == ([] if attribute == "PrivateIp" else [("C2H3002", "Web")])
