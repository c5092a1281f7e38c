"""What a survey of a cloud found, as far as a site file asks; the survey itself is made in another room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

LISTED = 12
"""Names that a comment lists at most."""


class Thing(Protocol):
    """Something that a cloud has."""

    @property
    def id(self) -> str:
        """What tells it from all others."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is known of it."""


class Cloud(Protocol):
    """A cloud as one user sees it."""

    @property
    def services(self) -> Mapping[str, str]:
        """Public addresses by service type."""

    @property
    def things(self) -> Mapping[str, Sequence[Thing]]:
        """Things by kind."""

    @property
    def versions(self) -> Sequence[str]:
        """Template versions."""

    @property
    def user(self) -> Mapping[str, Any]:
        """Roles and domain of the user."""


Choice = tuple[Any, list[str]]
"""A value, or None where a person must decide, with what is said about it."""


def named(cloud: Cloud, kind: str) -> list[Thing]:
    """The things of a kind, by name."""
    return sorted((one for one in cloud.things.get(kind, ()) if one.name), key=lambda one: one.name)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence; a long list is cut."""
    shown = ", ".join(names[:LISTED])
    return f"{shown} and {len(names) - LISTED} more" if len(names) > LISTED else shown
