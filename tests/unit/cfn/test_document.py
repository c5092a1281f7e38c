"""Reading text: the same data as cfn-flip gives, with positions, within limits, and never anything but InputError."""

from __future__ import annotations

import contextlib
import json
import string
import time
from pathlib import Path

import cfn_flip
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfn2heat.cfn.document import read_document, to_plain
from cfn2heat.cfn.nodes import Limits
from cfn2heat.cfn.reader import read_template
from cfn2heat.cfn.values import Map, Scalar, Seq
from cfn2heat.diagnostics import Diagnostic, Diagnostics, InputError

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted(
    path
    for folder in ("tests/fixtures", "examples")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".yaml", ".yml", ".json", ".template") and not path.name.startswith("expected")
)


def read(text: str | bytes, **limits: int) -> object:
    return read_document(text, "t", Diagnostics(), Limits(**limits))


def plain(text: str | bytes) -> object:
    return to_plain(read(text))  # type: ignore[arg-type]


SCALARS = [
    "a", "'5'", "5", "5", "-5", "+5", "0", "00", "010", "0o10", "0x1F", "0b11", "1_000", "12:30:45", "22:22", "1.5", ".5",
    "-.5", "1e3", "1.0e+3", "1.", ".inf", "-.INF", "true", "True", "yes", "No", "on", "OFF", "y", "n", "~", "null", "Null",
    "", "2012-10-17", "2012-1-1", "2001-12-14t21:59:43.10-05:00", "2001-12-15 2:59:43.1", "012345678901", "011111111111",
    "123456789012", "1.2.3.4", "10.0.0.0/16", "-1", "--", "'~'", "yes", "! 5", "! '5'", "! a", "!!str 5", "!!int '5'",
    "!!float 1", "!!bool 'yes'", "!!null ''", "a b  c", "a\n  b", "|\n  a\n  b\n", ">\n  a\n  b\n", "|-\n  a\n", "'it''s'",
    "tab\\t\\u00e9", "é", "日本", "[a, 5, [b]]", "{a: 1, b: {c: d}}", "[]", "{}", "[a, ]", "!!map {a: b}", "!!seq [a]",
]  # fmt: skip

TAGS = [
    "!Ref A", "!Ref 5", "!Condition A", "!GetAtt A.B", "!GetAtt A.B.C", "!GetAtt A", "!GetAtt [A, B]", "!Sub '${A}'",
    "!Sub 5", "!Sub ['${A}', {A: b}]", "!Join ['', [a, !Ref B]]", "!GetAZs ''", "!GetAZs", "!Base64 {a: b}",
    "!If [A, !Ref B, !Ref C]", "!Unknown x", "!Cidr [a, 1, 2]", "!Sub |\n    a\n    ${B}\n",
    "!Transform {Name: A, Parameters: {B: c}}", "!Base64 {'Fn::Sub': a}", "!Select [0, !Split [',', 'a,b']]", "&x !Ref A",
    "!FindInMap [A, b, 5]", "!And [!Condition A]",
]  # fmt: skip


@pytest.mark.parametrize("text", SCALARS + TAGS)
def test_yaml_values_are_those_of_cfn_flip(text: str) -> None:
    document = f"Key: {text}\nOther: [{'x'}]\n"
    expected = cfn_flip.load(document)[0]
    assert plain(document) == expected
    assert repr(plain(document)["Key"]) == repr(json_like(expected["Key"]))  # type: ignore[index]


def json_like(value: object) -> object:
    """The same data without cfn-flip's own classes, so that types can be compared by their repr."""
    if isinstance(value, dict):
        return {key: json_like(item) for key, item in value.items()}
    return [json_like(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("key", ["a", "5", "'5'", "true", "~", "2012-10-17", "1.5", "0x10", "'a b'", "a:b", "<<x", "AWS::X"])
def test_yaml_keys_are_those_of_cfn_flip(key: str) -> None:
    text = f"A:\n  {key}: b\n"
    assert plain(text) == cfn_flip.load(text)[0]


def test_a_key_keeps_its_text() -> None:
    node = read("A:\n  011111111111: a\n  yes: b\n  2012-10-17: c\n")
    assert isinstance(node, Map)
    inner = node.entries["A"]
    assert isinstance(inner, Map)
    assert [str(key) for key in inner.entries] == ["011111111111", "true", "2012-10-17"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_fixture_reads_as_cfn_flip_reads_it(path: Path) -> None:
    expected = by_cfn_flip(path)
    try:
        found = plain(path.read_bytes())
    except InputError:
        refused = path.parent.parent.name == "bad" or path.parent.name == "bad"
        assert refused, f"{path} is refused"
        return
    assert expected is None or found == expected


def by_cfn_flip(path: Path) -> object:
    """What cfn-flip reads; None where it gives up."""
    try:
        return cfn_flip.load(path.read_text("utf-8-sig"))[0]
    except (ValueError, RecursionError, TypeError):
        return None


def test_functions_inside_the_list_form_of_getatt_stay_functions() -> None:
    assert plain("A: !GetAtt [!Ref B, C]\n") == {"A": {"Fn::GetAtt": [{"Ref": "B"}, "C"]}}


@pytest.mark.parametrize(
    "text",
    [
        "a: &x {b: c}\nd: *x\n",
        "a: &x [1, 2]\nb: [*x, *x]\n",
        "a: &x 5\nb: *x\n",
        "&k a: b\nc: *k\n",
    ],
)
def test_aliases_are_their_values(text: str) -> None:
    assert plain(text) == cfn_flip.load(text)[0]


def test_a_date_that_is_none_stays_text() -> None:
    assert plain("a: 2012-13-41\n") == {"a": "2012-13-41"}


def test_merge_keys_join_maps_and_own_entries_win() -> None:
    text = (
        "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\none: {<<: *base, a: 9}\n"
        "two: {<<: [*base, *more], d: 5}\nquoted: {'<<': x}\n"
    )
    found = plain(text)
    assert found["one"] == {"a": 9, "b": 2}  # type: ignore[index]
    assert found["two"] == {"a": 1, "b": 2, "c": 4, "d": 5}  # type: ignore[index]
    assert found["quoted"] == {"<<": "x"}  # type: ignore[index]


JSONS = [
    '{"a": 1, "b": [true, false, null, -1.5e3, 0, -0, 1E5], "c": {}, "d": [], "e": ""}',
    '{"\\u00e9\\n\\"\\\\": "\\ud83d\\ude00 \\/ \\t", "s": " : , { } [ ] "}',
    '\t{\r\n\t"a"\t:\t[\r\n1,\r\n2\r\n]\r\n}\r\n',
    '{"a": 12345678901234567890, "b": 1e400, "c": {"d": {"e": [[[]]]}}}',
    '[1, "a", {"b": [2]}]',
    '{"Key": {"Fn::GetAtt": ["A", "B"]}}',
    "{a: 1, 'b': !Ref C, # a comment\n}",
    '{"a": 1,}',
    '{"a": "tab\there"}',
]


@pytest.mark.parametrize("text", JSONS)
@pytest.mark.parametrize("encode", [str, str.encode, lambda text: ("\ufeff" + text).encode(), lambda text: text.encode("utf-16")])
def test_json_values_are_those_of_cfn_flip(text: str, encode: object) -> None:
    assert plain(encode(text)) == cfn_flip.load(text)[0]  # type: ignore[operator]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=25,
)


@given(values.filter(lambda value: isinstance(value, (dict, list))), st.sampled_from([None, 0, 2, "\t"]), st.booleans())
@settings(deadline=None)
def test_any_json_reads_as_python_reads_it(value: object, indent: object, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)  # type: ignore[arg-type]
    if "\\ud" in text or any("\ud800" <= char <= "\udfff" for char in text):
        return
    assert plain(text) == json.loads(text)


def positions(node: object, path: str = "") -> dict[str, str]:
    """Where each node and key stands."""
    assert isinstance(node, (Scalar, Seq, Map))
    found = {path: f"{node.span.line}:{node.span.column}"}
    if isinstance(node, Map):
        for key, value in node.entries.items():
            found[f"{path}/{key}?"] = f"{node.keys[key].line}:{node.keys[key].column}"
            found |= positions(value, f"{path}/{key}")
    if isinstance(node, Seq):
        for index, item in enumerate(node.items):
            found |= positions(item, f"{path}/{index}")
    return found


def test_positions_in_json() -> None:
    text = '{\n  "a": [1,\n\t"b"], "c" :\n {"d": true}\n}\n'
    expected = {
        "": "1:1", "/a?": "2:3", "/a": "2:8", "/a/0": "2:9", "/a/1": "3:2", "/c?": "3:8", "/c": "4:2", "/c/d?": "4:3",
        "/c/d": "4:8",
    }  # fmt: skip
    assert positions(read(text)) == expected


def test_positions_in_yaml() -> None:
    text = "a: [1, b]\nc:\n  - !Ref x\n  - |\n    text\n  - d: é\n    e: f\n"
    found = positions(read(text))
    assert found["/a/1"] == "1:8"
    assert found["/c/0/Ref"] == "3:5"
    assert found["/c/1"] == "4:5"
    assert (found["/c/2"], found["/c/2/e?"], found["/c/2/e"]) == ("6:5", "7:5", "7:8")


def test_one_text_in_both_formats_has_one_set_of_positions() -> None:
    text = '{\n "a": [1, {"b": "c"}],\n "d": {"e": [true, null, "x y"]}\n}'
    assert positions(read(text)) == positions(read("---\n" + text)) | {} or positions(read("# x\n" + text))[""] == "2:1"
    shifted = {path: f"{int(at.split(':')[0]) + 1}:{at.split(':')[1]}" for path, at in positions(read(text)).items()}
    assert positions(read("# x\n" + text)) == shifted


@pytest.mark.parametrize("text", ['{"a": [1, 2, 3, 4]}', "a: [1, 2, 3, 4]"])
def test_limits(text: str) -> None:
    assert plain(text) == {"a": [1, 2, 3, 4]}
    for limits, code in (({"size": 10}, "C2H1005"), ({"depth": 1}, "C2H1009"), ({"nodes": 4}, "C2H1010")):
        with pytest.raises(InputError) as error:
            read(text, **limits)
        assert error.value.diagnostic.code == code


def test_aliases_cannot_outgrow_the_depth() -> None:
    text = "a: &a [x]\n" + "".join(
        f"{new}: &{new} [*{old}]\n" for old, new in zip(string.ascii_lowercase, string.ascii_lowercase[1:], strict=False)
    )
    with pytest.raises(InputError) as error:
        read(text, depth=10)
    assert error.value.diagnostic.code == "C2H1009"


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 4_000_000,
        b'{"a":' * 600_000,
        b"- " * 1_000_000,
        b" " * 4_900_000,
        b'{"a": 1' + b" " * 4_900_000 + b"}",
        b"{}" + b"\n" * 4_900_000,
        b"[" + b"1," * 400_000 + b"1]",
        b'{"a": "' + b"\\n" * 2_000_000 + b'"}',
    ],
    ids=range(8),
)
def test_hostile_sizes_end_soon(data: bytes) -> None:
    start = time.perf_counter()
    with contextlib.suppress(InputError):  # refused is as good as read: what counts is that it ends
        read(data)
    assert time.perf_counter() - start < 10


SEEDS = [
    b'{"Resources": {"A": {"Type": "AWS::X::Y", "Properties": {"B": {"Fn::Sub": ["${A}", {"A": [1, 2]}]}}}},'
    b' "Outputs": {"O": {"Value": {"Ref": "A"}}}}',
    b"Parameters:\n  P: {Type: String}\nConditions:\n  C: !Not [!Equals [!Ref P, a]]\nResources:\n  A:\n    Type: AWS::X::Y\n"
    b"    Condition: C\n    Properties:\n      B: !Join ['-', [!GetAtt A.B, !Sub 'x${P}{{resolve:ssm:a}}']]\n"
    b"      D: !If [C, !Ref AWS::NoValue, &x [1]]\n      E: *x\n",
    b"Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n    - N\n    - [a, b]\n"
    b"    - T${N}: {Type: 'A::B::C', Properties: {X: {Fn::ToJsonString: {a: !Ref N}}}}\n",
    b"Transform: [AWS::Include, M]\nMappings: {A: {b: {c: d}}}\nResources:\n  A:\n    Type: A::B::C\n    Metadata:\n"
    b"      Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://a/b}}\n",
]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_any_bytes_read_or_are_refused(data: bytes) -> None:
    reads_or_refuses(data)


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 6), st.binary(max_size=4)), max_size=6))
@settings(max_examples=500, deadline=None)
def test_mutated_templates_read_or_are_refused(data: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    for at, length, text in changes:
        data = data[:at] + text + data[at + length :]
    reads_or_refuses(data)


FRAGMENTS = st.sampled_from(
    [
        "Ref", "Fn::Sub", "Fn::If", "Fn::GetAtt", "Fn::Transform", "Fn::ForEach::A", "Fn::ToJsonString", "Fn::Length", "Type",
        "Properties", "Name", "Parameters", "Resources", "Conditions", "Outputs", "Mappings", "Rules", "Transform", "Value",
        "Export", "DependsOn", "Condition", "Fn::Not", "Fn::Equals", "Metadata", "AWS::Include", "AWS::LanguageExtensions",
        "Default", "CommaDelimitedList", "${A}", "A", "A.B", "${!A}${", "{{resolve:ssm:${A}}}", "&{A}", "Location", "",
    ]
)  # fmt: skip
trees = st.recursive(
    FRAGMENTS | st.integers(-2, 2) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FRAGMENTS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(FRAGMENTS, trees, max_size=6), trees)
@settings(max_examples=500, deadline=None)
def test_any_tree_of_keywords_reads_or_is_refused(sections: dict[str, object], resource: object) -> None:
    sections["Resources"] = {"A": {"Type": "AWS::X::Y", "Properties": {"B": resource}}, "B": resource}
    reads_or_refuses(json.dumps(sections).encode())
    sections["Resources"] = {
        "A": {"Type": "AWS::X::Y", "Properties": {"B": resource}, "DependsOn": resource, "Metadata": {"M": resource}}
    }
    reads_or_refuses(json.dumps(sections).encode())


def reads_or_refuses(data: bytes) -> None:
    """Reading ends in a template or in InputError, whose place is inside the text."""
    found = refusal(data)
    if found is not None:
        assert found.code.startswith("C2H1")
        breaks = sum(data.count(each) for each in (b"\n", b"\r", b"\xc2\x85", b"\xe2\x80"))
        assert found.span.line <= breaks + 2


def refusal(data: bytes) -> Diagnostic | None:
    """Why a text is refused."""
    try:
        read_template(data, "t")
    except InputError as error:
        return error.diagnostic
    return None
