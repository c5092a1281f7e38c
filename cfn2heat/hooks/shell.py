"""Shell scripts that hold values of the stack: quoting, here-documents, and the str_replace that puts the values in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from typing import NamedTuple, TypeAlias

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hot
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.texts import bare, placeholder


class Held(NamedTuple):
    """A value that Heat puts into a script when the stack is made; the name is what a reader of the template sees there."""

    name: str
    value: hot.HotValue


Text: TypeAlias = tuple[str | Held, ...]
"""A text with values in it."""

PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,-]+\Z")
"""Words that a shell takes as they are."""


def text_of(ctx: ResourceContext, value: cfn.Value) -> Text:
    """A source value as a text."""
    return pieces(ctx.text(value), placeholder(value))


def pieces(value: hot.HotValue, name: str = "value") -> Text:
    """A HOT value as a text: what is constant in it, and the values between; name is for a value that has none."""
    if bare(value) is not value:
        return (Held(name, bare(value)),)
    match value:
        case hot.Literal():
            return (as_text(value.value),)
        case hot.StrReplace(template=hot.Literal(value=str(text)), params=params):
            marks = sorted(params, key=len, reverse=True)
            parts = re.split(f"({'|'.join(map(re.escape, marks))})", text) if marks else [text]
            return tuple(Held(_inside(part), params[part]) if part in params else part for part in parts if part)
        case hot.ListJoin(lists=(hot.HotList(items=items),)) if not any(map(_may_vanish, items)):
            found: list[str | Held] = []
            for index, item in enumerate(items):
                found += [value.delimiter] if index and value.delimiter else []
                found += pieces(item, _name_of(item, name))
            return tuple(found)
    return (Held(_name_of(value, name), value),)


def _may_vanish(item: hot.HotValue) -> bool:
    return isinstance(item, hot.If) and item.otherwise is None


def _inside(mark: str) -> str:
    return mark[2:-1] if mark.startswith("${") and mark.endswith("}") else mark


def _name_of(value: hot.HotValue, otherwise: str) -> str:
    match value:
        case hot.GetParam() | hot.GetResource():
            return value.name
        case hot.GetAttr():
            return f"{value.resource}.{value.attribute}"
    return otherwise


def constant(text: Text) -> str | None:
    """The text itself where no value is in it."""
    return "".join(part for part in text if isinstance(part, str)) if all(isinstance(part, str) for part in text) else None


# ---- words and here-documents ----------------------------------------------------------------------------------------


def quoted(ctx: ResourceContext, text: Text) -> Text:
    """A text as one word of a command, whatever it holds; quotes inside the values are escaped by Heat."""
    plain = constant(text)
    if plain is not None:
        return (plain if PLAIN.match(plain) else single(plain),)
    inner = (part.replace("'", "'\\''") if isinstance(part, str) else _escaped(ctx, part) for part in text)
    return ("'", *inner, "'")


def single(text: str) -> str:
    """A text in single quotes, where nothing has a meaning to a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _escaped(ctx: ResourceContext, held: Held) -> Held:
    value = held.value
    if isinstance(value, hot.If) and all(
        isinstance(side, hot.Literal) and _is_plain(side) for side in (value.then, value.otherwise)
    ):
        return held
    kind = ctx.parameter_type(value.name) if isinstance(value, hot.GetParam) and not value.path else ""
    if kind in ("number", "boolean") or (isinstance(value, hot.GetParam) and value.name.startswith("OS::")):
        return held  # names, ids and numbers hold no quotes
    value = hot.ListJoin(",", (value,)) if kind == "comma_delimited_list" else value
    return Held(f"{held.name} quoted", hot.ListJoin("'\\''", (hot.StrSplit("'", value),)))


def _is_plain(side: hot.Literal) -> bool:
    return PLAIN.match(as_text(side.value)) is not None


def here(label: str, text: Text) -> tuple[str, Text]:
    """A here-document: its delimiter as the command names it, and its lines with a line break behind the text.

    Where values stand in the text no line of theirs is like the delimiter, which then holds a digest of the text.
    """
    plain = "\n".join(part if isinstance(part, str) else part.name for part in text)
    delimiter = f"END_OF_{label}"
    if constant(text) is None or delimiter in plain:
        delimiter += "_" + sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"<<'{delimiter}'", (*text, f"\n{delimiter}\n")


# ---- one text for Heat -----------------------------------------------------------------------------------------------


def assembled(text: Text) -> hot.HotValue:
    """The text as a literal, or as a str_replace whose marks stand nowhere else in it."""
    fixed = "".join(part if isinstance(part, str) else "\0" for part in text)
    params: dict[str, hot.HotValue] = {}
    known: dict[str, list[str]] = {}
    result: list[str] = []
    for part in text:
        if isinstance(part, str):
            result.append(part)
            continue
        value = bare(part.value)
        taken = known.setdefault(part.name, [])
        mark = next((mark for mark in taken if params[mark] == value), None)
        if mark is None:
            mark = next(mark for mark in _marks(part.name) if mark not in fixed and mark not in params)
            params[mark] = value
            taken.append(mark)
        result.append(mark)
    whole = hot.Literal("".join(result))
    return hot.StrReplace(whole, params) if params else whole


def _marks(name: str) -> Iterator[str]:
    yield f"${{{name}}}"
    for serial in count(2):
        yield f"${{{name} {serial}}}"
