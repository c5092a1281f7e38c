"""Text to plain located nodes: Scalar, Seq and Map, with short tags in their long form.

What is read equals what cfn-flip's loader reads (`to_plain` is held against `cfn_flip.load` by the tests), but with positions and
limits, and without its cost: JSON is checked by the C parser and scanned once for positions, YAML comes as events from libyaml.
cfn-flip itself is imported only where libyaml refuses a text: its loader then has the last word, knowing a few more spellings.
One thing is read better: a function inside the list form of !GetAtt stays a function, where cfn-flip leaves its bare argument.
"""

from __future__ import annotations

import json
import re
from typing import Any

from cfn2heat.cfn.encoding import decode
from cfn2heat.cfn.json_document import JsonBuilder
from cfn2heat.cfn.nodes import DEFAULT_LIMITS, Limits, Node, ReadAs, Repeated, place_of, too_deep
from cfn2heat.cfn.values import Map, Scalar, Seq
from cfn2heat.diagnostics import Diagnostics, InputError, Severity
from cfn2heat.source import Span


def read_document(data: bytes | str, file: str, diagnostics: Diagnostics, limits: Limits = DEFAULT_LIMITS) -> Node:
    """Read JSON or YAML; whatever cannot be read raises InputError with its place.

    A key that stands twice is an error in the diagnostics; the last one counts, as it does for CloudFormation.
    """
    if len(data) > limits.size:
        raise InputError(
            "C2H1005",
            f"the file is longer than the {limits.size} bytes that are read",
            Span(file, 0, 0),
            advice="split the template into nested stacks",
        )
    text = decode(data, file) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    first = text.lstrip()[:1]
    if not first:
        raise InputError(
            "C2H1002", "the file is empty", Span(file, 1, 1), advice="give a CloudFormation template in JSON or YAML"
        )
    node, repeated = (_read_braced if first in "{[" else _read_yaml)(text, file, limits)
    for key, earlier, later in repeated:
        _report_duplicate(key, earlier, later, diagnostics)
    return node


def to_plain(node: Node) -> Any:
    """Give the node as plain data, equal to what cfn_flip.load makes of the same text."""
    if isinstance(node, Map):
        return {key.plain if isinstance(key, ReadAs) else key: to_plain(value) for key, value in node.entries.items()}
    if isinstance(node, Seq):
        return [to_plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return node.value.plain if isinstance(node.value, ReadAs) else node.value


def _report_duplicate(key: str, first: Span, second: Span, diagnostics: Diagnostics) -> None:
    """Say that a map has a key twice, with both places."""
    diagnostics.add(
        "C2H1008",
        Severity.ERROR,
        str(key),
        f"the key stands twice in one map: at line {first.line}, column {first.column}, and again here; this last one counts",
        advice="remove or rename one of them",
        span=second,
    )


def _read_yaml(text: str, file: str, limits: Limits) -> tuple[Node, Repeated]:
    from cfn2heat.cfn.yaml_document import read_yaml  # JSON does without

    return read_yaml(text, file, limits)


def _read_braced(text: str, file: str, limits: Limits) -> tuple[Node, Repeated]:
    """Read what begins with a brace or bracket: JSON, or else YAML in its flow style."""
    try:
        json.loads(text)
    except RecursionError:
        JsonBuilder(text, file, limits).build()
        raise too_deep(Span(file, 1, 1), limits) from None
    except json.JSONDecodeError as error:
        return _read_flow(text, file, limits, error)
    except ValueError:
        digits = re.search(r"[0-9]{1000,}", text)
        place = place_of(text, digits.start() if digits else 0, file)
        raise InputError("C2H1006", "the number is too long", place, advice="quote it") from None
    return JsonBuilder(text, file, limits).build()


def _read_flow(text: str, file: str, limits: Limits, error: json.JSONDecodeError) -> tuple[Node, Repeated]:
    """Read as YAML what is no JSON; when it is neither, the format that was meant tells what is wrong."""
    try:
        return _read_yaml(text, file, limits)
    except InputError as yaml_error:
        if yaml_error.diagnostic.code != "C2H1007" or not re.match(_BEGINS_AS_JSON, text):
            raise
        message = error.msg[0].lower() + error.msg[1:]
        place = place_of(text, error.pos, file)
        raise InputError("C2H1006", f"this is not valid JSON: {message}", place, advice=_json_advice(text, error)) from None


_BEGINS_AS_JSON = r'\s*(?:\{\s*["}]|\[\s*["{}\]\[])'


def _json_advice(text: str, error: json.JSONDecodeError) -> str:
    """Say what is probably wrong."""
    before = text[: error.pos].rstrip()[-1:]
    if error.pos >= len(text.rstrip()):
        return "the file ends too early: is it cut off, or is a closing brace missing?"
    if before == "," and text[error.pos] in "}]":
        return "remove the comma before it"
    if "delimiter" in error.msg:
        return "is a comma missing before it?"
    return "compare with the line before it"
