"""What lesser template versions lack, said in what they have."""

from __future__ import annotations

from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotTemplate
from cfn2heat.hot.walk import rebuild

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


def _lower(value: hot.HotValue) -> hot.HotValue:
    """An `if` without an else yields null there, which Heat takes for a property that is not given."""
    if isinstance(value, hot.If) and value.otherwise is None:
        return hot.If(_lower(value.condition), _lower(value.then), hot.Literal(None))
    return rebuild(value, _lower)
