"""As much of Glance as an upload asks for, on a port of its own; it can cut the connection, and it can lie."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

OWN = {"id", "status", "size", "checksum", "os_hash_algo", "os_hash_value"}


class Glance(ThreadingHTTPServer):
    """Images by id; cut_after: bytes after which a connection is cut; corrupt: whether bytes are changed on the way."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.images: dict[str, dict[str, Any]] = {}
        self.cut_after: int | None = None
        self.corrupt = self.forgets = self.full = self.deaf = False
        self.lengths: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v2"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A cut connection is no news here."""


class Handler(BaseHTTPRequestHandler):
    server: Glance

    def log_message(self, *arguments: object) -> None:
        """Nothing is said."""

    def answer(self, status: int, data: Any = None) -> None:
        body = json.dumps(data).encode() if data is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        if split.path == "/v2/images":
            wanted = {name: values[0] for name, values in parse_qs(split.query).items() if name != "owner"}
            found = [one for one in self.server.images.values() if all(one.get(name) == value for name, value in wanted.items())]
            self.answer(200, {"images": found})
        elif split.path.rstrip("/") in ("", "/v2"):
            links = [{"rel": "self", "href": f"{self.server.url}/"}]
            self.answer(300, {"versions": [{"id": "v2.9", "status": "CURRENT", "links": links}]})
        elif self.image_id() in self.server.images:
            self.answer(200, self.server.images[self.image_id()])
        else:
            self.answer(404, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.full:
            self.answer(413, {"message": "the quota of images is used up"})
            return
        number = f"image-{len(self.server.images) + 1}"
        if self.server.forgets:
            body.pop("hw_disk_bus", None)
        self.server.images[number] = {**body, "id": number, "status": "queued", "size": None}
        self.answer(201, self.server.images[number])

    def do_PUT(self) -> None:
        image = self.server.images[self.image_id()]
        self.server.lengths.append(self.headers["Content-Length"])
        image["status"] = "saving"
        left = int(self.headers["Content-Length"])
        cut = self.server.cut_after
        data = self.rfile.read(left if cut is None else min(left, cut))
        if cut is not None:
            image["status"] = "queued"  # as the real one does
            self.connection.close()
            self.close_connection = True
            return
        if self.server.corrupt:
            data = data[:-1] + b"!"
        sums = {"checksum": hashlib.md5(data).hexdigest(), "os_hash_value": hashlib.sha512(data).hexdigest()}
        image |= {"status": "active", "size": len(data), "os_hash_algo": "sha512", **sums}
        self.answer(204)

    def do_DELETE(self) -> None:
        if self.server.deaf:
            self.answer(403, {})
            return
        self.server.images.pop(self.image_id())
        self.answer(204)

    def image_id(self) -> str:
        return urlsplit(self.path).path.split("/")[3]


@contextmanager
def running() -> Iterator[Glance]:
    server = Glance()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
