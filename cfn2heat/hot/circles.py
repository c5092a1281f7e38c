"""Circles in who needs whom."""

from __future__ import annotations

from collections.abc import Mapping, Set


def circles(needs: Mapping[str, Set[str]]) -> list[list[str]]:
    """Every circle that a walk in order meets, as the names along it, the first repeated at the end."""
    done: set[str] = set()
    found: list[list[str]] = []
    for start in needs:
        if start not in done:
            _walk(start, needs, done, found)
    return found


def _walk(start: str, needs: Mapping[str, Set[str]], done: set[str], found: list[list[str]]) -> None:
    """Depth first, without recursion: chains may be long."""
    trail: dict[str, None] = {start: None}
    stack = [iter(sorted(needs[start]))]
    while stack:
        following = next(stack[-1], None)
        if following is None:
            stack.pop()
            done.add(trail.popitem()[0])
        elif following in trail:
            names = list(trail)
            found.append([*names[names.index(following) :], following])
        elif following not in done and following in needs:
            trail[following] = None
            stack.append(iter(sorted(needs[following])))
