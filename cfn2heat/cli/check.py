"""cfn2heat check: holds HOT files against the catalog, without a cloud."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from cfn2heat.diagnostics import Diagnostic, InputError, Severity
from cfn2heat.source import Span

FINE, ERRORS, UNREADABLE = 0, 1, 3


@click.command(epilog="Examples: cfn2heat check stack.hot.yaml; cfn2heat check heat/*.yaml --format json")
@click.argument("hot", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How findings are written."
)
def check(hot: tuple[Path, ...], form: str) -> None:
    """Hold Heat templates (HOT files) against their template version and what Heat knows of types, offline.

    Exit status: 0 nothing wrong (warnings may be said), 1 errors, 3 a file cannot be read as a Heat template.
    """
    found: list[Diagnostic] = []
    status = FINE
    for path in hot:
        findings, readable = _check(path)
        found.extend(findings)
        if not readable:
            status = UNREADABLE
    if status == FINE and any(finding.severity is Severity.ERROR for finding in found):
        status = ERRORS
    _write(found, form, len(hot))
    sys.exit(status)


def _check(path: Path) -> tuple[list[Diagnostic], bool]:
    """Findings in a file, and whether it could be read."""
    from cfn2heat.hot.check import check_text

    try:
        text = _read(path)
        return check_text(text, str(path), dict(_nested(text, path))), True
    except InputError as error:
        return [error.diagnostic], False


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("C2H4001", f"cannot be read: {error.strerror}", Span(str(path), 0, 0)) from error
    except UnicodeDecodeError as error:
        raise InputError("C2H4001", f"is not UTF-8 text: byte {error.start} is none", Span(str(path), 0, 0)) from error


def _nested(text: str, path: Path) -> Iterator[tuple[str, str]]:
    """Nested templates that stand beside or below a file; nothing outside its folder is read."""
    from cfn2heat.hot.check import nested_names

    folder = path.parent.resolve()
    for name in nested_names(text, str(path)):
        place = (folder / name).resolve()
        if place.is_relative_to(folder) and place.is_file():
            yield name, _read(place)


def _write(found: list[Diagnostic], form: str, files: int) -> None:
    if form == "json":
        click.echo(json.dumps([_entry(finding) for finding in found], indent=1, ensure_ascii=False))
        return
    for finding in found:
        click.echo(str(finding))
    counts = [(sum(finding.severity is severity for finding in found), severity.word) for severity in reversed(Severity)]
    said = ", ".join(f"{count} {word}{'s' if count != 1 else ''}" for count, word in counts if count)
    click.echo(f"{files} file{'s' if files != 1 else ''}: {said or 'nothing found'}", err=True)


def _entry(finding: Diagnostic) -> dict[str, str | int]:
    return {
        "code": finding.code,
        "severity": finding.severity.word,
        "subject": finding.subject,
        "message": finding.message,
        "advice": finding.advice,
        "file": finding.span.file,
        "line": finding.span.line,
        "column": finding.span.column,
    }
