"""Templates of servers that are built anew from an inventory: the engine accepts them."""

from __future__ import annotations

import pytest

from cfn2heat.images.rebuild import rebuild
from tests.images.test_survey import SERVERS, inventory
from tests.oracle.engine import Engine


@pytest.mark.parametrize("name", SERVERS)
def test_the_engine_accepts_a_rebuilt_server(heat: Engine, name: str) -> None:
    known = {"image": "a", "flavor": "b", "network": "c"}
    for files in (rebuild(inventory(name), {}), rebuild(inventory(name), known)):
        assert heat.errors(files["server.hot.yaml"]) == []
