"""The writer: what it writes reads back the same, and reads well."""

from __future__ import annotations

import datetime
import time
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from cfn2heat.hot.plain import template_to_plain
from cfn2heat.hot.scalars import plain_or_quoted, scalar
from cfn2heat.hot.template import HotOutput, HotParameter, HotResource, HotTemplate, ParameterGroup
from cfn2heat.hot.values import (
    Function,
    GetAttr,
    GetParam,
    GetResource,
    HotList,
    HotMap,
    HotValue,
    If,
    ListJoin,
    Literal,
    StrReplace,
)
from cfn2heat.hot.writer import write_template
from tests.unit.hot.strategies import templates

LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


def literals(*values: Any) -> HotList:
    return HotList(tuple(map(Literal, values)))


def property_text(value: HotValue) -> str:
    """What stands for a property p, without its indentation."""
    text = write_template(HotTemplate(resources={"r": HotResource("r", "T", {"p": value})}))
    lines = text.split("properties:\n", 1)[1].split("\n")
    return "\n".join(line[6:] for line in lines).rstrip("\n")


def loaded(text: str, loader: Any = yaml.SafeLoader) -> Any:
    found = yaml.load(text, Loader=loader)
    version = found["heat_template_version"]
    assert isinstance(version, datetime.date)
    return {**found, "heat_template_version": version.isoformat()}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(templates())
def test_what_is_written_reads_back_the_same(template: HotTemplate) -> None:
    text = write_template(template)
    for loader in LOADERS:
        # repr: 1 and True and 1.0 are equal, and a text is no date
        assert repr(loaded(text, loader)) == repr(template_to_plain(template))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(templates())
def test_the_same_bytes_each_time(template: HotTemplate) -> None:
    text = write_template(template)
    assert text == write_template(template)
    assert text.encode("utf-8").decode("utf-8") == text
    assert text.endswith("\n")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("web", "web"),
        ("OS::Neutron::Net", "OS::Neutron::Net"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.1.5", "10.0.1.5"),
        ("${AWS::StackName}-web", "${AWS::StackName}-web"),
        ("A small shop, one server", "A small shop, one server"),
        ("it's", "it's"),
        ("yes", '"yes"'),
        ("Null", '"Null"'),
        ("80", '"80"'),
        ("1_0", '"1_0"'),
        ("0x1F", '"0x1F"'),
        ("1e3", '"1e3"'),
        ("22:30", '"22:30"'),
        ("2012-10-17", '"2012-10-17"'),
        ("=", '"="'),
        ("<<", '"<<"'),
        ("", '""'),
        ("-", '"-"'),
        ("*", '"*"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ('{"a": 1}', "'{\"a\": 1}'"),
        ("a\tb", '"a\\tb"'),
        ("\ud800", '"\\uFFFD"'),
    ],
)
def test_quotes_only_where_needed(text: str, written: str) -> None:
    assert plain_or_quoted(text, flow=False) == written


@pytest.mark.parametrize("text", ["a,b", "${X}", "a[0]", "why?"])
def test_flow_style_quotes_more(text: str) -> None:
    assert plain_or_quoted(text, flow=False) == text
    assert plain_or_quoted(text, flow=True) == f'"{text}"'


@pytest.mark.parametrize(
    ("value", "written"),
    [(True, "true"), (None, "null"), (5, "5"), (-1.5, "-1.5"), (1e20, "1.0e+20"), (float("inf"), ".inf"), (float("nan"), ".nan")],
)
def test_numbers_and_words(value: Any, written: str) -> None:
    assert scalar(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (GetParam("p"), "p: {get_param: p}"),
        (GetParam("p", (Literal(0), Literal("k"))), "p: {get_param: [p, 0, k]}"),
        (GetAttr("r", "a"), "p: {get_attr: [r, a]}"),
        (literals("a", "b"), "p: [a, b]"),
        (HotList(()), "p: []"),
        (HotMap({}), "p: {}"),
        (HotMap({"a": Literal(1)}), "p:\n  a: 1"),
        (HotList((GetResource("g"),)), "p:\n  - {get_resource: g}"),
        (HotList((HotMap({"a": Literal(1), "b": Literal(2)}),)), "p:\n  - a: 1\n    b: 2"),
        (HotList((HotList((HotMap({"a": Literal(1)}),)),)), "p:\n  - - a: 1"),
        (ListJoin("-", (HotList((GetParam("a"), Literal("b"))),)), 'p: {list_join: ["-", [{get_param: a}, b]]}'),
        (If(Literal("c"), Literal(1), None), "p: {if: [c, 1]}"),
        (If(Literal("c"), HotMap({"a": Literal(1)}), None), "p:\n  if:\n    - c\n    - a: 1"),
        (
            StrReplace(Literal("${A}"), {"${A}": GetParam("A")}),
            "p:\n  str_replace:\n    template: ${A}\n    params:\n      ${A}: {get_param: A}",
        ),
        (
            Function("list_concat", HotList((literals("x" * 60), literals("y" * 60)))),
            f"p:\n  list_concat:\n    - [{'x' * 60}]\n    - [{'y' * 60}]",
        ),
        (Literal("a\nb\n"), "p: |\n  a\n  b"),
        (Literal("a\nb"), "p: |-\n  a\n  b"),
        (Literal(" a\nb\n"), "p: |2\n   a\n  b"),
        (Literal("a\r\nb\r\n"), 'p: "a\\r\\n\\\n  b\\r\\n"'),
        (Literal("x" * 120), f"p: |-\n  {'x' * 120}"),
    ],
)
def test_layout_of_values(value: HotValue, written: str) -> None:
    assert property_text(value) == written


def test_layout_of_a_template() -> None:
    template = HotTemplate(
        description="A shop " + "of many words " * 10 + "ends.",
        comments=["From shop.yaml"],
        parameter_groups=[ParameterGroup(["Size"], "Server")],
        parameters={
            "Size": HotParameter(
                "Size", "string", default=Literal("small"), constraints=[HotMap({"allowed_values": literals("small", "big")})]
            ),
            "Map": HotParameter("Map", "json", default=HotMap({"us-east-1": HotMap({"Linux": Literal("ami")})})),
        },
        resources={
            "Web": HotResource(
                "Web",
                "OS::Nova::Server",
                {"flavor": GetParam("Size")},
                depends_on=["Net"],
                comments=["AWS::EC2::Instance\nline two"],
            ),
            "Net": HotResource("Net", "OS::Neutron::Net", condition="yes", deletion_policy="Retain"),
        },
        outputs={"Id": HotOutput("Id", GetResource("Web"))},
        closing={"resources": ["dropped: Role"]},
    )
    assert write_template(template) == (
        "# From shop.yaml\n"
        "heat_template_version: 2021-04-16\n"
        "\n"
        "description: >-\n"
        "  A shop of many words of many words of many words of many words of many words of many words of many\n"
        "  words of many words of many words of many words ends.\n"
        "\n"
        "parameter_groups:\n"
        "  - label: Server\n"
        "    parameters: [Size]\n"
        "\n"
        "parameters:\n"
        "  Size:\n"
        "    type: string\n"
        "    default: small\n"
        "    constraints:\n"
        "      - allowed_values: [small, big]\n"
        "  Map:\n"
        "    type: json\n"
        "    default: {us-east-1: {Linux: ami}}\n"
        "\n"
        "resources:\n"
        "  # AWS::EC2::Instance\n"
        "  # line two\n"
        "  Web:\n"
        "    type: OS::Nova::Server\n"
        "    depends_on: Net\n"
        "    properties:\n"
        "      flavor: {get_param: Size}\n"
        "  Net:\n"
        "    type: OS::Neutron::Net\n"
        '    condition: "yes"\n'
        "    deletion_policy: Retain\n"
        "  # dropped: Role\n"
        "\n"
        "outputs:\n"
        "  Id:\n"
        "    value: {get_resource: Web}\n"
    )


def test_a_comment_cannot_become_content() -> None:
    template = HotTemplate(comments=["a\nresources: {}\x85b\x1b[0m\rc"])
    assert loaded(write_template(template)) == {"heat_template_version": "2021-04-16", "resources": {}}


def test_kept_line_breaks_stay_as_many_at_the_end_of_a_section() -> None:
    template = HotTemplate(
        resources={"r": HotResource("r", "T", {"p": Literal("a\n\n\n")})}, outputs={"o": HotOutput("o", Literal("b\n\n"))}
    )
    assert loaded(write_template(template)) == template_to_plain(template)


def test_cost_is_linear() -> None:
    def seconds(count: int) -> float:
        inner: HotValue = Literal("x")
        for _ in range(12):
            inner = If(Literal("c"), HotList((inner, Literal("y" * 30))), Literal("z"))
        resources = {f"r{number}": HotResource(f"r{number}", "T", {"p": inner}) for number in range(count)}
        start = time.process_time()
        write_template(HotTemplate(resources=resources))
        return time.process_time() - start

    few = min(seconds(50) for _ in range(3))
    assert min(seconds(500) for _ in range(3)) < few * 20
