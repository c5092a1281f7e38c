"""The values of CloudFormation's language: plain data and intrinsic functions, each with its position."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from cfn2heat.source import Span


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number, boolean or null."""

    value: str | int | float | bool | None
    span: Span


@dataclass(frozen=True, slots=True)
class Seq:
    """A list."""

    items: tuple[Value, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Map:
    """A map, in source order; keys maps each key to its own position."""

    entries: dict[str, Value]
    span: Span
    keys: dict[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoValue:
    """Ref AWS::NoValue: the property or list member is absent."""

    span: Span


@dataclass(frozen=True, slots=True)
class Ref:
    """Ref to a parameter, a pseudo parameter or a resource."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class GetAtt:
    """Fn::GetAtt; attribute keeps its dots (Outputs.Url). With LanguageExtensions it may be a value."""

    resource: str
    attribute: str | Value
    span: Span


@dataclass(frozen=True, slots=True)
class Sub:
    """Fn::Sub; text is the source string, parts its literal pieces (str) and placeholders (name, value) in order.

    A name is what stands between the braces; its value is a Ref, a GetAtt or the variable of the list form.
    ${!Literal} is already the literal piece ${Literal}.
    """

    text: str
    parts: tuple[str | tuple[str, Value], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Join:
    """Fn::Join; items is a Seq, or one value that yields a list."""

    delimiter: str
    items: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Select:
    """Fn::Select."""

    index: Value
    items: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Split:
    """Fn::Split."""

    delimiter: str
    source: Value
    span: Span


@dataclass(frozen=True, slots=True)
class FindInMap:
    """Fn::FindInMap; default is the DefaultValue of LanguageExtensions."""

    mapping: Value
    first: Value
    second: Value
    default: Value | None
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    """Fn::If; condition is the name of a condition."""

    condition: str
    then: Value
    otherwise: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Base64:
    """Fn::Base64."""

    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Cidr:
    """Fn::Cidr; bits is absent where the source leaves it out (it means /24s of IPv4)."""

    block: Value
    count: Value
    bits: Value | None
    span: Span


@dataclass(frozen=True, slots=True)
class GetAZs:
    """Fn::GetAZs."""

    region: Value
    span: Span


@dataclass(frozen=True, slots=True)
class ImportValue:
    """Fn::ImportValue."""

    name: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Transform:
    """Fn::Transform that could not be expanded (a custom macro), or a function that cannot be read (named Fn::... or Ref).

    Either way the value is not known, and the diagnostics say why.
    """

    name: str
    parameters: Value
    span: Span


@dataclass(frozen=True, slots=True)
class DynamicReference:
    """{{resolve:service:reference}}, alone or as a part of a Sub that a plain string was turned into."""

    service: str
    reference: str
    span: Span


@dataclass(frozen=True, slots=True)
class Equals:
    """Fn::Equals."""

    left: Value
    right: Value
    span: Span


@dataclass(frozen=True, slots=True)
class And:
    """Fn::And."""

    items: tuple[Value, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Or:
    """Fn::Or."""

    items: tuple[Value, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """Fn::Not."""

    item: Value
    span: Span


@dataclass(frozen=True, slots=True)
class ConditionRef:
    """{Condition: Name} inside a condition."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class RuleFunction:
    """What only Rules know: Fn::Contains, Fn::EachMemberIn, Fn::EachMemberEquals, Fn::RefAll, Fn::ValueOf, Fn::ValueOfAll."""

    name: str
    arguments: Value
    span: Span


Value: TypeAlias = (
    Scalar
    | Seq
    | Map
    | NoValue
    | Ref
    | GetAtt
    | Sub
    | Join
    | Select
    | Split
    | FindInMap
    | If
    | Base64
    | Cidr
    | GetAZs
    | ImportValue
    | Transform
    | DynamicReference
    | Equals
    | And
    | Or
    | Not
    | ConditionRef
    | RuleFunction
)
