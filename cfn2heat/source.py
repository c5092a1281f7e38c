"""Where a thing stands: the position of a node in a file, and its path in a template."""

from typing import NamedTuple


class Span(NamedTuple):
    """A position in a source file; line and column count from 1, 0 means unknown."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


NOWHERE = Span("", 0, 0)


class Block(Span):
    """The position of a text that begins below it and whose lines are the source's own, such as a literal block of YAML."""

    __slots__ = ()


def line_within(span: Span, text: str, offset: int) -> Span:
    """Where a place inside a text stands in the source; its own position where the text's lines are not the source's."""
    return Span(span.file, span.line + 1 + text.count("\n", 0, offset), 1) if isinstance(span, Block) else span


Path = tuple[str | int, ...]
"""Keys and indexes from the root of a template, for example ("Resources", "Web", "Properties", "Tags", 0)."""


def format_path(path: Path) -> str:
    """Write a path as people do: Web.Properties.Tags[0]."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
