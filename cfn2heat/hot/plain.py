"""A template as plain data: what a YAML reader gives for the text that the writer makes of it."""

from __future__ import annotations

from typing import Any

from cfn2heat.hot.functions import hot_to_plain
from cfn2heat.hot.template import HotOutput, HotParameter, HotResource, HotTemplate, ParameterGroup


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


def _given(**entries: Any) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}


def _group(group: ParameterGroup) -> dict[str, Any]:
    return _given(label=group.label, description=group.description, parameters=list(group.parameters))


def _parameter(parameter: HotParameter) -> dict[str, Any]:
    return _given(
        type=parameter.type,
        label=parameter.label,
        description=parameter.description,
        default=None if parameter.default is None else hot_to_plain(parameter.default),
        hidden=True if parameter.hidden else None,
        constraints=[hot_to_plain(constraint) for constraint in parameter.constraints] or None,
    )


def _resource(resource: HotResource) -> dict[str, Any]:
    depends_on: Any = list(resource.depends_on)
    return _given(
        type=resource.type,
        condition=resource.condition,
        depends_on=depends_on[0] if len(depends_on) == 1 else depends_on or None,
        properties={name: hot_to_plain(value) for name, value in resource.properties.items()} or None,
        metadata=None if resource.metadata is None else hot_to_plain(resource.metadata),
        update_policy=None if resource.update_policy is None else hot_to_plain(resource.update_policy),
        deletion_policy=resource.deletion_policy,
    )


def _output(output: HotOutput) -> dict[str, Any]:
    plain = _given(description=output.description, condition=output.condition)
    plain["value"] = hot_to_plain(output.value)
    return plain
