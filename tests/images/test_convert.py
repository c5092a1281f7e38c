"""A conversion as it runs: the source is never written, the result appears whole, and what was broken off goes on."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cfn2heat.cli.main import cli
from cfn2heat.diagnostics import InputError
from cfn2heat.images import convert as module
from cfn2heat.images.convert import Progress, Scratch, check_place, convert, preflight, properties_file
from cfn2heat.images.guard import Disk, guard
from cfn2heat.images.guest import Guest
from cfn2heat.images.inspect import inspect
from cfn2heat.images.steps import Plan, Step, Wishes, make_plan
from tests.images import evil
from tests.images.conftest import MIB, SECRET, qemu_img
from tests.images.evil import member, ova, ovf
from tests.images.test_guard import LEAKS

pytestmark = pytest.mark.images("qemu-img")
FIXTURES = Path(__file__).parent.parent / "fixtures" / "images"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def python_step(name: str, code: str, **more: object) -> Step:
    return Step(name, f"Run {name}.", (sys.executable, "-c", code), (), **more)


def plan_of(disk: Disk, scratch: Scratch, *changes: Step) -> Plan:
    plan = make_plan(disk, Guest(), Wishes(), scratch.work)
    copy, check = plan.steps
    return Plan((copy, *changes, check), (), ("look at it",), plan.properties)


def go(disk: Disk, scratch: Scratch, *changes: Step) -> list[Progress]:
    seen: list[Progress] = []
    with scratch.held():
        convert(disk.path, disk, plan_of(disk, scratch, *changes), scratch, seen.append)
    return seen


def called(monkeypatch: pytest.MonkeyPatch, *arguments: object, guest: Guest | None = None) -> Result:
    """The command, with what libguestfs would find given."""
    monkeypatch.setattr("cfn2heat.cli.images_disk.inspect", lambda source, scratch, log: guest or Guest())
    monkeypatch.setattr("cfn2heat.cli.images_disk.TOOLS", ("qemu-img",))
    return CliRunner().invoke(cli, ["images", *map(str, arguments)])


@pytest.mark.parametrize("name", ["pet.vmdk", "pet.vhdx", "pet.qcow2", "pet.ova"])
def test_a_disk_is_converted_and_left_alone(raw, tmp_path, monkeypatch, name):
    source = tmp_path / name
    form = "vmdk" if name == "pet.ova" else source.suffix[1:]
    options = ["-o", "subformat=streamOptimized"] if form == "vmdk" else []
    qemu_img("convert", "-f", "raw", "-O", form, *options, raw, tmp_path / "made")
    made = (tmp_path / "made").read_bytes()
    if name == "pet.ova":
        ova(source, member("pet.ovf", ovf()), member("disk.vmdk", made))
    else:
        source.write_bytes(made)
    before = digest(source)
    out = tmp_path / "out"
    out.mkdir()
    result = called(monkeypatch, "convert", source, "-o", out / "pet.qcow2")
    assert result.exit_code == 0, result.output
    assert "identical" in qemu_img("compare", "-f", "raw", "-F", "qcow2", raw, out / "pet.qcow2")
    assert sorted(path.name for path in out.iterdir()) == ["pet.qcow2", "pet.qcow2.properties.json"]
    facts = json.loads(properties_file(out / "pet.qcow2").read_text())
    assert facts["properties"]["hw_disk_bus"] == "virtio"
    assert "by hand: No system was found" in result.output
    assert digest(source) == before


def test_progress_for_programs(raw, tmp_path, monkeypatch):
    result = called(monkeypatch, "convert", raw, "-o", tmp_path / "x.qcow2", "--format", "json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert lines[0] == {"step": "copy", "number": 1, "of": 2}
    assert any(line.get("percent") == 100 for line in lines)
    assert lines[-1]["image"] == str(tmp_path / "x.qcow2")
    assert lines[-1]["properties"]["hw_vif_model"] == "virtio"


def test_a_dry_run_writes_nothing(raw, tmp_path, monkeypatch):
    before = sorted(tmp_path.iterdir())
    result = called(monkeypatch, "convert", raw, "-o", tmp_path / "x.qcow2", "--dry-run")
    assert result.exit_code == 0
    assert f"qemu-img convert -p -f raw -O qcow2 -m 16 -W {raw}" in result.stdout
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("make", LEAKS, ids=lambda make: make.__name__)
def test_no_secret_of_the_host_is_in_any_output(make, tmp_path, secret, monkeypatch):
    image, code, _ = make(tmp_path, secret)
    out = tmp_path / "out"
    out.mkdir()
    result = called(monkeypatch, "convert", image, "-o", out / "x.qcow2")
    assert result.exit_code == 3
    assert code in result.stderr
    assert list(out.iterdir()) == []
    assert SECRET.decode() not in result.output


def test_a_step_that_fails_leaves_no_result_and_the_next_run_goes_on(raw, tmp_path):
    scratch = Scratch(tmp_path / "x.qcow2")
    flag = tmp_path / "flag"
    breaks = python_step(
        "break", f"import os, sys; print('before'); sys.exit(0 if os.path.exists({str(flag)!r}) else 'an Error: it broke')"
    )
    disk = guard(raw)
    with pytest.raises(InputError) as caught:
        go(disk, scratch, breaks)
    found = caught.value.diagnostic
    assert (found.code, found.message) == ("C2H7041", "the step break has failed: an Error: it broke")
    assert "before" in scratch.log.read_text()
    assert not (tmp_path / "x.qcow2").exists()
    flag.touch()
    seen = go(disk, scratch, breaks)
    assert [one.step.name for one in seen if one.percent < 0] == ["copy", "break", "check"]  # the copy may be half changed
    assert (tmp_path / "x.qcow2").exists()
    assert not scratch.folder.exists()


def test_steps_that_were_done_are_not_done_again(raw, tmp_path):
    """As after a kill between two steps: the journal says what is done, and nothing has begun since."""
    scratch = Scratch(tmp_path / "x.qcow2")
    disk = guard(raw)
    last = python_step("last", "pass")
    scratch.folder.mkdir()
    scratch.begin(module._key(disk, plan_of(disk, scratch, last)))
    qemu_img("convert", "-f", "raw", "-O", "qcow2", raw, scratch.work)
    for event in ("begun", "done"):
        scratch.note(event, "copy")
    assert [one.step.name for one in go(disk, scratch, last) if one.percent < 0] == ["last", "check"]


def test_another_source_begins_anew(raw, tmp_path):
    scratch = Scratch(tmp_path / "x.qcow2")
    disk = guard(raw)
    scratch.folder.mkdir()
    scratch.begin(module._key(disk, plan_of(disk, scratch)))
    scratch.work.write_bytes(b"of another time")
    scratch.note("begun", "copy")
    scratch.note("done", "copy")
    os.utime(raw, (1, 1))
    assert [one.step.name for one in go(guard(raw), scratch) if one.percent < 0] == ["copy", "check"]
    assert "identical" in qemu_img("compare", "-f", "raw", "-F", "qcow2", raw, tmp_path / "x.qcow2")


def test_a_journal_that_was_cut_off_begins_anew(tmp_path):
    scratch = Scratch(tmp_path / "x.qcow2")
    scratch.folder.mkdir()
    scratch.begin({"a": 1})
    scratch.note("begun", "copy")
    scratch.note("done", "copy")
    assert scratch.done({"a": 1}) == ["copy"]
    scratch.note("begun", "convert")
    assert scratch.done({"a": 1}) == []
    (scratch.folder / "journal").write_text('{"a": 1}\n["begun"')
    assert scratch.done({"a": 1}) == []


def test_a_result_is_never_overwritten(raw, tmp_path, monkeypatch):
    place = tmp_path / "x.qcow2"
    place.write_text("mine")
    result = called(monkeypatch, "convert", raw, "-o", place)
    assert (result.exit_code, "C2H7061" in result.stderr) == (3, True)
    assert place.read_text() == "mine"
    with pytest.raises(InputError, match="there already"):
        check_place(place)


def test_two_conversions_to_one_place(raw, tmp_path, monkeypatch):
    scratch = Scratch(tmp_path / "x.qcow2")
    scratch.folder.mkdir()
    with (scratch.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = called(monkeypatch, "convert", raw, "-o", tmp_path / "x.qcow2")
    assert result.exit_code == 3
    assert "another conversion" in result.stderr


def test_a_folder_that_is_not_there(raw, tmp_path, monkeypatch):
    result = called(monkeypatch, "convert", raw, "-o", tmp_path / "none" / "x.qcow2")
    assert (result.exit_code, "C2H7061" in result.stderr) == (3, True)


def test_room_is_looked_at_first(raw, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: namedtuple("Usage", "free")(100 * MIB))
    result = called(monkeypatch, "convert", raw, "-o", tmp_path / "x.qcow2")
    assert result.exit_code == 3
    assert "C2H7062" in result.stderr
    assert "100 MiB are free" in result.stderr
    assert sorted(tmp_path.iterdir()) == [raw]


def test_a_disk_that_is_nearly_empty_is_measured_where_a_full_one_would_not_fit(raw, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: namedtuple("Usage", "free")(514 * MIB))
    assert called(monkeypatch, "convert", raw, "-o", tmp_path / "x.qcow2").exit_code == 0


WINDOWS = Guest(
    family="windows",
    distro="windows",
    product="Windows Server 2019",
    osinfo="win2k19",
    arch="x86_64",
    control_set="ControlSet001",
)


def test_what_a_windows_needs_is_said_at_once(raw, tmp_path, monkeypatch):
    result = called(monkeypatch, "convert", raw, "-o", tmp_path / "x.qcow2", guest=WINDOWS)
    assert result.exit_code == 3
    assert "C2H7060" in result.stderr
    assert "virtio-win.iso or a folder that has viostor/2k19/amd64/viostor.sys" in result.stderr
    assert "has no rhsrvany.exe" in result.stderr


def test_a_folder_of_drivers_must_have_the_right_one(raw, tmp_path):
    (tmp_path / "drivers/viostor/2K19/amd64").mkdir(parents=True)
    (tmp_path / "rhsrvany.exe").touch()
    wishes = Wishes(drivers=tmp_path / "drivers", virt_tools=tmp_path)
    plan = make_plan(guard(raw), WINDOWS, wishes, tmp_path / "work.qcow2")
    with pytest.raises(InputError, match="has no viostor/2k19/amd64"):
        preflight(plan, guard(raw), WINDOWS, wishes, tmp_path / "x.qcow2")
    (tmp_path / "drivers/viostor/2K19/amd64/viostor.sys").touch()
    preflight(plan, guard(raw), WINDOWS, wishes, tmp_path / "x.qcow2")


def test_a_password_is_asked_for_and_never_shown(raw, tmp_path, monkeypatch):
    monkeypatch.setattr("cfn2heat.cli.images_disk.inspect", lambda source, scratch, log: WINDOWS)
    monkeypatch.setattr("cfn2heat.cli.images_disk.TOOLS", ())
    arguments = ["images", "convert", str(raw), "-o", str(tmp_path / "x.qcow2"), "--administrator", "helper"]
    result = CliRunner().invoke(cli, arguments, input="hunter2\nhunter2\n")
    assert result.exit_code == 3  # there are no drivers
    assert "hunter2" not in result.output
    assert sorted(tmp_path.iterdir()) == [raw]
    bad = CliRunner().invoke(cli, [*arguments[:-1], "a' & calc"])
    assert bad.exit_code == 2


def test_an_archive_with_two_disks_wants_a_choice(raw, tmp_path, monkeypatch):
    qemu_img("convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", raw, tmp_path / "made")
    made = (tmp_path / "made").read_bytes()
    second = b'<File ovf:href="b.vmdk" ovf:id="file2"/></References>'
    text = ovf().replace(b"</References>", second).replace(b"</DiskSection>", b'<Disk ovf:fileRef="file2"/></DiskSection>')
    archive = ova(tmp_path / "x.ova", member("x.ovf", text), member("disk.vmdk", made), member("b.vmdk", made))
    result = called(monkeypatch, "convert", archive, "-o", tmp_path / "x.qcow2")
    assert (result.exit_code, "C2H7038" in result.stderr) == (3, True)
    assert "disk.vmdk, b.vmdk" in result.stderr
    assert called(monkeypatch, "convert", archive, "-o", tmp_path / "x.qcow2", "--disk", "b.vmdk").exit_code == 0


# What the programs say is what counts: here they say what they once said


def programs(folder: Path, monkeypatch: pytest.MonkeyPatch, inspector: str) -> None:
    binaries = folder / "bin"
    binaries.mkdir()
    real = shutil.which("qemu-img")
    for name, body in (("virt-inspector", inspector), ("guestfish", "exit 0"), ("qemu-img", f'exec {real} "$@"')):
        (binaries / name).write_text(f"#!/bin/sh\n{body}\n")
        (binaries / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{binaries}:{os.environ['PATH']}")


def test_a_disk_that_libguestfs_cannot_read(raw, tmp_path, monkeypatch):
    programs(tmp_path, monkeypatch, "echo 'virt-inspector: the appliance did not start' >&2; exit 1")
    with pytest.raises(InputError) as caught:
        inspect(guard(raw), tmp_path)
    assert caught.value.diagnostic.code == "C2H7050"
    assert "the appliance did not start" in caught.value.diagnostic.message


def test_a_disk_with_two_systems(raw, tmp_path, monkeypatch):
    both = (FIXTURES / "debian12.inspector.xml").read_text().replace("<operatingsystems>", "").replace("</operatingsystems>", "")
    (tmp_path / "two.xml").write_text("<operatingsystems>" + both.partition("?>")[2] * 2 + "</operatingsystems>")
    programs(tmp_path, monkeypatch, f"cat {tmp_path / 'two.xml'}")
    with pytest.raises(InputError, match="C2H7051"):
        inspect(guard(raw), tmp_path)


def test_a_disk_without_system_is_no_failure(raw, tmp_path, monkeypatch):
    programs(tmp_path, monkeypatch, "echo 'virt-inspector: no operating system could be detected inside' >&2; exit 1")
    assert inspect(guard(raw), tmp_path) == Guest()
    result = CliRunner().invoke(cli, ["images", "inspect", str(raw)])
    assert (result.exit_code, "system: none that is known" in result.stdout) == (0, True)


def test_a_look_into_a_linux(raw, tmp_path, monkeypatch):
    programs(tmp_path, monkeypatch, f"cat {FIXTURES / 'debian12.inspector.xml'}")
    result = CliRunner().invoke(cli, ["images", "inspect", str(raw), "--format", "json"])
    found = json.loads(result.stdout)
    assert found["guest"]["distro"] == "debian"
    assert found["disk"]["virtual_size"] == 8 * MIB
    assert [step["name"] for step in found["plan"]["steps"]][:2] == ["copy", "convert"]


def test_a_disk_that_is_refused_says_so(tmp_path):
    place = evil.file(tmp_path / "x.vmdk", b"QFI\xfb" + bytes(2000))
    result = CliRunner().invoke(cli, ["images", "inspect", str(place)])
    assert result.exit_code == 3
    assert "C2H7003" in result.stderr
