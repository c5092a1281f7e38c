"""Lint of one type's mapping file: a closed world on the source's side, true targets on the other, and the style of its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import Any

from cfn2heat.cfn import catalog as source_catalog
from cfn2heat.cfn.catalog import Shape, SourceType
from cfn2heat.diagnostics import Diagnostic, Severity
from cfn2heat.hot import catalog as target_catalog
from cfn2heat.hot.catalog import Schema
from cfn2heat.record import record
from cfn2heat.source import Path, format_path
from cfn2heat.table.build import parse_target
from cfn2heat.table.source_file import SourceFile

RESOURCE_SECTIONS = {"deletion_policy", "metadata", "update_policy"}
"""What rows of resource attributes may aim at beside properties."""


@dataclass(slots=True)
class World:
    """What mapping files may name; used collects the names that they do name."""

    transforms: frozenset[str]
    hooks: dict[str, frozenset[str]]
    facts: frozenset[str]
    switches: frozenset[str]
    bound: frozenset[str]
    """Types whose emit keys composites may bind to resources of their own."""
    used: set[tuple[str, str]] = field(default_factory=set)


def lint_type(source: SourceFile, world: World) -> list[Diagnostic]:
    """Everything that is wrong with a file that holds against the schema."""
    linter = _TypeLint(source, world)
    linter.run()
    return linter.found


@record
class _Base:
    """Where the targets of rows lead: "" is the emitted resources; below `each`, the schema of one member (None: free)."""

    relative: bool = False
    schema: Schema | None = None
    sections: bool = False


class _TypeLint:
    """Walks the data of one file."""

    def __init__(self, source: SourceFile, world: World) -> None:
        self.found: list[Diagnostic] = []
        self._source = source
        self._world = world
        self._data: dict[str, Any] = source.data
        self._type: str = source.data["type"]
        self._emits: dict[str, Any] = source.data.get("emits", {})
        self._catalog = source_catalog.lookup(self._type) or _native(self._type)

    def run(self) -> None:
        """Check everything."""
        self._check_head()
        for key, emit in self._emits.items():
            self._check_emit(key, emit)
        for target, value in self._data.get("fixed", {}).items():
            self._check_target(target, ("fixed", target), _Base())
            self._check_data(value, ("fixed", target))
        self._check_properties()
        for name, row in self._data.get("attributes", {}).items():
            self._check_row(row, ("attributes", name), None, _Base(sections=True))
        self._check_references()
        self._check_examples()

    def _fault(self, code: str, path: Path, message: str, advice: str = "") -> None:
        subject = ".".join(filter(None, (self._type, format_path(path))))
        self.found.append(Diagnostic(code, Severity.ERROR, subject, message, advice, self._source.place(path)))

    def _check_head(self) -> None:
        data = self._data
        if self._catalog is None and "*" not in self._type:
            self._fault("C2H5202", ("type",), "AWS has no such type")
        if data["fidelity"] == "none" and self._emits:
            self._fault("C2H5210", ("fidelity",), "a type that emits something is of more use than none")
        if data["fidelity"] != "none" and not self._emits and "plan" not in data and self._type not in self._world.bound:
            self._fault("C2H5210", ("fidelity",), "the type emits nothing, so that its fidelity is none")
        for kind in ("plan", "finish"):
            if kind in data:
                self._check_name(f"{kind}_hook", data[kind], (kind,))
        if "needs" in data and data["needs"] not in self._world.switches:
            self._fault("C2H5206", ("needs",), f"the site has no switch {data['needs']}")
        self._check_words(data, (), ("summary", "because", "advice"))

    def _check_emit(self, key: str, emit: dict[str, Any]) -> None:
        path = ("emits", key)
        found = target_catalog.lookup(emit["type"])
        if found is None:
            self._fault("C2H5205", path, f"Heat has no type {emit['type']}")
        elif found.status == "unsupported":
            self._fault("C2H5205", path, f"Heat's {emit['type']} is unsupported")
        if "when" in emit:
            self._check_name("predicate", emit["when"], path)

    def _check_properties(self) -> None:
        rows: dict[str, Any] = self._data["properties"]
        if list(rows) not in (sorted(rows), sorted(rows, key=str.lower)):
            late = next(b for a, b in zip(list(rows), list(rows)[1:], strict=False) if b.lower() < a.lower())
            self._fault("C2H5209", ("properties", late), "rows stand in alphabetical order, and this one is too late")
        if self._catalog is not None:
            self._check_closed(rows, ("properties",), self._catalog.properties, self._catalog.outputs)
        for name, row in rows.items():
            shape = self._catalog.properties.get(name) if self._catalog else None
            self._check_row(row, ("properties", name), shape, _Base())

    def _check_closed(
        self, rows: dict[str, Any], path: Path, known: dict[str, Shape], optional: Container[str] = frozenset()
    ) -> None:
        """Each documented name has a row, and each row a documented name; templates set what AWS calls read-only, too."""
        for name in known.keys() - rows.keys():
            self._fault("C2H5201", path, f"no row says what becomes of {name}")
        for name in rows.keys() - known.keys():
            if name in optional:
                continue
            self._fault("C2H5202", (*path, name), "AWS documents no such property here")

    def _check_row(self, row: Any, path: Path, shape: Shape | None, base: _Base) -> None:
        if isinstance(row, str):
            self._check_target(row, path, base)
            return
        if "when" in row:
            if len(path) < 2 or path[-2] != "one":
                self._fault("C2H5210", (*path, "when"), "only rows of a choice (one: [...]) have a predicate")
            self._check_name("predicate", row["when"], (*path, "when"))
        if "one" in row:
            for index, option in enumerate(row["one"]):
                self._check_option(option, (*path, "one", index), shape, base, last=index == len(row["one"]) - 1)
            return
        self._check_words(row, path, ("drop", "absorbed", "because", "advice"))
        if row.get("severity") == "error" and "advice" not in row:
            self._fault("C2H5208", path, "an error-grade loss wants an advice")
        if "hook" in row:
            self._check_name("property_hook", row["hook"], (*path, "hook"))
        self._check_targets(row, path, base)
        self._check_carry(row, path, shape, base)

    def _check_option(self, option: Any, path: Path, shape: Shape | None, base: _Base, *, last: bool) -> None:
        conditional = isinstance(option, dict) and "when" in option
        if not conditional and not last:
            self._fault("C2H5210", path, "a row without predicate always holds, so that it comes last")
        if conditional and last:
            self._fault("C2H5210", path, "the last row of a choice has no predicate, so that one row always holds")
        self._check_row(option, path, shape, base)

    def _check_targets(self, row: dict[str, Any], path: Path, base: _Base) -> None:
        targets = row.get("to", [])
        for target in [targets] if isinstance(targets, str) else targets:
            if "absorbed" in row:
                if target not in self._emits and self._type not in self._world.bound:
                    self._fault("C2H5205", (*path, "to"), f"the type emits no {target}")
            else:
                self._check_target(target, (*path, "to"), base, whole="hook" in row)

    def _check_carry(self, row: dict[str, Any], path: Path, shape: Shape | None, base: _Base) -> None:
        for index, step in enumerate(row.get("via", [])):
            self._check_step(step, (*path, "via", index))
        for target, value in row.get("also", {}).items():
            self._check_target(target, (*path, "also", target), base)
            self._check_data(value, (*path, "also", target))
        if isinstance(row.get("otherwise"), dict):
            self._check_words(row["otherwise"], (*path, "otherwise"), ("drop", "advice"))
            self._check_data(row["otherwise"].get("value"), (*path, "otherwise", "value"))
        if "rows" in row:
            self._check_members(row["rows"], (*path, "rows"), shape, base)
        if "each" in row and isinstance(row.get("to"), str):
            self._check_members(row["each"], (*path, "each"), shape, self._each_base(row["to"], base))

    def _check_members(self, rows: dict[str, Any], path: Path, shape: Shape | None, base: _Base) -> None:
        known = self._catalog.members(shape) if self._catalog and shape is not None else None
        if known is not None:
            self._check_closed(rows, path, known)
        for name, row in rows.items():
            self._check_row(row, (*path, name), known.get(name) if known else None, base)

    def _each_base(self, target: str, base: _Base) -> _Base:
        schema = self._target_schema(target, base)
        if isinstance(schema, str) or schema is None:
            return _Base(relative=True)
        return _Base(relative=True, schema=schema.at(0) if schema.type == "list" else schema)

    def _check_target(self, target: str, path: Path, base: _Base, *, whole: bool = False) -> None:
        parsed = parse_target(target, base.relative)
        if not base.relative and not parsed.path and not whole:
            self._fault("C2H5205", path, f"{target} names an emitted resource; say which property of it")
        fault = self._target_schema(target, base)
        if isinstance(fault, str):
            self._fault("C2H5205", path, fault)

    def _target_schema(self, target: str, base: _Base) -> Schema | str | None:
        """Schema of a target; None: anything goes there; text: what is wrong."""
        parsed = parse_target(target, base.relative)
        if base.relative:
            return _descend(base.schema, parsed.path)
        if parsed.key not in self._emits:
            return None if self._type in self._world.bound else f"the type emits no {parsed.key}"
        found = target_catalog.lookup(self._emits[parsed.key]["type"])
        if found is None or not parsed.path or (base.sections and parsed.path[0] in RESOURCE_SECTIONS):
            return None
        first = found.properties.get(str(parsed.path[0]))
        return _descend(first, parsed.path[1:]) if first else f"{found.name} has no property {parsed.path[0]}"

    def _check_step(self, step: Any, path: Path) -> None:
        name = step if isinstance(step, str) else next(iter(step))
        self._world.used.add(("transform", name))
        if name not in self._world.transforms:
            self._fault("C2H5206", path, f"no transform is called {name}")
        if name == "site" and step[name] not in self._world.facts:
            self._fault("C2H5206", path, f"the site has no fact {step[name]}")
        for pattern in step[name] if name == "replace" else ():
            if not _is_pattern(pattern):
                self._fault("C2H5214", path, f"{pattern} is no regular expression")

    def _check_name(self, kind: str, name: str, path: Path) -> None:
        self._world.used.add((kind, name))
        if name not in self._world.hooks.get(kind, frozenset()):
            self._fault("C2H5206", path, f"no {kind.replace('_', ' ')} is registered as {name}")

    def _check_data(self, data: Any, path: Path) -> None:
        """Check the emit keys, attributes and facts that functions in the data name."""
        for function, argument in _functions(data):
            if not _FUNCTION_FORMS.get(function, _any_form)(argument):
                self._fault("C2H5214", path, f"this is not how {function} is written: {argument!r}")
            elif function == "get_resource":
                self._check_key(argument, path)
            elif function == "get_attr":
                self._check_key(argument[0], path)
                self._check_attribute(argument[0], argument[1], path)
            elif function == "site" and argument not in self._world.facts:
                self._fault("C2H5206", path, f"the site has no fact {argument}")

    def _check_key(self, key: str, path: Path) -> None:
        if key not in self._emits and self._type not in self._world.bound:
            self._fault("C2H5205", path, f"the type emits no {key}")

    def _check_attribute(self, key: str, attribute: str, path: Path) -> None:
        found = target_catalog.lookup(self._emits[key]["type"]) if key in self._emits else None
        if found is not None and attribute not in found.attributes and attribute != "show":
            self._fault("C2H5205", path, f"{found.name} has no attribute {attribute}")

    def _check_references(self) -> None:
        references: dict[str, Any] = self._data["references"]
        if self._catalog is not None:
            for name in missing_references(self._catalog, references):
                self._fault("C2H5203", ("references",), f"no answer for {name}")
            for name in references:
                if not _is_attribute(self._catalog, name) and name not in _heats_attributes(self._type):
                    self._fault("C2H5204", ("references", name), "AWS documents no such attribute")
        for name, value in references.items():
            self._check_reference(value, ("references", name))

    def _check_reference(self, value: Any, path: Path) -> None:
        if isinstance(value, dict) and "none" in value:
            self._check_words(value, path, ("none",))
            if "instead" in value and value["instead"] not in self._data["references"]:
                self._fault("C2H5204", path, f"there is no reference {value['instead']} that could serve instead")
        elif isinstance(value, dict) and value.keys() == {"hook"}:
            self._check_name("reference_hook", value["hook"], path)
        else:
            self._check_data(value, path)

    def _check_examples(self) -> None:
        examples = self._data.get("examples", [])
        if not examples and (self._data["fidelity"] != "none" or "plan" in self._data):
            self._fault("C2H5212", (), "the file has no example")
        for index, example in enumerate(examples):
            cfn = example["cfn"]
            resources = cfn["Resources"].values() if isinstance(cfn.get("Resources"), dict) else [cfn]
            kinds = [resource.get("Type") for resource in resources if isinstance(resource, dict)]
            if self._type not in kinds and "*" not in self._type:
                self._fault("C2H5212", ("examples", index), f"the example holds no {self._type}")

    def _check_words(self, data: dict[str, Any], path: Path, keys: tuple[str, ...]) -> None:
        for key in keys:
            if key in data and not data[key].rstrip().endswith("."):
                self._fault("C2H5208", (*path, key), f"{key} is a sentence and ends with a period")


def missing_references(known: SourceType, references: dict[str, Any]) -> Iterator[str]:
    """Ref and attributes that no reference answers; an object is answered by its members, members by Name.*."""
    for name in ("Ref", *known.attributes):
        steps = name.split(".")
        wildcards = {".".join([*steps[:length], "*"]) for length in range(len(steps))}
        if name in references or (name != "Ref" and wildcards & references.keys()):
            continue
        if not any(other.startswith(name + ".") for other in references):
            yield name


def _native(name: str) -> SourceType | None:
    """One of Heat's own types, as far as a source template may hold it."""
    found = target_catalog.lookup(name)
    if found is None:
        return None
    properties = {key: _shape(schema) for key, schema in found.properties.items()}
    return SourceType(name, properties, found.required, tuple(_heats_attributes(name)), (), {}, {})


def _shape(schema: Schema) -> Shape:
    known = schema.schema
    if isinstance(known, dict):
        return {name: _shape(member) for name, member in known.items()}
    if known is not None:
        return [_shape(known)]
    return "json" if schema.type in ("map", "list", "any") else schema.type


def _heats_attributes(name: str) -> list[str]:
    """Attributes that Heat gives to a type of this name: templates that were written for it ask for them."""
    found = target_catalog.lookup(name)
    return [attribute for attribute in (found.attributes if found else ()) if attribute != "show"]


def _is_attribute(known: SourceType, name: str) -> bool:
    first, _, rest = name.partition(".")
    documented = {attribute.split(".", 1)[0] for attribute in known.attributes}
    free = first in {"Ref", "*", "resolve"} or rest == "*"
    return free or first in documented or first in known.properties or first in known.outputs


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _any_form(_: Any) -> bool:
    return True


def _is_list(least: int, texts: int, most: int = 1000) -> Callable[[Any], bool]:
    """A list of so many members, of which the first ones are text."""

    def holds(argument: Any) -> bool:
        sized = isinstance(argument, list) and least <= len(argument) <= most
        return sized and all(isinstance(one, str) for one in argument[:texts])

    return holds


def _is_map(text: str, below: str) -> Callable[[Any], bool]:
    """A map of exactly two keys, of which the second holds a map."""

    def holds(argument: Any) -> bool:
        return isinstance(argument, dict) and argument.keys() == {text, below} and isinstance(argument[below], dict)

    return holds


_FUNCTION_FORMS: dict[str, Callable[[Any], bool]] = {
    "get_resource": lambda argument: isinstance(argument, str),
    "get_attr": _is_list(2, 2),
    "get_param": lambda argument: isinstance(argument, str) or _is_list(1, 1)(argument),
    "site": lambda argument: isinstance(argument, str),
    "if": _is_list(2, 0, 3),
    "list_join": _is_list(2, 1),
    "str_split": _is_list(2, 1, 3),
    "str_replace": _is_map("template", "params"),
    "yaql": _is_map("expression", "data"),
}
"""How the functions of mini-HOT are written."""


def _descend(schema: Schema | None, path: tuple[str | int, ...]) -> Schema | str | None:
    for step in path:
        if schema is None or schema.type in {"any", "string"}:
            return None
        if isinstance(step, str) and schema.type == "list":
            schema = schema.at(0)
        known = schema.schema if schema else None
        if schema is None or known is None:
            return None
        if isinstance(known, dict) and step not in known:
            return f"there is no {step}; known here are {', '.join(sorted(known))}"
        schema = schema.at(step)
    return schema


def _functions(data: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(data, list):
        for member in data:
            yield from _functions(member)
    elif isinstance(data, dict):
        if len(data) == 1:
            yield from data.items()
        for member in data.values():
            yield from _functions(member)
