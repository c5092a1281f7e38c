"""Writer, catalog and carried literals before the real engine."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from cfn2heat.hot.functions import hot_to_plain
from cfn2heat.hot.literals import escape_default, escape_literal
from cfn2heat.hot.plain import template_to_plain
from cfn2heat.hot.template import HotParameter, HotResource, HotTemplate
from cfn2heat.hot.values import GetParam, HotList, HotMap, HotValue, Literal
from cfn2heat.hot.writer import write_template
from tests.oracle.engine import ROOT, Engine
from tests.unit.hot.strategies import templates

VERSIONS = ["2016-10-14", "2018-08-31", "2021-04-16"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(template=templates())
def test_heat_reads_what_was_meant(template: HotTemplate, heat: Engine) -> None:
    assert repr(heat.parse(write_template(template))) == repr(template_to_plain(template))


def test_the_catalog_is_what_the_engine_says(heat: Engine) -> None:
    kept = (ROOT / "cfn2heat" / "hot" / "catalog.jsonl").read_text(encoding="utf-8")
    now = heat.catalog()
    changed = [line[:200] for line in unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", lineterm="", n=0)]
    assert changed == [], "run scripts/generate_hot_catalog.py with this engine"


def to_hot(value: Any) -> HotValue:
    """Plain data as HOT values."""
    if isinstance(value, dict):
        return HotMap({key: to_hot(item) for key, item in value.items()})
    return HotList(tuple(map(to_hot, value))) if isinstance(value, list) else Literal(value)


LOOKALIKES = [
    {"get_file": "/etc/passwd"},
    {"get_param": "OS::stack_name"},
    {"str_replace": {"template": "a", "params": {"a": "b"}}},
    {"if": ["c", "a", "b"]},
    {"repeat": {"get_attr": [{"yaql": "x"}]}},
    {"Statement": [{"Ref": "x"}, {"Fn::Join": ["", ["a"]]}, {"get_resource": "r", "get_resource_": 1}]},
    {"get_file": "x", "beside": {"list_join": [1, 2]}},
    {"type": "x.yaml", "beside": "y"},
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("literal", LOOKALIKES, ids=str)
def test_data_that_looks_like_a_function_is_not_run(literal: dict[str, Any], version: str, heat: Engine) -> None:
    value = escape_literal(to_hot(literal), version)
    template = HotTemplate(version, resources={"r": HotResource("r", "OS::Heat::Value", {"value": value}, metadata=value)})
    assert heat.resolve(write_template(template), "r") == {"value": literal}


@pytest.mark.parametrize("literal", LOOKALIKES, ids=str)
def test_defaults_are_not_run(literal: dict[str, Any], heat: Engine) -> None:
    template = HotTemplate(
        parameters={"p": HotParameter("p", "json", default=escape_default(to_hot(literal)))},
        resources={"r": HotResource("r", "OS::Heat::Value", {"value": GetParam("p")})},
    )
    assert heat.resolve(write_template(template), "r") == {"value": literal}


@pytest.mark.parametrize("literal", LOOKALIKES, ids=str)
def test_the_client_reads_no_file_for_it(literal: dict[str, Any]) -> None:
    """heatclient reads the file of every get_file, and of every type that ends like a template, before it sends anything."""
    from heatclient.common import template_utils

    for plain in (hot_to_plain(escape_literal(to_hot(literal), "2021-04-16")), hot_to_plain(escape_default(to_hot(literal)))):
        files: dict[str, str] = {}
        template_utils.resolve_template_get_files({"value": plain}, files, "file:///nowhere/")
        assert files == {}
