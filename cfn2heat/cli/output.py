"""What a command leaves behind: files written whole or not at all, diagnostics, the report, the exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from cfn2heat.diagnostics import Diagnostic, Severity
from cfn2heat.translate.result import Converted

CONVERTED, LOSSES, UNREADABLE = 0, 1, 3
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def finish(
    results: list[Converted],
    output: Path | None,
    directory: Path | None,
    report: Path | None,
    *,
    strict: bool,
    ignore: tuple[str, ...],
    quiet: bool,
) -> int:
    """Write everything; gives the exit status."""
    for result in results:
        write_files(result, output, directory)
    if report is not None:
        from cfn2heat.report.document import report as build_report

        write_whole(report, json.dumps(build_report(results), indent=1) + "\n")
    kept = [diagnostic for result in results for diagnostic in result.diagnostics if not ignored(diagnostic, ignore)]
    for diagnostic in kept:
        if diagnostic.severity is Severity.ERROR or not quiet:
            say(diagnostic)
    if any(not result.converted for result in results):
        return UNREADABLE
    bound = Severity.WARNING if strict else Severity.ERROR
    return LOSSES if any(diagnostic.severity >= bound for diagnostic in kept) else CONVERTED


def write_files(result: Converted, output: Path | None, directory: Path | None) -> None:
    """The files of one template: into the folder, beside -o, or the template alone to stdout."""
    for index, (name, text) in enumerate(result.files.items()):
        if directory is not None:
            write_whole(directory / name, text)
        elif output is not None:
            write_whole(output if index == 0 and not result.nested else output.parent / name, text)
        elif index == 0 and not result.nested:
            click.echo(text, nl=False)


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def ignored(diagnostic: Diagnostic, ignore: tuple[str, ...]) -> bool:
    """Whether --ignore names the code, or the code and the subject."""
    return any(entry in (diagnostic.code, f"{diagnostic.code}:{diagnostic.subject}") for entry in ignore)


def say(diagnostic: Diagnostic) -> None:
    """One diagnostic on stderr, coloured on a terminal."""
    place = click.style(str(diagnostic.span), bold=True) if diagnostic.span.file else ""
    word = click.style(diagnostic.severity.word, fg=COLOURS[diagnostic.severity])
    text = f"{place}: {word} {diagnostic.code} {diagnostic.subject}: {diagnostic.message}"
    click.echo(f"{text} {click.style('-> ' + diagnostic.advice, dim=True)}" if diagnostic.advice else text, err=True)


