"""VMDK: what its descriptor may say. Everything that leads out of the image is refused before qemu reads it."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from cfn2heat.images.refusal import refusal
from cfn2heat.record import record

SINGLE = frozenset({"monolithicsparse", "streamoptimized"})
SPLIT = frozenset({"monolithicflat", "twogbmaxextentflat", "twogbmaxextentsparse", "vmfs"})
MOST_TEXT = 1 << 20
MOST_EXTENTS = 4096
_SECTOR = 512
_HEADER = struct.Struct("<4sIIQQQQIQQ")
_EXTENT = re.compile(r'(RW|RDONLY|NOACCESS) +(\d{1,18}) +([A-Z]+)(?: +"([^"]*)"(?: +(\d{1,18}))?)?')
_FIELD = re.compile(r"([A-Za-z]\w*) *= *(.*)|ddb\.[^=]*=.*")


@record
class Extent:
    """A part of the disk: its kind (SPARSE, FLAT, VMFS, ZERO) and the file that the descriptor names."""

    kind: str
    file: str


@record
class Descriptor:
    """What a VMDK's text says, as far as it matters."""

    subformat: str
    extents: tuple[Extent, ...]


def check_vmdk(path: Path, head: bytes, tail: bytes) -> tuple[str, tuple[Path, ...]]:
    """The subformat of a VMDK that leads nowhere else, and the files that belong to it."""
    if head.startswith(b"KDMV"):
        return _check_single(path, head, tail), (path,)
    descriptor = read_descriptor(path, _whole_text(path, head))
    if descriptor.subformat not in SPLIT:
        raise _unknown(path, descriptor.subformat)
    files = tuple(dict.fromkeys(_extent_file(path, extent) for extent in descriptor.extents if extent.kind != "ZERO"))
    return descriptor.subformat, (path, *files)


def read_descriptor(path: Path, text: str) -> Descriptor:
    """Read a descriptor strictly: one createType, no parent, and no line that is not known."""
    folded = text.lower()
    for word in ("createtype", "parentcid"):
        if folded.count(word) > 1:  # qemu takes the first, wherever it stands, and others take another
            raise refusal("C2H7017", path, f"its descriptor has {word} more than once")
    fields: dict[str, str] = {}
    extents: list[Extent] = []
    for line in (line.strip() for line in text.splitlines()):
        _read_line(path, line, fields, extents)
    if fields.get("parentcid", "ffffffff").lower() != "ffffffff" or "parentfilenamehint" in folded:
        raise refusal(
            "C2H7016", path, "the disk is a delta over a parent disk", "consolidate its snapshots, then export it again"
        )
    if not fields.get("createtype"):
        raise refusal("C2H7017", path, "its descriptor does not say createType")
    if not 1 <= len(extents) <= MOST_EXTENTS:
        raise refusal("C2H7017", path, f"its descriptor names {len(extents)} extents")
    return Descriptor(fields["createtype"].lower(), tuple(extents))


def _read_line(path: Path, line: str, fields: dict[str, str], extents: list[Extent]) -> None:
    extent, field = _EXTENT.fullmatch(line), _FIELD.fullmatch(line)
    if extent:
        extents.append(Extent(extent[3], extent[4] or ""))
    elif field:
        if field[1]:
            fields[field[1].lower()] = field[2].strip().strip('"')
    elif line and not line.startswith("#"):
        raise refusal("C2H7017", path, f"its descriptor has a line that no VMDK has: {line[:60]!r}")


def _check_single(path: Path, head: bytes, tail: bytes) -> str:
    """A VMDK with a sparse header: descriptor and grains in one file."""
    if len(head) < _SECTOR:
        raise refusal("C2H7017", path, "its header is cut off")
    _, version, _, capacity, _, place, length, _, _, directory = _HEADER.unpack_from(head)
    if version not in (1, 2, 3) or not capacity:  # with no capacity qemu reads the text as a descriptor of other files
        raise refusal("C2H7017", path, f"its header says version {version} and {capacity} sectors")
    if directory == 0xFFFFFFFFFFFFFFFF and tail[-1024:-1020] != b"KDMV":
        raise refusal("C2H7017", path, "its footer is missing: the file is cut off or not a stream", "download it again")
    if directory == 0xFFFFFFFFFFFFFFFF and tail[-1020:-968] != head[4:56]:  # all but where the directory is
        raise refusal("C2H7017", path, "its footer is another than its header")
    text = head[place * _SECTOR : place * _SECTOR + min(length * _SECTOR, MOST_TEXT)] if place < len(head) else b""
    descriptor = read_descriptor(path, _decode(path, text))
    if descriptor.subformat not in SINGLE:
        raise _unknown(path, descriptor.subformat)
    if any(extent.kind != "SPARSE" or not _plain(extent.file) for extent in descriptor.extents):
        raise refusal("C2H7015", path, "its descriptor names extents that are not in this file")
    return descriptor.subformat


def _whole_text(path: Path, head: bytes) -> str:
    if len(head) > MOST_TEXT or path.stat().st_size > len(head):
        raise refusal("C2H7017", path, "its descriptor is longer than any that a program writes")
    return _decode(path, head)


def _decode(path: Path, text: bytes) -> str:
    """Text up to its padding. Nothing may follow but its own last bytes, which qemu leaves when it writes a shorter CID."""
    text, _, rest = text.partition(b"\0")
    left = rest.strip(b"\0")
    if len(left) > 8 or not text.endswith(left):
        raise refusal("C2H7017", path, "something follows the text of its descriptor")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise refusal("C2H7017", path, "its descriptor is no text") from None


def _extent_file(path: Path, extent: Extent) -> Path:
    """The file of an extent: beside the descriptor, named after it as VMware does, no link, and what it should be."""
    if extent.kind not in ("FLAT", "SPARSE", "VMFS") or not _plain(extent.file):
        raise refusal("C2H7015", path, f"its extent {extent.file!r} ({extent.kind}) leads out of the folder of the image")
    suffix = extent.file.removeprefix(path.stem)
    if suffix == extent.file or not re.fullmatch(r"-(flat|[fs]\d{3,4}|\d{6}(-\w+)?)\.vmdk", suffix):
        message = f"its extent {extent.file!r} is not named after it ({path.stem}-flat.vmdk, {path.stem}-s001.vmdk, ...)"
        raise refusal("C2H7015", path, message, "export the disk again under one name")
    file = path.parent / extent.file
    if file.is_symlink() or not file.is_file():
        raise refusal(
            "C2H7015", path, f"its extent {extent.file!r} is no file beside it", "put all files of the disk into one folder"
        )
    if extent.kind == "SPARSE":
        _check_sparse_extent(path, file)
    return file


def _check_sparse_extent(path: Path, file: Path) -> None:
    """A sparse extent holds sectors: one without them would be read as a descriptor of still other files."""
    with file.open("rb") as opened:
        head = opened.read(_SECTOR)
    if not head.startswith(b"KDMV") or len(head) < _SECTOR or not _HEADER.unpack_from(head)[3]:
        raise refusal("C2H7015", path, f"its extent {file.name!r} is no sparse extent")


def _plain(name: str) -> bool:
    return bool(name) and not set(name) & set("/\\:\0") and name not in (".", "..")


def _unknown(path: Path, subformat: str) -> Exception:
    known = ", ".join(sorted(SINGLE | SPLIT))
    return refusal("C2H7014", path, f"its subformat {subformat[:40]!r} is not taken", f"export it as one of {known}")
