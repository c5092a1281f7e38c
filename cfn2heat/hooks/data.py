"""Object storage, queues, topics and file shares: what rows cannot say of Swift, Zaqar and Manila."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Guard, Member, all_of, any_of, guarded, members, named
from cfn2heat.hooks.choices import comparable, equals
from cfn2heat.hooks.policies import Statement, read_statement, summary
from cfn2heat.hooks.topology import signature
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotParameter
from cfn2heat.source import Path
from cfn2heat.table.rules import Target
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook

BUCKET, BUCKET_POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
FILE_SYSTEM, MOUNT_TARGET, SUBNET = "AWS::EFS::FileSystem", "AWS::EFS::MountTarget", "AWS::EC2::Subnet"
SUBSCRIPTION = "OS::Zaqar::Subscription"

READ, WRITE, META = "X-Container-Read", "X-Container-Write", "X-Container-Meta"
EVERYBODY, EVERYBODY_LISTS, SIGNED_IN = ".r:*", ".r:*,.rlistings", "*:*"
WRITERS_SIGN_IN = "Swift lets nobody write without a token; every user of this cloud may."


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


# ---- buckets: access -------------------------------------------------------------------------------------------------

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


# ---- buckets: metadata -----------------------------------------------------------------------------------------------

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


# ---- bucket policies -------------------------------------------------------------------------------------------------


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
    guard = (*_own_condition(ctx), *member.guard)
    reads, lists, writes = (statement.covers(action) for action in ("s3:GetObject", "s3:ListBucket", "s3:PutObject"))
    if reads:
        _open(ctx, READ, EVERYBODY_LISTS if lists else EVERYBODY, guard)
    if writes:
        _open(ctx, WRITE, SIGNED_IN, guard)
        ctx.adapted(member.path, WRITERS_SIGN_IN, f"container.{WRITE}")
    return reads or writes


def _own_condition(ctx: ResourceContext) -> Guard:
    """The condition of a resource that becomes part of another one."""
    return (hot.Literal(ctx.resource.condition),) if ctx.resource.condition else ()


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


# ---- queues and topics -----------------------------------------------------------------------------------------------


NAME_LENGTH = 64


@property_hook("data.queue_name")
def queue_name(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A name that Zaqar takes; where it is decided at deploy time, its fixed pieces are made lawful."""
    found = ctx.hot(value)
    if found is None:
        return None
    name = _lawful(found, NAME_LENGTH)
    if isinstance(name, hot.Literal | hot.If) or _expected_length(name) <= NAME_LENGTH:
        return name
    return hot.Yaql(f"$.data.name.substring(0, {NAME_LENGTH})", {"name": name})


def _expected_length(value: hot.HotValue) -> int:
    """How long a text gets, with twelve characters for each piece that is decided at deploy time."""
    match value:
        case hot.Literal():
            return len(as_text(value.value))
        case hot.StrReplace():
            return _expected_length(value.template) + sum(12 - len(mark) for mark in value.params)
        case hot.ListJoin():
            return sum(_expected_length(items) + len(value.delimiter) for items in value.lists)
        case hot.HotList():
            return sum(map(_expected_length, value.items))
    return 12


def _lawful(value: hot.HotValue, length: int | None = None) -> hot.HotValue:
    match value:
        case hot.Literal():
            return hot.Literal(_legal_name(as_text(value.value))[:length])
        case hot.StrReplace(template=hot.Literal(value=template)):
            return hot.StrReplace(
                hot.Literal(_legal_pieces(as_text(template), list(value.params))),
                {mark: _lawful(member) for mark, member in value.params.items()},
            )
        case hot.ListJoin():
            return hot.ListJoin(_legal_name(value.delimiter), tuple(map(_lawful, value.lists)))
        case hot.HotList():
            return hot.HotList(tuple(map(_lawful, value.items)))
        case hot.If():
            otherwise = None if value.otherwise is None else _lawful(value.otherwise, length)
            return hot.If(value.condition, _lawful(value.then, length), otherwise)
    return value


def _legal_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)


def _legal_pieces(template: str, marks: list[str]) -> str:
    """A template's text made lawful between its placeholders."""
    if not marks:
        return _legal_name(template)
    pieces = re.split("(" + "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True)) + ")", template)
    return "".join(piece if index % 2 else _legal_name(piece) for index, piece in enumerate(pieces))


@predicate("data.no_delay")
def no_delay(plan: PlanContext) -> bool:
    """Whether messages of the queue are not delayed."""
    return str(plan.constant(plan.value("DelaySeconds"))) == "0"


@predicate("data.standard_queue")
def standard_queue(plan: PlanContext) -> bool:
    """Whether the queue is no FIFO queue."""
    return str(plan.constant(plan.value("FifoQueue"))).lower() == "false"


WEB, MAIL = ("http", "https"), ("email", "email-json")
DEAF = {
    "sqs": ("Zaqar copies no messages into another queue.", "Let the consumer claim from the topic's own Zaqar queue."),
    "lambda": ("OpenStack runs no functions that could be notified.", "Subscribe the web address of what replaces the function."),
    "sms": ("Zaqar sends no short messages.", "Subscribe a small web service that calls an SMS provider."),
    "application": ("Zaqar sends no messages to phones.", "Subscribe a small web service that calls the push service."),
    "firehose": ("OpenStack has no delivery streams.", "Let a log shipper such as Vector claim from the Zaqar queue."),
}


@predicate("data.can_subscribe")
def can_subscribe(plan: PlanContext) -> bool:
    """Whether Zaqar can notify this kind of subscriber."""
    return plan.value("Endpoint") is not None and _supported(plan, plan.value("Protocol"))


def _supported(plan: PlanContext, protocol: cfn.Value | None) -> bool:
    word = plan.constant(protocol)
    return word in (*WEB, *MAIL) or (word is UNKNOWN and plan.resource_of(protocol) is None)


@property_hook("data.protocol")
def protocol(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """The protocol is part of the subscriber's address, or the reason why there is none."""
    if ctx.find("subscription") is None:
        because, advice = DEAF.get(str(ctx.constant(value)), ("Zaqar does not know this protocol.", ""))
        ctx.dropped(path, because, advice, Severity.ERROR)


@property_hook("data.endpoint")
def endpoint(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The subscriber's address."""
    if ctx.find("subscription") is None:
        ctx.dropped(path, "Nobody is notified at this address.", severity=Severity.NOTE)
        return None
    return _subscriber(ctx, ctx.value("Protocol"), value)


def _subscriber(ctx: ResourceContext, kind: cfn.Value | None, address: cfn.Value) -> hot.HotValue:
    """One address with its scheme; where it is decided at deploy time, the scheme is put in front unless it is there."""
    word, text = ctx.constant(kind), ctx.text(address)
    if word is UNKNOWN and kind is not None:
        return hot.Yaql(
            "switch($.data.protocol.startsWith('email') => 'mailto:' + $.data.endpoint,"
            " $.data.protocol = 'http' => 'http://' + $.data.endpoint.split('://').last(),"
            " true => 'https://' + $.data.endpoint.split('://').last())",
            {"protocol": ctx.text(kind), "endpoint": text},
        )
    scheme = "mailto:" if word in MAIL else f"{word}://"
    if isinstance(text, hot.Literal):
        known = str(text.value).startswith(("http://", "https://", "mailto:"))
        return text if known else hot.Literal(f"{scheme}{text.value}")
    if word in WEB and _begins_with_scheme(text):
        return text
    rest = text if word in MAIL else hot.StrSplit(scheme, text, hot.Literal(-1))
    return hot.ListJoin("", (hot.HotList((hot.Literal(scheme), rest)),))


def _begins_with_scheme(value: hot.HotValue) -> bool:
    match value:
        case hot.Literal():
            return str(value.value).startswith("http")
        case hot.StrReplace():
            return _begins_with_scheme(value.template)
        case hot.ListJoin(lists=(hot.HotList(items=(first, *_)), *_)):
            return _begins_with_scheme(first)
    return False


@property_hook("data.topic_subscriptions")
def topic_subscriptions(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """A subscription for each inline subscriber that Zaqar can notify."""
    for number, member in enumerate(members(value, path), 1):
        entries = member.value.entries if isinstance(member.value, cfn.Map) else {}
        kind, address = entries.get("Protocol"), entries.get("Endpoint")
        if kind is None or address is None or not _supported(ctx, kind):
            because, advice = DEAF.get(str(ctx.constant(kind)), ("Zaqar cannot notify this subscriber.", ""))
            ctx.dropped(member.path, because, advice, Severity.ERROR)
            continue
        added = ctx.add(f"subscription_{number}", SUBSCRIPTION, f"{ctx.id}_subscription")
        added.condition = named(ctx.t, all_of((*_own_condition(ctx), *member.guard)))
        added.properties["queue_name"] = hot.GetResource(ctx.emit("queue").name)
        added.properties["subscriber"] = _subscriber(ctx, kind, address)
        added.properties["options"] = hot.HotMap({})


# ---- file systems ----------------------------------------------------------------------------------------------------


class Client(NamedTuple):
    """Who may mount a share, and under which conditions."""

    address: hot.HotValue
    condition: hot.HotValue | None


@finish_hook("data.file_system")
def file_system(ctx: ResourceContext) -> None:
    """The share's protocol, type and size, and an access rule for the subnet of each mount target."""
    share = ctx.emit("share")
    first: dict[str, hot.HotValue] = {"share_protocol": hot.Literal("NFS"), "share_type": ctx.site_value("share_type")}
    size = HotParameter("", "number", description=f"Size of {ctx.id} in GiB: EFS grows by itself, a share does not")
    size.default = hot.Literal(100)
    size.constraints = [hot.HotMap({"range": hot.HotMap({"min": hot.Literal(1)})})]
    share.properties = {**first, "size": ctx.parameter(f"{ctx.id}_size", size), **share.properties}
    clients = _clients(ctx)
    if clients:
        share.properties["access_rules"] = hot.HotList(tuple(_access_rule(client) for client in clients))
    else:
        message = "Nobody may mount the share until it has an access rule."
        ctx.report("C2H3002", Severity.WARNING, message, "Run openstack share access create SHARE ip CIDR.")
    _said_mounts(ctx)


def _access_rule(client: Client) -> hot.HotValue:
    rule = {"access_type": hot.Literal("ip"), "access_to": client.address, "access_level": hot.Literal("rw")}
    return guarded(hot.HotMap(rule), client.condition)


def _clients(ctx: ResourceContext) -> list[Client]:
    """The addresses of the mount targets' subnets, each once."""
    found: dict[str, tuple[hot.HotValue, list[hot.HotValue | None]]] = {}
    for target in ctx.template.resources.values():
        if target.type != MOUNT_TARGET or ctx.resource not in ctx.resources_of(target.properties.entries.get("FileSystemId")):
            continue
        needs = target.condition if target.condition != ctx.resource.condition else None
        guard: Guard = (hot.Literal(needs),) if needs else ()
        for member in members(target.properties.entries.get("SubnetId"), (), guard):
            address = _addresses(ctx, member.value)
            found.setdefault(repr(address), (address, []))[1].append(all_of(member.guard))
    return [Client(address, any_of(conditions)) for address, conditions in found.values()]


def _addresses(ctx: ResourceContext, subnet: cfn.Value) -> hot.HotValue:
    """A subnet's addresses; those of one from outside are asked for."""
    resource = ctx.resource_of(subnet)
    block = resource.properties.entries.get("CidrBlock") if resource and resource.type == SUBNET else None
    found = ctx.hot(block)
    if found is not None:
        return found
    because = f"The subnets that {ctx.id} is mounted from are not in this template: their addresses, as one CIDR."
    return ctx.hole(f"{ctx.id}_clients", because)


def _said_mounts(ctx: ResourceContext) -> None:
    """Mount commands that build the address as EFS does."""
    for use in ctx.users(ctx.id):
        user = ctx.template.resources.get(use.resource)
        if user is None or len(use.path) < 4 or ".efs." not in repr(user.properties.entries.get(str(use.path[3]))):
            continue
        message = f"{use.resource} mounts {ctx.id} by the name that AWS gives it; a share is mounted by its export location."
        advice = f"Mount {{get_attr: [{ctx.id}, export_locations, 0]}}, which is HOST:/PATH, with mount -t nfs."
        ctx.report("C2H3002", Severity.WARNING, message, advice)


def _bind_share(plan: PlanContext) -> None:
    for resource in plan.resources_of(plan.value("FileSystemId")):
        share = plan.name(resource.name, "share") if resource.type == FILE_SYSTEM else None
        if share is not None:
            plan.bind(plan.id, "share", share)
            return


@plan_hook("data.mount_target")
def mount_target(plan: PlanContext) -> None:
    """A mount target is part of its share."""
    _bind_share(plan)


@plan_hook("data.access_point")
def access_point(plan: PlanContext) -> None:
    """An access point is part of its share."""
    _bind_share(plan)
