"""Completes resources: what Heat must have and the source does not say, or says in another type, becomes a hole.

CloudFormation would refuse such a source, too; the template that is written holds all the same, and asks for the value.
"""

from __future__ import annotations

from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import Schema, lookup
from cfn2heat.hot.guard import implied
from cfn2heat.hot.template import HotResource
from cfn2heat.translate.state import Translation

SINGLE = {"string", "integer", "number", "boolean"}
PARAMETER_TYPES = {"integer": "number", "list": "comma_delimited_list", "map": "json", "any": "string"}
NUMBERS = {"integer", "number"}


def complete(t: Translation) -> None:
    """Look through the written resources, each with the source resource that it stands for."""
    for owner, names in t.placed.items():
        for name in names:
            resource = t.hot.resources.get(name)
            type = lookup(resource.type) if resource is not None else None
            if resource is None or type is None:
                continue
            for missing in type.required:
                if type.replaces.get(missing) in resource.properties:
                    continue  # an older name of the property, which Heat's own types in the source may use
                if missing not in resource.properties:
                    because = f"{resource.type} must have {missing}, and the source does not say it."
                    resource.properties[missing] = _hole(t, owner, resource, missing, type.properties[missing], because)
                value = resource.properties[missing]
                if isinstance(value, hot.If) and value.otherwise is None and not _holds(t, resource, value.condition):
                    because = f"{resource.type} must have {missing}, and the source leaves it out under a condition."
                    asked = _hole(t, owner, resource, missing, type.properties[missing], because)
                    resource.properties[missing] = hot.If(value.condition, value.then, asked)
            for key, value in resource.properties.items():
                schema = type.properties.get(key)
                if schema is not None and schema.type in SINGLE:
                    resource.properties[key] = _fitting(t, owner, resource, key, value, schema)


def _holds(t: Translation, resource: HotResource, condition: hot.HotValue) -> bool:
    """Whether a condition always holds where the resource is made."""
    if isinstance(condition, hot.Literal):
        return condition.value in implied(t.hot, resource.condition)
    known = t.hot.conditions
    return any(known[name].value == condition for name in implied(t.hot, resource.condition) if name in known)


def _fitting(t: Translation, owner: str, resource: HotResource, key: str, value: hot.HotValue, schema: Schema) -> hot.HotValue:
    if isinstance(value, hot.If):
        then = _fitting(t, owner, resource, key, value.then, schema)
        otherwise = None if value.otherwise is None else _fitting(t, owner, resource, key, value.otherwise, schema)
        return value if then is value.then and otherwise is value.otherwise else hot.If(value.condition, then, otherwise)
    problem = _problem(t, value, schema)
    if problem is None:
        return value
    return _hole(t, owner, resource, key, schema, f"{resource.type}.{key}: {problem}.")


def _problem(t: Translation, value: hot.HotValue, schema: Schema) -> str | None:
    """Why a value can never be what its property wants; functions are left to Heat."""
    if isinstance(value, hot.HotList | hot.HotMap) or (isinstance(value, hot.StrSplit) and value.index is None):
        return f"a {schema.type} is wanted, not {'an object' if isinstance(value, hot.HotMap) else 'a list'}"
    if isinstance(value, hot.GetParam) and not value.path:
        parameter = t.hot.parameters.get(value.name) or t.declared.get(value.name)
        if parameter is not None and parameter.type in ("comma_delimited_list", "json"):
            return f"a {schema.type} is wanted, not the list of {value.name}"
        if parameter is not None and schema.type in NUMBERS and parameter.type == "string":
            return _literal_problem(parameter.default, schema)
    return _literal_problem(value, schema)


def _literal_problem(value: hot.HotValue | None, schema: Schema) -> str | None:
    if not isinstance(value, hot.Literal) or isinstance(value.value, int) or schema.type == "string":
        return None
    from cfn2heat.hot.conform import type_problem

    return type_problem(value.value, schema)


def _hole(t: Translation, owner: str, resource: HotResource, key: str, schema: Schema, because: str) -> hot.HotValue:
    advice = "give the value in the environment, or mend the source"
    subject = f"{owner}.{key}" if owner == resource.name else f"{resource.name}.{key}"
    t.diagnostics.add("C2H3006", Severity.ERROR, subject, because, advice=advice, span=t.template.resources[owner].span)
    return t.hole(f"{resource.name}_{key}", owner, because, PARAMETER_TYPES.get(schema.type, schema.type))
