"""The oracle's fixture: skipped where no Heat environment is, but never in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.oracle.engine import Engine, heat_python


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is an oracle test."""
    for item in items:
        if "oracle" in item.nodeid.split("/"):
            item.add_marker(pytest.mark.oracle)


@pytest.fixture(scope="session")
def heat() -> Iterator[Engine]:
    """The real Heat engine."""
    python = heat_python()
    if python is None:
        reason = "no Heat engine here: set HEAT_PYTHON or run `make heat-env`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    engine = Engine(python)
    yield engine
    engine.close()
