"""cfn2heat images inventory and rebuild: a new server in place of an old one."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import click

from cfn2heat.cli.images_disk import refusing
from cfn2heat.cli.output import write_all
from cfn2heat.images.inventory import ask_disk, ask_live, read_address
from cfn2heat.images.rebuild import rebuild
from cfn2heat.images.refusal import refusal
from cfn2heat.images.signatures import FORMATS
from cfn2heat.images.source import open_source


@click.command(
    epilog="Examples: cfn2heat images inventory ssh://admin@192.0.2.7 -o pet.json; cfn2heat images inventory pet.vmdk -o pet.json"
)
@click.argument("target", metavar="ssh://USER@HOST[:PORT]|DISK")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file, for your eyes only."
)
@click.option("--identity", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Private key for ssh.")
@click.option(
    "--known-hosts",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, resolve_path=True),
    help="Keys of hosts, besides those of ssh.",
)
@click.option("--source-format", "said", type=click.Choice(FORMATS), help="A disk's format, where its name does not say it.")
def inventory(target: str, output: Path | None, identity: Path | None, known_hosts: Path | None, said: str | None) -> None:
    """List what is on a server: packages, file systems, services, start-up scripts, users, cron jobs, ports.

    A live server is asked over ssh by one script that changes nothing; its host key must be known. What the user may not read is
    not in the list. A disk is looked at in a virtual machine of its own. Scripts may hold passwords: mind the file.
    Exit status: 0 listed, 2 wrong usage, 3 refused, or it cannot be asked.
    """
    with refusing():
        if "://" in target:
            found = ask_live(read_address(target), identity, known_hosts)
        else:
            with tempfile.TemporaryDirectory(prefix="cfn2heat.") as scratch:
                found = ask_disk(open_source(Path(target), said, None, Path(scratch)), Path(scratch), Path(scratch) / "log")
        text = json.dumps(found, indent=1) + "\n"
        if output is None:
            click.echo(text, nl=False)
            return
        write_privately({output.resolve(): text})
        scripts = len(found["scripts"]) + len(found["cron"])
        click.echo(f"{output}: {len(found['packages'])} packages, {len(found['services'])} services, {scripts} scripts", err=True)


@click.command("rebuild", epilog="Example: cfn2heat images rebuild pet.json -o new-pet/")
@click.argument("source", metavar="INVENTORY", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the new server's files."
)
def rebuild_server(source: Path, output: Path) -> None:
    """Write a Heat template and cloud-init for a new server with what an inventory lists, and what is left to do by hand.

    Exit status: 0 written, 2 wrong usage, 3 the inventory cannot be read.
    """
    with refusing():
        try:
            files = rebuild(json.loads(source.read_text(encoding="utf-8")))
        except OSError as error:
            raise refusal("C2H7092", source, f"the inventory cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise refusal("C2H7092", source, f"this is no inventory: {type(error).__name__} at {error}") from None
        if output.exists() and any(output.iterdir()):
            click.echo(f"Error: {output} is not empty: choose another folder", err=True)
            sys.exit(2)
        write_privately({output.resolve() / name: text for name, text in files.items()})
    click.echo(
        f"{output / 'by-hand.md'} says what is left to do; then: openstack stack create -t {output / 'server.yaml'} NAME",
        err=True,
    )


def write_privately(files: dict[Path, str]) -> None:
    """Write files that others must not read."""
    before = os.umask(0o077)
    try:
        write_all(files)
    finally:
        os.umask(before)
