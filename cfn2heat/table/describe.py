"""A rule as people read it: its resources, a line a property, its references, its examples."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from cfn2heat.table.rules import (
    Absorbed,
    Carry,
    Choice,
    DataReference,
    Drop,
    Hooked,
    HookReference,
    NoReference,
    Reference,
    Row,
    Rule,
    Step,
)

_INDENT = " " * 6


def describe_rule(rule: Rule, examples: list[dict[str, Any]]) -> str:
    """The whole rule, with the examples of its mapping file."""
    lines = [f"{rule.type} ({rule.fidelity})", *(wrap(text) for text in (rule.summary, rule.because, rule.advice) if text)]
    emits = [
        f"  {key}: {emit.type} named {emit.name}{f', when {emit.when}' if emit.when else ''}" for key, emit in rule.emits.items()
    ]
    lines += _section("Emits", emits)
    lines += _section("Properties", _rows(rule.properties))
    lines += _section("Attributes of the resource", _rows(rule.attributes))
    lines += _section("References", [_reference(name, reference) for name, reference in rule.references.items()])
    lines += _section("Examples", [line for example in examples for line in _example(example)])
    return "\n".join(lines)


def wrap(text: str, indent: str = "  ") -> str:
    """A sentence in lines of readable length."""
    return textwrap.fill(text, 110, initial_indent=indent, subsequent_indent=indent)


def _yaml(data: Any) -> str:
    import yaml

    return textwrap.indent(yaml.safe_dump(data, sort_keys=False).rstrip(), _INDENT)


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _rows(rows: dict[str, Row]) -> list[str]:
    return [line for name, row in rows.items() for line in _row(name, row, "  ")]


def _example(example: dict[str, Any]) -> Iterator[str]:
    yield f"  {example['name']}"
    yield _yaml(example["cfn"])
    if example.get("hot"):
        yield "    becomes"
        yield _yaml(example["hot"])


def _row(name: str, row: Row, indent: str) -> list[str]:
    match row:
        case Choice():
            lines = [f"{indent}{name}: the first of"]
            for predicate, option in row.options:
                lines += _row(f"when {predicate}" if predicate else "else", option, indent + "  ")
            return lines
        case Drop():
            return [f"{indent}{name}: dropped ({row.severity.word})", *_told(indent, row.because, row.advice)]
        case Absorbed():
            return [f"{indent}{name}: becomes part of {', '.join(row.to) or 'another resource'}", *_told(indent, row.because)]
        case Hooked():
            to = f" -> {', '.join(map(str, row.to))}" if row.to else ""
            return [f"{indent}{name}: by hook {row.hook}{to}", *_told(indent, row.because, row.advice)]
    return _carried(name, row, indent)


def _carried(name: str, row: Carry, indent: str) -> list[str]:
    via = "".join(map(_step, row.via))
    lines = [f"{indent}{name}{f' -> {row.to}' if row.to else ''}{via}{' (adapted)' if row.fate == 'adapted' else ''}"]
    lines += _told(indent, row.because)
    if isinstance(row.otherwise, Drop):
        lines += _row("else", row.otherwise, indent + "  ")
    for member, below in (*(row.each or {}).items(), *(row.rows or {}).items()):
        lines += _row(member, below, indent + "  ")
    return lines


def _step(step: Step) -> str:
    return f" | {step.name} {step.argument}" if isinstance(step.argument, (str, int, float)) else f" | {step.name}"


def _told(indent: str, *texts: str) -> list[str]:
    return [wrap(text, indent + "    ") for text in texts if text]


def _reference(name: str, reference: Reference) -> str:
    match reference:
        case DataReference():
            return f"  {name}: {json.dumps(reference.value)}"
        case NoReference():
            instead = f" Instead: {reference.instead}." if reference.instead else ""
            return f"  {name}: a hole\n{wrap(reference.because + instead, _INDENT)}"
        case HookReference():
            return f"  {name}: by hook {reference.name}"
