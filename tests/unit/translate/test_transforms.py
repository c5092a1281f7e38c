"""The named transforms of rows: value in, value out, None for no answer."""

import pytest

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hot
from cfn2heat.source import NOWHERE
from cfn2heat.translate.transforms import Case, apply

SIZE = hot.GetParam("Size")
A, B = hot.Literal("a"), hot.Literal("b")


def run(name, value, argument=None, source=None):
    """Run a transform of which the translation does not matter."""
    return apply(name, value, Case(argument, source or cfn.Scalar(None, NOWHERE), None))


def tags(*pairs):
    """Tags as CloudFormation writes them."""
    return hot.HotList(tuple(hot.HotMap({"Key": key, "Value": value}) for key, value in pairs))


@pytest.mark.parametrize(
    ("name", "argument", "value", "expected"),
    [
        ("cut", 3, hot.Literal("abcdef"), hot.Literal("abc")),
        ("cut", 3, hot.Literal("ab"), hot.Literal("ab")),
        ("cut", 3, SIZE, SIZE),
        ("replace", {"[^a-z]": "-"}, hot.Literal("a b.c"), hot.Literal("a-b-c")),
        ("replace", {"b": "c", "c": "d"}, hot.HotList((A, B)), hot.HotList((A, hot.Literal("d")))),
        ("enum", {"a": "x"}, A, hot.Literal("x")),
        ("enum", {"a": "x"}, B, None),
        ("enum", {"true": "x"}, hot.Literal(True), hot.Literal("x")),
        ("enum", {"a": "x", "b": "y"}, hot.HotList((A, B)), hot.HotList((hot.Literal("x"), hot.Literal("y")))),
        ("enum", {"a": "x"}, hot.HotList((A, B)), None),
        ("seconds", None, hot.Literal("PT5M"), hot.Literal(300)),
        ("seconds", None, hot.Literal("PT1H30M15S"), hot.Literal(5415)),
        ("seconds", None, hot.Literal("P1DT1S"), hot.Literal(86401)),
        ("seconds", None, hot.Literal("90"), hot.Literal(90)),
        ("seconds", None, hot.Literal("PT"), None),
        ("seconds", None, hot.Literal("soon"), None),
        ("wrap_list", None, A, hot.HotList((A,))),
        ("wrap_list", None, hot.HotList((A,)), hot.HotList((A,))),
        ("tags_to_map", None, tags((A, B)), hot.HotMap({"a": B})),
        ("tags_to_map", None, tags((A, hot.Literal(1))), hot.HotMap({"a": hot.Literal("1")})),
        ("tags_to_map", None, hot.HotMap({"a": B}), hot.HotMap({"a": B})),
        ("tags_to_map", None, SIZE, None),
    ],
)
def test_literals_lists_and_functions(name, argument, value, expected):
    assert run(name, value, argument) == expected


def test_branches_are_transformed_each_by_itself():
    value = hot.If(hot.Literal("C"), A, B)
    assert run("enum", value, {"a": "x", "b": "y"}) == hot.If(hot.Literal("C"), hot.Literal("x"), hot.Literal("y"))
    assert run("enum", value, {"a": "x"}) is None
    assert run("cut", hot.If(hot.Literal("C"), hot.Literal("abc"), None), 1) == hot.If(hot.Literal("C"), A, None)


def test_what_is_known_at_deploy_time_is_looked_up_then():
    found = run("enum", SIZE, {"a": "x"})
    assert isinstance(found, hot.Yaql)
    assert found.data == {"table": hot.HotMap({"a": hot.Literal("x")}), "key": SIZE}
    assert run("seconds", SIZE).data == {"duration": SIZE}


def test_tags_under_conditions_are_merged():
    pair = hot.HotMap({"Key": A, "Value": B})
    found = run("tags_to_map", hot.HotList((hot.If(hot.Literal("C"), pair, None),)))
    choice = hot.If(hot.Literal("C"), hot.HotMap({"a": B}), hot.HotMap({}))
    assert found == hot.Function("map_merge", hot.HotList((hot.HotMap({}), choice)))


def test_tags_with_computed_keys_are_renamed_by_heat():
    found = run("tags_to_map", tags((SIZE, A)))
    assert found.name == "map_merge"
    assert found.argument.items[1].name == "map_replace"
