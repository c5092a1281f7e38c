"""cfn2heat convert: templates to Heat templates."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from cfn2heat.api import Conversion, Settings, readable
from cfn2heat.cli.output import Target, WrongUsage, finish
from cfn2heat.diagnostics import Diagnostic, InputError, Severity
from cfn2heat.source import Span
from cfn2heat.table.loader import Table, load_table
from cfn2heat.table.site import EMPTY_SITE, Site, read_site
from cfn2heat.translate.result import Converted

VERSIONS = ("2016-10-14", "2017-02-24", "2017-09-01", "2018-03-02", "2018-08-31", "2021-04-16")
ENDINGS = {".json", ".yaml", ".yml", ".template"}


def convert(
    templates: tuple[Path, ...],
    *,
    output: Path | None = None,
    directory: Path | None = None,
    site_file: Path | None = None,
    mappings: Path | None = None,
    template_dir: Path | None = None,
    region: str | None = None,
    parameters: tuple[str, ...] = (),
    heat_version: str | None = None,
    report: Path | None = None,
    strict: bool = False,
    ignore: tuple[str, ...] = (),
    quiet: bool = False,
) -> int:
    """Convert templates, each into its files; gives the exit status. WrongUsage says what is wrong with the wishes."""
    if output and directory:
        raise WrongUsage("-o and -d exclude each other")
    given = pairs(parameters)
    check_ignored(ignore)
    refused: list[Converted] = []
    paths = expand(templates, directory, refused)
    if len(paths) > 1 and directory is None:
        raise WrongUsage("several templates need -d DIR")
    if not paths and not refused:
        raise WrongUsage("there are no templates in the folder")
    table = load_own(mappings) if mappings else load_table()
    site = read_site(site_file, table) if site_file else EMPTY_SITE
    target = Target(None if output == Path("-") else output, directory, report)
    settings = Settings(table, site, template_dir, region, given, heat_version or version_for(site), target.stem)
    conversion = Conversion(settings)
    results = run(conversion, paths, quiet)
    unused(results, given)
    return finish([*results, *refused], target, conversion.sources(), strict=strict, ignore=ignore, quiet=quiet)


def version_for(site: Site) -> str:
    """The newest version that we write and, as far as the site says, the cloud reads."""
    newest = site.value("heat_version") or VERSIONS[-1]
    return max((version for version in VERSIONS if version <= newest), default=VERSIONS[0])


def load_own(mappings: Path) -> Table:
    """The table under a team's own mapping files."""
    from cfn2heat.cli.mappings import check_overlay

    return load_table(mappings, check_overlay)


def expand(templates: tuple[Path, ...], directory: Path | None, refused: list[Converted]) -> list[Path]:
    """Folders are walked, but for the one that is written to; files are taken as they are; each file once."""
    found: dict[Path, Path] = {}
    for template in templates:
        if template.is_dir() and directory is not None and template.resolve() == directory.resolve():
            raise WrongUsage(f"{template} is read and written: -d wants another folder")
        for path in walk(template, directory, refused) if template.is_dir() else [template]:
            found.setdefault(path.resolve(), path)
    return list(found.values())


def walk(folder: Path, directory: Path | None, refused: list[Converted]) -> Iterator[Path]:
    """The templates below a folder, in order; nothing hidden, and no link that leads out of it."""
    root, written = folder.resolve(), directory.resolve() if directory else None
    for current, folders, files in os.walk(folder, onerror=lambda error: refused.append(unreadable(error))):
        here = Path(current)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and (here / name).resolve() != written)
        for path in (here / name for name in sorted(files) if not name.startswith(".")):
            if path.suffix.lower() in ENDINGS and path.is_file() and path.resolve().is_relative_to(root):
                yield path


def unreadable(error: OSError) -> Converted:
    """A folder that cannot be walked, as a template that cannot be read."""
    shown = readable(str(error.filename))
    problem = InputError("C2H1001", f"the folder cannot be read: {error.strerror}", Span(shown, 0, 0))
    return Converted(shown, "", {}, [problem.diagnostic])


def check_ignored(ignore: tuple[str, ...]) -> None:
    """A code that does not exist is a slip of the hand."""
    if not ignore:
        return
    from cfn2heat.codes import CODES

    for entry in ignore:
        if entry.partition(":")[0] not in CODES:
            raise WrongUsage(f"there is no code {entry.partition(':')[0]}", option="--ignore")


def unused(results: list[Converted], given: dict[str, str]) -> None:
    """Warn of values for parameters that no template has."""
    known = {name for result in results if result.translation for name in result.translation.template.parameters}
    for name in given:
        if name not in known and all(result.converted for result in results):
            message = f"no template has a parameter {name}: the value is not used"
            span = Span(results[0].path, 0, 0)
            results[0].diagnostics.append(Diagnostic("C2H5302", Severity.WARNING, name, message, "look at the spelling", span))


def pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    """K=V to a dictionary."""
    found = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not name:
            raise WrongUsage(f"{name} is not K=V", option="--parameter")
        found[name] = value
    return found


def run(conversion: Conversion, paths: list[Path], quiet: bool) -> list[Converted]:
    """Convert each; a progress bar when there are many and a terminal looks on."""
    results: dict[str, Converted] = {}
    show = len(paths) > 1 and not quiet and sys.stderr.isatty()
    with progress_bar(paths) if show else nullcontext(paths) as bar:
        for path in bar:
            for result in conversion.convert(path):
                results.setdefault(result.path, result)
    return list(results.values())


def progress_bar(paths: list[Path]) -> AbstractContextManager[Iterable[Path]]:
    """The paths, with a bar that grows as they are gone through."""
    import click

    return click.progressbar(paths, label="Converting", file=sys.stderr)
