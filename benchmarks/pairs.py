"""Times two commands as whole processes, in turn, so that a machine that gets slower meanwhile does so for both."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path


def program(name: str) -> str:
    """An installed command, beside the interpreter that runs the benchmark."""
    found = Path(sys.executable).with_name(name)
    if not found.exists():
        sys.exit(f"{found} is not there: install the wheel and cfn-flip into this environment (see benchmarks/README.md)")
    return str(found)


def pairs(first: list[str], second: list[str], runs: int) -> tuple[list[float], list[float]]:
    """Seconds of each run of both commands, after one run of each that is not counted (it compiles and fills caches)."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in range(runs + 1):
        for command, kept in zip((first, second), seconds, strict=True):
            taken = once(command)
            if number:
                kept.append(taken)
    return seconds


def once(command: list[str]) -> float:
    """Seconds of one run; a command that fails ends the benchmark. Exit 1 is a loss in the template, which is no failure."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode()}")
    return taken


def heading() -> str:
    """The table's head."""
    return f"{'':34}{'cfn2heat':>12}{'cfn-flip':>12}{'ratio':>8}   (medians; the ratio is the median over the pairs)"


def line(title: str, ours: list[float], theirs: list[float]) -> str:
    """A row of the table."""
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return f"{title:34}{statistics.median(ours):10.3f} s{statistics.median(theirs):10.3f} s{ratio:8.2f}"


def runs_wanted(description: str | None, default: int) -> int:
    """How often each command is run, by --runs."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--runs", type=int, default=default, help="runs of each command (default: %(default)s)")
    wanted: int = parser.parse_args().runs
    return wanted
