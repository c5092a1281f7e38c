"""Comments of the written template: where each resource came from, and what was lost at its place."""

from __future__ import annotations

from functools import cache

from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.state import Translation

WIDTH = 110


def write(t: Translation) -> None:
    """Comment the head and every resource."""
    t.hot.comments = head(t)
    pending: list[str] = []
    for source in t.template.resources.values():
        placed = [name for name in t.placed.get(source.name, []) if name in t.hot.resources]
        lines = _origin(t, source, bool(placed))
        if placed:
            first = t.hot.resources[placed[0]]
            first.comments = [*pending, *lines, *first.comments]
            pending = []
        else:
            pending += lines
    if pending:
        t.hot.closing["resources"] = pending
    for name, hole in t.holes.items():
        t.hot.parameters[name].comments.append(f"to be filled, for {hole.subject}")


def _origin(t: Translation, source: Resource, placed: bool) -> list[str]:
    place = f"{source.span.file.rsplit('/', 1)[-1]}:{source.span.line}"
    lines = [f"{source.type}{'' if placed else ' ' + source.name}, {place}"]
    rule = t.plan.rules.get(source.name)
    if rule is None:
        answer = t.plan.verdicts.get(source.name) or t.table.rule(source.type) or t.table.answer(source.type)
        lines += wrap(f"dropped: {answer.because}")
    elif not placed:
        parts = list(dict.fromkeys(t.absorbed.get(source.name) or t.plan.hot_names(source.name)))
        because = t.with_grants(source.name, rule.because) or "nothing is emitted for it"
        lines += [f"part of {', '.join(parts)}"] if parts else wrap(f"dropped: {because}")
    for note in t.dropped_notes.get(source.name, []):
        lines += wrap(f"dropped: {note}")
    for note in t.look_notes.get(source.name, []):
        lines += wrap(f"look at: {note}")
    return lines


def wrap(text: str) -> list[str]:
    """A long comment over several lines, the later ones indented."""
    line = " ".join(text.split())
    return [line] if len(line) <= WIDTH else _wrapped(line)


@cache  # the same thing is said of many resources
def _wrapped(line: str) -> list[str]:
    import textwrap  # most comments are short, and small templates have no others

    return textwrap.wrap(line, WIDTH, subsequent_indent="  ", break_long_words=False)


def head(t: Translation) -> list[str]:
    """How much lives on, and what needs a person."""
    total = len(t.template.resources)
    lost = [name for name in t.template.resources if not t.plan.hot_names(name) and name not in t.parts]
    name = t.template.file.rsplit("/", 1)[-1]
    dropped = f", {len(lost)} {'is' if len(lost) == 1 else 'are'} dropped" if lost else ""
    held = len(t.placeholders)
    empty = f", {held} {'is a placeholder' if held == 1 else 'are placeholders'}" if held else ""
    lines = [f"From {name} by cfn2heat: {total - len(lost) - held} of {total} resources live on{dropped}{empty}."]
    if t.holes:
        lines += wrap(f"To be filled before it can be deployed: {', '.join(t.holes)}.")
    lost_entries = (entry for entry in t.ledger.entries if entry.fate is Fate.DROPPED)
    errors = sorted({str(entry.path[1]) for entry in lost_entries if entry.severity is Severity.ERROR})
    if errors:
        lines += wrap(f"Losses that need a person: {', '.join(errors)}.")
    if t.refused:
        places = "1 place" if len(t.refused) == 1 else f"{len(t.refused)} places"
        lines += wrap(f"Heat refuses {places} of it: {', '.join(t.refused)}.")
    return lines
