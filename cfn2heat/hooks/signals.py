"""Signals: a wait condition of Heat behind each server or group that its scripts signal."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.calls import calls, for_heat
from cfn2heat.hooks.cloudformation import LONGEST, SIGNAL
from cfn2heat.hooks.emitting import restrict
from cfn2heat.hooks.scripts import Script, say
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.registry import property_hook
from cfn2heat.translate.transforms import Case, seconds

INIT = "AWS::CloudFormation::Init"
WAITING = "AWS::CloudFormation::WaitCondition"
HANDLE = "AWS::CloudFormation::WaitConditionHandle"
SIGNALLED = ("AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup")
UNHEARD = "Write the call as cfn-signal -e $? with the address of the wait condition's handle."


def has_init(resource: Resource) -> bool:
    """Whether a resource's metadata say something to cfn-init."""
    return resource.metadata is not None and INIT in resource.metadata.entries


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
