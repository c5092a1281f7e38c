"""VHD and VHDX: whether a disk stands for itself or is a delta over a parent."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from cfn2heat.images.refusal import refusal

_KINDS = {2: "fixed", 3: "dynamic"}
_METADATA = UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
_FILE_PARAMETERS = UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b").bytes_le
_PARENT_LOCATOR = UUID("a8d35f2d-b30b-454d-abf7-d3d84834ab0c").bytes_le
_HAS_PARENT = 2


def check_vhd(path: Path, head: bytes, tail: bytes) -> str:
    """The subformat of a VHD without parent."""
    footer = tail[-512:]
    if not footer.startswith(b"conectix"):
        raise refusal("C2H7026", path, "its footer is missing: the file is cut off", "download it again")
    kind = struct.unpack_from(">I", footer, 60)[0]
    if head.startswith(b"conectix") and struct.unpack_from(">I", head, 60)[0] != kind:
        raise refusal("C2H7026", path, "its header and its footer name different kinds of disk")
    if kind == 4:
        raise _has_parent(path)
    if kind not in _KINDS:
        raise refusal("C2H7026", path, f"there is no kind {kind} of VHD")
    return _KINDS[kind]


def check_vhdx(path: Path) -> str:
    """The subformat of a VHDX without parent."""
    with path.open("rb") as file:
        items = _items(path, file)
        if _PARENT_LOCATOR in items:
            raise _has_parent(path)
        if _FILE_PARAMETERS not in items:
            raise refusal("C2H7026", path, "it has no parameters")
        file.seek(items[_FILE_PARAMETERS])
        parameters = file.read(8)
    if len(parameters) < 8 or parameters[4] & _HAS_PARENT:
        raise _has_parent(path)
    return "fixed" if parameters[4] & 1 else "dynamic"


def _items(path: Path, file: BinaryIO) -> dict[bytes, int]:
    """Places of the metadata items by their names."""
    regions = _entries(path, file, 192 << 10, b"regi", ("<I", 8), 16, "<Q")
    if _METADATA not in regions:
        raise refusal("C2H7026", path, "its table of regions names no metadata")
    start = regions[_METADATA]
    return {name: start + place for name, place in _entries(path, file, start, b"metadata", ("<H", 10), 32, "<I").items()}


def _entries(
    path: Path, file: BinaryIO, start: int, mark: bytes, count_at: tuple[str, int], first: int, form: str
) -> dict[bytes, int]:
    """Offsets in a table of 32 byte entries, each with the name that it begins with."""
    file.seek(min(start, path.stat().st_size))
    table = file.read(64 << 10)
    if len(table) < 64 << 10 or not table.startswith(mark):
        raise refusal("C2H7026", path, "one of its tables is missing or cut off")
    count = struct.unpack_from(count_at[0], table, count_at[1])[0]
    if first + 32 * count > len(table):
        raise refusal("C2H7026", path, f"one of its tables says that it has {count} entries")
    places = range(first, first + 32 * count, 32)
    return {table[place : place + 16]: struct.unpack_from(form, table, place + 16)[0] for place in places}


def _has_parent(path: Path) -> Exception:
    return refusal("C2H7018", path, "the disk is a delta over a parent disk", "merge it into its parent, then export that")
