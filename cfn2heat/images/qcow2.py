"""qcow2: what its header says of other files, of encryption and of its size."""

from __future__ import annotations

import struct
from pathlib import Path

from cfn2heat.images.refusal import refusal

_HEADER = struct.Struct(">4sIQIIQIIQQIIQ")
_DATA_FILE, _KNOWN = 1 << 2, 0x1F


def check_qcow2(path: Path, head: bytes) -> str:
    """The version of a qcow2 that stands for itself."""
    if len(head) < 104:
        raise refusal("C2H7012", path, "its header is cut off", "download it again")
    _, version, backing, _, _, _, encryption, *_ = _HEADER.unpack_from(head)
    if version not in (2, 3):
        raise refusal("C2H7012", path, f"it is of version {version}", "convert it to version 3 where it comes from")
    if backing:
        raise refusal(
            "C2H7010", path, "the image is an overlay: it takes what it lacks from a backing file of the host", _FLATTEN
        )
    if encryption:
        raise refusal("C2H7007", path, "the image is encrypted", "decrypt it where its key is known, then export it again")
    features = struct.unpack_from(">Q", head, 72)[0] if version == 3 else 0
    if features & _DATA_FILE:
        raise refusal("C2H7011", path, "the image keeps its data in another file of the host", _FLATTEN)
    if features & ~_KNOWN:
        raise refusal("C2H7012", path, f"it needs features that are not known here ({features & ~_KNOWN:#x})")
    return f"version {version}"


_FLATTEN = "where it comes from, make one file of it with qemu-img convert -O qcow2"
