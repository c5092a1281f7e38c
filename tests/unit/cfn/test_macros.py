"""Includes, language extensions, SAM and macros that nobody has."""

from __future__ import annotations

import builtins
import socket
from pathlib import Path
from typing import Any

import pytest

from cfn2heat.cfn.reader import ReadOptions, read
from cfn2heat.cfn.template import Template
from cfn2heat.diagnostics import Diagnostics, InputError
from tests.unit.cfn.shapes import shape


def expand(text: str, folder: Path | None = None, **parameters: str) -> tuple[Template, list[str]]:
    diagnostics = Diagnostics()
    template = read(None, text, "t.yaml", ReadOptions(folder, parameters), diagnostics)
    return template, [found.code for found in diagnostics.all()]


def resources(text: str, **parameters: str) -> dict[str, Any]:
    template, codes = expand(text, **parameters)
    assert codes == []
    return {name: shape(resource.properties) for name, resource in template.resources.items()}


# Include

INCLUDING = """\
Parameters: {Place: {Type: String, Default: s3://bucket/snippets}}
Resources:
  A:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: own
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: %s}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "tags.yaml").write_text("Tags: [{Key: a, Value: !Ref Place}]\n")
    (tmp_path / "other.json").write_text('{"TopicName": "theirs", "DisplayName": "x"}')
    (tmp_path / "outputs.yaml").write_text("Outputs: {O: {Value: a}}\nResources: {B: {Type: AWS::SNS::Topic}}\n")
    (tmp_path / "nested.yaml").write_text(
        "Inner: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/snippets/tags.yaml}}}\n"
    )
    (tmp_path / "list.yaml").write_text("[a, b]\n")
    return tmp_path


@pytest.mark.parametrize(
    "location",
    [
        "s3://bucket/snippets/tags.yaml",
        "!Sub '${Place}/tags.yaml'",
        "!Join [/, [!Ref Place, tags.yaml]]",
        "!Sub '${Unknown}/tags.yaml'",
    ],
)
def test_include_by_the_end_of_the_location(folder: Path, location: str) -> None:
    template, codes = expand(INCLUDING % location, folder)
    assert codes == []
    assert shape(template.resources["A"].properties) == {"TopicName": "own", "Tags": [{"Key": "a", "Value": ("Ref", "Place")}]}
    assert template.resources["A"].properties.entries["Tags"].span.file == "tags.yaml"
    assert template.transforms == ()


def test_own_entries_win_over_included_ones(folder: Path) -> None:
    template, codes = expand(INCLUDING % "s3://b/other.json", folder)
    assert shape(template.resources["A"].properties) == {"TopicName": "own", "DisplayName": "x"}
    assert codes == ["C2H1212"]


def test_includes_in_included_files(folder: Path) -> None:
    template, codes = expand(INCLUDING % "s3://b/nested.yaml", folder)
    assert shape(template.resources["A"].properties.entries["Inner"]) == {"Tags": [{"Key": "a", "Value": ("Ref", "Place")}]}
    assert codes == []


def test_include_of_sections(folder: Path) -> None:
    text = (
        "Transform: {Name: AWS::Include, Parameters: {Location: s3://b/outputs.yaml}}\nResources: {A: {Type: AWS::SNS::Topic}}\n"
    )
    template, codes = expand(text, folder)
    assert (list(template.resources), list(template.outputs), codes) == (["A", "B"], ["O"], [])


def test_a_value_may_be_included(folder: Path) -> None:
    included = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/list.yaml}}}"
    text = f"Resources: {{A: {{Type: A::B::C, Properties: {{L: {included}}}}}}}\n"
    template, codes = expand(text, folder)
    assert (shape(template.resources["A"].properties), codes) == ({"L": ["a", "b"]}, [])


def test_what_joins_a_map_must_be_one(folder: Path) -> None:
    template, codes = expand(INCLUDING % "s3://b/list.yaml", folder)
    assert (shape(template.resources["A"].properties), codes) == ({"TopicName": "own"}, ["C2H1211"])


@pytest.mark.parametrize(("location", "code"), [("s3://b/none.yaml", "C2H1206"), ("!ImportValue x", "C2H1203")])
def test_includes_that_are_not_at_hand_stay_unknown(folder: Path, location: str, code: str) -> None:
    template, codes = expand(INCLUDING % location, folder)
    assert codes == [code]
    assert template.transforms == ("AWS::Include",)
    assert shape(template.resources["A"].properties)["Fn::Transform"][:2] == ("Transform", "AWS::Include")


def test_nothing_is_looked_for_without_a_folder() -> None:
    assert expand(INCLUDING % "s3://b/snippets/tags.yaml")[1] == ["C2H1205"]


@pytest.mark.parametrize(
    "location", ["../secret.yaml", "s3://b/../secret.yaml", "s3://b/..\\\\secret.yaml", "s3://b/a/../../secret.yaml"]
)
def test_traversal_is_refused(folder: Path, location: str) -> None:
    (folder.parent / "secret.yaml").write_text("Stolen: true\n")
    with pytest.raises(InputError) as error:
        expand(INCLUDING % location, folder)
    assert error.value.diagnostic.code == "C2H1204"


def test_links_that_lead_out_are_not_followed(folder: Path) -> None:
    (folder.parent / "secret.yaml").write_text("Stolen: true\n")
    (folder / "link.yaml").symlink_to(folder.parent / "secret.yaml")
    assert expand(INCLUDING % "s3://b/link.yaml", folder)[1] == ["C2H1206"]


def test_many_includes_of_one_file_are_refused(folder: Path) -> None:
    one = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/list.yaml}}}"
    with pytest.raises(InputError) as error:
        expand(f"Resources: {{A: {{Type: A::B::C, Properties: {{L: [{', '.join([one] * 201)}]}}}}}}", folder)
    assert error.value.diagnostic.code == "C2H1005"


def test_includes_cannot_outgrow_the_depth(folder: Path) -> None:
    deep = "[" * 80 + "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/deep2.yaml}}}" + "]" * 80
    (folder / "deep1.yaml").write_text(f"A: {deep}\n")
    (folder / "deep2.yaml").write_text(f"A: {deep.replace('deep2', 'list')}\n")
    with pytest.raises(InputError) as error:
        expand(INCLUDING % "s3://b/deep1.yaml", folder)
    assert error.value.diagnostic.code == "C2H1009"


# Language extensions

LOOP = (
    "Transform: AWS::LanguageExtensions\nParameters:\n  Names: {Type: CommaDelimitedList, Default: 'a, b-1'}\n"
    "  Empty: {Type: CommaDelimitedList, Default: ''}\n"
)


def test_for_each_over_resources() -> None:
    text = LOOP + (
        "Mappings: {M: {k: {a: x}}}\nResources:\n  Fn::ForEach::Topics:\n    - N\n    - !Ref Names\n"
        "    - Topic&{N}:\n        Type: AWS::SNS::Topic\n"
        "        Properties:\n          Name: !Sub '${N}-${AWS::Region}'\n          Plain: !Ref N\n"
        "          Text: x${N}\n          Other: '${M}'\n"
        "          Peer: !GetAtt [!Sub 'Topic&{N}', TopicName]\n          ${N}Key: !FindInMap [M, k, !Ref N]\n"
    )
    region = ("AWS::Region", ("Ref", "AWS::Region"))
    template, _ = expand(text)
    made = {name: shape(resource.properties) for name, resource in template.resources.items()}
    assert made == {
        "Topica": {"Name": ("Sub", "a-${AWS::Region}", ("a-", region)), "Plain": "a", "Text": "xa", "Other": "${M}",
                   "Peer": ("GetAtt", "Topica", "TopicName"),
                   "aKey": ("FindInMap", "M", "k", "a", None)},
        "Topicb1": {"Name": ("Sub", "b-1-${AWS::Region}", ("b-1-", region)), "Plain": "b-1", "Text": "xb-1", "Other": "${M}",
                    "Peer": ("GetAtt", "Topicb1", "TopicName"), "b-1Key": ("FindInMap", "M", "k", "b-1", None)},
    }  # fmt: skip
    assert template.resources["Topica"].span.line == 10


def test_given_parameters_count() -> None:
    text = LOOP + "Resources:\n  Fn::ForEach::Topics: [N, !Ref Names, {'T${N}': {Type: A::B::C}}]\n"
    assert list(resources(text, Names="x,y,z")) == ["Tx", "Ty", "Tz"]


def test_nested_loops_everywhere() -> None:
    text = LOOP + (
        "Conditions:\n  Fn::ForEach::C: [N, [a, b], {'Is${N}': !Equals [!Ref Names, !Ref N]}]\n"
        "Resources:\n  Fn::ForEach::Outer:\n    - A\n    - [x, y]\n    - Fn::ForEach::Inner:\n"
        "        - B\n        - ['1', !Ref Names]\n        - T${A}&{B}:\n            Type: A::B::C\n"
        "            Properties:\n              Fn::ForEach::P: [K, [p, q], {'Key${K}': '${A}${B}${K}'}]\n"
        "Outputs:\n  Fn::ForEach::O: [N, [x], {'Out${N}': {Value: !GetAtt ['T${N}1', Arn]}}]\n"
    )
    template, codes = expand(text)
    assert codes == []
    assert list(template.resources) == ["Tx1", "Txa", "Txb1", "Ty1", "Tya", "Tyb1"]
    assert shape(template.resources["Tya"].properties) == {"Keyp": "yap", "Keyq": "yaq"}
    assert list(template.conditions) == ["Isa", "Isb"]
    assert shape(template.outputs["Outx"].value) == ("GetAtt", "Tx1", "Arn")


def value(text: str, **parameters: str) -> Any:
    return resources(LOOP + f"Resources: {{A: {{Type: A::B::C, Properties: {{V: {text}}}}}}}\n", **parameters)["A"]["V"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Length [a, b, !ImportValue x]", 3),
        ("!Length !Ref Names".replace("!Length !Ref Names", "{Fn::Length: !Ref Names}"), 2),
        ("{Fn::Length: !Ref Empty}", 0),
        ("{Fn::Length: !Split [',', 'a,b,c,d']}", 4),
        (
            "{Fn::ToJsonString: {a: 1, b: [true, null, 'x\"y'], c: {}, d: 'é${Z}'}}",
            '{"a":1,"b":[true,null,"x\\"y"],"c":{},"d":"é${Z}"}',
        ),
        ("{Fn::ToJsonString: [a]}", '["a"]'),
        (
            "{Fn::ToJsonString: {a: !ImportValue b, c: '${X}'}}",
            ("Sub", '{"a":"${Json1}","c":"${!X}"}', ('{"a":"', ("Json1", ("ImportValue", "b")), '","c":"${X}"}')),
        ),
        (
            "{Fn::ToJsonString: {a: !Ref Names}}",
            ("Sub", '{"a":["${Json1}"]}', ('{"a":["', ("Json1", ("Join", '","', ("Ref", "Names"))), '"]}')),
        ),
        ("{Fn::FindInMap: [M, k, l, {DefaultValue: !Ref Names}]}", None),
    ],
)
def test_length_and_json(text: str, expected: Any) -> None:
    if expected is None:
        template, _ = expand(
            LOOP + f"Mappings: {{M: {{k: {{l: x}}}}}}\nResources: {{A: {{Type: A::B::C, Properties: {{V: {text}}}}}}}\n"
        )
        assert shape(template.resources["A"].properties)["V"] == ("FindInMap", "M", "k", "l", ("Ref", "Names"))
    else:
        assert value(text) == expected


# SAM

FUNCTION = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 5}}
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      CodeUri: ./src
      Policies: AmazonS3ReadOnlyAccess
      Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}
  Store:
    Type: AWS::Serverless::Application
    Properties: {Location: {ApplicationId: arn:aws:serverlessrepo:us-east-1:1:applications/x, SemanticVersion: 1.0.0}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: 2012-10-17}}
Outputs: {Role: {Value: !GetAtt WorkRole.Arn}}
"""


def test_sam_is_expanded_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("samtranslator")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network is touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    template, codes = expand(FUNCTION)
    assert codes == []
    types = {name: resource.type for name, resource in template.resources.items()}
    assert types["Work"] == "AWS::Lambda::Function"
    assert types["WorkRole"] == "AWS::IAM::Role"
    assert types["ServerlessRestApi"] == "AWS::ApiGateway::RestApi"
    assert types["Store"] == "AWS::Serverless::Application"
    assert shape(template.resources["Work"].properties)["Timeout"] == 5
    assert shape(template.resources["Topic"].properties) == {"TopicName": "2012-10-17"}
    assert {name: template.resources[name].span.line for name in ("Work", "WorkRole", "Topic")} == {
        "Work": 4,
        "WorkRole": 4,
        "Topic": 15,
    }
    assert template.resources["Topic"].properties.entries["TopicName"].span.column == 58


def test_without_sam_the_types_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("samtranslator"):
            raise ImportError(name)
        return original(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    template, codes = expand(FUNCTION)
    assert codes == ["C2H1216", "C2H1112"]
    assert template.resources["Work"].type == "AWS::Serverless::Function"
    assert template.transforms == ("AWS::Serverless-2016-10-31",)


# Custom macros


def test_a_custom_macro_leaves_the_rest() -> None:
    template, codes = expand(
        "Transform: [AWS::LanguageExtensions, {Name: Mine, Parameters: {}}]\n"
        "Resources:\n  Fn::Transform: {Name: Other}\n  A:\n    Type: A::B::C\n"
        "    Properties: {Fn::Transform: [{Name: Third, Parameters: {x: !Ref AWS::Region}}]}\n"
    )
    assert codes == ["C2H1209", "C2H1210", "C2H1210"]
    assert template.transforms == ("Third", "Other", "Mine")
    assert list(template.resources) == ["A"]
    assert shape(template.resources["A"].properties) == {"Fn::Transform": ("Transform", "Third", {"x": ("Ref", "AWS::Region")})}
