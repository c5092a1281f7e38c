"""What is in a disk: two sessions of libguestfs look at it, in a virtual machine of their own, and nothing is written."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from xml.etree import ElementTree

from cfn2heat.images.guard import Disk
from cfn2heat.images.guest import Guest, linux_details, read_firmware, read_inspection, read_registry, sections, windows_details
from cfn2heat.images.refusal import refusal
from cfn2heat.images.tools import Limits, last_words, require, run, run_well
from cfn2heat.record import replace

TOOLS = ("qemu-img", "virt-inspector", "guestfish")
_SLOW = Limits(seconds=1800, file=8 << 30)
_REGISTRY = Limits(seconds=300, cpu=240, memory=2 << 30)
_GPT = "".join(f"-part-get-gpt-type /dev/sda {number}\n" for number in (1, 2, 3, 4, 14, 15, 127, 128))
"""Where installers and makers of cloud images put the partition for UEFI."""
_LINUX = """\
echo @@fstab
-cat /etc/fstab
echo @@systemd
-ls /etc/systemd/system/multi-user.target.wants
echo @@sysv
-ls /etc/rc3.d
-ls /etc/rc2.d
-ls /etc/rc.d/rc3.d
echo @@has-systemd
-is-dir /run/systemd
-is-file-opts /lib/systemd/systemd followsymlinks:true
-is-file-opts /usr/lib/systemd/systemd followsymlinks:true
echo @@cloud-init
-is-file-opts /usr/bin/cloud-init followsymlinks:true
echo @@virtio_blk
-glob-expand /lib/modules/*/kernel/drivers/block/virtio_blk.ko*
-glob-expand /usr/lib/modules/*/kernel/drivers/block/virtio_blk.ko*
echo @@virtio_net
-glob-expand /lib/modules/*/kernel/drivers/net/virtio_net.ko*
-glob-expand /usr/lib/modules/*/kernel/drivers/net/virtio_net.ko*
echo @@built-in
-glob grep virtio_blk /lib/modules/*/modules.builtin
-glob grep virtio_net /lib/modules/*/modules.builtin
echo @@persistent-net
-is-file /etc/udev/rules.d/70-persistent-net.rules
"""


def inspect(disk: Disk, scratch: Path, log: Path | None = None) -> Guest:
    """The guest on a disk that has passed the guard; one without a system that is known is of the family unknown."""
    require(TOOLS)
    systems = _systems(disk, log)
    if len(systems) > 1:
        names = ", ".join(system.product or system.family for system in systems)
        message = f"there are {len(systems)} systems on the disk: {names}"
        raise refusal("C2H7051", disk.path, message, "give a disk with one: nothing says which of them starts")
    guest = systems[0] if systems else Guest()
    if guest.family == "windows":
        return _windows(disk, guest, scratch, log)
    if guest.family == "linux":
        shown = _session(disk, f"echo @@gpt\n{_GPT}{_LINUX}", log)
        return replace(guest, **linux_details(guest, shown))
    return guest


def _systems(disk: Disk, log: Path | None) -> list[Guest]:
    argv = ["virt-inspector", f"--format={disk.qemu_format}", "--no-icon", "-a", str(disk.path)]
    result = run(argv, _SLOW, log=log)
    if result.status == 0:
        with suppress(ElementTree.ParseError):  # names in the guest that XML cannot hold
            return read_inspection(result.output)
    if "no operating system could be detected" in result.errors:
        return []
    raise refusal("C2H7050", disk.path, f"it cannot be looked into: {last_words(result)}", "check that the file is whole")


def _session(disk: Disk, script: str, log: Path | None) -> dict[str, list[str]]:
    """Read in the guest's own files, by sections; commands that find nothing say nothing."""
    mark = f"@@{token_hex(8)} "
    argv = ["guestfish", "--ro", f"--format={disk.qemu_format}", "-a", str(disk.path), "-i"]
    return sections(run_well(argv, _SLOW, log=log, stdin=script.replace("@@", mark)).output, mark)


def _windows(disk: Disk, guest: Guest, scratch: Path, log: Path | None) -> Guest:
    hive = scratch / "SYSTEM"
    script = f'echo @@gpt\n{_GPT}-download win:\\windows\\system32\\config\\SYSTEM "{hive}"\n'
    shown = _session(disk, script, log)
    if not hive.exists():
        return replace(guest, firmware=read_firmware(shown))
    try:
        text = _export(hive, f"\\{guest.control_set}\\Services") + _export(hive, "\\DriverDatabase", may_fail=True)
    finally:
        hive.unlink()
    return replace(guest, **windows_details(guest, shown, read_registry(text)))


def _export(hive: Path, key: str, *, may_fail: bool = False) -> str:
    argv = ["hivexregedit", "--export", "--prefix", "HKEY_LOCAL_MACHINE\\SYSTEM", str(hive), key]
    result = run(argv, _REGISTRY) if may_fail else run_well(argv, _REGISTRY)
    return result.output
