"""cfn2heat mappings: the correspondence table, listed, shown and linted."""

from __future__ import annotations

import inspect
import json
import sys
from collections import Counter
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from cfn2heat import hooks
from cfn2heat.diagnostics import InputError
from cfn2heat.table.census import KINDS, count_rows, hooks_of
from cfn2heat.table.describe import describe_rule, wrap
from cfn2heat.table.loader import Table, load_table, shipped_directory
from cfn2heat.table.rules import (
    Rule,
)
from cfn2heat.translate import registry

FATAL = {"C2H5205", "C2H5206", "C2H5214"}
_OWN = click.option(
    "--mappings", "overlay", type=click.Path(path_type=Path, file_okay=False), help="Mapping files of your own, laid over ours."
)
_FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")


@click.group(epilog="Examples: cfn2heat mappings list; cfn2heat mappings show Custom::Thing; cfn2heat mappings lint")
def mappings() -> None:
    """What becomes of each type: list the table, show a type, lint the files."""


@mappings.command("list", epilog="Examples: cfn2heat mappings list; cfn2heat mappings list --format json")
@_OWN
@_FORM
def list_types(overlay: Path | None, form: str) -> None:
    """List every mapped type with its fidelity and what it emits, and count rows and hooks."""
    table = load_table(overlay, check_overlay)
    rules = [rule for name in table.types() if (rule := table.rule(name))]
    if form == "json":
        click.echo(json.dumps(_listing(table, rules), indent=2))
        return
    width = max(len(rule.type) for rule in rules)
    for rule in rules:
        click.echo(f"{rule.type:{width}}  {rule.fidelity:8} {_emitted(rule)}".rstrip())
    counts = _counts(rules)
    emitting = sum(bool(rule.emits) for rule in rules)
    click.echo(f"\n{len(rules)} types mapped, {emitting} of them to resources; {len(table.composites())} composites")
    click.echo(f"{sum(counts.values())} rows: " + ", ".join(f"{counts[kind]} {kind}" for kind in KINDS))
    described = _hooks(table, rules)
    click.echo(f"{len(described)} hooks, for what rows cannot say:")
    for hook in described:
        click.echo(f"  {hook['name']} ({hook['kind'].replace('_', ' ')}): {hook['text']}")


@mappings.command(epilog="Example: cfn2heat mappings show Custom::Thing")
@click.argument("type_name", metavar="TYPE")
@_OWN
@_FORM
def show(type_name: str, overlay: Path | None, form: str) -> None:
    """Show what becomes of a type: its resources, a line a property, its references and its examples."""
    table = load_table(overlay, check_overlay)
    rule = table.rule(type_name)
    if form == "json":
        click.echo(json.dumps(_source(table, type_name) if rule else _answer(table, type_name), indent=2))
    elif rule:
        click.echo(describe_rule(rule, _source(table, type_name).get("examples", [])))
    else:
        answer = _answer(table, type_name)
        click.echo(f"{type_name}: no counterpart ({answer['severity']})\n\n{wrap(answer['because'])}\n{wrap(answer['advice'])}")


@mappings.command(epilog="Example: cfn2heat mappings lint --mappings our-mappings/")
@_OWN
@_FORM
def lint(overlay: Path | None, form: str) -> None:
    """Hold the mapping files (or only your own) against both catalogs and all names; exit 1 when something is wrong."""
    from cfn2heat.table.lint import lint as lint_files

    found = lint_files(overlay or shipped_directory(), registered_names(), complete=overlay is None)
    if form == "json":
        click.echo(json.dumps([_plain(one) for one in found], indent=2))
    else:
        for one in found:
            click.echo(str(one))
        click.echo(f"{len(found)} findings" if found else "nothing found", err=True)
    sys.exit(1 if found else 0)


def check_overlay(directory: Path) -> None:
    """Refuse mapping files that aim at what is not there; their style is a matter for lint."""
    from cfn2heat.table.lint import lint as lint_files

    for one in lint_files(directory, registered_names(), complete=False):
        if one.code in FATAL:
            raise InputError(one.code, one.message, one.span, subject=one.subject)


def registered_names() -> Any:
    """Every transform and hook, with all hook modules imported."""
    from cfn2heat.table.lint import Names
    from cfn2heat.translate.transforms import TRANSFORMS

    for prefix in hooks.MODULES:
        hooks.load(prefix)
    return Names(frozenset(TRANSFORMS), {kind: frozenset(registry.REGISTRY.names(kind)) for kind in registry.KINDS})


def _plain(found: Any) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity.word,
        "subject": found.subject,
        "message": found.message,
        "advice": found.advice,
        "file": found.span.file,
        "line": found.span.line,
        "column": found.span.column,
    }


def _listing(table: Table, rules: list[Rule]) -> dict[str, Any]:
    types = [
        {
            "type": rule.type,
            "fidelity": rule.fidelity,
            "emits": [emit.type for emit in rule.emits.values()],
            "rows": {kind: count_rows(rule)[kind] for kind in KINDS},
        }
        for rule in rules
    ]
    counts = _counts(rules)
    return {
        "types": types,
        "composites": [{"name": one.name, "members": one.members, "emits": one.emits} for one in table.composites()],
        "rows": {kind: counts[kind] for kind in KINDS},
        "hooks": _hooks(table, rules),
    }


def _counts(rules: list[Rule]) -> Counter[str]:
    return sum((count_rows(rule) for rule in rules), Counter())


def _emitted(rule: Rule) -> str:
    return ", ".join(dict.fromkeys(emit.type for emit in rule.emits.values()))


def _hooks(table: Table, rules: list[Rule]) -> list[dict[str, str]]:
    """Hooks in use, each with the first line of its docstring."""
    used = {hook for rule in rules for hook in hooks_of(rule)}
    used |= {("composite", composite.hook) for composite in table.composites()}
    ordered = sorted(used, key=lambda hook: hook[::-1])
    return [{"kind": kind, "name": name, "text": _first_line(kind, name)} for kind, name in ordered]


def _first_line(kind: str, name: str) -> str:
    try:
        return (inspect.getdoc(registry.REGISTRY.get(kind, name)) or "").partition("\n")[0]
    except KeyError:
        return "not registered"


def _source(table: Table, type_name: str) -> dict[str, Any]:
    from cfn2heat.table.compile import read_mapping

    file = table.file(type_name)
    data: dict[str, Any] = read_mapping(file).data if file else {}
    return data


def _answer(table: Table, type_name: str) -> dict[str, str]:
    """Why there is no rule; a name that is no type at all ends the command."""
    from cfn2heat.cfn import catalog

    known = catalog.names()
    if type_name not in known:
        near = get_close_matches(type_name, [*known, *table.types()], 3)
        hint = f"; near to it: {', '.join(near)}" if near else ""
        click.echo(f"cfn2heat: AWS has no type {type_name}{hint}", err=True)
        sys.exit(2)
    answer = table.answer(type_name)
    return {"type": type_name, "because": answer.because, "advice": answer.advice, "severity": answer.severity.word}
