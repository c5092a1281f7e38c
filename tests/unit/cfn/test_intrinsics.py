"""Every function in both of its spellings."""

from __future__ import annotations

from typing import Any

import pytest

from cfn2heat.cfn.intrinsics import FUNCTIONS
from tests.unit.cfn.shapes import read_value

ROWS: list[tuple[str, Any]] = [
    ("text", "text"),
    ("5", 5),
    ("[a, {b: c}]", ["a", {"b": "c"}]),
    ("2012-10-17", "2012-10-17"),
    ("{2012-10-17: 011111111111}", {"2012-10-17": 1227133513}),
    ("!Ref P", ("Ref", "P")),
    ("{Ref: R}", ("Ref", "R")),
    ("!Ref AWS::Region", ("Ref", "AWS::Region")),
    ("!Ref AWS::NoValue", ("NoValue",)),
    ("!GetAtt R.A", ("GetAtt", "R", "A")),
    ("!GetAtt R.A.B", ("GetAtt", "R", "A.B")),
    ('{"Fn::GetAtt": [R, A.B]}', ("GetAtt", "R", "A.B")),
    ('{"Fn::GetAtt": [R, Outputs, Url]}', ("GetAtt", "R", "Outputs.Url")),
    ('{"Fn::GetAtt": R.A}', ("GetAtt", "R", "A")),
    ("!GetAtt [R, !Ref P]", ("GetAtt", "R", ("Ref", "P"))),
    ("!Sub a", ("Sub", "a", ("a",))),
    ("!Sub 'a${P}${R.A}${!X}'", ("Sub", "a${P}${R.A}${!X}", ("a", ("P", ("Ref", "P")), ("R.A", ("GetAtt", "R", "A")), "${X}"))),
    ("!Sub ['${v}', {v: !Ref P}]", ("Sub", "${v}", (("v", ("Ref", "P")),))),
    ("!Sub ['${P}${Ref}', {Ref: x}]", ("Sub", "${P}${Ref}", (("P", ("Ref", "P")), ("Ref", "x")))),
    ("!Sub ['${v.w}', {v.w: x, y: z}]", ("Sub", "${v.w}", (("v.w", "x"),))),
    ("!Sub '${AWS::NoValue}'", ("Sub", "${AWS::NoValue}", (("AWS::NoValue", ("NoValue",)),))),
    ("!Sub ['a']", ("Sub", "a", ("a",))),
    ("!Join ['-', [a, !Ref P]]", ("Join", "-", ["a", ("Ref", "P")])),
    ("!Join [',', !Ref Zones]", ("Join", ",", ("Ref", "Zones"))),
    ("!Join ['', []]", ("Join", "", [])),
    ("!Select [0, !GetAZs '']", ("Select", 0, ("GetAZs", ""))),
    ("!Select ['1', [a, b]]", ("Select", "1", ["a", "b"])),
    ("!Split [',', !Ref P]", ("Split", ",", ("Ref", "P"))),
    ("!FindInMap [Sizes, !Ref AWS::Region, small]", ("FindInMap", "Sizes", ("Ref", "AWS::Region"), "small", None)),
    ('{"Fn::FindInMap": [Sizes, eu, small, {DefaultValue: x}]}', ("FindInMap", "Sizes", "eu", "small", "x")),
    ("!FindInMap [!Ref P, a, b]", ("FindInMap", ("Ref", "P"), "a", "b", None)),
    ("!If [Always, a, !Ref AWS::NoValue]", ("If", "Always", "a", ("NoValue",))),
    ("!Base64 a", ("Base64", "a")),
    ('{"Fn::Base64": !Sub a}', ("Base64", ("Sub", "a", ("a",)))),
    ("!Cidr [10.0.0.0/16, 4]", ("Cidr", "10.0.0.0/16", 4, None)),
    ("!Cidr [!GetAtt R.A, 4, 8]", ("Cidr", ("GetAtt", "R", "A"), 4, 8)),
    ("!GetAZs {Ref: AWS::Region}", ("GetAZs", ("Ref", "AWS::Region"))),
    ("!ImportValue a", ("ImportValue", "a")),
    ('{"Fn::ImportValue": !Sub "${P}-x"}', ("ImportValue", ("Sub", "${P}-x", (("P", ("Ref", "P")), "-x")))),
    ('{"Fn::GetStackOutput": {StackName: a, OutputName: b}}',
     ("Transform", "Fn::GetStackOutput", {"StackName": "a", "OutputName": "b"})),
    ("'{{resolve:ssm:/a:1}}'", ("DynamicReference", "ssm", "/a:1")),
    ("'x{{resolve:ssm-secure:a:1}}'",
     ("Sub", "x{{resolve:ssm-secure:a:1}}", ("x", ("{{resolve:ssm-secure:a:1}}", ("DynamicReference", "ssm-secure", "a:1"))))),
    ("!Sub '{{resolve:secretsmanager:${R}::p}}'",
     ("Sub", "{{resolve:secretsmanager:${R}::p}}",
      (("{{resolve:secretsmanager:${R}::p}}", ("DynamicReference", "secretsmanager", "${R}::p")),))),
    ("!Join ['', ['{{resolve:secretsmanager:', !Ref R, ':SecretString:p}}']]",
     ("DynamicReference", "secretsmanager", "${R}:SecretString:p")),
    ("!Join ['', ['{{resolve:ssm:', !GetAtt R.A, '}}', x]]",
     ("Sub", "{{resolve:ssm:${R.A}}}x", (("{{resolve:ssm:${R.A}}}", ("DynamicReference", "ssm", "${R.A}")), "x"))),
    ("'{{resolve:unclosed'", "{{resolve:unclosed"),
    ("{get_file: /etc/passwd}", {"get_file": "/etc/passwd"}),
    ("{Condition: Always}", {"Condition": "Always"}),
    ("{Fn: a}", {"Fn": "a"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text for text, _ in ROWS])
def test_values(text: str, expected: Any) -> None:
    assert read_value(text) == (expected, [])


WRONG: list[tuple[str, str, Any]] = [
    ("!Unknown a", "C2H1101", ("Transform", "Fn::Unknown", "a")),
    ("!Join [a]", "C2H1103", ("Transform", "Fn::Join", ["a"])),
    ("!Ref [a]", "C2H1103", ("Transform", "Ref", ["a"])),
    ("!GetAtt R", "C2H1103", ("Transform", "Fn::GetAtt", ["R"])),
    ("!GetAtt [!Ref P, A]", "C2H1103", ("Transform", "Fn::GetAtt", [("Ref", "P"), "A"])),
    ("!GetAtt [R, A, !Ref P]", "C2H1103", ("Transform", "Fn::GetAtt", ["R", "A", ("Ref", "P")])),
    ("!FindInMap [Sizes, a, b, c]", "C2H1103", ("Transform", "Fn::FindInMap", ["Sizes", "a", "b", "c"])),
    ("{Ref: P, a: b}", "C2H1102", {"Ref": "P", "a": "b"}),
    ("{'Fn::Sub': a, 'Fn::Join': b}", "C2H1102", {"Fn::Sub": "a", "Fn::Join": "b"}),
    ("!Sub '${a-b}'", "C2H1104", ("Sub", "${a-b}", ("${a-b}",))),
    ("!Ref Nothing", "C2H1111", ("Ref", "Nothing")),
    ("!Sub '${Nothing}'", "C2H1111", ("Sub", "${Nothing}", (("Nothing", ("Ref", "Nothing")),))),
    ("!GetAtt Nothing.A", "C2H1112", ("GetAtt", "Nothing", "A")),
    ("!GetAtt P.A", "C2H1112", ("GetAtt", "P", "A")),
    ("'{{resolve:ssm:x}}{{resolve:ssm:${Nothing}}}'", "C2H1111", None),
    ("!If [Never, a, b]", "C2H1114", ("Transform", "Fn::If", ["Never", "a", "b"])),
    ("!FindInMap [Never, a, b]", "C2H1115", ("FindInMap", "Never", "a", "b", None)),
]


@pytest.mark.parametrize(("text", "code", "expected"), WRONG, ids=[text for text, _, _ in WRONG])
def test_what_is_wrong_is_said(text: str, code: str, expected: Any) -> None:
    value, codes = read_value(text)
    assert set(codes) == {code}
    assert expected is None or value == expected


def test_every_function_stands_in_a_row() -> None:
    spelled = " ".join(text for text, *_ in [*ROWS, *WRONG])
    conditions = {"Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Fn::Contains", "Fn::EachMemberIn", "Fn::EachMemberEquals"}
    elsewhere = conditions | {"Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll", "Fn::Transform", "Fn::Length", "Fn::ToJsonString"}
    missing = {name for name in FUNCTIONS if name not in spelled and "!" + name.removeprefix("Fn::") not in spelled}
    assert missing == elsewhere
