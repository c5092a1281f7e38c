"""How far a long work is: a bar on a terminal, a line a step elsewhere, a JSON line for programs."""

from __future__ import annotations

import json
import sys
import time

import click

from cfn2heat.images.convert import Progress
from cfn2heat.images.describe import size


class Shown:
    """Shows progress on stderr, or as JSON lines on stdout; at most some times a second."""

    def __init__(self, steps: int, total: int, form: str) -> None:
        self.steps, self.total, self.form = steps, total, form
        self.bar = form == "text" and sys.stderr.isatty()
        self.step, self.start, self.last, self.shown = "", 0.0, 0.0, -1.0

    def __call__(self, progress: Progress) -> None:
        """Show where it is."""
        now = time.monotonic()
        if progress.step.name != self.step:
            self._end()
            self.step, self.start, self.last, self.shown = progress.step.name, now, now, -1.0
            self._begin(progress)
        elif progress.percent >= 100 > self.shown or now - self.last > (0.2 if self.bar else 5):
            self.last, self.shown = now, progress.percent
            self._move(progress, now - self.start)

    def _begin(self, progress: Progress) -> None:
        if self.form == "json":
            self._line({"step": progress.step.name, "number": progress.number, "of": self.steps})
        else:
            click.echo(f"{progress.number}/{self.steps} {progress.step.name}: {progress.step.text}", err=True)

    def _move(self, progress: Progress, seconds: float) -> None:
        rate = self.total * progress.percent / 100 / seconds if seconds else 0
        left = seconds * (100 - progress.percent) / progress.percent if progress.percent else 0
        if self.form == "json":
            self._line({"step": self.step, "percent": progress.percent, "bytes_per_second": int(rate), "seconds_left": int(left)})
        elif self.bar:
            filled = int(progress.percent / 4)
            text = f"    [{'#' * filled}{'-' * (25 - filled)}] {progress.percent:3.0f}%  {size(rate)}/s  {clock(left)} left"
            click.echo(f"\r{text:78}", nl=False, err=True)
        else:
            click.echo(f"    {progress.percent:.0f}%, {size(rate)}/s, {clock(left)} left", err=True)

    def _end(self) -> None:
        if self.bar and self.shown >= 0:
            click.echo(err=True)

    @staticmethod
    def _line(data: dict[str, str | int | float]) -> None:
        click.echo(json.dumps(data))


def clock(seconds: float) -> str:
    """Seconds as people read a time."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
