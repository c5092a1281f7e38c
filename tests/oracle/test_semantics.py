"""Any expression means the same in both languages: the engine makes of ours what CloudFormation makes of the source."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.engine import Engine
from tests.translating import convert_data

PARAMETERS: dict[str, tuple[str, Any]] = {
    "Text": ("String", "a-b"),
    "Commas": ("String", "x,y"),
    "Digits": ("String", "2"),
    "Empty": ("String", ""),
    "Block": ("String", "10.20.0.0/16"),
    "True": ("String", "true"),
    "Two": ("Number", 2),
    "Half": ("Number", "0.5"),
    "List": ("CommaDelimitedList", "p,q,r"),
    "One": ("List<Number>", "1"),
}
MAPPING = {"2": {"a-b": "two-ab", "x": "two-x", "2": "two-two"}, "x": {"a-b": "x-ab", "2": "x-two"}}
MAPS = {"Table": MAPPING, "Lists": {"2": {"x": ["l0", "l1"]}}}


class Meant(NamedTuple):
    """A CloudFormation expression, and what it stands for."""

    source: Any
    value: Any


def as_text(value: Any) -> str:
    """A parameter's value as CloudFormation hands it on."""
    return str(value)


def references(types: tuple[str, ...]) -> list[Meant]:
    return [Meant({"Ref": name}, as_text(value)) for name, (type, value) in PARAMETERS.items() if type in types]


LIST_PARAMETERS = [Meant({"Ref": "List"}, ["p", "q", "r"]), Meant({"Ref": "One"}, ["1"])]
DELIMITERS = st.sampled_from([",", "-", "", "${Text}", "\n"])
LITERALS = ["", "a", "a-b", "${Text}", "${!Kept}", 'it\'s "so"', "x,y", "true", "007", "é\n", " "]
literals = st.sampled_from([Meant(text, text) for text in LITERALS])
scalars = st.sampled_from([Meant(True, "true"), Meant(7, "7"), Meant(1.5, "1.5"), *references(("String", "Number"))])


@st.composite
def joins(draw: st.DrawFn, items: st.SearchStrategy[Meant]) -> Meant:
    found, delimiter = draw(items), draw(DELIMITERS)
    return Meant({"Fn::Join": [delimiter, found.source]}, delimiter.join(found.value))


TEMPLATES = [
    ["", "Inner", ""],
    ["<", "Inner", ">", "Two", ""],
    ["$", "Inner", "${!Kept}"],
    ["", "Commas", "", "Inner", "", "Inner", ""],
    ["{", "Inner", "}"],
    ["", "Text", "${!Text}"],
]
"""Texts and names by turns."""


@st.composite
def substitutions(draw: st.DrawFn, texts: st.SearchStrategy[Meant]) -> Meant:
    """The list form; a variable of the map may hide a parameter of its name, and what is put in is not read again."""
    inner, pieces = draw(texts), draw(st.sampled_from(TEMPLATES))
    name = draw(st.sampled_from(["Inner", "Text"]))
    known = {key: as_text(value) for key, (_, value) in PARAMETERS.items()} | {name: inner.value}
    named = [name if piece == "Inner" else piece for piece in pieces]
    template = "".join(f"${{{piece}}}" if index % 2 else piece for index, piece in enumerate(named))
    value = "".join(known[piece] if index % 2 else piece.replace("${!", "${") for index, piece in enumerate(named))
    return Meant({"Fn::Sub": [template, {name: inner.source}]}, value)


@st.composite
def selections(draw: st.DrawFn, lists: st.SearchStrategy[Meant]) -> Meant:
    found = draw(lists.filter(lambda one: len(one.value) > 0))
    index = draw(st.integers(0, len(found.value) - 1))
    said = draw(st.sampled_from([index, str(index)]))
    return Meant({"Fn::Select": [said, found.source]}, found.value[index])


@st.composite
def choices(draw: st.DrawFn, branches: st.SearchStrategy[Meant]) -> Meant:
    then, otherwise = draw(branches), draw(branches)
    condition = draw(st.sampled_from(sorted(CONDITIONS)))
    return Meant({"Fn::If": [condition, then.source, otherwise.source]}, (then if CONDITIONS[condition][1] else otherwise).value)


@st.composite
def splits(draw: st.DrawFn, texts: st.SearchStrategy[Meant]) -> Meant:
    found, delimiter = draw(texts), draw(st.sampled_from([",", "-"]))
    return Meant({"Fn::Split": [delimiter, found.source]}, found.value.split(delimiter))


@st.composite
def sequences(draw: st.DrawFn, texts: st.SearchStrategy[Meant]) -> Meant:
    """A list, of which some items may be absent by a condition."""
    items = draw(st.lists(st.tuples(texts, st.sampled_from([None, *sorted(CONDITIONS)])), min_size=1, max_size=3))
    source = [
        one.source if condition is None else {"Fn::If": [condition, one.source, {"Ref": "AWS::NoValue"}]}
        for one, condition in items
    ]
    return Meant(source, [one.value for one, condition in items if condition is None or CONDITIONS[condition][1]])


def equals(left: Any, right: Any) -> dict[str, Any]:
    return {"Fn::Equals": [left, right]}


CONDITIONS: dict[str, tuple[Any, bool]] = {
    "NumberIsText": (equals({"Ref": "Two"}, "2"), True),
    "NumberIsNumber": (equals({"Ref": "Two"}, 2), True),
    "NumberIsDigits": (equals({"Ref": "Two"}, {"Ref": "Digits"}), True),
    "TextIsTrue": (equals({"Ref": "True"}, True), True),
    "Looked": (equals({"Fn::FindInMap": ["Table", {"Ref": "Two"}, {"Ref": "Digits"}]}, "two-two"), True),
    "LookedUp": (equals({"Fn::FindInMap": ["Table", "x", {"Ref": "Two"}]}, "x-two"), True),
    "Joined": (
        equals({"Fn::Join": ["-", ["a", {"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "Text"}]}]}]]}, {"Ref": "Text"}),
        True,
    ),
    "Substituted": (equals({"Fn::Join": ["", [{"Ref": "Two"}, {"Ref": "Empty"}]]}, {"Ref": "Digits"}), True),
    "Picked": (equals({"Fn::Select": [1, {"Ref": "List"}]}, "q"), True),
    "EmptyIsNot": ({"Fn::Not": [equals({"Ref": "Empty"}, "")]}, False),
    "Both": ({"Fn::And": [{"Condition": "NumberIsText"}, {"Condition": "EmptyIsNot"}]}, False),
    "Either": ({"Fn::Or": [{"Condition": "Both"}, equals({"Ref": "Commas"}, "x,y")]}, True),
    "Case": (equals({"Ref": "True"}, "True"), False),
}

KNOWN = [
    Meant({"Fn::FindInMap": ["Table", {"Ref": "Two"}, {"Ref": "Text"}]}, "two-ab"),
    Meant({"Fn::FindInMap": ["Table", "x", {"Ref": "Two"}]}, "x-two"),
    Meant({"Fn::FindInMap": ["Table", {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Commas"}]}]}, "a-b"]}, "x-ab"),
    Meant({"Fn::Select": [1, {"Fn::FindInMap": ["Lists", {"Ref": "Two"}, "x"]}]}, "l1"),
    Meant({"Fn::Select": [{"Ref": "Two"}, {"Ref": "List"}]}, "r"),
    Meant({"Fn::Select": [{"Ref": "Digits"}, ["a", {"Ref": "Text"}, {"Ref": "Half"}]]}, "0.5"),
    Meant({"Fn::Sub": "${Text}-${Two}-${Half}-${!Text}-${List}"}, "a-b-2-0.5-${Text}-p,q,r"),
    Meant({"Fn::Select": [3, {"Fn::Cidr": [{"Ref": "Block"}, 6, 5]}]}, "10.20.0.96/27"),
    Meant({"Fn::Select": [1, {"Fn::Cidr": [{"Ref": "Block"}, {"Ref": "Two"}, "8"]}]}, "10.20.1.0/24"),
]

texts: st.SearchStrategy[Meant] = st.deferred(
    lambda: (
        literals
        | scalars
        | joins(lists)
        | substitutions(texts)
        | selections(lists)
        | choices(texts)
        | st.just(Meant({"Fn::FindInMap": ["Table", {"Ref": "Two"}, {"Ref": "Text"}]}, "two-ab"))
        | st.just(Meant({"Fn::FindInMap": ["Table", "x", {"Ref": "Two"}]}, "x-two"))
    )
)
lists: st.SearchStrategy[Meant] = st.deferred(
    lambda: sequences(texts) | st.sampled_from(LIST_PARAMETERS) | splits(texts) | choices(lists)
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=texts)
def test_a_text_is_the_same(text: Meant, heat: Engine) -> None:
    template = {
        "Parameters": {name: {"Type": type, "Default": value} for name, (type, value) in PARAMETERS.items()},
        "Mappings": MAPS,
        "Conditions": {name: condition for name, (condition, _) in CONDITIONS.items()},
        "Resources": {"It": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": text.source}}},
    }
    converted = convert_data(template)
    emitted = converted.files["template.yaml"]
    assert str(heat.resolve(emitted, "It")["value"]) == text.value, emitted
