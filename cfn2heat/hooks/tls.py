"""Certificates: the Barbican containers in which they and their keys are."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext


def tls_container(ctx: ResourceContext, value: cfn.Value | None, name: str) -> hot.HotValue | None:
    """The Barbican container for a certificate: of this template, by a parameter, or asked for."""
    because = f"Reference of the Barbican container (or PKCS12 secret) with the certificate and key of {ctx.id}"
    match value:
        case None | cfn.NoValue():
            return None
        case cfn.If():
            then, otherwise = tls_container(ctx, value.then, name), tls_container(ctx, value.otherwise, name)
            return branch(hot.Literal(value.condition), then, otherwise)
        case cfn.Ref() | cfn.GetAtt():
            owner = ctx.resource_of(value)
            container = ctx.name(owner.name, "container") if owner else None
            if container is not None:
                return hot.GetResource(container)
            if isinstance(value, cfn.Ref):
                forget_arn(ctx, value.name)
            return ctx.hot(value)
        case cfn.ImportValue() | cfn.DynamicReference():
            return ctx.hot(value)
    return ctx.hole(name, because + ".")


def forget_arn(ctx: ResourceContext, name: str) -> None:
    """A parameter that now takes a container's reference: an ARN is neither its default nor its pattern."""
    parameter = ctx.t.hot.parameters.get(name)
    if parameter is None:
        return
    if isinstance(parameter.default, hot.Literal) and as_text(parameter.default.value).startswith("arn:"):
        parameter.default = None
        parameter.comments.append("has no default: it is the reference of a Barbican container, where an ARN stood")
    parameter.constraints = [constraint for constraint in parameter.constraints if not speaks_of_arn(constraint)]


def speaks_of_arn(constraint: hot.HotMap) -> bool:
    """Whether a constraint is a pattern that only ARNs match."""
    pattern = constraint.entries.get("allowed_pattern")
    return isinstance(pattern, hot.Literal) and "arn" in as_text(pattern.value)
