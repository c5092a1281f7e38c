"""A conversion as it runs: on a copy in a scratch folder, journalled, and renamed into its place when all is done."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cfn2heat.images.guard import Disk
from cfn2heat.images.guest import Guest
from cfn2heat.images.refusal import refusal
from cfn2heat.images.steps import Plan, Step, Wishes, driver_file
from cfn2heat.images.tools import Limits, run, run_well
from cfn2heat.images.windows_drivers import folders
from cfn2heat.record import record

_MEASURE = Limits(seconds=600, cpu=300, memory=2 << 30)
_PERCENT = re.compile(rb"\((\d+(?:\.\d+)?)/100%\)")


@record
class Progress:
    """Where a conversion is: the step, and how much of it is done (from 0 to 100; below 0 where nobody knows)."""

    step: Step
    number: int
    percent: float


class Scratch:
    """The folder beside the result where the work happens; its journal says which steps are done."""

    def __init__(self, output: Path, work: str = "work.qcow2") -> None:
        self.output = output
        self.folder = output.parent / f".{output.name}.cfn2heat"
        self.work = self.folder / work
        self.log = self.folder / "log"
        self._journal = self.folder / "journal"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for one process; it goes when the conversion has come to its end, and stays when one was broken off."""
        if not self.output.parent.is_dir():
            raise refusal("C2H7061", self.output, "its folder does not exist")
        self.folder.mkdir(exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise refusal("C2H7061", self.folder, "another conversion or export to the same place is running") from None
            failed = True
            try:
                yield
                failed = False
            finally:
                if not self.work.exists() and not (failed and self.log.exists()):
                    self.remove()

    def remove(self) -> None:
        """Remove the folder, when it is there."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def done(self, key: dict[str, Any]) -> list[str]:
        """The steps that a conversion of the same source with the same plan has done before."""
        try:
            first, *rest = [json.loads(line) for line in self._journal.read_text(encoding="utf-8").splitlines()]
        except (OSError, ValueError):
            return []
        return _undisturbed(rest) if first == key else []

    def begin(self, key: dict[str, Any]) -> None:
        """Begin the journal anew."""
        self._journal.write_text(json.dumps(key) + "\n", encoding="utf-8")

    def note(self, event: str, step: str) -> None:
        """Write down that a step has begun or is done, so that it outlives this process."""
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps([event, step]) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _undisturbed(events: list[list[str]]) -> list[str]:
    """Steps that are done; when one was broken off, the copy that it changed is of no use any more."""
    begun = {step for event, step in events if event == "begun"}
    done = [step for event, step in events if event == "done"]
    return done if begun <= set(done) else []


def check_place(output: Path) -> None:
    """Refuse a result that is there already."""
    if output.exists():
        raise refusal("C2H7061", output, "the result is there already", "remove it, or choose another name")


def preflight(plan: Plan, disk: Disk, guest: Guest, wishes: Wishes, output: Path) -> None:
    """Refuse before the long work: what stands in the way, and room that is lacking."""
    obstacles = [*plan.obstacles, *(_lacking_files(guest, wishes) if guest.family == "windows" else ())]
    if obstacles:
        raise refusal("C2H7060", disk.path, " ".join(obstacles))
    free = shutil.disk_usage(output.parent).free
    if _at_most(disk) > free and (needed := _needed(disk)) > free:
        message = f"the conversion may need {needed >> 20} MiB in {output.parent}, and {free >> 20} MiB are free"
        raise refusal("C2H7062", output, message, "make room, or choose a result on a larger disk")


def _lacking_files(guest: Guest, wishes: Wishes) -> Iterator[str]:
    """What a Windows needs and the given folders do not have."""
    if not (wishes.virt_tools / "rhsrvany.exe").is_file():
        yield f"{wishes.virt_tools} has no rhsrvany.exe, which runs scripts at the first boot: give --virt-tools."
    if wishes.drivers is not None and wishes.drivers.is_dir():
        wanted = driver_file(guest)
        files = {str(path.relative_to(wishes.drivers)).lower() for path in wishes.drivers.glob("*/*/*/*.sys")}
        if wanted.lower() not in files:
            yield f"{wishes.drivers} has no {wanted}."
        elif wishes.by_hand:
            for folder in folders(wishes.drivers, *Path(wanted).parts[1:3]):
                if not folder.is_dir():
                    yield f"There is no {folder}."


_ADDED = 512 << 20
"""Bytes that drivers and ramdisks may add."""


def _at_most(disk: Disk) -> int:
    """Bytes that the copy takes when no byte of the disk is empty; where that fits, nobody has to measure."""
    return disk.virtual_size + (disk.virtual_size >> 10) + _ADDED


def _needed(disk: Disk) -> int:
    """Bytes that the copy takes; a disk that is bound to grow is seen here."""
    argv = ["qemu-img", "measure", "--output=json", "-f", disk.qemu_format, "-O", "qcow2", str(disk.path)]
    required: int = json.loads(run_well(argv, _MEASURE).output)["required"]
    return required + _ADDED


def convert(origin: Path, disk: Disk, plan: Plan, scratch: Scratch, watch: Callable[[Progress], None]) -> None:
    """Run the plan in a folder that is held; what an earlier call has done is not done again, and the result appears whole.

    origin is the file that the user named: the disk itself, or the archive that it came from.
    """
    key = _key(disk, plan)
    done = scratch.done(key) if scratch.work.exists() else []
    if not done:
        scratch.work.unlink(missing_ok=True)
        scratch.begin(key)
    for number, step in enumerate(plan.steps, 1):
        if step.name not in done:
            scratch.note("begun", step.name)
            _run(step, number, scratch, watch)
            scratch.note("done", step.name)
    _finish(plan, origin, scratch)


def _key(disk: Disk, plan: Plan) -> dict[str, Any]:
    """What must be the same for a conversion to go on where another has ended."""
    files = [[str(file), file.stat().st_size, file.stat().st_mtime_ns] for file in disk.files]
    commands = [[*step.argv, step.script, *step.files.values()] for step in plan.steps]
    return {"version": 1, "files": files, "commands": commands}


def _run(step: Step, number: int, scratch: Scratch, watch: Callable[[Progress], None]) -> None:
    watch(Progress(step, number, -1))
    for name, text in step.files.items():
        (scratch.folder / name).write_text(text, encoding="utf-8", newline="")

    def seen(piece: bytes) -> None:
        found = _PERCENT.findall(piece)
        if found:
            watch(Progress(step, number, float(found[-1])))

    limits = Limits(seconds=step.seconds)
    result = run(list(step.argv), limits, log=scratch.log, environment=step.environment, watch=seen, stdin=step.script)
    if result.status != 0:
        raise _failed(step, result.output, result.errors, result.status, scratch.log)


def _failed(step: Step, output: str, errors: str, status: int, log: Path) -> Exception:
    words = [line.strip() for line in f"{output}\n{errors}".splitlines() if "rror" in line] or [f"status {status}"]
    return refusal("C2H7041", step.argv[0], f"the step {step.name} has failed: {words[-1]}", f"all that it said stands in {log}")


def _finish(plan: Plan, origin: Path, scratch: Scratch) -> None:
    """Give the result its name, with what Glance must know of it beside it."""
    facts = {"version": 1, "source": identity(origin), "properties": plan.properties, "by_hand": list(plan.by_hand)}
    described = scratch.folder / "properties"
    described.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    with scratch.work.open("rb") as work:
        os.fsync(work.fileno())
    os.replace(described, properties_file(scratch.output))
    os.replace(scratch.work, scratch.output)


def identity(origin: Path) -> list[str | int]:
    """What tells a source from another, or from itself after a change."""
    status = origin.stat()
    return [str(origin.resolve()), status.st_size, status.st_mtime_ns]


def is_done(output: Path, origin: Path) -> bool:
    """Whether a result is there already, and comes from this source as it is now, or as it was before it was removed."""
    with suppress(OSError, ValueError, KeyError, TypeError, IndexError):
        known = json.loads(properties_file(output).read_text(encoding="utf-8"))["source"]
        same = known == identity(origin) if origin.exists() else known[0] == str(origin.resolve())
        return output.exists() and bool(same)
    return False


def properties_file(image: Path) -> Path:
    """Where the properties of a converted image stand."""
    return image.with_name(f"{image.name}.properties.json")
