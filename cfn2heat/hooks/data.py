"""What stands where an ARN or the name of a log group was."""

from __future__ import annotations

from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hot
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.registry import reference_hook


@reference_hook("data.arn")
def arn(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The name of a container or queue stands where its ARN was, which is said."""
    name = ctx.name(ctx.id, "container") or ctx.name(ctx.id, "queue")
    if name is None:
        return None
    message = f"OpenStack has no ARNs: where that of {ctx.id} was, its name stands."
    ctx.report("C2H3002", Severity.WARNING, message, "Look at what reads it, and give it the name or the address that it needs.")
    return hot.GetResource(name)


@reference_hook("data.log_group")
def log_group(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The name of a log group, which agents in servers still take for a label; its ARN is nothing to anybody."""
    if attribute != "Ref":
        return None
    given = ctx.hot(ctx.value("LogGroupName"))
    return given or hot.ListJoin("-", (hot.HotList((hot.GetParam("OS::stack_name"), hot.Literal(ctx.id))),))
