"""Resource attributes: DependsOn, Condition, DeletionPolicy, UpdatePolicy, CreationPolicy, Metadata and their kin."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.source import Path
from cfn2heat.translate.context import ATTRIBUTE, ResourceContext
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.properties import apply_row
from cfn2heat.translate.state import Translation

POLICIES = {"delete": "delete", "retain": "retain", "retainexceptoncreate": "retain", "snapshot": "retain"}
WHOLE = {
    "UpdatePolicy": "Heat has no update policy for what this becomes.",
    "CreationPolicy": "Heat does not wait for signals of this resource.",
    "UpdateReplacePolicy": "Heat has no policy of its own for what an update replaces.",
}


def members(resource: Resource) -> dict[str, cfn.Value]:
    """Every attribute that holds a value, by its name in the source."""
    found = {
        "DeletionPolicy": resource.deletion_policy,
        "UpdateReplacePolicy": resource.update_replace_policy,
        "UpdatePolicy": resource.update_policy,
        "CreationPolicy": resource.creation_policy,
        "Metadata": resource.metadata,
        **(resource.other or {}),
    }
    return {name: value for name, value in found.items() if value is not None}


def open_ledger(t: Translation, resource: Resource) -> None:
    """Enter the attributes of a resource."""
    root: Path = ("Resources", resource.name)
    t.ledger.open_leaf((*root, "Type"), resource.span)
    if resource.condition is not None:
        t.ledger.open_leaf((*root, "Condition"), resource.span)
    for index in range(len(resource.depends_on)):
        t.ledger.open_leaf((*root, "DependsOn", index), resource.span)
    for name, value in members(resource).items():
        t.ledger.open(value, (*root, name))


def apply(ctx: ResourceContext) -> None:
    """Carry each attribute to what the resource emits, or say why not."""
    settle_type(ctx)
    for name, value in members(ctx.resource).items():
        path: Path = (ATTRIBUTE, name)
        row = ctx.rule.attributes.get(name)
        if row is not None:
            apply_row(ctx, row, value, path)
        elif name == "DeletionPolicy":
            _deletion_policy(ctx, value, path)
        elif name == "Metadata" and isinstance(value, cfn.Map):
            carry_metadata(ctx, value, path)
        elif name == "UpdateReplacePolicy" and ctx.constant(value) == "Delete":
            ctx.dropped(path, "Heat deletes what it replaces.", severity=Severity.NOTE)
        else:
            because = WHOLE.get(name, "CloudFormation documents no such attribute.")
            ctx.dropped(path, because, severity=Severity.NOTE if name == "UpdateReplacePolicy" else Severity.WARNING)


def settle_type(ctx: ResourceContext) -> None:
    """The type and the condition stand on everything that the resource emits."""
    root: Path = ("Resources", ctx.id)
    names = tuple(ctx.t.plan.hot_names(ctx.id))
    for leaf in ("Type", "Condition"):
        if names:
            ctx.t.ledger.record((*root, leaf), Fate.TRANSLATED, targets=names, row=ctx.resource.type)
        else:
            because = ctx.rule.because or "Nothing is emitted for it here."
            severity = ctx.rule.severity if ctx.rule.because else Severity.NOTE
            ctx.t.ledger.record((*root, leaf), Fate.DROPPED, because=because, row=ctx.resource.type, severity=severity)


def _deletion_policy(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    word = ctx.constant(value)
    policy = POLICIES.get(word.lower()) if isinstance(word, str) else None
    names = [name for name in ctx.t.plan.hot_names(ctx.id) if name in ctx.t.hot.resources]
    if policy is None:
        ctx.dropped(path, "Heat's deletion policy cannot be computed.", "Set deletion_policy by hand.")
        return
    if not names:
        ctx.dropped(path, "Nothing is emitted that it could hold for.", severity=Severity.NOTE)
        return
    if policy != "delete":
        for name in names:
            ctx.t.hot.resources[name].deletion_policy = policy
    if word == "Snapshot":
        because = "Heat cannot take a snapshot of it when it is deleted, so that it is kept instead."
        ctx.t.ledger.record(ctx.source_path(path), Fate.ADAPTED, targets=tuple(names), because=because)
        ctx.report("C2H3002", Severity.NOTE, because, path=path)
    else:
        ctx.t.ledger.record(ctx.source_path(path), Fate.TRANSLATED, targets=tuple(names))


def carry_metadata(ctx: ResourceContext, value: cfn.Map, path: Path) -> None:
    """Metadata stand on the resource that stands for the source's, but for what tools note for themselves."""
    if not value.entries:
        ctx.dropped(path, "It is empty.", severity=Severity.NOTE)
        return
    tools = set(ctx.t.table.parameters.get("tool_metadata", ()))
    kept = {key: member for key, member in value.entries.items() if key not in tools}
    for key in value.entries:
        if key in tools:
            because = "A tool's note to itself."
            ctx.t.ledger.record((*ctx.source_path(path), key), Fate.DROPPED, because=because)
    primary = ctx.rule.primary
    resource = ctx.find(primary.key) if primary else None
    if not kept:
        return
    if resource is None:
        ctx.dropped(path, "Nothing is emitted that could carry it.", severity=Severity.NOTE)
        return
    found = ctx.hot(cfn.Map(kept, value.span, value.keys))
    if found is not None and resource.metadata is None:
        resource.metadata = found
    ctx.t.ledger.record(ctx.source_path(path), Fate.TRANSLATED, targets=(resource.name,))
