"""Rules over parameters: the engine refuses a stack just where CloudFormation would."""

from __future__ import annotations

import pytest

from tests.oracle.engine import Engine
from tests.translating import convert_text

TEMPLATE = """
Parameters:
  Public: {Type: String, Default: "no", AllowedValues: ["yes", "no"]}
  Zone: {Type: String, Default: ""}
  Count: {Type: Number, Default: 1}
  Words: {Type: CommaDelimitedList, Default: "a,b"}
Rules:
  Named:
    RuleCondition: !Equals [!Ref Public, "yes"]
    Assertions: [{Assert: !Not [!Equals [!Ref Zone, ""]], AssertDescription: What is public wants a zone}]
  Few:
    RuleCondition: !Equals [!Ref Public, "no"]
    Assertions: [{Assert: !Contains [[1, 2], !Ref Count]}]
  Plain:
    Assertions:
      - {Assert: !Not [!Contains [["x.y", "z"], !Ref Zone]], AssertDescription: Not these zones}
      - {Assert: !EachMemberIn [!Ref Words, [a, b, c]]}
Resources: {V: {Type: "OS::Heat::Value", Properties: {value: !Ref Zone}}}
"""
FINE = [{}, {"Public": "yes", "Zone": "b", "Count": 9}, {"Zone": "xay", "Words": "c"}]
BROKEN = [
    ({"Public": "yes"}, "What is public wants a zone"),
    ({"Count": 3}, "The parameters break the rule Few."),
    ({"Zone": "x.y"}, "Not these zones"),
    ({"Words": "a,d"}, "is not an allowed value"),
]


@pytest.mark.parametrize("version", ["2021-04-16", "2018-08-31", "2016-10-14"])
def test_rules_hold(version: str, heat: Engine) -> None:
    converted = convert_text(TEMPLATE, heat_version=version)
    assert [found for found in converted.diagnostics if found.code == "C2H2102"] == []
    text = next(iter(converted.files.values()))
    for parameters in FINE:
        assert heat.errors(text, env={"parameters": parameters}) == []
    for parameters, words in BROKEN:
        assert any(words in error for error in heat.errors(text, env={"parameters": parameters})), parameters
