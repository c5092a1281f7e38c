"""cfn2heat images inventory and rebuild: a new server in place of an old one."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import click

from cfn2heat.cli.images_disk import MEMBER, SAID, refusing
from cfn2heat.cli.output import UnwritableError, write_all
from cfn2heat.images.survey import Inventory

_EDITABLE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    epilog="Examples: cfn2heat images inventory ssh://admin@192.0.2.7 -o pet.yaml; cfn2heat images inventory pet.vmdk -o pet.yaml"
)
@click.argument("target", metavar="ssh://USER@HOST[:PORT]|DISK")
@click.option("-o", "--output", type=_EDITABLE, help="Write it to this file, for your eyes only.")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", help="For people or programs.")
@click.option("--identity", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Private key for ssh.")
@click.option(
    "--known-hosts",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Keys of hosts, instead of those that ssh knows.",
)
@SAID
@MEMBER
def inventory(
    target: str,
    output: Path | None,
    form: str,
    identity: Path | None,
    known_hosts: Path | None,
    said: str | None,
    member: str | None,
) -> None:
    """List what is on a server: packages, file systems, services, start-up scripts, users, cron jobs, ports, repositories.

    A live server is asked over ssh by one script that changes nothing, as root where sudo asks for no password; its host key must
    be known. A disk is looked at in a virtual machine of its own. No password is taken along, but scripts may hold some.

    Exit status: 0 listed, 2 wrong usage, 3 refused, or it cannot be asked.
    """
    from cfn2heat.images.inventory import write_inventory

    with refusing():
        found = _ask(target, identity, known_hosts) if "://" in target else _look(Path(target), said, member)
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n" if form == "json" else write_inventory(found)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_privately({output.resolve(): text})
    place = f"{output}: " if output else ""
    counts = (
        (len(found["packages"]["installed"]), "packages"),
        *((len(found[name]), name) for name in ("services", "files", "users")),
    )
    click.echo(f"{place}{', '.join(f'{count} {name}' for count, name in counts)}", err=True)
    for gap in found["gaps"]:
        click.echo(f"  not known: {gap}", err=True)


def _ask(target: str, identity: Path | None, known_hosts: Path | None) -> Inventory:
    from cfn2heat.images.live import read_address, take_inventory

    return take_inventory(read_address(target, identity, known_hosts))


def _look(disk: Path, said: str | None, member: str | None) -> Inventory:
    from cfn2heat.images.inventory import look_into
    from cfn2heat.images.source import open_source

    with tempfile.TemporaryDirectory(prefix="cfn2heat.") as scratch:
        folder = Path(scratch)
        return look_into(open_source(disk, said, member, folder), folder, folder / "log")


@click.command(
    "rebuild",
    epilog="Examples: cfn2heat images rebuild pet.yaml -o new/; cfn2heat images rebuild pet.yaml -o new/ --site site.yaml",
)
@click.argument("source", metavar="INVENTORY", type=_EDITABLE)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder to write to.")
@click.option(
    "--site", "site_file", type=_EDITABLE, help="Facts of the target cloud: its image, flavor and network are defaults."
)
def rebuild_server(source: Path, output: Path, site_file: Path | None) -> None:
    """Write a Heat template and user data for a new server with what an inventory lists, and what is left to do by hand.

    Exit status: 0 written, 2 wrong usage, 3 the inventory cannot be read.
    """
    from cfn2heat.images.inventory import check_inventory
    from cfn2heat.images.rebuild import rebuild
    from cfn2heat.table.source_file import read_source_file

    if output.is_dir() and any(output.iterdir()):
        raise click.UsageError(f"{output} is not empty: choose another folder")
    with refusing():
        read = read_source_file(source, "C2H7092")
        found = check_inventory(read.data, read.place)
        files = rebuild(found, _known(site_file, found))
    write_privately({output.resolve() / name: text for name, text in files.items()})
    click.echo(f"{output / 'README.md'} says what is left to do; look at server.hot.yaml and user-data.yaml, too", err=True)


def _known(site_file: Path | None, found: Inventory) -> dict[str, str]:
    """What the site says about the template's parameters."""
    if site_file is None:
        return {}
    from cfn2heat.table.loader import load_table
    from cfn2heat.table.site import read_site

    site, machine = read_site(site_file, load_table()), found.get("machine", {})
    values = {
        "image": site.lookup("images").get(machine.get("image", "")),
        "flavor": site.lookup("flavors").get(machine.get("type", "")),
        "network": site.value("default_network"),
    }
    return {name: str(value) for name, value in values.items() if value}


def write_privately(files: dict[Path, str]) -> None:
    """Write files, all or none, that nobody else reads."""
    before = os.umask(0o077)
    try:
        write_all(files)
    except UnwritableError as error:
        raise click.UsageError(str(error)) from None
    finally:
        os.umask(before)
