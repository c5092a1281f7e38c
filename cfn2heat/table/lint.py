"""Lint of the whole table: every file by itself, and that together they answer for every type and every name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cfn2heat.cfn import catalog as source_catalog
from cfn2heat.diagnostics import Diagnostic, InputError, Severity
from cfn2heat.hot import catalog as target_catalog
from cfn2heat.record import record
from cfn2heat.source import NOWHERE, Span, format_path
from cfn2heat.table.compile import SECTIONS
from cfn2heat.table.lint_type import World, lint_type
from cfn2heat.table.loader import load_table, stamp_directory
from cfn2heat.table.schema_check import schema_faults
from cfn2heat.table.source_file import SourceFile, read_source_file


@record
class Names:
    """What is registered in Python: transforms, and hooks by kind."""

    transforms: frozenset[str]
    hooks: dict[str, frozenset[str]]


@dataclass(slots=True)
class _Files:
    """The files that hold against their schema, by kind."""

    mappings: list[SourceFile] = field(default_factory=list)
    composites: list[SourceFile] = field(default_factory=list)
    sections: dict[str, SourceFile] = field(default_factory=dict)


def lint(directory: Path, names: Names, *, complete: bool = True) -> list[Diagnostic]:
    """Everything that is wrong with a folder of mapping files; complete: it is the whole table, not laid over another."""
    files, found = _read(directory)
    world = _world(files, names)
    for source in files.mappings:
        found += lint_type(source, world)
    found += _lint_composites(files, world, complete)
    found += _lint_duplicates(files)
    if "none" in files.sections:
        found += _lint_answers(files.sections["none"], files)
    if complete:
        found += _lint_unanswered(files)
        found += _lint_unused(world, names)
    return sorted(found, key=lambda one: (one.span, one.code, one.message))


def _read(directory: Path) -> tuple[_Files, list[Diagnostic]]:
    files = _Files()
    found: list[Diagnostic] = []
    for name in sorted(stamp_directory(directory)):
        kind = _kind(name)
        try:
            source = read_source_file(directory / name, "C2H5001")
        except InputError as error:
            found.append(error.diagnostic)
            continue
        faults = schema_faults(source.data, kind) if kind else [((), "a file of this name is not read")]
        found += [_fault("C2H5002", format_path(path), message, source.place(path)) for path, message in faults]
        if faults:
            continue
        if kind == "mapping":
            files.mappings.append(source)
        elif kind == "composite":
            files.composites.append(source)
        elif kind:
            files.sections[kind] = source
    return files, found


def _kind(name: str) -> str | None:
    if name.startswith("_composites/"):
        return "composite"
    return SECTIONS.get(name) if name.startswith("_") else "mapping"


def _fault(code: str, subject: str, message: str, span: Span = NOWHERE) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, subject, message, "", span)


def _world(files: _Files, names: Names) -> World:
    """The names that files may use; a folder that is laid over the shipped table may use the shipped facts and composites too."""
    shipped = load_table()
    site = files.sections["site"].data if "site" in files.sections else {}
    facts = {*shipped.site_facts, *site} - {"switches"}
    switches = {*shipped.switches, *site.get("switches", {})}
    members = {name for composite in shipped.composites() for name in composite.members}
    members |= {name for source in files.composites for name in source.data["members"]}
    planned = {source.data["type"] for source in files.mappings if "plan" in source.data}
    bound = frozenset(members | planned)
    return World(names.transforms, names.hooks, frozenset(facts), frozenset(switches), bound)


def _lint_composites(files: _Files, world: World, complete: bool) -> Iterator[Diagnostic]:
    owners: dict[str, str] = {}
    mapped = {source.data["type"] for source in files.mappings}
    for source in files.composites:
        data = source.data
        world.used.add(("composite", data["hook"]))
        if data["hook"] not in world.hooks.get("composite", frozenset()):
            yield _fault("C2H5206", data["name"], f"no composite is registered as {data['hook']}", source.place(("hook",)))
        if not data["because"].rstrip().endswith("."):
            yield _fault("C2H5208", data["name"], "because is a sentence and ends with a period", source.place(("because",)))
        for index, name in enumerate(data["emits"]):
            if target_catalog.lookup(name) is None:
                yield _fault("C2H5205", data["name"], f"Heat has no type {name}", source.place(("emits", index)))
        for index, name in enumerate(data["members"]):
            place = source.place(("members", index))
            if name in owners:
                yield _fault("C2H5207", data["name"], f"{name} is a member of {owners[name]} already", place)
            if complete and name not in mapped:
                yield _fault("C2H5207", data["name"], f"{name} has no mapping file of its own", place)
            owners[name] = data["name"]


def _lint_duplicates(files: _Files) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for source in files.mappings:
        name = source.data["type"]
        if name in seen:
            yield _fault("C2H5003", name, f"the type has a file already: {seen[name]}", source.place(("type",)))
        seen[name] = source.file


def _lint_answers(source: SourceFile, files: _Files) -> Iterator[Diagnostic]:
    known = source_catalog.names()
    mapped = {mapping.data["type"] for mapping in files.mappings}
    for kind, answers in source.data.items():
        for name, answer in ({"": answers} if kind == "general" else answers).items():
            path = (kind, name) if name else (kind,)
            if kind == "types" and name not in known:
                yield _fault("C2H5202", name, "AWS has no such type", source.place(path))
            if kind == "types" and name in mapped:
                yield _fault("C2H5211", name, "the type has a mapping file, so that this is never read", source.place(path))
            if kind == "services" and not any(one.startswith(name) for one in known):
                yield _fault("C2H5202", name, "no type of AWS begins so", source.place(path))
            yield from _lint_answer(answer, name or kind, source.place(path))


def _lint_answer(answer: dict[str, Any], subject: str, place: Span) -> Iterator[Diagnostic]:
    for key in ("because", "advice"):
        if not answer[key].rstrip().endswith("."):
            yield _fault("C2H5208", subject, f"{key} is a sentence and ends with a period", place)


def _lint_unanswered(files: _Files) -> Iterator[Diagnostic]:
    data = files.sections["none"].data if "none" in files.sections else {}
    answered = {source.data["type"] for source in files.mappings} | data.get("types", {}).keys()
    services = tuple(data.get("services", {}))
    for name in source_catalog.names():
        if name not in answered and not name.startswith(services):
            yield _fault("C2H5211", name, "neither a mapping file nor _none.yaml says anything of this type")


def _lint_unused(world: World, names: Names) -> Iterator[Diagnostic]:
    for kind, registered in {"transform": names.transforms, **names.hooks}.items():
        for name in sorted(registered):
            if (kind, name) not in world.used:
                yield _fault("C2H5213", name, f"the {kind.replace('_', ' ')} is registered, but no mapping file uses it")
