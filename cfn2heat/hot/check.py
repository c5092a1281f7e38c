"""Holds a Heat template against its template version and the catalog, without a cloud: ours, or anyone's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cfn2heat.diagnostics import Diagnostic, InputError, Severity
from cfn2heat.hot.catalog import (
    TypeSchema,
    custom_constraints,
    lookup,
    pseudo_parameters,
    template_version,
    type_names,
    version_names,
)
from cfn2heat.hot.check_parameters import check_groups, check_parameter, parameter_schema
from cfn2heat.hot.check_values import check_condition, check_properties, check_update_policy, check_value
from cfn2heat.hot.circles import circles
from cfn2heat.hot.plain import outline, template_to_plain
from cfn2heat.hot.relations import check_relations
from cfn2heat.hot.scope import Scope
from cfn2heat.hot.template import HotTemplate
from cfn2heat.hot.traps import check_traps
from cfn2heat.source import NOWHERE, Path, Span, format_path

if TYPE_CHECKING:
    from cfn2heat.hot.reading import Document

Plain = Any


def check_template(template: HotTemplate, files: Mapping[str, HotTemplate] | None = None) -> list[Diagnostic]:
    """What is wrong with a template; files are the nested templates that its types name."""
    return [found for _, found in findings(template, {name: outline(inner) for name, inner in (files or {}).items()})]


def findings(template: HotTemplate, outlines: Mapping[str, Plain]) -> list[tuple[Path, Diagnostic]]:
    """What is wrong with a template, each with its place in it; outlines are those of the nested templates."""
    return _check(template_to_plain(template), outlines, None)


def check_text(text: str, file: str, files: Mapping[str, str] | None = None) -> list[Diagnostic]:
    """What is wrong with the text of a HOT file. InputError when it is none at all."""
    from cfn2heat.hot.reading import Document

    document = Document(text, file)
    if not isinstance(document.data, dict):
        raise InputError("C2H4001", "not a Heat template: it is no map of sections", Span(file, 0, 0))
    if not isinstance(document.data.get("heat_template_version"), str):
        raise InputError("C2H4001", "not a Heat template: heat_template_version is missing", Span(file, 0, 0))
    nested = {name: Document(inner, name).data for name, inner in (files or {}).items()}
    return [found for _, found in _check(document.data, nested, document)]


def nested_names(text: str, file: str) -> list[str]:
    """Names of the files that the types of a HOT file are written in."""
    from cfn2heat.hot.reading import Document

    data = Document(text, file).data
    resources = data.get("resources") if isinstance(data, dict) else None
    types = [entry.get("type") for entry in resources.values() if isinstance(entry, dict)] if isinstance(resources, dict) else []
    return list(dict.fromkeys(name for name in types if isinstance(name, str) and _is_file(name)))


def _check(data: dict[str, Plain], files: Mapping[str, Plain], document: Document | None) -> list[tuple[Path, Diagnostic]]:
    checker = _Checker(data, files, document)
    checker.run()
    return checker.found


def _is_file(type_name: str) -> bool:
    return type_name.endswith((".yaml", ".template"))


class _Checker:
    """One run over one template."""

    def __init__(self, data: dict[str, Plain], files: Mapping[str, Plain], document: Document | None) -> None:
        self._data = data
        self._files = files
        self._document = document
        self.found: list[tuple[Path, Diagnostic]] = []

    def report(self, code: str, path: Path, message: str, advice: str = "", severity: Severity = Severity.ERROR) -> None:
        """Collect a finding."""
        span = self._document.place(path) if self._document else NOWHERE
        self.found.append((path, Diagnostic(code, severity, format_path(path), message, advice, span)))

    def run(self) -> None:
        """Check everything."""
        named = self._data.get("heat_template_version")
        version = template_version(str(named))
        if version is None:
            known = ", ".join(version_names())
            self.report("C2H4002", ("heat_template_version",), f"{named} is no template version of Heat", f"one of {known}")
            return
        self._repeated_keys()
        for name in self._data:
            if name not in version.sections:
                self.report("C2H4003", (name,), "there is no such section in this template version")
        sections = {name: self._section(name) for name in ("parameters", "conditions", "resources", "outputs")}
        self._scope = Scope(
            version=version,
            parameters={name: parameter_schema(entry) for name, entry in sections["parameters"].items()},
            pseudo_parameters=pseudo_parameters(),
            conditions=sections["conditions"],
            resources=sections["resources"],
            types={name: self._type(name, entry) for name, entry in sections["resources"].items()},
            report=self.report,
        )
        self._parameters(sections["parameters"])
        self._conditions(sections["conditions"])
        self._resources(sections["resources"])
        self._outputs(sections["outputs"])

    def _repeated_keys(self) -> None:
        for path in self._document.duplicates() if self._document else ():
            self.report("C2H4020", path, "the key stands twice in one map: only the last counts")

    def _section(self, name: str) -> dict[str, Plain]:
        """A section's entries; what is no map is said and left out."""
        section = self._data.get(name)
        if section is None:
            if name == "conditions" and name in self._data:
                self.report("C2H4005", (name,), "the section is empty: Heat wants a map here")
            return {}
        if not isinstance(section, dict):
            self.report("C2H4005", (name,), "the section must be a map")
            return {}
        if name == "conditions":
            return section
        entries = {}
        for key, entry in section.items():
            if isinstance(entry, dict):
                entries[key] = entry
            else:
                self.report("C2H4005", (name, key), "a map is wanted here")
        return entries

    def _keys(self, path: Path, entry: dict[str, Plain], allowed: Iterable[str]) -> None:
        for key in entry:
            if key not in allowed:
                self.report("C2H4004", (*path, key), f"there is no such key here; Heat knows {', '.join(sorted(allowed))}")

    def _parameters(self, parameters: dict[str, Plain]) -> None:
        for name, entry in parameters.items():
            path = ("parameters", name)
            self._keys(path, entry, self._scope.version.parameter_keys)
            check_parameter(self._scope, path, entry, custom_constraints())
        check_groups(self._scope, self._data.get("parameter_groups"))

    def _conditions(self, conditions: dict[str, Plain]) -> None:
        for name, value in conditions.items():
            if isinstance(value, bool) or (isinstance(value, dict) and len(value) == 1):
                check_condition(self._scope, value, ("conditions", name))
            else:
                self.report(
                    "C2H4005", ("conditions", name), "a condition is true, false or a function, not a name or a plain value"
                )
        for circle in circles({name: set(_named(value, conditions)) for name, value in conditions.items()}):
            self.report("C2H4017", ("conditions", circle[0]), f"conditions need each other: {' -> '.join(circle)}")

    def _type(self, name: str, entry: dict[str, Plain]) -> TypeSchema | None:
        """The type of a resource; None where it cannot be known."""
        path = ("resources", name, "type")
        named = entry.get("type")
        if not isinstance(named, str):
            self.report("C2H4005", path[:2] if named is None else path, "a resource needs a type, which is a text")
            return None
        if _is_file(named):
            inner = self._files.get(named)
            if inner is None:
                self.report("C2H4006", path, f"the file {named} is not at hand", severity=Severity.WARNING)
            return _nested_type(named, inner)
        found = lookup(named)
        if found is None:
            ours = named.split("::")[0] in {known.split("::")[0] for known in type_names()}
            severity = Severity.ERROR if ours or "::" not in named else Severity.WARNING
            self.report("C2H4006", path, f"Heat has no resource type {named}", "unless an environment file maps it", severity)
        return found

    def _resources(self, resources: dict[str, Plain]) -> None:
        for name, entry in resources.items():
            path = ("resources", name)
            self._keys(path, entry, self._scope.version.resource_keys)
            if name in self._scope.parameters:
                self.report("C2H4020", path, "a parameter has the same name")
            if "/" in str(name):
                self.report("C2H4005", path, "the name of a resource cannot hold a slash")
            self._resource(path, name, entry)
        for circle in circles(self._scope.needs):
            self.report("C2H4017", ("resources", circle[0]), f"resources need each other: {' -> '.join(circle)}")

    def _resource(self, path: Path, name: str, entry: dict[str, Plain]) -> None:
        scope = self._scope
        kind = scope.types[name]
        scope.enter(name, entry.get("condition"))
        if "condition" in entry:
            check_condition(scope, entry["condition"], (*path, "condition"))
        self._depends_on(path, entry)
        self._deletion_policy(path, entry)
        for key in ("properties", "metadata", "update_policy"):
            value = entry.get(key)
            if key in entry and not isinstance(value, dict):
                self.report("C2H4005", (*path, key), "a map is wanted here")
        if kind is not None:
            self._status(path, kind)
        if "external_id" in entry:
            check_value(scope, entry["external_id"], None, (*path, "external_id"))
        else:
            check_properties(scope, kind, entry.get("properties") or {}, (*path, "properties"))
        check_value(scope, entry.get("metadata"), None, (*path, "metadata"))
        if isinstance(entry.get("update_policy"), dict):
            check_update_policy(scope, kind, entry["update_policy"], (*path, "update_policy"))
        if kind is not None:
            self._together((*path, "properties"), kind, entry)
        scope.leave()

    def _together(self, path: Path, kind: TypeSchema, entry: dict[str, Plain]) -> None:
        """Properties that are right each for itself, and not together."""
        properties = entry.get("properties", {})
        if isinstance(properties, dict):
            check_traps(self._scope, kind.name, properties, path)
            if "external_id" not in entry:
                check_relations(self._scope, kind, properties, path)

    def _status(self, path: Path, kind: TypeSchema) -> None:
        if kind.status in ("deprecated", "hidden"):
            word = (
                "deprecated"
                if kind.status == "deprecated"
                else "hidden: Heat has it for old templates only, and it may do nothing any more"
            )
            self.report("C2H4021", (*path, "type"), f"{kind.name} is {word}", severity=Severity.WARNING)

    def _depends_on(self, path: Path, entry: dict[str, Plain]) -> None:
        if "depends_on" not in entry:
            return
        named = entry["depends_on"]
        path = (*path, "depends_on")
        names = [named] if isinstance(named, str) else named
        if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
            self.report("C2H4005", path, "a name or a list of names is wanted here")
            return
        for one in names:
            if one in self._scope.resources:
                self._scope.need(one)
            else:
                self.report("C2H4014", path, f"there is no resource {one}")

    def _deletion_policy(self, path: Path, entry: dict[str, Plain]) -> None:
        policy = entry.get("deletion_policy")
        if isinstance(policy, str) and policy not in self._scope.version.deletion_policies:
            allowed = ", ".join(sorted(self._scope.version.deletion_policies))
            self.report("C2H4010", (*path, "deletion_policy"), f"{policy} is not one of {allowed}")

    def _outputs(self, outputs: dict[str, Plain]) -> None:
        for name, entry in outputs.items():
            path = ("outputs", name)
            self._keys(path, entry, self._scope.version.output_keys)
            if "value" not in entry:
                self.report("C2H4005", path, "an output needs a value")
            self._scope.enter(None, entry.get("condition"))
            if "condition" in entry:
                check_condition(self._scope, entry["condition"], (*path, "condition"))
            check_value(self._scope, entry.get("value"), None, (*path, "value"))
            self._scope.leave()


def _named(value: Plain, conditions: Mapping[str, Plain]) -> list[str]:
    """Conditions that a condition's definition names."""
    if isinstance(value, dict) and len(value) == 1:
        name, argument = next(iter(value.items()))
        members = argument if isinstance(argument, list) else [argument]
        if name in ("and", "or", "not"):
            return [found for member in members for found in _named(member, conditions)]
        return []
    return [value] if isinstance(value, str) and value in conditions else []


def _nested_type(name: str, data: Plain) -> TypeSchema | None:
    """A nested template as a resource type: its parameters are the properties, its outputs attributes."""
    if not isinstance(data, dict):
        return None
    parameters = data.get("parameters") or {}
    outputs = data.get("outputs") or {}
    properties = {key: parameter_schema(entry).raw for key, entry in parameters.items() if isinstance(entry, dict)}
    return TypeSchema(name, {"properties": properties, "attributes": {key: {} for key in (*outputs, "show")}})
