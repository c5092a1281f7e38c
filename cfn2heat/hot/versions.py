"""What lesser template versions lack, said in what they have."""

from __future__ import annotations

from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import Schema, lookup, template_version
from cfn2heat.hot.template import HotParameter, HotTemplate
from cfn2heat.hot.walk import rebuild, walk

TWO_ARGUMENT_IF = "2021-04-16"


def lower(template: HotTemplate) -> list[str]:
    """Rewrite, in place, what the template's version cannot say; gives the properties that it cannot leave out."""
    if template.version >= TWO_ARGUMENT_IF:
        return []
    stuck = []
    for resource in template.resources.values():
        schema = lookup(resource.type)
        for name, value in resource.properties.items() if schema is not None else ():
            if schema is not None and _stuck(value, schema.properties.get(name)):
                stuck.append(f"{resource.name}.{name}")
        resource.properties = {name: _lower(value) for name, value in resource.properties.items()}
        resource.metadata = None if resource.metadata is None else _lower(resource.metadata)
    for output in template.outputs.values():
        output.value = _lower(output.value)
    version = template_version(template.version)
    if version is not None and "yaql" not in version.condition_functions:
        _ask_conditions(template)
    return stuck


def _stuck(value: hot.HotValue, schema: Schema | None) -> bool:
    """Whether an absent value would be checked like a given one: Heat takes null for an empty text, constraints refuse it."""
    match value:
        case hot.If():
            branches = (value.then, value.otherwise)
            bound = schema is not None and bool(schema.custom or schema.allowed_values or schema.allowed_pattern)
            return (value.otherwise is None and bound) or any(_stuck(side, schema) for side in branches if side is not None)
        case hot.HotList():
            return any(_stuck(member, schema.at(0) if schema else None) for member in value.items)
        case hot.HotMap():
            return any(_stuck(member, schema.at(key) if schema else None) for key, member in value.entries.items())
    return False


def _lower(value: hot.HotValue) -> hot.HotValue:
    """An `if` without an else yields null there: no property to Heat, but a member of a list, which is taken out again."""
    if isinstance(value, hot.If) and value.otherwise is None:
        return hot.If(_lower(value.condition), _lower(value.then), hot.Literal(None))
    if isinstance(value, hot.HotList) and any(isinstance(item, hot.If) and item.otherwise is None for item in value.items):
        items = hot.HotList(tuple(map(_lower, value.items)))
        return hot.Yaql("$.data.items.where($ != null)", {"items": items})
    return rebuild(value, _lower)


def _ask_conditions(template: HotTemplate) -> None:
    """Conditions that compute texts, which the version cannot, become questions."""
    for name, condition in template.conditions.items():
        if not any(isinstance(node, (hot.Yaql, hot.If)) for node in walk(condition.value)):
            continue
        parameter = f"condition_{name}"
        template.parameters[parameter] = HotParameter(
            parameter,
            "boolean",
            description=f"Whether {name} holds: this template version cannot compute it",
            default=hot.Literal(False),
        )
        condition.value = hot.Function("equals", hot.HotList((hot.GetParam(parameter), hot.Literal(True))))
