"""Subnets of a nested stack that templates around it put on a route table: its router alone is theirs.

In AWS an association takes a subnet off its VPC's main table. In Neutron a subnet is on one router, so that the template that
makes it must know that it leaves it to another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.graph import find_references
from cfn2heat.cfn.template import Resource, Template
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.state import Translation
from cfn2heat.translate.texts import source_text

STACK, SUBNET, TABLE = "AWS::CloudFormation::Stack", "AWS::EC2::Subnet", "AWS::EC2::RouteTable"
ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
OUTPUTS = "Outputs."


def settle(t: Translation) -> None:
    """Find, once, which subnets of its nested stacks a template puts on route tables."""
    if t.elsewhere is None:
        t.elsewhere = {}
        outputs: dict[str, set[str]] = {}
        for taken in _associated(t, t.template, None, ()):
            if taken.output and not taken.table:
                outputs.setdefault(taken.name, set()).add(taken.output)
        for stack in _all(t.template, STACK):
            for address in addresses(stack.properties.entries.get("TemplateURL")):
                key, subnets = source_text(address), _subnets(t, address, outputs.get(stack.name, set()))
                # Of two stacks of one template, both must leave a subnet to others.
                t.elsewhere[key] = t.elsewhere.get(key, subnets) & subnets


def _subnets(t: Translation, address: cfn.Value, outputs: set[str]) -> frozenset[str]:
    """Subnets that outputs of a nested template give away, and that stand on no table of its own."""
    source = t.source(address, None) if outputs else None
    if source is None:
        return frozenset()
    template = source[0]
    own = {name for one in _all(template, ASSOCIATION) for name, _ in _references(one, "SubnetId")}
    values = [template.outputs[output].value for output in outputs if output in template.outputs]
    named = {name for value in values for name, _ in _pairs(value)}
    return frozenset((named & {one.name for one in _all(template, SUBNET)}) - own)


def addresses(url: cfn.Value | None) -> list[cfn.Value]:
    """The addresses that a template may come from."""
    if isinstance(url, cfn.If):
        return [*addresses(url.then), *addresses(url.otherwise)]
    return [] if url is None or isinstance(url, cfn.NoValue) else [url]


class Taken(NamedTuple):
    """An output of a nested stack, or a parameter (output is empty), that is put on a route table; if table is given at all."""

    name: str
    output: str
    table: str = ""


def _associated(t: Translation, template: Template, path: Path | None, seen: tuple[Path | None, ...]) -> Iterator[Taken]:
    """What a template puts on route tables and does not make itself."""
    if path in seen:
        return
    for association in _all(template, ASSOCIATION):
        table = association.properties.entries.get("RouteTableId")
        if association.condition is None:
            yield from _outer(template, _references(association, "SubnetId"), "")
        elif isinstance(table, cfn.Ref) and table.name in template.parameters:
            yield from _outer(template, _references(association, "SubnetId"), table.name)
    for stack in _all(template, STACK):
        if stack.condition is None and _outer(template, _references(stack, "Parameters"), ""):
            found = (t.source(address, path) for address in addresses(stack.properties.entries.get("TemplateURL")))
            source = next(filter(None, found), None)
            for inner in [] if source is None else _associated(t, *source, (*seen, path)):
                yield from _handed(template, stack, inner)


def _handed(template: Template, stack: Resource, inner: Taken) -> list[Taken]:
    """What a nested stack gets for a parameter that it puts on a table, when it gets that, too."""
    given = stack.properties.entries.get("Parameters")
    handed = given.entries if isinstance(given, cfn.Map) else {}
    if inner.output or inner.name not in handed or (inner.table and inner.table not in handed):
        return []
    tables = [name for name, _, _ in find_references(handed[inner.table])] if inner.table else []
    if inner.table and not any(name in template.resources for name in tables):
        table = next((name for name in tables if name in template.parameters), None)
        return [] if table is None else _outer(template, _pairs(handed[inner.name]), table)
    return _outer(template, _pairs(handed[inner.name]), "")


def _outer(template: Template, references: list[tuple[str, str]], table: str) -> list[Taken]:
    found = []
    for name, attribute in references:
        resource = template.resources.get(name)
        if resource is not None and resource.type == STACK and attribute.startswith(OUTPUTS):
            found.append(Taken(name, attribute.removeprefix(OUTPUTS), table))
        elif name in template.parameters:
            found.append(Taken(name, "", table))
    return found


def _all(template: Template, type: str) -> Iterator[Resource]:
    return (resource for resource in template.resources.values() if resource.type == type)


def _references(resource: Resource, key: str) -> list[tuple[str, str]]:
    value = resource.properties.entries.get(key)
    return [] if value is None else _pairs(value)


def _pairs(value: cfn.Value) -> list[tuple[str, str]]:
    return [(name, attribute) for name, attribute, _ in find_references(value)]


def wait_for_subnets(ctx: ResourceContext) -> None:
    """A nested stack that is told a route table finds the table's subnets on its router: routes have their next hops there."""
    tables = {found.name for found in ctx.resources_of(ctx.value("Parameters")) if found.type == TABLE}
    for association in _all(ctx.template, ASSOCIATION) if tables else ():
        interface = ctx.name(association.name, "interface")
        on_it = tables & {name for name, _ in _references(association, "RouteTableId")}
        if interface is not None and on_it and ctx.id not in _needed(ctx.t, association.name):
            ctx.depends_on(ctx.emit("stack"), interface)


def _needed(t: Translation, resource: str) -> set[str]:
    """All that a resource refers to, and what that refers to."""
    found: set[str] = set()
    ahead = [resource]
    while ahead:
        new = set(t.graph.references(ahead.pop())) - found
        found |= new
        ahead += new
    return found
