#!/usr/bin/env python3
"""The project's test cloud: a real OpenStack control plane on loopback, without data planes.

python tests/cloud/cloud.py up        start it; what is missing is installed and made first
python tests/cloud/cloud.py status    what runs, and where its logs are
python tests/cloud/cloud.py errors    the last errors in each log
python tests/cloud/cloud.py down      stop it and keep its state
python tests/cloud/cloud.py wipe      stop it and remove its state; the next `up` is quick all the same
python tests/cloud/cloud.py packages  install the distribution's packages (root)
"""

from __future__ import annotations

import argparse
import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from control import life, logs, packages
from control.places import Place, default_state


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("up", "down", "status", "errors", "wipe", "packages"))
    parser.add_argument("--state", type=Path, default=default_state(), help="the cloud's folder (default: %(default)s)")
    parser.add_argument(
        "--only", choices=("all", "core"), default="all", help="core: Keystone, Placement, Nova, Neutron, Glance, Heat"
    )
    asked = parser.parse_args()
    place = Place(asked.state.absolute())
    match asked.command:
        case "up":
            with alone(place):
                life.up(place, asked.only)
        case "down":
            with alone(place):
                life.down(place)
        case "wipe":
            with alone(place):
                life.wipe(place)
        case "status":
            sys.exit(life.status(place))
        case "errors":
            print(logs.told(logs.errors(place.log)) or f"no errors in {place.log}")
        case "packages":
            packages.install()


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Let no other start or stop of this cloud run at once; one that was killed holds nobody up."""
    place.state.mkdir(parents=True, exist_ok=True)
    with open(place.state / ".lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another start or stop of {place.state}", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main()
