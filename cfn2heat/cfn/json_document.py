"""JSON to nodes: the C parser says whether it is JSON, and one scan finds the places."""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner, which the stubs leave out
from typing import Any

from cfn2heat.cfn.nodes import Limits, Node, Repeated, new_span, too_deep, too_many
from cfn2heat.cfn.values import Map, Scalar, Seq
from cfn2heat.diagnostics import InputError
from cfn2heat.source import Span

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


class JsonBuilder:
    """Builds nodes from the tokens of a text that is known to be JSON."""

    def __init__(self, text: str, file: str, limits: Limits) -> None:
        self.text = text
        self.file = file
        self.limits = limits
        self.repeated: Repeated = []

    def build(self) -> tuple[Node, Repeated]:  # noqa: PLR0915  a call for each of its parts would cost a third more
        """Scan once, a member of a map at a time; the stack holds the open containers."""
        file, text = self.file, self.text.rstrip()
        find, tokens = (text + "\n").find, re.finditer(_LEXEME, text)
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
                    raise too_deep(span, self.limits)
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
            raise too_many(span, self.limits)
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
