"""cfn2heat images inspect and convert: disks of pet VMs."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from cfn2heat.cli.output import say, visible
from cfn2heat.diagnostics import InputError
from cfn2heat.images.convert import Scratch, check_place, convert, preflight, properties_file
from cfn2heat.images.describe import describe_guest, describe_plan, plain
from cfn2heat.images.inspect import inspect
from cfn2heat.images.signatures import FORMATS
from cfn2heat.images.source import open_source
from cfn2heat.images.steps import TOOLS, TOOLS_BY_HAND, Plan, Wishes, make_plan
from cfn2heat.images.tools import require

REFUSED = 3
_DISK = click.argument("disk", type=click.Path(path_type=Path))
SAID = click.option(
    "--source-format", "said", type=click.Choice(FORMATS), help="The disk's format, where its name does not say it."
)
MEMBER = click.option("--disk", "member", metavar="NAME", help="Which disk of an OVA.")
_FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")


@click.command("inspect", epilog="Examples: cfn2heat images inspect pet.vmdk; cfn2heat images inspect pet.ova --format json")
@_DISK
@SAID
@MEMBER
@_FORM
def inspect_disk(disk: Path, said: str | None, member: str | None, form: str) -> None:
    """Say what is in a disk and what convert will do to it. The disk is only read, by a virtual machine of its own.

    Exit status: 0 looked at, 2 wrong usage, 3 the disk is refused or cannot be read.
    """
    with refusing(), tempfile.TemporaryDirectory(prefix="cfn2heat.") as scratch:
        source = open_source(disk, said, member, Path(scratch))
        guest = inspect(source, Path(scratch), Path(scratch) / "log")
        plan = make_plan(source, guest, Wishes(), Path("work.qcow2"))
        if form == "json":
            click.echo(json.dumps({"disk": plain(source), "guest": plain(guest), "plan": plain(plan)}, indent=1))
            return
        show([*describe_guest(source, guest), "", *describe_plan(plan)])


@click.command(
    "convert",
    epilog="Examples: cfn2heat images convert pet.vmdk -o pet.qcow2 --dry-run; "
    "cfn2heat images convert win.ova -o win.qcow2 --windows-drivers virtio-win.iso",
)
@_DISK
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The qcow2 image to write.")
@SAID
@MEMBER
@click.option(
    "--windows-drivers",
    "drivers",
    type=click.Path(path_type=Path, exists=True, resolve_path=True),
    help="virtio-win.iso, or a folder laid out like it.",
)
@click.option(
    "--virt-tools",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    default=Path("/usr/share/virt-tools"),
    show_default=True,
    help="Folder of rhsrvany.exe, which runs the script of a Windows' first boot.",
)
@click.option(
    "--cloudbase-init",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, resolve_path=True),
    help="CloudbaseInitSetup.msi, installed at a Windows' first boot.",
)
@click.option("--administrator", metavar="NAME", default="", help="Make a second administrator at a Windows' first boot.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, resolve_path=True),
    help="The second administrator's password; asked for without it.",
)
@click.option("--by-hand", is_flag=True, help="Do without virt-v2v: for old hosts, and guests that it refuses.")
@click.option("--keep-agents", is_flag=True, help="Leave the agents of AWS as they are.")
@click.option("--dry-run", is_flag=True, help="Print the steps with their commands, and do nothing.")
@_FORM
def convert_disk(
    disk: Path,
    output: Path,
    said: str | None,
    member: str | None,
    dry_run: bool,
    form: str,
    password_file: Path | None,
    **given: Any,
) -> None:
    """Convert the disk of a server into an image that starts in OpenStack. The source is only read; the result appears whole.

    A conversion that was broken off goes on where it was when it is called again.
    Exit status: 0 converted, 2 wrong usage, 3 refused, or a step has failed.
    """
    if given["administrator"] and not re.fullmatch(r"[A-Za-z][\w.-]{0,19}", given["administrator"]):
        raise click.BadParameter("a name of up to 20 letters, digits, dots and dashes", param_hint="--administrator")
    scratch = Scratch(Path(os.path.abspath(output)))
    with refusing(), scratch.held():
        if not dry_run:
            require(TOOLS_BY_HAND if given["by_hand"] else TOOLS)
            check_place(scratch.output)
        source = open_source(disk, said, member, scratch.folder)
        if given["administrator"] and password_file is None and not dry_run:
            password_file = ask_password(scratch.folder)
        guest = inspect(source, scratch.folder, scratch.log)
        wishes = Wishes(password_file=password_file, **given)
        plan = make_plan(source, guest, wishes, scratch.work)
        if dry_run:
            show(
                [*describe_guest(source, guest), "", *describe_plan(plan)]
                if form == "text"
                else [json.dumps(plain(plan), indent=1)]
            )
            return
        preflight(plan, source, guest, wishes, scratch.output)
        run(disk, source, plan, scratch, form)


def run(origin: Path, source: Any, plan: Plan, scratch: Scratch, form: str) -> None:
    """Convert, with progress, and say what is left to do."""
    from cfn2heat.cli.images_progress import Shown

    convert(origin, source, plan, scratch, Shown(len(plan.steps), source.virtual_size, form))
    if form == "json":
        click.echo(json.dumps({"image": str(scratch.output), "by_hand": list(plan.by_hand), "properties": plan.properties}))
        return
    click.echo(f"{scratch.output} is written, with its properties in {properties_file(scratch.output).name}")
    for line in plan.by_hand:
        click.echo(f"  by hand: {visible(line)}")


def ask_password(folder: Path) -> Path:
    """Ask for a password, and keep it in a file that only this user reads."""
    password = click.prompt("Password of the second administrator", hide_input=True, confirmation_prompt=True, err=True)
    place = folder / "secret"
    place.touch(mode=0o600)
    place.write_text(password, encoding="utf-8")
    return place


def show(lines: list[str]) -> None:
    """Lines for people, without what would steer a terminal."""
    for line in lines:
        click.echo("\n".join(visible(part) for part in line.split("\n")))


class refusing:  # noqa: N801  it reads as a word in a with statement
    """Ends the command with one message and a status of its own when an image is refused."""

    def __enter__(self) -> None:
        """Nothing is needed."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Say what was refused."""
        if isinstance(error, InputError):
            say(error.diagnostic)
            sys.exit(REFUSED)
