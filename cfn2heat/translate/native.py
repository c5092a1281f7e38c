"""Types of the target language that stand in a source template: carried under their own names."""

from __future__ import annotations

from cfn2heat.hot.catalog import lookup
from cfn2heat.table.rules import Carry, DataReference, Emit, Rule, Target


def rule(type: str) -> Rule:
    """A rule that carries every property and attribute as it is."""
    schema = lookup(type)
    assert schema is not None
    return Rule(
        type=type,
        fidelity="exact",
        emits={"resource": Emit("resource", type, "{id}", primary=True)},
        properties={name: Carry(f"{type}.{name}", Target("resource", (name,))) for name in schema.properties},
        references={
            "Ref": DataReference({"get_resource": "resource"}),
            **{name: DataReference({"get_attr": ["resource", name]}) for name in schema.attributes},
        },
    )
