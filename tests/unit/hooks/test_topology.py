"""What hangs on which router."""

from __future__ import annotations

from typing import Any

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks.topology import signature
from cfn2heat.source import Span
from tests.translating import convert_data, written

NET = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


def resources(source: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """The resources of a conversion."""
    found: dict[str, Any] = written(convert_data({"Resources": source, **sections}))["resources"]
    return found


def of_type(kind: str, **properties: Any) -> dict[str, Any]:
    """A resource of EC2."""
    return {"Type": f"AWS::EC2::{kind}", "Properties": properties}


def test_equal_values_have_one_signature_wherever_they_stand() -> None:
    here, there = (cfn.Ref("Vpc", Span("a", line, 1)) for line in (1, 9))
    assert signature(here) == signature(there) != signature(cfn.Ref("Other", Span("a", 1, 1)))


def test_one_network_alone_needs_no_router() -> None:
    found = resources({"Net": NET, "A": of_type("Subnet", VpcId={"Ref": "Net"}, CidrBlock="10.0.1.0/24")})
    assert set(found) == {"Net", "A"}


def test_tables_of_one_outer_vpc_are_one_router() -> None:
    tables = {name: of_type("RouteTable", VpcId={"Ref": "Vpc"}) for name in ("One", "Two")}
    uses = {
        f"Uses{name}": of_type("SubnetRouteTableAssociation", RouteTableId={"Ref": name}, SubnetId={"Ref": f"Subnet{name}"})
        for name in tables
    }
    parameters = {name: {"Type": "String"} for name in ("Vpc", "SubnetOne", "SubnetTwo")}
    found = resources({**tables, **uses}, Parameters=parameters)
    assert set(found) == {"One", "UsesOne", "UsesTwo"}
    assert found["UsesTwo"]["properties"]["router"] == {"get_resource": "One"}


def test_the_same_route_of_two_tables_is_one() -> None:
    tables = {name: of_type("RouteTable", VpcId={"Ref": "Net"}) for name in ("One", "Two")}
    routes = {
        f"To{name}": of_type(
            "Route", RouteTableId={"Ref": name}, DestinationCidrBlock="10.9.0.0/16", TransitGatewayId={"Ref": "Hub"}
        )
        for name in tables
    }
    found = resources({"Net": NET, **tables, **routes}, Parameters={"Hub": {"Type": "String"}})
    assert "ToOne" in found
    assert "ToTwo" not in found


def test_a_gateway_under_a_condition_is_one_of_the_router_under_it() -> None:
    source = {
        "Net": NET,
        "Gateway": {**of_type("InternetGateway"), "Condition": "Public"},
        "Attached": {
            **of_type("VPCGatewayAttachment", VpcId={"Ref": "Net"}, InternetGatewayId={"Ref": "Gateway"}),
            "Condition": "Public",
        },
    }
    conditions = {"Public": {"Fn::Equals": [{"Ref": "Kind"}, "public"]}}
    found = resources(source, Parameters={"Kind": {"Type": "String"}}, Conditions=conditions)
    gateway = found["Net_router"]["properties"]["external_gateway_info"]
    assert gateway == {"if": ["Public", {"network": {"get_param": "external_network"}}]}
