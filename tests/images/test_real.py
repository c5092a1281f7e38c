"""The real tools, under forced emulation, on guests that are made here (make image-test)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.images import guests
from tests.images.conftest import qemu_img

pytestmark = [
    pytest.mark.images(
        "qemu-img", "virt-inspector", "guestfish", "virt-v2v-in-place", "nbdkit", "virt-win-reg", "hivexregedit", "virt-customize"
    ),
    pytest.mark.emulated,
]


def cfn2heat(*arguments: object) -> str:
    command = [sys.executable, "-m", "cfn2heat", "images", *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=guests.EMULATED)
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported(hive: Path, key: str) -> str:
    return subprocess.run(["hivexregedit", "--export", hive, key], check=True, capture_output=True, text=True).stdout


def test_a_windows_from_a_stream_has_drivers_registry_and_first_boot(tmp_path):
    source = tmp_path / "pet.vmdk"
    qemu_img("convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", guests.windows(tmp_path), source)
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    secret = tmp_path / "password"
    secret.write_text("of-a-test")
    out = tmp_path / "pet.qcow2"
    given = ["--windows-drivers", guests.drivers(tmp_path), "--virt-tools", guests.virt_tools(tmp_path)]
    said = cfn2heat(
        "convert", source, "-o", out, *given, "--administrator", "helper", "--password-file", secret, "--format", "json"
    )
    assert json.loads(said.splitlines()[-1])["properties"]["os_version"] == "2019"
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before
    assert not (tmp_path / ".pet.qcow2.cfn2heat").exists()

    found = guests.guestfish(
        f'find "/Program Files/Guestfs/Firstboot"\nls /Windows/Drivers/VirtIO\ncat /cfn2heat/secret\necho\n'
        f'glob cat "/Program Files/Guestfs/Firstboot/scripts/*.bat"\n'
        f"download win:\\windows\\system32\\config\\SYSTEM {tmp_path / 'after'}\n",
        "--ro", "--format=qcow2", "-a", str(out), "-i",
    )  # fmt: skip
    assert "rhsrvany.exe" in found
    for driver in ("viostor", "vioscsi", "netkvm", "balloon"):
        assert f"{driver}.sys" in found.lower()
    assert "net start TermService" in found
    assert "of-a-test" in found
    assert "WinNT://./helper" in found
    services = exported(tmp_path / "after", "\\ControlSet001\\Services")
    viostor = services.partition("Services\\viostor]")[2].partition("[")[0]
    assert '"Start"=dword:00000000' in viostor
    assert "Services\\firstboot]" in services
    assert "cfn2heat-RDP" in services
    assert "cfn2heat-ICMP4" in services
    assert '"Start"=dword:00000004' in services.partition("Services\\AmazonSSMAgent]")[2].partition("[")[0]
    assert '"fDenyTSConnections"=dword:00000000' in exported(tmp_path / "after", "\\ControlSet001\\Control\\Terminal Server")
    assert "VEN_1AF4&DEV_1001" in exported(tmp_path / "after", "\\DriverDatabase\\DeviceIds\\PCI")  # the disk of virtio


def test_a_windows_without_virt_v2v(tmp_path):
    out = tmp_path / "pet.qcow2"
    given = ["--windows-drivers", guests.drivers(tmp_path), "--virt-tools", guests.virt_tools(tmp_path), "--by-hand"]
    cfn2heat("convert", guests.windows(tmp_path), "-o", out, *given, "--format", "json")
    found = guests.guestfish(
        f"find /cfn2heat/drivers\nls /Windows/System32/drivers\nfind \"/Program Files/Guestfs/Firstboot\"\n"
        f"download win:\\windows\\system32\\config\\SYSTEM {tmp_path / 'after'}\n",
        "--ro", "--format=qcow2", "-a", str(out), "-i",
    )  # fmt: skip
    for driver in ("viostor", "vioscsi", "netkvm", "balloon"):
        assert f"amd64/{driver}.inf" in found.lower()
    assert "\nviostor.sys\n" in found  # where the boot takes it from
    assert "rhsrvany.exe" in found
    assert "VEN_1AF4&DEV_1001" in exported(tmp_path / "after", "\\DriverDatabase\\DeviceIds\\PCI")
    assert "Services\\firstboot]" in exported(tmp_path / "after", "\\ControlSet001\\Services")


def test_a_linux_is_looked_into(tmp_path):
    found = json.loads(cfn2heat("inspect", guests.linux(tmp_path), "--format", "json"))
    guest = found["guest"]
    assert (guest["distro"], guest["major"], guest["packaging"], guest["arch"]) == ("debian", 12, "deb", "x86_64")
    assert guest["services"] == ["amazon-ssm-agent", "cron", "ssh"]
    assert guest["drivers"] == ["virtio_blk", "virtio_net"]
    assert guest["fstab"][0] == "/dev/xvda1 / ext4 defaults 0 1"
    assert [step["name"] for step in found["plan"]["steps"]] == ["copy", "convert", "finish", "check"]


@pytest.mark.images("busybox", "qemu-system-x86_64")
def test_a_linux_starts_with_virtio_and_its_unconverted_twin_does_not(tmp_path):
    source, out = guests.startable(tmp_path), tmp_path / "pet.qcow2"
    naive = tmp_path / "naive.qcow2"
    qemu_img("convert", "-f", "raw", "-O", "qcow2", source, naive)
    start = ("-kernel", str(guests.kernel()), "-append", "console=ttyS0 panic=1 quiet", "-initrd")
    said = guests.console(naive, *start, str(guests.ramdisk(tmp_path)))
    assert "no root disk" in said, said[-2000:]
    assert guests.MARK not in said
    cfn2heat("convert", source, "-o", out, "--by-hand", "--format", "json")
    found = guests.guestfish(
        f"cat /etc/fstab\nls /etc/systemd/system/multi-user.target.wants\ndownload /boot/initrd.img {tmp_path / 'after.img'}\n",
        "--ro", "--format=qcow2", "-a", str(out), "-i",
    )  # fmt: skip
    assert "UUID=11111111-2222-3333-4444-555555555555 / ext4" in found
    assert "amazon-ssm-agent" not in found
    said = guests.console(out, *start, str(tmp_path / "after.img"))
    assert guests.MARK in said, said[-2000:]
