"""Compiles a folder of mapping files into one file that loads without YAML: an index line, then a line of JSON a type.

The index holds the place of each type's line, a stamp of each source file (so that a cached table knows when it is old), and what
is wrong with the files that cannot be used: only a template that needs such a type is refused.
"""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cfn2heat.diagnostics import Diagnostic, InputError
from cfn2heat.source import Span
from cfn2heat.table.loader import FORMAT, Compiled, schema_stamp, stamp_directory
from cfn2heat.table.schema_check import require_valid
from cfn2heat.table.source_file import SourceFile, read_source_file

SECTIONS = {
    "_none.yaml": "none",
    "_parameters.yaml": "parameters",
    "_pseudo.yaml": "pseudo",
    "_site.yaml": "site",
}
_TYPE_LINE = re.compile(r"^type:\s*[\"']?([A-Za-z0-9:*]+)", re.MULTILINE)


def read_mapping(path: Path) -> SourceFile:
    """Read one type's file and check it against the schema."""
    source = read_source_file(path, "C2H5001")
    require_valid(source, "mapping", "C2H5002")
    return source


def compile_table(directory: Path, *, strict: bool, previous: Compiled | None = None) -> bytes:
    """Compile a folder; strict raises at the first fault, else a faulty type's file is noted in the index.

    Lines of files that have not changed since `previous` are taken from it.
    """
    compiler = _Compiler(directory, strict, previous)
    sections: dict[str, Any] = {"composites": []}
    for name in sorted(compiler.stamps):
        if not name.startswith("_"):
            compiler.add(name)
        elif name.startswith("_composites/"):
            sections["composites"].append(_read_section(directory / name, "composite"))
        else:
            kind = _section_kind(directory / name)
            sections[kind] = _read_section(directory / name, kind)
    return compiler.assemble(sections)


def _section_kind(path: Path) -> str:
    if path.name not in SECTIONS or path.parent.name.startswith("_"):
        message = f"no such file is known; those with an underscore are {', '.join(SECTIONS)} and _composites/*.yaml"
        raise InputError("C2H5002", message, Span(str(path), 0, 0))
    return SECTIONS[path.name]


def _read_section(path: Path, kind: str) -> Any:
    source = read_source_file(path, "C2H5001")
    require_valid(source, kind, "C2H5002")
    return source.data


class _Compiler:
    """Collects the lines of the types and what is wrong with those that have none."""

    def __init__(self, directory: Path, strict: bool, previous: Compiled | None) -> None:
        self._directory = directory
        self._strict = strict
        self._previous = previous
        self.stamps = stamp_directory(directory)
        self._lines: dict[str, bytes] = {}
        self._origins: dict[str, str] = {}
        self._broken: dict[str, dict[str, Any]] = {}

    def add(self, name: str) -> None:
        """Take in the file of one type."""
        type_name: str | None = None
        try:
            type_name, line = self._reused(name) or self._read(name)
            if type_name in self._origins:
                message = f"{type_name} has a file already: {self._origins[type_name]}"
                raise InputError("C2H5003", message, Span(str(self._directory / name), 1, 1), subject=type_name)
        except InputError as error:
            if self._strict:
                raise
            self._note(type_name or _guess_type(self._directory / name), error.diagnostic)
            return
        self._origins[type_name] = name
        self._lines[type_name] = line

    def _reused(self, name: str) -> tuple[str, bytes] | None:
        previous = self._previous
        if previous is None or name not in previous.by_file or previous.index["files"].get(name) != self.stamps[name]:
            return None
        type_name = previous.by_file[name]
        return type_name, previous.line(type_name)

    def _read(self, name: str) -> tuple[str, bytes]:
        data = read_mapping(self._directory / name).data
        return data["type"], _dump({key: value for key, value in data.items() if key != "examples"})

    def _note(self, type_name: str | None, fault: Diagnostic) -> None:
        """Keep a fault for those who ask for the type; a file of no known type concerns only lint."""
        if type_name is not None:
            self._broken[type_name] = {
                "code": fault.code,
                "message": fault.message,
                "span": list(fault.span),
                "subject": fault.subject,
            }

    def assemble(self, sections: dict[str, Any]) -> bytes:
        """Put the index before the lines."""
        body = bytearray()
        types = {name: [*_append(body, line), self._origins[name]] for name, line in sorted(self._lines.items())}
        section_places = {name: _append(body, _dump(data)) for name, data in sections.items()}
        index = {
            "format": FORMAT,
            "check": [len(body), zlib.crc32(body)],
            "schema": schema_stamp(),
            "types": types,
            "sections": section_places,
            "broken": self._broken,
            "files": self.stamps,
        }
        return _dump(index) + b"\n" + bytes(body)


def _append(body: bytearray, line: bytes) -> list[int]:
    place = [len(body), len(line)]
    body += line + b"\n"
    return place


def _guess_type(path: Path) -> str | None:
    try:
        found = _TYPE_LINE.search(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return found[1] if found else None


def _dump(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as beside:
        beside.write(data)
    try:
        Path(beside.name).chmod(0o644)
        Path(beside.name).replace(path)
    except OSError:
        Path(beside.name).unlink()
        raise
