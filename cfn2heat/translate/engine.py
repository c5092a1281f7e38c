"""The passes of a translation, in order."""

from __future__ import annotations

from cfn2heat.cfn.catalog import lookup as source_type
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hot.catalog import lookup
from cfn2heat.hot.guard import guard_references
from cfn2heat.hot.literals import escape_literals
from cfn2heat.hot.narrow import drop_empty_defaults, narrow_by_files, narrow_parameters
from cfn2heat.hot.template import HotResource
from cfn2heat.hot.versions import lower
from cfn2heat.source import Span
from cfn2heat.table.rules import NoneAnswer, Rule
from cfn2heat.translate import attributes, comments, dependencies, outside, sections
from cfn2heat.translate.assertions import rule_place
from cfn2heat.translate.complete import complete
from cfn2heat.translate.context import CompositeContext, CompositePlan, PlanContext, ResourceContext
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.properties import apply_rows, record_unknown, set_fixed
from cfn2heat.translate.registry import REGISTRY
from cfn2heat.translate.services import say_unserved
from cfn2heat.translate.state import Translation
from cfn2heat.translate.validity import hold


def translate(t: Translation) -> None:
    """Run every pass; the result stands in t.hot, t.files, t.ledger and t.diagnostics."""
    open_ledger(t)
    plan(t)
    sections.parameters(t)
    sections.conditions(t)
    composites = make_resources(t)
    for resource in t.template.resources.values():
        build(t, resource)
    for composite, members in composites:
        finish = getattr(REGISTRY.get("composite", composite), "finish", None)
        if finish is not None:
            finish(CompositeContext(t, composite, members))
    dependencies.explicit(t)
    sections.outputs(t)
    settle_parts(t)
    complete(t)
    outside.account(t)
    sections.finish(t)
    arrange(t)
    finish_templates(t)
    hold(t)
    comments.write(t)
    say_unserved(t)
    close(t)


def open_ledger(t: Translation) -> None:
    """Enter every leaf of the source."""
    for name, resource in t.template.resources.items():
        if resource.properties.entries:
            t.ledger.open(resource.properties, ("Resources", name, "Properties"))
        attributes.open_ledger(t, resource)
    sections.open_ledger(t)


# ---- planning --------------------------------------------------------------------------------------------------------


def plan(t: Translation) -> None:
    """Find each resource's rule, let composites claim theirs, choose every HOT name."""
    for name, resource in t.template.resources.items():
        t.plan.rules[name] = rule_for(t, resource)
    for name, rule in t.plan.rules.items():
        if rule is not None:
            _plan_names(t, name, rule)
    for composite in t.table.composites():
        members = [resource for resource in t.template.resources.values() if resource.type in composite.members]
        members = [resource for resource in members if t.plan.rules[resource.name] is not None]
        if members:
            REGISTRY.get("composite", composite.hook).plan(CompositePlan(t, composite.hook, members))
    for name, rule in t.plan.rules.items():
        if rule is not None and rule.plan is not None and name not in t.plan.claimed:
            REGISTRY.get("plan_hook", rule.plan)(PlanContext(t, name))


def rule_for(t: Translation, resource: Resource) -> Rule | None:
    """The rule of a resource's type; types of the target language itself pass through; None: no counterpart."""
    rule = t.table.rule(resource.type)
    if rule is None:
        return native_rule(resource.type)
    if rule.needs is not None and not t.site.switches.get(rule.needs):
        return None
    return rule


def native_rule(type: str) -> Rule | None:
    """A rule for a type that is Heat's own; those that it shares with the source's side are the table's to translate."""
    if lookup(type) is None or source_type(type) is not None:
        return None
    from cfn2heat.translate.native import rule

    return rule(type)


def _plan_names(t: Translation, name: str, rule: Rule) -> None:
    context = PlanContext(t, name)
    for emit in rule.emits.values():
        if emit.when is not None and not REGISTRY.get("predicate", emit.when)(context):
            continue
        wanted = emit.name.replace("{id}", name)
        t.plan.bind(name, emit.key, wanted if rule.part else t.plan.choose(wanted, name))
        if not rule.part:
            t.plan.emitted.setdefault(name, {})[emit.key] = emit.type


def make_resources(t: Translation) -> list[tuple[str, list[Resource]]]:
    """Make every planned HOT resource, still empty, so that hooks find those of others."""
    for name in t.template.resources:
        for key, type in t.plan.emitted.get(name, {}).items():
            hot_name = t.plan.names[name][key]
            if hot_name not in t.hot.resources:
                t.make(name, hot_name, type)
    composites = []
    for composite in t.table.composites():
        members = [resource for resource in t.template.resources.values() if resource.type in composite.members]
        members = [resource for resource in members if t.plan.rules[resource.name] is not None]
        if members:
            REGISTRY.get("composite", composite.hook).emit(CompositeContext(t, composite.hook, members))
            composites.append((composite.hook, members))
    return composites


# ---- building --------------------------------------------------------------------------------------------------------


def build(t: Translation, resource: Resource) -> None:
    """One resource by its rule, or its verdict when it has none."""
    rule = t.plan.rules[resource.name]
    if rule is None:
        drop(t, resource, verdict(t, resource))
    elif rule.part:
        build_part(t, resource.name)
    else:
        build_by_rule(t, resource, rule)


def build_by_rule(t: Translation, resource: Resource, rule: Rule) -> None:
    """Rows, then the finishing hook, then what is fixed, then the resource's attributes."""
    ctx = ResourceContext(t, resource.name)
    apply_rows(ctx, rule.properties, resource.properties, ())
    if rule.finish is not None:
        REGISTRY.get("finish_hook", rule.finish)(ctx)
    set_fixed(ctx, rule.fixed)
    attributes.apply(ctx)
    if not t.plan.hot_names(resource.name) and rule.because:
        because = t.with_grants(resource.name, rule.because)
        t.diagnostics.add("C2H3004", rule.severity, resource.name, because, advice=rule.advice, span=resource.span)


def build_part(t: Translation, name: str) -> None:
    """Evaluate a part's rows once; its resources stand in t.parts until somebody builds them in."""
    if name in t.parts:
        return
    rule = t.plan.rules[name]
    resource = t.template.resources[name]
    if rule is None or not rule.part:
        t.parts[name] = {}
        return
    t.parts[name] = {
        emit.key: HotResource(t.plan.names[name][emit.key], emit.type)
        for emit in rule.emits.values()
        if t.plan.name(name, emit.key) is not None
    }
    build_by_rule(t, resource, rule)


def verdict(t: Translation, resource: Resource) -> NoneAnswer:
    """Why a resource has no counterpart."""
    if resource.name in t.plan.verdicts:
        return t.plan.verdicts[resource.name]
    rule = t.table.rule(resource.type)
    if rule is not None:
        because = rule.because or "It is switched off in the site file."
        return NoneAnswer(because, rule.advice, rule.severity)
    return t.table.answer(resource.type)


def drop(t: Translation, resource: Resource, answer: NoneAnswer) -> None:
    """A whole resource without counterpart; its table must know what AWS documents all the same."""
    rule = t.table.rule(resource.type)
    documented = source_type(resource.type) if rule is not None else None
    for name in resource.properties.entries if documented is not None else ():
        if rule is not None and documented is not None and name in documented.properties and name not in rule.properties:
            record_unknown(ResourceContext(t, resource.name), (name,))
    t.ledger.record(
        ("Resources", resource.name), Fate.DROPPED, because=answer.because, row=resource.type, severity=answer.severity
    )
    message = f"{resource.type}: {answer.because}"
    t.diagnostics.add("C2H3004", answer.severity, resource.name, message, advice=answer.advice, span=resource.span)


def settle_parts(t: Translation) -> None:
    """A part that nothing was built from is a loss after all."""
    for name in t.parts:
        if name not in t.built:
            because = "Nothing in this template makes servers from it."
            t.ledger.void(("Resources", name), because)
            span = t.template.resources[name].span
            t.diagnostics.add("C2H3001", Severity.WARNING, name, because, span=span)


# ---- closing ---------------------------------------------------------------------------------------------------------


def arrange(t: Translation) -> None:
    """HOT resources in the order of the source."""
    places = [*t.template.resources, *map(rule_place, t.template.rules)]
    order = [name for place in places for name in t.placed.get(place, [])]
    t.hot.resources = {name: t.hot.resources[name] for name in order if name in t.hot.resources}


def finish_templates(t: Translation) -> None:
    """Guard conditional resources, narrow parameters, use the functions of the version, keep data from being run."""
    for template in (*t.files.values(), t.hot):
        guard_references(template)
        narrow_parameters(template, but=drop_empty_defaults(template))
        narrow_by_files(template, t.files)
        for place in lower(template):
            message = f"Version {template.version} cannot leave out {place} where its condition says so; Heat refuses it empty."
            advice = "Convert with --heat-version 2021-04-16, or make stacks in which the condition holds."
            t.diagnostics.add("C2H2104", Severity.WARNING, place, message, advice=advice, span=Span(t.template.file, 0, 0))
        escape_literals(template, t.files)


def close(t: Translation) -> None:
    """The ledger balances."""
    known = {"parameter_groups", "description", "template"}
    known.update(t.hot.resources, t.hot.parameters, t.hot.conditions, t.hot.outputs)
    known.update(resource.name for name in t.built for resource in t.parts[name].values())
    for template in t.files.values():
        known.update(template.resources)
    t.ledger.close(known)
