"""Makes all tables: each project's own commands, in processes that share their imports. Runs in the cloud's environment.

As many projects at once as there are processors; the commands of one project follow each other.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path

from . import configuration, hatchery
from .places import Place
from .services import PROJECTS, Project

SLOWEST_FIRST = ("neutron", "nova", "keystone", "heat", "cinder", "manila", "designate")


def main(state: str) -> None:
    """Make the tables of every project."""
    place = Place(Path(state))
    hatchery.warm()
    waiting = sorted((project for project in PROJECTS if project.migrations), key=_rank)
    running: dict[int, tuple[Project, float]] = {}
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            project = waiting.pop(0)
            work = partial(_migrate, place, project)
            running[hatchery.hatch(_log(place, project), work)] = project, time.monotonic()
        pid, status = os.wait()
        project, began = running.pop(pid)
        if status:
            sys.exit(f"the tables of {project.name} could not be made: {_log(place, project)}")
        print(f"{time.monotonic() - began:6.1f} s  tables of {project.name}", flush=True)


def _rank(project: Project) -> int:
    return SLOWEST_FIRST.index(project.name) if project.name in SLOWEST_FIRST else len(SLOWEST_FIRST)


def _migrate(place: Place, project: Project) -> None:
    for target, *named in project.migrations:
        arguments = configuration.arguments(place, named)
        print(target, *arguments, flush=True)
        hatchery.finish(_log(place, project), partial(hatchery.call, target, arguments, project.name))


def _log(place: Place, project: Project) -> Path:
    return place.log / f"migrate-{project.name}.log"


if __name__ == "__main__":
    main(*sys.argv[1:])
