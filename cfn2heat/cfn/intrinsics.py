"""Plain nodes to values: every intrinsic function in both of its spellings.

A function that cannot be understood (unknown, or with arguments of the wrong shape) is an error in the diagnostics and becomes a
Transform of its name: what it yields is not known, as with a macro.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import NamedTuple

from cfn2heat.cfn import sub, vocabulary
from cfn2heat.cfn.nodes import Node, ReadAs
from cfn2heat.cfn.values import (
    And,
    Base64,
    Cidr,
    ConditionRef,
    DynamicReference,
    Equals,
    FindInMap,
    GetAtt,
    GetAZs,
    If,
    ImportValue,
    Join,
    Map,
    Not,
    NoValue,
    Or,
    Ref,
    RuleFunction,
    Scalar,
    Select,
    Seq,
    Split,
    Sub,
    Transform,
    Value,
)
from cfn2heat.diagnostics import Diagnostics, Severity
from cfn2heat.source import Path, Span, format_path


class Mention(NamedTuple):
    """A name that the template uses somewhere: kind is Ref, GetAtt, Condition or Mapping."""

    kind: str
    name: str
    path: Path
    span: Span


Build = Callable[["ValueReader", str, Node, Span], Value]


def subject_of(path: Path) -> str:
    """Name a place as people do: Web.Properties.Tags[0], Outputs.Url.Value."""
    return format_path(path[1:] if path[:1] == ("Resources",) and len(path) > 1 else path)


class ValueReader:
    """Turns nodes into values, and remembers every name that they mention."""

    def __init__(self, diagnostics: Diagnostics, conditions: Container[str], resources: Container[str]) -> None:
        self.diagnostics = diagnostics
        self.conditions = conditions
        self.resources = resources
        self.path: list[str | int] = []
        self.mentions: list[Mention] = []
        self.in_condition = False

    def read_at(self, node: Node, *path: str | int) -> Value:
        """Read a value that stands at a path from the root."""
        self.path = list(path)
        return self.value(node)

    def condition_at(self, node: Node, *path: str | int) -> Value:
        """Read a condition, where {Condition: Name} refers to another one."""
        self.in_condition = True
        try:
            return self.read_at(node, *path)
        finally:
            self.in_condition = False

    def error(self, code: str, message: str, span: Span, advice: str = "") -> None:
        """Report an error at the current path."""
        self.diagnostics.add(code, Severity.ERROR, subject_of(tuple(self.path)), message, advice=advice, span=span)

    def mention(self, kind: str, name: str, span: Span) -> None:
        """Remember that a name is used."""
        self.mentions.append(Mention(kind, name, tuple(self.path), span))

    def value(self, node: Node) -> Value:
        """Read any value."""
        if isinstance(node, Scalar):
            return self._scalar(node)
        if isinstance(node, Seq):
            return self._seq(node)
        assert isinstance(node, Map)
        if len(node.entries) == 1:
            ((name, argument),) = node.entries.items()
            build = FUNCTIONS.get(name)
            if build is not None:
                return build(self, name, argument, node.span)
            if name.startswith("Fn::"):
                return self._unknown(name, argument, node.span)
            if name == "Condition" and self.in_condition:
                return _condition_ref(self, name, argument, node.span)
        return self._map(node)

    def _scalar(self, node: Scalar) -> Value:
        text = node.value
        if type(text) is str:
            return self._dynamic(text, node) if "{{resolve:" in text else node
        return Scalar(str(text), node.span) if isinstance(text, ReadAs) else node

    def _seq(self, node: Seq) -> Seq:
        path = self.path
        path.append(0)
        items: list[Value] = []
        changed = False
        for index, item in enumerate(node.items):
            path[-1] = index
            value = self.value(item)
            items.append(value)
            changed = changed or value is not item
        path.pop()
        return Seq(tuple(items), node.span) if changed else node

    def _map(self, node: Map) -> Map:
        path = self.path
        path.append("")
        entries: dict[str, Value] = {}
        changed = named = False
        for key, item in node.entries.items():
            plain = key if type(key) is str else str(key)
            path[-1] = plain
            if key in FUNCTIONS or key[:4] == "Fn::":
                self._report_crowd(key, node)
            value = self.value(item) if key != "Fn::Transform" else _transform(self, key, item, node.keys.get(key, node.span))
            entries[plain] = value
            changed = changed or value is not item
            named = named or plain is not key
        path.pop()
        if named:
            return Map(entries, node.span, {str(key): span for key, span in node.keys.items()})
        return Map(entries, node.span, node.keys) if changed else node

    def _report_crowd(self, key: str, node: Map) -> None:
        """A function must be alone in its map; Fn::Transform may have siblings, which are its input."""
        if len(node.entries) == 1 or key == "Fn::Transform":
            return
        others = ", ".join(repr(str(other)) for other in list(node.entries)[:4] if other != key)
        self.error(
            "C2H1102",
            f"{key} stands in a map with other keys ({others}), so it is no function call",
            node.keys.get(key, node.span),
            "a function must be the only key of its map",
        )

    def _dynamic(self, text: str, node: Scalar) -> Value:
        """Read a string that holds dynamic references."""
        pieces = sub.split_dynamic(text)
        if len(pieces) == 1 and isinstance(pieces[0], sub.Resolve):
            return DynamicReference(pieces[0].service, pieces[0].reference, node.span)
        if all(isinstance(piece, sub.Literal) for piece in pieces):
            return node
        return self.sub_of(text, pieces, {}, node.span)

    def sub_of(self, text: str, pieces: list[sub.Piece], variables: dict[str, Value], span: Span) -> Value:
        """Build a Sub of pieces."""
        parts: list[str | tuple[str, Value]] = []
        for piece in pieces:
            if isinstance(piece, sub.Literal):
                parts.append(piece.text)
            elif isinstance(piece, sub.Resolve):
                self._mention_inside(piece.reference, span)
                parts.append((piece.text, DynamicReference(piece.service, piece.reference, span)))
            elif sub.is_name(piece.name):
                parts.append((piece.name, self._placeholder(piece.name.strip(), variables, span)))
            else:
                self.error(
                    "C2H1104",
                    f"${{{piece.name}}} is no placeholder that Fn::Sub knows; it stays as text",
                    span,
                    f"write ${{!{piece.name}}} if the text is meant",
                )
                parts.append(f"${{{piece.name}}}")
        return Sub(text, tuple(parts), span)

    def _placeholder(self, name: str, variables: dict[str, Value], span: Span) -> Value:
        if name in variables:
            return variables[name]
        if "." in name:
            resource, attribute = name.split(".", 1)
            return self.get_att(resource, attribute, span)
        return self.ref(name, span)

    def _mention_inside(self, reference: str, span: Span) -> None:
        """Remember what a dynamic reference's own placeholders name."""
        for piece in sub.split_sub(reference):
            if isinstance(piece, sub.Placeholder) and sub.is_name(piece.name):
                self._placeholder(piece.name.strip(), {}, span)

    def ref(self, name: str, span: Span) -> Value:
        """Build a Ref; that to NoValue says that there is no value."""
        if name == vocabulary.NO_VALUE:
            return NoValue(span)
        if self.in_condition and name in self.resources:
            return self._too_early("Ref", name, span)
        self.mention("Ref", name, span)
        return Ref(name, span)

    def get_att(self, resource: str, attribute: str | Value, span: Span) -> Value:
        """Build a GetAtt."""
        if self.in_condition and resource in self.resources:
            return self._too_early("Fn::GetAtt", resource, span)
        self.mention("GetAtt", resource, span)
        return GetAtt(resource, attribute, span)

    def _too_early(self, name: str, resource: str, span: Span) -> Transform:
        """Report a condition or rule that refers to a resource: what that will be is not known when it is decided."""
        message = f"it refers to the resource {resource!r}, which does not exist yet when conditions and rules are decided"
        self.error("C2H1118", message, span, "refer to parameters only")
        return Transform(name, Scalar(resource, span), span)

    def _unknown(self, name: str, argument: Node, span: Span) -> Value:
        self.error("C2H1101", f"there is no function {name}", span, _similar(name))
        return self.opaque(name, argument, span)

    def opaque(self, name: str, argument: Node, span: Span) -> Transform:
        """Stand in for a function whose value cannot be known."""
        self.path.append(name)
        value = self.value(argument)
        self.path.pop()
        return Transform(name, value, span)

    def malformed(self, name: str, argument: Node, span: Span, shape: str) -> Value:
        """Report arguments of the wrong shape."""
        self.error(
            "C2H1103",
            f"{name} needs {shape}, not {describe(argument)}",
            argument.span,
            "see what CloudFormation documents for this function",
        )
        return self.opaque(name, argument, span)

    def argument(self, node: Node, *steps: str | int) -> Value:
        """Read one argument of a function; the steps lead from the function to it."""
        self.path.extend(steps)
        value = self.value(node)
        del self.path[-len(steps) :]
        return value


def describe(node: Node) -> str:
    """Say what kind of thing a node is."""
    if isinstance(node, Seq):
        return f"a list of {len(node.items)}"
    if isinstance(node, Map):
        key = next(iter(node.entries), None)
        return "an empty map" if key is None else f"a map with the key {str(key)[:60]!r}"
    if not isinstance(node, Scalar):
        return "a function"
    if isinstance(node.value, str):
        return "an empty string" if not node.value else f"the string {str(node.value)[:60]!r}"
    return "null" if node.value is None else f"{str(node.value).lower()[:60]}"


def text_of(node: Node) -> str | None:
    """Give a scalar as the string that CloudFormation takes it for; None for anything else."""
    if not isinstance(node, Scalar) or node.value is None:
        return None
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def _similar(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, FUNCTIONS, 1)
    return f"is {close[0]} meant?" if close else "remove it, or say what it should yield"


def _list(argument: Node, least: int, most: int) -> tuple[Node, ...] | None:
    """Give the members of a list of the right length."""
    if isinstance(argument, Seq) and least <= len(argument.items) <= most:
        return argument.items
    return None


def _ref(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    target = text_of(argument)
    if not target:
        return reader.malformed(name, argument, span, "the name of a parameter or resource")
    return reader.ref(target, span)


def _condition_ref(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    target = text_of(argument)
    if not target:
        return reader.malformed(name, argument, span, "the name of a condition")
    reader.mention("Condition", target, span)
    return ConditionRef(target, span)


def _get_att(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    shape = "a resource and its attribute (Name.Attribute, or a list of both)"
    if isinstance(argument, Seq):
        parts = [text_of(item) for item in argument.items]
    else:
        parts = list((text_of(argument) or "").partition(".")[::2])
    resource, *rest = parts or [None]
    if not resource or not rest or rest == [""]:
        return reader.malformed(name, argument, span, shape)
    if all(rest):
        return reader.get_att(resource, ".".join(str(part) for part in rest), span)
    if len(rest) != 1 or not isinstance(argument, Seq) or isinstance(argument.items[1], Scalar):
        return reader.malformed(name, argument, span, shape)
    return reader.get_att(resource, reader.argument(argument.items[1], name, 1), span)


def _sub(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    text, place = text_of(argument), argument.span
    variables: dict[str, Value] = {}
    if text is None:
        parts = _list(argument, 1, 2)
        text = text_of(parts[0]) if parts else None
        place = parts[0].span if parts else span
        given = parts[1] if parts and len(parts) == 2 else None
        if text is None or (given is not None and not isinstance(given, Map)):
            return reader.malformed(name, argument, span, "a string, or a list of a string and a map of variables")
        if isinstance(given, Map):
            variables = {str(key): reader.argument(node, name, 1, str(key)) for key, node in given.entries.items()}
    return reader.sub_of(text, sub.split_sub(text), variables, place)


def _join(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    parts = _list(argument, 2, 2)
    delimiter = text_of(parts[0]) if parts else None
    if not parts or delimiter is None or isinstance(parts[1], Scalar):
        return reader.malformed(name, argument, span, "a list of a delimiter and a list")
    items = reader.argument(parts[1], name, 1)
    return _joined_dynamic(reader, delimiter, items, span) or Join(delimiter, items, span)


def _joined_dynamic(reader: ValueReader, delimiter: str, items: Value, span: Span) -> Value | None:
    """Read a dynamic reference that Join puts together of literals and references, as generators of templates write it."""
    if not isinstance(items, Seq) or not any(
        isinstance(item, Scalar) and "{{resolve:" in str(item.value) for item in items.items
    ):
        return None
    texts = [_as_sub_text(item) for item in items.items]
    if None in texts:
        return None
    text = delimiter.join(str(part) for part in texts)
    pieces = sub.split_sub(text)
    if len(pieces) == 1 and isinstance(pieces[0], sub.Resolve):
        return DynamicReference(pieces[0].service, pieces[0].reference, span)
    return reader.sub_of(text, pieces, {}, span) if any(isinstance(piece, sub.Resolve) for piece in pieces) else None


def _as_sub_text(item: Value) -> str | None:
    """Write a literal or a reference as Fn::Sub does."""
    if isinstance(item, Scalar):
        return str(item.value).replace("${", "${!")
    if isinstance(item, Ref):
        return f"${{{item.name}}}"
    if isinstance(item, GetAtt) and isinstance(item.attribute, str):
        return f"${{{item.resource}.{item.attribute}}}"
    return None


def _select(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    parts = _list(argument, 2, 2)
    if not parts:
        return reader.malformed(name, argument, span, "a list of an index and a list")
    return Select(reader.argument(parts[0], name, 0), reader.argument(parts[1], name, 1), span)


def _split(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    parts = _list(argument, 2, 2)
    delimiter = text_of(parts[0]) if parts else None
    if not parts or not delimiter or isinstance(parts[1], Seq):
        return reader.malformed(name, argument, span, "a list of a delimiter and a string")
    return Split(delimiter, reader.argument(parts[1], name, 1), span)


def _find_in_map(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    parts = _list(argument, 3, 4)
    default = parts[3] if parts and len(parts) == 4 else None
    if not parts or (default is not None and not (isinstance(default, Map) and list(default.entries) == ["DefaultValue"])):
        return reader.malformed(name, argument, span, "a list of a mapping and two keys")
    mapping = reader.argument(parts[0], name, 0)
    if isinstance(mapping, Scalar):
        reader.mention("Mapping", str(mapping.value), parts[0].span)
    otherwise = reader.argument(default.entries["DefaultValue"], name, 3) if isinstance(default, Map) else None
    return FindInMap(mapping, reader.argument(parts[1], name, 1), reader.argument(parts[2], name, 2), otherwise, span)


def _if(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    parts = _list(argument, 3, 3)
    condition = text_of(parts[0]) if parts else None
    if not parts or not condition:
        return reader.malformed(name, argument, span, "a list of a condition's name and two values")
    reader.mention("Condition", condition, parts[0].span)
    if condition not in reader.conditions:
        return reader.opaque(name, argument, span)
    return If(condition, reader.argument(parts[1], name, 1), reader.argument(parts[2], name, 2), span)


def _base64(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    if isinstance(argument, Seq):
        return reader.malformed(name, argument, span, "a string")
    return Base64(reader.argument(argument, name), span)


def _cidr(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    parts = _list(argument, 2, 3)
    if not parts:
        return reader.malformed(name, argument, span, "a list of an address block, a count and the number of host bits")
    block, count, *bits = [reader.argument(part, name, index) for index, part in enumerate(parts)]
    return Cidr(block, count, bits[0] if bits else None, span)


def _get_azs(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    if isinstance(argument, Seq):
        return reader.malformed(name, argument, span, "a region or an empty string")
    return GetAZs(reader.argument(argument, name), span)


def _import_value(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    if isinstance(argument, Seq) or text_of(argument) == "":
        return reader.malformed(name, argument, span, "the name of an export")
    return ImportValue(reader.argument(argument, name), span)


def _transform(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    if isinstance(argument, Seq) and len(argument.items) == 1:
        argument = argument.items[0]
    macro = text_of(argument.entries["Name"]) if isinstance(argument, Map) and "Name" in argument.entries else None
    if macro is None or not isinstance(argument, Map):
        return reader.malformed(name, argument, span, "a map of Name and Parameters")
    parameters = argument.entries.get("Parameters")
    value = reader.argument(parameters, name) if parameters is not None else Map({}, span)
    return Transform(macro, value, span)


def _equals(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    parts = _list(argument, 2, 2)
    if not parts:
        return reader.malformed(name, argument, span, "a list of two values")
    return Equals(reader.argument(parts[0], name, 0), reader.argument(parts[1], name, 1), span)


def _and_or(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    parts = _list(argument, 1, 10)
    if not parts:
        return reader.malformed(name, argument, span, "a list of two to ten conditions")
    items = tuple(reader.argument(part, name, index) for index, part in enumerate(parts))
    return And(items, span) if name == "Fn::And" else Or(items, span)


def _not(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    parts = _list(argument, 1, 1)
    if not parts:
        return reader.malformed(name, argument, span, "a list of one condition")
    return Not(reader.argument(parts[0], name, 0), span)


def _rule_function(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    return RuleFunction(name, reader.argument(argument, name), span)


def _not_expanded(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    reader.error(
        "C2H1105",
        f"{name} is known only after the language extensions' transform has expanded it",
        span,
        "declare the transform at the top of the template, or give the parameter that it needs a default",
    )
    return reader.opaque(name, argument, span)


def _stack_output(reader: ValueReader, name: str, argument: Node, span: Span) -> Value:
    """An output of another stack is as unknown here as an import, and has no export's name."""
    return reader.opaque(name, argument, span)


FUNCTIONS: dict[str, Build] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _get_azs,
    "Fn::ImportValue": _import_value,
    "Fn::GetStackOutput": _stack_output,
    "Fn::Transform": _transform,
    "Fn::Equals": _equals,
    "Fn::And": _and_or,
    "Fn::Or": _and_or,
    "Fn::Not": _not,
    "Fn::Contains": _rule_function,
    "Fn::EachMemberIn": _rule_function,
    "Fn::EachMemberEquals": _rule_function,
    "Fn::RefAll": _rule_function,
    "Fn::ValueOf": _rule_function,
    "Fn::ValueOfAll": _rule_function,
    "Fn::Length": _not_expanded,
    "Fn::ToJsonString": _not_expanded,
}
