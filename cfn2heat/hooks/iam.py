"""Identity: what policies grant is said; users and groups are Keystone's, keys of the stack's readers Heat's."""

from __future__ import annotations

from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import all_of, guarded, members, under
from cfn2heat.hooks.policies import SHOWN, short, statements, summary, texts
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook

USER, ACCESS_KEY, ADDITION = "AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::UserToGroupAddition"
POLICY_TYPES = ("AWS::IAM::Policy", "AWS::IAM::UserPolicy", "AWS::IAM::ManagedPolicy")
NO_POLICIES = "OpenStack has no policies by API call and resource."


# ---- policies --------------------------------------------------------------------------------------------------------


@property_hook("iam.policy")
def policy(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """A policy document: what it grants is said."""
    _grant(ctx, summary(statements(ctx, value)), path)


@property_hook("iam.policies")
def policies(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """Inline policies: what each grants is said."""
    for member in members(value, path):
        document = member.value.entries.get("PolicyDocument") if isinstance(member.value, cfn.Map) else None
        _grant(ctx, summary(statements(ctx, document)), member.path)


@property_hook("iam.managed_policies")
def managed_policies(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """Attached policies: their names say what they grant."""
    names = [short(text).removeprefix("policy/").removeprefix("service-role/") for text in texts(ctx, value)]
    listed = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    _grant(ctx, f"the policies {listed}" if len(names) > 1 else f"the policy {listed}" if names else "", path)


@property_hook("iam.trust")
def trust(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """Who may take the role on."""
    who = [name for statement in statements(ctx, value) for name in (*statement.services, *statement.principals)]
    if who:
        ctx.granted(f"sts:AssumeRole to {', '.join(dict.fromkeys(who))}")
    ctx.dropped(path, "Nobody takes on a role in OpenStack.", severity=Severity.NOTE)


def _grant(ctx: ResourceContext, words: str, path: Path) -> None:
    if words:
        ctx.granted(words)
    ctx.dropped(path, f"{NO_POLICIES} It granted {words}." if words else NO_POLICIES, severity=Severity.NOTE)


# ---- users and groups ------------------------------------------------------------------------------------------------


@predicate("iam.keystone_admin")
def keystone_admin(plan: PlanContext) -> bool:
    """Whether an administrator of Keystone runs the stack."""
    return plan.site.allows("keystone_admin")


@predicate("iam.stack_user")
def stack_user(plan: PlanContext) -> bool:
    """Whether a user only reads the stack's metadata and signals to it, as Heat's own stack users do."""
    return not keystone_admin(plan) and _reads_the_stack(plan, plan.resource)


@predicate("iam.stack_key")
def stack_key(plan: PlanContext) -> bool:
    """Whether a key is that of a user who only reads the stack's metadata."""
    owner = plan.resource_of(plan.value("UserName"))
    return owner is not None and owner.type == USER and not keystone_admin(plan) and _reads_the_stack(plan, owner)


def _reads_the_stack(plan: PlanContext, user: Resource) -> bool:
    entries = user.properties.entries
    if "LoginProfile" in entries or "ManagedPolicyArns" in entries or not _has_key(plan, user):
        return False
    return all(_about_the_stack(plan, document) for document in _documents(plan, user))


def _has_key(plan: PlanContext, user: Resource) -> bool:
    return any(
        resource.type == ACCESS_KEY and user in plan.resources_of(resource.properties.entries.get("UserName"))
        for resource in plan.template.resources.values()
    )


def _documents(plan: PlanContext, user: Resource) -> Iterator[cfn.Value]:
    """The policy documents of a user, inline or attached."""
    for member in members(user.properties.entries.get("Policies")):
        if isinstance(member.value, cfn.Map) and "PolicyDocument" in member.value.entries:
            yield member.value.entries["PolicyDocument"]
    for resource in plan.template.resources.values():
        entries = resource.properties.entries
        if resource.type in POLICY_TYPES and any(
            user in plan.resources_of(entries.get(name)) for name in ("Users", "UserName", "Groups")
        ):
            yield entries.get("PolicyDocument", resource.properties)


def _about_the_stack(plan: PlanContext, document: cfn.Value) -> bool:
    actions = [action for statement in statements(plan, document) for action in statement.actions]
    return all(action.lower().startswith("cloudformation:") for action in actions)


@reference_hook("iam.user")
def user_reference(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """A user is known by the id of Keystone or, for the stack's own reader, by what Heat answers for it."""
    name = ctx.name(ctx.id, "user") or (ctx.name(ctx.id, "signal") if attribute == "Ref" else None)
    return None if name is None else hot.GetResource(name)


@reference_hook("iam.access_key")
def access_key(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The key of the stack's own reader; any other key is made by hand and asked for."""
    name = ctx.name(ctx.id, "key")
    if name is not None:
        return hot.GetAttr(name, attribute) if attribute == "SecretAccessKey" else hot.GetResource(name)
    if attribute == "SecretAccessKey":
        because = f"The secret half of {ctx.id}: openstack ec2 credentials create shows it once."
        return ctx.hole(f"{ctx.id}_SecretAccessKey", because, hidden=True)
    return ctx.hole(ctx.id, f"The public half of {ctx.id}, which openstack ec2 credentials create shows.")


@plan_hook("iam.addition")
def addition(plan: PlanContext) -> None:
    """An addition is part of the Keystone users that it names."""
    for number, user in enumerate(_users(plan, plan.resource)):
        name = plan.name(user.name, "user")
        if name is not None:
            plan.bind(plan.id, f"user_{number}" if number else "user", name)


def _users(plan: PlanContext, resource: Resource) -> list[Resource]:
    return [user for user in plan.resources_of(resource.properties.entries.get("Users")) if user.type == USER]


@finish_hook("iam.user")
def user(ctx: ResourceContext) -> None:
    """The groups that additions put a Keystone user into."""
    made = ctx.find("user")
    if made is None:
        return
    groups: list[hot.HotValue] = []
    for resource in ctx.template.resources.values():
        if resource.type == ADDITION and ctx.resource in _users(ctx, resource):
            group = ctx.hot(resource.properties.entries.get("GroupName"))
            guard = under(resource.condition)
            if group is not None:
                groups.append(guarded(group, all_of(guard)))
    if groups:
        before = made.properties.get("groups")
        made.properties["groups"] = hot.HotList((*(before.items if isinstance(before, hot.HotList) else ()), *groups))
