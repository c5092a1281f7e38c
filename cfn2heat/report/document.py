"""The ledger, folded into a document for programs; report.schema.json describes it. There is no other count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cfn2heat.diagnostics import Diagnostic
from cfn2heat.report.grades import FATES, grade_of

if TYPE_CHECKING:
    from cfn2heat.translate.ledger import Entry
    from cfn2heat.translate.result import Converted
    from cfn2heat.translate.state import Translation

VERSION = 1


def report(results: list[Converted]) -> dict[str, Any]:
    """The whole report: an entry a template, the one asked for before the nested ones that it brought in."""
    return {"version": VERSION, "templates": [_template(result) for result in results]}


def _template(result: Converted) -> dict[str, Any]:
    found: dict[str, Any] = {
        "path": result.path,
        "status": "converted" if result.translation else "failed",
        "outputs": list(result.files),
        "resources": [],
        "holes": [],
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in result.diagnostics],
    }
    if result.translation is not None:
        found["resources"] = resources(result.translation)
        found["holes"] = [
            {"parameter": hole.parameter, "subject": hole.subject, "because": hole.because}
            for hole in result.translation.holes.values()
        ]
    return found


def resources(t: Translation) -> list[dict[str, Any]]:
    """Every source resource with its fate, in source order."""
    by_resource: dict[str, list[Entry]] = {}
    for entry in t.ledger.entries:
        if entry.path[0] == "Resources":
            by_resource.setdefault(str(entry.path[1]), []).append(entry)
    holes = {hole.subject.split(".", 1)[0] for hole in t.holes.values()}
    return [_resource(t, name, by_resource.get(name, []), name in holes) for name in t.template.resources]


def _resource(t: Translation, name: str, entries: list[Entry], hole: bool) -> dict[str, Any]:
    emits = emitted(t, name)
    leaves = Counter(entry.fate.value for entry in entries)
    fate = "hole" if hole or name in t.placeholders else "dropped"
    made = bool(emits) and name not in t.placeholders
    if made:
        fate = "adapted" if leaves["adapted"] or leaves["dropped"] or leaves["unknown"] else "translated"
    rule = t.plan.rules.get(name)
    return {
        "id": name,
        "type": t.template.resources[name].type,
        "fate": fate,
        "grade": grade_of(rule.fidelity if rule else "none", made, entries),
        "emits": emits,
        "leaves": {"total": sum(leaves.values()), **{fate: leaves[fate] for fate in FATES}},
    }


def emitted(t: Translation, name: str) -> list[dict[str, str]]:
    """What a source resource became, or became a part of."""
    known: dict[str, str] = {}
    for template in (*t.files.values(), t.hot):
        known.update((key, resource.type) for key, resource in template.resources.items())
    names = dict.fromkeys([*t.placed.get(name, []), *t.plan.hot_names(name), *t.absorbed.get(name, [])])
    return [{"name": hot_name, "type": known[hot_name]} for hot_name in names if hot_name in known]


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.word,
        "subject": diagnostic.subject,
        "message": diagnostic.message,
        "advice": diagnostic.advice,
        "file": diagnostic.span.file,
        "line": diagnostic.span.line,
        "column": diagnostic.span.column,
    }
