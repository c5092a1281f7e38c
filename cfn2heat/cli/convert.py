"""cfn2heat convert: templates to Heat templates."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import click

from cfn2heat.api import Conversion, Settings
from cfn2heat.cli.output import finish
from cfn2heat.table.loader import Table, load_table
from cfn2heat.table.site import EMPTY_SITE, read_site
from cfn2heat.translate.result import Converted

CONVERTED, LOSSES, UNREADABLE = 0, 1, 3
VERSIONS = ("2016-10-14", "2017-02-24", "2017-09-01", "2018-03-02", "2018-08-31", "2021-04-16")
ENDINGS = {".json", ".yaml", ".yml", ".template"}


@click.command(
    epilog="Examples: cfn2heat convert stack.json > stack.hot.yaml; cfn2heat convert templates/ -d heat/ --site site.yaml"
)
@click.argument("templates", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="TEMPLATE...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the template to this file, what belongs to it beside it.",
)
@click.option("-d", "--directory", type=click.Path(path_type=Path, file_okay=False), help="Write all files into this folder.")
@click.option(
    "--site", "site_file", type=click.Path(path_type=Path), help="Facts of the target cloud: flavors, images, networks."
)
@click.option("--mappings", type=click.Path(path_type=Path, file_okay=False), help="Mapping files of your own, laid over ours.")
@click.option(
    "--template-dir", type=click.Path(path_type=Path, file_okay=False), help="Folder of nested templates and included files."
)
@click.option("--region", help="Fix the AWS region: mappings by region fold away.")
@click.option(
    "--parameter", "parameters", multiple=True, metavar="K=V", help="A parameter's value, for loops and the environment file."
)
@click.option(
    "--heat-version",
    type=click.Choice(VERSIONS),
    default=VERSIONS[-1],
    show_default=True,
    help="Version of the written template.",
)
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write what became of everything to this JSON file."
)
@click.option("--strict", is_flag=True, help="Exit with 1 on any warning, too.")
@click.option("--ignore", multiple=True, metavar="CODE[:SUBJECT]", help="Leave out diagnostics of this code (and subject).")
@click.option("-q", "--quiet", is_flag=True, help="Say only errors.")
def convert(
    templates: tuple[Path, ...],
    output: Path | None,
    directory: Path | None,
    site_file: Path | None,
    mappings: Path | None,
    template_dir: Path | None,
    region: str | None,
    parameters: tuple[str, ...],
    heat_version: str,
    report: Path | None,
    strict: bool,
    ignore: tuple[str, ...],
    quiet: bool,
) -> None:
    """Convert CloudFormation templates to Heat templates."""
    if output and directory:
        raise click.UsageError("-o and -d exclude each other")
    paths = expand(templates)
    if len(paths) != 1 and directory is None:
        raise click.UsageError("several templates need -d DIR")
    table = load_own(mappings) if mappings else load_table()
    site = read_site(site_file, table) if site_file else EMPTY_SITE
    settings = Settings(table, site, template_dir, region, pairs(parameters), heat_version)
    sys.exit(finish(run(paths, settings, quiet), output, directory, report, strict=strict, ignore=ignore, quiet=quiet))


def load_own(mappings: Path) -> Table:
    """The table under a team's own mapping files."""
    from cfn2heat.cli.mappings import check_overlay

    return load_table(mappings, check_overlay)


def expand(templates: tuple[Path, ...]) -> list[Path]:
    """Folders are walked; files are taken as they are."""
    found: list[Path] = []
    for template in templates:
        if template.is_dir():
            found += sorted(path for path in template.rglob("*") if path.suffix in ENDINGS and path.is_file())
        else:
            found.append(template)
    return list(dict.fromkeys(found))


def pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    """K=V to a dictionary."""
    found = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{name} is not K=V", param_hint="--parameter")
        found[name] = value
    return found


def run(paths: list[Path], settings: Settings, quiet: bool) -> list[Converted]:
    """Convert each; a progress bar when there are many and a terminal looks on."""
    conversion = Conversion(settings)
    results: list[Converted] = []
    show = len(paths) > 1 and not quiet and sys.stderr.isatty()
    with click.progressbar(paths, label="Converting", file=sys.stderr) if show else nullcontext(paths) as bar:
        for path in bar:
            results += [result for result in conversion.convert(path) if all(result.path != known.path for known in results)]
    return results
