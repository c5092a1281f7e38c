"""The test cloud's own parts, without a cloud."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cloud.control import configuration, logs, ports, processes
from tests.cloud.control.places import Place, once
from tests.cloud.control.services import IP, PROJECTS, port_names

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A cloud's folder."""
    place = Place(tmp_path / "cloud")
    place.make()
    return place


def test_ports_stay_while_they_are_free(place: Place) -> None:
    taken = ports.take(place)
    assert len(set(taken.values())) == len(port_names())
    assert ports.take(place) == taken == ports.known(place)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_another_block_is_taken_when_one_of_its_ports_is_not_free(place: Place, kind: socket.SocketKind) -> None:
    first = ports.take(place)
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind((IP, first["named"]))
        if kind == socket.SOCK_STREAM:
            other.listen()
        assert not set(ports.take(place).values()) & set(first.values())


def test_every_project_gets_its_configuration(place: Place) -> None:
    configuration.write(place, ports.take(place))
    for project in PROJECTS:
        written = [file.read_text() for file in (place.etc / project.name).glob("*.conf")]
        assert any(f"password = {configuration.PASSWORD}" in text for text in written), project.name
        assert not any("$" in text.replace("$$", "") for text in written), project.name
    assert (place.state / "home" / ".nova" / "nova.conf").is_file()


def test_services_name_only_what_exists() -> None:
    services = {service.name: service for project in PROJECTS for service in project.services}
    for service in services.values():
        assert set(service.after) <= set(services)
    for project in PROJECTS:
        for _, name, _ in project.catalog:
            assert services[name].port


def test_a_process_is_stopped_with_its_children(place: Place) -> None:
    parent = ["/bin/sh", "-c", "sleep 60 & sleep 60"]
    processes.start(place.run, place.log, "parent", parent, os.environ)
    assert processes.alive(place.run, "parent")
    processes.stop(place.run, ["parent"], 5)
    assert processes.alive(place.run, "parent") == []
    assert processes.names(place.run) == []


def test_a_number_that_is_another_process_by_now_is_left_alone(place: Place) -> None:
    other = subprocess.Popen(SLEEP, start_new_session=True)
    try:
        record = processes.record_of(other.pid)
        processes.Record(record.pid, record.began - 1, record.boot).write(place.run, "earlier")
        processes.Record(record.pid, record.began, "another-boot").write(place.run, "before-reboot")
        processes.stop(place.run, processes.names(place.run), 1)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_what_was_done_is_done_again_for_another_value(place: Place) -> None:
    done: list[str] = []
    for value in ("a", "a", "b"):
        once(place, "mark", value, lambda value=value: done.append(value))  # type: ignore[misc]
    assert done == ["a", "b"]


def test_errors_of_logs_are_few_and_new(place: Place) -> None:
    log = place.log / "nova.log"
    log.write_text("2026 1 ERROR nova [-] old\n")
    before = logs.sizes(place.log)
    with log.open("a") as file:
        file.write('2026 1 INFO nova fine\n2026 1 ERROR nova [-] new\n2026 1 ERROR nova   File "x.py", line 1\nValueError: odd\n')
    assert logs.errors(place.log, before) == {"nova.log": ["2026 1 ERROR nova [-] new", "ValueError: odd"]}
