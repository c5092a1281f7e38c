"""The guard: nothing touches a disk image from outside before it has been here.

An image can name files of the host, and programs that read images copy those into what they write. So the declared format must be
the one that the bytes show, what leads out of the image is refused by reading its headers here, oslo.utils' format inspector must
agree, and then `qemu-img info`, under limits and told the format, must see the same files and nothing more.
"""

from __future__ import annotations

import io
import json
import logging
import stat
from pathlib import Path
from typing import Any

from cfn2heat.images.qcow2 import check_qcow2
from cfn2heat.images.refusal import refusal
from cfn2heat.images.signatures import declared_format, detected_format, head_and_tail
from cfn2heat.images.tools import Limits, last_words, run
from cfn2heat.images.vhd import check_vhd, check_vhdx
from cfn2heat.images.vmdk import SPLIT, check_vmdk
from cfn2heat.record import record

LARGEST = 16 << 40
"""Virtual bytes of the largest disk that is taken: no machine starts from a larger one."""
_LOOK = Limits(seconds=30, cpu=20, memory=1 << 30)
_QEMU = {"vhd": "vpc"}
_JUDGED = ("qcow2", "vmdk")
"""Formats that the inspector has rules for."""
_INSPECTED = {"raw": ("raw", "gpt"), "qcow2": ("qcow2",), "vhdx": ("vhdx",), "vmdk": ("vmdk",), "vhd": ("vhd", "raw", "gpt")}


@record
class Disk:
    """A disk that has passed: its format and subformat, its size for the guest, and all files that it is made of."""

    path: Path
    format: str
    subformat: str
    virtual_size: int
    files: tuple[Path, ...]

    @property
    def qemu_format(self) -> str:
        """What qemu calls the format."""
        return _QEMU.get(self.format, self.format)


def guard(path: Path, said: str | None = None) -> Disk:
    """Judge a disk image (no archive); gives it when it stands for itself, else refuses it with the reason."""
    path = check_file(path)
    declared = declared_format(path, said)
    head, tail = head_and_tail(path)
    check_declared(path, declared, detected_format(path, head, tail), head)
    subformat, files = _check_headers(path, declared, head, tail)
    if subformat not in SPLIT:
        _ask_inspector(path, declared, head, tail)
    return Disk(path, declared, subformat, _ask_qemu(path, declared, files), files)


def check_file(path: Path) -> Path:
    """The absolute path of a plain file; qemu takes anything else for an address."""
    try:
        found = path.resolve(strict=True)
        mode, size = found.stat().st_mode, found.stat().st_size
        with open(found, "rb") if stat.S_ISREG(mode) else io.BytesIO():
            pass
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "it is a link to itself"
        raise refusal("C2H7001", path, f"the disk cannot be read: {reason}") from None
    if not stat.S_ISREG(mode):
        raise refusal(
            "C2H7001", path, "the disk is no plain file", "copy a device into a file first, while its server is stopped"
        )
    if size < 64:  # no disk, and no descriptor of one, is so short
        raise refusal("C2H7002", path, f"the file is {size} bytes long: there is no disk in it", "download it again")
    return found


def check_declared(path: Path, declared: str, detected: str, head: bytes) -> None:
    """Refuse a disk that is something else than it is said to be."""
    if declared == detected:
        return
    if detected == "vmdk" and not head.startswith(b"KDMV"):
        message = "the file is the text of a VMDK, which names other files, and pretends to be a disk"
        raise refusal("C2H7013", path, message, "give it as --source-format vmdk if it should be one")
    advice = f"if that is what you expect, say --source-format {detected}; else do not trust it"
    raise refusal("C2H7003", path, f"the disk is declared as {declared} and is {detected}", advice)


def _check_headers(path: Path, form: str, head: bytes, tail: bytes) -> tuple[str, tuple[Path, ...]]:
    if form == "vmdk":
        return check_vmdk(path, head, tail)
    subformat = ""
    if form == "qcow2":
        subformat = check_qcow2(path, head)
    elif form == "vhd":
        subformat = check_vhd(path, head, tail)
    elif form == "vhdx":
        subformat = check_vhdx(path)
    elif form == "ova":
        raise refusal("C2H7005", path, "the file is an archive of disks and no disk")
    return subformat, (path,)


def _ask_inspector(path: Path, form: str, head: bytes, tail: bytes) -> None:
    """What oslo.utils makes of the same bytes: it has been hardened by the projects that take images from strangers."""
    try:
        from oslo_utils.imageutils import format_inspector
    except ImportError:
        raise refusal(
            "C2H7040", "this machine", "it lacks the Python library oslo.utils", "pip install 'cfn2heat[images]'"
        ) from None
    logging.getLogger("oslo_utils").addHandler(logging.NullHandler())
    data = path.read_bytes() if path.stat().st_size <= len(head) + len(tail) else head + tail
    wrapper = format_inspector.InspectWrapper(io.BytesIO(data))
    try:
        while wrapper.read(1 << 16):
            pass
        wrapper.close()
        found = wrapper.format
        if found is None or str(found) not in _INSPECTED[form]:
            raise refusal("C2H7024", path, f"its headers are those of {found or 'nothing known'}, too")
        if form in _JUDGED:
            found.safety_check()
    except format_inspector.SafetyCheckFailed as failed:
        reasons = ", ".join(sorted(failed.failures))
        raise refusal("C2H7024", path, f"the format inspector does not hold it for safe: {reasons}") from None
    except format_inspector.ImageFormatError as error:
        raise refusal("C2H7024", path, f"the format inspector cannot make sense of it: {error}") from None


def _ask_qemu(path: Path, form: str, files: tuple[Path, ...]) -> int:
    """The virtual size, when qemu sees the same files as we do, and a disk of a sane size."""
    argv = ["qemu-img", "info", "--output=json", "-f", _QEMU.get(form, form), str(path)]
    result = run(argv, _LOOK)
    if result.status < 0:
        raise refusal("C2H7022", path, "looking at it takes more time or memory than any honest image needs")
    if result.status > 0:
        words = last_words(result).removeprefix("qemu-img: ").replace(f"Could not open '{path}': ", "")
        raise refusal("C2H7021", path, f"qemu cannot open it: {words}", "check it where it comes from")
    information = json.loads(result.output)
    _check_seen(path, information, files)
    size: int = information["virtual-size"]
    if not 0 < size <= LARGEST:
        raise refusal("C2H7020", path, f"the disk says that it is {size} bytes large")
    return size


def _check_seen(path: Path, information: dict[str, Any], files: tuple[Path, ...]) -> None:
    """Refuse a disk where qemu sees what the reading of its headers has not."""
    data = (information.get("format-specific") or {}).get("data") or {}
    named = [information.get("backing-filename"), information.get("full-backing-filename"), data.get("data-file")]
    named += [extent.get("filename") for extent in data.get("extents") or []]
    others = sorted({str(name) for name in named if name is not None} - {str(file) for file in files})
    if others or information.get("encrypted"):
        seen = ", ".join(others) or "encryption"
        raise refusal("C2H7023", path, f"qemu finds more in it than its headers show: {seen[:120]}")
