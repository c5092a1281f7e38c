"""Follows what Heat does to a stack until it ends: every event once, and patience with a cloud that is away for a while."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from cfn2heat.deploy.cloud import CloudError
from cfn2heat.deploy.refusals import MISSING
from cfn2heat.deploy.stack import Event, Stack
from cfn2heat.record import record

if TYPE_CHECKING:
    from cfn2heat.deploy.heat import Heat

PAUSES = (1.0, 1.0, 2.0, 2.0, 4.0)
"""Seconds between two looks, the last one for all that follow."""
PAGE = 200
"""Events that are asked for at once."""
OVERLAP = 20
"""Events that are read once more: Heat's workers do not write theirs in the order of their times."""
AWAY = 600.0
"""Seconds that the cloud may be away, on top of the patience with each request."""
GRACE = 60.0
"""Seconds after its own time limit in which Heat may bring a stack to an end, or begin to roll it back."""


@record
class Note:
    """Something to say meanwhile."""

    text: str


Tell = Callable[[object], None]
"""Takes an Event, a Note or a Plan as soon as there is one."""


class TimeIsUp(Exception):
    """The stack goes on, and we do not wait any longer."""


class Feed:
    """The events of a stack, each once."""

    def __init__(self, heat: Heat, stack: Stack, *, begun: bool) -> None:
        """begun: what Heat is at already counts, otherwise only what comes from now on."""
        self._heat, self._stack = heat, stack
        self._seen: set[str] = set()
        self._marker: str | None = None
        self._skip = begun
        if not begun:
            newest = self._newest(nested=True) or self._newest(nested=False)
            self._seen.update(event.id for event in newest)
            self._marker = newest[-1].id if newest else None

    def _newest(self, *, nested: bool) -> list[Event]:
        return self._heat.events(self._stack, None, newest_first=True, limit=OVERLAP, nested=nested)

    def new(self, *, ended: bool = False) -> list[Event]:
        """The events that were not given yet, in order; ended: Heat is done with the stack."""
        found = self._read(nested=True)
        if ended:  # Heat finds a stack through its resources here, and forgets one that has none left
            found += self._read(nested=False)
        return self._of_this_action(found) if self._skip else found

    def _read(self, *, nested: bool) -> list[Event]:
        found: list[Event] = []
        marker = self._marker
        while True:
            try:
                page = self._heat.events(self._stack, marker, limit=PAGE, nested=nested)
            except CloudError as error:
                if error.diagnostic.code != MISSING or marker is None:
                    raise
                marker = self._marker = None  # Heat keeps a number of events and has dropped this one
                continue
            found += [event for event in page if event.id not in self._seen]
            self._seen.update(event.id for event in page)
            if len(page) >= OVERLAP:
                self._marker = page[-OVERLAP].id
            if len(page) < PAGE:
                return found
            marker = page[-1].id

    def _of_this_action(self, events: list[Event]) -> list[Event]:
        """Leave out what belongs to earlier actions: all before the stack as a whole began its last one, rollbacks apart."""
        self._skip = False
        begun = [index for index, event in enumerate(events) if _begins(event)]
        return events[begun[-1] :] if begun else events


def _begins(event: Event) -> bool:
    """Whether an action on the whole stack begins here."""
    return not event.path and event.of_stack and event.status == "IN_PROGRESS" and event.action != "ROLLBACK"


def follow(
    heat: Heat, feed: Feed, stack: Stack, actions: Collection[str], tell: Tell, deadline: float | None
) -> tuple[Stack, list[Event]]:
    """Wait until one of these actions has ended; gives the stack as it is then and the events of the way."""
    events: list[Event] = []
    away: float | None = None
    looks = 0
    ended: float | None = None
    while True:
        try:
            now = heat.look(stack)
            for event in feed.new(ended=not now.in_progress) if now.state != "DELETE_COMPLETE" else ():
                events.append(event)
                tell(event)
            if away is not None:
                tell(Note("The cloud answers again."))
            away = None
        except CloudError as error:
            if not error.passing or (away is not None and time.monotonic() - away > AWAY):
                raise
            if away is None:
                away = time.monotonic()
                tell(Note(f"{error.diagnostic.message}; waiting until it answers."))
        else:
            if not now.in_progress and now.action in actions:
                ended = ended or time.monotonic()
                if not _rolls_back_yet(now) or time.monotonic() - ended > GRACE:
                    return now, events
            else:
                ended = None
        if deadline is not None and time.monotonic() > deadline:
            raise TimeIsUp
        time.sleep(PAUSES[min(looks, len(PAUSES) - 1)])
        looks += 1


def _rolls_back_yet(stack: Stack) -> bool:
    """Whether a rollback is still to begin: it follows a failure after a moment."""
    return stack.status == "FAILED" and stack.rolls_back and stack.action in ("CREATE", "UPDATE")
