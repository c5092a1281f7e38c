"""Text to plain located nodes: Scalar, Seq and Map, with short tags in their long form.

What is read equals what cfn-flip's loader reads (`to_plain` is held against `cfn_flip.load` by the tests), but with positions and
limits, and without its cost: JSON is checked by the C parser and scanned once for positions, YAML comes as events from libyaml.
cfn-flip itself is imported only where libyaml refuses a text: its loader then has the last word, knowing a few more spellings.
One thing is read better: a function inside the list form of !GetAtt stays a function, where cfn-flip leaves its bare argument.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner, which the stubs leave out
from typing import TYPE_CHECKING, Any, TypeAlias

from cfn2heat.cfn.values import Map, Scalar, Seq, Value
from cfn2heat.diagnostics import Diagnostics, InputError, Severity
from cfn2heat.record import record
from cfn2heat.source import Block, Span

if TYPE_CHECKING:
    import yaml

Node: TypeAlias = Value
"""A value before functions are read: only Scalar, Seq and Map."""
Repeated: TypeAlias = list[tuple[str, Span, Span]]


@record
class Limits:
    """How much an input may ask for: bytes, levels of nesting and nodes (with each alias counted as its copy)."""

    size: int = 5_000_000
    depth: int = 100
    nodes: int = 500_000


DEFAULT_LIMITS = Limits()
SECOND_OPINION_SIZE = 300_000


class ReadAs(str):
    """A string as it is written, where YAML 1.1 reads something else (a date, a key that is a number); plain is that."""

    __slots__ = ("plain",)
    plain: object

    def __new__(cls, text: str, plain: object) -> ReadAs:
        """Keep both readings."""
        self = super().__new__(cls, text)
        self.plain = plain
        return self


def read_document(data: bytes | str, file: str, diagnostics: Diagnostics, limits: Limits = DEFAULT_LIMITS) -> Node:
    """Read JSON or YAML; whatever cannot be read raises InputError with its place.

    A key that stands twice is an error in the diagnostics; the last one counts, as it does for CloudFormation.
    """
    if len(data) > limits.size:
        raise InputError(
            "C2H1005",
            f"the file is longer than the {limits.size} bytes that are read",
            Span(file, 0, 0),
            advice="split the template into nested stacks",
        )
    text = decode(data, file) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    first = text.lstrip()[:1]
    if not first:
        raise InputError(
            "C2H1002", "the file is empty", Span(file, 1, 1), advice="give a CloudFormation template in JSON or YAML"
        )
    read = _read_braced if first in "{[" else _read_yaml
    node, repeated = read(text, file, limits)
    for key, earlier, later in repeated:
        _report_duplicate(key, earlier, later, diagnostics)
    return node


def to_plain(node: Node) -> Any:
    """Give the node as plain data, equal to what cfn_flip.load makes of the same text."""
    if isinstance(node, Map):
        return {key.plain if isinstance(key, ReadAs) else key: to_plain(value) for key, value in node.entries.items()}
    if isinstance(node, Seq):
        return [to_plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return node.value.plain if isinstance(node.value, ReadAs) else node.value


# Text


UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_SIGNATURES = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image",
    b"\x7fELF": "a program",
    b"\xff\xd8\xff": "an image",
    b"BZh": "a bzip2 file",
}


def decode(data: bytes, file: str) -> str:
    """Decode UTF-8, or UTF-16 that begins with its mark; anything else is refused with the place of its first wrong byte."""
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise _binary(file, f"the file is {kind}, not text")
    if data.startswith(_UTF32_MARKS):
        raise InputError("C2H1004", "the text is UTF-32", Span(file, 1, 1), advice="save the file as UTF-8")
    if data.startswith(UTF16_MARKS):
        encoding = "utf-16"
    elif b"\0" in data:
        raise _binary(file, f"the file is binary: byte {data.index(0) + 1} is zero")
    else:
        encoding = "utf-8"
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _wrong_encoding(data, error, file) from None


def _binary(file: str, message: str) -> InputError:
    return InputError("C2H1003", message, Span(file, 1, 1), advice="give a CloudFormation template in JSON or YAML")


def _wrong_encoding(data: bytes, error: UnicodeDecodeError, file: str) -> InputError:
    before = data[: error.start].decode(error.encoding, "replace")
    byte = data[error.start] if error.start < len(data) else 0
    return InputError(
        "C2H1004",
        f"byte {error.start + 1} (0x{byte:02x}) is not {error.encoding.upper()}",
        place_of(before, len(before), file),
        advice="save the file as UTF-8",
    )


def place_of(text: str, offset: int, file: str) -> Span:
    """Turn an offset into a position."""
    return Span(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


_new_span = tuple.__new__
"""Makes a span with half of what its own constructor costs."""


# JSON


def _read_braced(text: str, file: str, limits: Limits) -> tuple[Node, Repeated]:
    """Read what begins with a brace or bracket: JSON, or else YAML in its flow style."""
    try:
        json.loads(text)
    except RecursionError:
        _JsonBuilder(text, file, limits).build()
        raise _too_deep(Span(file, 1, 1), limits) from None
    except json.JSONDecodeError as error:
        return _read_flow(text, file, limits, error)
    except ValueError:
        digits = re.search(r"[0-9]{1000,}", text)
        place = place_of(text, digits.start() if digits else 0, file)
        raise InputError("C2H1006", "the number is too long", place, advice="quote it") from None
    return _JsonBuilder(text, file, limits).build()


def _read_flow(text: str, file: str, limits: Limits, error: json.JSONDecodeError) -> tuple[Node, Repeated]:
    """Read as YAML what is no JSON; when it is neither, the format that was meant tells what is wrong."""
    try:
        return _read_yaml(text, file, limits)
    except InputError as yaml_error:
        if yaml_error.diagnostic.code != "C2H1007" or not re.match(_BEGINS_AS_JSON, text):
            raise
        message = error.msg[0].lower() + error.msg[1:]
        place = place_of(text, error.pos, file)
        raise InputError("C2H1006", f"this is not valid JSON: {message}", place, advice=_json_advice(text, error)) from None


_BEGINS_AS_JSON = r'\s*(?:\{\s*["}]|\[\s*["{}\]\[])'


def _json_advice(text: str, error: json.JSONDecodeError) -> str:
    """Say what is probably wrong."""
    before = text[: error.pos].rstrip()[-1:]
    if error.pos >= len(text.rstrip()):
        return "the file ends too early: is it cut off, or is a closing brace missing?"
    if before == "," and text[error.pos] in "}]":
        return "remove the comma before it"
    if "delimiter" in error.msg:
        return "is a comma missing before it?"
    return "compare with the line before it"


_STRING, _WORD = r'"([^"\\]*(?:\\.[^"\\]*)*)"', r'([^\s,:{}\[\]"]+)'
_LEXEME = rf"[\s,]*(?:{_STRING}(?:\s*:\s*(?:{_STRING}|([\[{{])|{_WORD}))?|([{{}}\[\]])|{_WORD})"
"""A string; or a key with its value, or with the bracket that opens it; or a bracket; or a number or constant."""
_CONSTANTS: dict[str, bool | float | None] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}


class _JsonBuilder:
    """Builds nodes from the tokens of a text that is known to be JSON."""

    def __init__(self, text: str, file: str, limits: Limits) -> None:
        self.text = text
        self.file = file
        self.limits = limits
        self.repeated: Repeated = []

    def build(self) -> tuple[Node, Repeated]:  # noqa: PLR0915  a call for each of its parts would cost a third more
        """Scan once, a member of a map at a time; the stack holds the open containers."""
        file, text = self.file, self.text.rstrip()
        new_span, find, tokens = _new_span, (text + "\n").find, re.finditer(_LEXEME, text)
        line, line_start, line_end = 0, 0, -1
        root: list[Node] = []
        stack: list[tuple[Span, Any, Any, Any, str]] = []
        items: Any = root
        entries: Any = None
        keys: Any = None
        span = Span(file, 1, 1)
        key = ""
        nodes, depth = 0, self.limits.depth
        node: Node
        for match in tokens:
            first, string, opening, word, bracket, item = match.groups()
            start = match.start(1) - 1 if first is not None else match.start(5 if bracket else 6)
            while start > line_end:
                line += 1
                line_start = line_end + 1
                line_end = find("\n", line_start)
            span = new_span(Span, (file, line, start - line_start + 1))
            if first is None:
                word = item
            elif string is None and opening is None and word is None:
                string = first
            else:
                key = self._unescape(first, span) if "\\" in first else first
                if key in keys:
                    self.repeated.append((key, keys[key], span))
                keys[key] = span
                start, bracket = match.start(match.lastindex or 0) - (string is not None), opening
                while start > line_end:
                    line += 1
                    line_start = line_end + 1
                    line_end = find("\n", line_start)
                span = new_span(Span, (file, line, start - line_start + 1))
            if string is not None:
                node = Scalar(self._unescape(string, span) if "\\" in string else string, span)
            elif word is not None:
                node = Scalar(_CONSTANTS[word] if word in _CONSTANTS else _number(word), span)
            elif bracket in "{[":
                stack.append((span, items, entries, keys, key))
                if len(stack) > depth:
                    raise _too_deep(span, self.limits)
                items, entries, keys = ([], None, None) if bracket == "[" else (None, {}, {})
                continue
            else:
                made, made_items = entries, items
                opened, items, entries, outer_keys, key = stack.pop()
                node = Seq(tuple(made_items), opened) if made is None else Map(made, opened, keys)
                keys = outer_keys
            nodes += 1
            if entries is not None:
                entries[key] = node
            else:
                items.append(node)
        if nodes > self.limits.nodes:
            raise _too_many(span, self.limits)
        return root[0], self.repeated

    @staticmethod
    def _unescape(escaped: str, span: Span) -> str:
        """Give the string that a text with escapes stands for."""
        string, _ = scanstring(escaped + '"', 0)
        return require_characters(string, span)


def _number(word: str) -> int | float:
    """Read a JSON number."""
    return int(word) if word.lstrip("-").isdigit() else float(word)


_SURROGATE = "[\ud800-\udfff]"


def require_characters(string: str, span: Span) -> str:
    """Refuse halves of surrogate pairs: no text file can hold them."""
    if not string.isascii() and re.search(_SURROGATE, string):
        raise InputError("C2H1004", "an escape stands for half a character", span, advice="write both halves of the \\u pair")
    return string


# What both formats refuse


def _report_duplicate(key: str, first: Span, second: Span, diagnostics: Diagnostics) -> None:
    """Say that a map has a key twice, with both places."""
    diagnostics.add(
        "C2H1008",
        Severity.ERROR,
        str(key),
        f"the key stands twice in one map: at line {first.line}, column {first.column}, and again here; this last one counts",
        advice="remove or rename one of them",
        span=second,
    )


def _too_deep(span: Span, limits: Limits) -> InputError:
    return InputError("C2H1009", f"the nesting is deeper than {limits.depth} levels", span, advice="no real template needs that")


def _too_many(span: Span, limits: Limits) -> InputError:
    return InputError(
        "C2H1010",
        f"the document has more than {limits.nodes} values, aliases counted as their copies",
        span,
        advice="split the template into nested stacks",
    )


# YAML


_BEGINS_TYPED = frozenset("-+0123456789.yYnNtTfFoO~<=")
_PREFIX = "tag:yaml.org,2002:"
_STANDARD_SCALARS = {_PREFIX + kind for kind in ("str", "int", "float", "bool", "null", "timestamp")}
_LONG_AS_IT_IS = ("Ref", "Condition")


def _read_yaml(text: str, file: str, limits: Limits) -> tuple[Node, Repeated]:
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
            raise _too_many(node.span, self.limits)
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
        return _new_span(Span, (self.file, mark.line + 1, mark.column + 1))

    def _node(self, event: Any, depth: int) -> tuple[Node, int]:
        """Build the node that begins with an event; also give how many levels it has."""
        span = self._span(event)
        self.count += 1
        kind = type(event)
        if depth > self.limits.depth + (kind is self.scalar_event):
            raise _too_deep(span, self.limits)
        if self.count > self.limits.nodes:
            raise _too_many(span, self.limits)
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
            raise _too_many(span, self.limits)
        if depth + levels > self.limits.depth + 1:
            raise _too_deep(span, self.limits)
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
        span = _new_span(Block if style == "|" else Span, (self.file, mark.line + 1, mark.column + 1))
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
