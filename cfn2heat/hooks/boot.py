"""What servers do when they boot: scripts and what they ask of AWS, cfn-init, signals."""

from __future__ import annotations

import base64
import binascii

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import scripts
from cfn2heat.hooks.cloudformation import LONGEST, SIGNAL
from cfn2heat.hooks.loadbalancing import restrict
from cfn2heat.hooks.scripts import Finding, Script
from cfn2heat.hooks.signals import calls, for_heat
from cfn2heat.hot import values as hot
from cfn2heat.source import Path, Span, format_path
from cfn2heat.translate.attributes import carry_metadata
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.registry import property_hook
from cfn2heat.translate.transforms import Case, seconds

INIT = "AWS::CloudFormation::Init"


# ---- what scripts do with AWS ----------------------------------------------------------------------------------------


@property_hook("boot.user_data")
def user_data(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The script itself; what it does with AWS is said with its line, and its calls of cfn-init and cfn-signal go to Heat."""
    source = bare(value)
    script = Script(source)
    tell(ctx, "user data", scripts.findings(script), path)
    found = ctx.hot(source if "cfn-" not in script.text else in_one(source))
    if found is None or "cfn-" not in script.text:
        return found
    prepare(ctx, script, path)
    rewritten = for_heat(found, lambda name: handle_of(ctx, name))
    tell_signals(ctx, [script], rewritten.signals, path)
    return rewritten.value


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


def tell(ctx: ResourceContext, where: str, found: list[Finding], path: Path) -> None:
    """Report findings, each with its line, and show them at the resource."""
    noted: dict[str, list[Span]] = {}
    for finding in found:
        kind, span = finding.kind, finding.span
        subject = format_path(ctx.source_path(path)[1:])
        message = f"The {where} {kind.words}: {finding.text}"
        ctx.t.diagnostics.add(kind.code, kind.severity, subject, message, advice=kind.advice, span=span)
        if kind.severity is not Severity.NOTE:
            noted.setdefault(kind.words, []).append(span)
    for words, spans in noted.items():
        ctx.t.note_look(ctx.id, f"{where} {words}", spans)


# ---- cfn-init --------------------------------------------------------------------------------------------------------

TOOLS = "Build the image with heat-cfntools (the disk-image-builder element of that name, or pip install heat-cfntools)."
MISFIT = "Start the user data with #! so that it is a script, or write what cfn-init does as cloud-init parts."


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


def has_init(resource: Resource) -> bool:
    """Whether a resource's metadata say something to cfn-init."""
    return resource.metadata is not None and INIT in resource.metadata.entries


def borrow(ctx: ResourceContext, named: Resource) -> None:
    """cfn-init reads the metadata of its own server: those of a group or another resource are copied there."""
    server = ctx.find("server")
    init = named.metadata.entries.get(INIT) if named.metadata else None
    found = None if init is None else ctx.hot(init)
    if server is not None and found is not None:
        server.metadata = hot.HotMap({INIT: for_heat(found, lambda name: handle_of(ctx, name)).value})


def say(
    ctx: ResourceContext, code: str, severity: Severity, message: str, advice: str, path: Path, place: Span | None = None
) -> None:
    """Report at a line of a script, and show it at the resource where it is a loss."""
    subject = format_path(ctx.source_path(path)[1:])
    ctx.t.diagnostics.add(code, severity, subject, message, advice=advice, span=place or ctx.resource.span)
    if place is not None:
        ctx.t.note_look(ctx.id, message.rstrip("."), [place])


@property_hook("boot.metadata")
def metadata(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Metadata stay with the server; what cfn-init is told to do with AWS is said."""
    assert isinstance(value, cfn.Map)
    server = ctx.find("server")
    init = value.entries.get(INIT)
    if server is None or init is None:
        borrowed = server.metadata if server is not None else None
        if server is not None:
            server.metadata = None
        carry_metadata(ctx, value, path)
        if server is not None and borrowed is not None:
            server.metadata = merged(borrowed, server.metadata)
        return None
    found = [finding for text in scripts.texts(init) for finding in scripts.findings(Script(text))]
    tell(ctx, "cfn-init configuration", found, (*path, INIT))
    ctx.adapted((*path, INIT), "Heat hands it to the server with its user data, where cfn-init reads it.", "server")
    carry_metadata(ctx, value, path)
    if server.metadata is not None:
        rewritten = for_heat(server.metadata, lambda name: handle_of(ctx, name))
        server.metadata = rewritten.value
        tell_signals(ctx, [Script(text) for text in scripts.texts(init)], rewritten.signals, (*path, INIT))
    return None


def merged(borrowed: hot.HotValue, own: hot.HotValue | None) -> hot.HotValue:
    """Two maps of metadata as one."""
    if isinstance(borrowed, hot.HotMap) and isinstance(own, hot.HotMap):
        return hot.HotMap({**borrowed.entries, **own.entries})
    return borrowed


# ---- signals ---------------------------------------------------------------------------------------------------------

WAITING = "AWS::CloudFormation::WaitCondition"
HANDLE = "AWS::CloudFormation::WaitConditionHandle"
SIGNALLED = ("AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup")
UNHEARD = "Write the call as cfn-signal -e $? with the address of the wait condition's handle."


def signal_of(resource: Resource) -> cfn.Map | None:
    """The signals that a resource waits for when it is created, as it says."""
    found = resource.creation_policy.entries.get("ResourceSignal") if resource.creation_policy else None
    return found if isinstance(found, cfn.Map) and resource.type in SIGNALLED else None


def waits(ctx: ResourceContext, resource: Resource) -> bool:
    """Whether a resource waits for one signal at least, and there is something to wait for."""
    signal = signal_of(resource)
    if signal is None or not ctx.t.plan.hot_names(resource.name):
        return False
    return as_text(ctx.constant(signal.entries.get("Count"))) != "0"


def handle_of(ctx: ResourceContext, name: str) -> str | None:
    """The handle of what a script signals by name; made when it is first signalled."""
    resource = ctx.template.resources.get(name)
    if resource is None:
        return None
    if resource.type in (WAITING, HANDLE):
        return ctx.name(name, "handle")
    if not waits(ctx, resource):
        return None
    known = ctx.name(name, "signal_handle")
    return known or ResourceContext(ctx.t, name).add("signal_handle", HANDLE, f"{name}_signal_handle").name


def heard(ctx: ResourceContext, name: str) -> bool:
    """Whether something waits for signals that name it; asking makes no handle, for which a stack would wait in vain."""
    resource = ctx.template.resources.get(name)
    return resource is not None and (resource.type in (WAITING, HANDLE) or waits(ctx, resource))


def tell_signals(ctx: ResourceContext, found: list[Script], written: int, path: Path) -> None:
    """Say which calls reach nobody."""
    told = [(script, call) for script in found for call in calls(script.text) if call.program == "signal"]
    told = [(script, call) for script, call in told if not (call.direct and call.clear)]
    lost = written < sum(call.clear and heard(ctx, call.resource) for _, call in told)
    for script, call in told:
        place = script.place(call.start)
        if not call.clear or not call.resource or (lost and heard(ctx, call.resource)):
            message = "This call of cfn-signal cannot be turned to a wait condition of Heat, so that nobody hears it."
            say(ctx, "C2H4511", Severity.ERROR, message, UNHEARD, path, place)
        elif not heard(ctx, call.resource):
            message = f"This call of cfn-signal fails: {call.resource} waits for no signal here."
            say(ctx, "C2H4511", Severity.WARNING, message, "Leave the call out.", path, place)


@property_hook("boot.creation_signals")
def creation_signals(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A wait condition behind the server or group, whose handle the script signals."""
    if has_init(ctx.resource) and ctx.resource.metadata is not None:
        # Metadata come after this attribute; what signals from there makes the handle.
        for_heat(ctx.hot(ctx.resource.metadata) or hot.HotMap({}), lambda name: handle_of(ctx, name))
    handle = ctx.name(ctx.id, "signal_handle")
    primary = ctx.rule.primary
    target = ctx.name(ctx.id, primary.key) if primary else None
    if handle is None or target is None or not isinstance(value, cfn.Map):
        unsignalled(ctx, value, path)
        return None
    condition = ctx.add("signal", WAITING, f"{ctx.id}_signal")
    condition.depends_on.append(target)
    condition.properties = {"Handle": hot.GetResource(handle), **limits(ctx, value)}
    silent = unless(ctx, value.entries.get("Count"))
    if silent is not None:
        restrict(ctx, condition, (silent[0],))
        condition.properties["Count"] = silent[1]
    because = "A wait condition stands behind it, and the script signals its handle: Heat's resources take no signals by name."
    ctx.adapted(path, because, "signal")
    return None


def unless(ctx: ResourceContext, count: cfn.Value | None) -> tuple[hot.HotValue, hot.HotValue] | None:
    """Where a condition chooses between no signal and some: when there are some, and how many."""
    if not isinstance(count, cfn.If):
        return None
    then, otherwise = (as_text(ctx.constant(side)) == "0" for side in (count.then, count.otherwise))
    if then == otherwise:
        return None
    number = ctx.hot(count.otherwise if then else count.then, ctx.schema("signal.Count"))
    met: hot.HotValue = hot.Literal(count.condition)
    return None if number is None else (hot.Function("not", met) if then else met, number)


def limits(ctx: ResourceContext, signal: cfn.Map) -> dict[str, hot.HotValue]:
    """Time limit in seconds and number of signals."""
    given = signal.entries.get("Timeout")
    found = None if given is None else ctx.hot(given)
    timeout = None if found is None or given is None else seconds(found, Case(None, given, ctx.t))
    if isinstance(timeout, hot.Literal) and isinstance(timeout.value, int):
        timeout = hot.Literal(min(max(timeout.value, 1), LONGEST))
    count = ctx.hot(signal.entries.get("Count"), ctx.schema("signal.Count"))
    chosen: dict[str, hot.HotValue] = {"Timeout": timeout or hot.Literal(SIGNAL)}
    return chosen if count is None else {**chosen, "Count": count}


def unsignalled(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """Nothing in the template signals it in a way that could be turned to Heat."""
    because = "No script of the template signals it in a way that Heat could hear; it is complete when its servers are active."
    advice = "Put a wait condition behind it and signal its handle at the end of the script."
    none = isinstance(value, cfn.Map) and as_text(ctx.constant(value.entries.get("Count"))) == "0"
    ctx.dropped(path, because, advice, Severity.NOTE if none else Severity.WARNING)
