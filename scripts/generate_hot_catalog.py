#!/usr/bin/env python3
"""Writes cfn2heat/hot/catalog.jsonl: what the Heat engine installed beside this Python knows of types and functions.

Run it with an interpreter that has openstack-heat: .venv-heat/bin/python scripts/generate_hot_catalog.py [FILE]

The file holds JSON lines. The first says which engine was asked, and where the line of each template version and each type
starts and ends (bytes after the first line), so that a reader parses only those that it is asked for.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

TARGET = Path(__file__).resolve().parent.parent / "cfn2heat" / "hot" / "catalog.jsonl"


def start_engine() -> Any:
    """Import the engine without a service around it and give its environment of resource types."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    from oslo_config import cfg
    from oslo_service import backend

    backend.init_backend(backend.BackendType.THREADING)
    import heat.common.config  # noqa: F401  registers the options set below
    from heat.engine import resources

    shipped = Path(sys.prefix) / "etc" / "heat"
    cfg.CONF.set_default("environment_dir", str(shipped / "environment.d"))
    cfg.CONF.set_default("template_dir", str(shipped / "templates"))
    cfg.CONF([], project="heat", default_config_files=[], default_config_dirs=[])
    environment = resources.global_env()
    for info in environment.registry._registry.values():
        name = getattr(info, "template_name", "")
        if "/etc/heat/templates/" in name:  # a template that the package ships, where its installation has it
            info.template_name = (shipped / "templates" / Path(name).name).as_uri()
    return environment


def constraints_of(schema: Any) -> dict[str, Any]:
    """The constraints of a property, each under the name that HOT gives it."""
    found: dict[str, Any] = {}
    for constraint in schema.constraints or []:
        name = type(constraint).__name__
        if name == "AllowedValues":
            found["allowed_values"] = list(constraint.allowed)
        elif name == "AllowedPattern":
            found["allowed_pattern"] = constraint.pattern
        elif name in ("Range", "Length"):
            found[name.lower()] = [constraint.min, constraint.max]
        elif name == "Modulo":
            found["modulo"] = [constraint.step, constraint.offset]
        elif name == "CustomConstraint":
            found.setdefault("custom", []).append(constraint.name)
    return found


def property_entry(schema: Any) -> dict[str, Any]:
    """One property, leaving out what is as usual."""
    entry: dict[str, Any] = {"type": schema.type.lower()}
    if schema.required:
        entry["required"] = True
    if schema.default is not None:
        entry["default"] = schema.default
    if schema.update_allowed:
        entry["update_allowed"] = True
    if schema.immutable:
        entry["immutable"] = True
    if not schema.implemented:
        entry["implemented"] = False
    if schema.support_status.status != "SUPPORTED":
        entry["status"] = schema.support_status.status.lower()
    if schema.allow_conversion:
        entry["allow_conversion"] = True
    entry.update(constraints_of(schema))
    if schema.schema is not None and schema.type == schema.LIST:
        entry["items"] = property_entry(schema.schema["*"])
    elif schema.schema is not None:
        entry["members"] = {name: property_entry(schema.schema[name]) for name in sorted(schema.schema)}
    return entry


def attribute_entry(schema: Any) -> dict[str, Any]:
    """One attribute."""
    entry: dict[str, Any] = {}
    if schema.type is not None:
        entry["type"] = schema.type.lower()
    if schema.support_status.status != "SUPPORTED":
        entry["status"] = schema.support_status.status.lower()
    return entry


def replacements(cls: Any) -> dict[str, str]:
    """Old properties whose value Heat moves to another: path of the new one to path of the old, dots between the steps."""
    from heat.engine import properties

    resource = object.__new__(cls)
    resource.client_plugin = resource.client = mock.MagicMock()
    resource.properties = properties.Properties(cls.properties_schema, {})
    try:
        rules = cls.translation_rules(resource, resource.properties) or []
    except Exception as error:  # noqa: BLE001  a rule that needs its stack says nothing without one
        print(f"{cls.__name__}: no translation rules without a stack: {error}", file=sys.stderr)
        return {}
    moved: dict[str, str] = {}
    for rule in rules:
        if rule.rule != rule.REPLACE:
            continue
        new = ".".join(rule.translation_path)
        if rule.value_path:
            moved[new] = ".".join(rule.value_path)
        elif rule.value_name:
            moved[new] = ".".join([*rule.translation_path[:-1], rule.value_name])
    return moved


def type_entry(cls: Any) -> dict[str, Any]:
    """One resource type."""
    from heat.engine import attributes, properties
    from heat.engine.resources.openstack.heat.none_resource import NoneResource
    from heat.engine.resources.stack_resource import StackResource

    entry: dict[str, Any] = {}
    status = cls.support_status.status
    if status != "SUPPORTED":
        entry["status"] = status.lower()
    entry["properties"] = {
        name: property_entry(schema) for name, schema in sorted(properties.schemata(cls.properties_schema).items())
    }
    schemata = {**attributes.schemata(cls.base_attributes_schema), **attributes.schemata(cls.attributes_schema)}
    entry["attributes"] = {name: attribute_entry(schema) for name, schema in sorted(schemata.items())}
    if issubclass(cls, NoneResource):  # it stands for any other, and takes and gives anything
        entry["open_properties"] = entry["open_attributes"] = True
    if issubclass(cls, StackResource):  # outputs of the stack inside it are attributes too
        entry["open_attributes"] = True
    moved = replacements(cls)
    if moved:
        entry["replaces"] = dict(sorted(moved.items()))
    update_policy = {
        name: property_entry(schema) for name, schema in sorted(properties.schemata(cls.update_policy_schema).items())
    }
    if update_policy:
        entry["update_policy"] = update_policy
    return entry


def version_entry(cls: Any) -> dict[str, Any]:
    """What one template version allows."""
    from heat.engine.hot import functions as hot_functions
    from heat.engine.hot import parameters as hot_parameters

    functions = {name: function is hot_functions.Removed for name, function in cls.functions.items()}
    return {
        "functions": sorted(name for name, removed in functions.items() if not removed),
        "removed_functions": sorted(name for name, removed in functions.items() if removed),
        "condition_functions": sorted(getattr(cls, "condition_functions", {})),
        "sections": sorted(set(cls.SECTIONS) - {"__undefined__"}),
        "resource_keys": sorted(cls._RESOURCE_KEYS),
        "output_keys": sorted(cls.OUTPUT_KEYS),
        "parameter_keys": sorted(cls.param_schema_class.KEYS),
        "parameter_types": sorted(cls.param_schema_class.TYPES),
        "constraints": sorted(
            set(hot_parameters.PARAM_CONSTRAINTS)
            - ({"modulo"} if cls.param_schema_class is hot_parameters.HOTParamSchema else set())
        ),
        "deletion_policies": sorted(cls.deletion_policies),
        "optional_else": cls.functions.get("if") is hot_functions.IfNullable,
    }


def versions() -> dict[str, Any]:
    """Every template version of HOT, by date and by name; versions of equal content are told by their date."""
    from heat.engine import template

    found = {}
    for entry_point, extension in template._get_template_extension_manager().items():
        key, name = entry_point.split(".", 1)
        if key == "heat_template_version":
            found[name] = version_entry(extension.plugin)
    return dict(sorted(found.items()))


def types(environment: Any) -> dict[str, dict[str, Any]]:
    """Every type that the engine can make, hidden ones included: templates may still use those."""
    found = {}
    for name in sorted(environment.registry._registry):
        if name == "resources" or "*" in name:
            continue
        found[name] = type_entry(environment.get_class(name))
    return found


def render(environment: Any) -> bytes:
    """The whole catalog as it stands in the file."""
    from heat.engine.hot.parameters import HOTParameters

    def line(entry: object) -> bytes:
        return json.dumps(entry, separators=(",", ":"), ensure_ascii=False, sort_keys=False).encode() + b"\n"

    body = b""
    index: dict[str, dict[str, list[int]]] = {"versions": {}, "types": {}}
    for kind, entries in (("versions", versions()), ("types", types(environment))):
        for name, entry in entries.items():
            text = line(entry)
            index[kind][name] = [len(body), len(body) + len(text)]
            body += text
    head = {
        "engine": version("openstack-heat"),
        "custom_constraints": sorted(environment.constraints),
        "pseudo_parameters": sorted(HOTParameters.PSEUDO_PARAMETERS),
        **index,
    }
    return line(head) + body


def main() -> None:
    """Write the catalog to the file named, or in its place in the project."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.write_bytes(render(start_engine()))


if __name__ == "__main__":
    main()
