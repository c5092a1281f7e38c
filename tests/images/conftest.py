"""The real tools: absent ones fail under CI and skip elsewhere; images are made by the tests themselves."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SECRET = b"TheSecretOfTheHost-" + b"0123456789abcdef" * 3
MIB = 1 << 20


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("images"):
        missing = [program for program in mark.args if shutil.which(program) is None]
        if missing and os.environ.get("CI"):
            pytest.fail(f"the tools of images are missing: {', '.join(missing)}")
        elif missing:
            pytest.skip(f"needs {', '.join(missing)}")


def qemu_img(*arguments: object) -> str:
    """Run qemu-img as somebody does who has no guard."""
    done = subprocess.run(["qemu-img", *map(str, arguments)], check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the host that no image may bring out."""
    host = tmp_path / "host"
    host.mkdir()
    place = host / "secret"
    place.write_bytes(SECRET.ljust(MIB, b"\n"))
    return place


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """An honest raw disk of 8 MiB."""
    place = tmp_path / "disk.raw"
    with place.open("wb") as file:
        file.truncate(8 * MIB)
        file.seek(MIB)
        file.write(b"hello" * 1000)
    return place
