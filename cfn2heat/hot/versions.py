"""What lesser template versions lack, said in what they have."""

from __future__ import annotations

from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import template_version
from cfn2heat.hot.template import HotParameter, HotTemplate
from cfn2heat.hot.walk import rebuild, walk

TWO_ARGUMENT_IF = "2021-04-16"


def lower(template: HotTemplate) -> None:
    """Rewrite, in place, what the template's version cannot say."""
    if template.version >= TWO_ARGUMENT_IF:
        return
    for resource in template.resources.values():
        resource.properties = {name: _lower(value) for name, value in resource.properties.items()}
        resource.metadata = None if resource.metadata is None else _lower(resource.metadata)
    for output in template.outputs.values():
        output.value = _lower(output.value)
    version = template_version(template.version)
    if version is not None and "yaql" not in version.condition_functions:
        _ask_conditions(template)


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
        if not any(isinstance(node, hot.Yaql | hot.If) for node in walk(condition.value)):
            continue
        parameter = f"condition_{name}"
        template.parameters[parameter] = HotParameter(
            parameter,
            "boolean",
            description=f"Whether {name} holds: this template version cannot compute it",
            default=hot.Literal(False),
        )
        condition.value = hot.Function("equals", hot.HotList((hot.GetParam(parameter), hot.Literal(True))))
