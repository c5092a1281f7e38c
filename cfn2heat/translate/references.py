"""Ref and GetAtt of resources: by the table's references, else a hole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfn2heat.hot import values as hot
from cfn2heat.table.rules import DataReference, HookReference, NoReference
from cfn2heat.translate.minihot import Builder, MissingEmitError

if TYPE_CHECKING:
    from cfn2heat.translate.state import Translation

KINDS = {"integer": "number", "number": "number", "boolean": "boolean", "list": "comma_delimited_list", "map": "json"}


def reference(t: Translation, resource: str, attribute: str, kind: str = "any") -> hot.HotValue:
    """What a reference to a source resource becomes; kind is the HOT type that the place wants."""
    rule = t.plan.rules.get(resource)
    answer = rule.reference(attribute) if rule else None
    if isinstance(answer, DataReference):
        try:
            return Builder(lambda key: t.plan.name(resource, key), lambda fact: hot.GetParam(t.ask(fact))).build(answer.value)
        except MissingEmitError:
            return hole(t, resource, attribute, f"{resource} makes no resource that could answer for {attribute}.", kind)
    if isinstance(answer, HookReference):
        from cfn2heat.translate.context import ResourceContext
        from cfn2heat.translate.registry import REGISTRY

        found: hot.HotValue | None = REGISTRY.get("reference_hook", answer.name)(ResourceContext(t, resource), attribute)
        if found is not None:
            return found
        return hole(t, resource, attribute, f"{resource} has no counterpart that could answer for {attribute}.", kind)
    return hole(t, resource, attribute, _because(t, resource, attribute, answer), kind)


def resolved(t: Translation, resource: str, rest: str) -> hot.HotValue | None:
    """What a dynamic reference reads of a resource of this template, by the table's answer for `resolve`; None: nothing known."""
    rule = t.plan.rules.get(resource)
    answer = rule.references.get("resolve") if rule else None
    if not isinstance(answer, HookReference):
        return None
    from cfn2heat.translate.context import ResourceContext
    from cfn2heat.translate.registry import REGISTRY

    found: hot.HotValue | None = REGISTRY.get("reference_hook", answer.name)(ResourceContext(t, resource), rest)
    return found


def _because(t: Translation, resource: str, attribute: str, answer: NoReference | None) -> str:
    source = t.resource(resource)
    what = f"{attribute} of {resource} ({source.type})" if attribute != "Ref" else f"{resource} ({source.type})"
    if answer is not None:
        instead = f" Use {answer.instead} instead." if answer.instead else ""
        return f"{what}: {answer.because}{instead}"
    rule = t.plan.rules.get(resource)
    if rule is None:
        verdict = t.plan.verdicts.get(resource) or t.table.answer(source.type)
        return f"{what}: {verdict.because}"
    if not rule.emits and rule.because:
        return f"{what}: {rule.because}"
    return f"{what}: the type has no such attribute."


def hole(t: Translation, resource: str, attribute: str, because: str, kind: str) -> hot.HotValue:
    """The parameter that stands for a reference without counterpart."""
    wanted = resource if attribute == "Ref" else f"{resource}_{attribute}"
    return t.hole(wanted, f"{resource}.{attribute}", because, KINDS.get(kind, "string"))
