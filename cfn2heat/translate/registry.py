"""The explicit registry of transforms and hooks: names as the table writes them, to Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F")

KINDS = ("property_hook", "finish_hook", "plan_hook", "reference_hook", "predicate", "composite")


class Registry:
    """Named functions by kind; hook modules register into the one below when they are imported."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}

    def register(self, kind: str, name: str) -> Callable[[F], F]:
        """Decorator that files a function under its kind and name; a second one of the same name is an error."""

        def decorate(function: F) -> F:
            if name in self._entries[kind]:
                raise ValueError(f"{kind} {name} is registered twice")
            self._entries[kind][name] = function
            return function

        return decorate

    def get(self, kind: str, name: str) -> Any:
        """The function of that kind and name; its module is imported on first use."""
        entries = self._entries[kind]
        if name not in entries:
            from cfn2heat.hooks import load

            load(name.split(".", 1)[0])
        return entries[name]

    def names(self, kind: str) -> list[str]:
        """Every registered name of a kind (of the hook modules imported so far)."""
        return sorted(self._entries[kind])


REGISTRY = Registry()


def property_hook(name: str) -> Callable[[F], F]:
    """Register a hook that makes the value of one property."""
    return REGISTRY.register("property_hook", name)


def finish_hook(name: str) -> Callable[[F], F]:
    """Register a hook that runs after the rows of a resource."""
    return REGISTRY.register("finish_hook", name)


def plan_hook(name: str) -> Callable[[F], F]:
    """Register a hook that runs while names are chosen."""
    return REGISTRY.register("plan_hook", name)


def reference_hook(name: str) -> Callable[[F], F]:
    """Register a hook that answers a Ref or GetAtt."""
    return REGISTRY.register("reference_hook", name)


def predicate(name: str) -> Callable[[F], F]:
    """Register a question about one resource."""
    return REGISTRY.register("predicate", name)


def composite(name: str) -> Callable[[F], F]:
    """Register a class with static plan and emit functions that serves a composite."""
    return REGISTRY.register("composite", name)
