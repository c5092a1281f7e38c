"""OVA: a tar archive with a descriptor and disks. Its disks are taken out into a folder of ours, by names of ours."""

from __future__ import annotations

import hashlib
import re
import tarfile
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from cfn2heat.images.refusal import refusal
from cfn2heat.record import record

MOST_MEMBERS = 256
MOST_TEXT = 4 << 20
_CHUNK = 1 << 20
_OVF = "{http://schemas.dmtf.org/ovf/envelope/1}"
_DIGEST = re.compile(r"(SHA1|SHA256|SHA512) ?\((.+)\) ?= ?([0-9a-fA-F]+)")


@record
class OvaDisk:
    """A disk of an archive: its name there, where it begins, how long it is, and the checksum that the manifest gives it."""

    name: str
    offset: int
    size: int
    algorithm: str = ""
    digest: str = ""


class _Bounded:
    """A file that is never asked for much at once: headers of an archive are small."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.file = path, file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        """Read a header."""
        if not 0 <= size <= _CHUNK:
            raise refusal("C2H7032", self.path, f"a header in the archive is {size} bytes long")
        return self.file.read(size)


def ova_disks(path: Path) -> list[OvaDisk]:
    """The disks that the descriptor of an archive names; every member is judged first."""
    with path.open("rb") as file:
        members = _members(path, file)
        descriptors = [name for name in members if name.lower().endswith(".ovf")]
        if len(descriptors) != 1:
            raise refusal("C2H7033", path, f"the archive has {len(descriptors)} OVF descriptors and should have one")
        text = _text(path, file, members[descriptors[0]])
        digests = _manifest(path, file, members)
        _check_digest(path, descriptors[0], text, digests)
    return [_disk(path, href, members, digests) for href in _references(path, text)]


def extract_disk(path: Path, disk: OvaDisk, to: Path) -> None:
    """Copy a disk out of the archive; what does not match its checksum is removed again."""
    digest = hashlib.new(disk.algorithm or "sha256", usedforsecurity=False)
    with path.open("rb") as file, to.open("xb") as copy:
        file.seek(disk.offset)
        left = disk.size
        while left:
            piece = file.read(min(_CHUNK, left))
            if not piece:
                break
            digest.update(piece)
            copy.write(piece)
            left -= len(piece)
    if left or (disk.digest and digest.hexdigest() != disk.digest):
        to.unlink()
        raise refusal("C2H7036", path, f"{disk.name} is not what the manifest of the archive says", "download it again")


def _members(path: Path, file: BinaryIO) -> dict[str, tarfile.TarInfo]:
    found: dict[str, tarfile.TarInfo] = {}
    size = path.stat().st_size
    try:
        with tarfile.open(fileobj=_Bounded(path, file), mode="r:", errorlevel=2) as archive:  # type: ignore[call-overload]
            for member in archive:
                _check_member(path, member, size)
                if member.name in found or len(found) == MOST_MEMBERS:
                    what = f"{member.name!r} twice" if member.name in found else f"more than {MOST_MEMBERS} members"
                    raise refusal("C2H7032", path, f"the archive has {what}")
                found[member.name] = member
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise refusal("C2H7032", path, f"the archive cannot be read: {error}", "download it again") from None
    return found


def _check_member(path: Path, member: tarfile.TarInfo, size: int) -> None:
    name = member.name
    if name.startswith("/") or ".." in re.split(r"[/\\]", name) or re.match(r"[A-Za-z]:|\\", name):
        raise refusal("C2H7030", path, f"its member {name[:80]!r} leads out of the folder")
    if not member.isfile() or member.issparse():
        kind = "a sparse file" if member.isfile() else "a link" if member.issym() or member.islnk() else "no plain file"
        raise refusal("C2H7031", path, f"its member {name[:80]!r} is {kind}")
    if member.offset_data + member.size > size:
        raise refusal("C2H7037", path, f"its member {name[:80]!r} says that it is longer than the archive", "download it again")


def _text(path: Path, file: BinaryIO, member: tarfile.TarInfo) -> bytes:
    if member.size > MOST_TEXT:
        raise refusal("C2H7033", path, f"{member.name} is {member.size} bytes long")
    file.seek(member.offset_data)
    return file.read(member.size)


def _references(path: Path, text: bytes) -> list[str]:
    """The files of the disks that a descriptor names; entities are refused before anything is parsed."""
    try:
        plain = text.decode("utf-8")
        if "<!" in re.sub(r"<!--.*?-->", "", plain, flags=re.DOTALL):
            raise refusal("C2H7033", path, "its OVF descriptor has a document type or entities, which none needs")
        root = ElementTree.fromstring(plain)  # noqa: S314  there is no declaration left in it that could do harm
    except (UnicodeDecodeError, ElementTree.ParseError, ValueError) as error:
        raise refusal("C2H7033", path, f"its OVF descriptor cannot be read: {error}") from None
    files = {file.get(f"{_OVF}id"): file for file in root.iter(f"{_OVF}File")}
    named = [files.get(disk.get(f"{_OVF}fileRef")) for disk in root.iter(f"{_OVF}Disk")]
    return [_reference(path, file) for file in named if file is not None]


def _reference(path: Path, file: ElementTree.Element) -> str:
    if file.get(f"{_OVF}compression", "identity") not in ("", "identity") or file.get(f"{_OVF}chunkSize"):
        raise refusal("C2H7035", path, "it packs a disk once more (compression or chunks)", "export it without that")
    return file.get(f"{_OVF}href", "")


def _disk(path: Path, href: str, members: dict[str, tarfile.TarInfo], digests: dict[str, tuple[str, str]]) -> OvaDisk:
    if href not in members:
        raise refusal("C2H7034", path, f"its descriptor names a disk {href[:80]!r} that is not in the archive")
    member = members[href]
    return OvaDisk(href, member.offset_data, member.size, *digests.get(href, ("", "")))


def _manifest(path: Path, file: BinaryIO, members: dict[str, tarfile.TarInfo]) -> dict[str, tuple[str, str]]:
    """Checksums by member, from the manifest where there is one."""
    found: dict[str, tuple[str, str]] = {}
    for name, member in members.items():
        if name.lower().endswith(".mf"):
            text = _text(path, file, member).decode("utf-8", "replace")
            for algorithm, of, digest in _DIGEST.findall(text):
                found[of] = (algorithm.lower(), digest.lower())
    return found


def _check_digest(path: Path, name: str, text: bytes, digests: dict[str, tuple[str, str]]) -> None:
    if name in digests:
        algorithm, wanted = digests[name]
        if hashlib.new(algorithm, text, usedforsecurity=False).hexdigest() != wanted:
            raise refusal("C2H7036", path, f"{name} is not what the manifest of the archive says", "download it again")
