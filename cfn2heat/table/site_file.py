"""Writes a site file as a person would have written it: facts that are known, and, behind #, what a person has to decide."""

from __future__ import annotations

import textwrap

from cfn2heat.hot.scalars import plain_or_quoted
from cfn2heat.hot.writer import write_comments
from cfn2heat.record import field, record

_WIDTH = 118


@record
class Entry:
    """One key of a table; without a value, or undecided, it stands behind #."""

    key: str
    value: str | None
    note: str = ""
    decided: bool = True


@record
class Fact:
    """One fact; without a value it stands behind #."""

    name: str
    value: str | list[str] | dict[str, bool | None] | list[Entry] | None
    comments: list[str] = field(default_factory=list)


def write_site(comments: list[str], facts: list[Fact]) -> str:
    """The site file as text."""
    lines = _wrapped(comments)
    for fact in facts:
        lines += ["", *_wrapped(fact.comments), *_fact(fact)]
    return "\n".join(lines) + "\n"


def _wrapped(comments: list[str]) -> list[str]:
    wide = [
        line for comment in comments for line in textwrap.wrap(comment, _WIDTH, break_on_hyphens=False, break_long_words=False)
    ]
    return write_comments(wide, "")


def _fact(fact: Fact) -> list[str]:
    match fact.value:
        case None:
            return [f"# {fact.name}:"]
        case str():
            return [f"{fact.name}: {plain_or_quoted(fact.value, False)}"]
        case dict():
            return [
                f"{fact.name}:",
                *(
                    f"  {name}: {str(state).lower()}" if state is not None else f"  # {name}: true"
                    for name, state in fact.value.items()
                ),
            ]
    if fact.value and not isinstance(fact.value[0], Entry):
        flow = f"{fact.name}: [{', '.join(plain_or_quoted(str(member), True) for member in fact.value)}]"
        return textwrap.wrap(flow, _WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
    return _table(fact.name, [entry for entry in fact.value if isinstance(entry, Entry)])


def _table(name: str, entries: list[Entry]) -> list[str]:
    """A table, its notes in one column, or above their lines where that is too wide; undecided as a whole, all is behind #."""
    left = [_left(entry) for entry in entries]
    column = max(map(len, left), default=0)
    lines = [
        f"{text:{column}}  # {_on_a_line(entry.note)}" if entry.note else text for text, entry in zip(left, entries, strict=True)
    ]
    if max(map(len, lines), default=0) > _WIDTH:
        above = [([f"  # {_on_a_line(entry.note)}"] if entry.note else []) for entry in entries]
        lines = [line for note, text in zip(above, left, strict=True) for line in (*note, text)]
    return [f"{name}:" if any(map(_stands, entries)) else f"# {name}:", *lines]


def _left(entry: Entry) -> str:
    value = "" if entry.value is None else f" {plain_or_quoted(entry.value, False)}"
    return f"  {'' if _stands(entry) else '# '}{plain_or_quoted(entry.key, False)}:{value}"


def _stands(entry: Entry) -> bool:
    return entry.decided and entry.value is not None


def _on_a_line(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(text.split()))
