"""Processes without an init system: each leads a session of its own and has a record of which process that was.

A number alone does not say whose process it is: after a crash or a reboot it may be another program's. The record therefore
holds when the process began, too, and what is stopped is the session: a dead leader's children still belong to it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Record:
    """Which process leads a session."""

    pid: int
    began: int
    boot: str

    def write(self, folder: Path, name: str) -> None:
        """Keep it, whole or not at all."""
        partial = folder / f".{name}.{self.pid}"
        partial.write_text(f"{self.pid} {self.began} {self.boot}")
        partial.rename(folder / f"{name}.pid")


def record_of(pid: int) -> Record:
    """Describe a living process."""
    stat = _stat(pid)
    return Record(pid, stat[1] if stat else 0, BOOT.read_text().strip())


def start(folder: Path, log: Path, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Start a program in a session of its own, its output in its log."""
    with open(log / f"{name}.log", "ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    record_of(process.pid).write(folder, name)


def names(folder: Path) -> list[str]:
    """Everything that has a record."""
    return sorted(path.stem for path in folder.glob("*.pid"))


def alive(folder: Path, name: str) -> list[int]:
    """The living processes of a record's session."""
    record = _read(folder / f"{name}.pid")
    if record is None or record.boot != BOOT.read_text().strip():
        return []
    sessions = {pid: stat for pid in _pids() if (stat := _stat(pid)) and stat[0] == record.pid and stat[1] >= record.began}
    leader = sessions.get(record.pid)
    return [] if leader and leader[1] != record.began else list(sessions)


def stop(folder: Path, wanted: Iterable[str], patience: float, first: signal.Signals = signal.SIGTERM) -> None:
    """Ask them to end, wait, then end what is left; forget their records."""
    remaining = {name: pids for name in wanted if (pids := alive(folder, name))}
    _signal(remaining, first)
    end = time.monotonic() + patience
    while remaining and time.monotonic() < end:
        time.sleep(0.1)
        remaining = {name: pids for name in remaining if (pids := alive(folder, name))}
    _signal(remaining, signal.SIGKILL)
    for name in wanted:
        (folder / f"{name}.pid").unlink(missing_ok=True)


def _signal(processes: Mapping[str, Iterable[int]], number: signal.Signals) -> None:
    for pid in (pid for pids in processes.values() for pid in pids):
        with suppress(ProcessLookupError):  # it may end by itself
            os.kill(pid, number)


def _read(path: Path) -> Record | None:
    try:
        pid, began, boot = path.read_text().split()
        return Record(int(pid), int(began), boot)
    except (FileNotFoundError, ValueError):
        return None


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int) -> tuple[int, int] | None:
    """The session and the beginning of a process that still runs."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else (int(fields[3]), int(fields[19]))
