"""Completes resources: what Heat must have and the source does not say, or says in another type, becomes a hole.

CloudFormation would refuse such a source, too; the template that is written holds all the same, and asks for the value.
"""

from __future__ import annotations

from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import Schema, TypeSchema, lookup
from cfn2heat.hot.guard import implied
from cfn2heat.hot.relations import rows
from cfn2heat.hot.template import HotResource
from cfn2heat.translate import outside
from cfn2heat.translate.fit import SINGLE
from cfn2heat.translate.state import Translation

PARAMETER_TYPES = {"integer": "number", "list": "comma_delimited_list", "map": "json", "any": "string"}
NUMBERS = {"integer", "number"}


def complete(t: Translation) -> None:
    """Look through the written resources, each with the source resource that it stands for."""
    for owner, names in t.placed.items():
        for name in names:
            resource = t.hot.resources.get(name)
            type = lookup(resource.type) if resource is not None else None
            if resource is not None:
                outside.ask(t, owner, resource)
            if resource is not None and type is not None:
                _require(t, owner, resource, type)
                fitting, schemas = _Fitting(t, owner, resource), type.properties
                for key, value in resource.properties.items():
                    resource.properties[key] = fitting.value(key, value, schemas.get(key))


def _require(t: Translation, owner: str, resource: HotResource, type: TypeSchema) -> None:
    """What must be there: each required property, and of some one; nothing of what is made elsewhere."""
    if resource.external_id is not None:
        return
    for missing in type.required:
        if (
            type.replaces.get(missing) not in resource.properties
        ):  # an older name of it, which Heat's own types in the source may use
            _demand(t, owner, resource, type, missing, missing)
    for row in rows().get(resource.type, ()):
        if row.keys() == {"any", "source"}:
            names = [name for option in row["any"] for name in option.split("|")]
            there = [name for name in names if name in resource.properties]
            if len(there) < 2:
                _demand(t, owner, resource, type, there[0] if there else names[0], f"one of {', '.join(names)}")


def _demand(t: Translation, owner: str, resource: HotResource, type: TypeSchema, name: str, said: str) -> None:
    if name not in resource.properties:
        because = f"{resource.type} must have {said}, and the source does not say it."
        resource.properties[name] = _hole(t, owner, resource, name, type.properties[name], because)
    value = resource.properties[name]
    if isinstance(value, hot.If) and value.otherwise is None and not _holds(t, resource, value.condition):
        because = f"{resource.type} must have {said}, and the source leaves it out under a condition."
        asked = _hole(t, owner, resource, name, type.properties[name], because)
        resource.properties[name] = hot.If(value.condition, value.then, asked)


def _holds(t: Translation, resource: HotResource, condition: hot.HotValue) -> bool:
    """Whether a condition always holds where the resource is made."""
    if isinstance(condition, hot.Literal):
        return condition.value in implied(t.hot, resource.condition)
    known = t.hot.conditions
    return any(known[name].value == condition for name in implied(t.hot, resource.condition) if name in known)


class _Fitting:
    """Asks for what can never be what its property wants, inside lists and maps as well."""

    def __init__(self, t: Translation, owner: str, resource: HotResource) -> None:
        self._t = t
        self._owner = owner
        self._resource = resource

    def value(self, place: str, value: hot.HotValue, schema: Schema | None) -> hot.HotValue:
        """The value, or what stands in its place."""
        if schema is None or (wanted := schema.type) == "any" or (wanted == "string" and value.__class__ is hot.Literal):
            return value
        if isinstance(value, hot.If):
            otherwise = None if value.otherwise is None else self.value(place, value.otherwise, schema)
            return hot.If(value.condition, self.value(place, value.then, schema), otherwise)
        if isinstance(value, hot.HotList) and wanted == "list":
            item = schema.at(0)
            return hot.HotList(tuple(self.value(f"{place}[{at}]", each, item) for at, each in enumerate(value.items)))
        if isinstance(value, hot.HotMap) and wanted == "map":
            return hot.HotMap({key: self.value(f"{place}.{key}", each, schema.at(key)) for key, each in value.entries.items()})
        problem = self._problem(value, schema) if wanted in SINGLE else None
        if problem is None:
            return value
        return _hole(self._t, self._owner, self._resource, place, schema, f"{self._resource.type}.{place}: {problem}.")

    def _problem(self, value: hot.HotValue, schema: Schema) -> str | None:
        """Why a value can never be what its property wants; functions are left to Heat."""
        if isinstance(value, (hot.HotList, hot.HotMap)) or (isinstance(value, hot.StrSplit) and value.index is None):
            return f"a {schema.type} is wanted, not {'an object' if isinstance(value, hot.HotMap) else 'a list'}"
        if isinstance(value, hot.GetParam) and not value.path:
            parameter = self._t.hot.parameters.get(value.name) or self._t.declared.get(value.name)
            if parameter is not None and parameter.type in ("comma_delimited_list", "json"):
                return f"a {schema.type} is wanted, not the list of {value.name}"
            if parameter is not None and schema.type in NUMBERS and parameter.type == "string":
                problem = _literal_problem(parameter.default, schema)
                return f"a {schema.type} is wanted, not the default of {value.name}" if problem and parameter.hidden else problem
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
