"""What a value may refer to, and what is known where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cfn2heat.diagnostics import Severity
from cfn2heat.hot.catalog import Schema, TypeSchema, Version
from cfn2heat.source import Path

if TYPE_CHECKING:  # making a protocol takes half as long as importing all of the check
    from typing import Protocol

    class Report(Protocol):
        """Takes a finding."""

        def __call__(self, code: str, path: Path, message: str, advice: str = "", severity: Severity = Severity.ERROR) -> None:
            """Collect it."""


Plain = Any

DEEPEST = 20
"""Levels of conditions that name conditions; deeper is a circle, which is said elsewhere."""


class Scope:
    """The names of a template, and the place that is being checked."""

    def __init__(
        self,
        *,
        version: Version,
        parameters: Mapping[str, Schema],
        pseudo_parameters: frozenset[str],
        conditions: Mapping[str, Plain],
        resources: Mapping[str, Plain],
        types: Mapping[str, TypeSchema | None],
        report: Report,
    ) -> None:
        self.version = version
        self.parameters = parameters
        self.pseudo_parameters = pseudo_parameters
        self.conditions = conditions
        self.resources = resources
        self.types = types
        self.report = report
        self.needs: dict[str, set[str]] = {}
        """Which resource needs which others, whatever its conditions say."""
        self.right: set[tuple[int, type, Plain]] = set()
        """Literals that were found right for a schema, which is told by its id: rules and tags say the same again and again."""
        self._resource: str | None = None
        self._holding: list[str] = []
        """Conditions that hold here."""
        self._conditional = False
        self._branches = 0

    def enter(self, resource: str | None, condition: Plain) -> None:
        """Begin with a resource (or an output), which is there only when its condition holds."""
        self._resource = resource
        if resource is not None:
            self.needs[resource] = set()
        self._conditional = condition is not None
        self._holding = self.implied(condition)

    def leave(self) -> None:
        """End with it."""
        self._resource = None
        self._holding = []

    @property
    def certain(self) -> bool:
        """Whether what stands here counts whatever the conditions say."""
        return not self._conditional and not self._branches

    def branch(self, condition: Plain) -> int:
        """Enter a branch of an `if`; gives what unbranch wants."""
        self._branches += 1
        kept = len(self._holding)
        self._holding.extend(self.implied(condition))
        return kept

    def unbranch(self, kept: int) -> None:
        """Leave it."""
        self._branches -= 1
        del self._holding[kept:]

    def need(self, name: str) -> None:
        """The resource at hand needs another."""
        if self._resource is not None and not self._branches:
            self.needs[self._resource].add(name)

    def may_be_absent(self, name: str) -> str | None:
        """The condition of a resource that is not known to hold here."""
        entry = self.resources[name]
        condition = entry.get("condition") if isinstance(entry, dict) else None
        return condition if isinstance(condition, str) and not self._holds(condition) else None

    def _holds(self, condition: Plain, level: int = 0) -> bool:
        """Whether a condition is known to hold here."""
        if level > DEEPEST:
            return False
        if isinstance(condition, str):
            return condition in self._holding or self._holds(self.conditions.get(condition), level + 1)
        if not isinstance(condition, dict) or len(condition) != 1:
            return condition is True
        name, argument = next(iter(condition.items()))
        if name == "and" and isinstance(argument, list):
            return all(self._holds(member, level + 1) for member in argument)
        if name == "or" and isinstance(argument, list):
            return any(self._holds(member, level + 1) for member in argument)
        return name == "not" and f"not {argument}" in self._holding

    def _opposite(self, name: str, level: int) -> list[str]:
        """What holds when a condition does not: what its own `not` says."""
        defined = self.conditions.get(name)
        return self.implied(defined["not"], level + 1) if isinstance(defined, dict) and set(defined) == {"not"} else []

    def implied(self, condition: Plain, level: int = 0) -> list[str]:
        """What holds when a condition holds: itself, and what its `and` demands."""
        if level > DEEPEST:
            return []
        if isinstance(condition, str):
            return [condition, *self.implied(self.conditions.get(condition), level + 1)]
        if isinstance(condition, dict) and len(condition) == 1 and isinstance(condition.get("and"), list):
            return [name for member in condition["and"] for name in self.implied(member, level + 1)]
        if isinstance(condition, dict) and set(condition) == {"not"} and isinstance(condition["not"], str):
            return [f"not {condition['not']}", *self._opposite(condition["not"], level)]
        return []
