"""Starts, stops and removes a cloud. Every step can be repeated after it was cut off."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import configuration, infrastructure, packages, ports, processes
from .infrastructure import tail
from .places import MIGRATED, Place
from .services import INFRASTRUCTURE

GRACE = 6.0  # what a service may take to finish what it does


def up(place: Place, only: str = "all") -> None:
    """Start the cloud; when that fails nothing is left running, and the message names the log."""
    if _running(place) and not _ended(place):
        print(f"already running: {place.clouds_yaml}")
        return
    try:
        _start(place, only)
    except BaseException:
        _stop(place, grace=0)
        raise
    print(f"client configuration: {place.clouds_yaml} (clouds admin and demo)\nlogs: {place.log}")


def _start(place: Place, only: str) -> None:
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    place.make()
    with ThreadPoolExecutor() as both:
        for done in [both.submit(packages.install), both.submit(packages.environment, place)]:
            done.result()
    _stop(place, grace=0)  # what a crash left
    say("packages, environment")
    numbers = ports.take(place)
    configuration.write(place, numbers)
    _certificate(place)
    for old in place.log.glob("*.log"):
        old.rename(old.with_suffix(".log.before"))
    infrastructure.start(place, numbers)
    _database(place, numbers)
    infrastructure.ready(place, numbers)
    say("database, message queue, caches, name server")
    _python(place, "control.runner", only)
    say("services")
    _python(place, "control.seed", only)
    _mark(place).touch()
    say("ready")


def down(place: Place) -> None:
    """Stop the cloud and keep its state."""
    _mark(place).unlink(missing_ok=True)
    _stop(place, GRACE)


def wipe(place: Place) -> None:
    """Stop the cloud and remove its state."""
    _mark(place).unlink(missing_ok=True)
    _stop(place, grace=0)
    for path in place.state.iterdir():
        if path.name != ".lock":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def status(place: Place) -> int:
    """Print what runs; 0 when everything that was started does."""
    if not _running(place):
        print(f"not running: {place.state}")
        return 1
    ended = _ended(place)
    running = len(processes.names(place.run)) - len(ended)
    print(f"{running} processes run; client configuration: {place.clouds_yaml}; logs: {place.log}")
    for name in ended:
        print(f"ended: {name}\n{tail(place, name)}")
    return int(bool(ended))


def _mark(place: Place) -> Path:
    """There while a cloud that was started completely has not been stopped."""
    return place.state / "running"


def _running(place: Place) -> bool:
    return _mark(place).exists()


def _ended(place: Place) -> list[str]:
    return [name for name in processes.names(place.run) if not processes.alive(place.run, name)]


def _stop(place: Place, grace: float) -> None:
    """End the services first, so that none meets a database that is gone."""
    infra = set(INFRASTRUCTURE)
    processes.stop(place.run, [name for name in processes.names(place.run) if name not in infra], grace)
    processes.stop(place.run, ["rabbitmq", "epmd"], 2, first=signal.SIGKILL)
    processes.stop(place.run, ["named", "redis", "memcached"], 5)
    infrastructure.stop_mariadb(place)


def _database(place: Place, numbers: Mapping[str, int]) -> None:
    """Start the database with all its tables: this cloud's, else a copy of those once made, else newly made ones."""
    complete = place.state / "migrated"
    if not complete.exists():
        for name in MIGRATED:
            shutil.rmtree(place.state / name, ignore_errors=True)
        if place.migrated.is_dir():
            _copy(place.migrated, place.state)
        else:
            _migrate(place, numbers)
        complete.touch()
    infrastructure.start_mariadb(place, numbers)


def _migrate(place: Place, numbers: Mapping[str, int]) -> None:
    """Make all tables, and keep a copy for the next new cloud; it only gets its name when it is whole."""
    infrastructure.make_mariadb(place)
    infrastructure.start_mariadb(place, numbers)
    _python(place, "control.migrations")
    infrastructure.stop_mariadb(place)
    partial = place.migrated.with_name(f"partial-{os.getpid()}")
    partial.mkdir()
    _copy(place.state, partial)
    for old in place.base.glob("migrated-*"):
        shutil.rmtree(old)
    partial.rename(place.migrated)


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", "--reflink=auto", *(str(source / name) for name in MIGRATED), str(target)], check=True)


def _certificate(place: Place) -> None:
    """Octavia's own authority; its key is kept encrypted."""
    key, certificate = place.etc / "octavia" / "ca.key", place.etc / "octavia" / "ca.pem"
    if not certificate.exists():
        command = [packages.program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-days", "3650", "-subj", "/CN=octavia"]
        command += ["-passout", f"pass:{configuration.PASSWORD}", "-keyout", str(key), "-out", str(certificate)]
        subprocess.run(command, check=True, capture_output=True)


def _python(place: Place, module: str, *arguments: str) -> None:
    """Run one of our modules in the cloud's environment."""
    command = [str(place.venv / "bin" / "python"), "-m", module, str(place.state), *arguments]
    if subprocess.run(command, check=False, env=configuration.environment(place)).returncode:
        raise SystemExit(f"the cloud did not start; logs: {place.log}")
