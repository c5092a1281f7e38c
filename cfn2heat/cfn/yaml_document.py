"""YAML to nodes, by the events of libyaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cfn2heat.cfn.nodes import Limits, Node, ReadAs, Repeated, new_span, place_of, too_deep, too_many
from cfn2heat.cfn.values import Map, Scalar, Seq
from cfn2heat.diagnostics import InputError
from cfn2heat.source import Block, Span

if TYPE_CHECKING:
    import yaml

SECOND_OPINION_SIZE = 300_000
_BEGINS_TYPED = frozenset("-+0123456789.yYnNtTfFoO~<=")
_PREFIX = "tag:yaml.org,2002:"
_STANDARD_SCALARS = {_PREFIX + kind for kind in ("str", "int", "float", "bool", "null", "timestamp")}
_LONG_AS_IT_IS = ("Ref", "Condition")


def read_yaml(text: str, file: str, limits: Limits) -> tuple[Node, Repeated]:
    """Read YAML; what libyaml refuses is tried once more with cfn-flip's own loader, which is slower and knows more spellings."""
    import yaml

    try:
        return _YamlBuilder(_fast_events(text), file, limits).build()
    except yaml.YAMLError as error:
        refused = error
    if len(text) <= SECOND_OPINION_SIZE:
        from cfn_tools.yaml_loader import CfnYamlLoader

        try:
            return _YamlBuilder(yaml.parse(text, Loader=CfnYamlLoader), file, limits).build()
        except yaml.YAMLError:
            pass  # the first opinion stands and is told below
    raise _yaml_error(text, file, refused) from None


def _fast_events(text: str) -> Iterator[yaml.Event]:
    """Give libyaml's events, or those of the pure parser where PyYAML was built without it."""
    import yaml

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return iter(loader(text).get_event, None)


def _yaml_error(text: str, file: str, error: yaml.YAMLError) -> InputError:
    """Put libyaml's complaint in our form."""
    from yaml.reader import Reader

    wrong = Reader.NON_PRINTABLE.search(text)
    if wrong:
        message = f"the character U+{ord(wrong.group()):04X} is not allowed in YAML"
        return InputError("C2H1007", message, place_of(text, wrong.start(), file), advice="remove it or write it as an escape")
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    if "end of stream" in str(getattr(error, "problem", "")):
        marks.reverse()  # what was not closed tells more than where the file ends
    mark = marks[0] or marks[1]
    span = Span(file, mark.line + 1, mark.column + 1) if mark else Span(file, 1, 1)
    parts = [getattr(error, "context", None), getattr(error, "problem", None)]
    message = ", ".join(part for part in parts if part) or str(error)
    return InputError("C2H1007", f"this is not valid YAML: {message}", span, advice=_yaml_advice(text, span))


def _yaml_advice(text: str, span: Span) -> str:
    """Say what is probably wrong."""
    lines = text.split("\n")
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or line[span.column - 1 : span.column] == "\t":
        return "indent with spaces, not tabs"
    if "{{" in line or "{%" in line:
        return "this looks like a template of a template engine: render it first"
    return "check the indentation and the quotes of this line and of the one before it"


_KEY_ADVICE = "put quotes around it; if {{ }} of a template engine is meant, render the file first"


class _YamlBuilder:
    """Builds nodes from YAML events."""

    def __init__(self, events: Iterator[yaml.Event], file: str, limits: Limits) -> None:
        import yaml

        self.events = events
        self.file = file
        self.limits = limits
        self.count = 0
        self.repeated: Repeated = []
        self.anchors: dict[str, tuple[Node, int, int]] = {}
        self.open_anchors: set[str] = set()
        self.resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = yaml.SafeLoader.yaml_implicit_resolvers
        self.constructor = yaml.constructor.SafeConstructor()
        self.scalar_event = yaml.ScalarEvent
        self.sequence_event, self.sequence_end = yaml.SequenceStartEvent, yaml.SequenceEndEvent
        self.mapping_event, self.mapping_end = yaml.MappingStartEvent, yaml.MappingEndEvent
        self.scalar_node = yaml.ScalarNode
        self.stream_end = yaml.StreamEndEvent
        self.document_start = yaml.DocumentStartEvent

    def build(self) -> tuple[Node, Repeated]:
        """Read the one document of the stream."""
        next(self.events)
        if not isinstance(next(self.events), self.document_start):
            raise InputError(
                "C2H1002", "the file holds nothing but comments", Span(self.file, 1, 1), advice="give a CloudFormation template"
            )
        node, _ = self._node(next(self.events), 1)
        if self.count > self.limits.nodes:
            raise too_many(node.span, self.limits)
        next(self.events)
        following: Any = next(self.events)
        if not isinstance(following, self.stream_end):
            raise InputError(
                "C2H1014",
                "a second document begins here; a template is one document",
                self._span(following),
                advice="put each document in a file of its own",
            )
        return node, self.repeated

    def _span(self, event: Any) -> Span:
        mark = event.start_mark
        return new_span(Span, (self.file, mark.line + 1, mark.column + 1))

    def _node(self, event: Any, depth: int) -> tuple[Node, int]:
        """Build the node that begins with an event; also give how many levels it has."""
        span = self._span(event)
        self.count += 1
        kind = type(event)
        if depth > self.limits.depth + (kind is self.scalar_event):
            raise too_deep(span, self.limits)
        if self.count > self.limits.nodes:
            raise too_many(span, self.limits)
        levels = 0
        node: Node
        if kind is self.scalar_event:
            node = self._scalar(event, span if event.style != "|" else Block(*span))
            if event.anchor is None:
                return node, 0
            before = self.count - 1
        elif kind is self.sequence_event or kind is self.mapping_event:
            before = self.count - 1
            self._open(event.anchor)
            build = self._sequence if kind is self.sequence_event else self._mapping
            node, levels = build(event, span, depth)
        else:
            return self._alias(str(event.anchor), span, depth)
        if event.anchor is not None:
            self.open_anchors.discard(event.anchor)
            self.anchors[event.anchor] = (node, self.count - before, levels)
        return node, levels

    def _open(self, anchor: str | None) -> None:
        if anchor is not None:
            self.open_anchors.add(anchor)
            self.anchors.pop(anchor, None)

    def _alias(self, anchor: str, span: Span, depth: int) -> tuple[Node, int]:
        """Give the node that an alias stands for, and count it as a copy: a bomb of aliases meets the limit."""
        if anchor not in self.anchors:
            message = (
                f"the alias *{anchor} stands inside what it names"
                if anchor in self.open_anchors
                else f"nothing has the anchor &{anchor}"
            )
            raise InputError("C2H1011", message, span, advice="write the value out")
        node, size, levels = self.anchors[anchor]
        self.count += size - 1
        if self.count > self.limits.nodes:
            raise too_many(span, self.limits)
        if depth + levels > self.limits.depth + 1:
            raise too_deep(span, self.limits)
        return node, levels

    def _sequence(self, event: Any, span: Span, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        levels = 0
        end = self.sequence_end
        inner: Any
        for inner in self.events:
            kind = type(inner)
            if kind is end:
                break
            if kind is self.scalar_event and inner.tag is None and inner.anchor is None:
                items.append(self._untagged(inner))
                continue
            item, inner_levels = self._node(inner, depth + 1)
            items.append(item)
            levels = max(levels, inner_levels)
        return self._tagged(event, Seq(tuple(items), span), span), levels + 1

    def _mapping(self, event: Any, span: Span, depth: int) -> tuple[Node, int]:
        entries: dict[str, Any] = {}
        keys: dict[str, Span] = {}
        merged: list[tuple[Node, Span]] = []
        levels = 0
        end = self.mapping_end
        inner: Any
        value: Node
        for inner in self.events:
            if type(inner) is end:
                break
            key, key_span = self._key(inner)
            event_of_value: Any = next(self.events)
            if type(event_of_value) is self.scalar_event and event_of_value.tag is None and event_of_value.anchor is None:
                value = self._untagged(event_of_value)
            else:
                value, inner_levels = self._node(event_of_value, depth + 1)
                levels = max(levels, inner_levels)
            if key == "<<" and not inner.style and inner.tag is None:
                merged.append((value, key_span))
                continue
            if key in keys:
                self.repeated.append((key, keys[key], key_span))
            keys[key] = key_span
            entries[key] = value
        if merged:
            entries, keys = _merge(merged, entries, keys)
        return self._tagged(event, Map(entries, span, keys), span), levels + 1

    def _key(self, event: Any) -> tuple[str, Span]:
        """Read a key; its text is kept as written when YAML reads a number or the like."""
        span = self._span(event)
        self.count += 1
        node: Node | None = None
        if type(event) is self.scalar_event:
            text: str = event.value
            if text in ("<<", "=") or (text and text[0] not in _BEGINS_TYPED and event.tag is None and event.anchor is None):
                return text, span
            node = self._scalar(event, span)
        elif isinstance(event, self._alias_type()):
            node, _ = self._alias(str(event.anchor), span, 0)
        if not isinstance(node, Scalar):
            raise InputError(
                "C2H1013", "a key must be a plain string", span, advice="quote the key, or put it in a map of its own"
            )
        if event.anchor is not None and type(event) is self.scalar_event:
            self.anchors[event.anchor] = (node, 1, 0)
        if isinstance(node.value, str):
            return node.value, span
        if isinstance(node.value, bool):
            return ReadAs(str(node.value).lower(), node.value), span
        return ReadAs("null" if node.value is None else getattr(event, "value", str(node.value)), node.value), span

    @staticmethod
    def _alias_type() -> type[yaml.AliasEvent]:
        import yaml

        return yaml.AliasEvent

    def _untagged(self, event: Any) -> Node:
        """Build a scalar with neither tag nor anchor, as most are."""
        self.count += 1
        mark, style = event.start_mark, event.style
        span = new_span(Block if style == "|" else Span, (self.file, mark.line + 1, mark.column + 1))
        value: str = event.value
        if style or (value and value[0] not in _BEGINS_TYPED):
            return Scalar(value, span)
        return Scalar(self._resolve(value, span), span)

    def _scalar(self, event: Any, span: Span) -> Node:
        tag: str | None = event.tag
        value: str = event.value
        if tag is None:
            return Scalar(value if event.style else self._resolve(value, span), span)
        if tag == "!":
            return Scalar(self._resolve(value, span), span)
        if tag.startswith("!"):
            return _expand(tag, Scalar(value, span), span)
        if tag not in _STANDARD_SCALARS:
            raise _foreign_tag(tag, span)
        return Scalar(self._construct(tag, value, span), span)

    def _resolve(self, value: str, span: Span) -> Any:
        """Find out what YAML 1.1 takes an unquoted scalar for."""
        if value.isdecimal() and value.isascii() and value[0] != "0" and len(value) < 4000:
            return int(value)
        for tag, pattern in self.resolvers.get(value[:1], ()):
            if pattern.match(value):
                return self._construct(tag, value, span) if tag in _STANDARD_SCALARS else value
        return value

    def _construct(self, tag: str, value: str, span: Span) -> Any:
        """Build a scalar as the constructors that cfn-flip inherits do."""
        kind = tag.removeprefix(_PREFIX)
        if kind == "str":
            return value
        node = self.scalar_node(tag, value)
        try:
            result = getattr(self.constructor, f"construct_yaml_{kind}")(node)
        except (ValueError, KeyError, AttributeError, TypeError, IndexError):
            if kind == "timestamp":
                return value
            raise InputError("C2H1012", f"{value[:40]!r} cannot be read as {kind}", span, advice="quote it") from None
        return ReadAs(value, result) if kind == "timestamp" else result

    def _tagged(self, event: Any, node: Node, span: Span) -> Node:
        """Put a list or map under its tag's long form."""
        tag: str | None = event.tag
        if tag is None or tag == "!" or tag == _PREFIX + ("map" if isinstance(node, Map) else "seq"):
            return node
        if not tag.startswith("!"):
            raise _foreign_tag(tag, span)
        return _expand(tag, node, span)


def _foreign_tag(tag: str, span: Span) -> InputError:
    short = tag.replace(_PREFIX, "!!")
    return InputError("C2H1012", f"CloudFormation knows no YAML tag {short}", span, advice="remove the tag")


def _expand(tag: str, node: Node, span: Span) -> Map:
    """Write !Name as the map that it is short for; !GetAtt A.B.C becomes the list [A, B.C]."""
    name = tag[1:]
    if name not in _LONG_AS_IT_IS:
        name = f"Fn::{name}"
    if name == "Fn::GetAtt" and isinstance(node, Scalar):
        node = Seq(tuple(Scalar(part, span) for part in str(node.value).split(".", 1)), span)
    return Map({name: node}, span, {name: span})


def _merge(
    merged: list[tuple[Node, Span]], entries: dict[str, Any], keys: dict[str, Span]
) -> tuple[dict[str, Any], dict[str, Span]]:
    """Put the maps that << names before the map's own entries, which win."""
    all_entries: dict[str, Any] = {}
    all_keys: dict[str, Span] = {}
    for value, span in merged:
        sources = value.items if isinstance(value, Seq) else (value,)
        for source in reversed(sources):
            if not isinstance(source, Map):
                raise InputError("C2H1011", "<< needs a map, or a list of maps", span, advice="write the entries out")
            all_entries.update(source.entries)
            all_keys.update(source.keys)
    return {**all_entries, **entries}, {**all_keys, **keys}
