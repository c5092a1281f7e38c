"""Parameters inherit what the properties that read them demand, so that a wrong value is refused by its own name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import Schema, lookup
from cfn2heat.hot.decide import by_defaults
from cfn2heat.hot.template import HotParameter, HotResource, HotTemplate

TEXTUAL = frozenset(
    {
        "net_cidr",
        "ip_addr",
        "mac_addr",
        "ip_or_cidr",
        "cron_expression",
        "dns_name",
        "dns_domain",
        "rel_dns_name",
        "expiration",
        "timezone",
    }
)
"""Custom constraints on the form of a text: those that need no cloud."""


def narrow_parameters(template: HotTemplate, but: frozenset[str] = frozenset()) -> None:
    """Add constraints to string parameters without a default of which nothing says what they are, in place; not to some."""
    open_parameters = {
        name: parameter
        for name, parameter in template.parameters.items()
        if parameter.type == "string" and parameter.default is None and name not in but and not _tied(parameter)
    }
    if not open_parameters:
        return
    for resource in template.resources.values():
        schema = lookup(resource.type)
        if schema is not None:
            for name, value in resource.properties.items():
                _narrow(value, schema.properties.get(name), open_parameters)


def drop_empty_defaults(template: HotTemplate) -> frozenset[str]:
    """Ask for string parameters that default to an empty text where a property wants the name of something, in place.

    Gives those that a condition can make needless: a person who chooses so may still leave them empty.
    """
    empty = {
        name: parameter
        for name, parameter in template.parameters.items()
        if parameter.type == "string" and parameter.default == hot.Literal("")
    }
    optional = set()
    for resource in template.resources.values() if empty else ():
        schema = lookup(resource.type)
        if schema is not None and (resource.condition is None or by_defaults(resource.condition, template)):
            for name, value in resource.properties.items():
                for parameter in _demanded(value, schema.properties.get(name), template):
                    if parameter in empty:
                        empty.pop(parameter).default = None
                        comment = f"has no default: {resource.name} does not take an empty {name}"
                        template.parameters[parameter].comments.append(comment)
                        if resource.condition is not None or isinstance(value, hot.If):
                            optional.add(parameter)
    return frozenset(optional)


def _demanded(value: hot.HotValue, schema: Schema | None, template: HotTemplate) -> Iterator[str]:
    """Parameters that a property reads when all have their defaults, and of which it takes no empty text."""
    match value:
        case hot.GetParam(path=()) if schema is not None and schema.custom:
            yield value.name
        case hot.Yaql(data={"table": _, "key": hot.GetParam(path=()) as asked}) if schema is not None and schema.custom:
            yield asked.name  # no table has a row for an empty key
        case hot.If():
            chosen = by_defaults(value.condition, template)
            branch = value.then if chosen else value.otherwise
            if chosen is not None and branch is not None:
                yield from _demanded(branch, schema, template)
        case hot.HotList() if schema is not None:
            for member in value.items:
                yield from _demanded(member, schema.at(0), template)
        case hot.HotMap() if schema is not None:
            for key, member in value.entries.items():
                yield from _demanded(member, schema.at(key), template)


def _tied(parameter: HotParameter) -> bool:
    """It has a constraint that says what it is: a list of values, or a custom one."""
    return any({"custom_constraint", "allowed_values"} & constraint.entries.keys() for constraint in parameter.constraints)


def _narrow(value: hot.HotValue, schema: Schema | None, parameters: dict[str, HotParameter]) -> None:
    if schema is None:
        return
    match value:
        case hot.GetParam(path=()) if value.name in parameters:
            constraint = _constraint(schema)
            known = parameters[value.name].constraints
            if constraint is not None and (
                not known or ("custom_constraint" in constraint.entries and not _tied(parameters[value.name]))
            ):
                known.append(constraint)
        case hot.StrReplace() | hot.ListJoin() if "net_cidr" in schema.custom:
            address = _address_of(value)
            if address in parameters and not _tied(parameters[address]):
                parameters[address].constraints.append(hot.HotMap({"custom_constraint": hot.Literal("ip_addr")}))
        case hot.Yaql():
            _narrow_source(value, schema, parameters)
        case hot.If():
            _narrow(value.then, schema, parameters)
            if value.otherwise is not None:
                _narrow(value.otherwise, schema, parameters)
        case hot.HotList():
            item = schema.at(0)
            for member in value.items:
                _narrow(member, item, parameters)
        case hot.HotMap():
            for key, member in value.entries.items():
                _narrow(member, schema.at(key), parameters)


def _narrow_source(value: hot.Yaql, schema: Schema, parameters: dict[str, HotParameter]) -> None:
    """The key of a fixed table is one of its keys; what a number is computed from is a number."""
    key, table, number = (value.data.get(name) for name in ("key", "table", "value"))
    if isinstance(key, hot.GetParam) and isinstance(table, hot.HotMap) and key.name in parameters and not key.path:
        allowed = hot.HotList(tuple(map(hot.Literal, table.entries)))
        if not parameters[key.name].constraints:
            parameters[key.name].constraints.append(hot.HotMap({"allowed_values": allowed}))
    elif number is not None and schema.type in ("integer", "number"):
        _narrow(number, schema, parameters)


def narrow_by_files(template: HotTemplate, files: Mapping[str, HotTemplate]) -> None:
    """Parameters that are handed on to nested files inherit what those files demand of theirs, in place."""
    for resource in template.resources.values() if files else ():
        for type_, arguments in _uses(resource):
            for name, inner in files[type_].parameters.items() if type_ in files else ():
                value = arguments.get(name)
                outer = template.parameters.get(value.name) if isinstance(value, hot.GetParam) and not value.path else None
                if outer is not None and outer.default is None and outer.type == inner.type:
                    inherit(outer, inner)


def inherit(outer: HotParameter, inner: HotParameter) -> None:
    """What a parameter demands holds for the one that is handed on to it: all of it, or beside a pattern the form."""
    if not outer.constraints:
        outer.constraints.extend(inner.constraints)
    elif not _tied(outer):
        outer.constraints.extend([one for one in inner.constraints if "custom_constraint" in one.entries])


def _uses(resource: HotResource) -> Iterator[tuple[str, dict[str, hot.HotValue]]]:
    """The types that a resource makes, its own and that of a group's members, with their properties."""
    yield resource.type, resource.properties
    for value in resource.properties.values():
        if isinstance(value, hot.HotMap):
            type_, properties = value.entries.get("type"), value.entries.get("properties")
            if isinstance(type_, hot.Literal) and isinstance(properties, hot.HotMap):
                yield str(type_.value), properties.entries


def _address_of(value: hot.StrReplace | hot.ListJoin) -> str:
    """The parameter that a text such as ${Address}/32 puts before the mask, or an empty text."""
    parts: list[hot.HotValue] = []
    if isinstance(value, hot.ListJoin) and len(value.lists) == 1 and isinstance(value.lists[0], hot.HotList):
        parts = list(value.lists[0].items)
    elif isinstance(value, hot.StrReplace) and isinstance(value.template, hot.Literal) and len(value.params) == 1:
        ((mark, member),) = value.params.items()
        parts = [member, hot.Literal(str(value.template.value).removeprefix(mark))]
    if len(parts) == 2 and isinstance(parts[0], hot.GetParam) and not parts[0].path and isinstance(parts[1], hot.Literal):
        return parts[0].name if str(parts[1].value).strip("/").isdigit() else ""
    return ""


def _constraint(schema: Schema) -> hot.HotMap | None:
    if schema.type == "integer":
        return hot.HotMap({"allowed_pattern": hot.Literal("-?[0-9]+")})
    if schema.type == "number":
        return hot.HotMap({"allowed_pattern": hot.Literal("-?[0-9]+([.][0-9]+)?")})
    if schema.type == "boolean":
        return hot.HotMap({"allowed_values": hot.HotList((hot.Literal("true"), hot.Literal("false")))})
    for custom in schema.custom:
        if custom in TEXTUAL:
            return hot.HotMap({"custom_constraint": hot.Literal(custom)})
    if schema.allowed_values:
        return hot.HotMap({"allowed_values": hot.HotList(tuple(map(hot.Literal, schema.allowed_values)))})
    return None
