"""CloudFormation's own types: nested stacks, wait conditions, and custom resources, which stay holes."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.folder import address_tail
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.beside import network_for
from cfn2heat.hooks.choices import without_nothing
from cfn2heat.hooks.elsewhere import addresses, settle, wait_for_subnets
from cfn2heat.hooks.interfaces import present
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.narrow import inherit
from cfn2heat.hot.template import HotParameter
from cfn2heat.source import Path
from cfn2heat.translate.comments import wrap
from cfn2heat.translate.constants import Constants, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.placeholder import Placeholder, handed_type, place
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook
from cfn2heat.translate.sections import lose_default, parameter_type
from cfn2heat.translate.state import Child
from cfn2heat.translate.texts import source_text
from cfn2heat.translate.transforms import target_side

# ---- nested stacks ---------------------------------------------------------------------------------------------------


def child_of(plan: PlanContext) -> Child | None:
    """The translated template of a nested stack, when its file is at hand: of two that a condition chooses from, the first is."""
    found = (plan.t.child(url) for url in addresses(plan.value("TemplateURL")))
    return next((child for child in found if child is not None), None)


@plan_hook("cloudformation.stack")
def plan_stack(plan: PlanContext) -> None:
    """The type of the resource is the file of the nested template, or of the placeholder that stands for it."""
    settle(plan.t)
    child = child_of(plan)
    plan.t.plan.emitted[plan.id]["stack"] = child.file if child is not None else _placeholder(plan).file


def _placeholder(plan: PlanContext) -> Placeholder:
    urls = addresses(plan.value("TemplateURL"))
    texts = dict.fromkeys(" ".join(source_text(url).split("?", 1)[0].split()) for url in urls)
    shown = " or ".join(texts) or f"{plan.id}, without an address"
    tails = (address_tail(url) for url in urls)
    return place(plan.t, plan.id, shown, next(filter(None, tails), ""), _names(plan.value("Parameters")))


def _names(parameters: cfn.Value | None) -> list[str]:
    """The names of what is handed over."""
    if isinstance(parameters, cfn.If):
        return [*_names(parameters.then), *_names(parameters.otherwise)]
    return list(parameters.entries) if isinstance(parameters, cfn.Map) else []


def _child(ctx: ResourceContext) -> Child:
    """The nested template of a stack, or what stands for it."""
    placeholder = ctx.t.placeholders.get(ctx.id)
    if placeholder is not None:
        return Child(placeholder.file, placeholder.template.parameters, {})
    child = child_of(ctx)
    assert child is not None
    return child


@property_hook("cloudformation.template")
def template(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The file stands as the type."""
    file = _child(ctx).file
    placeholder = ctx.t.placeholders.get(ctx.id)
    if placeholder is not None:
        _lose(ctx, placeholder, "Properties", *path)
    else:
        ctx.adapted(path, f"The nested template is the file {file}, which is the type of this resource.", "stack")
    if isinstance(value, cfn.If) and _file(value.then) != _file(value.otherwise):
        message = f"A condition chooses between two templates; {file} is the one that is used here."
        ctx.report("C2H3005", Severity.WARNING, message, "Change the type of the resource for the other.", path)
    return None


def _missing(placeholder: Placeholder) -> str:
    return (
        f"The template of the nested stack ({placeholder.source}) is not at hand, so that what it makes is missing: "
        f"{placeholder.file}, which makes nothing, holds its place."
    )


def _lose(ctx: ResourceContext, placeholder: Placeholder, *path: str | int) -> None:
    """The account says that a leaf of the resource is lost."""
    because, leaf = _missing(placeholder), ("Resources", ctx.id, *path)
    ctx.t.ledger.record(leaf, Fate.DROPPED, because=because, row=ctx.resource.type, severity=Severity.ERROR)


def _file(url: cfn.Value) -> str:
    """The last part of an address: buckets differ between a test and the real thing, files do not."""
    return source_text(url).rsplit("/", 1)[-1]


@property_hook("cloudformation.parameters")
def parameters(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Arguments of the nested template, typed by its parameters."""
    stack, placeholder = ctx.emit("stack"), ctx.t.placeholders.get(ctx.id)
    arguments = _arguments(ctx, _child(ctx), value, path)
    stack.properties = {**arguments, **stack.properties}
    if placeholder is not None:
        for name, argument in arguments.items():
            placeholder.hand(ctx.id, name, argument)
    return None


def _arguments(ctx: ResourceContext, child: Child, value: cfn.Value, path: Path) -> dict[str, hot.HotValue]:
    if isinstance(value, cfn.If):
        then = _arguments(ctx, child, value.then, (*path, "Fn::If", 1))
        otherwise = _arguments(ctx, child, value.otherwise, (*path, "Fn::If", 2))
        chosen = {
            name: branch(hot.Literal(value.condition), then.get(name), otherwise.get(name))
            for name in dict.fromkeys([*then, *otherwise])
        }
        return {name: found for name, found in chosen.items() if found is not None}
    arguments: dict[str, hot.HotValue] = {}
    for name, member in value.entries.items() if isinstance(value, cfn.Map) else ():
        declared = child.parameters.get(name)
        if declared is None:
            because = f"{child.file} has no such parameter: nothing in it needs the value."
            ctx.dropped((*path, name), because, severity=Severity.NOTE)
            continue
        refused = _refused(ctx, member, declared)
        if refused is not None:
            because = f"{child.file} does not allow {refused}, so that its own default holds: the file is of another version."
            advice = "Convert with the version of the nested template that knows the value."
            ctx.dropped((*path, name), because, advice, Severity.ERROR)
            continue
        found = ctx.hot(member)
        ctx.translated((*path, name), f"stack.{name}")
        if found is not None:
            if ctx.id in ctx.t.placeholders:
                ctx.t.placeholders[ctx.id].form(ctx.t, name, found)
            _settle_default(ctx, child, name, member)
            arguments[name] = _argument(ctx, found, declared)
            if name in child.looked_up:
                _more_keys(ctx, child.looked_up[name], member)
    return arguments


def _more_keys(ctx: ResourceContext, fact: str, value: cfn.Value) -> None:
    """What is handed to a nested template that looks it up in a table of the site is a key of that table."""
    if isinstance(value, cfn.Ref) and value.name in ctx.template.parameters:
        if target_side(ctx.t, value.name):
            return
        ctx.t.looked_up[value.name] = fact
    ctx.t.ask(fact)
    ctx.t.lookups.setdefault(fact, {}).update(ctx.t.constants.possible(value).values)


def _refused(ctx: ResourceContext, value: cfn.Value, declared: HotParameter) -> str | None:
    """The value (by this template's defaults) where the nested one refuses it and has a default of its own."""
    if isinstance(value, cfn.If):
        return _refused(ctx, value.then, declared) and _refused(ctx, value.otherwise, declared)
    allowed = [limit.entries["allowed_values"] for limit in declared.constraints if "allowed_values" in limit.entries]
    if not allowed or declared.default is None:
        return None
    defaults = {name: parameter.fields.entries.get("Default") for name, parameter in ctx.template.parameters.items()}
    plain = {name: as_text(default.value) for name, default in defaults.items() if isinstance(default, cfn.Scalar)}
    found = Constants(ctx.template, plain).fold(value)
    known = {as_text(item.value) for item in items_of(allowed[0]) if isinstance(item, hot.Literal)}
    return as_text(found) if isinstance(found, str | int) and as_text(found) not in known else None


def items_of(value: hot.HotValue) -> tuple[hot.HotValue, ...]:
    """The members of a list."""
    return value.items if isinstance(value, hot.HotList) else ()


def _argument(ctx: ResourceContext, value: hot.HotValue, declared: HotParameter) -> hot.HotValue:
    """A value as a parameter of the nested template takes it: CloudFormation hands on texts."""
    if isinstance(value, hot.If):
        otherwise = None if value.otherwise is None else _argument(ctx, value.otherwise, declared)
        return hot.If(value.condition, _argument(ctx, value.then, declared), otherwise)
    if isinstance(value, hot.GetParam) and not value.path:
        _inherit(ctx, value.name, declared)
    if declared.type == "string" and handed_type(ctx.t, value) == "comma_delimited_list":
        return hot.ListJoin(",", (value,))
    if isinstance(value, hot.Literal) and declared.type in ("string", "comma_delimited_list"):
        return hot.Literal(as_text(value.value))
    return value


def _settle_default(ctx: ResourceContext, child: Child, name: str, value: cfn.Value) -> None:
    """A default that the nested template takes for a thing of AWS names none here either, whatever the outer parameter's type."""
    below = child.below
    parameter = ctx.t.hot.parameters.get(value.name) if isinstance(value, cfn.Ref) else None
    if below is None or parameter is None or name not in below.template.parameters or target_side(ctx.t, parameter.name):
        return
    rule = parameter_type(below.table, below.template.parameters[name].type).get("default", "keep")
    if rule == "keep" or not isinstance(parameter.default, hot.Literal) or not parameter.default.value:
        return
    text = as_text(parameter.default.value)
    found = ctx.site.lookup(rule["site"]).get(text) if isinstance(rule, dict) else None
    if found is not None:
        parameter.default = hot.Literal(found)
    else:
        because = ctx.t.table.parameters["because"]["drop"] + ("" if parameter.hidden else f" It was {text}.")
        lose_default(ctx.t, parameter, because)


def _inherit(ctx: ResourceContext, name: str, declared: HotParameter) -> None:
    """What the nested template demands of a value is demanded of the parameter that it comes from."""
    outer, ours = ctx.t.hot.parameters.get(name), ctx.t.declared.get(name)
    if ours is not None:
        ours.constraints[:0] = [limit for limit in declared.constraints if limit not in ours.constraints]
    elif outer is not None and outer.type == declared.type and outer.default is None:
        inherit(outer, declared)


@finish_hook("cloudformation.stack")
def finish_stack(ctx: ResourceContext) -> None:
    """Hand on what the nested template asks for beside the source's parameters; say it where it is not at hand."""
    child, stack = _child(ctx), ctx.emit("stack")
    placeholder = ctx.t.placeholders.get(ctx.id)
    if placeholder is not None:
        advice = f"Fetch it and convert again with --template-dir, or write into {child.file} what it makes."
        ctx.report("C2H3008", Severity.ERROR, _missing(placeholder), advice)
        _lose(ctx, placeholder, "Type")
        stack.comments += wrap(f"{child.file} is a placeholder, which makes nothing: {placeholder.source} is not at hand")
        return
    wait_for_subnets(ctx)
    for name, declared in child.parameters.items():
        if name not in stack.properties:
            given = network_for(ctx, child, name) or _handed_on(ctx, name, declared)
            if given is not None:
                stack.properties[name] = given


def _handed_on(ctx: ResourceContext, name: str, declared: HotParameter) -> hot.HotValue | None:
    """A fact of the site or of AWS under its own name; what the nested template must be told is asked for here."""
    t = ctx.t
    if name in t.table.site_facts:
        found = ctx.site_value(name)
        if isinstance(declared.default, hot.HotMap):
            t.lookups.setdefault(name, {}).update(dict.fromkeys(declared.default.entries))
        elif isinstance(declared.default, hot.Literal) and t.declared[found.name].type == "comma_delimited_list":
            _widen(t.declared[found.name], declared.default)
        return found
    if name in {data.get("parameter") for data in t.table.pseudo.values()}:
        copy = HotParameter(name, declared.type, description=declared.description, default=declared.default)
        return ctx.parameter(name, copy)
    if declared.default is not None:
        return None
    because = declared.description or f"The nested template {ctx.id} asks for it."
    asked = ctx.hole(f"{ctx.id}_{name}", because, declared.type, hidden=declared.hidden)
    t.declared[asked.name].constraints = list(declared.constraints)
    return asked


def _widen(parameter: HotParameter, other: hot.Literal) -> None:
    """A list of the site is as long as the longest that a template reads from."""
    own = parameter.default.value if isinstance(parameter.default, hot.Literal) else ""
    if as_text(other.value).count(",") > as_text(own).count(","):
        parameter.default = other


@reference_hook("cloudformation.output")
def output(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """An output of the nested stack; a hole where its template has none of that name."""
    name, child = attribute.removeprefix("Outputs."), _child(ctx)
    placeholder, stack = ctx.t.placeholders.get(ctx.id), ctx.emit("stack")
    if placeholder is not None:
        parameter = placeholder.read(name)
        because = f"It is the output {name} of the nested stack {ctx.id}, whose template is not at hand."
        stack.properties[parameter] = asked = ctx.hole(f"{ctx.id}_{name}", because)
        placeholder.hand(ctx.id, parameter, asked)
        return hot.GetAttr(stack.name, name)
    if name not in child.outputs:
        return ctx.hole(f"{ctx.id}_{name}", f"The nested template {child.file} has no output {name}.")
    return hot.GetAttr(stack.name, child.outputs[name])


# ---- wait conditions -------------------------------------------------------------------------------------------------


@predicate("cloudformation.needs_handle")
def needs_handle(plan: PlanContext) -> bool:
    """Whether a wait condition names no handle, because it waits for signals that bear its own name."""
    return not present(plan.value("Handle"))


@property_hook("cloudformation.timeout")
def timeout(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Seconds, no more than the twelve hours that Heat allows."""
    constant = ctx.constant(value)
    text = as_text(constant) if isinstance(constant, str | int) else ""
    if text.isdigit() and not 1 <= int(text) <= LONGEST:
        nearest = min(max(int(text), 1), LONGEST)
        ctx.adapted(path, f"Heat waits for {nearest} seconds here: its limits are 1 and {LONGEST}.", "condition.Timeout")
        return hot.Literal(nearest)
    ctx.translated(path, "condition.Timeout")
    return ctx.hot(value)


LONGEST = 43200
SIGNAL = 300
"""What CloudFormation waits for signals when nothing else is said."""


@finish_hook("cloudformation.wait_condition")
def finish_wait_condition(ctx: ResourceContext) -> None:
    """Heat wants a time limit; the attribute CreationPolicy, which comes after this, may say another."""
    default = hot.Literal(SIGNAL if ctx.resource.creation_policy is not None else LONGEST)
    properties = ctx.emit("condition").properties
    properties["Timeout"] = without_nothing(properties.get("Timeout"), default)


# ---- custom resources ------------------------------------------------------------------------------------------------


@plan_hook("cloudformation.custom_resource")
def plan_custom_resource(plan: PlanContext) -> None:
    """Say who would have made the resource."""
    token = plan.value("ServiceToken")
    found = plan.resource_of(token)
    who = f"{found.name} ({found.type})" if found is not None else source_text(token) if token is not None else "its ServiceToken"
    because = f"The code behind {who} makes it inside AWS, and Heat cannot call that."
    advice = (
        "Give its results as parameters, or write the code as Mistral workflows for create, update and delete "
        "and call them from an OS::Mistral::ExternalResource."
    )
    plan.give_up(because, advice, Severity.ERROR)
