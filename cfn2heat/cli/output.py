"""What a command leaves behind: files written whole or not at all, diagnostics, the report, the exit status."""

from __future__ import annotations

import json
import os
import re
import sys
from errno import EISDIR
from pathlib import Path
from typing import Any

from cfn2heat.diagnostics import Diagnostic, Severity
from cfn2heat.record import record
from cfn2heat.source import Span
from cfn2heat.translate.result import Converted

CONVERTED, LOSSES, UNREADABLE = 0, 1, 3
EMPTY = "\nresources: {}\n"
"""How a template that makes nothing is written."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


class WrongUsage(Exception):
    """What the user asks for cannot be done; option names the one that is wrong."""

    def __init__(self, message: str, option: str = "") -> None:
        super().__init__(message)
        self.option = option


class UnwritableError(WrongUsage):
    """A place that the user named cannot be written."""


@record
class Target:
    """Where the user wants what is written."""

    output: Path | None
    directory: Path | None
    report: Path | None

    @property
    def stem(self) -> str | None:
        """What the written files are named after, when -o says so."""
        return self.output.stem if self.output is not None else None

    def place(self, result: Converted, index: int, name: str) -> Path | None:
        """Where a file goes: into the folder, to -o and beside it, or nowhere: standard output takes one file only."""
        if self.directory is not None:
            return self.directory / name
        if self.output is not None:
            return self.output if index == 0 and not result.nested else self.output.parent / name
        return None


def finish(
    results: list[Converted], target: Target, sources: list[Path], *, strict: bool, ignore: tuple[str, ...], quiet: bool
) -> int:
    """Write everything; gives the exit status."""
    if target.output is None and target.directory is None:
        warn_of_unwritten(results)
    write(results, target, sources)
    for result in results:
        for diagnostic in kept(result, ignore):
            if diagnostic.severity is Severity.ERROR or not quiet:
                say(diagnostic)
    if any(not result.converted for result in results):
        return UNREADABLE
    bound = Severity.WARNING if strict else Severity.ERROR
    return LOSSES if any(one.severity >= bound for result in results for one in kept(result, ignore)) else CONVERTED


def write(results: list[Converted], target: Target, sources: list[Path]) -> None:
    """Write the files and the report; a single template without a place for it goes to standard output."""
    files: dict[Path, str] = {}
    for result in results:
        for index, (name, text) in enumerate(result.files.items()):
            place = target.place(result, index, name)
            if place is not None and not filled(result, name, place):
                add(files, place, text)
    if target.report is not None:
        from cfn2heat.report.document import report as build_report

        add(files, target.report, json.dumps(build_report(results), indent=1) + "\n")
    for source in sources:
        if source in files:
            raise WrongUsage(f"{source.name} would be written over the template that is read: choose another place")
    write_all(files)
    if target.output is None and target.directory is None and results[0].files and sys.stdout is not None:
        sys.stdout.buffer.write(next(iter(results[0].files.values())).encode())
        sys.stdout.flush()


def filled(result: Converted, name: str, place: Path) -> bool:
    """Whether a placeholder would go over a template that makes something: somebody has put the real one there."""
    if result.translation is None or name not in {one.file for one in result.translation.placeholders.values()}:
        return False
    try:
        if not place.is_file() or EMPTY in place.read_text(encoding="utf-8", errors="replace"):
            return False
    except OSError:  # what cannot be read cannot be written either, which is said then
        return False
    message = f"{place.name} is there already and makes something, so that no placeholder is put in its place"
    advice = "look that it takes what the stack hands over, or delete it and convert again"
    result.diagnostics.append(Diagnostic("C2H5303", Severity.WARNING, name, message, advice, Span(result.path, 0, 0)))
    return True


def add(files: dict[Path, str], place: Path, text: str) -> None:
    """Plan a file; two of one name are wrong usage."""
    found = place.resolve()
    if found in files:
        raise WrongUsage(f"{place} would be written twice")
    files[found] = text


def warn_of_unwritten(results: list[Converted]) -> None:
    """Say which files a template on standard output lacks; its environment is a help and no need."""
    asked = results[0]
    written = {f"{asked.stem}.yaml", f"{asked.stem}.env.yaml"}
    lacking = [name for result in results for name in result.files if name not in written and not name.endswith(".env.yaml")]
    if lacking:
        message = f"the template needs {', '.join(lacking)}, which standard output cannot take"
        span = Span(asked.path, 0, 0)
        advice = "write all files with -d DIR"
        asked.diagnostics.append(Diagnostic("C2H5301", Severity.WARNING, asked.path, message, advice, span))


def write_all(files: dict[Path, str]) -> None:
    """Write all files or, when one cannot be written, none; each whole or not at all."""
    staged: list[tuple[str, Path]] = []
    place = Path()
    try:
        for place, text in files.items():
            staged.append((stage(place, text), place))
        for name, place in staged:
            if name:
                os.replace(name, place)
    except OSError as error:
        raise UnwritableError(f"{place} cannot be written: {error.strerror}") from error
    finally:
        for name, _ in staged:
            if os.path.exists(name):
                os.unlink(name)


def stage(path: Path, text: str) -> str:
    """Write a file under a passing name beside its place; gives that name, or "" for a device, which is written at once."""
    import tempfile

    if path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8", newline="\n")
        return ""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".cfn2heat.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, 0o666 & ~_umask())
    except BaseException:
        os.unlink(name)
        raise
    return name


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def kept(result: Converted, ignore: tuple[str, ...]) -> list[Diagnostic]:
    """The diagnostics that --ignore leaves; why a template was refused is always said."""
    found = [diagnostic for diagnostic in result.diagnostics if not ignored(diagnostic, ignore)]
    if not result.converted and result.diagnostics[-1] not in found:
        found.append(result.diagnostics[-1])
    return found


def ignored(diagnostic: Diagnostic, ignore: tuple[str, ...]) -> bool:
    """Whether --ignore names the code, or the code and the subject."""
    return any(entry in (diagnostic.code, f"{diagnostic.code}:{diagnostic.subject}") for entry in ignore)


def say(diagnostic: Diagnostic) -> None:
    """One diagnostic on stderr, coloured on a terminal."""
    if sys.stderr is None:
        return
    place = styled(visible(str(diagnostic.span)), bold=True) if diagnostic.span.file else "cfn2heat"
    word = styled(diagnostic.severity.word, fg=COLOURS[diagnostic.severity])
    text = f"{place}: {word} {diagnostic.code} {visible(diagnostic.subject)}: {visible(diagnostic.message)}"
    advice = visible(diagnostic.advice)
    print(f"{text} {styled('-> ' + advice, dim=True)}" if advice else text, file=sys.stderr)


def styled(text: str, **style: Any) -> str:
    """Text for people who look on; click, which takes long to import, is asked only then."""
    if not sys.stderr.isatty():
        return text
    import click

    return click.style(text, **style)


def visible(text: str) -> str:
    """Text of a template without what would steer a terminal or begin a line."""
    return CONTROL.sub(lambda found: repr(found.group())[1:-1], text)
