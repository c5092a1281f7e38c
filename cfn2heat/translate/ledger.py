"""The ledger: the account of every leaf of the source. What nobody recorded is a bug of ours, not a silence."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

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


def leaves(value: cfn.Value, path: Path, found: list[tuple[Path, Span]]) -> None:
    """Find every scalar, function and empty collection below a value; Fn::If is entered, NoValue is nothing."""
    if value.__class__ is cfn.Scalar:
        found.append((path, value.span))
    elif isinstance(value, cfn.Map) and value.entries:
        for key, member in value.entries.items():
            leaves(member, (*path, key), found)
    elif isinstance(value, cfn.Seq) and value.items:
        for index, member in enumerate(value.items):
            leaves(member, (*path, index), found)
    elif isinstance(value, cfn.If):
        leaves(value.then, (*path, "Fn::If", 1), found)
        leaves(value.otherwise, (*path, "Fn::If", 2), found)
    elif not isinstance(value, cfn.NoValue):
        found.append((path, value.span))


class UnaccountedError(Exception):
    """Leaves that nobody recorded, or targets that do not exist: a bug of ours."""


OWNER, GROUP = 2, 4
"""Leaves are kept by the first steps of their path, in two levels: Resources, name; then also Properties, property.

So that settling a property looks at its own leaves alone, and settling a resource at those of that resource, however large the
template is.
"""


class Ledger:
    """Opened leaf by leaf, recorded by prefix, closed at the end of every translation."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._open: dict[Path, dict[Path, dict[Path, Span]]] = {}

    def open(self, value: cfn.Value, path: Path) -> None:
        """Enter every leaf of a value as not yet accounted for."""
        found: list[tuple[Path, Span]] = []
        leaves(value, path, found)
        groups = self._open.setdefault(path[:OWNER], {}) if len(path) >= OWNER else None
        for leaf, span in found:
            if groups is None:
                self.open_leaf(leaf, span)
            else:
                groups.setdefault(leaf[:GROUP], {})[leaf] = span

    def open_leaf(self, path: Path, span: Span) -> None:
        """Enter one thing that is a leaf by itself, such as a condition or a deletion policy."""
        self._open.setdefault(path[:OWNER], {}).setdefault(path[:GROUP], {})[path] = span

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
        settled, length = 0, len(path)
        for groups, group in self._groups(path):
            open_leaves = groups[group]
            whole = length <= GROUP  # then all of the group stands below the path
            for leaf in list(open_leaves) if whole else [leaf for leaf in open_leaves if leaf[:length] == path]:
                self.entries.append(Entry(leaf, open_leaves.pop(leaf), fate, targets, row, because, severity))
                settled += 1
            if not open_leaves:
                del groups[group]
        return settled

    def _groups(self, path: Path) -> list[tuple[dict[Path, dict[Path, Span]], Path]]:
        """Where leaves at or below a path may be: maps of groups, and the groups in them."""
        if len(path) >= GROUP:
            groups, group = self._open.get(path[:OWNER]), path[:GROUP]
            return [(groups, group)] if groups and group in groups else []
        owners = [self._open.get(path[:OWNER], {})] if len(path) >= OWNER else list(self._open.values())
        return [(groups, group) for groups in owners for group in groups if group[: len(path)] == path]

    def unaccounted(self) -> list[tuple[Path, Span]]:
        """Every leaf that nobody has recorded yet."""
        return [item for groups in self._open.values() for group in groups.values() for item in group.items()]

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
        for entry in self.entries:
            if entry.fate in (Fate.TRANSLATED, Fate.ADAPTED) and not entry.targets:
                raise UnaccountedError(f"{entry.path}: {entry.fate.value} without a target")
            for target in entry.targets:
                if not any(prefix in known for prefix in _prefixes(target)):
                    raise UnaccountedError(f"{entry.path}: target {target} does not exist")


def _prefixes(target: str) -> Iterator[str]:
    """Everything that may be the name at the start of a target: names may hold dots."""
    end = target.find(".")
    while end >= 0:
        yield target[:end]
        end = target.find(".", end + 1)
    yield target
