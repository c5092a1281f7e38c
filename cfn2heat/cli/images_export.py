"""cfn2heat images export: an AMI of an account to a disk here."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import click

from cfn2heat.cli.images_disk import refusing
from cfn2heat.cli.images_progress import Bar
from cfn2heat.images.convert import Scratch, check_place
from cfn2heat.images.export import PREFIX, ROLE, Export, export

_TEXTS = {
    "export": "AWS exports the image into the bucket.",
    "download": "Fetch the disk.",
    "verify": "Hold it against its checksum.",
}


@click.command(
    "export",
    epilog="Examples: cfn2heat images export ami-0123456789abcdef0 --region eu-west-1 --bucket my-exports -o pet.vmdk; "
    "AWS_PROFILE=shop cfn2heat images export ami-0123456789abcdef0 --region eu-west-1 --bucket my-exports -o pet.vmdk",
)
@click.argument("ami")
@click.option("--region", required=True, help="The region of the image and of the bucket.")
@click.option("--bucket", required=True, help="The bucket that AWS writes the disk into.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The VMDK to write.")
@click.option("--prefix", default=PREFIX, show_default=True, help="What the object's name begins with.")
@click.option("--profile", default="", help="Profile of boto3 whose credentials are taken; otherwise the environment says which.")
@click.option("--role", default=ROLE, show_default=True, help="Role by which AWS writes into the bucket.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
def export_image(output: Path, form: str, **given: str) -> None:
    """Have AWS export an image of the account into a bucket, and fetch the disk. The file appears whole.

    A call that was broken off goes on where it was when it is repeated, and nothing is exported twice. The object stays in S3.
    Exit status: 0 the disk is there, 2 wrong usage, 3 refused, or AWS cannot be asked.
    """
    wanted = Export(**given)
    for name in wanted.wrong():
        raise click.BadParameter(f"{getattr(wanted, name)!r} is none", param_hint=name if name == "ami" else f"--{name}")
    scratch = Scratch(Path(os.path.abspath(output)), "part")
    with refusing(), scratch.held():
        check_place(scratch.output)
        stored = export(wanted, scratch, Fetching(form))
    if form == "json":
        click.echo(json.dumps({"disk": str(scratch.output), "object": str(stored), "size": stored.size}))
        return
    click.echo(f"{output} is written", err=True)
    click.echo(f"  it stays in S3, too, until you remove it: aws s3 rm {stored}", err=True)


class Fetching:
    """Shows how far exporting, fetching and proving are."""

    def __init__(self, form: str) -> None:
        self.bar = Bar(form)
        self.what, self.start, self.first = "", 0.0, 0

    def __call__(self, what: str, done: int, size: int) -> None:
        """Show where it is."""
        if what != self.what:
            self.what, self.start, self.first = what, time.monotonic(), done
            self.bar.begin(what, _TEXTS[what])
        total = size if what != "export" else 0  # AWS tells parts of a hundred
        self.bar.move(what, 100 * done / size, total, time.monotonic() - self.start, 100 * self.first / size)
