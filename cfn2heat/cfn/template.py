"""A CloudFormation template as its reader understands it."""

from __future__ import annotations

from cfn2heat.cfn.values import Map, Value
from cfn2heat.record import record
from cfn2heat.source import Span


@record
class Parameter:
    """A template parameter; fields holds all that it says (Type, Default, AllowedValues, ...) as it stands."""

    name: str
    type: str
    fields: Map
    span: Span


@record
class Condition:
    """A named condition."""

    name: str
    value: Value
    span: Span


@record
class Resource:
    """A resource; span is that of its name. Absent attributes are None or empty."""

    name: str
    type: str
    properties: Map
    span: Span
    condition: str | None = None
    depends_on: tuple[str, ...] = ()
    metadata: Map | None = None
    deletion_policy: Value | None = None
    update_replace_policy: Value | None = None
    update_policy: Map | None = None
    creation_policy: Map | None = None
    attribute_spans: dict[str, Span] | None = None
    other: dict[str, Value] | None = None
    """Attributes that CloudFormation does not document (Version, Description, ...)."""


@record
class Output:
    """An output; export is the value of Export.Name."""

    name: str
    value: Value
    span: Span
    description: Value | None = None
    export: Value | None = None
    condition: str | None = None


@record
class Template:
    """A whole template; every dict is in source order."""

    file: str
    version: str | None
    description: str | None
    metadata: Map | None
    parameters: dict[str, Parameter]
    rules: dict[str, Map]
    mappings: dict[str, Map]
    """Mapping name to its two levels of keys; leaves are Scalar or Seq of Scalar."""
    conditions: dict[str, Condition]
    resources: dict[str, Resource]
    outputs: dict[str, Output]
    transforms: tuple[str, ...]
    """Macros that were named and could not be expanded here."""
    spans: dict[str, Span]
    """Position of each section's name."""
