"""What holds between the parts of a template: used names exist, no name stands for two things, nothing waits for itself."""

from __future__ import annotations

from functools import lru_cache

from cfn2heat.cfn import vocabulary
from cfn2heat.cfn.graph import build_graph, find_circles
from cfn2heat.cfn.intrinsics import Mention, subject_of
from cfn2heat.cfn.template import Template
from cfn2heat.diagnostics import Diagnostics, InputError, Severity
from cfn2heat.source import Span

MAX_CIRCLES = 20
MAX_NAMES = 12
MAX_COMPARED = 300


def check(template: Template, mentions: list[Mention], diagnostics: Diagnostics) -> None:
    """Report names that nothing has; raise InputError for names that two things have and for circles of conditions."""
    _check_names(template)
    for mention in mentions:
        _check_mention(template, mention, diagnostics)
    _check_condition_circles(template, mentions)
    _check_resource_circles(template, diagnostics)


def _check_names(template: Template) -> None:
    for name, resource in template.resources.items():
        parameter = template.parameters.get(name)
        if parameter is not None:
            place = f"line {parameter.span.line}, column {parameter.span.column}"
            raise InputError(
                "C2H1110",
                f"the name stands for a parameter too ({place}), so references to it mean either",
                resource.span,
                subject=name,
                advice="rename one of them, with its references",
            )


def _check_mention(template: Template, mention: Mention, diagnostics: Diagnostics) -> None:
    kind, name = mention.kind, mention.name
    if kind == "Ref":
        if name in template.resources or name in template.parameters or name in vocabulary.PSEUDO_PARAMETERS:
            return
        what, known = (
            "no parameter or resource",
            (*template.parameters, *template.resources, *sorted(vocabulary.PSEUDO_PARAMETERS)),
        )
    elif kind == "Condition":
        if name in template.conditions:
            return
        what, known = "no condition", tuple(template.conditions)
    elif kind == "Mapping":
        if name in template.mappings:
            return
        what, known = "no mapping", tuple(template.mappings)
    else:
        if name in template.resources:
            return
        what, known = "no resource", tuple(template.resources)
    _report_missing(template, mention, what, known, diagnostics)


_CODES = {"Ref": "C2H1111", "GetAtt": "C2H1112", "DependsOn": "C2H1113", "Condition": "C2H1114", "Mapping": "C2H1115"}


def _report_missing(template: Template, mention: Mention, what: str, known: tuple[str, ...], diagnostics: Diagnostics) -> None:
    message = f"there is {what} {mention.name[:100]!r}"
    severity = Severity.ERROR
    if template.transforms:
        message += f"; a macro that is not expanded here may make it ({', '.join(template.transforms)})"
        severity = Severity.WARNING
    diagnostics.add(
        _CODES[mention.kind],
        severity,
        subject_of(mention.path),
        message,
        advice=_similar(mention.name, known),
        span=mention.span,
    )


@lru_cache(maxsize=64)
def _similar(name: str, known: tuple[str, ...]) -> str:
    """Guess what was meant; among very many names that would take too long."""
    close: list[str] = []
    if len(known) <= MAX_COMPARED:
        from difflib import get_close_matches

        close = get_close_matches(name[:100], known, 1)
    return f"is {close[0]} meant?" if close else "add it, or remove the reference"


def _circle_text(circle: list[str], spans: dict[str, Span]) -> str:
    shown = [*circle[:MAX_NAMES], *(["..."] if len(circle) > MAX_NAMES else []), circle[0]]
    return " -> ".join(f"{name} (line {spans[name].line})" if name in spans else name for name in shown)


def _check_condition_circles(template: Template, mentions: list[Mention]) -> None:
    uses: dict[str, list[str]] = {name: [] for name in template.conditions}
    for mention in mentions:
        if mention.kind == "Condition" and mention.path[0] == "Conditions" and mention.name in uses:
            uses[str(mention.path[1])].append(mention.name)
    for circle in find_circles(uses)[:1]:
        spans = {name: condition.span for name, condition in template.conditions.items()}
        text = _circle_text(circle, spans)
        raise InputError(
            "C2H1116", f"conditions go in a circle: {text}", spans[circle[0]], subject=circle[0], advice="break the circle"
        )


def _check_resource_circles(template: Template, diagnostics: Diagnostics) -> None:
    graph = build_graph(template)
    for circle in graph.circles()[:MAX_CIRCLES]:
        spans = {name: resource.span for name, resource in template.resources.items()}
        diagnostics.add(
            "C2H1117",
            Severity.ERROR,
            circle[0],
            f"resources wait for each other in a circle: {_circle_text(circle, spans)}",
            advice="break the circle",
            span=spans[circle[0]],
        )
