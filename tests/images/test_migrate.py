"""Many images by a plan: each is moved once, also when everything is killed again and again."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from cfn2heat.cli.main import cli
from cfn2heat.diagnostics import InputError
from cfn2heat.images.export import Export
from cfn2heat.images.migration import Entry, fill_table, read_entries
from cfn2heat.images.steps import TOOLS
from cfn2heat.source import Span
from tests.images import amazon
from tests.images.conftest import MIB, qemu_img
from tests.images.glance import Glance, running

PLAN = """version: 1
images:
  - name: Regions.Pet
    kind: pet
    source: one.raw
    ids: {eu-west-1: [ami-0000000000000ccc1], us-east-1: [ami-0000000000000ccc2]}
  - {name: two, kind: pet, source: two.vmdk, ids: {any: [ami-0000000000000ccc3]}}
  - {name: Two!, kind: pet, source: three.qcow2, ids: {any: [ami-0000000000000ccc4]}}
  - {name: Ubuntu, kind: public, use: ubuntu-22.04, ids: {any: [/aws/service/canonical/x]}}
"""
SITE = """# Our cloud
flavors: {t3.small: m1.small}
images:  # AMIs
  ami-0000000000000aaa1: debian-12   # the old one

external_network: public
"""


def entries(text: str) -> list[Entry]:
    return read_entries(yaml.safe_load(text), lambda path: Span("plan.yaml", 1, 1), Path("/plans"))


def test_the_plan_of_a_person_is_read():
    pet, two, again, ubuntu = entries(PLAN)
    assert (pet.image, pet.source, pet.ids) == (
        "regions.pet",
        Path("/plans/one.raw"),
        ("ami-0000000000000ccc1", "ami-0000000000000ccc2"),
    )
    assert (two.image, again.image) == ("two", "two-2")
    assert (ubuntu.use, ubuntu.source, ubuntu.decided) == ("ubuntu-22.04", None, True)
    assert not entries("{version: 1, images: [{name: x, kind: pet, source: , ids: {}}]}")[0].decided


def test_a_source_may_be_an_ami():
    source = "{ami: ami-0000000000000ccc1, region: eu-west-1, bucket: pets, profile: shop}"
    (pet,) = entries(f"{{version: 1, images: [{{name: x, kind: pet, source: {source}, ids: {{}}}}]}}")
    assert pet.export == Export("ami-0000000000000ccc1", "eu-west-1", "pets", profile="shop")
    assert (pet.source, pet.decided) == (None, True)
    (public,) = entries(f"{{version: 1, images: [{{name: x, kind: public, use: mine, source: {source}}}]}}")
    assert (public.export, public.use) == (None, "mine")


def exported(source: str) -> str:
    return f"{{version: 1, images: [{{name: x, kind: pet, source: {{{source}}}}}]}}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "no plan"),
        ("{version: 2, images: []}", "no plan"),
        ("{version: 1, images: [x]}", "a map with a name"),
        ("{version: 1, images: [{name: x, kind: cat}]}", "kind must be one of"),
        ("{version: 1, images: [{name: x, kind: pet, source: [a]}]}", "source must be text"),
        ("{version: 1, images: [{name: x, kind: pet, ids: [a]}]}", "ids must be"),
        (exported("ami: ami-0000000000000ccc1, region: eu-west-1"), "lacks bucket"),
        (exported("ami: ami-0000000000000ccc1, region: eu-west-1, bucket: pets, secret: x"), "no secret"),
        (exported("ami: ami-0000000000000ccc1, region: eu-west-1, bucket: [pets]"), "bucket must be text"),
        (exported("ami: pet, region: eu-west-1, bucket: pets"), "'pet' is no ami"),
        (exported("ami: ami-0000000000000ccc1, region: -x, bucket: pets"), "'-x' is no region"),
    ],
)
def test_a_plan_that_is_none(text, words):
    with pytest.raises(InputError, match=words) as caught:
        entries(text)
    assert caught.value.diagnostic.code == "C2H7080"


ADDED = {"ami-0000000000000ccc1": "regions.pet", "{x}": 'a "b"'}


@pytest.mark.parametrize(
    "text", ["", "flavors: {}\n", SITE, "images:\nother: 1\n", "images: {}  # none\n", "images:\n    a: b\n# end\n", "images: {}"]
)
def test_the_table_of_a_site_file_is_filled(text):
    before = yaml.safe_load(text) or {}
    after = yaml.safe_load(fill_table(text, ADDED))
    assert after["images"] == {**(before.get("images") or {}), **ADDED}
    assert {key: value for key, value in after.items() if key != "images"} == {k: v for k, v in before.items() if k != "images"}


def test_comments_of_the_site_file_stay():
    filled = fill_table(SITE, ADDED)
    assert [line for line in SITE.splitlines() if line not in filled.splitlines()] == []
    with pytest.raises(ValueError, match="a line an image"):
        fill_table("images: {a: b}\n", ADDED)


# The command: real qemu-img, and programs that find no system on the disks


def a_disk(folder: Path, number: int = 0) -> Path:
    """A raw disk of 8 MiB with something on it."""
    made = folder / f"{number}.made"
    made.write_bytes(random.Random(number).randbytes(2 * MIB) + bytes(6 * MIB))
    return made


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Three disks, each in another format."""
    for number, (name, form) in enumerate((("one.raw", "raw"), ("two.vmdk", "vmdk"), ("three.qcow2", "qcow2"))):
        qemu_img("convert", "-f", "raw", "-O", form, a_disk(tmp_path, number), tmp_path / name)
    (tmp_path / "plan.yaml").write_text(PLAN)
    return tmp_path / "plan.yaml"


@pytest.fixture
def surroundings(tmp_path: Path) -> Callable[[Glance], dict[str, str]]:
    """The environment of a call: a way to the cloud, and programs; qemu-img takes a little time."""

    def make(glance: Glance) -> dict[str, str]:
        binaries = tmp_path / "bin"
        binaries.mkdir()
        bodies = dict.fromkeys(TOOLS, "exit 1")
        bodies["virt-inspector"] = "echo 'no operating system could be detected' >&2; exit 1"
        bodies["qemu-img"] = f'sleep 0.1; exec {shutil.which("qemu-img")} "$@"'
        for name, body in bodies.items():
            (binaries / name).write_text(f"#!/bin/sh\n{body}\n")
            (binaries / name).chmod(0o755)
        clouds = {
            "clouds": {"test": {"auth_type": "none", "auth": {"endpoint": glance.url}, "image_endpoint_override": glance.url}}
        }
        (tmp_path / "clouds.yaml").write_text(yaml.safe_dump(clouds))
        return {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}", "OS_CLIENT_CONFIG_FILE": str(tmp_path / "clouds.yaml")}

    return make


def command(plan: Path, *more: str) -> list[str]:
    folder = plan.parent
    options = ["-d", str(folder / "out"), "--os-cloud", "test", "--site", str(folder / "site.yaml"), *more]
    return [sys.executable, "-m", "cfn2heat", "images", "migrate", str(plan), *options]


def images_of(folder: Path) -> dict[str, str]:
    return {"regions.pet": "one.raw", "two": "two.vmdk", "two-2": "three.qcow2"}


def check_nothing_is_half(plan: Path, glance: Glance, sources: dict[str, str]) -> None:
    """Whatever has a final name is whole, and the sources are as they were."""
    for image, source in images_of(plan.parent).items():
        place = plan.parent / "out" / f"{image}.qcow2"
        if place.exists():
            form = {"raw": "raw", "vmdk": "vmdk", "qcow2": "qcow2"}[source.rpartition(".")[2]]
            assert "identical" in qemu_img("compare", "-f", form, "-F", "qcow2", plan.parent / source, place)
    assert checksums(plan) == sources
    for image in list(glance.images.values()):
        if image["status"] == "active":
            file = plan.parent / "out" / f"{image['name']}.qcow2"
            assert image["os_hash_value"] == hashlib.sha512(file.read_bytes()).hexdigest()


def checksums(plan: Path) -> dict[str, str]:
    names = images_of(plan.parent).values()
    return {name: hashlib.sha256((plan.parent / name).read_bytes()).hexdigest() for name in names}


def check_all_is_moved(plan: Path, glance: Glance, sources: dict[str, str]) -> None:
    check_nothing_is_half(plan, glance, sources)
    moved = ["regions.pet", "two", "two-2"]
    assert sorted((one["name"], one["status"]) for one in glance.images.values()) == [(name, "active") for name in moved]
    filled = yaml.safe_load((plan.parent / "site.yaml").read_text())
    assert filled["images"] == {
        "ami-0000000000000aaa1": "debian-12",
        "ami-0000000000000ccc1": "regions.pet",
        "ami-0000000000000ccc2": "regions.pet",
        "ami-0000000000000ccc3": "two",
        "ami-0000000000000ccc4": "two-2",
        "/aws/service/canonical/x": "ubuntu-22.04",
    }
    assert filled["external_network"] == "public"
    assert not [path for path in (plan.parent / "out").iterdir() if path.name.startswith(".")]


@pytest.mark.images("qemu-img")
def test_three_images_are_moved_though_everything_is_killed_ten_times(plan, surroundings):
    """Ten kills in the middle of the work; a call that was quicker than its kill is none, and all begins anew after it."""
    seed = random.randrange(1 << 30)
    moments = random.Random(seed)
    print("seed", seed)
    site, sources, kills = plan.parent / "site.yaml", checksums(plan), 0
    site.write_text(SITE)
    with running() as glance:
        environment = surroundings(glance)
        while kills < 10:
            process = subprocess.Popen(command(plan, "-j", "2"), env=environment, stdout=subprocess.DEVNULL)
            try:
                assert process.wait(moments.uniform(0.1, 3)) == 0
                check_all_is_moved(plan, glance, sources)
                shutil.rmtree(plan.parent / "out")
                glance.images.clear()
                site.write_text(SITE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                time.sleep(0.2)  # those that it had started go with it
                check_nothing_is_half(plan, glance, sources)
        done = subprocess.run(command(plan), env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        check_all_is_moved(plan, glance, sources)


@pytest.mark.images("qemu-img")
def test_an_image_that_fails_keeps_no_other_from_moving(plan, surroundings):
    text = plan.read_text() + "  - {name: Open, kind: unknown, use: , ids: {}}\n"
    plan.write_text(text)
    (plan.parent / "two.vmdk").write_bytes(b"KDMV" + bytes(2000))
    with running() as glance:
        done = subprocess.run(
            command(plan, "--format", "json"), env=surroundings(glance), capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "two: " in done.stderr
        assert "C2H7017" in done.stderr
        last: Any = yaml.safe_load(done.stdout.splitlines()[-1])
        assert last == {"moved": ["Regions.Pet", "Two!"], "failed": ["two"], "undecided": ["Open"]}
        assert {one["name"] for one in glance.images.values()} == {"regions.pet", "two-2"}
    assert "ami-0000000000000ccc3" not in (plan.parent / "site.yaml").read_text()


@pytest.mark.images("qemu-img")
def test_an_ami_is_exported_converted_and_uploaded_once(tmp_path, surroundings):
    """The whole way of an AMI, though it is killed on the way; its disk may go when it is converted."""
    qemu_img("convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", a_disk(tmp_path), tmp_path / "x.vmdk")
    plan = tmp_path / "plan.yaml"
    output = tmp_path / "out"
    with running() as glance, amazon.running() as aws:
        aws.disk, ami = (tmp_path / "x.vmdk").read_bytes(), amazon.pet(aws)
        plan.write_text(AMI.format(ami=ami, region=amazon.REGION, bucket=amazon.BUCKET))
        environment = surroundings(glance) | amazon.LOGIN | {"AWS_ENDPOINT_URL": aws.url}
        aws.polls = 1_000_000
        process = subprocess.Popen(command(plan), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while "DescribeExportImageTasks" not in aws.asked:
            time.sleep(0.05)
        process.kill()
        process.wait()
        aws.polls = 0
        aws.tasks["export-ami-00000000000000001"]["polls"] = "0"
        done = subprocess.run(command(plan), env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        disk = output / f"pet.{ami}.vmdk"
        assert disk.read_bytes() == aws.disk
        assert "identical" in qemu_img("compare", "-f", "vmdk", "-F", "qcow2", disk, output / "pet.qcow2")
        assert [(one["name"], one["status"]) for one in glance.images.values()] == [("pet", "active")]
        assert yaml.safe_load((tmp_path / "site.yaml").read_text())["images"] == {ami: "pet"}
        disk.unlink()
        asked = len(aws.asked)
        again = subprocess.run(command(plan), env=environment, capture_output=True, text=True, check=True)
        assert (len(aws.asked), len(glance.images)) == (asked, 1)
    kept = b"".join(path.read_bytes() for path in [plan, tmp_path / "site.yaml", *output.iterdir()] if path.is_file())
    assert amazon.SECRET not in f"{kept!r}{done.stdout}{done.stderr}{again.stdout}{again.stderr}"
    assert not [path for path in output.iterdir() if path.name.startswith(".")]


AMI = """version: 1
images:
  - name: pet
    kind: pet
    source: {{ami: {ami}, region: {region}, bucket: {bucket}}}
    ids: {{{region}: [{ami}]}}
"""


@pytest.mark.parametrize(
    ("site", "words"), [("images: {a: b}\n", "a line an image"), ("images:\n  ami-1: other\n", "something else")]
)
def test_a_site_file_that_cannot_be_filled_is_left_alone(tmp_path, site, words):
    (tmp_path / "site.yaml").write_text(site)
    (tmp_path / "plan.yaml").write_text("version: 1\nimages:\n  - {name: x, kind: public, use: mine, ids: {any: [ami-1]}}\n")
    arguments = [
        "images",
        "migrate",
        str(tmp_path / "plan.yaml"),
        "-d",
        str(tmp_path / "out"),
        "--site",
        str(tmp_path / "site.yaml"),
    ]
    result = CliRunner().invoke(cli, arguments)
    assert (result.exit_code, "C2H7081" in result.stderr) == (3, True)
    assert words in result.stderr
    assert (tmp_path / "site.yaml").read_text() == site


def test_a_plan_with_a_mistake_says_where(tmp_path):
    (tmp_path / "plan.yaml").write_text("version: 1\nimages:\n  - name: x\n    kind: cat\n")
    result = CliRunner().invoke(cli, ["images", "migrate", str(tmp_path / "plan.yaml"), "-d", str(tmp_path / "out")])
    assert result.exit_code == 3
    assert "plan.yaml:4:" in result.stderr
    assert "C2H7080" in result.stderr
