"""Properties that exclude or demand each other: the engine refuses what we refuse, and takes it mended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cfn2heat.diagnostics import Severity
from cfn2heat.hot.check import check_text
from tests.oracle.engine import Engine
from tests.relations import BASE, broken, examples, mended


def template(type_name: str, properties: dict[str, Any]) -> str:
    """One resource."""
    return json.dumps(
        {"heat_template_version": "2021-04-16", "resources": {"r": {"type": type_name, "properties": properties}}}, indent=1
    )


def errors(text: str) -> list[str]:
    """What check says is an error."""
    return [str(found) for found in check_text(text, "t.yaml") if found.severity is Severity.ERROR]


@pytest.mark.parametrize(("type_name", "row"), examples())
def test_each_row(type_name: str, row: dict[str, Any], heat: Engine) -> None:
    text = template(type_name, broken(type_name, row))
    assert heat.errors(text), text
    assert any("C2H4025" in found for found in errors(text)), text
    text = template(type_name, mended(type_name, row))
    assert errors(text) == []
    assert heat.errors(text) == []


@pytest.mark.parametrize(
    ("type_name", "new", "old"),
    [
        ("OS::Neutron::FloatingIP", "floating_network", "floating_network_id"),
        ("OS::Neutron::Subnet", "network", "network_id"),
        ("OS::Neutron::RouterInterface", "subnet", "subnet_id"),
        ("OS::Cinder::Volume", "image", "imageRef"),
        ("OS::Designate::Zone", "masters", "primaries"),
    ],
)
def test_two_names_of_one_property(type_name: str, new: str, old: str, heat: Engine) -> None:
    value = ["192.0.2.1"] if new == "masters" else "x"
    text = template(type_name, {**BASE[type_name], new: value, old: value, **({"type": "SECONDARY"} if new == "masters" else {})})
    assert heat.errors(text), text
    assert any("C2H4025" in found for found in errors(text)), text
