"""DependsOn follows what the resources became."""

from __future__ import annotations

from cfn2heat.diagnostics import Severity
from cfn2heat.hot.template import HotResource
from cfn2heat.hot.walk import references
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.state import Translation


def explicit(t: Translation) -> None:
    """Carry every DependsOn to the emitted resources; one on something dropped, or that would close a circle, is said."""
    reach = _Reach(t)
    for resource in t.template.resources.values():
        # A part has nothing of its own: what it was built into waits, and is waited for, in its place.
        standing = t.placed.get(resource.name) or t.absorbed.get(resource.name, [])
        own = [t.hot.resources[name] for name in standing if name in t.hot.resources]
        for index, wanted in enumerate(resource.depends_on):
            path = ("Resources", resource.name, "DependsOn", index)
            names = [name for name in t.absorbed.get(wanted) or t.plan.hot_names(wanted) if name in t.hot.resources]
            because = _carry(own[0], names, reach) if own and names else _lost(wanted, bool(own), bool(names))
            if because:
                t.ledger.record(path, Fate.DROPPED, because=because)
                subject = f"{resource.name}.DependsOn"
                t.diagnostics.add("C2H3007", Severity.NOTE, subject, because, span=resource.span)
            else:
                t.ledger.record(path, Fate.TRANSLATED, targets=(own[0].name,))


def _lost(wanted: str, own: bool, names: bool) -> str:
    if not own:
        return "The resource itself makes nothing that could wait."
    return f"{wanted} makes nothing that could be waited for." if not names else ""


def _carry(own: HotResource, names: list[str], reach: _Reach) -> str:
    for name in names:
        if name == own.name or name in own.depends_on or reach.needs(own.name, name):
            continue
        if reach.leads(name, own.name):
            return f"{name} waits for {own.name} in OpenStack; both ways would be a circle."
        own.depends_on.append(name)
        reach.add(own.name, name)
    return ""


class _Reach:
    """Which emitted resource needs which, directly."""

    def __init__(self, t: Translation) -> None:
        self._edges = {name: references(resource) for name, resource in t.hot.resources.items()}

    def add(self, source: str, target: str) -> None:
        self._edges.setdefault(source, set()).add(target)

    def needs(self, source: str, target: str) -> bool:
        """Whether one refers to the other, so that Heat waits by itself."""
        return target in self._edges.get(source, ())

    def leads(self, source: str, target: str) -> bool:
        seen, stack = {source}, [source]
        while stack:
            for following in self._edges.get(stack.pop(), ()):
                if following == target:
                    return True
                if following not in seen:
                    seen.add(following)
                    stack.append(following)
        return False
