"""Guards: a reference to a conditional resource is lawful only where its condition holds.

Heat refuses a whole stack for a reference to a resource whose condition is false, so that each such reference stands in an `if`
on the same condition, unless the place implies it already.
"""

from __future__ import annotations

from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import lookup
from cfn2heat.hot.template import HotOutput, HotResource, HotTemplate
from cfn2heat.hot.walk import rebuild

TEXT = (hot.ListJoin, hot.StrReplace, hot.StrSplit, hot.Yaql, hot.GetParam, hot.GetAttr)
"""Functions below which a value cannot be absent."""


def guard_references(template: HotTemplate) -> None:
    """Guard every reference of a template, in place."""
    conditional = {name: resource.condition for name, resource in template.resources.items() if resource.condition}
    if not conditional:
        return
    guard = _Guard(template, conditional)
    for resource in template.resources.values():
        guard.resource(resource)
    for output in template.outputs.values():
        guard.output(output)


def implied(template: HotTemplate, condition: str | None) -> frozenset[str]:
    """A condition and all that it demands by its `and`s."""
    return _Guard(template, {}).implied(condition)


class _Guard:
    def __init__(self, template: HotTemplate, conditional: dict[str, str]) -> None:
        self._template = template
        self._conditional = conditional
        self._implied: dict[str, frozenset[str]] = {}

    def resource(self, resource: HotResource) -> None:
        holding = self.implied(resource.condition)
        schema = lookup(resource.type)
        for name, value in resource.properties.items():
            required = schema is not None and name in schema.properties and schema.properties[name].required
            resource.properties[name] = self.value(value, holding, absent=not required)
        if resource.metadata is not None:
            resource.metadata = self.value(resource.metadata, holding, absent=True)

    def output(self, output: HotOutput) -> None:
        guarded = self.value(output.value, self.implied(output.condition), absent=False)
        if isinstance(guarded, hot.If) and not isinstance(output.value, hot.If) and output.condition is None:
            condition = guarded.condition
            if isinstance(condition, hot.Literal) and guarded.then == output.value:
                output.condition = str(condition.value)
                return
        output.value = guarded

    def value(self, value: hot.HotValue, holding: frozenset[str], *, absent: bool) -> hot.HotValue:
        """The value with guards; absent says whether it may vanish when the condition is false."""
        if isinstance(value, (hot.GetResource, hot.GetAttr)):
            name = value.name if isinstance(value, hot.GetResource) else value.resource
            condition = self._conditional.get(name)
            inner = rebuild(value, lambda member: self.value(member, holding, absent=False))
            if condition is None or condition in holding:
                return inner
            return hot.If(hot.Literal(condition), inner, None if absent else hot.Literal(""))
        if isinstance(value, hot.If):
            return self._if(value, holding, absent=absent)
        below = not isinstance(value, TEXT)
        if isinstance(value, hot.HotList):
            return hot.HotList(tuple(self._item(item, holding) for item in value.items))
        if isinstance(value, hot.ListJoin):
            return hot.ListJoin(value.delimiter, tuple(self.value(item, holding, absent=True) for item in value.lists))
        return rebuild(value, lambda member: self.value(member, holding, absent=below))

    def _item(self, item: hot.HotValue, holding: frozenset[str]) -> hot.HotValue:
        """An object of a list goes as a whole: a rule that only lost its source would mean something else."""
        missing: dict[str, None] = {}
        for member in item.entries.values() if isinstance(item, hot.HotMap) else ():
            name = member.name if isinstance(member, hot.GetResource) else getattr(member, "resource", "")
            condition = self._conditional.get(name)
            if condition is not None and condition not in holding:
                missing[condition] = None
        guarded = self.value(item, holding.union(missing), absent=True)
        for condition in missing:
            guarded = hot.If(hot.Literal(condition), guarded, None)
        return guarded

    def _if(self, value: hot.If, holding: frozenset[str], *, absent: bool) -> hot.HotValue:
        then, otherwise = holding, holding
        condition = value.condition
        if isinstance(condition, hot.Literal):
            then = holding | self.implied(str(condition.value))
        elif isinstance(condition, hot.Function) and condition.name == "not" and isinstance(condition.argument, hot.Literal):
            otherwise = holding | self.implied(str(condition.argument.value))
        other = None if value.otherwise is None else self.value(value.otherwise, otherwise, absent=absent)
        return hot.If(condition, self.value(value.then, then, absent=absent), other)

    def implied(self, condition: str | None) -> frozenset[str]:
        """A condition and all that it demands by its `and`s."""
        if condition is None:
            return frozenset()
        if condition not in self._implied:
            self._implied[condition] = frozenset({condition})  # a circle of conditions ends here
            found = {condition}
            declared = self._template.conditions.get(condition)
            value = declared.value if declared else None
            if isinstance(value, hot.Literal) and isinstance(value.value, str):
                found |= self.implied(value.value)
            elif isinstance(value, hot.Function) and value.name == "and" and isinstance(value.argument, hot.HotList):
                for item in value.argument.items:
                    if isinstance(item, hot.Literal) and isinstance(item.value, str):
                        found |= self.implied(item.value)
            self._implied[condition] = frozenset(found)
        return self._implied[condition]
