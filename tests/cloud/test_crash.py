"""A second cloud beside the first: it starts again after everything of it was killed, and after its starter was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openstack
import pytest

from tests.cloud.conftest import COMMAND, Cloud, command
from tests.cloud.control import ports, processes
from tests.cloud.control.places import Place

pytestmark = pytest.mark.cloud
PATIENCE = 120


@pytest.fixture(scope="module")
def place(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A small cloud of its own, beside the one of all tests; its first start is cut off in the middle."""
    place = Place(tmp_path_factory.mktemp("second"))
    yield place
    command("wipe", state=place.state)


def up(place: Place) -> None:
    """Start it; a failure shows what the command said."""
    done = command("up", "--only", "core", state=place.state)
    assert done.returncode == 0, done.stdout


def kill_everything(place: Place) -> None:
    """As when the machine loses its power, but for what the system still writes."""
    for name in processes.names(place.run):
        for pid in processes.alive(place.run, name):
            os.kill(pid, signal.SIGKILL)


def connection(place: Place) -> Any:
    """As its plain member."""
    return openstack.connect(load_yaml_config=True, cloud="demo", config_files=[str(place.clouds_yaml)])


def test_it_starts_after_its_starter_was_killed(place: Place) -> None:
    starter = subprocess.Popen(
        [sys.executable, str(COMMAND), "up", "--only", "core", "--state", str(place.state)], stdout=subprocess.DEVNULL
    )
    end = time.monotonic() + PATIENCE
    while "nova-conductor" not in processes.names(place.run):
        assert starter.poll() is None
        assert time.monotonic() < end
        time.sleep(0.1)
    starter.kill()
    starter.wait()
    assert command("status", state=place.state).returncode == 1
    up(place)
    assert command("status", state=place.state).returncode == 0


def test_it_shares_nothing_with_the_first(place: Place, cloud: Cloud) -> None:
    assert not set(ports.known(place).values()) & set(ports.known(Place(cloud.state)).values())
    assert command("status", state=cloud.state).returncode == 0


def test_servers_outlive_the_death_of_everything(place: Place) -> None:
    demo = connection(place)
    server = demo.create_server(
        "before", image="cirros", flavor="m1.tiny", network="shared", auto_ip=False, wait=True, timeout=PATIENCE
    )
    kill_everything(place)
    assert command("status", state=place.state).returncode == 1
    up(place)
    demo = connection(place)
    assert demo.compute.get_server(server.id).status == "ACTIVE"
    demo.compute.reboot_server(server.id, "HARD")
    assert demo.compute.wait_for_server(demo.compute.get_server(server.id), wait=PATIENCE).status == "ACTIVE"
    assert demo.delete_server(server.id, wait=True, timeout=PATIENCE)


def test_nothing_is_left_when_it_is_stopped(place: Place) -> None:
    assert command("down", state=place.state).returncode == 0
    folder = str(place.run)
    left = [pid for pid in os.listdir("/proc") if pid.isdigit() and runs_in(Path("/proc", pid), folder)]
    assert left == []
    assert not any(ports.answers(port) for port in ports.known(place).values())


def runs_in(process: Path, folder: str) -> bool:
    """Whether a process works in this folder."""
    try:
        return os.readlink(process / "cwd") == folder
    except OSError:
        return False  # it has ended, or belongs to somebody else
