"""cfn2heat images migrate: every image of a plan, some at a time, each by a process of its own."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from cfn2heat.cli.images_disk import refusing
from cfn2heat.cli.output import visible, write_all
from cfn2heat.images.convert import Scratch, is_done
from cfn2heat.images.export import PATTERNS, Export
from cfn2heat.images.migration import Entry, fill_table, read_entries
from cfn2heat.images.refusal import refusal
from cfn2heat.images.tools import dies_with_its_parent
from cfn2heat.table.source_file import read_source_file, read_source_text

DONE, LEFT = 0, 1


@click.command(
    epilog="Examples: cfn2heat images migrate plan.yaml -d images/ --os-cloud mycloud --site site.yaml; "
    "cfn2heat images migrate plan.yaml -d images/ --os-cloud mycloud -j 2 --windows-drivers virtio-win.iso"
)
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-d", "--directory", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the images.")
@click.option("--os-cloud", metavar="NAME", help="Cloud of clouds.yaml; otherwise OS_CLOUD or the OS_* variables say which.")
@click.option(
    "--site", type=click.Path(path_type=Path, dir_okay=False), help="Site file whose table of images is filled at the end."
)
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many images at a time.")
@click.option("--windows-drivers", type=click.Path(exists=True, resolve_path=True), help="As for convert.")
@click.option("--virt-tools", type=click.Path(file_okay=False, resolve_path=True), help="As for convert.")
@click.option("--cloudbase-init", type=click.Path(exists=True, resolve_path=True), help="As for convert.")
@click.option("--administrator", help="As for convert; wants --password-file.")
@click.option("--password-file", type=click.Path(exists=True, resolve_path=True), help="As for convert.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
def migrate(
    plan: Path, directory: Path, os_cloud: str | None, site: Path | None, jobs: int, form: str, **given: str | None
) -> None:
    """Export, convert and upload every pet of a plan that names its disk or AMI, and fill the site file's table of images.

    What an earlier call has done is not done again, so a call that was broken off is simply repeated.
    Exit status: 0 all is moved, 1 some images failed or are not decided yet, 2 wrong usage, 3 the plan cannot be read.
    """
    if given["administrator"] and not given["password_file"]:
        raise click.UsageError("--administrator wants --password-file: nobody is asked while many images move")
    with refusing():
        source = read_source_file(plan, "C2H7080")
        entries = read_entries(source.data, source.place, plan.parent)
        directory.mkdir(parents=True, exist_ok=True)
        options = [part for name, value in given.items() if value for part in (f"--{name.replace('_', '-')}", value)]
        works = [Work(entry, directory, options, os_cloud) for entry in entries if entry.source or entry.export]
        run(works, jobs, form)
        ready = {name: entry.use for entry in entries if entry.use for name in entry.ids}
        ready |= {name: work.entry.image for work in works if work.done for name in work.entry.ids}
        if site is not None and ready:
            fill(site, ready)
    left = [entry.name for entry in entries if not entry.decided]
    summary(works, left, form)
    sys.exit(DONE if not left and all(work.done for work in works) else LEFT)


class Work:
    """One image on its way: exported where that is its source, converted, then uploaded."""

    def __init__(self, entry: Entry, directory: Path, options: list[str], os_cloud: str | None) -> None:
        self.entry = entry
        self.done = False
        output = directory / f"{entry.image}.qcow2"
        disk = entry.source or directory / f"{entry.image}.{entry.export.ami}.vmdk"  # type: ignore[union-attr]
        cloud = ["--os-cloud", os_cloud] if os_cloud else []
        self.calls = [["upload", str(output), "--name", entry.image, *cloud]]
        if is_done(output, disk):
            Scratch(output).remove()  # a call that was killed at its very end has left it
            return
        self.calls.insert(0, ["convert", str(disk), "-o", str(output), *options])
        if entry.export is not None and not disk.exists():
            self.calls.insert(0, ["export", *exporting(entry.export), "-o", str(disk)])

    def start(self) -> subprocess.Popen[bytes]:
        """Begin the next call; it ends when this process does."""
        argv = [sys.executable, "-m", "cfn2heat", "images", *self.calls.pop(0), "--format", "json"]
        return subprocess.Popen(  # noqa: S603  ourselves, and a list
            argv,
            bufsize=0,  # a line is read when it is there, and not held back
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=dies_with_its_parent,  # noqa: PLW1509  this program has no threads
        )


def exporting(wanted: Export) -> list[str]:
    """Arguments that export an AMI."""
    return [wanted.ami, *(f"--{name}={getattr(wanted, name)}" for name in PATTERNS if name != "ami")]


def run(works: list[Work], jobs: int, form: str) -> None:
    """Run all, some at a time; what one says is told with its name."""
    waiting = list(works)
    running: dict[subprocess.Popen[bytes], Work] = {}
    with selectors.DefaultSelector() as selector:
        while waiting or running:
            while waiting and len(running) < jobs:
                begin(waiting.pop(0), running, selector)
            for key, _ in selector.select(timeout=1):
                process, work, is_message = key.data
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if line:
                    tell(work, line.decode("utf-8", "replace").rstrip("\n"), is_message, form)
                else:
                    selector.unregister(key.fileobj)
            for process in [one for one in running if one.poll() is not None]:
                if not any(key.data[0] is process for key in selector.get_map().values()):
                    end(process, running, selector)


def begin(work: Work, running: dict[subprocess.Popen[bytes], Work], selector: selectors.BaseSelector) -> None:
    """Start the next call of an image, and listen to it."""
    process = work.start()
    running[process] = work
    for stream, is_message in ((process.stdout, False), (process.stderr, True)):
        assert stream
        selector.register(stream, selectors.EVENT_READ, (process, work, is_message))


def end(process: subprocess.Popen[bytes], running: dict[subprocess.Popen[bytes], Work], selector: selectors.BaseSelector) -> None:
    """A call has ended: the next one of its image follows, unless it failed."""
    work = running.pop(process)
    for stream in (process.stdout, process.stderr):
        assert stream
        stream.close()
    if process.returncode == 0 and work.calls:
        begin(work, running, selector)
    else:
        work.done = process.returncode == 0


def tell(work: Work, line: str, is_message: bool, form: str) -> None:
    """Pass on what a call says."""
    if is_message:
        click.echo(f"{work.entry.image}: {visible(line)}", err=True)
        return
    data: dict[str, Any] = json.loads(line)
    if form == "json":
        click.echo(json.dumps({"name": work.entry.name, **data}))
    elif "step" in data:
        percent = f" {data['percent']:.0f}%" if "percent" in data else ""
        click.echo(f"{work.entry.image}: {data['step']}{percent}", err=True)


def fill(site: Path, images: dict[str, str]) -> None:
    """Put the images into the site file's table, whole or not at all."""
    text = site.read_text(encoding="utf-8") if site.exists() else ""
    table = (read_source_text(text, str(site), "C2H7081").data or {}).get("images") or {}
    other = [name for name in images if str(table.get(name, images[name])) != images[name]]
    if other:
        raise refusal("C2H7081", site, f"its table says something else of {', '.join(other)}", "correct it there, or in the plan")
    try:
        filled = fill_table(text, {name: image for name, image in images.items() if name not in table})
    except ValueError as error:
        lines = "; ".join(f"{name}: {image}" for name, image in images.items())
        raise refusal("C2H7081", site, str(error), f"add to it by hand: {lines}") from None
    if (read_source_text(filled, str(site), "C2H7081").data or {}).get("images") != {**table, **images}:
        raise refusal("C2H7081", site, "its table cannot be added to", "write it a line an image")
    write_all({site.resolve(): filled})


def summary(works: list[Work], left: list[str], form: str) -> None:
    """What is done, and what is not."""
    done = [work.entry.name for work in works if work.done]
    failed = [work.entry.name for work in works if not work.done]
    if form == "json":
        click.echo(json.dumps({"moved": done, "failed": failed, "undecided": left}))
        return
    click.echo(f"{len(done)} of {len(works)} images moved", err=True)
    for title, names in (("failed", failed), ("not decided in the plan", left)):
        for name in names:
            click.echo(f"  {title}: {visible(name)}", err=True)
