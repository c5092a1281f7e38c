"""The plan of a move: what is known of a guest to a list of steps, each with its exact command. Nothing is looked at here."""

from __future__ import annotations

import re
from pathlib import Path

from cfn2heat.images import finish, windows_drivers
from cfn2heat.images.guard import Disk
from cfn2heat.images.guest import Guest
from cfn2heat.record import field, record

V2V_LINUX = frozenset(
    {"rhel", "centos", "fedora", "oraclelinux", "redhat-based", "rocky", "scientificlinux", "altlinux"}
    | {"sles", "opensuse", "suse-based", "debian", "ubuntu", "linuxmint", "kalilinux"}
)
"""What virt-v2v converts; others get the drivers by hand."""
DRIVER_FOLDERS = {
    "win2k8": "2k8",
    "win2k8r2": "2k8R2",
    "win2k12": "2k12",
    "win2k12r2": "2k12R2",
    "win2k16": "2k16",
    "win2k19": "2k19",
    "win2k22": "2k22",
    "win2k25": "2k25",
    "win7": "w7",
    "win8": "w8",
    "win8.1": "w8.1",
    "win10": "w10",
    "win11": "w11",
}
"""Folders of the driver disc by what virt-inspector calls a Windows."""
AWS_DRIVERS = frozenset({"xenvbd", "xennet", "ena", "awsnvme"})
TOOLS = (
    "qemu-img",
    "virt-inspector",
    "guestfish",
    "virt-v2v-in-place",
    "nbdkit",
    "virt-win-reg",
    "hivexregedit",
    "virt-customize",
)
"""All programs that a conversion may run."""
_V2V = ("virt-v2v-in-place", "nbdkit")
TOOLS_BY_HAND = tuple(tool for tool in TOOLS if tool not in _V2V)
"""Those of a conversion that does without virt-v2v."""


@record
class Wishes:
    """What the user asks of a conversion."""

    drivers: Path | None = None
    """Folder or disc image with VirtIO drivers for Windows."""
    virt_tools: Path = Path("/usr/share/virt-tools")
    """Folder of rhsrvany.exe, with which virt-v2v runs scripts at the first boot."""
    cloudbase_init: Path | None = None
    administrator: str = ""
    password_file: Path | None = None
    keep_agents: bool = False
    by_hand: bool = False
    """Do without virt-v2v."""


@record
class Step:
    """One command, with what it is for; files are written into the scratch folder before it runs."""

    name: str
    text: str
    argv: tuple[str, ...]
    tools: tuple[str, ...]
    script: str = ""
    files: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    seconds: int = 3600


@record
class Plan:
    """All that a move does: its steps, what stands in its way, what a person does afterwards, the properties for Glance."""

    steps: tuple[Step, ...]
    obstacles: tuple[str, ...]
    by_hand: tuple[str, ...]
    properties: dict[str, str | int]


def make_plan(disk: Disk, guest: Guest, wishes: Wishes, work: Path) -> Plan:
    """The steps from a disk that passed the guard to a converted copy at work."""
    copy = Step("copy", "Copy the disk, so that the source stays as it is.", _copy(disk, work), ("qemu-img",), seconds=86400)
    check = Step("check", "Hold the copy for whole.", ("qemu-img", "check", "-f", "qcow2", str(work)), ("qemu-img",))
    obstacles: list[str] = []
    left: list[str] = []
    changes: list[Step] = []
    if guest.family == "windows":
        changes = _windows(guest, wishes, work, obstacles, left)
    elif guest.family == "linux":
        changes = _linux(guest, wishes, work, left)
    else:
        left.append("No system was found on the disk. It is copied as it is: see that it has virtio drivers where it starts.")
    return Plan((copy, *changes, check), tuple(obstacles), tuple(left), _properties(disk, guest))


def _copy(disk: Disk, work: Path) -> tuple[str, ...]:
    return ("qemu-img", "convert", "-p", "-f", disk.qemu_format, "-O", "qcow2", "-m", "16", "-W", str(disk.path), str(work))


def _v2v(work: Path, environment: dict[str, str], text: str) -> Step:
    argv = ("virt-v2v-in-place", "-i", "disk", "-if", "qcow2", "--root", "first", str(work))
    return Step("convert", text, argv, _V2V, environment=environment, seconds=4 * 3600)


def _session(work: Path, name: str, text: str, script: str, files: dict[str, str] | None = None) -> Step:
    argv = ("guestfish", "--rw", "--format=qcow2", "-a", str(work), "-i")
    return Step(name, text, argv, ("guestfish",), script=script, files=files or {}, seconds=4 * 3600)


def _windows(guest: Guest, wishes: Wishes, work: Path, obstacles: list[str], left: list[str]) -> list[Step]:
    folder = DRIVER_FOLDERS.get(guest.osinfo)
    if folder is None:
        obstacles.append(f"There are no VirtIO drivers for {guest.product or 'this Windows'}: rebuild it on a newer one.")
    if wishes.drivers is None:
        what = f"virtio-win.iso or a folder that has {driver_file(guest)}"
        obstacles.append(f"VirtIO drivers are needed: give --windows-drivers with {what}.")
    given = (wishes.cloudbase_init, wishes.password_file, work, *([wishes.drivers] if wishes.by_hand else []))
    obstacles.extend(f"virt-customize takes no path with a colon: {path}." for path in given if ":" in str(path))
    if wishes.administrator and wishes.password_file is None:
        obstacles.append("The second administrator needs a password.")
    if wishes.by_hand and wishes.drivers is not None and wishes.drivers.suffix.lower() == ".iso":
        obstacles.append("Without virt-v2v the drivers are taken from a folder: unpack the disc and give that.")
    left.extend(_windows_by_hand(guest, wishes))
    return [
        *([] if wishes.by_hand else [_windows_v2v(wishes, work)]),
        _registry(guest, wishes, work),
        _first_boot(guest, wishes, work),
    ]


def _windows_v2v(wishes: Wishes, work: Path) -> Step:
    return _v2v(
        work,
        {"VIRTIO_WIN": str(wishes.drivers or "virtio-win.iso"), "VIRT_TOOLS_DATA_DIR": str(wishes.virt_tools)},
        "Install VirtIO drivers for disk, network and memory, and make the disk's driver one of those that the boot loads.",
    )


def _registry(guest: Guest, wishes: Wishes, work: Path) -> Step:
    text = finish.registry_text(guest, wishes.keep_agents)
    file = finish.registry(guest, wishes.keep_agents)
    if wishes.by_hand:
        text = f"Make the virtio disk's driver one of those that the boot loads. {text}"
        file = f"{file}\n{windows_drivers.driver_registry(guest)}"
    argv = ("virt-win-reg", "--merge", str(work), str(work.parent / "finish.reg"))
    return Step("registry", text, argv, ("virt-win-reg", "hivexregedit"), files={"finish.reg": file})


def _first_boot(guest: Guest, wishes: Wishes, work: Path) -> Step:
    text = finish.first_boot_text(wishes.cloudbase_init, wishes.administrator)
    options = finish.first_boot_options(work.parent, wishes.cloudbase_init, wishes.password_file)
    script = finish.first_boot(wishes.cloudbase_init, wishes.administrator, keep_agents=wishes.keep_agents)
    if wishes.by_hand and wishes.drivers is not None:
        text = f"Bring the VirtIO drivers in. {text.rstrip('.')}, and installs the drivers."
        options = [*windows_drivers.driver_options(wishes.drivers, *Path(driver_file(guest)).parts[1:3]), *options]
        script = script.replace("@echo off\r\n", f"@echo off\r\n{windows_drivers.INSTALL}\r\n", 1)
    return Step(
        "first boot",
        text,
        ("virt-customize", "--format", "qcow2", "-a", str(work), "--no-network", *options),
        ("virt-customize",),
        files={"first-boot.cmd": script},
        environment={"VIRT_TOOLS_DATA_DIR": str(wishes.virt_tools)},
    )


def driver_file(guest: Guest) -> str:
    """Where the disc of VirtIO drivers has the one for the disk of this Windows."""
    return f"viostor/{DRIVER_FOLDERS.get(guest.osinfo, '...')}/{'x86' if guest.arch == 'i386' else 'amd64'}/viostor.sys"


def _windows_by_hand(guest: Guest, wishes: Wishes) -> list[str]:
    found = ["The licence of this Windows belongs to AWS unless it was your own: activate it anew."]
    if not guest.cloud_init and wishes.cloudbase_init is None:
        found.append("There is no cloudbase-init, so user data and passwords of the cloud are not read: give --cloudbase-init.")
    theirs = [name for name in guest.drivers if name in AWS_DRIVERS]
    if theirs:
        found.append(
            f"Drivers of AWS's machines stay in it and have nothing to drive ({', '.join(theirs)}): remove them when it runs."
        )
    if not wishes.administrator:
        found.append("Know the password of an administrator before the source is gone: nothing resets it here.")
    return found


def _linux(guest: Guest, wishes: Wishes, work: Path, left: list[str]) -> list[Step]:
    steps = []
    if guest.distro in V2V_LINUX and not wishes.by_hand:
        text = "Put virtio drivers into the initial ramdisk, mend the boot loader and the names of disks."
        steps.append(_v2v(work, {}, text))
    script, text, files = finish.linux_session(guest, work.parent, wishes.keep_agents, with_ramdisk=not steps)
    if script:
        steps.append(_session(work, "finish", text, script, files))
    left.extend(_linux_by_hand(guest))
    return steps


def _linux_by_hand(guest: Guest) -> list[str]:
    found = []
    if not guest.cloud_init:
        found.append("There is no cloud-init: keys and user data are not read, and addresses stay as they are set. Install it.")
    for line in guest.fstab:
        device, point = line.split()[:2]
        if device.startswith("/dev/") and point != "/":
            found.append(f"{device} at {point} is another disk: move it as a volume, and name it by UUID in /etc/fstab.")
    if not any(name.startswith("virtio_blk") for name in guest.drivers):
        found.append("No virtio driver for disks was found in its kernel: look whether it has one before you rely on it.")
    return found


def _properties(disk: Disk, guest: Guest) -> dict[str, str | int]:
    """What Glance is told of the image."""
    found: dict[str, str | int] = {
        "architecture": {"i386": "i686", "": "x86_64"}.get(guest.arch, guest.arch),
        "hypervisor_type": "qemu",
        "vm_mode": "hvm",
        "hw_disk_bus": "virtio",
        "hw_vif_model": "virtio",
        "hw_video_model": "vga",
        "hw_machine_type": "q35" if guest.firmware == "uefi" else "pc",
        "hw_firmware_type": guest.firmware,
        "min_disk": -(-disk.virtual_size // (1 << 30)),
        "min_ram": 2048 if guest.family == "windows" else 512,
    }
    if guest.family != "unknown":
        found["os_type"] = guest.family
    if guest.distro:
        found |= {"os_distro": guest.distro, "os_version": version(guest)}
    return found


def version(guest: Guest) -> str:
    """A system's version as its makers write it."""
    year = re.search(r"20\d\d( R2)?", guest.product)
    if guest.family == "windows" and year:
        return year[0]
    return f"{guest.major}.{guest.minor:02}" if guest.distro == "ubuntu" else f"{guest.major}.{guest.minor}"
