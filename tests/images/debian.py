"""A real Debian on a disk of its own, with a boot loader; its packages are downloaded."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.images import guests

_PACKAGES = "linux-image-cloud-amd64,initramfs-tools,grub-pc,systemd-sysv,udev,e2fsprogs"
_BOOT = "printf 'GRUB_CMDLINE_LINUX=\"root=LABEL=root console=ttyS0 quiet\"\\nGRUB_TIMEOUT=1\\n' >> $1/etc/default/grub"


def install(folder: Path, hooks: Sequence[str], packages: str = "") -> Path:
    """A raw disk; hooks are what mmdebstrap runs in a shell when all packages are there, with the root as $1."""
    given = ["echo 'LABEL=root / ext4 defaults 0 1' > $1/etc/fstab", _BOOT, *hooks]
    options = [option for hook in given for option in ("--customize-hook", hook)]
    tree = folder / "debian.tar"
    wanted = f"--include={_PACKAGES}{',' if packages else ''}{packages}"
    subprocess.run(["mmdebstrap", "--variant=minbase", wanted, *options, "bookworm", tree], check=True)
    disk = folder / "debian.raw"
    with disk.open("wb") as opened:
        opened.truncate(2 << 30)
    guests.guestfish(
        f"add-drive {disk} format:raw\nrun\npart-disk /dev/sda mbr\nmkfs ext4 /dev/sda1 label:root\nmount /dev/sda1 /\n"
        f"tar-in {tree} / xattrs:true\n"
        'command "grub-install --target=i386-pc --no-floppy /dev/sda"\ncommand "update-grub"\numount-all\n'
    )
    tree.unlink()
    return disk
