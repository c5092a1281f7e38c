"""Data that looks like a function."""

from __future__ import annotations

import json

import pytest

from cfn2heat.hot.functions import hot_to_plain
from cfn2heat.hot.literals import escape_default, escape_literal, escape_literals, is_function_like
from cfn2heat.hot.plain import template_to_plain
from cfn2heat.hot.template import HotOutput, HotParameter, HotResource, HotTemplate
from cfn2heat.hot.values import Function, HotList, HotMap, HotValue, If, Literal, StrReplace

NEWEST = "2021-04-16"


def data(**entries: HotValue | str) -> HotMap:
    return HotMap({key: Literal(value) if isinstance(value, str) else value for key, value in entries.items()})


@pytest.mark.parametrize(
    ("entries", "version", "verdict"),
    [
        ({"get_file": "x"}, NEWEST, True),
        ({"str_replace": "x"}, NEWEST, True),
        ({"equals": "x"}, NEWEST, True),
        ({"Fn::Join": "x"}, NEWEST, True),
        ({"list_concat": "x"}, NEWEST, True),
        ({"list_concat": "x"}, "2016-10-14", False),
        ({"get_param": "x", "other": "y"}, NEWEST, False),
        ({"get_file": "x", "other": "y"}, NEWEST, True),
        ({"type": "x.yaml", "other": "y"}, NEWEST, True),
        ({"type": "x.template"}, NEWEST, True),
        ({"type": "yaml"}, NEWEST, False),
        ({"Ref": "x"}, NEWEST, True),
        ({"a": "x"}, NEWEST, False),
        ({}, NEWEST, False),
    ],
)
def test_what_looks_like_a_function(entries: dict[str, str], version: str, verdict: bool) -> None:
    assert is_function_like(data(**entries).entries, version) is verdict


def test_harmless_data_stays() -> None:
    value = HotList((data(a="b"), data(a=data(b="c"), d="e"), Literal(1)))
    assert escape_literal(value, NEWEST) == value


def test_a_function_like_map_is_built_by_map_replace() -> None:
    assert hot_to_plain(escape_literal(data(get_file="/etc/passwd"), NEWEST)) == {
        "map_replace": [{"get_file_": "/etc/passwd"}, {"keys": {"get_file_": "get_file"}}]
    }


def test_inside_and_beside() -> None:
    value = data(Statement=HotList((data(get_file="x", get_file_="y", Effect="Allow"),)))
    assert hot_to_plain(escape_literal(value, NEWEST)) == {
        "Statement": [
            {"map_replace": [{"get_file__": "x", "get_file_": "y", "Effect": "Allow"}, {"keys": {"get_file__": "get_file"}}]}
        ]
    }


def test_functions_that_are_meant_stay() -> None:
    value = Function("get_file", Literal("x"))
    assert escape_literal(HotList((value,)), NEWEST) == HotList((value,))


def test_a_whole_template() -> None:
    lookalike = data(get_file="x")
    template = HotTemplate(
        parameters={"p": HotParameter("p", "json", default=lookalike)},
        resources={
            "r": HotResource("r", "T", {"a": If(Literal("c"), lookalike, None)}, metadata=lookalike),
            "group": HotResource("group", "T", {"resource": data(type="member.yaml"), "other": data(type="theirs.yaml")}),
        },
        outputs={"o": HotOutput("o", StrReplace(Literal("x"), {"x": lookalike}))},
    )
    escape_literals(template, {"member.yaml"})
    plain = template_to_plain(template)
    escaped = {"map_replace": [{"get_file_": "x"}, {"keys": {"get_file_": "get_file"}}]}
    assert plain["parameters"]["p"]["default"] == '{"get_file": "x"}'
    assert plain["resources"]["r"] == {"type": "T", "properties": {"a": {"if": ["c", escaped]}}, "metadata": escaped}
    assert plain["resources"]["group"]["properties"] == {
        "resource": {"type": "member.yaml"},
        "other": {"map_replace": [{"type_": "theirs.yaml"}, {"keys": {"type_": "type"}}]},
    }
    assert plain["outputs"]["o"]["value"] == {"str_replace": {"template": "x", "params": {"x": escaped}}}


def test_no_way_below_2016() -> None:
    with pytest.raises(ValueError, match="2015-10-15"):
        escape_literal(data(get_file="x"), "2015-10-15")


def test_defaults_become_json_only_where_the_client_would_read() -> None:
    harmless = data(get_param="x")
    assert escape_default(harmless) is harmless
    found = escape_default(data(a=HotList((data(get_file="x"),))))
    assert isinstance(found, Literal)
    assert json.loads(str(found.value)) == {"a": [{"get_file": "x"}]}
