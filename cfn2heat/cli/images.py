"""cfn2heat images: the images that templates name, and the disks of pet VMs."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import click

from cfn2heat.cfn.template import Template
from cfn2heat.cli.output import say, visible, write_all
from cfn2heat.diagnostics import Diagnostics, InputError
from cfn2heat.images.wanted import Wanted

FINE, UNREADABLE = 0, 3
_FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")


DISK_COMMANDS = {
    "convert": "cfn2heat.cli.images_disk:convert_disk",
    "export": "cfn2heat.cli.images_export:export_image",
    "inventory": "cfn2heat.cli.images_inventory:inventory",
    "rebuild": "cfn2heat.cli.images_inventory:rebuild_server",
    "inspect": "cfn2heat.cli.images_disk:inspect_disk",
    "prepare": "cfn2heat.cli.images_prepare:prepare",
    "migrate": "cfn2heat.cli.images_migrate:migrate",
    "upload": "cfn2heat.cli.images_upload:upload_image",
}


class DiskGroup(click.Group):
    """Imports the commands on disks only when one of them is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of the subcommands."""
        return sorted([*DISK_COMMANDS, *self.commands])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand."""
        if cmd_name not in DISK_COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, attribute = DISK_COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(
    cls=DiskGroup,
    epilog="Examples: cfn2heat images plan templates/ -o plan.yaml; cfn2heat images inspect pet.vmdk; "
    "cfn2heat images convert pet.vmdk -o pet.qcow2",
)
def images() -> None:
    """Move the images of servers: find what templates name, look into disks, convert and upload them."""


@images.command(epilog="Examples: cfn2heat images plan stack.yaml; cfn2heat images plan templates/ -o plan.yaml")
@click.argument("templates", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="TEMPLATE...")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write a plan to edit to this file.")
@_FORM
def plan(templates: tuple[Path, ...], output: Path | None, form: str) -> None:
    """Say which machine images templates name, which are public ones and which must move; a folder stands for all below it.

    Exit status: 0 all templates were read, 2 wrong usage, 3 a template could not be read (the others are in the plan).
    """
    from cfn2heat.images.wanted import judge, plan_data, write_plan
    from cfn2heat.report.amis import find_images

    if output is not None and output.exists():
        raise click.UsageError(f"{output} exists and may hold your decisions: remove it, or choose another name")
    read, status = _read(templates)
    wanted = judge(found for template in read for found in find_images(template))
    if output is not None:
        write_all({output.resolve(): write_plan(wanted, [template.file for template in read])})
        click.echo(f"{output}: decide about each image there", err=True)
    if form == "json":
        click.echo(json.dumps(plan_data(wanted), indent=1, ensure_ascii=False))
    else:
        _show(wanted, len(read))
    sys.exit(status)


def _read(templates: tuple[Path, ...]) -> tuple[list[Template], int]:
    """The templates that can be read, and the status that the others make."""
    from cfn2heat.api import read_bytes, readable
    from cfn2heat.cfn.reader import ReadOptions, read
    from cfn2heat.cli.convert import expand

    found: list[Template] = []
    status = FINE
    for path in expand(templates, None, []):
        shown = readable(path)
        try:
            found.append(read(path, read_bytes(path, shown), shown, ReadOptions(path.parent), Diagnostics()))
        except InputError as error:
            say(error.diagnostic)
            status = UNREADABLE
    return found, status


def _show(wanted: list[Wanted], templates: int) -> None:
    """A line for each image, with its ids, its users, and what to do."""
    for one in wanted:
        system = f": {one.system}" if one.system else ""
        click.echo(f"{visible(one.reference.name)} ({one.kind}{system})")
        named = one.reference.ids
        for region, name in named[:3]:
            click.echo(f"  {visible(name)}{' in ' + visible(region) if region else ''}")
        if len(named) > 3:
            click.echo(f"  and {len(named) - 3} more")
        for place in one.reference.used_by[:5] or ["nothing"]:
            click.echo(f"  used by {visible(place)}")
        if len(one.reference.used_by) > 5:
            click.echo(f"  and {len(one.reference.used_by) - 5} more")
        click.echo(f"  {one.because}\n  -> {one.advice}")
    counts = {kind: sum(one.kind == kind for one in wanted) for kind in ("public", "vendor", "pet", "unknown")}
    said = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    number = f"{len(wanted)} image{'s' if len(wanted) != 1 else ''} in {templates} template{'s' if templates != 1 else ''}"
    click.echo(f"{number}{': ' + said if said else ''}", err=True)
