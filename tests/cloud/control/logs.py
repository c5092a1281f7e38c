"""Finds in many logs the few lines that say what went wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

# A service's own error, the last line of a traceback that it logged, and one that it did not live to log.
MARK = re.compile(r"^(\S+ ){2,3}(ERROR|CRITICAL) \S+ (\[|[\w.]+: )|^[\w.]*(Error|Exception): ")
SHOWN = 3  # of each log, the last: what came before is often its cause, and is in the log
WIDTH = 300


def sizes(folder: Path) -> dict[str, int]:
    """How long each log is now."""
    return {path.name: path.stat().st_size for path in folder.glob("*.log")}


def errors(folder: Path, since: Mapping[str, int] | None = None) -> dict[str, list[str]]:
    """The last errors of each log, of what was written since."""
    found = {}
    for path in sorted(folder.glob("*.log")):
        with open(path, "rb") as log:
            log.seek((since or {}).get(path.name, 0))
            lines = log.read().decode(errors="replace").splitlines()
        if told := [line[:WIDTH] for line in lines if MARK.search(line)]:
            found[path.name] = told[-SHOWN:]
    return found


def told(found: Mapping[str, list[str]]) -> str:
    """The same as text."""
    return "\n".join(f"{name}:\n  " + "\n  ".join(lines) for name, lines in found.items())
