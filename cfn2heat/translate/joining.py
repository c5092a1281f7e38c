"""Fn::Sub and Fn::Join: literal pieces and values as one text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hv
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.texts import as_hot, literal_text, merge_literals, placeholder, replace_text, unique_names

if TYPE_CHECKING:
    from cfn2heat.translate.language import Language

Piece = str | tuple[str, hv.HotValue]
"""Literal text, or a value with its name."""


def sub(language: Language, value: cfn.Sub) -> hv.HotValue:
    """Fn::Sub."""
    constant = language.t.constants.fold(value)
    if constant is not UNKNOWN:
        return hv.Literal(constant)
    return one_text(
        [part if isinstance(part, str) else (part[0], language.text(inner(language, part[1]))) for part in value.parts]
    )


def inner(language: Language, value: cfn.Value) -> cfn.Value:
    """A value in the middle of a text; what is encoded there must be so, where it is known, for nobody else would do it."""
    folded = language.t.constants.fold(value) if isinstance(value, cfn.Base64) else UNKNOWN
    return cfn.Scalar(folded, value.span) if isinstance(folded, str) else value


def one_text(pieces: list[Piece]) -> hv.HotValue:
    """Literal pieces and named values as one text, in the form that reads best."""
    folded: list[Piece] = []
    for piece in pieces:
        plain = piece if isinstance(piece, str) else literal_text(piece[1])
        if plain is None:
            folded.append(piece)
        elif folded and isinstance(folded[-1], str):
            folded[-1] += plain
        elif plain:
            folded.append(plain)
    if not folded:
        return hv.Literal("")
    if len(folded) == 1:
        only = folded[0]
        return hv.Literal(only) if isinstance(only, str) else only[1]
    return replace_text(folded) or hv.ListJoin("", (hv.HotList(tuple(as_hot(piece) for piece in folded)),))


def join(language: Language, value: cfn.Join) -> hv.HotValue:
    """Fn::Join."""
    constant = language.t.constants.fold(value)
    if constant is not UNKNOWN:
        return hv.Literal(constant)
    if not isinstance(value.items, cfn.Seq):
        items = language.hot(value.items, "list")
        return hv.Literal("") if items is None else join_list(language, value.delimiter, items)
    absent = value.delimiter != "" and any(map(may_be_absent, value.items.items))
    named = [_piece(language, member) for member in value.items.items if not isinstance(member, cfn.NoValue)]
    if not absent and (value.delimiter == "\n" or any(map(_has_lines, named))):
        pieces: list[Piece] = []
        for index, item in enumerate(named):
            pieces.extend([value.delimiter, item] if index else [item])
        return one_text(unique_names(pieces))
    items_hot = texts(language, value.items)
    if value.delimiter == "":
        items_hot = merge_literals(items_hot)
    if len(items_hot) == 1 and not isinstance(items_hot[0], hv.If):
        return items_hot[0]
    return hv.ListJoin(value.delimiter, (hv.HotList(tuple(items_hot)),))


def _piece(language: Language, member: cfn.Value) -> Piece:
    if isinstance(member, cfn.Scalar):
        return as_text(member.value)
    return placeholder(member), language.text(inner(language, member))


def _has_lines(piece: Piece) -> bool:
    return "\n" in (piece if isinstance(piece, str) else literal_text(piece[1]) or "")


def texts(language: Language, items: cfn.Seq) -> list[hv.HotValue]:
    """The items of a list as texts; what may be absent stays so, for an empty text would be an item too."""
    found = (language.hot(inner(language, member), "string") for member in items.items)
    return [_item(language, member) for member in found if member is not None]


def _item(language: Language, value: hv.HotValue) -> hv.HotValue:
    if isinstance(value, hv.If):
        otherwise = None if value.otherwise is None else _item(language, value.otherwise)
        return hv.If(value.condition, _item(language, value.then), otherwise)
    return language.as_string(value)


def join_list(language: Language, delimiter: str, items: hv.HotValue) -> hv.HotValue:
    """A list that is computed, joined; a text that stands for one is it already."""
    if isinstance(items, hv.If):
        otherwise = hv.Literal("") if items.otherwise is None else join_list(language, delimiter, items.otherwise)
        return hv.If(items.condition, join_list(language, delimiter, items.then), otherwise)
    if isinstance(items, hv.HotList):
        return hv.ListJoin(delimiter, (hv.HotList(tuple(_item(language, item) for item in items.items)),))
    if isinstance(items, (hv.Literal, hv.StrReplace, hv.ListJoin, hv.GetResource)):
        return language.as_string(items)
    if isinstance(items, hv.GetParam) and not items.path and language.parameter_type(items.name) in ("string", "number"):
        return language.as_string(items)
    return hv.ListJoin(delimiter, (items,))


def may_be_absent(value: cfn.Value) -> bool:
    """Whether a list may be without this item, which moves those behind it."""
    if isinstance(value, cfn.If):
        return may_be_absent(value.then) or may_be_absent(value.otherwise)
    return isinstance(value, cfn.NoValue)
