"""Rules over parameters."""

from tests.translating import convert_text, written

RULES = """
Parameters: {P: {Type: String}, Q: {Type: String, Default: z}}
Rules:
  One: {Assertions: [{Assert: {"Fn::Contains": [[a, b], {Ref: P}]}, AssertDescription: must be a or b}]}
  Two:
    RuleCondition: {"Fn::Equals": [{Ref: P}, a]}
    Assertions: [{Assert: {"Fn::Contains": [[x], {Ref: Q}]}}]
  Three: {Assertions: [{Assert: {"Fn::Contains": [[x], {Ref: Q}]}}]}
Resources: {V: {Type: "OS::Heat::Value", Properties: {value: {Ref: P}}}}
"""


def test_a_rule_on_one_parameter_is_its_constraint() -> None:
    converted = convert_text(RULES)
    constraints = written(converted)["parameters"]["P"]["constraints"]
    assert constraints == [{"allowed_values": ["a", "b"], "description": "must be a or b"}]


def test_rules_under_conditions_and_against_defaults_are_said() -> None:
    converted = convert_text(RULES)
    assert [found.subject for found in converted.diagnostics if found.code == "C2H2102"] == ["Rules.Two", "Rules.Three"]
    assert "constraints" not in written(converted)["parameters"]["Q"]
