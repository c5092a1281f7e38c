"""One stack on a real Heat: created, followed, its waiting handles signalled, deleted; as a plain member through heatclient."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from heatclient import exc

HANDLES = {"AWS::CloudFormation::WaitConditionHandle", "OS::Heat::WaitConditionHandle"}
CONDITIONS = {"AWS::CloudFormation::WaitCondition", "OS::Heat::WaitCondition"}
PAUSE = 2.0


@dataclass
class Ended:
    """How a stack's action ended, and what failed below it."""

    status: str
    reason: str
    seconds: float
    failures: list[dict[str, str]] = field(default_factory=list)


class StackRun:
    """A stack by its name; signals are sent when the servers are up, as scripts would that no fake server runs."""

    def __init__(self, heat: Any, name: str, timeout: float = 600) -> None:
        self.heat, self.name, self.timeout = heat, name, timeout
        self.id = ""
        self._signalled: dict[str, int] = {}

    def create(self, template: str, files: dict[str, str], parameters: dict[str, Any]) -> Ended:
        """Create and follow to the end; what Heat refuses at once is an end too."""
        start = time.time()
        body = {"stack_name": self.name, "template": template, "files": files, "parameters": parameters}
        try:
            self.id = _twice(lambda: self.heat.stacks.create(**body, timeout_mins=max(1, int(self.timeout / 60))))["stack"]["id"]
        except exc.HTTPException as error:
            return Ended("REFUSED", _message(error), time.time() - start)
        waits = "WaitConditionHandle" in template or any("WaitConditionHandle" in text for text in files.values())
        return self._follow(start, self._signal if waits else lambda: None)

    def forget(self) -> None:
        """Delete a stack of this name that a broken run has left."""
        for stack in self.heat.stacks.list(filters={"name": self.name}):
            self.id = stack.id
            self.delete()
        self.id = ""

    def delete(self) -> Ended:
        """Delete and follow; once more when it fails, as a person would."""
        start = time.time()
        for _ in range(2):
            self.heat.stacks.delete(self.id)
            ended = self._follow(start, lambda: None)
            if ended.status == "DELETE_COMPLETE":
                break
        return ended

    def resources(self) -> list[Any]:
        """All resources of the stack and of the stacks below it."""
        return list(self.heat.resources.list(self.id, nested_depth=5))

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; one that cannot be read is its error."""
        found = self.heat.stacks.get(self.id).to_dict().get("outputs", [])
        return {output["output_key"]: output.get("output_error") or output.get("output_value") for output in found}

    def _follow(self, start: float, meanwhile: Callable[[], None]) -> Ended:
        while True:
            stack = self.heat.stacks.get(self.id, resolve_outputs=False)
            if not stack.stack_status.endswith("IN_PROGRESS"):
                break
            if time.time() - start > self.timeout:
                return Ended("TIMEOUT", f"still {stack.stack_status}", time.time() - start, list(self._unfinished()))
            meanwhile()
            time.sleep(PAUSE)
        failures = list(self._unfinished()) if stack.stack_status.endswith("FAILED") else []
        return Ended(stack.stack_status, stack.stack_status_reason or "", round(time.time() - start, 1), failures)

    def _unfinished(self) -> Iterator[dict[str, str]]:
        """What failed or did not end, the deepest first: the stacks above only repeat it."""
        for resource in self.resources():
            if "FAILED" in resource.resource_status or "IN_PROGRESS" in resource.resource_status:
                yield {
                    "name": resource.resource_name,
                    "type": resource.resource_type,
                    "status": resource.resource_status,
                    "reason": (resource.resource_status_reason or "")[:600],
                }

    def _signal(self) -> None:
        """Answer the handles whose conditions wait, as often as the conditions count, once the servers are up."""
        for one in answerable(self.resources()):
            number = self._signalled.setdefault(one.physical_resource_id, 0)
            if number < 20:
                self._signalled[one.physical_resource_id] += 1
                self._send(one, number)

    def _send(self, handle: Any, number: int) -> None:
        """One signal, with the words of the handle's protocol."""
        stack = next(link["href"] for link in handle.links if link["rel"] == "stack").split("/stacks/")[1]
        words = {"status": "SUCCESS", "id": f"proof-{number}", "data": "", "reason": "proof"}
        if handle.resource_type.startswith("AWS::"):
            words = {"Status": "SUCCESS", "UniqueId": f"proof-{number}", "Data": "", "Reason": "proof"}
        self.heat.resources.signal(stack, handle.resource_name, data=words)


def answerable(resources: list[Any]) -> list[Any]:
    """Handles that waiting conditions read; none while there is a server to come that waits for none of these conditions."""
    own = {one.physical_resource_id: one for one in resources}
    waiting = [one for one in resources if one.resource_type in CONDITIONS and one.resource_status == "CREATE_IN_PROGRESS"]
    for one in waiting:
        # The stacks around a waiting condition wait with it.
        waiting += [own[_stack(one)]] if own.get(_stack(one)) not in (None, *waiting) else []
    behind = [*waiting]
    for one in behind:
        behind += [other for other in resources if _needs(other, one) and other not in behind]
    servers = [one for one in resources if one.resource_type == "OS::Nova::Server" and one not in behind]
    if not all(map(_done, servers)):
        return []
    handles = [one for one in resources if one.resource_type in HANDLES and _done(one)]
    return [handle for handle in handles if any(_needs(one, handle) for one in waiting)]


def _needs(resource: Any, other: Any) -> bool:
    return resource.resource_name in other.required_by and _stack(resource) == _stack(other)


def _stack(resource: Any) -> str:
    """The id of the stack that a resource is of."""
    return str(next(link["href"] for link in resource.links if link["rel"] == "stack").rsplit("/", 1)[-1])


def _done(resource: Any) -> bool:
    return bool(resource.resource_status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"))


def _twice(ask: Callable[[], Any]) -> Any:
    """Once more after a server's fault: Keystone mixes scopes now and then."""
    try:
        return ask()
    except (exc.HTTPForbidden, exc.HTTPInternalServerError):
        time.sleep(PAUSE)
        return ask()


def _message(error: Any) -> str:
    return str((getattr(error, "error", None) and error.error.get("error", {}).get("message")) or error)[:1000]
