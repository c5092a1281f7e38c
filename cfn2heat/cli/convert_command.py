"""`cfn2heat convert` as click sees it: its options, its help, its complaints."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cfn2heat.cli.convert import VERSIONS
from cfn2heat.cli.convert import convert as convert_templates
from cfn2heat.cli.output import UnwritableError, WrongUsage

USAGE = 2


@click.command(
    epilog="Examples: cfn2heat convert stack.json > stack.hot.yaml; cfn2heat convert templates/ -d heat/ --site site.yaml; "
    "cfn2heat convert stack.yaml -d heat/ --report report.json --strict --ignore C2H3002:Web"
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
    "--template-dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of nested templates and included files.",
)
@click.option("--region", help="Fix the AWS region: mappings by region fold away.")
@click.option(
    "--parameter", "parameters", multiple=True, metavar="K=V", help="A parameter's value, for loops and the environment file."
)
@click.option(
    "--heat-version",
    type=click.Choice(VERSIONS),
    help=f"Version of the written template. [default: what the site file says of the cloud's Heat, else {VERSIONS[-1]}]",
)
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write what became of everything to this JSON file."
)
@click.option("--strict", is_flag=True, help="Exit with 1 on any warning, too.")
@click.option("--ignore", multiple=True, metavar="CODE[:SUBJECT]", help="Leave out diagnostics of this code (and subject).")
@click.option("-q", "--quiet", is_flag=True, help="Say only errors.")
def convert(templates: tuple[Path, ...], **wishes: Any) -> None:
    """Convert CloudFormation templates to Heat templates; a folder stands for all templates below it.

    Exit status: 0 converted, 1 converted with a loss that a person must mend (with --strict: with any warning), 2 wrong usage,
    3 a template could not be read (the others are converted), 70 a bug of ours.
    """
    try:
        sys.exit(convert_templates(templates, **wishes))
    except UnwritableError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(USAGE)
    except WrongUsage as wrong:
        if wrong.option:
            raise click.BadParameter(str(wrong), param_hint=wrong.option) from None
        raise click.UsageError(str(wrong)) from None
