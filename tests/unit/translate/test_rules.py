"""Rules over parameters."""

from __future__ import annotations

from typing import Any

import pytest

from cfn2heat.translate.result import Converted
from cfn2heat.translate.sections import accepts
from tests.translating import convert_text, written

PARAMETERS = """
Parameters:
  P: {Type: String}
  Q: {Type: String, Default: z}
  Listed: {Type: String, Default: a, AllowedValues: [a, b, c]}
  Number: {Type: Number, Default: 1}
  Many: {Type: CommaDelimitedList, Default: "a,b"}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
Resources: {V: {Type: "OS::Heat::Value", Properties: {value: !Ref P}}}
"""


def convert(*assertions: str, condition: str = "") -> Converted:
    """One rule with assertions."""
    body = "".join(f"      - {{Assert: {assertion}}}\n" for assertion in assertions)
    head = f"    RuleCondition: {condition}\n" if condition else ""
    return convert_text(f"{PARAMETERS}Rules:\n  Rule:\n{head}    Assertions:\n{body}")


def constraints(converted: Converted, parameter: str = "P") -> Any:
    """The constraints of a parameter."""
    return written(converted)["parameters"][parameter].get("constraints")


def said(converted: Converted) -> list[str]:
    """What is not carried."""
    return [found.subject for found in converted.diagnostics if found.code == "C2H2102"]


@pytest.mark.parametrize(
    ("assertion", "parameter", "wanted"),
    [
        ("!Contains [[a, b], !Ref P]", "P", {"allowed_values": ["a", "b"]}),
        ("!Equals [!Ref P, a]", "P", {"allowed_values": ["a"]}),
        ("!Equals ['', !Ref P]", "P", {"allowed_values": [""]}),
        ("!Not [!Equals [!Ref P, '']]", "P", {"length": {"min": 1}}),
        ("!Or [!Equals [!Ref P, a], !Contains [[b, a], !Ref P]]", "P", {"allowed_values": ["a", "b"]}),
        ("!Not [!And [!Not [!Equals [!Ref P, a]], !Not [!Equals [!Ref P, b]]]]", "P", {"allowed_values": ["a", "b"]}),
        ("!Or [!Not [!Contains [[a, ''], !Ref P]], !Equals [!Ref P, a]]", "P", {"length": {"min": 1}}),
        ("!Not [!Equals [!Ref Listed, b]]", "Listed", {"allowed_values": ["a", "c"]}),
        ("!Contains [[1, 2, '3'], !Ref Number]", "Number", {"allowed_values": [1, 2, 3]}),
        ("!EachMemberIn [!Ref Many, [a, b, c]]", "Many", {"allowed_values": ["a", "b", "c"]}),
        ("!EachMemberIn [[!Ref P], [a, b]]", "P", {"allowed_values": ["a", "b"]}),
    ],
)
def test_an_assertion_on_one_parameter_is_its_constraint(assertion: str, parameter: str, wanted: dict[str, Any]) -> None:
    converted = convert(assertion)
    assert said(converted) == []
    assert constraints(converted, parameter)[-1] == wanted


def test_all_that_an_and_holds_together() -> None:
    converted = convert("!And [!Equals [!Ref P, a], !Not [!Equals [!Ref Listed, c]]]", "!Equals [!Ref Q, z]")
    assert constraints(converted) == [{"allowed_values": ["a"]}]
    assert constraints(converted, "Listed")[-1] == {"allowed_values": ["a", "b"]}
    assert constraints(converted, "Q") == [{"allowed_values": ["z"]}]
    assert said(converted) == []


@pytest.mark.parametrize("value", ["a.b", "", "c"])
def test_values_that_are_refused_are_a_pattern(value: str) -> None:
    converted = convert("!Not [!Contains [['a.b', ''], !Ref P]]")
    assert converted.translation
    parameter = converted.translation.hot.parameters["P"]
    assert accepts(parameter, value) == (value == "c")
    assert accepts(parameter, "axb")
    assert accepts(parameter, "a.b\nmore")
    assert constraints(converted)[0]["description"] == "must not be a.b or empty"


def test_words_go_with_the_constraint() -> None:
    text = f'{PARAMETERS}Rules: {{R: {{Assertions: [{{Assert: !Contains [[a], !Ref P], AssertDescription: "only a"}}]}}}}'
    assert constraints(convert_text(text)) == [{"allowed_values": ["a"], "description": "only a"}]


def test_a_condition_on_the_same_parameter_is_a_part_of_the_constraint() -> None:
    converted = convert("!Contains [[a, b], !Ref P]", condition="!Not [!Equals [!Ref P, '']]")
    assert constraints(converted) == [{"allowed_values": ["", "a", "b"]}]


REFUSED = {"type": "OS::Heat::Value", "condition": "Rule_broken"}
LISTED, Q = {"get_param": "Listed"}, {"get_param": "Q"}


@pytest.mark.parametrize(
    ("assertion", "broken"),
    [
        ("!Not [!Equals [!Ref Listed, !Ref Q]]", {"equals": [LISTED, Q]}),
        (
            "!Or [!Equals [!Ref Listed, a], !Equals [!Ref Q, y]]",
            {"not": {"or": [{"equals": [LISTED, "a"]}, {"equals": [Q, "y"]}]}},
        ),
        ("!Not [!Equals [!Ref Number, 7]]", {"equals": [{"get_param": "Number"}, 7]}),
        ("!Not [!EachMemberEquals [[!Ref Listed], !Ref Q]]", {"equals": [LISTED, Q]}),
        (
            "!Contains [[!Ref Q, a], !Ref Listed]",
            {"not": {"or": [{"equals": [LISTED, Q]}, {"equals": [LISTED, "a"]}]}},
        ),
    ],
)
def test_parameters_against_each_other_are_a_resource_that_heat_refuses(assertion: str, broken: dict[str, Any]) -> None:
    converted = convert(assertion)
    data = written(converted)
    assert said(converted) == []
    assert data["conditions"]["Rule_broken"] == broken
    message = {"type": "number", "value": "The parameters break the rule Rule."}
    assert data["resources"]["Rule_rule"] == {**REFUSED, "properties": message}
    assert constraints(converted) is None


def test_a_condition_on_another_parameter_goes_into_the_one_of_the_resource() -> None:
    text = """
Rules:
  R1:
    RuleCondition: !Equals [!Ref Q, y]
    Assertions:
      - {Assert: !Equals [!Ref Listed, b], AssertDescription: "y wants b"}
      - {Assert: !Equals [!Ref Listed, !Ref Q], AssertDescription: "5"}
"""
    converted = convert_text(PARAMETERS + text)
    data = written(converted)
    assert data["conditions"]["R1_broken"] == {"and": [{"equals": [Q, "y"]}, {"not": {"equals": [LISTED, "b"]}}]}
    found = {name: data["resources"][name]["properties"]["value"] for name in ("R1_rule", "R1_rule_2")}
    assert found == {"R1_rule": "y wants b", "R1_rule_2": "The parameters break the rule R1."}
    assert list(data["resources"]) == ["V", "R1_rule", "R1_rule_2"]
    assert converted.translation
    entry = next(entry for entry in converted.translation.ledger.entries if entry.path == ("Rules", "R1"))
    assert (entry.fate.value, entry.targets) == ("adapted", ("R1_rule", "R1_rule_2"))


@pytest.mark.parametrize(
    ("assertion", "because"),
    [
        ("!Contains [!Ref Many, a]", "AWS alone"),
        ("!Equals [!Ref Many, a]", "AWS alone"),
        ("!EachMemberIn [!Ref Many, [a]]", "AWS alone"),
        ("!EachMemberEquals [!ValueOf [P, VpcId], !Ref P]", "AWS alone"),
        ("!EachMemberIn [!ValueOfAll ['AWS::EC2::Subnet::Id', VpcId], !RefAll 'AWS::EC2::VPC::Id']", "AWS alone"),
        ("!Contains [[x], !Ref Q]", "defaults"),
        ("!Contains [[one], !Ref Number]", "defaults"),
        ("!Equals [a, b]", "defaults"),
        ("!Equals [!Ref P, !Ref Q]", "made up"),
        ("!Contains [[eu-west-3], !Ref 'AWS::Region']", "AWS alone"),
    ],
)
def test_what_nothing_can_ask_is_said(assertion: str, because: str) -> None:
    converted = convert(assertion)
    assert said(converted) == ["Rules.Rule"]
    assert any(because in found.message for found in converted.diagnostics if found.code == "C2H2102")
    data = written(converted)
    assert list(data["resources"]) == ["V"]
    assert "region" not in data["parameters"]


def test_what_nothing_can_break_needs_nothing() -> None:
    converted = convert("!Equals [a, a]")
    assert said(converted) == []
    assert list(written(converted)["resources"]) == ["V"]


def test_of_several_assertions_those_that_can_be_are_carried() -> None:
    converted = convert("!Equals [!ValueOf [P, VpcId], !Ref Q]", "!Not [!Equals [!Ref P, '']]")
    assert constraints(converted) == [{"length": {"min": 1}}]
    assert said(converted) == ["Rules.Rule.Assertions[0]"]
    assert converted.translation
    assert [entry.fate.value for entry in converted.translation.ledger.entries if entry.path == ("Rules", "Rule")] == ["adapted"]
