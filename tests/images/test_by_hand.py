"""The registry of a Windows that is converted without virt-v2v: merged into a hive, it says what virt-v2v would have written."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from cfn2heat.images.guest import Guest, read_registry
from cfn2heat.images.steps import Wishes, make_plan
from cfn2heat.record import replace
from tests.images import guests
from tests.images.test_steps import disk

pytestmark = pytest.mark.images("hivexregedit")
FIXTURES = Path(__file__).parent.parent / "fixtures" / "images"


def merged(folder: Path, guest: Guest) -> Path:
    """A Windows' SYSTEM hive after the registry step."""
    hive = guests.hive(folder / "SYSTEM", guests.SYSTEM)
    plan = make_plan(disk(), guest, Wishes(drivers=Path("/drivers"), by_hand=True), folder / "work.qcow2")
    step = next(step for step in plan.steps if step.name == "registry")
    command = ["hivexregedit", "--merge", "--prefix", "HKEY_LOCAL_MACHINE\\SYSTEM", hive]
    done = subprocess.run(command, input=step.files["finish.reg"], text=True, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    return hive


def exported(hive: Path, key: str) -> str:
    return subprocess.run(["hivexregedit", "--export", hive, key], check=True, capture_output=True, text=True).stdout


def decoded(text: str) -> str:
    """An export with its texts as texts, and the names that virt-v2v has chosen as ours."""

    def read(found: re.Match[str]) -> str:
        return f"{found[1]}:{bytes.fromhex(found[2].replace(',', '')).decode('utf-16-le')!r}"

    text = re.sub(r"(hex\([127]\)):([0-9a-f,]+)", read, text)
    return text.replace("guestor.inf", "cfn2heat-stor.inf").replace("guestor_conf", "cfn2heat_stor")


WINDOWS = Guest(
    family="windows", distro="windows", osinfo="win2k19", arch="x86_64", control_set="ControlSet001",
    driver_database=True, services=("amazonssmagent",),
)  # fmt: skip


def test_a_newer_windows_reads_the_database_that_virt_v2v_writes(tmp_path):
    hive = merged(tmp_path, WINDOWS)
    ours = decoded(exported(hive, "\\DriverDatabase"))
    theirs = decoded((FIXTURES / "virt-v2v.driver-database.reg").read_text())
    assert ours == theirs
    keys = read_registry(exported(hive, "\\ControlSet001"))
    assert keys["\\controlset001\\services\\viostor"] == {
        "type": 1,
        "start": 0,
        "errorcontrol": 1,
        "group": "SCSI miniport",
        "imagepath": "system32\\drivers\\viostor.sys",
    }
    assert not [key for key in keys if "criticaldevicedatabase\\" in key]
    assert keys["\\controlset001\\services\\amazonssmagent"]["start"] == 4
    assert keys["\\controlset001\\control\\terminal server"]["fdenytsconnections"] == 0


def test_an_older_windows_reads_its_critical_devices(tmp_path):
    hive = merged(tmp_path, replace(WINDOWS, osinfo="win2k8r2", driver_database=False, services=()))
    keys = read_registry(exported(hive, "\\ControlSet001\\Control\\CriticalDeviceDatabase"))
    device = keys["\\controlset001\\control\\criticaldevicedatabase\\pci#ven_1af4&dev_1001&subsys_00021af4&rev_00"]
    assert device == {"classguid": "{4D36E97B-E325-11CE-BFC1-08002BE10318}", "service": "viostor"}
    assert "cfn2heat-stor" not in exported(hive, "\\DriverDatabase")


def test_drivers_come_from_a_folder(tmp_path):
    plan = make_plan(disk(), WINDOWS, Wishes(drivers=Path("/x/virtio-win.iso"), by_hand=True), tmp_path / "work.qcow2")
    assert any("unpack the disc" in one for one in plan.obstacles)
