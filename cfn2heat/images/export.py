"""An AMI to a disk here: AWS exports it into a bucket, and the file is fetched from there; a call that was killed goes on."""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from cfn2heat.images.aws import asking, clients, error_code, told
from cfn2heat.images.convert import Scratch
from cfn2heat.images.refusal import refusal
from cfn2heat.images.s3 import Stored, Watch, download, look
from cfn2heat.record import field, record, replace

PATTERNS = {
    "ami": r"ami-[0-9a-f]{8,17}",
    "region": r"[a-z]{2,3}(-[a-z]+)+-\d{1,2}",
    "bucket": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "prefix": r"[\w!.*'()/-]{0,200}",
    "profile": r"[\w.@+/-]{0,100}",
    "role": r"[\w+=,.@-]{1,64}",
}
"""What each field of an export looks like."""
PREFIX, ROLE = "cfn2heat/", "vmimport"
_PAUSE, _LONGEST = 15.0, 48 * 3600.0
_INSIDE = "copy the disk from inside the server instead"


@record
class Export:
    """An AMI, and the bucket that AWS puts its disk into; the profile says whose credentials boto3 takes."""

    ami: str
    region: str
    bucket: str
    prefix: str = PREFIX
    profile: str = ""
    role: str = ROLE

    def wrong(self) -> Iterator[str]:
        """Names of the fields that cannot be what they should."""
        yield from (name for name, pattern in PATTERNS.items() if not re.fullmatch(pattern, getattr(self, name)))


@record
class _State:
    """What a call has done so far: the token makes AWS take a repeated request for the same one."""

    key: list[str] = field(default_factory=list)
    token: str = ""
    task: str = ""
    place: str = ""
    """The object's key in the bucket, once AWS has put it there."""
    etag: str = ""


def export(wanted: Export, scratch: Scratch, watch: Watch) -> Stored:
    """Bring the disk of an AMI to a place that is held; watch gets what is being done, and how much of how much is done."""
    ec2, s3 = clients(wanted.region, wanted.profile)
    state = _read(scratch.folder, wanted)
    if not state.task:
        check_image(ec2, wanted)
        _check_bucket(s3, wanted)
        state = _begin(ec2, wanted, state, scratch)
    if not state.place:
        state = _note(scratch.folder, replace(state, place=_follow(ec2, state, scratch, watch)))
    stored = look(s3, wanted.bucket, state.place)
    if stored is None:
        scratch.work.unlink(missing_ok=True)
        message = "AWS has put the disk there, and it is not there any more"
        raise refusal("C2H7103", f"s3://{wanted.bucket}/{state.place}", message, "call again to begin anew")
    if stored.etag != state.etag:
        scratch.work.write_bytes(b"")
        _note(scratch.folder, replace(state, etag=stored.etag))
    download(s3, stored, scratch.work, watch)
    os.replace(scratch.work, scratch.output)
    return stored


def check_image(ec2: Any, wanted: Export) -> None:
    """Refuse an image that AWS is known not to export, before anything is begun."""
    from botocore.exceptions import ClientError

    with asking(wanted.ami):
        try:
            images = ec2.describe_images(ImageIds=[wanted.ami], Owners=["self"])["Images"]
        except ClientError as error:
            if not error_code(error).startswith("InvalidAMIID"):
                raise
            images = []
    if not images:
        message = f"this account has no such image of its own in {wanted.region}"
        raise refusal("C2H7101", wanted.ami, message, "look at region and profile; an image of another account is copied first")
    reasons = list(_reasons(images[0]))
    if reasons:
        raise refusal("C2H7101", wanted.ami, f"AWS does not export it: {'; '.join(reasons)}", _INSIDE)


def _reasons(image: dict[str, Any]) -> Iterator[str]:
    if image.get("State") != "available":
        yield f"it is {image.get('State')}"
    if image.get("ProductCodes"):
        codes = ", ".join(one["ProductCodeId"] for one in image["ProductCodes"])
        yield f"it holds a product of the AWS Marketplace ({codes})"
    usage = image.get("UsageOperation", "RunInstances:0002" if image.get("Platform") == "windows" else "RunInstances")
    if image.get("Platform") == "windows" and usage not in ("RunInstances", "RunInstances:0800"):
        yield f"it holds software that is licensed through AWS ({image.get('PlatformDetails', 'Windows')})"
    volumes = [one["Ebs"] for one in image.get("BlockDeviceMappings", []) if "Ebs" in one]
    if any(volume.get("Encrypted") for volume in volumes):
        yield "a snapshot of it is encrypted (a copy of the image without encryption is exported)"
    if len(volumes) != 1:
        way = "register an image of the root's snapshot alone, and move the others as volumes"
        yield f"it has {len(volumes)} volumes, and an export is one disk ({way})"


def _check_bucket(s3: Any, wanted: Export) -> None:
    """Refuse a bucket that is not there, or is elsewhere."""
    with asking(f"s3://{wanted.bucket}"):
        answer = s3.head_bucket(Bucket=wanted.bucket)
    place = answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", wanted.region)
    if place != wanted.region:
        message = f"the bucket is in {place} and the image in {wanted.region}"
        raise refusal("C2H7101", f"s3://{wanted.bucket}", message, "name a bucket of the image's own region")


def _begin(ec2: Any, wanted: Export, state: _State, scratch: Scratch) -> _State:
    """Ask for the export; the token is kept before, so that a call that is killed here does not lead to a second export."""
    from botocore.exceptions import ClientError

    scratch.work.touch()  # from now on the folder stays when this call is broken off
    state = _note(scratch.folder, replace(state, token=state.token or uuid.uuid4().hex))
    with asking(wanted.ami):
        try:
            task = ec2.export_image(
                ImageId=wanted.ami,
                DiskImageFormat="VMDK",
                S3ExportLocation={"S3Bucket": wanted.bucket, "S3Prefix": wanted.prefix},
                RoleName=wanted.role,
                ClientToken=state.token,
                Description="cfn2heat",
            )
        except ClientError as error:
            scratch.work.unlink(missing_ok=True)
            message = f"AWS does not export it: {told(error)}"
            advice = f"the role {wanted.role} must let AWS write into the bucket (docs/images.md); or {_INSIDE}"
            raise refusal("C2H7101", wanted.ami, message, advice) from None
    return _note(scratch.folder, replace(state, task=task["ExportImageTaskId"]))


def _follow(ec2: Any, state: _State, scratch: Scratch, watch: Watch) -> str:
    """Wait until AWS has put the disk into the bucket; gives the object's key."""
    end, shown = time.monotonic() + _LONGEST, -1
    while True:
        with asking(state.task):
            tasks = ec2.describe_export_image_tasks(ExportImageTaskIds=[state.task])["ExportImageTasks"]
        task: dict[str, Any] = tasks[0] if tasks else {"Status": "forgotten"}
        done = int(re.match(r"\d*", task.get("Progress") or "")[0] or 0)  # type: ignore[index]
        if task["Status"] == "completed":
            watch("export", 100, 100)
            return f"{task['S3ExportLocation'].get('S3Prefix', '')}{state.task}.vmdk"
        if task["Status"] != "active":
            scratch.work.unlink(missing_ok=True)
            said = task.get("StatusMessage") or f"the task is {task['Status']}"
            raise refusal(
                "C2H7101", state.task, f"AWS has given the export up: {said}", f"call again to begin anew, or {_INSIDE}"
            )
        if time.monotonic() > end:
            raise refusal("C2H7100", state.task, "the export takes more than two days", "call again to go on waiting")
        if done != shown:
            watch("export", done, 100)
            shown = done
        time.sleep(_PAUSE)


def _read(folder: Path, wanted: Export) -> _State:
    """What an earlier call for the same has left."""
    key = [wanted.ami, wanted.region, wanted.bucket, wanted.prefix]
    with suppress(OSError, ValueError, TypeError):
        state = _State(**json.loads((folder / "export").read_text(encoding="utf-8")))
        if state.key == key:
            return state
    return _State(key=key)


def _note(folder: Path, state: _State) -> _State:
    """Write down what is done, so that it outlives this process."""
    facts = {name: getattr(state, name) for name in ("key", "token", "task", "place", "etag")}
    with (folder / "export.new").open("w", encoding="utf-8") as file:
        file.write(json.dumps(facts) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(folder / "export.new", folder / "export")
    return state
