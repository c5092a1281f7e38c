"""Guests made here: a phony Windows of two hives, and a phony Linux of a kernel and a busybox; no downloads, no licences."""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

EMULATED = {**os.environ, "LIBGUESTFS_BACKEND": "direct", "LIBGUESTFS_BACKEND_SETTINGS": "force_tcg"}
MIB = 1 << 20

SOFTWARE = r"""Windows Registry Editor Version 5.00

[\Microsoft\Windows NT\CurrentVersion]
"ProductName"="{product}"
"CurrentVersion"="{version}"
"CurrentMajorVersionNumber"=dword:0000000a
"CurrentMinorVersionNumber"=dword:00000000
"CurrentBuildNumber"="{build}"
"CurrentBuild"="{build}"
"EditionID"="ServerStandard"
"InstallationType"="Server"

[\Microsoft\Windows\CurrentVersion]
"ProgramFilesDir"="C:\\Program Files"
"DevicePath"=hex(2):25,00,53,00,79,00,73,00,74,00,65,00,6d,00,52,00,6f,00,6f,00,74,00,25,00,5c,00,69,00,6e,00,66,00,00,00

[\Microsoft\Windows\CurrentVersion\Uninstall\Amazon SSM Agent]
"DisplayName"="Amazon SSM Agent"
"DisplayVersion"="3.2.1"

[\Microsoft\Windows\CurrentVersion\RunOnce]
"""

SYSTEM = r"""Windows Registry Editor Version 5.00

[\Select]
"Current"=dword:00000001
"Default"=dword:00000001

[\ControlSet001\Control\ComputerName\ComputerName]
"ComputerName"="PET"

[\ControlSet001\Control\Terminal Server]
"fDenyTSConnections"=dword:00000001

[\ControlSet001\Control\CriticalDeviceDatabase]

[\ControlSet001\Services\Tcpip\Parameters]
"Hostname"="pet"

[\ControlSet001\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules]

[\ControlSet001\Services\AmazonSSMAgent]
"Start"=dword:00000002
"Type"=dword:00000010
"DisplayName"="Amazon SSM Agent"

[\ControlSet001\Services\xenvbd]
"Start"=dword:00000000
"Type"=dword:00000001

[\ControlSet001\Services\W32Time]
"Start"=dword:00000003
"Type"=dword:00000020

[\MountedDevices]

[\DriverDatabase]
[\DriverDatabase\DriverPackages]
[\DriverDatabase\DriverInfFiles]
[\DriverDatabase\DeviceIds]
[\DriverDatabase\DeviceIds\PCI]
"""


def empty_hive() -> bytes:
    """A registry hive with a root key and nothing in it."""
    none, name, descriptor = 0xFFFFFFFF, b"$$$PROTO.HIV", b"\1\0\4\x80" + bytes(16)
    root = struct.pack("<2sHQIIIIIIIIII", b"nk", 0x2C, 0, 0, 0, 0, 0, none, none, 0, none, 0x80, none)
    root += struct.pack("<IIIIIHH", 0, 0, 0, 0, 0, len(name), 0) + name
    security = struct.pack("<2sHIIII", b"sk", 0, 0x80, 0x80, 1, len(descriptor)) + descriptor
    cells = struct.pack("<i", -0x60) + root.ljust(0x5C, b"\0") + struct.pack("<i", -0x30) + security.ljust(0x2C, b"\0")
    free = 4096 - 32 - len(cells)
    page = struct.pack("<4sII20x", b"hbin", 0, 4096) + cells + struct.pack("<i", free).ljust(free, b"\0")
    header = struct.pack("<4sIIQIIIIIII", b"regf", 1, 1, 0, 1, 3, 0, 1, 0x20, 4096, 1).ljust(508, b"\0")
    checksum = 0
    for (word,) in struct.iter_unpack("<I", header):
        checksum ^= word
    return (header + struct.pack("<I", checksum)).ljust(4096, b"\0") + page


def hive(path: Path, text: str) -> Path:
    """A hive with these keys; those above them are made first, for the merging makes one level at a time."""
    path.write_bytes(empty_hive())
    head, _, body = text.partition("\n")
    keys = [line[2:-1].split("\\") for line in body.splitlines() if line.startswith("[")]
    above = dict.fromkeys("\\".join(key[:length]) for key in keys for length in range(1, len(key)))
    whole = "\n\n".join([head, *(f"[\\{key}]" for key in above), body.replace("]\n[", "]\n\n[")])
    subprocess.run(["hivexregedit", "--merge", path], input=whole, text=True, check=True, capture_output=True)
    return path


def archive(files: dict[str, bytes]) -> bytes:
    """A tar archive of these files and the folders above them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        folders = dict.fromkeys(str(parent) for name in files for parent in reversed(Path(name).parents) if str(parent) != ".")
        for folder in folders:
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o755
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def program() -> bytes:
    """As much of a program for 64 bit Windows as tells its architecture."""
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0x8664, 1, 0, 0, 0, 0xF0, 0x22)
    optional = struct.pack("<H66xH", 0x20B, 3)
    return (b"MZ" + bytes(58) + struct.pack("<I", 64) + coff + optional).ljust(1024, b"\0")


def guestfish(script: str, *options: str) -> str:
    done = subprocess.run(["guestfish", *options], input=script, text=True, check=False, capture_output=True, env=EMULATED)
    assert done.returncode == 0, done.stderr
    return done.stdout


def windows(folder: Path, product: str = "Windows Server 2019 Standard", version: str = "6.3", build: str = "17763") -> Path:
    """A raw disk that inspection calls Windows."""
    config = "Windows/System32/config"
    software = hive(
        folder / "SOFTWARE", SOFTWARE.replace("{product}", product).replace("{version}", version).replace("{build}", build)
    )
    system = hive(folder / "SYSTEM", SYSTEM)
    executable = program()
    files = {
        f"{config}/SOFTWARE": software.read_bytes(),
        f"{config}/SYSTEM": system.read_bytes(),
        "Windows/System32/cmd.exe": executable,
        "Windows/System32/kernel32.dll": executable,
        "Windows/System32/drivers/null.sys": b"x",
        "Windows/inf/setup.inf": b"",
        "Windows/explorer.exe": executable,
        "Program Files/Common Files/x.txt": b"x",
        "Temp/x.txt": b"x",
        "autoexec.bat": b"",
    }
    (folder / "files.tar").write_bytes(archive(files))
    disk = folder / "windows.raw"
    with disk.open("wb") as opened:
        opened.truncate(128 * MIB)
    guestfish(
        f"add-drive {disk} format:raw\nrun\npart-disk /dev/sda mbr\n"
        "part-set-mbr-id /dev/sda 1 7\npart-set-bootable /dev/sda 1 true\n"
        f"mkfs ntfs /dev/sda1\nmount /dev/sda1 /\ntar-in {folder / 'files.tar'} /\numount-all\n"
    )
    return disk


DPKG = """Package: {name}
Status: install ok installed
Priority: optional
Section: admin
Maintainer: Nobody <nobody@example.com>
Architecture: amd64
Version: {version}
Description: for tests

"""
FSTAB = """# <file system> <mount point> <type> <options> <dump> <pass>
/dev/xvda1 / ext4 defaults 0 1
/dev/xvdf /data ext4 defaults,nofail 0 2
"""


def linux(folder: Path, add: Callable[[Path], None] = lambda root: None) -> Path:
    """A raw disk with one partition that inspection calls Debian; its files are put there without mounting anything."""
    root = folder / "root"
    packages = {"base-files": "12.4+deb12u5", "dpkg": "1.21.22", "amazon-ssm-agent": "3.2.1-1", "openssh-server": "1:9.2p1-2"}
    files = {
        "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n',
        "etc/debian_version": "12.5\n",
        "etc/hostname": "pet\n",
        "etc/fstab": FSTAB,
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
        "etc/systemd/system/multi-user.target.wants/ssh.service": "",
        "etc/systemd/system/multi-user.target.wants/amazon-ssm-agent.service": "",
        "etc/rc3.d/S01cron": "",
        "etc/udev/rules.d/70-persistent-net.rules": 'SUBSYSTEM=="net", ATTR{address}=="02:00:00:00:00:01", NAME="eth0"\n',
        "lib/systemd/systemd": "",
        "lib/modules/6.1.0-56-cloud-amd64/kernel/drivers/block/virtio_blk.ko": "",
        "lib/modules/6.1.0-56-cloud-amd64/modules.builtin": "kernel/drivers/net/virtio_net.ko\n",
        "var/lib/dpkg/status": "".join(DPKG.format(name=name, version=version) for name, version in packages.items()),
        "boot/config": "",
    }
    for folder_name in ("bin", "dev", "proc", "sys", "data", "tmp", "usr/bin", "home", "run", "sbin"):
        (root / folder_name).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "bin" / "sh").write_bytes(Path("/bin/true").read_bytes())  # tells the architecture
    add(root)
    return partitioned(folder, root)


def partitioned(folder: Path, root: Path) -> Path:
    """A disk of 64 MiB whose first partition begins at 1 MiB and holds this tree."""
    filesystem, disk = folder / "root.ext4", folder / "linux.raw"
    with filesystem.open("wb") as opened:
        opened.truncate(63 * MIB)
    options = ["-q", "-F", "-t", "ext4", "-L", "root", "-U", "11111111-2222-3333-4444-555555555555", "-d", root]
    subprocess.run(["/usr/sbin/mke2fs", *options, filesystem], check=True)
    with disk.open("wb") as opened:
        opened.write(
            bytes(446) + struct.pack("<BBHBBHII", 0x80, 0, 0, 0x83, 0, 0, 2048, 63 * 2048).ljust(64, b"\0") + b"\x55\xaa"
        )
        opened.seek(MIB)
        opened.write(filesystem.read_bytes())
    return disk


INF = """[Version]
Signature="$Windows NT$"
Class=SCSIAdapter
ClassGuid={4D36E97B-E325-11CE-BFC1-08002BE10318}
Provider="Nobody"
DriverVer=01/01/2024,100.1.1.1
"""


def drivers(folder: Path, system: str = "2k19") -> Path:
    """A folder laid out like the disc of VirtIO drivers; no file in it drives anything."""
    for name in ("viostor", "vioscsi", "NetKVM", "Balloon", "vioserial", "viorng"):
        place = folder / "drivers" / name / system / "amd64"
        place.mkdir(parents=True)
        low = name.lower()
        (place / f"{low}.inf").write_text(INF)
        for ending in ("sys", "cat"):
            (place / f"{low}.{ending}").write_bytes(f"{low}.{ending}".encode())
    return folder / "drivers"


def virt_tools(folder: Path) -> Path:
    (folder / "virt-tools").mkdir()
    (folder / "virt-tools" / "rhsrvany.exe").write_bytes(program())
    return folder / "virt-tools"


MARK = "the pet has started"
INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /mnt
/bin/busybox mount -t devtmpfs none /dev
exec >/dev/console 2>&1
for file in $(/bin/busybox cat /order); do /bin/busybox insmod /lib/$file; done
for second in 1 2 3 4 5 6 7 8; do [ -b /dev/vda1 ] && break; /bin/busybox sleep 1; done
if /bin/busybox mount -t ext4 -o ro /dev/vda1 /mnt; then /bin/busybox cat /mnt/mark; else echo no root disk; fi
/bin/busybox sleep 1
/bin/busybox poweroff -f
"""
UPDATE_INITRAMFS = """#!/bin/sh
# As much of update-initramfs as makes a ramdisk with the modules that are asked for, and those that they need.
set -e
tree=/tmp/ramdisk
modules=$(echo /lib/modules/*)
rm -rf $tree
mkdir -p $tree/bin $tree/lib
cp /bin/busybox $tree/bin/
cp /etc/ramdisk-init $tree/init
: > $tree/order
for module in $(cat /etc/initramfs-tools/modules); do
    for file in $(grep "/$module.ko:" $modules/modules.dep | tr -d : | awk '{for (i = NF; i > 0; i--) print $i}'); do
        [ -f $modules/$file ] || continue
        cp $modules/$file $tree/lib/
        basename $file >> $tree/order
    done
done
cd $tree
find . | cpio -o -H newc > /boot/initrd.img
"""
APPLETS = "sh cat cp mkdir rm grep tr awk basename find cpio printf echo"


def kernel() -> Path:
    """The kernel of this machine's appliance."""
    return max(Path("/boot").glob("vmlinuz-*-cloud-amd64"))


def startable(folder: Path) -> Path:
    """A Linux that starts with a kernel from outside, once its ramdisk has the drivers; so far it has none."""

    def add(root: Path) -> None:
        version = kernel().name.removeprefix("vmlinuz-")
        modules = root / "lib" / "modules" / version
        shutil.rmtree(root / "lib" / "modules")
        for name in (
            "kernel/drivers/virtio",
            "kernel/drivers/block/virtio_blk.ko",
            "kernel/drivers/scsi/virtio_scsi.ko",
            "modules.dep",
        ):
            source = Path("/lib/modules") / version / name
            (modules / name).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, modules / name)
        (root / "bin" / "sh").unlink()
        shutil.copy("/bin/busybox", root / "bin" / "busybox")
        for applet in APPLETS.split():
            (root / "bin" / applet).symlink_to("busybox")
        files = {
            "mark": f"{MARK}\n",
            "etc/ramdisk-init": INIT,
            "etc/initramfs-tools/modules": "",
            "usr/sbin/update-initramfs": UPDATE_INITRAMFS,
        }
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
            (root / name).chmod(0o755)

    return linux(folder, add)


def ramdisk(folder: Path) -> Path:
    """The ramdisk that such a Linux has before its conversion: it starts, and drives no disk."""
    tree = folder / "ramdisk"
    (tree / "bin").mkdir(parents=True)
    shutil.copy("/bin/busybox", tree / "bin" / "busybox")
    (tree / "init").write_text(INIT)
    (tree / "init").chmod(0o755)
    (tree / "order").touch()
    with (folder / "before.img").open("wb") as image:
        names = "".join(f"{path.relative_to(tree)}\n" for path in sorted(tree.rglob("*"))).encode()
        subprocess.run(
            ["busybox", "cpio", "-o", "-H", "newc"], cwd=tree, input=names, stdout=image, stderr=subprocess.DEVNULL, check=True
        )
    return folder / "before.img"


def console(image: Path, *options: str, seconds: int = 400) -> str:
    """What a machine says that has this image as a virtio disk, until it ends or is ended."""
    argv = ["qemu-system-x86_64", "-accel", "tcg", "-m", "512", "-nographic", "-no-reboot", "-snapshot", "-nic", "none"]
    argv += ["-drive", f"file={image},if=none,id=root,format=qcow2", "-device", "virtio-blk-pci,drive=root,bootindex=1", *options]
    try:
        done = subprocess.run(argv, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired as stopped:
        return (stopped.stdout or b"").decode(errors="replace")
    assert done.returncode == 0, done.stderr
    return done.stdout.decode(errors="replace")
