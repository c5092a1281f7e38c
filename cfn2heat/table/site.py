"""The site file: what a user says about the target cloud, by the facts that the table asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from cfn2heat.diagnostics import InputError
from cfn2heat.record import field, record
from cfn2heat.source import Path, format_path

if TYPE_CHECKING:
    from cfn2heat.table.loader import Table
    from cfn2heat.table.source_file import SourceFile

_UNREADABLE, _UNKNOWN, _WRONG = "C2H5101", "C2H5102", "C2H5103"


@record
class Site:
    """What is known of the target cloud; values are text, lists of text, maps of text, or any data for other json facts."""

    values: dict[str, Any] = field(default_factory=dict)
    switches: dict[str, bool] = field(default_factory=dict)
    file: str = ""

    def value(self, fact: str) -> Any:
        """The value of a fact, or None when the site does not say it."""
        return self.values.get(fact)

    def lookup(self, fact: str) -> dict[str, str]:
        """A table of the site; empty when the site does not have it."""
        found: dict[str, str] = self.values.get(fact, {})
        return found

    def allows(self, switch: str) -> bool:
        """Whether a switch is on."""
        return self.switches.get(switch, False)


EMPTY_SITE = Site()


def read_site(path: FilePath, table: Table) -> Site:
    """Read a site file; InputError with the place of the first thing that is wrong."""
    from cfn2heat.table.source_file import read_source_file

    return _build(read_source_file(path, _UNREADABLE), table)


def build_site(data: dict[str, Any], table: Table) -> Site:
    """A site from data at hand, held to the same rules as a file."""
    from cfn2heat.table.source_file import SourceFile

    return _build(SourceFile("site", data, {}), table)


def _build(source: SourceFile, table: Table) -> Site:
    data = {} if source.data is None else source.data
    if not isinstance(data, dict):
        raise _fault(source, (), "a site file is a map of facts, such as flavors and external_network", _WRONG)
    values: dict[str, Any] = {}
    switches: dict[str, bool] = {}
    for name, value in data.items():
        if name == "switches":
            switches = _switches(source, value, table.switches)
        elif name in table.site_facts:
            values[name] = _value(source, name, value, table.site_facts[name])
        else:
            raise _unknown(source, (name,), [*table.site_facts, "switches"])
    return Site(values, switches, source.file)


def _switches(source: SourceFile, value: Any, known: dict[str, str]) -> dict[str, bool]:
    if not isinstance(value, dict):
        raise _fault(source, ("switches",), "it should be a map of switches to true or false", _WRONG)
    for name, state in value.items():
        if name not in known:
            raise _unknown(source, ("switches", name), list(known))
        if not isinstance(state, bool):
            raise _fault(source, ("switches", name), f"a switch is true or false, not {state!r}", _WRONG)
    return value


def _value(source: SourceFile, name: str, value: Any, fact: dict[str, Any]) -> Any:
    if fact.get("lookup"):
        if not isinstance(value, dict):
            raise _fault(source, (name,), "it should be a map, from each name in AWS to the name in this cloud", _WRONG)
        return {key: _text(source, (name, key), member) for key, member in value.items()}
    return _READERS[fact["type"]](source, (name,), value)


def _text(source: SourceFile, path: Path, value: Any) -> str:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    hint = f"; put {value!r} in quotes if it is" if isinstance(value, (bool, float)) else ""
    raise _fault(source, path, f"it should be text{hint}", _WRONG)


def _list(source: SourceFile, path: Path, value: Any) -> list[str]:
    if isinstance(value, list):
        return [_text(source, (*path, index), member) for index, member in enumerate(value)]
    return [part.strip() for part in _text(source, path, value).split(",")]


def _number(source: SourceFile, path: Path, value: Any) -> int | float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise _fault(source, path, f"it should be a number, not {value!r}", _WRONG)


def _boolean(source: SourceFile, path: Path, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _fault(source, path, f"it should be true or false, not {value!r}", _WRONG)


def _json(source: SourceFile, path: Path, value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return value
    raise _fault(source, path, "it should be a map or a list", _WRONG)


_READERS: dict[str, Callable[[SourceFile, Path, Any], Any]] = {
    "string": _text,
    "comma_delimited_list": _list,
    "number": _number,
    "boolean": _boolean,
    "json": _json,
}


def _unknown(source: SourceFile, path: Path, allowed: list[str]) -> InputError:
    from difflib import get_close_matches

    near = get_close_matches(str(path[-1]), allowed, 1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(allowed))}"
    return _fault(source, path, f"nothing of this name is known of a cloud; {hint}", _UNKNOWN)


def _fault(source: SourceFile, path: Path, message: str, code: str) -> InputError:
    return InputError(code, message, source.place(path), subject=format_path(path))
