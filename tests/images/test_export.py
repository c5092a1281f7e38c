"""An AMI comes here by a bucket: boto3 speaks over HTTP to moto's server, and to what stands before it (amazon.py)."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import botocore.parsers
import pytest
from click.testing import CliRunner, Result

from cfn2heat.cli.main import cli
from tests.images import amazon
from tests.images.amazon import BUCKET, LOGIN, REGION, SECRET, Amazon
from tests.images.conftest import MIB

DISK = random.Random(4).randbytes(12 * MIB + 5)
PARTS = [5 * MIB, 5 * MIB, 2 * MIB + 5]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Amazon]:
    """AWS, and an environment that leads there and nowhere else."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with amazon.running() as server:
        server.disk, server.parts = DISK, PARTS
        places = {"AWS_CONFIG_FILE": str(tmp_path / "no config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no credentials")}
        for name, value in {**LOGIN, **places, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false", "AWS_ENDPOINT_URL": server.url}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("cfn2heat.images.export._PAUSE", 0.01)
        monkeypatch.setattr("cfn2heat.images.s3._PAUSE", 0.01)
        yield server


@pytest.fixture
def ami(aws: Amazon) -> str:
    return amazon.pet(aws)


def arguments(ami: str, to: Path, *more: str) -> list[str]:
    return ["images", "export", ami, "--region", REGION, "--bucket", BUCKET, "-o", str(to / "pet.vmdk"), *more]


def call(ami: str, to: Path, *more: str) -> Result:
    return CliRunner().invoke(cli, arguments(ami, to, *more))


def refused(result: Result, code: str, words: str) -> None:
    assert (result.exit_code, code in result.stderr) == (3, True), result.output
    assert words in result.stderr
    assert SECRET not in result.output


def nothing_is_left(folder: Path) -> bool:
    return not (folder / "pet.vmdk").exists() and not (folder / ".pet.vmdk.cfn2heat").exists()


def test_an_ami_becomes_a_disk(aws, ami, tmp_path):
    aws.polls = 3
    result = call(ami, tmp_path, "--prefix", "out/", "--role", "carrier", "--format", "json")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "pet.vmdk").read_bytes() == DISK
    ((task, facts),) = aws.tasks.items()
    assert (facts["image"], facts["bucket"], facts["prefix"], facts["role"], facts["format"]) == (
        ami,
        BUCKET,
        "out/",
        "carrier",
        "VMDK",
    )
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["step"] for line in lines if line.keys() == {"step"}] == ["export", "download", "verify"]
    disk = str(tmp_path / "pet.vmdk")
    assert lines[-1] == {"disk": disk, "object": f"s3://{BUCKET}/out/{task}.vmdk", "size": len(DISK)}
    assert aws.ranges == ["bytes=0-"]
    assert not (tmp_path / ".pet.vmdk.cfn2heat").exists()


def test_people_are_told_how_far_it_is_and_what_stays_in_the_bucket(aws, ami, tmp_path):
    result = call(ami, tmp_path)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "100%" in result.stderr
    assert f"aws s3 rm s3://{BUCKET}/cfn2heat/export-ami-00000000000000001.vmdk" in result.stderr


@pytest.mark.parametrize("parts", [[], [len(DISK)], [6 * MIB, 5 * MIB, MIB + 5], [5 * MIB, 7 * MIB + 5]])
def test_the_checksum_holds_however_the_object_was_stored(aws, ami, tmp_path, parts):
    aws.parts = parts
    assert call(ami, tmp_path).exit_code == 0
    assert (tmp_path / "pet.vmdk").read_bytes() == DISK


def test_a_cut_connection_is_taken_up_again(aws, ami, tmp_path):
    aws.cuts = [3 * MIB, 100]
    assert call(ami, tmp_path).exit_code == 0
    assert aws.ranges == ["bytes=0-", f"bytes={3 * MIB}-", f"bytes={3 * MIB + 100}-"]
    assert (tmp_path / "pet.vmdk").read_bytes() == DISK


def test_a_line_that_is_dead_ends_the_call_and_the_next_one_goes_on(aws, ami, tmp_path):
    aws.cuts = [2 * MIB, *[0] * 5]
    refused(call(ami, tmp_path), "C2H7102", f"after {2 * MIB} of {len(DISK)} bytes")
    assert not (tmp_path / "pet.vmdk").exists()
    aws.ranges.clear()
    assert call(ami, tmp_path).exit_code == 0
    assert aws.ranges == [f"bytes={2 * MIB}-"]
    assert (tmp_path / "pet.vmdk").read_bytes() == DISK
    assert aws.asked.count("ExportImage") == 1


def test_what_is_not_what_s3_has_is_thrown_away(aws, ami, tmp_path):
    aws.corrupt = True
    refused(call(ami, tmp_path), "C2H7103", "its checksum is ")
    assert not (tmp_path / "pet.vmdk").exists()
    aws.corrupt = False
    assert call(ami, tmp_path).exit_code == 0
    assert (tmp_path / "pet.vmdk").read_bytes() == DISK
    assert aws.asked.count("ExportImage") == 1


def test_an_object_that_changes_between_two_calls_is_fetched_anew(aws, ami, tmp_path):
    aws.cuts = [2 * MIB, *[0] * 5]
    call(ami, tmp_path)
    aws.disk = DISK[::-1]
    aws.store("cfn2heat/export-ami-00000000000000001.vmdk")
    aws.ranges.clear()
    assert call(ami, tmp_path).exit_code == 0
    assert aws.ranges == ["bytes=0-"]
    assert (tmp_path / "pet.vmdk").read_bytes() == DISK[::-1]


def test_an_object_that_changes_within_a_call_is_noticed(aws, ami, tmp_path):
    def change() -> None:
        if len(aws.ranges) == 2:
            aws.disk = DISK[::-1]
            aws.store("cfn2heat/export-ami-00000000000000001.vmdk")

    aws.before_download, aws.cuts = change, [2 * MIB]
    refused(call(ami, tmp_path), "C2H7103", "another one now")
    assert call(ami, tmp_path).exit_code == 0
    assert (tmp_path / "pet.vmdk").read_bytes() == DISK[::-1]


def test_an_object_that_is_gone_is_exported_anew(aws, ami, tmp_path):
    aws.cuts = [2 * MIB, *[0] * 5]
    call(ami, tmp_path)
    aws.client("s3").delete_object(Bucket=BUCKET, Key="cfn2heat/export-ami-00000000000000001.vmdk")
    refused(call(ami, tmp_path), "C2H7103", "not there any more")
    assert nothing_is_left(tmp_path)
    assert call(ami, tmp_path).exit_code == 0
    assert len(aws.tasks) == 2


def test_a_call_that_is_killed_while_aws_exports_goes_on_waiting(aws, ami, tmp_path):
    aws.polls = 1_000_000
    process = subprocess.Popen([sys.executable, "-m", "cfn2heat", *arguments(ami, tmp_path)], stderr=subprocess.DEVNULL)
    while "DescribeExportImageTasks" not in aws.asked:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for place in (tmp_path / ".pet.vmdk.cfn2heat").iterdir():
        assert SECRET not in place.read_text()
        assert LOGIN["AWS_ACCESS_KEY_ID"] not in place.read_text()
    aws.polls = 1
    (facts,) = aws.tasks.values()
    facts["polls"] = "0"
    assert call(ami, tmp_path).exit_code == 0
    assert aws.asked.count("ExportImage") == 1
    assert (tmp_path / "pet.vmdk").read_bytes() == DISK


def test_a_call_whose_answer_is_lost_is_repeated_and_nothing_is_exported_twice(aws, ami, tmp_path):
    aws.loses = 1
    refused(call(ami, tmp_path), "C2H7100", "AWS cannot be asked")
    assert call(ami, tmp_path).exit_code == 0
    assert (aws.asked.count("ExportImage"), len(aws.tasks)) == (2, 1)


def test_two_calls_to_one_place_do_not_meet(aws, ami, tmp_path):
    aws.polls = 1_000_000
    process = subprocess.Popen([sys.executable, "-m", "cfn2heat", *arguments(ami, tmp_path)], stderr=subprocess.DEVNULL)
    while "DescribeExportImageTasks" not in aws.asked:
        time.sleep(0.05)
    refused(call(ami, tmp_path), "C2H7061", "is running")
    process.kill()
    process.wait()


# What AWS does not export


def volume(more: str) -> dict[str, str]:
    return {"</deleteOnTermination>": f"</deleteOnTermination>{more}"}


OTHER_VOLUME = (
    "</blockDeviceMapping>",
    "<item><deviceName>/dev/sdb</deviceName><ebs><volumeSize>9</volumeSize></ebs></item></blockDeviceMapping>",
)
USAGE = "<usageOperation>RunInstances:0006</usageOperation>"
WINDOWS = f"<platform>windows</platform><platformDetails>Windows with SQL Server</platformDetails>{USAGE}"
PRODUCT = "<productCodes><item><productCode>abc123</productCode><type>marketplace</type></item></productCodes>"


@pytest.mark.parametrize(
    ("looks", "words"),
    [
        (volume("<encrypted>true</encrypted>"), "a snapshot of it is encrypted"),
        (dict([OTHER_VOLUME]), "it has 2 volumes"),
        ({"<imageState>": f"{WINDOWS}<imageState>"}, "(Windows with SQL Server"),
        ({"<imageState>": "<platform>windows</platform><imageState>"}, "licensed through AWS (Windows)"),
        ({"<imageState>available": "<imageState>pending"}, "it is pending"),
        ({"<productCodes/>": PRODUCT}, "AWS Marketplace (abc123)"),
    ],
    ids=["encrypted", "two volumes", "SQL Server", "Windows", "pending", "Marketplace"],
)  # fmt: skip
def test_what_can_be_seen_beforehand_is_said_before_anything_is_begun(aws, ami, tmp_path, looks, words):
    aws.looks = looks
    refused(call(ami, tmp_path), "C2H7101", words)
    assert "ExportImage" not in aws.asked
    assert nothing_is_left(tmp_path)


def test_a_windows_of_ones_own_licence_is_exported(aws, ami, tmp_path):
    usage = "<platform>windows</platform><usageOperation>RunInstances:0800</usageOperation><imageState>"
    aws.looks = {"<imageState>": usage}
    assert call(ami, tmp_path).exit_code == 0


def test_images_of_others_and_images_that_are_not_there(aws, ami, tmp_path):
    refused(call("ami-0000000000000ccc1", tmp_path), "C2H7101", f"no such image of its own in {REGION}")
    aws.hides = True
    refused(call(ami, tmp_path), "C2H7101", f"no such image of its own in {REGION}")
    assert nothing_is_left(tmp_path)


def test_what_aws_answers_is_passed_on(aws, ami, tmp_path):
    aws.refuses = "NotExportable: The image ID provided is a marketplace AMI and is not exportable."
    refused(call(ami, tmp_path), "C2H7101", "is a marketplace AMI and is not exportable")
    assert nothing_is_left(tmp_path)


def test_an_export_that_aws_gives_up(aws, ami, tmp_path):
    aws.polls, aws.ends, aws.said = 2, "deleted", "ClientError: Unsupported kernel"
    refused(call(ami, tmp_path), "C2H7101", "Unsupported kernel")
    assert nothing_is_left(tmp_path)
    aws.ends = "completed"
    assert call(ami, tmp_path).exit_code == 0
    assert len(aws.tasks) == 2


def test_an_export_that_aws_has_forgotten(aws, ami, tmp_path):
    aws.loses = 1
    call(ami, tmp_path)
    aws.tokens = dict.fromkeys(aws.tokens, "export-ami-other")
    aws.before_download = aws.tasks.clear
    state = tmp_path / ".pet.vmdk.cfn2heat" / "export"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"task": "export-ami-of-long-ago"}))
    refused(call(ami, tmp_path), "C2H7101", "the task is forgotten")
    assert nothing_is_left(tmp_path)


def test_buckets_that_are_not_there_or_elsewhere(aws, ami, tmp_path):
    s3 = aws.client("s3", "us-west-2")
    s3.create_bucket(Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    refused(call(ami, tmp_path, "--bucket", "no-such-bucket"), "C2H7100", "s3://no-such-bucket")
    refused(call(ami, tmp_path, "--bucket", "far-away"), "C2H7101", f"in us-west-2 and the image in {REGION}")
    assert "ExportImage" not in aws.asked


def test_a_bucket_whose_objects_have_no_checksum(aws, ami, tmp_path):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    aws.client("s3").put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    refused(call(ami, tmp_path), "C2H7103", "keeps no checksum")
    assert aws.ranges == []


# This machine


def test_room_is_looked_at_before_anything_is_fetched(aws, ami, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, 5 * MIB))
    refused(call(ami, tmp_path), "C2H7062", "needs 12 MiB more, and 5 MiB are free")
    assert aws.ranges == []


def test_a_result_that_is_there_is_not_written_over(aws, ami, tmp_path):
    (tmp_path / "pet.vmdk").write_text("mine")
    refused(call(ami, tmp_path), "C2H7061", "there already")
    assert (tmp_path / "pet.vmdk").read_text() == "mine"
    assert aws.asked == []


def test_without_credentials_nothing_is_asked(aws, ami, tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    refused(call(ami, tmp_path), "C2H7100", "Unable to locate credentials")
    assert aws.asked == []


def test_the_profile_says_whose_credentials_are_taken(aws, ami, tmp_path, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    (tmp_path / "login").write_text(f"[shop]\naws_access_key_id = AKIASHOP\naws_secret_access_key = {SECRET}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "login"))
    refused(call(ami, tmp_path, "--profile", "nobody"), "C2H7100", "nobody")
    result = call(ami, tmp_path, "--profile", "shop")
    assert result.exit_code == 0, result.output
    assert SECRET not in result.output


def test_without_boto3_the_extra_is_named(ami, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    refused(call(ami, tmp_path), "C2H7040", "pip install 'cfn2heat[aws]'")


@pytest.mark.parametrize(
    "more",
    [["--region", "evil.example.com/"], ["--bucket", "a/../b"], ["--prefix", "a\nb"], ["--role", "x y"], ["--profile", "a\tb"]],
)
def test_arguments_that_cannot_be_what_they_should(tmp_path, more):
    assert call("ami-0000000000000ccc1", tmp_path, *more).exit_code == 2
    assert call("i-0000000000000ccc1", tmp_path).exit_code == 2


def test_boto3_is_imported_when_it_is_needed(tmp_path):
    code = "import sys; from cfn2heat.cli import images_migrate, images_export; sys.exit('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("action", ["export_image", "describe_export_image_tasks"])
def test_what_moto_does_not_have(aws, action):
    """docs/images.md says so. When this fails, moto has learnt it: let the tests ask moto, and mend the page."""
    given = {"DiskImageFormat": "VMDK", "ImageId": "ami-1", "S3ExportLocation": {"S3Bucket": BUCKET}}
    with pytest.raises(botocore.parsers.ResponseParserError, match="500 Internal Server Error"):
        getattr(aws.client("ec2"), action)(**(given if action == "export_image" else {}))
