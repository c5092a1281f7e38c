"""Images that lead somewhere: each maker gives the file to be judged."""

import io
import struct
import tarfile
from pathlib import Path

from tests.images.conftest import MIB, qemu_img

VMDK = """# Disk DescriptorFile
version=1
CID=12345678
parentCID={parent}
createType="{kind}"
{hint}
{extents}
ddb.adapterType = "ide"
"""


def descriptor(kind: str, *extents: str, parent: str = "ffffffff", hint: str = "") -> bytes:
    return VMDK.format(kind=kind, extents="\n".join(extents), parent=parent, hint=hint).encode()


def file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def sparse_vmdk(path: Path, text: bytes | None = None, capacity: int = 2048, place: int = 1, directory: int = 21) -> Path:
    """A VMDK with a sparse header and this descriptor inside."""
    text = text if text is not None else descriptor("monolithicSparse", f'RW 2048 SPARSE "{path.name}"')
    header = struct.pack("<4sIIQQQQIQQ", b"KDMV", 1, 3, capacity, 128, place, 20, 512, 0, directory).ljust(512, b"\0")
    return file(path, header + text.ljust(20 * 512, b"\0") + bytes(2 * MIB))


def qcow2(path: Path, changes: dict[int, bytes]) -> Path:
    """An honest qcow2 with some bytes of its header changed."""
    qemu_img("create", "-q", "-f", "qcow2", path, "8M")
    with path.open("r+b") as opened:
        for place, data in changes.items():
            opened.seek(place)
            opened.write(data)
    return path


def ovf(href: str = "disk.vmdk", extra: str = "", before: str = "") -> bytes:
    return f"""<?xml version="1.0"?>{before}
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References><File ovf:href="{href}" ovf:id="file1" {extra}/></References>
  <DiskSection><Disk ovf:diskId="d1" ovf:fileRef="file1" ovf:capacity="8388608"/></DiskSection>
</Envelope>""".encode()


def member(name: str, data: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def ova(path: Path, *members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT) -> Path:
    with tarfile.open(path, "w", format=form) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return path
