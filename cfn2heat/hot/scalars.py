"""Scalars as YAML text that every YAML 1.1 reader, Heat's own among them, reads back as the same value."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from math import isinf, isnan
from typing import NamedTuple


class _Patterns(NamedTuple):
    """What tells which text may stand how."""

    plain: re.Pattern[str]
    """Starts like a word, not with one of YAML's own signs, and holds nothing unsafe."""
    unsafe: re.Pattern[str]
    """What a reader takes for a line break, refuses, or a person cannot see."""
    to_escape: re.Pattern[str]
    unsafe_in_block: re.Pattern[str]


def _compile(unsafe: str, unsafe_in_block: str) -> _Patterns:
    return _Patterns(
        re.compile(rf"(?=[A-Za-z0-9_./$^~\\(<=+;]|[^\x00-\xa0])[^{unsafe}]+"),
        re.compile(f"[{unsafe}]"),
        re.compile(rf'[\\"{unsafe}]'),
        re.compile(f"[{unsafe_in_block}]"),
    )


_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f"
_ASCII = _compile(r"\x00-\x1f\x7f", _CONTROLS)


@cache
def _wide() -> _Patterns:
    """The patterns for all of Unicode: small sets to keep out, since large ones to let in take long to compile."""
    unseen = r"\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufeff\ufffe\uffff"
    return _compile(rf"\x00-\x1f\x7f-\xa0{unseen}", rf"{_CONTROLS}-\x9f{unseen}")


def _patterns(text: str) -> _Patterns:
    return _ASCII if text.isascii() else _wide()


_NOT_PLAIN = re.compile(r": | #|:$| $|\.\.\.$")
_NOT_IN_FLOW = re.compile(r"[,\[\]{}?]|:$")

_TYPED_WORDS = frozenset({"~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<", "."})
_TYPED_START = frozenset("-+.0123456789")
_TYPED = r"""(?x)
    [-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9_]+)?    # 12, 1_0, 1.5, 1e3, 007
    | [-+]?\.[0-9_]+([eE][-+]?[0-9_]+)?                 # .5
    | [-+]?0[xXbBoO][0-9a-fA-F_]+                       # 0x1, 0b1, 0o7
    | [-+]?[0-9][0-9_]*(:[0-9_]+)+(\.[0-9_]*)?          # 12:30:45, a number in base 60
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt\ ].*)?         # dates and times
    | [-+]?\.([iI][nN][fF]|[nN][aA][nN])
    """
"""What looks like a number or a date; compiled when the first text begins so, for it takes 1 ms."""


def _typed(text: str) -> bool:
    """Whether one YAML or another reads a text as something other than a string."""
    return text.lower() in _TYPED_WORDS or (text[:1] in _TYPED_START and re.fullmatch(_TYPED, text) is not None)


_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\0": "\\0",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}

LONGEST_KEY = 120
"""Readers give up on a plain `key:` beyond 1,024 bytes; four to a character and escapes leave this many."""


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:  # half a pair is no character: no reader would take it
        return "\\uFFFD"
    return f"\\x{code:02X}" if code < 256 else f"\\u{code:04X}"


def escaped(text: str) -> str:
    """The inside of a double-quoted scalar."""
    return _patterns(text).to_escape.sub(_escape, text)


@lru_cache(maxsize=8192)
def plain_or_quoted(text: str, flow: bool) -> str:
    """A string on one line: bare where that is safe, else quoted. In flow style (`[a, b]`) less may stay bare."""
    if (
        _patterns(text).plain.fullmatch(text)
        and not _NOT_PLAIN.search(text)
        and not _typed(text)
        and not (flow and _NOT_IN_FLOW.search(text))
    ):
        return text
    if ('"' in text or "\\" in text) and not _patterns(text).unsafe.search(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{escaped(text)}"'


def scalar(value: str | float | bool | None, flow: bool = False) -> str:
    """Any scalar on one line."""
    if value.__class__ is str:
        return plain_or_quoted(value, flow)
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int):
        return str(value)
    return plain_or_quoted(str(value), flow)


def _float(value: float) -> str:
    if isnan(value):
        return ".nan"
    if isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    return text if "." in text else text.replace("e", ".0e")  # YAML 1.1 wants the point


def literal_lines(text: str) -> list[str] | None:
    """A literal block: its header (`|`, `|-`, `|+`, an indicator where needed) and its lines; None if it cannot hold the text."""
    if _patterns(text).unsafe_in_block.search(text) or not text.strip("\n") or text.endswith((" ", "\t")):
        return None
    header = "|2" if text[0] in " \n\t" else "|"
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    header += "-" if ends == 0 else "" if ends == 1 else "+"
    return [header, *body.split("\n"), *[""] * (ends - 1)]


def folded_lines(text: str, width: int) -> list[str] | None:
    """A folded block of one long line of prose, broken at single blanks; None where that would not read back the same."""
    if _patterns(text).unsafe_in_block.search(text) or "\n" in text or "\t" in text or "  " in text or text != text.strip(" "):
        return None
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [">-", *lines, line]


def quoted_lines(text: str) -> list[str]:
    """A double-quoted scalar of several lines, one a line of the text, for what no block can hold."""
    pieces = [escaped(piece) for piece in text.split("\n")]
    lines = [piece + "\\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
    # A line of a quoted scalar loses its leading blanks unless the first is escaped.
    guarded = [lines[0], *("\\" + line if line.startswith(" ") else line for line in lines[1:])]
    return ['"' + guarded[0], *guarded[1:-1], guarded[-1] + '"'] if len(guarded) > 1 else [f'"{guarded[0]}"']
