"""Buckets as containers of Swift: access, metadata, policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Guard, Member, all_of, any_of, guarded, members, under
from cfn2heat.hooks.choices import comparable, equals
from cfn2heat.hooks.policies import Statement, read_statement, summary
from cfn2heat.hooks.topology import signature
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.table.rules import Target
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook

BUCKET, BUCKET_POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
READ, WRITE, META = "X-Container-Read", "X-Container-Write", "X-Container-Meta"
EVERYBODY, EVERYBODY_LISTS, SIGNED_IN = ".r:*", ".r:*,.rlistings", "*:*"
WRITERS_SIGN_IN = "Swift lets nobody write without a token; every user of this cloud may."


# ---- access ----------------------------------------------------------------------------------------------------------


CANNED_READ = {"PublicRead": EVERYBODY_LISTS, "PublicReadWrite": EVERYBODY_LISTS, "AuthenticatedRead": SIGNED_IN}
CANNED_WRITE = {"PublicReadWrite": SIGNED_IN}
PRIVATE = {"Private", "BucketOwnerFullControl", "BucketOwnerRead", "AwsExecRead"}


@property_hook("data.canned_acl")
def canned_acl(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """A canned ACL as read and write ACL of the container."""
    if _blocked(ctx, ctx.resource, "IgnorePublicAcls", "BlockPublicAcls"):
        ctx.dropped(path, "The bucket's public access block makes its ACL void.", severity=Severity.NOTE)
        return
    for member in members(value, path):
        word = ctx.constant(member.value)
        if word is UNKNOWN:
            _computed_acl(ctx, member)
        elif word in PRIVATE:
            ctx.adapted(member.path, "A container without an ACL is private to its project.", "container")
        elif word == "LogDeliveryWrite":
            ctx.dropped(member.path, "No service of OpenStack delivers logs into a container.", severity=Severity.NOTE)
        elif word in CANNED_READ:
            _open(ctx, READ, CANNED_READ[word], member.guard)
            _open(ctx, WRITE, CANNED_WRITE.get(word), member.guard)


def _computed_acl(ctx: ResourceContext, member: Member) -> None:
    """An ACL that a parameter names: opened when the parameter says one of the public words."""
    found = comparable(ctx.hot(member.value))
    if found is None:
        because = "Which ACL it is comes out when the stack is made, too late for a condition of Heat: the container is private."
        ctx.dropped(member.path, because, "Write the ACL into X-Container-Read of the container.")
        return
    possible = ctx.possible(member.value) or set(CANNED_READ)
    for header, table in ((READ, CANNED_READ), (WRITE, CANNED_WRITE)):
        for acl in dict.fromkeys(table.values()):
            words = [word for word, meant in table.items() if meant == acl and word in possible]
            tests = [equals(found, word) for word in words]
            if tests:
                condition = any_of([*tests])
                _open(ctx, header, acl, (*member.guard, condition) if condition else member.guard)


def _open(ctx: ResourceContext, header: str, acl: str | None, guard: Guard) -> None:
    """Add an entry to an ACL of the container; several entries are joined by commas."""
    container = ctx.find("container")
    if acl is None or container is None:
        return
    before = container.properties.get(header)
    condition = all_of(guard)
    if isinstance(before, hot.Literal):
        if acl in str(before.value):
            return
        if condition is None and str(before.value) in acl:
            before = None
    entry = guarded(hot.Literal(acl), condition)
    if before is None:
        container.properties[header] = entry
    elif isinstance(before, hot.Literal) and condition is None:
        container.properties[header] = hot.Literal(f"{before.value},{acl}")
    elif before != entry:
        joined = before.lists[0] if isinstance(before, hot.ListJoin) else None
        items = joined.items if isinstance(joined, hot.HotList) else (before,)
        container.properties[header] = hot.ListJoin(",", (hot.HotList((*items, entry)),))


def _blocked(plan: PlanContext, bucket: Resource, *switches: str) -> bool:
    """Whether the bucket's public access block has one of these switches on."""
    block = bucket.properties.entries.get("PublicAccessBlockConfiguration")
    if not isinstance(block, cfn.Map):
        return False
    return any(str(plan.constant(block.entries.get(switch))).lower() == "true" for switch in switches)


@predicate("data.object_lock")
def object_lock(plan: PlanContext) -> bool:
    """Whether objects of the bucket may be locked."""
    return str(plan.constant(plan.value("ObjectLockEnabled"))).lower() != "false"


@finish_hook("data.bucket")
def bucket(ctx: ResourceContext) -> None:
    """A container with a fixed name is retained: Heat replaces it at every change, and would delete the new one with the old."""
    container = ctx.emit("container")
    if "name" not in container.properties:
        return
    if ctx.resource.deletion_policy is None:
        container.deletion_policy = "retain"
    elif str(ctx.constant(ctx.resource.deletion_policy)).lower() == "delete":
        message = "Changing a property of this container later deletes it, since Heat replaces it by one of the same name."
        advice = "Take the name away, or let the container be retained and delete it by hand."
        ctx.report("C2H3002", Severity.WARNING, message, advice, ("BucketName",))


# ---- metadata --------------------------------------------------------------------------------------------------------


RESERVED = re.compile(r"web-|access-control-|temp-url-key|quota-|sysmeta|sync-", re.IGNORECASE)


@property_hook("data.container_tags")
def container_tags(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """Tags as metadata headers, each with a lawful name."""
    taken: set[str] = set()
    for member in members(value, path):
        tag = member.value.entries if isinstance(member.value, cfn.Map) else {}
        key = ctx.constant(tag.get("Key"))
        if key is UNKNOWN or key is None or "Value" not in tag:
            ctx.dropped(member.path, "A header's name has to be known when the template is written.", severity=Severity.NOTE)
            continue
        header = _header(as_text(key))
        if not header or header.lower() in taken:
            because = "Its key is no lawful header name, or that of another tag."
            ctx.dropped(member.path, because, severity=Severity.NOTE)
            continue
        taken.add(header.lower())
        text = guarded(_header_value(ctx.text(tag["Value"])), all_of(member.guard))
        ctx.set(Target("container", (META, header)), text)


def _header(key: str) -> str:
    """A tag's key as a header's name: letters, digits and hyphens, and none that means something to Swift."""
    name = re.sub(r"[^A-Za-z0-9-]+", "-", key).strip("-")[:120]
    return f"Tag-{name}" if RESERVED.match(name) else name


def _header_value(value: hot.HotValue) -> hot.HotValue:
    """A literal as a header may carry it: ASCII, of at most 256 characters."""
    if not isinstance(value, hot.Literal):
        return value
    text = as_text(value.value)
    safe = text if text.isascii() and text.isprintable() else quote(text, safe=" /:@,+")
    return hot.Literal(safe[:256])


CORS = {"AllowedOrigins": "Access-Control-Allow-Origin", "ExposedHeaders": "Access-Control-Expose-Headers"}


@property_hook("data.cors")
def cors(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """All CORS rules merged into the one that a container holds."""
    found: dict[str, list[hot.HotValue]] = {header: [] for header in CORS.values()}
    ages: list[hot.HotValue] = []
    for rule in _cors_rules(value, path):
        entries = rule.value.entries if isinstance(rule.value, cfn.Map) else {}
        for name, header in CORS.items():
            for item in members(entries.get(name), (*rule.path, name), rule.guard):
                text = guarded(ctx.text(item.value), all_of(item.guard))
                if text not in found[header]:
                    found[header].append(text)
        if "MaxAge" in entries:
            ages.append(ctx.text(entries["MaxAge"]))
        _cors_losses(ctx, entries, rule.path)
    for header, items in found.items():
        if items:
            ctx.set(Target("container", (META, header)), _spaced(items))
    if ages:
        ctx.set(Target("container", (META, "Access-Control-Max-Age")), ages[0])


def _cors_rules(value: cfn.Value, path: Path) -> Iterator[Member]:
    for configuration in members(value, path):
        if isinstance(configuration.value, cfn.Map):
            rules = configuration.value.entries.get("CorsRules")
            yield from members(rules, (*configuration.path, "CorsRules"), configuration.guard)


def _cors_losses(ctx: ResourceContext, entries: dict[str, cfn.Value], path: Path) -> None:
    for name, because in (
        ("AllowedMethods", "Swift's CORS allows every method to an allowed origin."),
        ("AllowedHeaders", "Swift's CORS allows every request header to an allowed origin."),
        ("Id", "Swift's CORS rule has no name."),
    ):
        if name in entries:
            ctx.dropped((*path, name), because, severity=Severity.NOTE)


def _spaced(items: list[hot.HotValue]) -> hot.HotValue:
    if all(isinstance(item, hot.Literal) for item in items):
        return hot.Literal(" ".join(str(item.value) for item in items if isinstance(item, hot.Literal)))
    return hot.ListJoin(" ", (hot.HotList(tuple(items)),))


# ---- policies --------------------------------------------------------------------------------------------------------


@plan_hook("data.bucket_policy")
def bucket_policy_plan(plan: PlanContext) -> None:
    """The policy becomes part of its bucket's container."""
    owner = _bucket_of(plan)
    container = plan.name(owner.name, "container") if owner else None
    if container is not None:
        plan.bind(plan.id, "container", container)


def _bucket_of(plan: PlanContext) -> Resource | None:
    """The bucket of a policy: referred to, or of the same name."""
    wanted = plan.value("Bucket")
    for resource in plan.resources_of(wanted):
        if resource.type == BUCKET:
            return resource
    for resource in plan.template.resources.values():
        name = resource.properties.entries.get("BucketName") if resource.type == BUCKET else None
        if name is not None and wanted is not None and signature(name) == signature(wanted):
            return resource
    return None


@property_hook("data.bucket_policy")
def bucket_policy(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """Statements that open the bucket to everybody become its ACL; every other one is said."""
    for document in members(value, path):
        statements = document.value.entries.get("Statement") if isinstance(document.value, cfn.Map) else None
        for member in members(statements, (*document.path, "Statement"), document.guard):
            statement = read_statement(ctx, member.value)
            if ctx.find("container") is None:
                ctx.granted(summary([statement]))
                ctx.dropped(member.path, f"The bucket is not in this template: {summary([statement])}.", severity=Severity.NOTE)
            elif not _opened(ctx, statement, member):
                _said(ctx, statement, member.path)


def _opened(ctx: ResourceContext, statement: Statement, member: Member) -> bool:
    """Whether a statement is one for everybody and everything, which an ACL can say; then it does."""
    owner = _bucket_of(ctx)
    if not (statement.allows and statement.everybody and not statement.conditional and statement.whole_bucket):
        return False
    if owner is not None and _blocked(ctx, owner, "RestrictPublicBuckets", "BlockPublicPolicy"):
        ctx.dropped(member.path, "The bucket's public access block makes the statement void.", severity=Severity.NOTE)
        return True
    guard = (*under(ctx.resource.condition), *member.guard)
    reads, lists, writes = (statement.covers(action) for action in ("s3:GetObject", "s3:ListBucket", "s3:PutObject"))
    if reads:
        _open(ctx, READ, EVERYBODY_LISTS if lists else EVERYBODY, guard)
    if writes:
        _open(ctx, WRITE, SIGNED_IN, guard)
        ctx.adapted(member.path, WRITERS_SIGN_IN, f"container.{WRITE}")
    return reads or writes


def _said(ctx: ResourceContext, statement: Statement, path: Path) -> None:
    """What an ACL cannot say, by what the statement is for."""
    if not statement.allows:
        because, advice, severity = _denial(statement)
    elif statement.services:
        who = ", ".join(statement.services)
        because, advice, severity = f"{who} does not exist in OpenStack, so that it needs no access.", "", Severity.NOTE
    elif statement.delivery_network:
        because = f"CloudFront is not there to read it: {statement}."
        advice = "Let the delivery network that you use read it: swift post --read-acl .r:* CONTAINER, or signed addresses."
        severity = Severity.WARNING
    elif statement.own_account:
        because = f"Users of the project have access to its containers by their roles: {statement}."
        advice, severity = "", Severity.NOTE
    elif statement.whole_bucket and statement.everybody:
        because = f"Swift's ACLs know no conditions: {statement}."
        advice = "Use signed addresses (swift tempurl), or .r:HOST in the read ACL where the condition is a referer."
        severity = Severity.WARNING
    elif statement.everybody:
        because = f"An ACL of Swift holds for the whole container, not for a prefix: {statement}."
        advice, severity = "Put what is public into a container of its own and give that one the ACL.", Severity.WARNING
    else:
        because = f"An ACL of Swift names projects and users of Keystone: {statement}."
        advice, severity = "Set it with swift post --read-acl PROJECT:USER --write-acl PROJECT:USER CONTAINER.", Severity.WARNING
    ctx.dropped(path, because, advice, severity)


def _denial(statement: Statement) -> tuple[str, str, Severity]:
    if "SecureTransport" in statement.condition_text:
        return "Whether TLS is demanded is a matter of the object store's endpoint.", "", Severity.NOTE
    if "server-side-encryption" in statement.condition_text:
        return "Swift encrypts for the whole cluster and reads no such header.", "", Severity.NOTE
    advice = "Give write access only to those who should have it; others have none in Swift."
    return f"Swift's ACLs only let in, they cannot refuse: {statement}.", advice, Severity.WARNING
