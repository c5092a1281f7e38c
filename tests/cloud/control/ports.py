"""A block of free ports for one cloud, outside of those that the system gives to outgoing connections."""

from __future__ import annotations

import json
import socket
import zlib
from collections.abc import Iterator
from pathlib import Path

from .places import Place
from .services import IP, port_names

FIRST, LAST, BLOCK = 20000, 32000, 100


def take(place: Place) -> dict[str, int]:
    """The ports of this cloud: those of its last start when they are free, else another block."""
    names = port_names()
    for base in _candidates(place):
        ports = {name: base + number for number, name in enumerate(names)}
        if all(_free(port) for port in ports.values()):
            _file(place).write_text(json.dumps({"base": base}))
            return ports
    raise SystemExit(f"no {len(names)} free ports in a row between {FIRST} and {LAST}")


def known(place: Place) -> dict[str, int]:
    """The ports of the last start; none when it was never started."""
    if not _file(place).is_file():
        return {}
    base = json.loads(_file(place).read_text())["base"]
    return {name: base + number for number, name in enumerate(port_names())}


def _file(place: Place) -> Path:
    return place.state / "ports.json"


def _candidates(place: Place) -> Iterator[int]:
    """Start where this folder's name falls, so that two clouds started at once do not choose alike."""
    yield from list(known(place).values())[:1]
    blocks = (LAST - FIRST) // BLOCK
    start = zlib.crc32(bytes(place.state))
    yield from (FIRST + (start + step) % blocks * BLOCK for step in range(blocks))


def _free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:  # connections of the last run may still be waiting to be forgotten
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((IP, port))
            except OSError:
                return False
    return True


def answers(port: int) -> bool:
    """Whether something listens."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((IP, port)) == 0
