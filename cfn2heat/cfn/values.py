"""The values of CloudFormation's language: plain data and intrinsic functions, each with its position."""

from __future__ import annotations

from typing import TypeAlias

from cfn2heat.record import field, record
from cfn2heat.source import Span


@record
class Scalar:
    """A string, number, boolean or null."""

    value: str | int | float | bool | None
    span: Span


@record
class Seq:
    """A list."""

    items: tuple[Value, ...]
    span: Span


@record
class Map:
    """A map, in source order; keys maps each key to its own position."""

    entries: dict[str, Value]
    span: Span
    keys: dict[str, Span] = field(default_factory=dict)


@record
class NoValue:
    """Ref AWS::NoValue: the property or list member is absent."""

    span: Span


@record
class Ref:
    """Ref to a parameter, a pseudo parameter or a resource."""

    name: str
    span: Span


@record
class GetAtt:
    """Fn::GetAtt; attribute keeps its dots (Outputs.Url). With LanguageExtensions it may be a value."""

    resource: str
    attribute: str | Value
    span: Span


@record
class Sub:
    """Fn::Sub; text is the source string, parts its literal pieces (str) and placeholders (name, value) in order.

    A name is what stands between the braces; its value is a Ref, a GetAtt or the variable of the list form.
    ${!Literal} is already the literal piece ${Literal}.
    """

    text: str
    parts: tuple[str | tuple[str, Value], ...]
    span: Span


@record
class Join:
    """Fn::Join; items is a Seq, or one value that yields a list."""

    delimiter: str
    items: Value
    span: Span


@record
class Select:
    """Fn::Select."""

    index: Value
    items: Value
    span: Span


@record
class Split:
    """Fn::Split."""

    delimiter: str
    source: Value
    span: Span


@record
class FindInMap:
    """Fn::FindInMap; default is the DefaultValue of LanguageExtensions."""

    mapping: Value
    first: Value
    second: Value
    default: Value | None
    span: Span


@record
class If:
    """Fn::If; condition is the name of a condition."""

    condition: str
    then: Value
    otherwise: Value
    span: Span


@record
class Base64:
    """Fn::Base64."""

    value: Value
    span: Span


@record
class Cidr:
    """Fn::Cidr; bits is absent where the source leaves it out (it means /24s of IPv4)."""

    block: Value
    count: Value
    bits: Value | None
    span: Span


@record
class GetAZs:
    """Fn::GetAZs."""

    region: Value
    span: Span


@record
class ImportValue:
    """Fn::ImportValue."""

    name: Value
    span: Span


@record
class Transform:
    """Fn::Transform that could not be expanded (a custom macro), or a function that cannot be read (named Fn::... or Ref).

    Either way the value is not known, and the diagnostics say why.
    """

    name: str
    parameters: Value
    span: Span


@record
class DynamicReference:
    """{{resolve:service:reference}}, alone or as a part of a Sub that a plain string was turned into."""

    service: str
    reference: str
    span: Span


@record
class Equals:
    """Fn::Equals."""

    left: Value
    right: Value
    span: Span


@record
class And:
    """Fn::And."""

    items: tuple[Value, ...]
    span: Span


@record
class Or:
    """Fn::Or."""

    items: tuple[Value, ...]
    span: Span


@record
class Not:
    """Fn::Not."""

    item: Value
    span: Span


@record
class ConditionRef:
    """{Condition: Name} inside a condition."""

    name: str
    span: Span


@record
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
