"""Loads the compiled correspondence table, type by type as needed; compiles it first where only the source files are at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from cfn2heat.diagnostics import InputError
from cfn2heat.source import Span
from cfn2heat.table.build import build_answer, build_composite, build_rule
from cfn2heat.table.rules import Composite, NoneAnswer, Rule

FORMAT = 1
_PACKAGE = Path(__file__).parent.parent
_SCHEMA = Path(__file__).with_name("mapping.schema.json")
_COMPILED = _PACKAGE / "_compiled" / "table.json"
_UNANSWERED = NoneAnswer(
    "The table knows no counterpart of this type in OpenStack.",
    "Provide what the resource does by other means, or add a mapping file for it with --mappings.",
)


class Compiled:
    """A compiled table: its index, the lines that the index points into, and the folder that it was compiled from."""

    def __init__(self, content: bytes, directory: Path) -> None:
        self.directory = directory
        end = content.index(b"\n")
        self.index: dict[str, Any] = json.loads(content[:end])
        self._content = content
        self._start = end + 1
        if self.index["format"] != FORMAT:
            raise ValueError("another version's table")

    @classmethod
    def checked(cls, content: bytes, directory: Path) -> Compiled:
        """Read a table that may be damaged: ValueError, KeyError or TypeError when it is."""
        compiled = cls(content, directory)
        import zlib  # installed tables are not checked, and need it not

        body = memoryview(content)[compiled._start :]
        whole = all(isinstance(compiled.index[part], dict) for part in ("types", "sections", "broken", "files"))
        if not whole or compiled.index["check"] != [len(body), zlib.crc32(body)]:
            raise ValueError("damaged table")
        return compiled

    @cached_property
    def by_file(self) -> dict[str, str]:
        """Type by the name of the file that it came from."""
        return {place[2]: name for name, place in self.index["types"].items()}

    def line(self, type_name: str) -> bytes:
        """The line of one type."""
        return self._slice(self.index["types"][type_name])

    def section(self, name: str, default: Any) -> Any:
        """The data of a section, such as site."""
        place = self.index["sections"].get(name)
        return default if place is None else json.loads(self._slice(place))

    def _slice(self, place: list[Any]) -> bytes:
        first = self._start + place[0]
        return self._content[first : first + place[1]]


class Table:
    """The correspondence table: layers of compiled tables, of which the first that knows a thing answers."""

    def __init__(self, layers: list[Compiled]) -> None:
        self._layers = layers
        self._rules: dict[str, Rule | None] = {}

    def rule(self, type_name: str) -> Rule | None:
        """The rule of a type, or None; a type whose file cannot be used raises InputError."""
        if type_name not in self._rules:
            self._rules[type_name] = self._find(type_name)
        return self._rules[type_name]

    def answer(self, type_name: str) -> NoneAnswer:
        """Why a type without a rule has no counterpart: by type, else by the longest prefix of its service."""
        types, services, general = self._none
        if type_name in types:
            return build_answer(types[type_name])
        prefixes = [prefix for prefix in services if type_name.startswith(prefix)]
        if prefixes:
            return build_answer(services[max(prefixes, key=len)])
        return build_answer(general) if general else _UNANSWERED

    def types(self) -> list[str]:
        """Every type that has a file."""
        return sorted({name for layer in self._layers for part in ("types", "broken") for name in layer.index[part]})

    def file(self, type_name: str) -> Path | None:
        """The mapping file of a type."""
        for layer in self._layers:
            name = _known_name(layer, type_name)
            if name in layer.index["types"]:
                return layer.directory / str(layer.index["types"][name][2])
        return None

    def composites(self) -> list[Composite]:
        """Every composite, by name."""
        found: dict[str, Composite] = {}
        for layer in self._layers:
            for data in layer.section("composites", []):
                found.setdefault(data["name"], build_composite(data))
        return [found[name] for name in sorted(found)]

    @cached_property
    def site_facts(self) -> dict[str, Any]:
        """Facts of the target cloud by name: type, description, constraint, default, lookup."""
        return {name: fact for name, fact in self._merged("site").items() if name != "switches"}

    @cached_property
    def switches(self) -> dict[str, str]:
        """Switches of the site by name, each with what it permits."""
        switches: dict[str, str] = self._merged("site").get("switches", {})
        return switches

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """What becomes of the source's parameter types."""
        return self._merged("parameters")

    @cached_property
    def pseudo(self) -> dict[str, Any]:
        """What becomes of the source's pseudo parameters."""
        return self._merged("pseudo")

    def _find(self, type_name: str) -> Rule | None:
        for layer in self._layers:
            name = _known_name(layer, type_name)
            if name in layer.index["broken"]:
                fault = layer.index["broken"][name]
                raise InputError(fault["code"], fault["message"], Span(*fault["span"]), subject=fault["subject"])
            if name is not None:
                return build_rule(json.loads(layer.line(name)))
        return None

    @cached_property
    def _none(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        types: dict[str, Any] = {}
        services: dict[str, Any] = {}
        general: dict[str, Any] = {}
        for layer in reversed(self._layers):
            data = layer.section("none", {})
            types |= data.get("types", {})
            services |= data.get("services", {})
            general = data.get("general", general)
        return types, services, general

    def _merged(self, name: str) -> dict[str, Any]:
        """A section of all layers: the upper one's keys win, and maps of maps are joined one level down."""
        merged: dict[str, Any] = {}
        for layer in reversed(self._layers):
            for key, value in layer.section(name, {}).items():
                below = merged.get(key)
                merged[key] = below | value if isinstance(below, dict) and isinstance(value, dict) else value
        return merged


def load_table(overlay: Path | None = None, check: Callable[[Path], None] | None = None) -> Table:
    """Load the shipped table, with a team's own mapping files laid over it; check is asked about those when they are new."""
    shipped = _load_shipped()
    return Table([shipped] if overlay is None else [_load_directory(overlay, strict=True, check=check), shipped])


def shipped_directory() -> Path:
    """Folder of the shipped mapping files: in the source tree, or beside the installed package's modules."""
    in_tree = _PACKAGE.parent / "mappings"
    return in_tree if (in_tree / "_site.yaml").is_file() else _PACKAGE / "mappings"


def stamp_directory(directory: Path) -> dict[str, list[int]]:
    """Name of every mapping file to its time and size."""
    found: dict[str, list[int]] = {}
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_dir():
                    _stamp_files(entry.path, entry.name + "/", found)
                elif _is_mapping(entry):
                    found[entry.name] = _stamp(entry.stat())
    except OSError as error:
        raise InputError("C2H5004", f"the folder cannot be read: {error.strerror}", Span(str(directory), 0, 0)) from error
    return found


def _stamp_files(path: str, prefix: str, found: dict[str, list[int]]) -> None:
    with os.scandir(path) as entries:
        for entry in entries:
            if _is_mapping(entry):
                found[prefix + entry.name] = _stamp(entry.stat())


def _is_mapping(entry: os.DirEntry[str]) -> bool:
    return entry.name.endswith(".yaml") and not entry.name.startswith(".")


def schema_stamp() -> list[int]:
    """Stamp of the schema that the mapping files were checked by."""
    return _stamp(os.stat(_SCHEMA))


def _stamp(status: os.stat_result) -> list[int]:
    return [status.st_mtime_ns, status.st_size]


def _known_name(layer: Compiled, type_name: str) -> str | None:
    """The name that a layer's file has for the type: its own, or a pattern such as Custom::*."""
    index = layer.index
    for name in (type_name, type_name.split("::", 1)[0] + "::*"):
        if name in index["types"] or name in index["broken"]:
            return name
    return None


def _load_shipped() -> Compiled:
    directory = shipped_directory()
    if directory.parent == _PACKAGE and _COMPILED.is_file():
        return Compiled(_COMPILED.read_bytes(), directory)
    return _load_directory(directory, strict=False)


def _load_directory(directory: Path, *, strict: bool, check: Callable[[Path], None] | None = None) -> Compiled:
    cache = _cache_file(directory)
    previous = _read_cache(cache, directory)
    if previous is not None and previous.index["files"] == stamp_directory(directory):
        return previous
    from cfn2heat.table.compile import compile_table, write_atomically

    content = compile_table(directory, strict=strict, previous=previous)
    if check is not None:
        check(directory)
    if cache is not None:
        try:
            write_atomically(cache, content)
        except OSError:
            cache = None  # a cache that cannot be written only costs time
    return Compiled(content, directory)


def _cache_file(directory: Path) -> Path | None:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if not os.path.isabs(base):
        return None
    import zlib

    name = zlib.crc32(f"{_PACKAGE}\n{os.path.realpath(directory)}".encode())
    return Path(base) / "cfn2heat" / f"table-{name:08x}.json"


def _read_cache(path: Path | None, directory: Path) -> Compiled | None:
    """A cached table, or None when there is none that is whole and checked by today's schema."""
    try:
        compiled = Compiled.checked(path.read_bytes(), directory) if path else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return compiled if compiled and compiled.index.get("schema") == schema_stamp() else None
