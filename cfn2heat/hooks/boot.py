"""What servers do when they boot: their scripts, and what these ask of AWS and of CloudFormation's helper scripts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import scripts
from cfn2heat.hooks.scripts import Script, tell, without_helpers
from cfn2heat.hooks.signals import INIT
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.source import Path, Span
from cfn2heat.translate.attributes import carry_metadata
from cfn2heat.translate.constants import UNKNOWN
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.joining import may_be_absent
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.registry import property_hook

TOOLS = "heat_cfntools"
"""The switch of the site that says that images carry heat-cfntools."""
LONGEST_DATA = 49149
"""Bytes of user data that Nova takes: 65535 in base64."""

# ---- user data -------------------------------------------------------------------------------------------------------


@property_hook("boot.user_data")
def user_data(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The script itself; what it does with AWS is said with its line, and its calls of cfn-init and cfn-signal are served."""
    source = bare(value)
    inner = source.value if isinstance(source, cfn.Base64) else source
    if isinstance(inner, cfn.If):
        sides = [cfn.Base64(side, source.span) if inner is not source else side for side in (inner.then, inner.otherwise)]
        then, otherwise = (None if isinstance(side, cfn.NoValue) else user_data(ctx, side, path) for side in sides)
        return branch(hot.Literal(inner.condition), then, otherwise)
    if any(ctx.constant(piece) is UNKNOWN for piece in encoded(inner)):
        message = "A value inside the text is encoded by Fn::Base64; Heat has no such function, so that it stands there as it is."
        advice = "Encode it where the script reads it (base64 in a shell), or give its parameter an encoded value."
        ctx.report("C2H4516", Severity.ERROR, message, advice, path)
        targets = ctx.targets(["server.user_data"])
        ctx.t.ledger.record(ctx.source_path(path), Fate.ADAPTED, targets=targets, because=message, row=ctx.resource.type)
    script = Script(source)
    if "cfn-" in script.text:
        found = ctx.hot(in_one(source))
        found = None if found is None else served(ctx, script, found, path)
    else:
        tell(ctx, "user data", scripts.findings(script), path)
        found = ctx.hot(source)
    if found is not None and size(found) > LONGEST_DATA:
        message = f"The user data are {size(found)} bytes long, and Nova takes {LONGEST_DATA}."
        advice = "Put large files into a Swift container and read them in the script."
        ctx.report("C2H4515", Severity.ERROR, message, advice, path)
    return found


def encoded(value: cfn.Value) -> Iterator[cfn.Base64]:
    """What is encoded inside a text."""
    match value:
        case cfn.Base64():
            yield value
        case cfn.Sub():
            for part in value.parts:
                yield from () if isinstance(part, str) else encoded(part[1])
        case cfn.Join(items=cfn.Seq(items=items)):
            for item in items:
                if not isinstance(item, cfn.Scalar):  # which most lines of scripts are
                    yield from encoded(item)
        case cfn.If():
            yield from encoded(value.then)
            yield from encoded(value.otherwise)


def served(ctx: ResourceContext, script: Script, found: hot.HotValue, path: Path) -> hot.HotValue:
    """User data whose calls of CloudFormation's helper scripts reach what does their work."""
    if ctx.site.allows(TOOLS):
        from cfn2heat.hooks import cfntools

        return cfntools.served(ctx, script, found, path)
    from cfn2heat.hooks import prelude

    return prelude.served(ctx, script, found, path)


def size(value: hot.HotValue) -> int:
    """Bytes of a text, its values not counted."""
    template = value.template if isinstance(value, hot.StrReplace) else value
    text = template.value if isinstance(template, hot.Literal) else ""
    return len(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else 0


def bare(value: cfn.Value) -> cfn.Value:
    """The text of a literal that the source holds as base64; its lines have no places there. Fn::Base64 is bare already."""
    if isinstance(value, cfn.Scalar) and isinstance(value.value, str):
        try:
            text = base64.b64decode("".join(value.value.split()), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return value
        return cfn.Scalar(text, Span(*value.span))
    return value


def in_one(value: cfn.Value) -> cfn.Value:
    """A joined text with the pieces of its pieces spread out, so that a call that spans several can be read in one."""
    if isinstance(value, cfn.Base64):
        return cfn.Base64(in_one(value.value), value.span)
    if isinstance(value, cfn.Join) and isinstance(value.items, cfn.Seq):
        return cfn.Join("", cfn.Seq(tuple(spread(value)), value.items.span), value.span)
    return value


def spread(value: cfn.Value) -> list[cfn.Value]:
    """The pieces of a text; an item that may be absent takes its delimiter with it, so that such a list stays whole."""
    match value:
        case cfn.Sub():
            return [cfn.Scalar(part, value.span) if isinstance(part, str) else part[1] for part in value.parts]
        case cfn.Join(items=cfn.Seq(items=items)) if not (value.delimiter and any(map(may_be_absent, items))):
            found: list[cfn.Value] = []
            for index, item in enumerate(items):
                found += [cfn.Scalar(value.delimiter, item.span)] if index and value.delimiter else []
                found += spread(item)
            return found
    return [value]


# ---- metadata --------------------------------------------------------------------------------------------------------

AUTHENTICATION = "AWS::CloudFormation::Authentication"
UNREAD = "Nothing on the server reads it: downloads of cfn-init carry no credentials on OpenStack."
UNREAD_ADVICE = "Put the files into a Swift container and write their temporary URLs as sources."


@property_hook("boot.metadata")
def metadata(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Metadata stay with the resource, but for what a script in the user data does; what cfn-init does with AWS is said."""
    assert isinstance(value, cfn.Map)
    kept = dict(value.entries)
    if kept.pop(AUTHENTICATION, None) is not None:
        ctx.dropped((*path, AUTHENTICATION), UNREAD, UNREAD_ADVICE, Severity.ERROR)
    init = kept.get(INIT)
    tools = ctx.site.allows(TOOLS)
    if init is not None:
        found = [finding for text in scripts.texts(init) for finding in scripts.findings(Script(text))]
        tell(ctx, "cfn-init configuration", found if tools else without_helpers(found), (*path, INIT))
    if tools:
        from cfn2heat.hooks import cfntools

        cfntools.carry(ctx, cfn.Map(kept, value.span, value.keys), path)
        return None
    if init is not None and is_scripted(ctx, init, path):
        del kept[INIT]
    if kept or not value.entries:
        carry_metadata(ctx, cfn.Map(kept, value.span, value.keys), path)
    return None


def is_scripted(ctx: ResourceContext, init: cfn.Value, path: Path) -> bool:
    """Whether a script in user data does it: then its leaves have their fates already."""
    if isinstance(init, cfn.Map) and not init.entries:
        return False
    targets = ctx.targets(("server",)) or tuple(ctx.t.plan.hot_names(ctx.id))
    if not targets:
        return False
    return not ctx.t.ledger.record(ctx.source_path((*path, INIT)), Fate.TRANSLATED, targets=targets)
