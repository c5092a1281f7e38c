"""Texts with values inside: what they are called, and the form that reads best."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hv
from cfn2heat.translate.constants import as_text


def literal_text(value: hv.HotValue) -> str | None:
    """The text of a literal, None for all else."""
    return as_text(value.value) if isinstance(value, hv.Literal) else None


def as_hot(piece: str | tuple[str, hv.HotValue]) -> hv.HotValue:
    """A piece of a text as a HOT value."""
    return hv.Literal(piece) if isinstance(piece, str) else piece[1]


def merge_literals(items: list[hv.HotValue]) -> list[hv.HotValue]:
    """Neighbouring literal strings become one."""
    merged: list[hv.HotValue] = []
    for item in items:
        if merged and isinstance(item, hv.Literal) and isinstance(merged[-1], hv.Literal):
            merged[-1] = hv.Literal(as_text(merged[-1].value) + as_text(item.value))
        elif item != hv.Literal(""):
            merged.append(item)
    return merged


def replace_text(pieces: list[str | tuple[str, hv.HotValue]]) -> hv.HotValue | None:
    """str_replace with ${Name} as placeholders; None when the text holds such a placeholder by itself."""
    text = ""
    params: dict[str, hv.HotValue] = {}
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        mark = f"${{{piece[0]}}}"
        value = bare(piece[1])
        if params.setdefault(mark, value) != value:
            return None
        text += mark
    wanted = [f"${{{piece[0]}}}" for piece in pieces if not isinstance(piece, str)]
    if any(text.count(mark) != wanted.count(mark) for mark in params):
        return None
    return hv.StrReplace(hv.Literal(text), params)


def bare(value: hv.HotValue) -> hv.HotValue:
    """A number that was wrapped for list_join; str_replace takes it as it is."""
    if isinstance(value, hv.StrReplace) and value.template == hv.Literal("value") and set(value.params) == {"value"}:
        return value.params["value"]
    return value


def placeholder(value: cfn.Value) -> str:
    """The name of a value inside a text."""
    match value:
        case cfn.Ref():
            return value.name
        case cfn.GetAtt(attribute=str()):
            return f"{value.resource}.{value.attribute}"
        case cfn.FindInMap(mapping=cfn.Scalar(value=name)):
            return as_text(name)
        case cfn.If():
            return f"if {value.condition}"
    return type(value).__name__


def unique_names(pieces: list[str | tuple[str, hv.HotValue]]) -> list[str | tuple[str, hv.HotValue]]:
    """Two values under one placeholder get names of their own; literal text, of which scripts have much, is never named."""
    seen: dict[str, hv.HotValue] = {}
    named: list[str | tuple[str, hv.HotValue]] = []
    for piece in pieces:
        if isinstance(piece, tuple) and literal_text(piece[1]) is None:
            name, serial = piece[0], 2
            while seen.setdefault(name, piece[1]) != piece[1]:
                name, serial = f"{piece[0]} {serial}", serial + 1
            named.append((name, piece[1]))
        else:
            named.append(piece)
    return named


def source_text(value: cfn.Value) -> str:
    """A value as a short text for names and descriptions: ${Stack}-VPC."""
    match value:
        case cfn.Scalar():
            return as_text(value.value)
        case cfn.Ref():
            return f"${{{value.name}}}"
        case cfn.GetAtt(attribute=str()):
            return f"${{{value.resource}.{value.attribute}}}"
        case cfn.Sub():
            return "".join(part if isinstance(part, str) else source_text(part[1]) for part in value.parts)
        case cfn.Join(items=cfn.Seq(items=items)):
            return value.delimiter.join(map(source_text, items))
        case cfn.FindInMap():
            return "_".join(map(source_text, (value.mapping, value.first, value.second)))
        case cfn.Select():
            return f"{source_text(value.items)}_{source_text(value.index)}"
        case cfn.If():
            return f"{source_text(value.then)}_or_{source_text(value.otherwise)}"
        case cfn.Split():
            return source_text(value.source)
    return type(value).__name__
