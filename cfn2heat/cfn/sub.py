"""The text of Fn::Sub and of dynamic references, cut into pieces.

grammar/sub.lark states the grammar; this scanner is its form for run time, as lark's import takes longer than reading a template.
A test holds the two equal.
"""

from __future__ import annotations

import re

from cfn2heat.record import record


@record
class Literal:
    """Text that stays as it is; ${!Name} is already ${Name}."""

    text: str


@record
class Placeholder:
    """What stands between the braces of ${...}."""

    name: str


@record
class Resolve:
    """{{resolve:service:reference}}; the reference may hold placeholders, as written."""

    service: str
    reference: str

    @property
    def text(self) -> str:
        """The reference as it is written."""
        return f"{{{{resolve:{self.service}:{self.reference}}}}}"


Piece = Literal | Placeholder | Resolve

_RESOLVE = r"\{\{resolve:([A-Za-z0-9-]+):((?:[^{}$]|\$\{[^{}]*\}|\$(?!\{))*)\}\}"
_SUB = r"\$\{(!?)([^{}]*)\}|" + _RESOLVE
_NAME = r"\s*[A-Za-z0-9_.:]+\s*"


def split_dynamic(text: str) -> list[Piece]:
    """Cut a plain string at its dynamic references."""
    return _cut(text, re.compile(_RESOLVE))


def split_sub(text: str) -> list[Piece]:
    """Cut the text of Fn::Sub at its placeholders and dynamic references."""
    return _cut(text, re.compile(_SUB)) if "{" in text else _plain(text)


def is_name(name: str) -> bool:
    """Whether a placeholder's name is one that CloudFormation allows."""
    return re.fullmatch(_NAME, name) is not None


def _plain(text: str) -> list[Piece]:
    return [Literal(text)] if text else []


def _cut(text: str, pattern: re.Pattern[str]) -> list[Piece]:
    pieces: list[Piece] = []
    literal = ""
    end = 0
    for match in pattern.finditer(text):
        literal += text[end : match.start()]
        end = match.end()
        piece = _piece(match)
        if isinstance(piece, str):
            literal += piece
            continue
        if literal:
            pieces.append(Literal(literal))
            literal = ""
        pieces.append(piece)
    literal += text[end:]
    return [*pieces, Literal(literal)] if literal else pieces


def _piece(match: re.Match[str]) -> str | Placeholder | Resolve:
    """Give the piece that a match stands for; a string is literal text."""
    groups = match.groups()
    service, reference = groups[-2:]
    if service is not None:
        return Resolve(service, reference)
    return f"${{{groups[1]}}}" if groups[0] else Placeholder(groups[1])
