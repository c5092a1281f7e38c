"""Creates, updates and deletes stacks: says what will change, begins it once, follows it to its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from cfn2heat.deploy.bundle import Bundle
from cfn2heat.deploy.changes import Content, Plan, additions, as_data, differences, own_preview
from cfn2heat.deploy.cloud import CloudError
from cfn2heat.deploy.follow import GRACE, Feed, Note, Tell, follow
from cfn2heat.deploy.refusals import CONFLICT, FAILED
from cfn2heat.deploy.stack import TAG, Event, Stack
from cfn2heat.record import field, record, replace

if TYPE_CHECKING:
    from cfn2heat.deploy.heat import Heat

T = TypeVar("T")
ROUNDS = 4
"""How often a stack is looked at anew because something else was in the way."""
ATTEMPTS, PAUSE = 3, 1.0


@record
class Wish:
    """What is to be deployed, and how."""

    name: str
    bundle: Bundle
    values: dict[str, Any]
    kept: frozenset[str] = frozenset()
    """Hidden parameters whose values the stack has, and no one gave anew."""
    tags: tuple[str, ...] = ()
    timeout: int | None = None
    """Seconds."""
    rollback: bool = False
    update: bool = False
    dry_run: bool = False
    wait: bool = True

    @property
    def minutes(self) -> int | None:
        """The time limit as Heat takes it."""
        return None if self.timeout is None else max(1, -(-self.timeout // 60))

    @property
    def hidden(self) -> set[str]:
        """The parameters whose values must not be seen."""
        return {name for name, parameter in self.bundle.parameters().items() if parameter.hidden}


@record
class Outcome:
    """How a deployment ended: created, updated, unchanged, previewed, begun or deleted."""

    kind: str
    stack: Stack | None
    events: list[Event] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether all is as it was wished."""
        return self.kind in ("unchanged", "previewed", "begun") or (self.stack is not None and self.stack.complete)


def deploy(heat: Heat, wish: Wish, tell: Tell) -> Outcome:
    """Bring a stack to what is wished, from wherever it is now."""
    for _ in range(ROUNDS):
        stack = heat.find(wish.name)
        if stack is None:
            outcome = _create(heat, wish, tell)
        elif stack.in_progress:
            outcome = _join(heat, wish, stack, tell)
        else:
            outcome = _update(heat, wish, stack, tell)
        if outcome is not None:
            return outcome
    raise CloudError(CONFLICT, wish.name, "something else changes this stack again and again", "run this again when it rests")


def delete(heat: Heat, stack: Stack, tell: Tell, *, wait: bool = True) -> Outcome:
    """Delete a stack."""
    feed = Feed(heat, stack, begun=stack.in_progress and stack.action == "DELETE")
    if not (stack.in_progress and stack.action == "DELETE"):
        heat.delete(stack)
    if not wait:
        return Outcome("begun", stack)
    return Outcome("deleted", *follow(heat, feed, stack, ("DELETE",), tell, None))


def _create(heat: Heat, wish: Wish, tell: Tell) -> Outcome | None:
    if wish.update:
        advice = (
            "leave out --update to create it, or look at the spelling: `openstack stack list` shows the stacks of the project"
        )
        raise CloudError("C2H6007", wish.name, "there is no stack of this name to update", advice)
    body = {"stack_name": wish.name, **_body(wish, (TAG, *wish.tags))}
    preview = {name: value for name, value in body.items() if name != "tags"}
    foreseen = _foreseen(wish, lambda: heat.preview(preview), tell)
    tell(Plan("create", wish.name, additions(own_preview(wish.bundle.template) if foreseen is None else foreseen)))
    if wish.dry_run:
        return Outcome("previewed", None)
    made: list[Stack] = []
    if not _surely(lambda: made.append(heat.create(body)), lambda: heat.find(wish.name) is not None, tell):
        return None
    stack = made[0] if made else heat.find(wish.name)
    if stack is None:
        return None
    return _followed(heat, wish, stack, Feed(heat, stack, begun=True), "created", tell)


def _join(heat: Heat, wish: Wish, stack: Stack, tell: Tell) -> Outcome | None:
    """Heat is at it: after a crash of ours, or for somebody else. Only when it ended well there is more to do."""
    _may(wish, stack)
    if wish.dry_run:
        raise CloudError(CONFLICT, wish.name, f"the stack is {stack.state}: what would change shows when that has ended")
    if not wish.wait:
        return Outcome("begun", stack)
    tell(Note(f"The stack {stack.name} is {stack.state} already; following that."))
    outcome = _followed(heat, wish, stack, Feed(heat, stack, begun=True), "created", tell)
    if outcome.stack is not None and (outcome.stack.complete or outcome.stack.action == "DELETE"):
        return None
    return outcome


def _update(heat: Heat, wish: Wish, stack: Stack, tell: Tell) -> Outcome | None:
    _may(wish, stack)
    had = heat.parameters(stack)
    body = _body(wish, tuple(dict.fromkeys((TAG, *(wish.tags or stack.tags)))))
    if wish.kept:
        body |= {
            "existing": True,
            "clear_parameters": [name for name in had if name not in wish.values and name not in wish.kept],
        }
    plan = _plan(heat, wish, stack, had, body, tell)
    if not plan.changes and not plan.besides and stack.complete:
        return Outcome("unchanged", heat.look(stack, outputs=True))
    tell(plan)
    if wish.dry_run:
        return Outcome("previewed", stack)
    feed = Feed(heat, stack, begun=False)
    if not _surely(lambda: heat.update(stack, body), lambda: _begun(stack, heat.look(stack)), tell):
        return None
    return _followed(heat, wish, stack, feed, "updated", tell)


def _begun(before: Stack, now: Stack) -> bool:
    """Whether an update was begun since."""
    return now.in_progress or (now.state, now.updated) != (before.state, before.updated)


def _may(wish: Wish, stack: Stack) -> None:
    """Whether the stack is ours to change."""
    if not stack.ours and not wish.update:
        advice = "--update changes it all the same; --stack-name makes another"
        raise CloudError("C2H6018", stack.name, "there is a stack of this name that cfn2heat has not made", advice)


def _plan(heat: Heat, wish: Wish, stack: Stack, had: dict[str, Any], body: dict[str, Any], tell: Tell) -> Plan:
    """What an update changes; a value that is kept does not change."""
    preview = {name: value for name, value in body.items() if name != "tags"}
    old = Content(heat.template(stack), heat.files(stack), had)
    values = {**wish.values, **{name: had[name] for name in wish.kept}}
    new = Content(as_data(wish.bundle.template), wish.bundle.files, values)
    foreseen = _foreseen(wish, lambda: heat.preview_update(stack, preview), tell)
    plan = differences(old, new, wish.hidden - wish.kept, foreseen)
    tags = [] if set(body["tags"].split(",")) == set(stack.tags) else ["tags"]
    return replace(plan, stack=stack.name, besides=[*plan.besides, *tags])


def _foreseen(wish: Wish, preview: Callable[[], T], tell: Tell) -> T | None:
    """Heat's preview, asked for once: it is dear. Over some templates it fails that Heat makes stacks of all the same."""
    found = _tried(preview)
    if not isinstance(found, CloudError):
        return found
    if found.diagnostic.code != FAILED or wish.dry_run:
        raise found
    tell(Note(f"Heat cannot show what it will do ({found.diagnostic.message}); going on by what the template says."))
    return None


def _body(wish: Wish, tags: tuple[str, ...]) -> dict[str, Any]:
    """What is sent: our text, our files, and values; nothing is read from a disk or fetched at this point."""
    body: dict[str, Any] = {
        "template": wish.bundle.text,
        "files": wish.bundle.files,
        "parameters": wish.values,
        "disable_rollback": not wish.rollback,
        "tags": ",".join(dict.fromkeys(tags)),
    }
    if wish.minutes is not None:
        body["timeout_mins"] = wish.minutes
    return body


def _surely(send: Callable[[], None], landed: Callable[[], bool], tell: Tell) -> bool:
    """Ask for a change once: when it is not known whether that arrived, look before asking again.

    False: something else was quicker, so that the stack is to be looked at anew.
    """
    for attempt in range(ATTEMPTS):
        error = _tried(send)
        if not isinstance(error, CloudError):
            return True
        if error.diagnostic.code == CONFLICT:
            return False
        if not error.passing or attempt == ATTEMPTS - 1:
            raise error
        tell(Note(f"{error.diagnostic.message}; looking whether it arrived."))
        time.sleep(PAUSE * 2**attempt)
        if landed():
            return True
    raise AssertionError("the last attempt ends the loop")


def _tried(call: Callable[[], T]) -> T | CloudError:
    try:
        return call()
    except CloudError as error:
        return error


def _followed(heat: Heat, wish: Wish, stack: Stack, feed: Feed, kind: str, tell: Tell) -> Outcome:
    if not wish.wait:
        return Outcome("begun", stack)
    deadline = None if wish.minutes is None else time.monotonic() + wish.minutes * 60 + GRACE
    action = {"created": "CREATE", "updated": "UPDATE"}[kind] if not stack.in_progress else stack.action
    ended, events = follow(heat, feed, stack, {action, "ROLLBACK"}, tell, deadline)
    return Outcome(kind, heat.look(ended, outputs=True), events)
