"""From a bundle and a cloud to a stack: fills what is open, holds it against the cloud, then deploys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cfn2heat.deploy.bundle import Bundle, Parameter
from cfn2heat.deploy.deploying import Outcome, Wish, deploy
from cfn2heat.deploy.exports import filled, imports
from cfn2heat.deploy.follow import Tell
from cfn2heat.deploy.needs import needs
from cfn2heat.deploy.parameters import lacking, tell_lacking
from cfn2heat.deploy.preflight import lacks, survey_for
from cfn2heat.deploy.stack import Stack
from cfn2heat.diagnostics import Diagnostic, Severity
from cfn2heat.record import replace

if TYPE_CHECKING:
    from cfn2heat.deploy.heat import Heat

Ask = Callable[[Parameter], "str | None"]
"""Asks a person for the value of a hidden parameter; None when nobody is there."""


class Unready(Exception):
    """Something lacks, so that nothing was begun; in_cloud tells whether the cloud lacks it, or the call."""

    def __init__(self, diagnostics: list[Diagnostic], *, in_cloud: bool) -> None:
        self.diagnostics = diagnostics
        self.in_cloud = in_cloud
        super().__init__("; ".join(map(str, diagnostics)))


def launch(heat: Heat, wish: Wish, ask: Ask, tell: Tell) -> Outcome:
    """Deploy; Unready says all that lacks."""
    stack = heat.find(wish.name)
    wish = _complete(heat, wish, stack, ask)
    if stack is None or not stack.in_progress:
        _hold(heat, wish, stack, tell)
    return deploy(heat, wish, tell)


def _complete(heat: Heat, wish: Wish, stack: Stack | None, ask: Ask) -> Wish:
    """Fill imports and secrets; what a stack has already of secrets, it keeps."""
    parameters = wish.bundle.parameters()
    values = dict(wish.values)
    wanted = {name: export for name, export in imports(wish.bundle.template, values).items() if name not in values}
    if wanted:
        values |= filled(heat, wanted)
    open_ = lacking(parameters, values)
    had = heat.parameters(stack) if stack is not None and any(one.hidden for one in open_) else {}
    kept = frozenset(one.name for one in open_ if one.hidden and one.name in had)
    still: list[Parameter] = []
    for parameter in open_:
        answer = ask(parameter) if parameter.hidden and parameter.name not in kept else None
        if answer is not None:
            values[parameter.name] = answer
        elif parameter.name not in kept:
            still.append(parameter)
    if still:
        raise Unready([*tell_lacking(still), *_choices(heat, wish.bundle, values)], in_cloud=False)
    return replace(wish, values=values, kept=kept)


def _choices(heat: Heat, bundle: Bundle, values: dict[str, Any]) -> list[Diagnostic]:
    """What the cloud has for parameters that lack a value and name something of it."""
    wanted = needs(bundle.template, bundle.nested, values)
    open_ = replace(wanted, types={}, names=[], takes=[], servers=[])
    found = lacks(open_, survey_for(heat.connection, open_)) if open_.unfilled else []
    return [one for one in found if one.subject in open_.unfilled]


def _hold(heat: Heat, wish: Wish, stack: Stack | None, tell: Tell) -> None:
    """Hold the template against the cloud, so that nothing is begun that cannot end well."""
    wanted = needs(wish.bundle.template, wish.bundle.nested, wish.values)
    if stack is not None:
        wanted = replace(wanted, takes=[])  # what the stack has is taken already
    found = [wish.bundle.at_source(one) for one in lacks(wanted, survey_for(heat.connection, wanted))]
    if any(one.severity is Severity.ERROR for one in found):
        raise Unready(found, in_cloud=True)
    for one in found:
        tell(one)


def values_of(bundle: Bundle, *sources: dict[str, Any]) -> dict[str, Any]:
    """The values for a bundle's parameters: its own, then those of each source over those before."""
    parameters = bundle.parameters()
    found: dict[str, Any] = {}
    for source in (bundle.values, *sources):
        found.update((name, value) for name, value in source.items() if name in parameters and value is not None)
    return found
