"""How far a long work is: a bar on a terminal, a line now and then elsewhere, JSON lines for programs."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import click

from cfn2heat.images.convert import Progress
from cfn2heat.images.describe import size


class Bar:
    """One work after the other, each from 0 to 100 per cent."""

    def __init__(self, form: str) -> None:
        self.form = form
        self.bar = form == "text" and sys.stderr.isatty()
        self.last, self.shown, self.open = 0.0, -1.0, False

    def begin(self, name: str, text: str, **more: Any) -> None:
        """A new work begins."""
        if self.open:
            click.echo(err=True)
        self.last, self.shown, self.open = time.monotonic(), -1.0, False
        if self.form == "json":
            click.echo(json.dumps({"step": name, **more}))
        else:
            number = f"{more['number']}/{more['of']} " if more else ""
            click.echo(f"{number}{name}: {text}", err=True)

    def move(self, name: str, percent: float, total: int, seconds: float, before: float = 0) -> None:
        """The work has come so far, from where it was before; shown at most some times a second, and at its end.

        total is how many bytes the whole has, 0 where nobody knows.
        """
        now = time.monotonic()
        if not (percent >= 100 > self.shown or now - self.last > (0.2 if self.bar else 5)):
            return
        self.last, self.shown = now, percent
        moved = percent - before
        rate = total * moved / 100 / seconds if seconds else 0
        speed = f"  {size(rate)}/s" if total else ""
        left = seconds * (100 - percent) / moved if moved else 0
        if self.form == "json":
            data = {"step": name, "percent": round(percent, 2), "bytes_per_second": int(rate), "seconds_left": int(left)}
            click.echo(json.dumps(data))
        elif self.bar:
            filled = int(percent / 4)
            text = f"    [{'#' * filled}{'-' * (25 - filled)}] {percent:3.0f}%{speed}  {clock(left)} left"
            click.echo(f"\r{text:78}", nl=percent >= 100, err=True)
            self.open = percent < 100
        else:
            click.echo(f"    {percent:.0f}%{speed}  {clock(left)} left", err=True)


class Shown:
    """Shows the steps of a conversion."""

    def __init__(self, steps: int, total: int, form: str) -> None:
        self.steps, self.total, self.bar = steps, total, Bar(form)
        self.start = 0.0

    def __call__(self, progress: Progress) -> None:
        """Show where it is."""
        if progress.percent < 0:
            self.start = time.monotonic()
            self.bar.begin(progress.step.name, progress.step.text, number=progress.number, of=self.steps)
        else:
            self.bar.move(progress.step.name, progress.percent, self.total, time.monotonic() - self.start)


def clock(seconds: float) -> str:
    """Seconds as people read a time."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
