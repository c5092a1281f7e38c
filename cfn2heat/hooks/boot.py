"""What servers do when they boot: their scripts, and what these ask of AWS and of CloudFormation's helper scripts."""

from __future__ import annotations

import base64
import binascii

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import cfntools, prelude, scripts
from cfn2heat.hooks.init_sections import HUP, HUP_ADVICE
from cfn2heat.hooks.scripts import Finding, Script, say, tell
from cfn2heat.hooks.signals import INIT
from cfn2heat.hot import values as hot
from cfn2heat.source import Path, Span
from cfn2heat.translate.attributes import carry_metadata
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.registry import property_hook

LONGEST_DATA = 49149
"""Bytes of user data that Nova takes: 65535 in base64."""

OURS = ("/cfn-init", "/cfn-signal")
"""Ends of paths that are called no more."""

# ---- user data -------------------------------------------------------------------------------------------------------


@property_hook("boot.user_data")
def user_data(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The script itself; what it does with AWS is said with its line, and its calls of cfn-init and cfn-signal are served."""
    source = bare(value)
    script = Script(source)
    tools = ctx.site.allows(cfntools.SWITCH)
    tell(ctx, "user data", [one for one in findings(script, tools) if tools or one.span not in prelude.idle(script)], path)
    found = ctx.hot(source if "cfn-" not in script.text else in_one(source))
    if found is None:
        return None
    if "cfn-" in script.text:
        tell_hup(ctx, script, tools, path)
        serve = cfntools.served if tools else prelude.served
        found = serve(ctx, script, found, path)
    if size(found) > LONGEST_DATA:
        message = f"The user data are {size(found)} bytes long, and Nova takes {LONGEST_DATA}."
        ctx.report(
            "C2H4515", Severity.ERROR, message, "Put large files into a Swift container and read them in the script.", path
        )
    return found


def findings(script: Script, tools: bool) -> list[Finding]:
    """What a script does with AWS; paths of programs that are called elsewhere now are nothing to look at."""
    found = scripts.findings(script)
    return found if tools else [one for one in found if not one.text.endswith(OURS)]


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


def may_be_absent(value: cfn.Value) -> bool:
    """Whether an item of a list may be no item."""
    return isinstance(value, cfn.If | cfn.NoValue)


def tell_hup(ctx: ResourceContext, script: Script, tools: bool, path: Path) -> None:
    """Say what cfn-hup would need where a script calls it."""
    if "cfn-hup" in script.text:
        place = script.place(script.text.index("cfn-hup"))
        message, advice = (cfntools.HUP, cfntools.HUP_ADVICE) if tools else (HUP, HUP_ADVICE)
        say(ctx, "C2H4514", Severity.WARNING, message, advice, path, place)


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
    tools = ctx.site.allows(cfntools.SWITCH)
    if init is not None:
        found = [finding for text in scripts.texts(init) for finding in findings(Script(text), tools)]
        tell(ctx, "cfn-init configuration", found, (*path, INIT))
    if tools:
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
