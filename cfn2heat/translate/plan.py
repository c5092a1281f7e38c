"""The plan: who owns which resource, and what every HOT name is. It is fixed before any property is read."""

from __future__ import annotations

from cfn2heat.cfn.template import Template
from cfn2heat.table.rules import NoneAnswer, Rule


class Plan:
    """Rules and names by source resource. A claimed resource is built by another, which it names."""

    def __init__(self, template: Template) -> None:
        self.rules: dict[str, Rule | None] = {}
        self.names: dict[str, dict[str, str]] = {}
        self.emitted: dict[str, dict[str, str]] = {}
        """Resource to the keys that it emits itself, with their target types."""
        self.claimed: dict[str, str] = {}
        self.verdicts: dict[str, NoneAnswer] = {}
        """Why a resource of a mapped type has no counterpart after all."""
        self._taken: set[str] = set(template.resources)
        self._owner: dict[str, str] = {}

    def choose(self, wanted: str, owner: str) -> str:
        """A free HOT name near the wanted one; a source resource may take its own name."""
        name = wanted.replace("/", "_")
        if name == owner and name not in self._owner:
            self._owner[name] = owner
            return name
        serial = 2
        base = name
        while name in self._taken:
            name = f"{base}_{serial}"
            serial += 1
        self._taken.add(name)
        self._owner[name] = owner
        return name

    def bind(self, resource: str, key: str, name: str) -> None:
        """Say what a key of a resource means in references and targets."""
        self.names.setdefault(resource, {})[key] = name

    def name(self, resource: str, key: str) -> str | None:
        """The HOT name behind a resource's key, or None."""
        names = self.names.get(resource)
        return names.get(key) if names else None

    def hot_names(self, resource: str) -> list[str]:
        """Every HOT resource that stands for a source resource, in order, each once."""
        names = self.names.get(resource)
        return list(dict.fromkeys(names.values())) if names else []
