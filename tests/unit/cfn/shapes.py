"""Values without their positions, so that tests can be written as rows."""

from __future__ import annotations

from typing import Any

from cfn2heat.cfn.reader import read_template
from cfn2heat.cfn.template import Template
from cfn2heat.cfn.values import Map, Scalar, Seq
from cfn2heat.diagnostics import Diagnostics
from cfn2heat.record import fields


def shape(value: Any) -> Any:
    """Plain data for plain values; ("Ref", "Name") and the like for functions."""
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Seq):
        return [shape(item) for item in value.items]
    if isinstance(value, Map):
        return {key: shape(item) for key, item in value.entries.items()}
    if isinstance(value, tuple):
        return tuple(shape(item) for item in value)
    if hasattr(value, "__match_args__"):
        return (type(value).__name__, *(shape(getattr(value, name)) for name in fields(value) if name != "span"))
    return value


PRELUDE = """
Parameters:
  P: {Type: String}
  Zones: {Type: CommaDelimitedList, Default: "a,b,c"}
Mappings:
  Sizes: {eu: {small: s}}
Conditions:
  Always: !Equals [a, a]
Resources:
  R: {Type: AWS::SNS::Topic}
  X:
    Type: AWS::SNS::Topic
    Properties:
      V: """


def read_value(text: str) -> tuple[Any, list[str]]:
    """The shape of a value that stands in a resource's property, and the codes of what is said about it."""
    diagnostics = Diagnostics()
    template = read_template(PRELUDE + text + "\n", "t.yaml", diagnostics)
    return shape(template.resources["X"].properties.entries["V"]), [found.code for found in diagnostics.all()]


def read_text(text: str) -> tuple[Template, list[str]]:
    """A template, and what is said about it as "code line:column"."""
    diagnostics = Diagnostics()
    template = read_template(text, "t.yaml", diagnostics)
    return template, [f"{found.code} {found.span.line}:{found.span.column}" for found in diagnostics.all()]
