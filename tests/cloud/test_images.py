"""Images in the real Glance: what is read back is what was sent, and an upload that is cut leaves nothing active."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cfn2heat.images.upload import MARK

PROPERTIES = {
    "architecture": "x86_64",
    "hypervisor_type": "qemu",
    "vm_mode": "hvm",
    "hw_disk_bus": "virtio",
    "hw_vif_model": "virtio",
    "hw_machine_type": "pc",
    "hw_firmware_type": "bios",
    "os_type": "linux",
    "os_distro": "debian",
    "os_version": "12.5",
    "min_disk": 1,
    "min_ram": 64,
}


def upload(image: Path, name: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "cfn2heat",
        "images",
        "upload",
        str(image),
        "--os-cloud",
        "demo",
        "--name",
        name,
        "--format",
        "json",
    ]


@pytest.fixture
def name(demo: Any) -> Iterator[str]:
    """A name that no other image has; what bears it is removed."""
    found = f"images-test-{os.getpid()}-{random.randrange(1 << 30)}"
    yield found
    for image in demo.image.images(name=found):
        demo.image.delete_image(image.id)


def seen(demo: Any, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = demo.image.get("/images", params={"name": name}).json()["images"]
    return found


def test_checksum_and_properties_read_back_equal(demo, name, tmp_path):
    image = tmp_path / "pet.raw"
    image.write_bytes(random.randbytes(3 << 20))
    (tmp_path / "pet.raw.properties.json").write_text(json.dumps({"version": 1, "properties": PROPERTIES, "by_hand": []}))
    done = subprocess.run(upload(image, name), capture_output=True, text=True, check=True)
    (kept,) = seen(demo, name)
    assert json.loads(done.stdout.splitlines()[-1])["image"] == kept["id"]
    assert kept | PROPERTIES == kept
    assert (kept["status"], kept["size"], kept["visibility"], kept["disk_format"]) == ("active", 3 << 20, "private", "raw")
    assert kept["os_hash_value"] == hashlib.new(kept["os_hash_algo"], image.read_bytes()).hexdigest()


def test_an_upload_that_is_cut_leaves_nothing_active_and_the_next_completes(demo, name, tmp_path):
    image = tmp_path / "pet.raw"
    with image.open("wb") as file:
        for _ in range(256):
            file.write(random.randbytes(1 << 20))
    process = subprocess.Popen(upload(image, name), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    for line in process.stdout:
        if json.loads(line) == {"step": "send"}:
            break
    time.sleep(0.2)
    process.kill()
    assert process.wait() == -9, "it was quicker than the kill: nothing was cut"
    for _ in range(5):
        assert [one["status"] for one in seen(demo, name)] in ([], ["queued"], ["saving"])
        time.sleep(0.5)
    subprocess.run(upload(image, name), stdout=subprocess.DEVNULL, check=True)
    (kept,) = seen(demo, name)
    assert (kept["status"], kept["size"], kept[MARK]) == ("active", 256 << 20, hashlib.sha512(image.read_bytes()).hexdigest())
