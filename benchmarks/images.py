"""A conversion with guard, journal, progress and check beside plain `qemu-img convert`, on images of 2 GiB.

The guest is not looked into and nothing in it is changed: that is the same work for whoever does it. Both sides use the same
options of qemu-img, and end when the result is on the disk.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pairs

from cfn2heat.cli.images_progress import Shown
from cfn2heat.images.convert import Scratch, convert, preflight, properties_file
from cfn2heat.images.guest import Guest
from cfn2heat.images.source import open_source
from cfn2heat.images.steps import Wishes, make_plan

MIB = 1 << 20
SIZE = 2048


def main() -> None:
    runs = pairs.runs_wanted(__doc__, 7)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        place = Path(folder)
        print(f"{'':34}{'cfn2heat':>12}{'qemu-img':>12}{'ratio':>8}   (medians; the ratio is the median over the pairs)")
        sparse = raw(place / "quarter.raw", every=4)
        stream = place / "quarter.vmdk"
        options = ["-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized"]
        subprocess.run(["qemu-img", "convert", *options, str(sparse), str(stream)], check=True)
        show("raw, 512 MiB of data", sparse, runs)
        sparse.unlink()
        show("the same, streamOptimized VMDK", stream, runs)
        stream.unlink()
        show("raw, 2 GiB of data", raw(place / "full.raw", every=1), runs)


def raw(path: Path, every: int) -> Path:
    """A disk in which one MiB of so many is data."""
    pieces = random.Random(every)
    with path.open("wb") as disk:
        disk.truncate(SIZE * MIB)
        for number in range(0, SIZE, every):
            disk.seek(number * MIB)
            disk.write(pieces.randbytes(MIB))
        os.fsync(disk.fileno())
    return path


def show(title: str, source: Path, runs: int) -> None:
    """A row for one image; the first run of each is not counted."""
    ours, theirs = [], []
    for number in range(runs + 1):
        for run, kept in ((ours_on, ours), (plain_on, theirs)):
            seconds = timed(run, source)
            if number:
                kept.append(seconds)
    print(pairs.line(title, ours, theirs), f"  spread of qemu-img {max(theirs) / min(theirs):.2f}")
    for name, run in (("  of that the guard", guarded), ("  qemu-img without its options", default_on)):
        print(f"{name:34}{statistics.median(timed(run, source) for _ in range(3)):10.3f} s")


def timed(run: Callable[[Path, Path], None], source: Path) -> float:
    """Seconds of one run, whose result is removed again."""
    out = source.with_name("out.qcow2")
    start = time.perf_counter()
    run(source, out)
    taken = time.perf_counter() - start
    for left in (out, properties_file(out)):
        left.unlink(missing_ok=True)
    return taken


def ours_on(source: Path, out: Path) -> None:
    """What `images convert` does to a disk in which it has found no system."""
    scratch, guest, wishes = Scratch(out), Guest(), Wishes()
    with scratch.held(), contextlib.redirect_stderr(io.StringIO()):
        disk = open_source(source, None, None, scratch.folder)
        plan = make_plan(disk, guest, wishes, scratch.work)
        preflight(plan, disk, guest, wishes, out)
        convert(source, disk, plan, scratch, Shown(len(plan.steps), disk.virtual_size, "text"))


def plain_on(source: Path, out: Path) -> None:
    """What a person does who has no guard, and knows the options that make qemu-img fast."""
    qemu_img(source, out, "-m", "16", "-W")


def default_on(source: Path, out: Path) -> None:
    """What a person does who has read no further than the first example."""
    qemu_img(source, out)


def qemu_img(source: Path, out: Path, *options: str) -> None:
    """Convert, until the result is on the disk."""
    command = ["qemu-img", "convert", "-p", "-f", source.suffix[1:], "-O", "qcow2", *options, str(source), str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with out.open("rb") as file:
        os.fsync(file.fileno())


def guarded(source: Path, out: Path) -> None:
    """The guard alone."""
    open_source(source, None, None, out.parent)


if __name__ == "__main__":
    main()
