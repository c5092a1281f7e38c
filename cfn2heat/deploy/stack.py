"""Stacks and their events as records."""

from __future__ import annotations

import re
from typing import Any

from cfn2heat.record import field, record, replace

NESTED = re.compile(r"-(.+?)-[a-z2-7]{12}(?=-|$)")
"""What Heat adds to a stack's name for a stack nested in it: the resource, and twelve characters of an id."""
TAG = "cfn2heat"
"""Marks the stacks that deploy made, which it may update without being told to."""


@record
class Stack:
    """A stack as it was when Heat was asked."""

    id: str
    name: str
    action: str
    status: str
    reason: str = ""
    created: str = ""
    updated: str = ""
    tags: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    rolls_back: bool = False

    @classmethod
    def read(cls, data: dict[str, Any]) -> Stack:
        """From Heat's answer."""
        action, _, status = data["stack_status"].partition("_")
        return cls(
            data["id"],
            data["stack_name"],
            action,
            status,
            data.get("stack_status_reason") or "",
            data.get("creation_time") or "",
            data.get("updated_time") or "",
            tuple(data.get("tags") or ()),
            data.get("parameters") or {},
            data.get("outputs") or [],
            data.get("disable_rollback") is False,
        )

    def deleted(self) -> Stack:
        """The same when it has gone."""
        return replace(self, action="DELETE", status="COMPLETE", reason="")

    @property
    def path(self) -> str:
        """How Heat finds it without a detour."""
        return f"{self.name}/{self.id}"

    @property
    def state(self) -> str:
        """Action and status as Heat writes them: CREATE_COMPLETE."""
        return f"{self.action}_{self.status}"

    @property
    def in_progress(self) -> bool:
        """Whether Heat is at work on it."""
        return self.status == "IN_PROGRESS"

    @property
    def complete(self) -> bool:
        """Whether its last action reached what it was for; a rollback never does."""
        return self.status == "COMPLETE" and self.action != "ROLLBACK"

    @property
    def ours(self) -> bool:
        """Whether deploy made it."""
        return TAG in self.tags


@record
class Event:
    """Something that happened to a resource, or to a stack as a whole; path leads there from the root stack."""

    id: str
    time: str
    stack_id: str
    path: tuple[str, ...]
    physical_id: str
    action: str
    status: str
    reason: str

    @classmethod
    def read(cls, data: dict[str, Any], root: Stack) -> Event:
        """From Heat's answer."""
        links = {link["rel"]: link["href"] for link in data.get("links", ())}
        stack_name, _, stack_id = links.get("stack", "").rpartition("/stacks/")[2].partition("/")
        action, _, status = data["resource_status"].partition("_")
        name = data["resource_name"]
        whole = data.get("physical_resource_id") == stack_id
        parents = nested_path(root.name, stack_name or root.name)
        return cls(
            data["id"],
            data["event_time"],
            stack_id or root.id,
            parents if whole else (*parents, name),
            data.get("physical_resource_id") or "",
            action,
            status,
            data.get("resource_status_reason") or "",
        )

    @property
    def of_stack(self) -> bool:
        """Whether it tells of a stack as a whole."""
        return self.physical_id == self.stack_id


def nested_path(root: str, name: str) -> tuple[str, ...]:
    """The resources that lead from the root stack to a nested one, out of the names that Heat gives to nested stacks."""
    if name == root:
        return ()
    found = tuple(NESTED.findall(name[len(root) :])) if name.startswith(root) else ()
    return found or (name,)
