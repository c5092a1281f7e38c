"""A disk out of S3: fetched in one stream that goes on where it was cut, and held against its size and its ETag."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from cfn2heat.images.aws import asking, error_code
from cfn2heat.images.refusal import refusal
from cfn2heat.record import record

Watch = Callable[[str, int, int], None]
_PIECE = 1 << 20
_CHECKSUM = re.compile(r'"[0-9a-f]{32}(?:-(\d+))?"')
_CUTS = 5
"""How often a stream may be cut without a byte between two cuts."""
_PAUSE = 2.0


@record
class Stored:
    """An object of S3 as it was when it was first seen; etag as S3 writes it, with its quotation marks."""

    bucket: str
    key: str
    size: int
    etag: str
    parts: int
    """How many parts it was stored in; 0 when it was stored in one piece."""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def look(s3: Any, bucket: str, key: str) -> Stored | None:
    """What S3 says of an object, None when it is not there; refuses one whose ETag is no checksum."""
    from botocore.exceptions import ClientError

    with asking(f"s3://{bucket}/{key}"):
        try:
            found = s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error_code(error) in ("404", "NoSuchKey"):
                return None
            raise
        sums = _CHECKSUM.fullmatch(found["ETag"])
        if not sums or str(found.get("ServerSideEncryption", "")).startswith("aws:kms"):
            message = (
                "S3 keeps no checksum of it, as for what a key of KMS encrypts, so nobody could tell whether it arrives whole"
            )
            raise refusal("C2H7103", f"s3://{bucket}/{key}", message, "export into a bucket that S3 itself encrypts (SSE-S3)")
    return Stored(bucket, key, found["ContentLength"], found["ETag"], int(sums[1] or 0))


def download(s3: Any, stored: Stored, to: Path, watch: Watch) -> None:
    """Fetch what is lacking of an object; the file is proved when this returns, and good for the next call otherwise."""
    _check_room(stored, to)
    cuts = 0
    while (have := _size(to)) < stored.size:
        _fetch(s3, stored, to, watch)
        cuts = cuts + 1 if _size(to) == have else 0
        if cuts == _CUTS:
            message = f"the connection is cut again and again, after {have} of {stored.size} bytes"
            raise refusal("C2H7102", stored, message, "call again when the way is clear: it goes on from there")
        if cuts:
            time.sleep(_PAUSE * cuts)
    _prove(s3, stored, to, watch)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _empty(path: Path) -> None:
    path.write_bytes(b"")  # it stays there: by it the next call knows that the export is done


def _check_room(stored: Stored, to: Path) -> None:
    needed, free = stored.size - _size(to), shutil.disk_usage(to.parent).free
    if needed > free:
        message = f"fetching {stored} needs {needed >> 20} MiB more, and {free >> 20} MiB are free"
        raise refusal("C2H7062", to.parent, message, "make room, or choose a folder on a larger disk")


def _fetch(s3: Any, stored: Stored, to: Path, watch: Watch) -> None:
    """Add to the file until the stream ends, or is cut."""
    from botocore import exceptions

    have = _size(to)
    with asking(stored), suppress(exceptions.ConnectionError, exceptions.HTTPClientError, exceptions.IncompleteReadError):
        answer = _ask(s3, stored, to, have)
        with to.open("ab") as file:
            for piece in answer["Body"].iter_chunks(_PIECE):
                have += file.write(piece)
                watch("download", have, stored.size)


def _ask(s3: Any, stored: Stored, to: Path, have: int) -> Any:
    """Begin the stream of what is lacking."""
    from botocore.exceptions import ClientError

    try:
        answer = s3.get_object(Bucket=stored.bucket, Key=stored.key, Range=f"bytes={have}-", IfMatch=stored.etag)
    except ClientError as error:
        if error_code(error) not in ("PreconditionFailed", "412"):
            raise
        _empty(to)
        raise refusal("C2H7103", stored, "it is another one now than when it was first seen", "call again") from None
    if not answer.get("ContentRange", "").startswith(f"bytes {have}-"):
        raise refusal("C2H7103", stored, "the server gives another piece than was asked for", "call again")
    return answer


def _prove(s3: Any, stored: Stored, path: Path, watch: Watch) -> None:
    """Refuse, and empty, what is not what S3 has."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    size, wanted = _size(path), stored.etag.strip('"')
    found = ""
    for parts in _divisions(s3, stored) if size == stored.size else ():
        found = _etag(path, parts, stored, watch)
        if found == wanted:
            return
    _empty(path)
    wrong = f"its checksum is {found}, not {wanted}" if found else f"it is {size} bytes long, not {stored.size}"
    raise refusal("C2H7103", stored, f"what arrived is not what S3 has: {wrong}", "call again")


def _divisions(s3: Any, stored: Stored) -> Iterator[list[int]]:
    """The sizes of an object's parts: equal ones first, as they nearly always are; then, asked one by one, as they are."""

    def ask(part: int) -> int:
        with asking(stored):
            found: int = s3.head_object(Bucket=stored.bucket, Key=stored.key, PartNumber=part)["ContentLength"]
        return found

    if not stored.parts:
        yield [stored.size]
        return
    first = ask(1)
    yield [*[first] * (stored.parts - 1), stored.size - first * (stored.parts - 1)]
    if stored.parts > 2:
        yield [first, *map(ask, range(2, stored.parts + 1))]


def _etag(path: Path, parts: list[int], stored: Stored, watch: Watch) -> str:
    """What the ETag of a file would be: the checksum of the whole, or that of its parts' checksums with their number."""
    sums: list[bytes] = []
    done = 0
    with path.open("rb") as file:
        for length in parts:
            one, end = hashlib.md5(usedforsecurity=False), done + length
            while done < end and (piece := file.read(min(_PIECE, end - done))):
                one.update(piece)
                done += len(piece)
                watch("verify", done, stored.size)
            sums.append(one.digest())
    if not stored.parts:
        return sums[0].hex()
    return f"{hashlib.md5(b''.join(sums), usedforsecurity=False).hexdigest()}-{len(sums)}"
