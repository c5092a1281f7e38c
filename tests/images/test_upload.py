"""An image in Glance is whole or is not there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openstack
import pytest
from click.testing import CliRunner, Result

from cfn2heat.cli.main import cli
from cfn2heat.diagnostics import InputError
from cfn2heat.images.upload import MARK, Upload, upload
from tests.images.conftest import MIB, qemu_img
from tests.images.glance import Glance, running

PROPERTIES: dict[str, str | int] = {"hw_disk_bus": "virtio", "os_type": "linux", "min_disk": 1, "min_ram": 512}


@pytest.fixture
def glance() -> Iterator[Glance]:
    with running() as server:
        yield server


@pytest.fixture
def image(tmp_path: Path) -> Path:
    place = tmp_path / "pet.qcow2"
    place.write_bytes(bytes(range(256)) * 4096 * 3)  # 3 MiB
    return place


def cloud(glance: Glance) -> Any:
    return openstack.connection.Connection(
        auth_type="none", endpoint=glance.url, image_endpoint_override=glance.url, image_api_version="2"
    )


def send(glance: Glance, image: Path, seen: list[Any] | None = None) -> Any:
    wanted = Upload(image, "qcow2", "pet", PROPERTIES)
    return upload(cloud(glance), wanted, lambda *progress: (seen if seen is not None else []).append(progress))


def test_an_image_is_sent_with_its_properties(glance, image):
    seen: list[Any] = []
    done = send(glance, image, seen)
    (kept,) = glance.images.values()
    assert kept | {**PROPERTIES, "status": "active", "disk_format": "qcow2", "visibility": "private", "name": "pet"} == kept
    assert kept["os_hash_value"] == hashlib.sha512(image.read_bytes()).hexdigest() == done.checksum == kept[MARK]
    assert not done.found
    assert seen[-1] == ("send", 3 * MIB, 3 * MIB)
    assert ("read", 3 * MIB, 3 * MIB) in seen
    assert glance.lengths == [str(3 * MIB)]  # so that a cut is no end


def test_an_image_that_is_there_is_not_sent_again(glance, image):
    first = send(glance, image)
    second = send(glance, image)
    assert (second.id, second.found) == (first.id, True)
    assert len(glance.lengths) == 1


def test_another_image_of_the_same_name_is_left_alone(glance, image):
    send(glance, image)
    image.write_bytes(b"another" * 1000)
    send(glance, image)
    assert len(glance.images) == 2


def refused(glance: Glance, image: Path, code: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        send(glance, image)
    assert caught.value.diagnostic.code == code
    assert words in caught.value.diagnostic.message


def test_a_cut_connection_leaves_no_image_and_the_next_call_completes(glance, image):
    glance.cut_after = MIB
    refused(glance, image, "C2H7071", "nothing of it is left there")
    assert glance.images == {}
    glance.cut_after = None
    send(glance, image)
    assert [one["status"] for one in glance.images.values()] == ["active"]


def test_what_a_killed_call_has_left_is_removed_by_the_next(glance, image):
    glance.cut_after, glance.deaf = MIB, True
    refused(glance, image, "C2H7071", "is not active, and the next call removes it")
    assert [one["status"] for one in glance.images.values()] == ["queued"]
    glance.cut_after, glance.deaf = None, False
    send(glance, image)
    assert [one["status"] for one in glance.images.values()] == ["active"]


def test_bytes_that_change_on_the_way_are_noticed(glance, image):
    glance.corrupt = True
    refused(glance, image, "C2H7072", "the checksum")
    assert glance.images == {}


def test_properties_that_the_cloud_forgets_are_noticed(glance, image):
    glance.forgets = True
    refused(glance, image, "C2H7072", "hw_disk_bus is None, not virtio")
    assert glance.images == {}


def test_a_cloud_that_says_no(glance, image):
    glance.full = True
    refused(glance, image, "C2H7070", "quota of images is used up")


def test_an_interruption_takes_the_image_away(glance, image):
    def interrupt(what: str, done: int, size: int) -> None:
        if what == "send":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upload(cloud(glance), Upload(image, "qcow2", "pet", PROPERTIES), interrupt)
    assert glance.images == {}


# The command


def call(glance: Glance, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> Result:
    monkeypatch.setattr("cfn2heat.deploy.cloud.connect", lambda os_cloud: cloud(glance))
    return CliRunner().invoke(cli, ["images", "upload", *map(str, arguments)])


@pytest.mark.images("qemu-img")
def test_the_command_takes_the_properties_beside_the_image(glance, tmp_path, monkeypatch):
    place = tmp_path / "pet.qcow2"
    qemu_img("create", "-q", "-f", "qcow2", place, "8M")
    facts = {"version": 1, "properties": PROPERTIES, "by_hand": []}
    (tmp_path / "pet.qcow2.properties.json").write_text(json.dumps(facts))
    result = call(
        glance, monkeypatch, place, "--os-cloud", "any", "--property", "os_distro=debian", "--property", "os_type=other"
    )
    assert result.exit_code == 0, result.output
    (kept,) = glance.images.values()
    assert (kept["name"], kept["os_distro"], kept["os_type"], kept["hw_disk_bus"]) == ("pet", "debian", "other", "virtio")
    assert result.stdout == f"{kept['id']}\n"
    again = call(glance, monkeypatch, place, "--property", "os_distro=debian", "--property", "os_type=other", "--format", "json")
    assert json.loads(again.stdout.splitlines()[-1]) == {"image": kept["id"], "name": "pet", "sha512": kept[MARK], "found": True}


@pytest.mark.images("qemu-img")
def test_the_command_refuses_what_the_guard_refuses(glance, tmp_path, monkeypatch):
    (tmp_path / "base").write_bytes(bytes(MIB))
    qemu_img("create", "-q", "-f", "qcow2", "-b", tmp_path / "base", "-F", "raw", tmp_path / "x.qcow2")
    result = call(glance, monkeypatch, tmp_path / "x.qcow2")
    assert (result.exit_code, "C2H7010" in result.stderr) == (3, True)
    assert glance.images == {}


def test_a_property_is_a_pair(glance, tmp_path, monkeypatch):
    assert call(glance, monkeypatch, tmp_path / "x.qcow2", "--property", "os_distro").exit_code == 2


@pytest.mark.images("qemu-img")
def test_a_file_of_properties_that_cannot_be_read(glance, tmp_path, monkeypatch):
    qemu_img("create", "-q", "-f", "qcow2", tmp_path / "x.qcow2", "8M")
    (tmp_path / "x.qcow2.properties.json").write_text("[1]")
    result = call(glance, monkeypatch, tmp_path / "x.qcow2")
    assert (result.exit_code, "C2H7073" in result.stderr) == (3, True)
