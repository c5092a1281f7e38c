"""Where the cloud keeps its things: a state folder per cloud, and one base that all clouds of these versions share."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .services import PROJECTS

HERE = Path(__file__).resolve().parent
CLOUD = HERE.parent
REPOSITORY = CLOUD.parent.parent
BUILD = REPOSITORY / "build"
MIGRATED = ("mariadb", "gnocchi")  # the folders that migrations fill
FOLDERS: tuple[str, ...] = ("run", "log", "lock", "etc", "home", "redis", "named", "rabbitmq", "glance", "swift/d1")
FOLDERS += ("nova", "neutron", "cinder", "manila", "designate")


def default_state() -> Path:
    """The state folder when none is named."""
    return Path(os.environ.get("CFN2HEAT_TEST_CLOUD") or BUILD / "test-cloud").absolute()


@dataclass(frozen=True)
class Place:
    """The paths of one cloud."""

    state: Path

    @property
    def run(self) -> Path:
        """The records of processes, and sockets."""
        return self.state / "run"

    @property
    def log(self) -> Path:
        """A log per process and per migration."""
        return self.state / "log"

    @property
    def etc(self) -> Path:
        """The configuration, written anew at every start."""
        return self.state / "etc"

    @property
    def clouds_yaml(self) -> Path:
        """The client configuration."""
        return self.state / "clouds.yaml"

    @cached_property
    def base(self) -> Path:
        """The environment of these versions, shared by all clouds."""
        folder = os.environ.get("CFN2HEAT_TEST_CLOUD_BASE") or BUILD / "test-cloud-base"
        return Path(folder).absolute() / digest(CLOUD / "pins.txt", also=f"{sys.version_info[:2]}")

    @property
    def venv(self) -> Path:
        """The virtual environment of all services."""
        return self.base / "venv"

    @property
    def migrated(self) -> Path:
        """What migrations make, of which a new cloud gets a copy."""
        made = repr([(project.name, project.databases, project.migrations, project.catalog) for project in PROJECTS])
        return self.base / f"migrated-{digest(HERE / 'identity.py', also=made)}"

    def make(self) -> None:
        """Make the folders."""
        for name in FOLDERS:
            (self.state / name).mkdir(parents=True, exist_ok=True)


def once(place: Place, mark: str, value: str, make: Callable[[], None]) -> None:
    """Do it unless this state says that it was done for this value."""
    done = place.state / mark
    if not done.exists() or done.read_text() != value:
        make()
        done.write_text(value)


def digest(*files: Path, also: str = "") -> str:
    """A short name for what these files hold."""
    content = b"".join(file.read_bytes() for file in files) + also.encode()
    return hashlib.sha256(content).hexdigest()[:12]
