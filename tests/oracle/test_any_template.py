"""Templates of every shape, translated, before the real engine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.engine import Engine
from tests.property.test_language import ODD, VERSIONS, convert, odd_template, steady, templates


@steady
@given(data=templates(sound=True), version=st.sampled_from(VERSIONS))
def test_what_is_emitted_is_accepted(data: dict[str, Any], version: str, heat: Engine) -> None:
    converted = convert(data, version)
    if converted is not None:
        text = next(iter(converted.files.values()))
        assert heat.errors(text, converted.files) == [], text


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("value", ODD, ids=json.dumps)
def test_functions_over_what_they_do_not_take(value: Any, version: str, heat: Engine) -> None:
    converted = convert(odd_template(value), version)
    assert converted is not None
    text = next(iter(converted.files.values()))
    assert heat.errors(text, converted.files) == [], text
