"""From a file's bytes to a Template: the sections, and what is wrong with them.

Only what leaves nothing to translate is fatal (InputError): a text that is no template, a resource without a type, circles of
conditions. Everything else is an error in the diagnostics, and the reading goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath

from cfn2heat.cfn import checks, vocabulary
from cfn2heat.cfn.document import read_document
from cfn2heat.cfn.encoding import UTF16_MARKS
from cfn2heat.cfn.intrinsics import ValueReader, describe, subject_of, text_of
from cfn2heat.cfn.nodes import DEFAULT_LIMITS, Limits, Node, ReadAs
from cfn2heat.cfn.template import Condition, Output, Parameter, Resource, Template
from cfn2heat.cfn.values import Map, Scalar, Seq, Transform, Value
from cfn2heat.diagnostics import Diagnostics, InputError, Severity
from cfn2heat.record import field, record
from cfn2heat.source import Span


@record
class ReadOptions:
    """What a reading may use: files below template_dir, values of parameters and the region (for macros only), limits."""

    template_dir: FilePath | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    region: str | None = None
    limits: Limits = DEFAULT_LIMITS


def read(path: FilePath | None, data: bytes | str, file: str, options: ReadOptions, diagnostics: Diagnostics) -> Template:
    """Read a template; path is where the bytes come from (None: nowhere on disk), file the name that positions carry."""
    root = require_template(read_document(data, file, diagnostics, options.limits))
    root, transforms = _expand(root, path, data, options, diagnostics)
    return _TemplateReader(root, file, diagnostics).read(transforms)


def read_template(data: bytes | str, file: str = "template", diagnostics: Diagnostics | None = None) -> Template:
    """Read a template with the default options."""
    return read(None, data, file, ReadOptions(), Diagnostics() if diagnostics is None else diagnostics)


def _expand(
    root: Map, path: FilePath | None, data: bytes | str, options: ReadOptions, diagnostics: Diagnostics
) -> tuple[Map, tuple[str, ...]]:
    """Expand macros, where the text has any: most templates need not load that code."""
    if "Transform" not in root.entries and not _may_have_macros(data):
        return root, ()
    from cfn2heat.cfn.macros import expand
    from cfn2heat.cfn.macros.options import MacroContext

    given = {name: value for name, value in options.parameters.items() if not _is_secret(root, name)}
    context = MacroContext(path, options.template_dir, given, options.region, options.limits, diagnostics)
    return expand(root, context)


def _is_secret(root: Map, name: str) -> bool:
    """Whether a parameter's value must not be written out: its NoEcho is set."""
    section = root.entries.get("Parameters")
    definition = section.entries.get(name) if isinstance(section, Map) else None
    echo = definition.entries.get("NoEcho") if isinstance(definition, Map) else None
    return isinstance(echo, Scalar) and str(echo.value).lower() == "true"


_MACRO_WORDS = ("Fn::Transform", "!Transform", "Fn::ForEach", "Fn::Length", "!Length", "Fn::ToJsonString", "!ToJsonString")


def _may_have_macros(data: bytes | str) -> bool:
    if isinstance(data, bytes):
        return data.startswith(UTF16_MARKS) or any(word.encode() in data for word in _MACRO_WORDS)
    return any(word in data for word in _MACRO_WORDS)


# What is a template


_OTHERS = {
    ("heat_template_version",): (
        "C2H1021",
        "a Heat template already",
        "nothing needs to be converted; `check` tells whether it holds",
    ),
    ("apiVersion", "kind"): ("C2H1022", "a Kubernetes manifest", ""),
    ("$schema", "contentVersion"): ("C2H1022", "an Azure Resource Manager template", ""),
    ("openapi",): ("C2H1022", "an OpenAPI description", ""),
    ("swagger",): ("C2H1022", "a Swagger description", ""),
    ("services", "version"): ("C2H1022", "a Compose file", ""),
    ("ROSTemplateFormatVersion",): ("C2H1022", "a template of Alibaba Cloud's ROS", ""),
    ("tosca_definitions_version",): ("C2H1022", "a TOSCA template", ""),
    ("terraform",): ("C2H1022", "a Terraform configuration", ""),
}


def require_template(document: Node) -> Map:
    """Refuse a document that is no CloudFormation template."""
    advice = "a template is a map with a Resources section"
    if not isinstance(document, Map):
        raise InputError("C2H1020", f"this is no CloudFormation template but {describe(document)}", document.span, advice=advice)
    for keys, (code, kind, hint) in _OTHERS.items():
        if all(key in document.entries for key in keys) and "Resources" not in document.entries:
            raise InputError(
                code, f"this is no CloudFormation template but {kind}", document.keys[keys[0]], advice=hint or advice
            )
    if "Resources" not in document.entries and "Transform" not in document.entries and "Fn::Transform" not in document.entries:
        raise InputError("C2H1023", _no_resources(document), document.span, advice=advice)
    return document


def _no_resources(document: Map) -> str:
    """Say what is missing, and what may be the misspelt section."""
    from difflib import get_close_matches

    close = get_close_matches("Resources", [str(key) for key in document.entries], 1, 0.7)
    return "there is no Resources section" + (f", but one that is called {close[0]!r}" if close else "")


# Sections


_HOSTILE = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff/\\]"
_ATTRIBUTES = frozenset(
    (
        "Type",
        "Properties",
        "Condition",
        "DependsOn",
        "Metadata",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "UpdatePolicy",
        "CreationPolicy",
    )
)


_VALUE, _LIST = "a value", "a list of values"
_FIELD_KINDS = {
    "Default": _VALUE,
    "Description": _VALUE,
    "ConstraintDescription": _VALUE,
    "NoEcho": _VALUE,
    "AllowedPattern": _VALUE,
    "MinLength": _VALUE,
    "MaxLength": _VALUE,
    "MinValue": _VALUE,
    "MaxValue": _VALUE,
    "AllowedValues": _LIST,
}


def _is_value(node: Value) -> bool:
    return isinstance(node, Scalar) and node.value is not None


def _is_values(node: Value) -> bool:
    return isinstance(node, Seq) and all(_is_value(item) for item in node.items)


class _TemplateReader:
    """Reads the sections of one template."""

    def __init__(self, root: Map, file: str, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics
        self.file = file
        self.root = root
        self.values = ValueReader(diagnostics, _names(root, "Conditions"), _names(root, "Resources"))

    def read(self, transforms: tuple[str, ...]) -> Template:
        """Read all sections, then hold them against one another."""
        root = self.root
        self._report_unknown_sections(root, transforms)
        resources = self._resources(root)
        template = Template(
            file=self.file,
            version=self._version(root),
            description=self._text(root, "Description"),
            metadata=_plain(self._section(root, "Metadata")) if "Metadata" in root.entries else None,
            parameters={name: self._parameter(name, node, span) for name, node, span in self._members(root, "Parameters")},
            rules={name: self._rule(name, node) for name, node, _ in self._members(root, "Rules")},
            mappings={name: self._mapping(name, node) for name, node, _ in self._members(root, "Mappings")},
            conditions={
                name: self._condition(name, node, span) for name, node, span in self._members(root, "Conditions", maps=False)
            },
            resources=resources,
            outputs=self._outputs(root),
            transforms=transforms,
            spans={str(name): span for name, span in root.keys.items()},
        )
        checks.check(template, self.values.mentions, self.diagnostics)
        return template

    def _error(
        self, code: str, subject: str, message: str, span: Span, advice: str = "", severity: Severity = Severity.ERROR
    ) -> None:
        self.diagnostics.add(code, severity, subject, message, advice=advice, span=span)

    def _report_unknown_sections(self, root: Map, transforms: tuple[str, ...]) -> None:
        for name in root.entries:
            span = root.keys.get(name, root.span)
            if name == "Hooks":
                message = "hooks steer deployments through AWS's own services; the section is left out"
                self._error("C2H1048", name, message, span, "", Severity.WARNING)
            if name in vocabulary.SECTIONS or (name == "Globals" and vocabulary.SERVERLESS in transforms):
                continue
            self._error(
                "C2H1030",
                str(name),
                "a template has no such section; it is left out",
                span,
                _section_like(name),
                Severity.WARNING,
            )

    def _section(self, root: Map, name: str) -> Map:
        """Give a section, empty when it is absent or no map."""
        node = root.entries.get(name)
        if isinstance(node, Map):
            return node
        span = root.keys.get(name, root.span)
        if node is not None and not (isinstance(node, Scalar) and node.value is None):
            self._error(
                "C2H1031",
                name,
                f"the section must be a map, not {describe(node)}; it is left out",
                span,
                "give each entry a name",
            )
        elif node is not None:
            self._error("C2H1032", name, "the section is empty", span, "remove it", Severity.NOTE)
        return Map({}, span)

    def _members(self, root: Map, section: str, maps: bool = True) -> Iterator[tuple[str, Node, Span]]:
        """Give the named members of a section; those that are no maps are reported and left out, where maps are asked for."""
        found = self._section(root, section)
        for key, node in found.entries.items():
            name = str(key)
            span = found.keys.get(key, found.span)
            self._check_name(name, section, span)
            if maps and not isinstance(node, Map):
                self._error("C2H1033", f"{section}.{name}", f"it must be a map, not {describe(node)}; it is left out", span)
                continue
            yield name, node, span

    def _check_name(self, name: str, section: str, span: Span) -> None:
        if name.isascii() and name.isalnum() and len(name) <= 255:
            return
        if not name or len(name) > 255 or re.search(_HOSTILE, name):
            raise InputError(
                "C2H1034",
                f"{name[:80]!r} cannot be a name in {section}",
                span,
                subject=section,
                advice="names are letters and digits, at most 255",
            )
        message = "CloudFormation wants names of letters and digits only"
        self._error("C2H1035", f"{section}.{name}", message, span, "rename it", Severity.NOTE)

    def _version(self, root: Map) -> str | None:
        version = self._text(root, "AWSTemplateFormatVersion")
        if version is not None and version != vocabulary.FORMAT_VERSION:
            message = f"the only version is {vocabulary.FORMAT_VERSION}, not {version[:40]!r}"
            place = root.entries["AWSTemplateFormatVersion"].span
            self._error("C2H1050", "AWSTemplateFormatVersion", message, place, "correct it", Severity.WARNING)
        return version

    def _text(self, root: Map, name: str) -> str | None:
        node = root.entries.get(name)
        if node is None:
            return None
        text = text_of(node)
        if text is None:
            self._error("C2H1036", name, f"it must be a string, not {describe(node)}; it is left out", node.span)
        return text

    # Members of sections

    def _parameter(self, name: str, node: Node, span: Span) -> Parameter:
        assert isinstance(node, Map)
        kind = text_of(node.entries["Type"]) if "Type" in node.entries else None
        if not kind:
            self._error(
                "C2H1037", f"Parameters.{name}", "the parameter has no Type; it is taken for a String", span, "give it a Type"
            )
        return Parameter(name, kind or "String", self._fields(name, _plain(node)), span)

    def _fields(self, name: str, node: Map) -> Map:
        """Leave out fields of a parameter that are of the wrong kind."""
        kept: dict[str, Value] = {}
        for key, value in node.entries.items():
            wanted = _FIELD_KINDS.get(key)
            if wanted is None or (_is_values(value) if wanted == _LIST else _is_value(value)):
                kept[key] = value
            else:
                message = f"it must be {wanted}, not {describe(value)}; it is left out"
                self._error("C2H1049", f"Parameters.{name}.{key}", message, value.span)
        return node if len(kept) == len(node.entries) else Map(kept, node.span, node.keys)

    def _rule(self, name: str, node: Node) -> Map:
        value = self.values.condition_at(node, "Rules", name)
        return value if isinstance(value, Map) else Map({}, node.span)

    def _mapping(self, name: str, node: Node) -> Map:
        """Read the two levels of a mapping; what is not so shaped is reported and left out."""
        assert isinstance(node, Map)
        levels: dict[str, Value] = {}
        for key, second in node.entries.items():
            if isinstance(second, Map):
                levels[str(key)] = Map(dict(self._leaves(name, str(key), second)), second.span, second.keys)
            else:
                self._error(
                    "C2H1038",
                    f"Mappings.{name}.{key}",
                    f"it must be a map of keys to values, not {describe(second)}",
                    second.span,
                )
        return Map(levels, node.span, node.keys)

    def _leaves(self, mapping: str, first: str, node: Map) -> Iterator[tuple[str, Value]]:
        for key, leaf in node.entries.items():
            if isinstance(leaf, Scalar) or (isinstance(leaf, Seq) and all(isinstance(item, Scalar) for item in leaf.items)):
                yield str(key), _plain_value(leaf)
            else:
                subject = f"Mappings.{mapping}.{first}.{key}"
                self._error(
                    "C2H1038",
                    subject,
                    f"it must be a string or a list of strings, not {describe(leaf)}; it is left out",
                    leaf.span,
                )

    def _condition(self, name: str, node: Node, span: Span) -> Condition:
        return Condition(name, self.values.condition_at(node, "Conditions", name), span)

    def _outputs(self, root: Map) -> dict[str, Output]:
        outputs: dict[str, Output] = {}
        for name, node, span in self._members(root, "Outputs"):
            assert isinstance(node, Map)
            if "Value" in node.entries:
                outputs[name] = self._output(name, node, span)
            else:
                self._error("C2H1039", f"Outputs.{name}", "the output has no Value; it is left out", span, "give it a Value")
        return outputs

    def _output(self, name: str, node: Map, span: Span) -> Output:
        export = node.entries.get("Export")
        if export is not None and not (isinstance(export, Map) and "Name" in export.entries):
            self._error("C2H1040", f"Outputs.{name}.Export", f"it must be a map with a Name, not {describe(export)}", export.span)
        exported = export.entries.get("Name") if isinstance(export, Map) else None
        return Output(
            name,
            self.values.read_at(node.entries["Value"], "Outputs", name, "Value"),
            span,
            description=self._optional(node, "Description", "Outputs", name),
            export=None if exported is None else self.values.read_at(exported, "Outputs", name, "Export", "Name"),
            condition=self._condition_name(node, "Outputs", name),
        )

    def _optional(self, node: Map, key: str, *path: str) -> Value | None:
        found = node.entries.get(key)
        return None if found is None else self.values.read_at(found, *path, key)

    def _condition_name(self, node: Map, *path: str) -> str | None:
        found = node.entries.get("Condition")
        if found is None:
            return None
        name = text_of(found)
        self.values.path = [*path, "Condition"]
        if not name:
            self.values.error("C2H1041", f"it must be the name of a condition, not {describe(found)}; it is left out", found.span)
            return None
        self.values.mention("Condition", name, found.span)
        return name if name in self.values.conditions else None

    # Resources

    def _resources(self, root: Map) -> dict[str, Resource]:
        found = root.entries.get("Resources")
        span = root.keys.get("Resources", root.span)
        if not isinstance(found, Map):
            what = "is missing" if found is None else f"must be a map, not {describe(found)}"
            raise InputError(
                "C2H1023", f"the Resources section {what}", span, advice="a template is a map with a Resources section"
            )
        if not found.entries:
            self._error("C2H1042", "Resources", "the template has no resources", span, "CloudFormation wants at least one")
        resources: dict[str, Resource] = {}
        for key, node in found.entries.items():
            name = str(key)
            place = found.keys.get(key, found.span)
            self._check_name(name, "Resources", place)
            resources[name] = self._resource(name, node, place)
        return resources

    def _resource(self, name: str, node: Node, span: Span) -> Resource:
        if not isinstance(node, Map):
            raise InputError(
                "C2H1043",
                f"the resource must be a map, not {describe(node)}",
                span,
                subject=name,
                advice="give it a Type and Properties",
            )
        path = ("Resources", name)
        entries = node.entries
        return Resource(
            name,
            self._type(name, node, span),
            self._map_attribute(node, "Properties", *path) or Map({}, span),
            span,
            condition=self._condition_name(node, *path),
            depends_on=self._depends_on(node, *path),
            metadata=self._map_attribute(node, "Metadata", *path),
            deletion_policy=self._optional(node, "DeletionPolicy", *path),
            update_replace_policy=self._optional(node, "UpdateReplacePolicy", *path),
            update_policy=self._map_attribute(node, "UpdatePolicy", *path),
            creation_policy=self._map_attribute(node, "CreationPolicy", *path),
            attribute_spans={str(key): place for key, place in node.keys.items()},
            other={str(key): self.values.read_at(entries[key], *path, str(key)) for key in entries if key not in _ATTRIBUTES}
            or None,
        )

    def _type(self, name: str, node: Map, span: Span) -> str:
        """Give the type; a function there (a generator's module) gives its own name, which no table knows."""
        found = node.entries.get("Type")
        if isinstance(found, Map) and found.entries:
            self._error(
                "C2H1047", f"{name}.Type", f"the Type must be a string, not {describe(found)}", found.span, "expand it first"
            )
            return str(next(iter(found.entries)))
        kind = found.value if isinstance(found, Scalar) else None
        if not isinstance(kind, str) or not kind:
            problem = "has no Type" if found is None else f"needs a string as its Type, not {describe(found)}"
            raise InputError("C2H1044", f"the resource {problem}", span, subject=name, advice="give it a Type")
        return str(kind)

    def _map_attribute(self, node: Map, key: str, *path: str) -> Map | None:
        """Read an attribute that must be a map; null stands for an absent one."""
        found = node.entries.get(key)
        if found is None or (isinstance(found, Scalar) and found.value is None):
            return None
        value = self.values.read_at(found, *path, key)
        if isinstance(value, Map):
            return value
        if isinstance(value, Transform):
            return Map({"Fn::Transform": value}, value.span)
        subject = subject_of((*path, key))
        self._error(
            "C2H1045", subject, f"it must be a map, not {describe(found)}; it is left out", node.keys.get(key, found.span)
        )
        return None

    def _depends_on(self, node: Map, *path: str) -> tuple[str, ...]:
        found = node.entries.get("DependsOn")
        if found is None:
            return ()
        self.values.path = [*path, "DependsOn"]
        names: list[str] = []
        for item in found.items if isinstance(found, Seq) else (found,):
            name = item.value if isinstance(item, Scalar) else None
            if isinstance(name, str) and name:
                self.values.mention("DependsOn", name, item.span)
                names.append(str(name))
            else:
                self.values.error("C2H1046", f"it must name resources, and {describe(item)} is no name", item.span)
        return tuple(dict.fromkeys(names))


def _names(root: Map, section: str) -> frozenset[str]:
    """Give the names in a section."""
    found = root.entries.get(section)
    return frozenset(str(name) for name in found.entries) if isinstance(found, Map) else frozenset()


def _section_like(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, vocabulary.SECTIONS, 1)
    return f"is {close[0]} meant?" if close else "remove it"


def _plain(node: Map) -> Map:
    """Give a map in which nothing is a function, with plain strings."""
    value = _plain_value(node)
    assert isinstance(value, Map)
    return value


def _plain_value(node: Value) -> Value:
    if isinstance(node, Map):
        return Map(
            {str(key): _plain_value(value) for key, value in node.entries.items()},
            node.span,
            {str(k): s for k, s in node.keys.items()},
        )
    if isinstance(node, Seq):
        return Seq(tuple(_plain_value(item) for item in node.items), node.span)
    return Scalar(str(node.value), node.span) if isinstance(node, Scalar) and isinstance(node.value, ReadAs) else node
