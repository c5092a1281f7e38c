"""Who may connect to a listener: the CIDRs that security groups let in."""

from __future__ import annotations

from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.hooks.branches import all_of, members, under
from cfn2heat.hot import values as hot
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext


def allowed_cidrs(ctx: ResourceContext, groups: cfn.Value | None, port: cfn.Value | None) -> hot.HotValue | None:
    """The CIDRs that security groups let in on a listener's port; None: everybody, or it cannot be told."""
    found: list[hot.HotValue] = []
    for member in members(groups):
        group = ctx.resource_of(member.value)
        if group is None or group.type != "AWS::EC2::SecurityGroup":
            return None
        for rule, guard in ingress_rules(ctx, group):
            cidr = ctx.hot(rule.get("CidrIp"))
            if cidr is None or not covers(ctx, rule, port):
                continue
            condition = all_of((*member.guard, *guard))
            if cidr == hot.Literal("0.0.0.0/0") and condition is None:
                return None
            item = cidr if condition is None else hot.If(condition, cidr, None)
            found += [item] if item not in found else []
    return hot.HotList(tuple(found)) if found and certain(found) else None


def certain(found: list[hot.HotValue]) -> bool:
    """Whether at least one CIDR is always there: an empty list would let everybody in."""
    return any(not isinstance(item, hot.If) for item in found)


def ingress_rules(ctx: ResourceContext, group: Resource) -> Iterator[tuple[dict[str, cfn.Value], tuple[hot.HotValue, ...]]]:
    """The ingress rules of a group, its own and those that stand apart."""
    for member in members(group.properties.entries.get("SecurityGroupIngress")):
        if isinstance(member.value, cfn.Map):
            yield member.value.entries, member.guard
    for use in ctx.users(group.name):
        user = ctx.template.resources.get(use.resource)
        if user is not None and user.type == "AWS::EC2::SecurityGroupIngress" and use.path[-1] in ("GroupId", "GroupName"):
            guard = under(user.condition)
            yield user.properties.entries, guard


def covers(ctx: ResourceContext, rule: dict[str, cfn.Value], port: cfn.Value | None) -> bool:
    """Whether a rule lets a port in; unknown ports count when both say the same."""
    if as_text(ctx.constant(rule.get("IpProtocol"))) in ("-1", "all"):
        return True
    low, high = rule.get("FromPort"), rule.get("ToPort")
    wanted, first, last = (number(ctx.constant(value)) for value in (port, low, high))
    if wanted is not None and first is not None and last is not None:
        return first <= wanted <= last or first == -1
    return ctx.hot(low) == ctx.hot(port)


def number(value: object) -> int | None:
    """A whole number as CloudFormation writes it, or None."""
    text = as_text(value).strip() if isinstance(value, int | str) else ""
    return int(text) if text.lstrip("-").isdigit() else None
