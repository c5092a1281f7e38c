"""A template as plain data: what a YAML reader gives for the text that the writer makes of it."""

from __future__ import annotations

from typing import Any

from cfn2heat.hot.functions import hot_to_plain
from cfn2heat.hot.template import HotOutput, HotParameter, HotResource, HotTemplate, ParameterGroup
from cfn2heat.hot.values import HotValue

_ABSENT: Any = object()


def template_to_plain(template: HotTemplate) -> dict[str, Any]:
    """Sections in the order in which they are written; what is absent is left out."""
    plain: dict[str, Any] = {"heat_template_version": template.version}
    if template.description is not None:
        plain["description"] = template.description
    if template.parameter_groups:
        plain["parameter_groups"] = [_group(group) for group in template.parameter_groups]
    if template.parameters:
        plain["parameters"] = {name: _parameter(parameter) for name, parameter in template.parameters.items()}
    if template.conditions:
        plain["conditions"] = {name: hot_to_plain(condition.value) for name, condition in template.conditions.items()}
    plain["resources"] = {name: _resource(resource) for name, resource in template.resources.items()}
    if template.outputs:
        plain["outputs"] = {name: _output(output) for name, output in template.outputs.items()}
    return plain


def outline(template: HotTemplate) -> dict[str, Any]:
    """What others see of a nested template: its parameters, and the names of its outputs."""
    parameters = {name: _parameter(parameter) for name, parameter in template.parameters.items()}
    return {"parameters": parameters, "outputs": dict.fromkeys(template.outputs)}


def _value(value: HotValue | None) -> Any:
    """A value, or _ABSENT: a null that is written is not the same as nothing."""
    return _ABSENT if value is None else hot_to_plain(value)


def _given(**entries: Any) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not _ABSENT}


def _or_absent(value: Any) -> Any:
    return _ABSENT if value is None or value in ([], {}) else value


def _group(group: ParameterGroup) -> dict[str, Any]:
    return _given(label=_or_absent(group.label), description=_or_absent(group.description), parameters=list(group.parameters))


def _parameter(parameter: HotParameter) -> dict[str, Any]:
    return _given(
        type=parameter.type,
        label=_or_absent(parameter.label),
        description=_or_absent(parameter.description),
        default=_value(parameter.default),
        hidden=True if parameter.hidden else _ABSENT,
        constraints=_or_absent([hot_to_plain(constraint) for constraint in parameter.constraints]),
    )


def _resource(resource: HotResource) -> dict[str, Any]:
    depends_on = resource.depends_on
    return _given(
        type=resource.type,
        condition=_or_absent(resource.condition),
        depends_on=depends_on[0] if len(depends_on) == 1 else _or_absent(list(depends_on)),
        external_id=_value(resource.external_id),
        properties=_or_absent({name: hot_to_plain(value) for name, value in resource.properties.items()}),
        metadata=_value(resource.metadata),
        update_policy=_value(resource.update_policy),
        deletion_policy=_or_absent(resource.deletion_policy),
    )


def _output(output: HotOutput) -> dict[str, Any]:
    plain = _given(description=_or_absent(output.description), condition=_or_absent(output.condition))
    plain["value"] = hot_to_plain(output.value)
    return plain
