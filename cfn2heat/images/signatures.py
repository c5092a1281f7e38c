"""What a file is by its first bytes, and what it is said to be by its name."""

from __future__ import annotations

import re
from pathlib import Path

from cfn2heat.images.refusal import refusal

FORMATS = ("ova", "qcow2", "raw", "vhd", "vhdx", "vmdk")
BY_SUFFIX = {
    ".img": "raw",
    ".ova": "ova",
    ".qcow2": "qcow2",
    ".raw": "raw",
    ".vhd": "vhd",
    ".vhdx": "vhdx",
    ".vmdk": "vmdk",
}
HEAD = 2 << 20
"""As much of a file's beginning as is looked at."""

_TAKEN = (
    (0, b"QFI\xfb", "qcow2"),
    (0, b"KDMV", "vmdk"),
    (0, b"conectix", "vhd"),
    (0, b"vhdxfile", "vhdx"),
    (257, b"ustar", "ova"),
)
_PACKED = (
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
)
_FOREIGN = (
    (0, b"QED\x00", "a QED image"),
    (0, b"COWD", "an old sparse VMDK of ESX (COWD)"),
    (64, b"\x7f\x10\xda\xbe", "a VDI image of VirtualBox"),
    (0, b"WithoutFreeSpace", "a Parallels image"),
    (0, b"WithouFreSpacExt", "a Parallels image"),
    (0, b"Bochs Virtual HD Image", "a Bochs image"),
    (0, b"#!/bin/sh\n#V2.0 Format\nmodprobe cloop", "a cloop image"),
    (32769, b"CD001", "an ISO image, such as an installer's disc"),
    (32769, b"NSR0", "a UDF image, such as an installer's disc"),
    (0, b"\x7fELF", "a program"),
    (0, b"%PDF-", "a document"),
)
_TEXT_VMDK = re.compile(rb"(?:\s*(?:#[^\n]*)?\r?\n)*\s*(?:version\s*=|# *disk descriptorfile)", re.IGNORECASE)


def declared_format(path: Path, said: str | None) -> str:
    """The format that the user, or else the file's name, declares."""
    found = said or BY_SUFFIX.get(path.suffix.lower())
    if found is None:
        known = ", ".join(FORMATS)
        raise refusal("C2H7004", path, "the name does not say which format the disk has", f"say it with --source-format: {known}")
    return found


def detected_format(path: Path, head: bytes, tail: bytes) -> str:
    """The format that the bytes show; refuses what is none of ours. A disk without any mark is raw."""
    packed = _named(_PACKED, head)
    if packed:
        raise refusal("C2H7006", path, f"the file is compressed ({packed})", "unpack it first and give the disk inside")
    if head.startswith(b"LUKS\xba\xbe"):
        raise refusal("C2H7007", path, "the disk is encrypted (LUKS)", "decrypt it where its key is known, then export it again")
    foreign = "an Apple disk image" if tail[-512:].startswith(b"koly") else _named(_FOREIGN, head)
    if foreign:
        raise refusal("C2H7005", path, f"the file is {foreign}", f"give a disk as {', '.join(FORMATS)}")
    found = _named(_TAKEN, head)
    if found:
        return found
    if _TEXT_VMDK.match(head[: 64 << 10]):
        return "vmdk"
    return "vhd" if tail[-512:].startswith(b"conectix") else "raw"


def _named(signatures: tuple[tuple[int, bytes, str], ...], head: bytes) -> str:
    return next((name for offset, mark, name in signatures if head[offset : offset + len(mark)] == mark), "")


def head_and_tail(path: Path) -> tuple[bytes, bytes]:
    """The first 2 MiB and the last 64 KiB of a file, which may overlap."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - (64 << 10)))
        return head, file.read()
