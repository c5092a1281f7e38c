"""AWS on a port of its own: moto's server, and before it what moto lacks, ExportImage and its task, in EC2's own form.

Whatever else is asked goes to moto as it comes. What passes can be cut or changed on the way, as a bad line does.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import boto3
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
BUCKET = "pets-on-their-way"
SECRET = "TheSecretKeyOfATest0123456789abcdefghijk"
LOGIN = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_MAX_ATTEMPTS": "1"}
_SPACE = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'
TASK = """<exportImageTaskId>{task}</exportImageTaskId><imageId>{image}</imageId><progress>{progress}</progress>
<status>{status}</status><statusMessage>{message}</statusMessage>
<s3ExportLocation><s3Bucket>{bucket}</s3Bucket><s3Prefix>{prefix}</s3Prefix></s3ExportLocation>"""


class Amazon(ThreadingHTTPServer):
    """disk: what an export puts into the bucket; polls: how often a task is asked for before it is done."""

    daemon_threads = True

    def __init__(self, moto: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.moto = moto
        self.disk = b""
        self.parts: list[int] = []
        """Sizes of the parts that the disk is stored in; none: in one piece."""
        self.polls, self.ends = 0, "completed"
        self.said = ""
        """Why AWS gives a task up."""
        self.refuses = ""
        """What ExportImage answers instead, as code and message."""
        self.hides = False
        """Whether the image is another account's; moto does not heed Owners beside ImageIds."""
        self.looks: dict[str, str] = {}
        """What stands in an answer of DescribeImages, and what stands there instead."""
        self.cuts: list[int] = []
        """After how many bytes each of the next downloads is cut."""
        self.corrupt = False
        self.loses = 0
        """How many answers to ExportImage are lost."""
        self.before_download: Callable[[], object] = lambda: None
        self.tasks: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self.ranges: list[str] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def client(self, name: str, region: str = REGION) -> Any:
        """Straight to moto, as a test prepares it."""
        url = "http://{}:{}".format(*self.moto)
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
        return boto3.client(name, region_name=region, endpoint_url=url, **keys)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A cut connection is no news here."""

    def store(self, key: str) -> None:
        """Put the disk into the bucket as a great file gets there: in parts."""
        s3 = self.client("s3")
        if not self.parts:
            s3.put_object(Bucket=BUCKET, Key=key, Body=self.disk)
            return
        upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
        parts = []
        rest = self.disk
        for number, size in enumerate(self.parts, 1):
            piece, rest = rest[:size], rest[size:]
            etag = s3.upload_part(Bucket=BUCKET, Key=key, PartNumber=number, UploadId=upload, Body=piece)["ETag"]
            parts.append({"PartNumber": number, "ETag": etag})
        s3.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})


class Handler(BaseHTTPRequestHandler):
    server: Amazon
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        """Nothing is said."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        action = query.get("Action", "")
        self.server.asked.append(action)
        if action == "ExportImage":
            self.export(query)
        elif action == "DescribeExportImageTasks":
            self.describe(query)
        elif action == "DescribeImages" and self.server.hides:
            self.tell("DescribeImagesResponse", "<imagesSet/>")
        else:
            self.forward(body, self.server.looks if action == "DescribeImages" else {})

    def do_GET(self) -> None:
        self.server.asked.append("GET")
        self.server.ranges.append(self.headers.get("Range", ""))
        self.server.before_download()
        self.forward(b"", {})

    def do_HEAD(self) -> None:
        self.server.asked.append("HEAD")
        self.forward(b"", {})

    def export(self, query: dict[str, str]) -> None:
        if self.server.refuses:
            code, _, message = self.server.refuses.partition(": ")
            error = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
            self.answer(400, error)
            return
        token = query["ClientToken"]
        task = self.server.tokens.setdefault(token, f"export-ami-{len(self.server.tokens) + 1:017x}")
        if task not in self.server.tasks:
            place = {"bucket": query["S3ExportLocation.S3Bucket"], "prefix": query["S3ExportLocation.S3Prefix"]}
            facts = {"task": task, "image": query["ImageId"], "role": query["RoleName"], **place}
            self.server.tasks[task] = facts | {"format": query["DiskImageFormat"], "polls": "0"}
        if self.server.loses:
            self.server.loses -= 1
            self.connection.close()
            self.close_connection = True
            return
        self.tell("ExportImageResponse", self.shown(task, "active", 0))

    def describe(self, query: dict[str, str]) -> None:
        task = query["ExportImageTaskId.1"]
        facts = self.server.tasks.get(task)
        if facts is None:
            self.tell("DescribeExportImageTasksResponse", "<exportImageTaskSet/>")
            return
        polls = int(facts["polls"])
        facts["polls"] = str(polls + 1)
        done = polls >= self.server.polls
        if done and self.server.ends == "completed" and polls == self.server.polls:
            self.server.store(f"{facts['prefix']}{task}.{facts['format'].lower()}")
        status = self.server.ends if done else "active"
        shown = self.shown(task, status, 100 if done else 100 * polls // (self.server.polls + 1))
        self.tell("DescribeExportImageTasksResponse", f"<exportImageTaskSet><item>{shown}</item></exportImageTaskSet>")

    def shown(self, task: str, status: str, progress: int) -> str:
        return TASK.format(status=status, progress=progress, message=self.server.said, **self.server.tasks[task])

    def tell(self, name: str, body: str) -> None:
        self.answer(200, f"<{name} {_SPACE}><requestId>r</requestId>{body}</{name}>")

    def answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def forward(self, body: bytes, changes: dict[str, str]) -> None:
        """To moto and back."""
        line = http.client.HTTPConnection(*self.server.moto, timeout=60)
        line.request(self.command, self.path, body, dict(self.headers))
        answer = line.getresponse()
        data = answer.read()
        line.close()
        text = data.decode() if changes else ""
        for old, new in changes.items():
            assert old in text, f"moto's answer has no {old}: {text}"
            text = text.replace(old, new)
        self.pass_on(answer, text.encode() if changes else data)

    def pass_on(self, answer: http.client.HTTPResponse, data: bytes) -> None:
        length = answer.headers["Content-Length"] if self.command == "HEAD" else str(len(data))
        kept = [
            pair for pair in answer.getheaders() if pair[0].lower() not in ("content-length", "connection", "transfer-encoding")
        ]
        self.send_response_only(answer.status)
        for name, value in [*kept, ("Content-Length", length or "0")]:
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET" and answer.status == 206:
            if self.server.corrupt:
                data = data[:-1] + b"!"
            if self.server.cuts:
                data = data[: self.server.cuts.pop(0)]
                self.close_connection = True
        self.wfile.write(data)


@cache
def _moto() -> tuple[str, int]:
    """Where moto's server is; there is one for all tests, which empty it."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    return moto.get_host_and_port()


@contextmanager
def running() -> Iterator[Amazon]:
    """AWS with a bucket, as it is before anybody has exported anything."""
    server = Amazon(_moto())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        server.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield server
    finally:
        server.shutdown()
        server.server_close()
        reset = http.client.HTTPConnection(*server.moto)
        reset.request("POST", "/moto-api/reset")
        reset.getresponse().read()
        reset.close()


def pet(server: Amazon) -> str:
    """An image of the account, of one volume."""
    disks = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}]
    image: str = server.client("ec2").register_image(Name="pet", RootDeviceName="/dev/xvda", BlockDeviceMappings=disks)["ImageId"]
    return image
