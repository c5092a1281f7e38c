"""Makes what deploy takes, of a CloudFormation template by converting it, or of a HOT file and the templates beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cfn2heat.api import Conversion, Settings, read_bytes, readable
from cfn2heat.deploy.bundle import Bundle, Origin, types
from cfn2heat.diagnostics import Diagnostic, InputError
from cfn2heat.hot.reading import Document
from cfn2heat.report.document import emitted
from cfn2heat.source import Span
from cfn2heat.translate.result import Converted
from cfn2heat.translate.state import Translation

HOT = re.compile(r"^[\s{]*[\"']?heat_template_version[\"']?\s*:", re.MULTILINE)
FROM = re.compile(r"#\s+\S+::\S+?(?:\s(\S+))?,\s(.+):(\d+)$")
"""A comment of ours above a resource: its type, and where that stands in the source."""
UNREADABLE, REFUSED = "C2H4001", "C2H6019"


def bundle(path: Path, settings: Settings) -> tuple[Bundle, list[Diagnostic]]:
    """What is to be deployed, and what there is to say about it; InputError when a file cannot be read."""
    return (of_hot(path), []) if is_hot(path) else of_conversion(path, settings)


def is_hot(path: Path) -> bool:
    """Whether a file is a Heat template already."""
    return HOT.search(read_bytes(path, readable(path)).decode("utf-8", "replace")) is not None


def of_conversion(path: Path, settings: Settings) -> tuple[Bundle, list[Diagnostic]]:
    """Convert a template; gives what is to be deployed, and what the conversion says. InputError when it is no template."""
    results = Conversion(settings).convert(path)
    asked, nested = results[0], results[1:]
    if not asked.converted:
        raise InputError(asked.diagnostics[-1].code, asked.diagnostics[-1].message, asked.diagnostics[-1].span)
    main, environment = f"{asked.stem}.yaml", f"{asked.stem}.env.yaml"
    files = {name: text for name, text in asked.files.items() if name not in (main, environment)}
    files |= {name: text for one in nested for name, text in one.files.items() if not name.endswith(".env.yaml")}
    data = {name: Document(text, name).data for name, text in files.items()}
    values = _values(asked.files[environment], environment) if environment in asked.files else {}
    text = asked.files[main]
    found = [diagnostic for result in results for diagnostic in result.diagnostics]
    return Bundle(main, text, Document(text, main).data, files, data, values, _origins(results)), found


def _values(text: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = Document(text, name).data["parameters"]
    return found


def _origins(results: list[Converted]) -> dict[str, dict[str, Origin]]:
    """By file and resource, the source that it came from."""
    found: dict[str, dict[str, Origin]] = {}
    for result in results:
        if result.translation is not None:
            names = dict(_named(result.translation))
            for file, template in {f"{result.stem}.yaml": result.translation.hot, **result.translation.files}.items():
                found[file] = {name: names[name] for name in template.resources if name in names}
    return found


def _named(t: Translation) -> Iterator[tuple[str, Origin]]:
    """Resources of the target with the source of each; what stands at a source's own place comes last, and so counts."""
    for source in t.template.resources.values():
        origin = Origin(source.name, source.span)
        yield from ((entry["name"], origin) for entry in emitted(t, source.name))
    for owner, names in t.placed.items():
        placed = t.template.resources.get(owner)  # else a rule of the template, which is no resource
        if placed is not None:
            yield from ((name, Origin(placed.name, placed.span)) for name in names)


# ---- HOT by hand -----------------------------------------------------------------------------------------------------


def of_hot(path: Path) -> Bundle:
    """Read a HOT file and the nested templates that its types name, none of them outside its folder."""
    text = _read(path)
    document = Document(text, readable(path))
    if not isinstance(document.data, dict) or not isinstance(document.data.get("resources", {}), dict):
        raise InputError(UNREADABLE, "not a Heat template: it is no map of sections", Span(readable(path), 0, 0))
    found = Bundle(path.name, text, document.data)
    found.origins[path.name] = _places(document, text)
    _refuse_reads(document)
    _nested(found, document.data, path.parent, path.parent.resolve())
    return found


def _nested(found: Bundle, template: dict[str, Any], here: Path, root: Path) -> None:
    for name in dict.fromkeys(types(template.get("resources"))):
        if not name.endswith((".yaml", ".yml", ".template")):
            continue
        place = here / name
        shown = Span(readable(here / found.file), 0, 0)
        if "://" in name or not place.resolve().is_relative_to(root):
            raise InputError(
                REFUSED, f"the type {name} leads out of the folder of the template", shown, advice="put the file beside it"
            )
        text = _read(place)
        if found.files.get(name, text) != text:
            raise InputError(REFUSED, f"two files are called {name}, and Heat takes one", shown, advice="rename one of them")
        if name in found.files:
            continue
        document = Document(text, readable(place))
        _refuse_reads(document)
        data = document.data if isinstance(document.data, dict) else {}
        found.files[name], found.nested[name] = text, data
        found.origins[name] = _places(document, text)
        _nested(found, data, place.parent, root)


def _read(path: Path) -> str:
    shown = Span(readable(path), 0, 0)
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(UNREADABLE, f"cannot be read: {error.strerror}", shown) from error
    except UnicodeDecodeError as error:
        raise InputError(UNREADABLE, f"is not UTF-8 text: byte {error.start} is none", shown) from error


def _refuse_reads(document: Document) -> None:
    """No file is read because a template says so."""
    for path in _reads(document.data, ()):
        advice = "put the text itself there, or make it a parameter; nested templates are named by a type"
        raise InputError(REFUSED, "get_file would send a file of this machine to the cloud", document.place(path), advice=advice)


def _reads(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict) and "get_file" in value:
        yield (*path, "get_file")
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield from _reads(member, (*path, step))


def _places(document: Document, text: str) -> dict[str, Origin]:
    """Where each resource stands, or where the comment above it says that it came from."""
    resources = document.data.get("resources") if isinstance(document.data, dict) else None
    lines = text.splitlines()
    found = {}
    for name in resources if isinstance(resources, dict) else ():
        place = document.place(("resources", name))
        found[str(name)] = _source_of(lines, place.line - 1, str(name)) or Origin(str(name), place)
    return found


def _source_of(lines: list[str], index: int, name: str) -> Origin | None:
    while index > 0 and lines[index - 1].lstrip().startswith("#"):
        index -= 1
        found = FROM.search(lines[index])
        if found and not found[1]:
            return Origin(name, Span(found[2], int(found[3]), 1))
    return None
