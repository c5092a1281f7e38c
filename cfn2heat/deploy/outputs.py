"""What a stack puts out; what reads a hidden parameter stays hidden."""

from __future__ import annotations

from typing import Any

from cfn2heat.deploy.bundle import is_true
from cfn2heat.deploy.changes import parameters_in
from cfn2heat.deploy.parameters import STARS
from cfn2heat.deploy.stack import Stack


def outputs(stack: Stack, template: dict[str, Any]) -> dict[str, Any]:
    """Values by name; an output that Heat cannot compute has none."""
    declared = template.get("parameters") or {}
    hidden = {name for name, data in declared.items() if is_true(data.get("hidden"))}
    sources = template.get("outputs") or {}
    return {
        entry["output_key"]: STARS
        if not hidden.isdisjoint(parameters_in(sources.get(entry["output_key"])))
        else entry.get("output_value")
        for entry in stack.outputs
    }
