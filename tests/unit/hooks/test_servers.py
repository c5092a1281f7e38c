"""Servers: what is read of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.translating import convert_data, convert_text, written

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


def test_a_floating_ip_serves_the_first_address_as_it_is_said_for_neutron_lists_them_in_an_order_of_its_own() -> None:
    said = [{"PrivateIpAddress": "10.0.0.9", "Primary": True}, {"PrivateIpAddress": "10.0.0.8", "Primary": False}]
    resources: dict[str, Any] = {
        "Front": {"Type": "AWS::EC2::NetworkInterface", "Properties": {"SubnetId": "s", "PrivateIpAddresses": said}},
        "One": {"Type": "AWS::EC2::NetworkInterface", "Properties": {"SubnetId": "s", "PrivateIpAddress": "10.0.0.7"}},
        "More": {
            "Type": "AWS::EC2::NetworkInterface",
            "Properties": {"SubnetId": "s", "PrivateIpAddress": "10.0.0.6", "SecondaryPrivateIpAddressCount": 1},
        },
    }
    for name in list(resources):
        resources[f"{name}Link"] = {
            "Type": "AWS::EC2::EIPAssociation",
            "Properties": {"AllocationId": "a", "NetworkInterfaceId": {"Ref": name}},
        }
    found = written(convert_data({"Resources": resources}))["resources"]
    served = {name: found[f"{name}Link"]["properties"].get("fixed_ip_address") for name in ("Front", "One", "More")}
    assert served == {"Front": "10.0.0.9", "One": None, "More": "10.0.0.6"}
