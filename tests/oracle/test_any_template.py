"""Templates of every shape, translated, before the real engine."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.engine import Engine
from tests.property.test_language import VERSIONS, convert, steady, templates


@steady
@given(data=templates(sound=True), version=st.sampled_from(VERSIONS))
def test_what_is_emitted_is_accepted(data: dict[str, Any], version: str, heat: Engine) -> None:
    converted = convert(data, version)
    if converted is not None:
        text = next(iter(converted.files.values()))
        assert heat.errors(text, converted.files) == [], text
