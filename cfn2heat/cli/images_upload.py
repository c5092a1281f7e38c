"""cfn2heat images upload: an image to Glance."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

from cfn2heat.cli.images_disk import REFUSED, refusing
from cfn2heat.cli.images_progress import Bar
from cfn2heat.cli.output import say
from cfn2heat.images.signatures import FORMATS

_GLANCE_FORMATS = {"vhd": "vhd", "vhdx": "vhdx", "vmdk": "vmdk", "qcow2": "qcow2", "raw": "raw"}
_ONE_FILE = frozenset(FORMATS) - {"ova"}


@click.command(
    epilog="Examples: cfn2heat images upload pet.qcow2 --os-cloud mycloud; "
    "cfn2heat images upload pet.qcow2 --name shop-web --property hw_video_model=virtio"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--os-cloud", metavar="NAME", help="Cloud of clouds.yaml; otherwise OS_CLOUD or the OS_* variables say which.")
@click.option("--name", help="The image's name; otherwise that of the file.")
@click.option("--property", "properties", multiple=True, metavar="K=V", help="A property of the image, besides those of convert.")
@click.option(
    "--source-format", "said", type=click.Choice(sorted(_ONE_FILE)), help="The file's format, where its name does not say it."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
def upload_image(
    file: Path, os_cloud: str | None, name: str | None, properties: tuple[str, ...], said: str | None, form: str
) -> None:
    """Upload an image to Glance, with the properties that convert has found, and hold it against the cloud's checksum.

    The image's id goes to standard output. An image that is there already is not sent again.
    Exit status: 0 it is there, 2 wrong usage, 3 refused, or the upload broke off.
    """
    from cfn2heat.deploy.cloud import CloudError, connect
    from cfn2heat.images.guard import guard
    from cfn2heat.images.upload import Upload, read_properties, upload

    given = pairs(properties)
    with refusing():
        disk = guard(file, said)
        wanted = Upload(disk.path, _GLANCE_FORMATS[disk.format], name or file.stem, read_properties(file) | given)
        try:
            connection = connect(os_cloud)
        except CloudError as error:
            say(error.diagnostic)
            sys.exit(REFUSED)
        done = upload(connection, wanted, Sending(form))
    if form == "json":
        click.echo(json.dumps({"image": done.id, "name": done.name, "sha512": done.checksum, "found": done.found}))
        return
    click.echo(f"{done.name} {'was there already' if done.found else 'is there'}, its checksum holds", err=True)
    click.echo(done.id)


def pairs(properties: tuple[str, ...]) -> dict[str, str | int]:
    """K=V to a dictionary; min_disk and min_ram are numbers."""
    found: dict[str, str | int] = {}
    for one in properties:
        key, equals, value = one.partition("=")
        if not key or not equals or (key in ("min_disk", "min_ram") and not value.isdecimal()):
            raise click.BadParameter(f"{one} is not K=V", param_hint="--property")
        found[key] = int(value) if key in ("min_disk", "min_ram") else value
    return found


class Sending:
    """Shows how far reading and sending are."""

    def __init__(self, form: str) -> None:
        self.bar = Bar(form)
        self.what, self.start = "", 0.0

    def __call__(self, what: str, done: int, size: int) -> None:
        """Show where it is."""
        if what != self.what:
            self.what, self.start = what, time.monotonic()
            self.bar.begin(what, {"read": "Compute the checksum.", "send": "Send the image."}[what])
        self.bar.move(what, 100 * done / size if size else 100, size, time.monotonic() - self.start)
