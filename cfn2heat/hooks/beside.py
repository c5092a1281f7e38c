"""The network beside a subnet: a nested template that is told its subnets alone is told their network by the stack around it."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.graph import find_references
from cfn2heat.cfn.template import Resource
from cfn2heat.hot import values as hot
from cfn2heat.translate.context import ResourceContext, referred
from cfn2heat.translate.state import Child, Translation

SUBNET, STACK, VPC_PARAMETER = "AWS::EC2::Subnet", "AWS::CloudFormation::Stack", "AWS::EC2::VPC::Id"
OUTPUTS = "Outputs."


def ask_network(ctx: ResourceContext, subnets: cfn.Value | None, name: str, because: str) -> hot.HotValue:
    """The template's one VPC parameter, which is a network here, or a question, which who knows the subnets answers."""
    vpcs = [parameter.name for parameter in ctx.template.parameters.values() if parameter.type == VPC_PARAMETER]
    if len(vpcs) == 1:
        return hot.GetParam(vpcs[0])
    asked = ctx.hole(name, because)
    given = next((name for name in referred(subnets) if name in ctx.template.parameters), None)
    if given is not None:
        ctx.t.beside[asked.name] = given
    return asked


def network_for(ctx: ResourceContext, child: Child, parameter: str) -> hot.HotValue | None:
    """The network that a nested template asks for, where the subnets that this stack hands to it tell which."""
    given = child.below.beside.get(parameter) if child.below is not None else None
    subnets = None if given is None else ctx.value("Parameters", given)
    if subnets is None:
        return None
    for name, attribute, _ in find_references(subnets):
        resource = ctx.template.resources.get(name)
        if resource is not None and resource.type == SUBNET:
            return ctx.hot(resource.properties.entries.get("VpcId"))
        output = None if resource is None else _network_output(ctx.t, resource, attribute)
        if output is not None:
            return ctx.reference(name, OUTPUTS + output)
    because = f"Network of the subnets that {ctx.id} gets; the template tells only the subnets."
    return ask_network(ctx, subnets, f"{ctx.id}_{parameter}", because)


def _network_output(t: Translation, stack: Resource, attribute: str) -> str | None:
    """The output of a nested stack that holds the network of the subnets that another of its outputs holds."""
    child = t.child(stack.properties.entries.get("TemplateURL")) if stack.type == STACK else None
    below = child.below if child is not None else None
    output = below.template.outputs.get(attribute.removeprefix(OUTPUTS)) if below is not None else None
    if child is None or below is None or output is None:
        return None
    networks = _networks(below, output.value)
    outputs = below.template.outputs.values()
    found = (one.name for one in outputs if one.condition is None and one.name in child.outputs and _whole(one.value) in networks)
    return next(found, None)


def _networks(t: Translation, subnets: cfn.Value) -> list[tuple[str, str]]:
    """References to the networks of the subnets that a value of a nested template refers to."""
    found = []
    for name, attribute, _ in find_references(subnets):
        resource = t.template.resources.get(name)
        if resource is not None and resource.type == SUBNET:
            found.append(_whole(resource.properties.entries.get("VpcId")))
        elif resource is not None:
            output = _network_output(t, resource, attribute)
            found.append((name, OUTPUTS + output) if output is not None else None)
    return [one for one in found if one is not None]


def _whole(value: cfn.Value | None) -> tuple[str, str] | None:
    """What a value refers to, when it is nothing but a reference."""
    if isinstance(value, cfn.Ref):
        return value.name, "Ref"
    return (value.resource, value.attribute) if isinstance(value, cfn.GetAtt) and isinstance(value.attribute, str) else None
