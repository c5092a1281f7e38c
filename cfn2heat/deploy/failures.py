"""Why a stack failed: the resources at the bottom of it, with Heat's reason and the place in the source."""

from __future__ import annotations

import re

from cfn2heat.deploy.bundle import Bundle, Origin
from cfn2heat.deploy.stack import Event
from cfn2heat.record import record

FOLLOWED = re.compile(r"aborted|cancelled|user triggered cancel|superseded", re.IGNORECASE)
"""In the reason of a resource that failed only because another one did."""


@record
class Failure:
    """A resource that failed, and why."""

    path: tuple[str, ...]
    type: str
    action: str
    reason: str
    origin: Origin | None


def failures(events: list[Event], bundle: Bundle | None) -> list[Failure]:
    """The true causes: of a nested stack that failed, what failed in it; not what was only given up because of it."""
    failed: dict[tuple[str, ...], Event] = {}
    for event in events:
        if event.action == "ROLLBACK":
            break
        if event.status == "FAILED" and event.path:
            failed[event.path] = event
        elif event.status == "COMPLETE":
            failed.pop(event.path, None)  # it came right at another attempt
    bottom = [event for path, event in failed.items() if not any(_below(other, path) for other in failed)]
    true = [event for event in bottom if not FOLLOWED.search(event.reason)]
    return [
        Failure(
            event.path,
            bundle.type(event.path) if bundle else "",
            event.action,
            event.reason,
            bundle.origin(event.path) if bundle else None,
        )
        for event in true or bottom
    ]


def _below(path: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(path) > len(other) and path[: len(other)] == other
