"""A Heat template before it is written as text."""

from __future__ import annotations

from cfn2heat.hot.values import GetParam, HotMap, HotValue
from cfn2heat.record import field, mutable_record


@mutable_record
class HotParameter:
    """A parameter; constraints are maps as HOT writes them, for example {"allowed_values": [...]}."""

    name: str
    type: str
    label: str | None = None
    description: str | None = None
    default: HotValue | None = None
    hidden: bool = False
    constraints: list[HotMap] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


@mutable_record
class HotCondition:
    """A named condition."""

    name: str
    value: HotValue
    comments: list[str] = field(default_factory=list)


@mutable_record
class HotResource:
    """A resource; comments stand above it, one line each. Mutable: rows and hooks fill it."""

    name: str
    type: str
    properties: dict[str, HotValue] = field(default_factory=dict)
    condition: str | None = None
    depends_on: list[str] = field(default_factory=list)
    deletion_policy: str | None = None
    metadata: HotValue | None = None
    update_policy: HotValue | None = None
    comments: list[str] = field(default_factory=list)
    external_id: GetParam | None = None
    """Holds the id of a thing outside of the stack, which the resource then stands for; Heat lets it depend on nothing else."""


@mutable_record
class HotOutput:
    """An output."""

    name: str
    value: HotValue
    description: str | None = None
    condition: str | None = None
    comments: list[str] = field(default_factory=list)


@mutable_record
class ParameterGroup:
    """A group of parameters as Horizon shows it."""

    parameters: list[str]
    label: str | None = None
    description: str | None = None


@mutable_record
class HotTemplate:
    """A whole Heat template; every dict is in the order in which it is written.

    comments stand at the head of the file; closing comments, keyed by section name, at the end of a section.
    """

    version: str = "2021-04-16"
    description: str | None = None
    parameter_groups: list[ParameterGroup] = field(default_factory=list)
    parameters: dict[str, HotParameter] = field(default_factory=dict)
    conditions: dict[str, HotCondition] = field(default_factory=dict)
    resources: dict[str, HotResource] = field(default_factory=dict)
    outputs: dict[str, HotOutput] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    closing: dict[str, list[str]] = field(default_factory=dict)
