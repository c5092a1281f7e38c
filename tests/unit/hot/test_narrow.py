"""Parameters inherit what the properties that read them demand."""

from __future__ import annotations

from typing import Any

from cfn2heat.hot import values as hot
from cfn2heat.hot.narrow import inherit
from cfn2heat.hot.template import HotParameter
from tests.translating import convert_data


def constraints(field: dict[str, Any], block: Any) -> list[set[str]]:
    """The constraints of a parameter that a security group reads as a block."""
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": block}
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "g", "SecurityGroupIngress": [rule]}}
    converted = convert_data({"Parameters": {"From": {"Type": "String", **field}}, "Resources": {"Group": group}})
    assert converted.translation is not None
    found = converted.translation.hot.parameters["From"].constraints
    return [{str(one.value) for one in constraint.entries.values() if isinstance(one, hot.Literal)} for constraint in found]


def test_a_block_is_asked_for_as_one() -> None:
    assert {"net_cidr"} in constraints({}, {"Ref": "From"})


def test_an_address_that_gets_a_mask_is_asked_for_as_one() -> None:
    joined = {"Fn::Join": ["", [{"Ref": "From"}, "/32"]]}
    assert {"ip_addr"} in constraints({}, joined)
    assert {"ip_addr"} in constraints({"MinLength": 1, "MaxLength": 255}, joined)


def test_a_list_of_values_says_enough() -> None:
    assert constraints({"AllowedValues": ["10.0.0.0/8", "0.0.0.0/0"]}, {"Ref": "From"}) == [set()]


def test_what_is_handed_on_inherits_the_form_beside_its_own_pattern() -> None:
    pattern = hot.HotMap({"allowed_pattern": hot.Literal(".*/32")})
    form = hot.HotMap({"custom_constraint": hot.Literal("net_cidr")})
    inner = HotParameter("Inner", "string", constraints=[hot.HotMap({"allowed_pattern": hot.Literal("1.*")}), form])
    outer, free = HotParameter("Outer", "string", constraints=[pattern]), HotParameter("Free", "string")
    for one in (outer, free, outer):
        inherit(one, inner)
    assert outer.constraints == [pattern, form]
    assert free.constraints == inner.constraints


SERVER = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": {"Ref": "Image"}, "InstanceType": "t3.micro"}}


def parameters(wanted: str, **server: Any) -> HotParameter:
    """What becomes of an image that defaults to nothing, for a server that there is when Make is yes."""
    found = convert_data(
        {
            "Parameters": {"Image": {"Type": "String", "Default": ""}, "Make": {"Type": "String", "Default": wanted}},
            "Conditions": {"Made": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Make"}, "no"]}]}},
            "Resources": {"Web": {**SERVER, **server}},
        }
    )
    assert found.translation is not None
    return found.translation.hot.parameters["Image"]


def test_an_empty_default_is_asked_for_where_the_defaults_make_what_needs_it() -> None:
    assert parameters("yes", Condition="Made").default is None
    assert parameters("no", Condition="Made").default == hot.Literal("")
    assert parameters("no").default is None


def test_who_chooses_otherwise_may_leave_it_empty() -> None:
    assert parameters("yes", Condition="Made").constraints == []
