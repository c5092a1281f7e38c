"""What both formats are read into, and what both refuse."""

from __future__ import annotations

from typing import TypeAlias

from cfn2heat.cfn.values import Value
from cfn2heat.diagnostics import InputError
from cfn2heat.record import record
from cfn2heat.source import Span

Node: TypeAlias = Value
"""A value before functions are read: only Scalar, Seq and Map."""
Repeated: TypeAlias = list[tuple[str, Span, Span]]
"""Keys that stand twice in a map, with both places."""


@record
class Limits:
    """How much an input may ask for: bytes, levels of nesting and nodes (with each alias counted as its copy)."""

    size: int = 5_000_000
    depth: int = 100
    nodes: int = 500_000


DEFAULT_LIMITS = Limits()


class ReadAs(str):
    """A string as it is written, where YAML 1.1 reads something else (a date, a key that is a number); plain is that."""

    __slots__ = ("plain",)
    plain: object

    def __new__(cls, text: str, plain: object) -> ReadAs:
        """Keep both readings."""
        self = super().__new__(cls, text)
        self.plain = plain
        return self


new_span = tuple.__new__
"""Makes a span with half of what its own constructor costs."""


# JSON


def place_of(text: str, offset: int, file: str) -> Span:
    """Turn an offset into a position."""
    return Span(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


new_span = tuple.__new__
"""Makes a span with half of what its own constructor costs."""


def too_deep(span: Span, limits: Limits) -> InputError:
    """The error of a nesting that no real template needs."""
    return InputError("C2H1009", f"the nesting is deeper than {limits.depth} levels", span, advice="no real template needs that")


def too_many(span: Span, limits: Limits) -> InputError:
    """The error of a document that is too large, or a bomb."""
    return InputError(
        "C2H1010",
        f"the document has more than {limits.nodes} values, aliases counted as their copies",
        span,
        advice="split the template into nested stacks",
    )
