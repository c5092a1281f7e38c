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


@pytest.mark.parametrize(
    "assertion",
    [
        "!Equals [!Ref P, !Ref Q]",
        "!Or [!Equals [!Ref P, a], !Equals [!Ref Q, z]]",
        "!Contains [[x], !Ref Q]",
        "!Not [!Equals [!Ref Number, 7]]",
        "!Contains [[one], !Ref Number]",
        "!Equals [!Ref Many, a]",
        "!Contains [!Ref Many, a]",
        "!Not [!EachMemberIn [!Ref Many, [a]]]",
        "!EachMemberIn [!Ref Many, [a]]",
        "!EachMemberEquals [!ValueOf [P, VpcId], !Ref P]",
        "!EachMemberIn [!ValueOfAll ['AWS::EC2::Subnet::Id', VpcId], !RefAll 'AWS::EC2::VPC::Id']",
        "!EachMemberEquals [[!Ref P], !Ref Q]",
        "!Contains [[eu-west-3], !Ref 'AWS::Region']",
    ],
)
def test_what_is_more_than_a_constraint_is_said(assertion: str) -> None:
    converted = convert(assertion)
    assert said(converted) == ["Rules.Rule"]
    assert constraints(converted) is None
    assert constraints(converted, "Q") is None


def test_a_condition_on_another_parameter_is_said() -> None:
    converted = convert("!Equals [!Ref P, a]", condition="!Equals [!Ref Q, z]")
    assert said(converted) == ["Rules.Rule"]
    assert constraints(converted) is None


def test_of_several_assertions_those_that_can_be_are_carried() -> None:
    converted = convert("!Equals [!Ref P, !Ref Q]", "!Not [!Equals [!Ref P, '']]")
    assert constraints(converted) == [{"length": {"min": 1}}]
    assert said(converted) == ["Rules.Rule.Assertions[0]"]
    assert converted.translation
    assert [entry.fate.value for entry in converted.translation.ledger.entries if entry.path == ("Rules", "Rule")] == ["adapted"]
