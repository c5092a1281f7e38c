"""The ledger: the account of every leaf of the source. What nobody recorded is a bug of ours, not a silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, TypeAlias

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.record import record, replace
from cfn2heat.source import Path, Span


class Fate(Enum):
    """What became of a leaf."""

    TRANSLATED = "translated"
    ADAPTED = "adapted"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


@record
class Entry:
    """One leaf's fate; targets are HOT places such as Web.properties.flavor, row the table row that decided."""

    path: Path
    span: Span
    fate: Fate
    targets: tuple[str, ...]
    row: str
    because: str
    severity: Severity = Severity.NOTE


Node: TypeAlias = "dict[str | int, Node] | cfn.Value | Span"
"""What is open at a place: what is open below it, a value that nobody has looked into yet, or a thing that is one leaf."""


def leaves(node: Node, path: Path, found: list[tuple[Path, Span]]) -> None:
    """Find every scalar, function and empty collection at or below a place; Fn::If is entered, NoValue is nothing."""
    if isinstance(node, Span):
        found.append((path, node))
    elif (below := _below(node)) is not None:
        for step, member in below:
            if member.__class__ is cfn.Scalar:
                found.append(((*path, step), member.span))
            else:
                leaves(member, (*path, step), found)
    elif not isinstance(node, cfn.NoValue):
        found.append((path, node.span))  # type: ignore[union-attr]


def _below(node: Any) -> Iterable[tuple[str | int, Any]] | None:
    """What is directly below a place, by step; None when it is a leaf, or nothing."""
    kind = node.__class__
    if kind is cfn.Map:
        return node.entries.items() or None
    if kind is cfn.Seq:
        return enumerate(node.items) if node.items else None
    if kind is cfn.If:
        return (("Fn::If", {1: node.then, 2: node.otherwise}),)
    return node.items() if kind is dict else None


class UnaccountedError(Exception):
    """Leaves that nobody recorded, or targets that do not exist: a bug of ours."""


class Ledger:
    """Opened leaf by leaf, recorded by prefix, closed at the end of every translation."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._open: dict[str | int, Node] = {}

    def open(self, value: cfn.Value, path: Path) -> None:
        """Enter every leaf of a value as not yet accounted for."""
        self._enter(value, path)

    def open_leaf(self, path: Path, span: Span) -> None:
        """Enter one thing that is a leaf by itself, such as a condition or a deletion policy."""
        self._enter(span, path)

    def _enter(self, node: Node, path: Path) -> None:
        branch: Any = self._open
        for step in path[:-1]:
            branch = branch.setdefault(step, {})
        branch[path[-1]] = node

    def record(
        self,
        path: Path,
        fate: Fate,
        *,
        targets: tuple[str, ...] = (),
        row: str = "",
        because: str = "",
        severity: Severity = Severity.NOTE,
    ) -> int:
        """Settle every open leaf at or below a path; gives how many there were."""
        if fate in (Fate.ADAPTED, Fate.DROPPED) and not because:
            raise UnaccountedError(f"{path}: {fate.value} without a because")
        found: list[tuple[Path, Span]] = []
        node = self._take(path)
        if node is not None:
            leaves(node, path, found)
        self.entries += [Entry(leaf, span, fate, targets, row, because, severity) for leaf, span in found]
        return len(found)

    def _take(self, path: Path) -> Node | None:
        """What is open at a place, which is open no longer."""
        branch = self._open
        for step in path[:-1]:
            node: Any = branch.get(step)
            if node.__class__ is not dict:
                below = _below(node)
                if below is None:
                    return None
                branch[step] = node = dict(below)
            branch = node
        return branch.pop(path[-1], None)

    def unaccounted(self) -> list[tuple[Path, Span]]:
        """Every leaf that nobody has recorded yet."""
        found: list[tuple[Path, Span]] = []
        leaves(self._open, (), found)
        return found

    def void(self, path: Path, because: str) -> None:
        """What was recorded at or below a path is lost after all."""
        self.entries = [
            replace(entry, fate=Fate.DROPPED, targets=(), because=because, severity=Severity.WARNING)
            if entry.path[: len(path)] == path
            else entry
            for entry in self.entries
        ]

    def close(self, known: set[str]) -> None:
        """Balance: every leaf recorded, every target's first name among the known ones. UnaccountedError otherwise."""
        missing = self.unaccounted()
        if missing:
            raise UnaccountedError(f"no fate recorded for {missing[:5]}")
        sound: set[tuple[str, ...]] = set()
        for entry in self.entries:
            if entry.targets in sound:
                continue
            if not entry.targets and entry.fate in (Fate.TRANSLATED, Fate.ADAPTED):
                raise UnaccountedError(f"{entry.path}: {entry.fate.value} without a target")
            for target in entry.targets:
                if not any(prefix in known for prefix in _prefixes(target)):
                    raise UnaccountedError(f"{entry.path}: target {target} does not exist")
            if entry.targets:
                sound.add(entry.targets)


def _prefixes(target: str) -> Iterator[str]:
    """Everything that may be the name at the start of a target: names may hold dots."""
    end = target.find(".")
    while end >= 0:
        yield target[:end]
        end = target.find(".", end + 1)
    yield target
