"""What an update changes, what failed at the bottom, which value goes where: without a cloud."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cfn2heat.deploy.bundle import Bundle, Origin
from cfn2heat.deploy.changes import Content, additions, differences, same
from cfn2heat.deploy.exports import imports
from cfn2heat.deploy.failures import failures
from cfn2heat.deploy.stack import Event, nested_path
from cfn2heat.source import Span

BASE = """\
parameters: {size: {default: 1}, table: {default: {a: 1, b: 2}}, secret: {hidden: true}}
conditions: {large: {equals: [{get_param: size}, 2]}}
resources:
  one: {type: T, properties: {x: {get_param: size}}}
  two: {type: T, properties: {x: {get_param: [table, a]}}}
  three: {type: T, condition: large}
  four: {type: member.yaml}
  five: {type: T, properties: {x: {get_param: secret}}}
  six: {type: T, properties: {x: {get_resource: one}}}
outputs: {x: {value: 1}}
"""
SAME: dict[str, list[Any]] = {"unchanged": [{"resource_name": name} for name in ("one", "two", "three", "four", "five")]}
ALL = {"updated": [{"resource_name": name} for name in ("one", "two", "three", "four", "five", "six")]}


def changed(text: str = BASE, preview: dict[str, list[Any]] = ALL, **given: Any) -> tuple[dict[str, str], list[str]]:
    """What changes when a stack of BASE gets this text, these files, these values."""
    files = given.pop("files", {"member.yaml": "inner.yaml", "inner.yaml": "x"})
    old = Content(yaml.safe_load(BASE), {"member.yaml": "inner.yaml", "inner.yaml": "x"}, {"secret": "******"})
    new = Content(yaml.safe_load(text), files, {"secret": "word", **given})
    plan = differences(old, new, {"secret"}, preview)
    return {change.path[0]: change.kind for change in plan.changes}, plan.besides


CHANGES: list[tuple[dict[str, Any], dict[str, str], list[str]]] = [
    ({"preview": SAME}, {}, []),
    ({"size": "1", "preview": SAME}, {}, ["value of size"]),
    ({"size": 2, "preview": SAME}, {"one": "update", "three": "update"}, ["value of size"]),
    ({"table": {"a": 1, "b": 3}, "preview": SAME}, {}, ["value of table"]),
    ({"table": {"a": 2, "b": 2}, "preview": SAME}, {"two": "update"}, ["value of table"]),
    ({"files": {"member.yaml": "inner.yaml", "inner.yaml": "y"}, "preview": SAME}, {"four": "update"}, []),
    ({"text": BASE.replace("{x: {value: 1}}", "{x: {value: 2}}"), "preview": SAME}, {}, ["outputs"]),
    ({"text": BASE.replace("six", "seven"), "preview": SAME}, {"six": "remove", "seven": "add"}, []),
    ({"preview": ALL}, {"five": "update"}, []),  # a secret cannot be compared: there Heat's word counts, and only there
    ({"size": 2, "preview": {"replaced": [{"resource_name": "one"}]}}, {"one": "replace", "three": "update"}, ["value of size"]),
]


@pytest.mark.parametrize(("given", "resources", "besides"), CHANGES)
def test_what_changes(given: dict[str, Any], resources: dict[str, str], besides: list[str]) -> None:
    assert changed(**given) == (resources, besides)


def test_what_is_created_nested_stacks_included() -> None:
    inner = [{"resource_name": "server", "resource_type": "S", "parent_resource": "group"}]
    found = additions([{"resource_name": "net", "resource_type": "N"}, inner])
    assert [(change.path, change.type) for change in found] == [(("group", "server"), "S"), (("net",), "N")]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [(1, "1", True), (["a", "b"], "a,b", True), ({"a": 1}, {"a": 1}, True), ("1", "2", False), ([{"a": 1}], "x", False)],
)
def test_values_are_compared_as_heat_keeps_them(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is equal


def event(path: str, status: str, action: str = "CREATE", reason: str = "") -> Event:
    return Event("e", "t", "stack", tuple(path.split(".")) if path else (), "p" if path else "stack", action, status, reason)


def test_the_bottom_of_a_failure() -> None:
    events = [
        event("net", "COMPLETE"),
        event("flaky", "FAILED", reason="first attempt"),
        event("flaky", "COMPLETE"),
        event("group.0.server", "FAILED", reason="no host"),
        event("group.0", "FAILED", reason="resources.server: no host"),
        event("group", "FAILED", reason="resources[0]: no host"),
        event("other", "FAILED", reason="CREATE aborted (user triggered cancel)"),
        event("", "FAILED", reason="Resource CREATE failed"),
        event("", "IN_PROGRESS", "ROLLBACK"),
        event("net", "FAILED", "DELETE", reason="in use"),
    ]
    template = {"resources": {"group": {"type": "G", "properties": {"resource": {"type": "member.yaml"}}}}}
    nested = {"member.yaml": {"resources": {"server": {"type": "S"}}}}
    places = {
        "main.yaml": {"group": Origin("Group", Span("a.yaml", 3, 1))},
        "member.yaml": {"server": Origin("Web", Span("a.yaml", 9, 1))},
    }
    bundle = Bundle("main.yaml", "", template, {"member.yaml": ""}, nested, {}, places)
    found = failures(events, bundle)
    assert [(one.path, one.reason, one.origin) for one in found] == [
        (("group", "0", "server"), "no host", Origin("Web", Span("a.yaml", 9, 1)))
    ]
    assert bundle.origin(("group", "0")) == Origin("Group", Span("a.yaml", 3, 1))


def test_when_all_was_given_up_that_is_said() -> None:
    found = failures([event("one", "FAILED", reason="CREATE aborted (Task create timed out)")], None)
    assert [one.path for one in found] == [("one",)]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("shop", ()),
        ("shop-Group-abcdefghijkl", ("Group",)),
        ("shop-My-Group-abcdefghijkl-0-bcdefgh2345a", ("My-Group", "0")),
        ("sh-oddly-shortened", ("sh-oddly-shortened",)),
    ],
)
def test_the_way_to_a_nested_stack(name: str, path: tuple[str, ...]) -> None:
    assert nested_path("shop", name) == path


def test_imports_are_known_by_what_conversions_write() -> None:
    declared = {
        "import_a": {"description": "Value that another stack exports as a"},
        "import__Env_b": {"description": "Value that another stack exports as ${Env}-b"},
        "import_c": {"description": "something else"},
        "Env": {"default": "dev"},
    }
    assert imports({"parameters": declared}, {"Env": "live"}) == {"import_a": "a", "import__Env_b": "live-b"}
    assert imports({"parameters": declared}, {})["import__Env_b"] == "dev-b"
