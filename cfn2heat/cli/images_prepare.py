"""cfn2heat images prepare: the script that makes a server ready before its disk is exported."""

from __future__ import annotations

from pathlib import Path

import click

from cfn2heat.cli.output import UnwritableError, write_all
from cfn2heat.images.scripts import SCRIPTS, prepare_script


@click.command(epilog="Examples: cfn2heat images prepare linux -o prepare.sh; cfn2heat images prepare windows -o prepare.ps1")
@click.argument("system", type=click.Choice(list(SCRIPTS)))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the script to this file.")
def prepare(system: str, output: Path | None) -> None:
    """Write the script that an administrator runs inside a server before its disk is exported.

    It brings virtio drivers, lets the system find OpenStack's metadata and keeps AWS's agents from starting; the server goes on
    starting in AWS. It says what it does, has a dry run, and does nothing in a second run. Its head says how it is called.

    Exit status: 0 written, 2 wrong usage, or the place cannot be written.
    """
    text = prepare_script(system)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        write_all({output.resolve(): text})
    except UnwritableError as error:
        raise click.UsageError(str(error)) from None
    if system == "linux":
        output.chmod(output.stat().st_mode | 0o111)
    click.echo(f"{output}: {SCRIPTS[system].first.format(output.name)}", err=True)
