"""An image to Glance: sent once, held against the checksum that Glance computed, and taken away again when anything is amiss."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfn2heat.images.convert import properties_file
from cfn2heat.images.refusal import refusal
from cfn2heat.record import record

if TYPE_CHECKING:
    from openstack.connection import Connection

MARK = "cfn2heat_sha512"
"""The property by which an upload that was broken off is found again."""
_PIECE = 1 << 20
_SETTLING = 120
"""Seconds that an image may take to become active after all of it has been sent."""
_SENDING = 6 * 3600


@record
class Upload:
    """What is to be sent, and as what."""

    file: Path
    disk_format: str
    name: str
    properties: dict[str, str | int]


@record
class Uploaded:
    """An image of the cloud; found when it was there already."""

    id: str
    name: str
    checksum: str
    found: bool


class _Sent:
    """A file as it is sent: its length is known, so that a cut connection is no end of it."""

    def __init__(self, path: Path, watch: Callable[[str, int, int], None]) -> None:
        self._file = path.open("rb")
        self._size = path.stat().st_size
        self._watch = watch
        self._done = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(_PIECE), b"")

    def read(self, size: int = -1) -> bytes:
        """Give the next piece."""
        piece = self._file.read(size)
        self._done += len(piece)
        self._watch("send", self._done, self._size)
        return piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_properties(image: Path) -> dict[str, str | int]:
    """The properties that convert has written beside an image; none when it has not."""
    place = properties_file(image)
    if not place.exists():
        return {}
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        found: dict[str, str | int] = json.loads(place.read_text(encoding="utf-8"))["properties"]
        if all(isinstance(value, (str, int)) for value in found.values()):
            return found
    raise refusal("C2H7073", place, "these are no properties of an image", "remove the file, or convert again")


def upload(connection: Connection, wanted: Upload, watch: Callable[[str, int, int], None]) -> Uploaded:
    """Send an image, unless the cloud has it; watch gets what is done (read, send), and how many bytes of how many."""
    from keystoneauth1.exceptions import ClientException
    from openstack.exceptions import SDKException

    digests = _digests(wanted.file, watch)
    try:
        known = _known(connection, wanted, digests)
        if known is not None:
            return known
        image_id = _create(connection, wanted, digests)
    except (SDKException, ClientException) as error:
        raise refusal("C2H7070", wanted.name, f"the cloud refuses the image: {_told(error)}") from error
    try:
        _send(connection, image_id, wanted.file, watch)
        _verify(connection, image_id, wanted, digests)
    except (SDKException, ClientException, OSError) as error:
        raise _cut(wanted, error, _taken_away(connection, image_id)) from error
    except BaseException:
        _taken_away(connection, image_id)
        raise
    return Uploaded(image_id, wanted.name, digests["sha512"], found=False)


def _digests(path: Path, watch: Callable[[str, int, int], None]) -> dict[str, str]:
    """The checksums of a file that Glance may compute."""
    sums = {name: hashlib.new(name, usedforsecurity=False) for name in ("md5", "sha256", "sha512")}
    done, size = 0, path.stat().st_size
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(_PIECE), b""):
            for one in sums.values():
                one.update(piece)
            done += len(piece)
            watch("read", done, size)
    return {name: one.hexdigest() for name, one in sums.items()}


def _known(connection: Connection, wanted: Upload, digests: dict[str, str]) -> Uploaded | None:
    """An image that an earlier call has brought there whole; what earlier calls have left unfinished is removed."""
    answer = connection.image.get("/images", params={MARK: digests["sha512"], "owner": connection.current_project_id or ""})
    for image in _data(answer)["images"]:
        if image["name"] != wanted.name:
            continue
        if image["status"] == "active" and not _difference(image, wanted, digests):
            return Uploaded(image["id"], image["name"], digests["sha512"], found=True)
        connection.image.delete_image(image["id"], ignore_missing=True)
    return None


def _create(connection: Connection, wanted: Upload, digests: dict[str, str]) -> str:
    body = {
        "name": wanted.name,
        "disk_format": wanted.disk_format,
        "container_format": "bare",
        "visibility": "private",
        **{name: value if name in ("min_disk", "min_ram") else str(value) for name, value in wanted.properties.items()},
        MARK: digests["sha512"],
    }
    found: str = _data(connection.image.post("/images", json=body))["id"]
    return found


def _data(answer: Any) -> dict[str, Any]:
    """What the cloud answers; the library's own error when it says no."""
    from openstack.exceptions import raise_from_response

    raise_from_response(answer)
    found: dict[str, Any] = answer.json()
    return found


def _send(connection: Connection, image_id: str, path: Path, watch: Callable[[str, int, int], None]) -> None:
    from openstack.exceptions import raise_from_response

    sent = _Sent(path, watch)
    try:
        headers = {"Content-Type": "application/octet-stream", "Accept": ""}
        answer = connection.image.put(f"/images/{image_id}/file", data=sent, headers=headers, timeout=_SENDING)
        raise_from_response(answer)
    finally:
        sent.close()


def _verify(connection: Connection, image_id: str, wanted: Upload, digests: dict[str, str]) -> None:
    """Wait until the image is active, and hold it against what was sent."""
    end = time.monotonic() + _SETTLING
    while True:
        image = _data(connection.image.get(f"/images/{image_id}"))
        if image["status"] not in ("queued", "saving", "importing") or time.monotonic() > end:
            break
        time.sleep(1)
    difference = f"its status is {image['status']}" if image["status"] != "active" else _difference(image, wanted, digests)
    if difference:
        message = f"what the cloud has is not what was sent: {difference}"
        raise refusal(
            "C2H7072", wanted.name, message, "the image was removed; call again, and ask the cloud's people if that recurs"
        )


def _difference(image: dict[str, Any], wanted: Upload, digests: dict[str, str]) -> str:
    """What an image of the cloud has otherwise than the file and its properties; "" when it is the same."""
    size = wanted.file.stat().st_size
    if image.get("size") != size:
        return f"{image.get('size')} bytes, not {size}"
    theirs, ours = image.get("os_hash_value"), digests.get(image.get("os_hash_algo") or "")
    if not theirs or not ours:
        theirs, ours = image.get("checksum"), digests["md5"]
    if theirs != ours:
        return f"the checksum {theirs}, not {ours}"
    for name, value in wanted.properties.items():
        if str(image.get(name)) != str(value):
            return f"{name} is {image.get(name)}, not {value}"
    return ""


def _taken_away(connection: Connection, image_id: str) -> bool:
    """Remove an image that is not whole; False when the cloud does not answer now."""
    from keystoneauth1.exceptions import ClientException
    from openstack.exceptions import SDKException

    with suppress(SDKException, ClientException, OSError):
        connection.image.delete_image(image_id, ignore_missing=True)
        return True
    return False


def _cut(wanted: Upload, error: Exception, gone: bool) -> Exception:
    left = "nothing of it is left there" if gone else "what is left of it there is not active, and the next call removes it"
    return refusal("C2H7071", wanted.name, f"the upload broke off ({_told(error)}); {left}", "call again when the way is clear")


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
