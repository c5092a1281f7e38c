"""The whole way of a real Linux: a Debian that only Xen can start does not start in qemu, and does after conversion.

Ten minutes under emulation, and packages are downloaded: `pytest -m nightly tests/images`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.images import guests
from tests.images.conftest import qemu_img
from tests.images.debian import install
from tests.images.test_real import cfn2heat

pytestmark = [
    pytest.mark.images("qemu-img", "guestfish", "virt-v2v-in-place", "nbdkit", "mmdebstrap", "qemu-system-x86_64"),
    pytest.mark.nightly,
]
UNIT = f"""[Unit]
Description=Say so
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo {guests.MARK} > /dev/ttyS0; sleep 1; poweroff -f'
[Install]
WantedBy=multi-user.target
"""


def debian(folder: Path) -> Path:
    """A Debian whose initial ramdisk has drivers for Xen's disks and no others."""
    (folder / "mark.service").write_text(UNIT)
    hooks = [
        "mkdir -p $1/etc/initramfs-tools/conf.d && echo MODULES=list > $1/etc/initramfs-tools/conf.d/modules",
        "printf 'xen-blkfront\\next4\\n' >> $1/etc/initramfs-tools/modules",
        f"cp {folder / 'mark.service'} $1/etc/systemd/system/ && chroot $1 systemctl enable mark",
        "chroot $1 update-initramfs -u -k all",
    ]
    return install(folder, hooks)


def test_a_debian_that_only_xen_could_start(tmp_path):
    source = debian(tmp_path)
    naive = tmp_path / "naive.qcow2"
    qemu_img("convert", "-f", "raw", "-O", "qcow2", source, naive)
    said = guests.console(naive, seconds=240)
    assert "LABEL=root does not exist" in said, said[-2000:]
    assert guests.MARK not in said
    cfn2heat("convert", source, "-o", tmp_path / "pet.qcow2", "--format", "json")
    said = guests.console(tmp_path / "pet.qcow2")
    assert guests.MARK in said, said[-2000:]
