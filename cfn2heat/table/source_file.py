"""Reads the YAML of the table and of site files: a string-only core schema, with the position of every key and item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from cfn2heat.diagnostics import InputError
from cfn2heat.record import record
from cfn2heat.source import Path, Span, format_path

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?")
_LARGEST = 5_000_000


@record
class SourceFile:
    """A YAML file as plain data; places holds where each key and list item stands."""

    file: str
    data: Any
    places: dict[Path, Span]

    def place(self, path: Path) -> Span:
        """Position of what stands at the path, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return Span(self.file, 1, 1)


def read_source_file(path: FilePath, code: str) -> SourceFile:
    """Read a file; whatever is wrong with it is an InputError of that code, with its place."""
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(code, f"the file is larger than {_LARGEST} bytes", Span(str(path), 0, 0))
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it is not UTF-8 text ({error.reason})"
        raise InputError(code, f"the file cannot be read: {reason}", Span(str(path), 0, 0)) from error
    return read_source_text(text, str(path), code)


def read_source_text(text: str, file: str, code: str) -> SourceFile:
    """Read YAML text; an empty text is null."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    reader = _Reader(file, code)
    try:
        data = reader.read(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Span(file, mark.line + 1, mark.column + 1) if mark else Span(file, 0, 0)
        raise InputError(code, f"this is not YAML: {error.problem or error.context}", place) from error
    except yaml.YAMLError as error:
        raise InputError(code, f"this is not YAML: {error}", Span(file, 0, 0)) from error
    except RecursionError as error:
        raise InputError(code, "the file is nested too deeply", Span(file, 0, 0)) from error
    return SourceFile(file, data, reader.places)


class _Reader:
    """Builds data from the parser's events."""

    def __init__(self, file: str, code: str) -> None:
        self.file = file
        self.code = code
        self.places: dict[Path, Span] = {}

    def read(self, events: Iterator[Any]) -> Any:
        """Read the one document."""
        import yaml

        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise InputError(self.code, "the file holds more than one document", self._span(event))
                data = self._value(next(events), events, ())
        return data

    def _span(self, event: Any) -> Span:
        return Span(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _value(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        import yaml

        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InputError(self.code, "anchors and aliases are not read here; write the value out", self._span(event))
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event.value) if event.implicit[0] else event.value
        self.places.setdefault(path, self._span(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(events, path)
        return self._list(events, path)

    def _list(self, events: Iterator[Any], path: Path) -> list[Any]:
        import yaml

        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            below = (*path, len(items))
            self.places[below] = self._span(event)
            items.append(self._value(event, events, below))
        return items

    def _map(self, events: Iterator[Any], path: Path) -> dict[str, Any]:
        import yaml

        entries: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise InputError(self.code, "a key must be plain text", self._span(event))
            below = (*path, event.value)
            if event.value in entries:
                first = self.places[below]
                message = f"the key {event.value} stands twice, first at line {first.line}"
                raise InputError(self.code, message, self._span(event), subject=format_path(below))
            self.places[below] = self._span(event)
            entries[event.value] = self._value(next(events), events, below)
        return entries


def _scalar(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
