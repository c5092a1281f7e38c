"""Queues and topics as queues of Zaqar, and who subscribes to them."""

from __future__ import annotations

import re

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import all_of, members, named, under
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import predicate, property_hook

SUBSCRIPTION = "OS::Zaqar::Subscription"
WEB, MAIL = ("http", "https"), ("email", "email-json")


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
        added.condition = named(ctx.t, all_of((*under(ctx.resource.condition), *member.guard)))
        added.properties["queue_name"] = hot.GetResource(ctx.emit("queue").name)
        added.properties["subscriber"] = _subscriber(ctx, kind, address)
        added.properties["options"] = hot.HotMap({})
