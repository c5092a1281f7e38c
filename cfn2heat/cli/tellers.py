"""How the commands that talk to a cloud speak: lines, a line that changes on a terminal, or JSON lines for programs."""

from __future__ import annotations

import json
import shutil
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

import click

from cfn2heat.cli.output import say as say_diagnostic
from cfn2heat.cli.output import visible
from cfn2heat.deploy.changes import ADD, REMOVE, REPLACE, UPDATE, Change, Plan
from cfn2heat.deploy.failures import Failure
from cfn2heat.deploy.follow import Note
from cfn2heat.deploy.parameters import STARS
from cfn2heat.deploy.stack import Event
from cfn2heat.diagnostics import Diagnostic
from cfn2heat.record import record, replace

SIGNS = {ADD: "+", UPDATE: "~", REPLACE: "-/+", REMOVE: "-"}
WORDS = {ADD: "added", UPDATE: "updated", REPLACE: "replaced", REMOVE: "removed"}
SHORTEST = 4
"""Characters of a secret that is looked for in what is said; shorter ones are no secrets, and stand in any text."""
NAMES_SHOWN = 3
CLEAR = "\r\x1b[K"


@record
class End:
    """The result: a sentence for people, the facts for programs."""

    sentence: str
    facts: dict[str, Any]


class Teller(ABC):
    """Says what happens; secrets that it knows become stars, whoever repeats them."""

    def __init__(self) -> None:
        self._secrets: dict[str, None] = {}

    def hide(self, secrets: Iterable[str]) -> None:
        """Know secrets, in every form in which they may come back."""
        for secret in secrets:
            for form in (secret, *secret.splitlines()):
                if len(form) >= SHORTEST:
                    self._secrets.update(
                        dict.fromkeys((form, json.dumps(form)[1:-1], json.dumps(form, ensure_ascii=False)[1:-1]))
                    )

    def clean(self, text: str) -> str:
        """A text without secrets."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, STARS)
        return text

    def __call__(self, happening: object) -> None:
        """Say one thing that happened."""
        match happening:
            case Plan():
                self._plan(happening)
            case Event():
                self._event(happening)
            case Note():
                self._note(happening)
            case Diagnostic():
                self._diagnostic(happening)
            case Failure():
                self._failure(happening)
            case End():
                self._end(happening)

    @abstractmethod
    def _plan(self, plan: Plan) -> None: ...

    @abstractmethod
    def _event(self, event: Event) -> None: ...

    @abstractmethod
    def _note(self, note: Note) -> None: ...

    @abstractmethod
    def _diagnostic(self, diagnostic: Diagnostic) -> None: ...

    @abstractmethod
    def _failure(self, failure: Failure) -> None: ...

    @abstractmethod
    def _end(self, end: End) -> None: ...


class Lines(Teller):
    """Plain lines."""

    def write(self, text: str, *, error: bool = False) -> None:
        """One line."""
        click.echo(self.clean(text), err=error)

    def _plan(self, plan: Plan) -> None:
        counts = {kind: sum(change.kind == kind for change in plan.changes) for kind in SIGNS}
        said = ", ".join(f"{count} {WORDS[kind]}" for kind, count in counts.items() if count) or "no resource changes"
        self.write(f"Stack {plan.stack}, {plan.action}: {said}")
        for change in plan.changes:
            self.write(f"  {SIGNS[change.kind]:3} {visible(path_text(change.path))}  {visible(change.type)}")
        if plan.besides:
            self.write(f"  besides: {visible(', '.join(plan.besides))}")

    def _event(self, event: Event) -> None:
        if event.of_stack and event.path:
            return  # the resource that a nested stack stands for says the same
        reason = f": {visible(event.reason)}" if event.status == "FAILED" else ""
        self.write(
            f"{event.time[11:19]} {event.action}_{event.status:11} {visible(path_text(event.path)) or 'the stack'}{reason}"
        )

    def _failure(self, failure: Failure) -> None:
        origin = failure.origin
        place = f"{visible(str(origin.place.file))}:{origin.place.line}: " if origin else ""
        named = f" (from {visible(origin.name)})" if origin and origin.name != path_text(failure.path) else ""
        kind = f", {visible(failure.type)}" if failure.type else ""
        name = f"{visible(path_text(failure.path))}{kind}{named}"
        self.write(f"{place}{name}: {failure.action} failed: {visible(failure.reason)}", error=True)

    def _note(self, note: Note) -> None:
        self.write(visible(note.text), error=True)

    def _diagnostic(self, diagnostic: Diagnostic) -> None:
        say_diagnostic(replace(diagnostic, message=self.clean(diagnostic.message), advice=self.clean(diagnostic.advice)))

    def _end(self, end: End) -> None:
        self.write(visible(end.sentence))
        for name, value in end.facts.get("outputs", {}).items():
            self.write(f"  {visible(name)} = {visible(value_text(value))}")
        if end.facts.get("horizon"):
            self.write(f"Horizon: {end.facts['horizon']}")


class Live(Lines):
    """On a terminal: one line that changes, above it what stays."""

    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()
        self._total = 0
        self._done: set[tuple[str, ...]] = set()
        self._working: dict[tuple[str, ...], str] = {}

    def _plan(self, plan: Plan) -> None:
        super()._plan(plan)
        self._total = len(plan.changes)

    def _event(self, event: Event) -> None:
        if event.status == "FAILED" or not event.path:
            super()._event(event)
        elif event.status == "IN_PROGRESS":
            self._working[event.path] = event.action
        else:
            self._working.pop(event.path, None)
            self._done.add(event.path)
        self._draw()

    def write(self, text: str, *, error: bool = False) -> None:
        """A line that stays, in place of the one that changes."""
        click.echo(CLEAR, nl=False)
        super().write(text, error=error)

    def _diagnostic(self, diagnostic: Diagnostic) -> None:
        click.echo(CLEAR, nl=False)
        super()._diagnostic(diagnostic)

    def _draw(self) -> None:
        seconds = int(time.monotonic() - self._start)
        names = [visible(path_text(path)) for path in self._working]
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        count = f"{len(self._done)}/{self._total}" if self._total else f"{len(self._done)} done"
        line = f"[{count}] {seconds // 60}:{seconds % 60:02} {', '.join(names[:NAMES_SHOWN])}{more}"
        click.echo(f"{CLEAR}{self.clean(line)[: shutil.get_terminal_size().columns - 1]}", nl=False)


class JsonLines(Teller):
    """An object a line, for programs."""

    def write(self, kind: str, **facts: Any) -> None:
        """One object."""
        click.echo(self.clean(json.dumps({"kind": kind, **facts}, ensure_ascii=False)))

    def _plan(self, plan: Plan) -> None:
        changes = [change_entry(change) for change in plan.changes]
        self.write("plan", action=plan.action, stack=plan.stack, changes=changes, besides=plan.besides)

    def _event(self, event: Event) -> None:
        self.write("event", **event_entry(event))

    def _failure(self, failure: Failure) -> None:
        self.write("failure", **failure_entry(failure))

    def _note(self, note: Note) -> None:
        self.write("note", text=note.text)

    def _diagnostic(self, diagnostic: Diagnostic) -> None:
        self.write(
            "diagnostic",
            code=diagnostic.code,
            severity=diagnostic.severity.word,
            subject=diagnostic.subject,
            message=diagnostic.message,
            advice=diagnostic.advice,
            file=diagnostic.span.file,
            line=diagnostic.span.line,
        )

    def _end(self, end: End) -> None:
        self.write("end", text=end.sentence, **end.facts)


def teller(form: str) -> Teller:
    """The one that fits: for programs, for a terminal, or plain."""
    if form == "json":
        return JsonLines()
    return Live() if sys.stdout.isatty() else Lines()


def path_text(path: tuple[str, ...]) -> str:
    """The way to a resource as people write it."""
    return ".".join(path)


def value_text(value: Any) -> str:
    """An output's value in a line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def change_entry(change: Change) -> dict[str, str]:
    """A change as JSON."""
    return {"change": change.kind, "resource": path_text(change.path), "type": change.type}


def event_entry(event: Event) -> dict[str, str]:
    """An event as JSON; of the stack as a whole the resource is empty."""
    state = f"{event.action}_{event.status}"
    return {"time": event.time, "resource": path_text(event.path), "state": state, "reason": event.reason, "id": event.id}


def failure_entry(failure: Failure) -> dict[str, Any]:
    """A failure as JSON."""
    origin = failure.origin
    source = {"resource": origin.name, "file": origin.place.file, "line": origin.place.line} if origin else None
    facts = {"resource": path_text(failure.path), "type": failure.type, "action": failure.action, "reason": failure.reason}
    return {**facts, "source": source}
