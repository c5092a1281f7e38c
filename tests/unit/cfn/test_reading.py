"""Sections, resources and what holds between them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cfn2heat.cfn.reader import read_template
from cfn2heat.diagnostics import Diagnostics, InputError, Severity
from tests.unit.cfn.shapes import read_text, shape

FULL = """\
AWSTemplateFormatVersion: 2010-09-09
Description: All of it
Metadata:
  AWS::CloudFormation::Interface: {ParameterGroups: [{Label: {default: !Ref x}}]}
Parameters:
  Name: {Type: String, Default: 5}
Rules:
  One:
    RuleCondition: !Equals [!Ref Name, a]
    Assertions: [{Assert: !Contains [[a], !Ref Name], AssertDescription: b}]
Mappings:
  Sizes: {eu: {small: s, many: [a, b]}, 123456789012: {6: 1}}
Conditions:
  One: !Equals [!Ref Name, a]
  Two: !And [!Condition One, !Not [!Condition One], !Or [!Condition One, {"Fn::Equals": [a, b]}]]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: One
    DependsOn: Queue
    DeletionPolicy: Retain
    UpdateReplacePolicy: Delete
    Metadata: {a: !Ref Name}
    Properties: {TopicName: !Ref Name}
    Version: "1.0"
  Queue:
    Type: AWS::SQS::Queue
    DependsOn: [Other, Other]
    UpdatePolicy: {AutoScalingRollingUpdate: {MinInstancesInService: 1}}
    CreationPolicy: {ResourceSignal: {Count: 1}}
    Properties:
  Other: {Type: AWS::SQS::Queue}
Outputs:
  Url: {Value: !Ref Topic, Description: d, Condition: One, Export: {Name: !Sub "${AWS::StackName}-url"}}
"""


def test_a_full_template() -> None:
    template, said = read_text(FULL)
    assert said == []
    assert (template.version, template.description) == ("2010-09-09", "All of it")
    assert shape(template.metadata) == {
        "AWS::CloudFormation::Interface": {"ParameterGroups": [{"Label": {"default": {"Ref": "x"}}}]}
    }
    assert (template.parameters["Name"].type, shape(template.parameters["Name"].fields)) == (
        "String",
        {"Type": "String", "Default": 5},
    )
    assert shape(template.rules["One"]) == {
        "RuleCondition": ("Equals", ("Ref", "Name"), "a"),
        "Assertions": [{"Assert": ("RuleFunction", "Fn::Contains", [["a"], ("Ref", "Name")]), "AssertDescription": "b"}],
    }
    assert shape(template.mappings["Sizes"]) == {"eu": {"small": "s", "many": ["a", "b"]}, "123456789012": {"6": 1}}
    one = ("ConditionRef", "One")
    assert shape(template.conditions["Two"].value) == ("And", (one, ("Not", one), ("Or", (one, ("Equals", "a", "b")))))
    assert template.spans["Resources"].line == 16
    assert template.transforms == ()


def test_resources_and_outputs() -> None:
    template, _ = read_text(FULL)
    topic, queue, other = template.resources.values()
    assert (topic.type, topic.condition, topic.depends_on) == ("AWS::SNS::Topic", "One", ("Queue",))
    assert (shape(topic.deletion_policy), shape(topic.update_replace_policy), shape(topic.metadata)) == (
        "Retain",
        "Delete",
        {"a": ("Ref", "Name")},
    )
    assert (shape(topic.properties), shape(topic.other["Version"])) == ({"TopicName": ("Ref", "Name")}, "1.0")  # type: ignore[index]
    assert (topic.span.line, topic.attribute_spans["DependsOn"].line) == (17, 20)  # type: ignore[index]
    assert (queue.depends_on, shape(queue.properties), shape(queue.creation_policy)) == (
        ("Other",),
        {},
        {"ResourceSignal": {"Count": 1}},
    )
    assert (other.depends_on, other.metadata, other.other, other.condition) == ((), None, None, None)
    output = template.outputs["Url"]
    assert (shape(output.value), shape(output.description), output.condition) == (("Ref", "Topic"), "d", "One")
    assert shape(output.export) == ("Sub", "${AWS::StackName}-url", (("AWS::StackName", ("Ref", "AWS::StackName")), "-url"))


def test_json_and_yaml_say_the_same() -> None:
    import cfn_flip

    template, _ = read_text(FULL)
    again, said = read_text(cfn_flip.to_json(FULL))
    assert said == []
    assert shape(again.resources["Topic"].properties) == shape(template.resources["Topic"].properties)
    assert shape(again.conditions["Two"].value) == shape(template.conditions["Two"].value)


def test_what_is_missing_is_guessed() -> None:
    diagnostics = Diagnostics()
    read_template("Resources:\n  Topic:\n    Type: A::B::C\n    DependsOn: Topik\n", "t", diagnostics)
    (found,) = diagnostics.all()
    assert (found.code, found.severity, found.subject, found.advice) == (
        "C2H1113",
        Severity.ERROR,
        "Topic.DependsOn",
        "is Topic meant?",
    )


def test_a_macro_may_make_what_is_missing() -> None:
    diagnostics = Diagnostics()
    template = read_template("Transform: Mine\nResources:\n  Topic:\n    Type: A::B::C\n    DependsOn: Made\n", "t", diagnostics)
    assert template.transforms == ("Mine",)
    assert [(found.code, found.severity) for found in diagnostics.all()] == [
        ("C2H1209", Severity.ERROR),
        ("C2H1113", Severity.WARNING),
    ]


def test_names_keep_their_source_text() -> None:
    template, said = read_text("Resources:\n  2012:\n    Type: A::B::C\n    DependsOn: '2012'\n")
    assert list(template.resources) == ["2012"]
    assert type(next(iter(template.resources))) is str
    assert said == ["C2H1117 2:3"]


@pytest.mark.parametrize("text", ["Resources:\n  A: {Type: x}\nConditions:\n  A: !Condition B\n  B: !Condition A\n"])
def test_circles_of_conditions_are_fatal(text: str) -> None:
    with pytest.raises(InputError, match=r"A .line 4. -> B .line 5. -> A"):
        read_text(text)


def test_many_wrong_names_end_soon() -> None:
    import time

    text = "Resources:\n" + "".join(f"  R{i}:\n    Type: A::B::C\n    DependsOn: Q{i}\n" for i in range(5000))
    start = time.perf_counter()
    _, said = read_text(text)
    assert len(said) == 5000
    assert time.perf_counter() - start < 10


def test_reading_json_loads_neither_yaml_nor_a_parser_generator() -> None:
    code = (
        "import sys; from cfn2heat.cfn.reader import read_template; "
        'read_template(\'{"Resources": {"A": {"Type": "A::B::C"}}}\'); '
        "print(sorted({'yaml', 'lark', 'cfn_flip', 'cfn_tools', 'difflib', 'cfn2heat.cfn.macros'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
