"""Reads the text of a HOT file into plain data that knows where each entry stands."""

from __future__ import annotations

from typing import Any

import yaml

from cfn2heat.diagnostics import InputError
from cfn2heat.source import Path, Span

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


MOST_VALUES, MOST_LEVELS = 1_000_000, 100
"""More than this, with each alias counted as what it stands for, is no template."""


class _Reader(_Loader):  # type: ignore[misc]
    """Dates stay text, as in Heat."""


def _text(reader: Any, node: Any) -> Any:
    return reader.construct_scalar(node)


_Reader.add_constructor("tag:yaml.org,2002:timestamp", _text)
_Reader.add_constructor("tag:yaml.org,2002:str", _text)


class Document:
    """A HOT file: its plain data, and the place of what stands at a path."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        reader = _Reader(text)
        try:
            self._root = reader.get_single_node()
            _size(self._root, {}, 0)
            self.data: Any = None if self._root is None else reader.construct_document(self._root)
        except yaml.MarkedYAMLError as error:
            raise InputError(
                "C2H4001", f"not readable as YAML: {error.problem or error.context}", self._span(error.problem_mark)
            ) from error
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            raise InputError("C2H4001", f"not readable as YAML: {error}", Span(file, 0, 0)) from error
        finally:
            reader.dispose()

    def duplicates(self) -> list[Path]:
        """Paths of the keys that stand twice in one map: YAML keeps only the last."""
        found: list[Path] = []
        seen: set[int] = set()
        stack: list[tuple[Any, Path]] = [(self._root, ())]
        while stack:
            node, path = stack.pop()
            if id(node) in seen:  # an alias: its anchor has been looked at
                continue
            seen.add(id(node))
            members = _members(node)
            names = [name for name, _ in members]
            if isinstance(node, yaml.MappingNode) and len(set(names)) < len(names):
                found.extend((*path, name) for index, name in enumerate(names) if name in names[:index])
            stack.extend((child, (*path, name)) for name, child in members)
        return found

    def place(self, path: Path) -> Span:
        """Where the entry at a path stands: its key in a map, its first character in a list; as near as it can be told."""
        node = self._root
        mark = node.start_mark if node is not None else None
        for step in path:
            if isinstance(node, yaml.MappingNode):
                entry = next(((key, value) for key, value in reversed(node.value) if key.value == str(step)), None)
                if entry is None:
                    break
                mark, node = entry[0].start_mark, entry[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                mark = node.start_mark
            else:
                break
        return self._span(mark)

    def _span(self, mark: Any) -> Span:
        return Span(self._file, 0, 0) if mark is None else Span(self._file, mark.line + 1, mark.column + 1)


def _size(node: Any, known: dict[int, int], level: int) -> int:
    """Number of values below a node; ValueError when they are too many, too deep or contain themselves."""
    if id(node) in known:
        return known[id(node)]
    if level > MOST_LEVELS:
        raise ValueError(f"it is nested more than {MOST_LEVELS} levels deep, or contains itself")
    size = 1 + sum(_size(child, known, level + 1) for _, child in _members(node))
    if size > MOST_VALUES:
        raise ValueError(f"its aliases stand for more than {MOST_VALUES:,} values")
    known[id(node)] = size
    return size


def _members(node: Any) -> list[tuple[str | int, Any]]:
    if isinstance(node, yaml.MappingNode):
        return [(key.value if isinstance(key, yaml.ScalarNode) else "?", value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return list(enumerate(node.value))
    return []
