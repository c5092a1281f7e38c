"""cfn-init and cfn-signal by the scripts of heat-cfntools, for images that have them (a switch of the site)."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import scripts
from cfn2heat.hooks.calls import calls, for_heat
from cfn2heat.hooks.init_files import with_modes
from cfn2heat.hooks.scripts import Script, say, tell, tell_hup
from cfn2heat.hooks.signals import INIT, handle_of, has_init, tell_signals
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.attributes import carry_metadata
from cfn2heat.translate.context import ResourceContext

TOOLS = "Build the image with heat-cfntools (the disk-image-builder element of that name, or pip install heat-cfntools)."
MISFIT = "Start the user data with #! so that it is a script, or write what cfn-init does as cloud-init parts."
HUP = "cfn-hup of heat-cfntools looks once for changes each time that it is run, and only with credentials of Heat."
HUP_ADVICE = (
    "Add Heat's AWS::IAM::User and AWS::IAM::AccessKey to the template, have cfn-init write /etc/cfn/cfn-credentials with the "
    "lines AWSAccessKeyId=KEY and AWSSecretKey=SECRET, put credential-file=/etc/cfn/cfn-credentials under [main] of "
    "cfn-hup.conf, and run cfn-hup -f from cron."
)


def served(ctx: ResourceContext, script: Script, found: hot.HotValue, path: Path) -> hot.HotValue:
    """User data whose calls heat-cfntools takes; Heat puts the metadata of cfn-init beside them."""
    tell(ctx, "user data", scripts.findings(script), path)
    tell_hup(ctx, script, HUP, HUP_ADVICE, path)
    prepare(ctx, script, path)
    done = for_heat(found, lambda name: handle_of(ctx, name))
    tell_signals(ctx, [script], done.signals, path)
    return done.value


def prepare(ctx: ResourceContext, script: Script, path: Path) -> None:
    """Let cfn-init find its metadata: Heat puts them on the server when it bundles the user data for heat-cfntools."""
    named = list(calls(script.text))
    found = [call for call in named if call.program == "init"]
    if not named and "cfn-hup" not in script.text:
        return
    say(ctx, "C2H4512", Severity.WARNING, "The scripts cfn-init and cfn-signal are those of heat-cfntools here.", TOOLS, path)
    if not found:
        return
    place = script.place(found[0].start)
    if ctx.find("server") is None:
        message = "This call of cfn-init finds no metadata: those of a fleet stand on no server."
        say(ctx, "C2H4513", Severity.ERROR, message, "Make the servers a group of a launch template.", path, place)
        return
    if not script.text.startswith("#!") or not all(call.clear for call in found):
        message = "This call of cfn-init finds no metadata: Heat hands them to scripts of heat-cfntools only."
        say(ctx, "C2H4513", Severity.ERROR, message, MISFIT, path, place)
        return
    ctx.set("server.user_data_format", hot.Literal("HEAT_CFNTOOLS"))
    source = ctx.template.resources.get(found[0].resource or ctx.id)
    if source is None or not has_init(source):
        message = f"cfn-init reads the metadata of {found[0].resource or ctx.id}, which has none for it in this template."
        say(ctx, "C2H4513", Severity.WARNING, message, "Name a resource whose metadata have such a section.", path, place)
    elif source.name != ctx.id and not has_init(ctx.resource):
        borrow(ctx, source)


def borrow(ctx: ResourceContext, named: Resource) -> None:
    """cfn-init reads the metadata of its own server: those of a group or another resource are copied there."""
    server = ctx.find("server")
    init = named.metadata.entries.get(INIT) if named.metadata else None
    found = None if init is None else ctx.hot(init)
    if server is not None and found is not None:
        server.metadata = hot.HotMap({INIT: for_heat(with_modes(found), lambda name: handle_of(ctx, name)).value})


def carry(ctx: ResourceContext, value: cfn.Map, path: Path) -> None:
    """Metadata stand on the server, where cfn-init of heat-cfntools reads them."""
    server = ctx.find("server")
    init = value.entries.get(INIT)
    if server is None or init is None:
        borrowed = server.metadata if server is not None else None
        if server is not None:
            server.metadata = None
        carry_metadata(ctx, value, path)
        if server is not None and borrowed is not None:
            server.metadata = merged(borrowed, server.metadata)
        return
    texts = [Script(text) for text in scripts.texts(init)]
    for text in [text for text in texts if "cfn-hup" in text.text][:1]:
        tell_hup(ctx, text, HUP, HUP_ADVICE, (*path, INIT))
    ctx.adapted((*path, INIT), "Heat hands it to the server with its user data, where cfn-init reads it.", "server")
    carry_metadata(ctx, value, path)
    if server.metadata is not None:
        done = for_heat(with_modes(server.metadata), lambda name: handle_of(ctx, name))
        server.metadata = done.value
        tell_signals(ctx, texts, done.signals, (*path, INIT))


def merged(borrowed: hot.HotValue, own: hot.HotValue | None) -> hot.HotValue:
    """Two maps of metadata as one."""
    if isinstance(borrowed, hot.HotMap) and isinstance(own, hot.HotMap):
        return hot.HotMap({**borrowed.entries, **own.entries})
    return borrowed
