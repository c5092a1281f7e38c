"""The state of one translation: what every pass reads, and the collectors that they fill."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from cfn2heat.cfn.graph import Graph
from cfn2heat.cfn.template import Resource, Template
from cfn2heat.diagnostics import Diagnostics
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotParameter, HotResource, HotTemplate
from cfn2heat.record import field, record
from cfn2heat.source import Span
from cfn2heat.table.loader import Table
from cfn2heat.table.site import Site
from cfn2heat.translate.constants import Constants, Possible
from cfn2heat.translate.ledger import Ledger
from cfn2heat.translate.plan import Plan
from cfn2heat.translate.texts import source_text

if TYPE_CHECKING:
    from cfn2heat.translate.placeholder import Placeholder


@record
class Options:
    """What the user chose: template version, region (None: a parameter of the stack), stem of the written files."""

    heat_version: str = "2021-04-16"
    region: str | None = None
    stem: str = "stack"
    parameters: dict[str, str] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    """Subnets that the templates around this one put on routers."""


def nothing_known(_output: str) -> Possible:
    """What the output of a stack may be of which nothing is known."""
    return Possible({}, False)


@record
class Child:
    """A nested stack that was translated too: its file, the parameters of its HOT, its outputs and what each may be."""

    file: str
    parameters: dict[str, HotParameter]
    outputs: dict[str, str]
    may_be: Callable[[str], Possible] = nothing_known
    looked_up: dict[str, str] = field(default_factory=dict)
    """Its source's parameters whose values are keys of a table of the site, and which table."""
    below: Translation | None = None
    """Its translation; a placeholder has none."""


@record
class Hole:
    """A parameter that stands for something without counterpart."""

    parameter: str
    subject: str
    because: str


class Translation:
    """One template on its way; ask() declares site facts, hole() holes; both give the parameter to read."""

    def __init__(
        self,
        template: Template,
        graph: Graph,
        table: Table,
        site: Site,
        options: Options,
        diagnostics: Diagnostics,
        child: Callable[[Any, frozenset[str]], Child | None],
        source: Callable[[Any, FilePath | None], tuple[Template, FilePath] | None],
        claim: Callable[[str], bool],
    ) -> None:
        self.template = template
        self.graph = graph
        self.table = table
        self.site = site
        self.options = options
        self.diagnostics = diagnostics
        self._child = child
        self.source = source
        """The nested template that an address in this file or in another names, as it was read, and its own file."""
        self.elsewhere: dict[str, frozenset[str]] | None = None
        """By the address of a nested template: the subnets of it that stand on routers of others; None until somebody looked."""
        self.children: dict[str, Child] = {}
        """Nested templates that were translated, by file."""
        self.claim = claim
        """Takes the name of a file for this template; False where another template has it."""
        self.constants = Constants(template, dict(self._fixed_pseudo()))
        self.plan = Plan(template)
        self.hot = HotTemplate(version=options.heat_version, description=template.description)
        self.ledger = Ledger()
        self.files: dict[str, HotTemplate] = {}
        self.refused: list[str] = []
        """Places of the written template that Heat refuses."""
        self.placeholders: dict[str, Placeholder] = {}
        """By resource: the file that stands for its nested template, which is not at hand."""
        self.parts: dict[str, dict[str, HotResource]] = {}
        self.built: set[str] = set()
        self.asked: dict[str, str] = {}
        self.lookups: dict[str, dict[str, None]] = {}
        self.looked_up: dict[str, str] = {}
        """Parameters whose values are keys of a table of the site, and which table: who hands them on knows more keys."""
        self.holes: dict[str, Hole] = {}
        self.beside: dict[str, str] = {}
        """Parameters that ask for a network, each with the parameter that names subnets of it."""
        self.outside: dict[str, str] = {}
        """Ids of things in an AWS account, each with the parameter that asks for what stands there here."""
        self.outside_defaults: dict[str, str] = {}
        """Parameters of the source whose default is such an id, and what it stands for."""
        self.imports: dict[str, str] = {}
        self.declared: dict[str, HotParameter] = {}
        self.mappings_used: dict[str, str] = {}
        self.dropped_notes: dict[str, list[str]] = {}
        self.look_notes: dict[str, list[str]] = {}
        """What a person should look at, by resource."""
        self.granted: dict[str, list[str]] = {}
        """What a resource without counterpart allowed, by resource: said with its verdict."""
        self.absorbed: dict[str, list[str]] = {}
        """Part to the HOT resources that were built from it."""
        self.placed: dict[str, list[str]] = {}
        """Source resource to the HOT resources that stand at its place, in order."""

    def child(self, address: Any) -> Child | None:
        """The nested stack that an address names; None when its template is not at hand."""
        elsewhere = (self.elsewhere or {}).get(source_text(address), frozenset()) if address is not None else frozenset[str]()
        found = self._child(address, elsewhere)
        if found is not None:
            self.children[found.file] = found
        return found

    def _fixed_pseudo(self) -> list[tuple[str, str]]:
        fixed = []
        for name, data in self.table.pseudo.items():
            if "value" in data:
                fixed.append((name, data["value"]))
            elif data.get("region") and self.options.region:
                fixed.append((name, self.options.region))
        return fixed

    def make(self, owner: str, name: str, type: str) -> HotResource:
        """A HOT resource that stands for a source resource, under its condition, written at its place."""
        resource = HotResource(name, type, condition=self.template.resources[owner].condition)
        self.hot.resources[name] = resource
        self.placed.setdefault(owner, []).append(name)
        return resource

    def note_drop(self, resource: str, what: str, because: str) -> None:
        """Remember a loss that the written template shows at its place."""
        self.dropped_notes.setdefault(resource, []).append(f"{what} ({because.rstrip('.')})")

    def note_look(self, resource: str, what: str, places: list[Span]) -> None:
        """Remember places of the source that the written template points at."""
        file = places[0].file.rsplit("/", 1)[-1]
        lines = ", ".join(dict.fromkeys(str(place.line) for place in places))
        self.look_notes.setdefault(resource, []).append(f"{what}, {file}:{lines}")

    def with_grants(self, resource: str, because: str) -> str:
        """Why a resource has no counterpart, with what it allowed."""
        granted = self.granted.get(resource)
        return f"{because} It granted {'; '.join(granted)}." if granted else because

    def resource(self, name: str) -> Resource:
        """A resource of the source by its name."""
        return self.template.resources[name]

    def declare(self, wanted: str, parameter: HotParameter) -> str:
        """Declare a parameter of our own; gives its name, which never collides with the source's."""
        name = re.sub(r"[^A-Za-z0-9_]+", "_", wanted).strip("_") or "value"
        taken = self.template.parameters.keys() | self.template.mappings.keys()
        while name in taken:
            name = f"target_{name}"
        if name not in self.declared:
            parameter.name = name
            self.declared[name] = parameter
        return name

    def ask(self, fact: str) -> str:
        """Declare the parameter of a site fact; gives its name."""
        if fact not in self.asked:
            data = self.table.site_facts[fact]
            constraint = data.get("constraint")
            default = data.get("default")
            self.asked[fact] = self.declare(
                fact,
                HotParameter(
                    name=fact,
                    type=data["type"],
                    description=data["description"],
                    default=None if default is None else hot.Literal(default),
                    constraints=[hot.HotMap({"custom_constraint": hot.Literal(constraint)})] if constraint else [],
                ),
            )
        return self.asked[fact]

    def lookup(self, fact: str, key: hot.HotValue, values: dict[str, None], closed: bool) -> hot.HotValue:
        """Read a table of the site by a key that may be these values; an open key that is not listed stands for itself."""
        name = self.ask(fact)
        self.lookups.setdefault(fact, {}).update(values)
        if closed:
            return hot.GetParam(name, (key,))
        return hot.Yaql("$.data.table.get($.data.key, $.data.key)", {"table": hot.GetParam(name), "key": key})

    def hole(self, wanted: str, subject: str, because: str, type: str = "string", *, hidden: bool = False) -> hot.GetParam:
        """Declare a parameter that asks for what has no counterpart."""
        name = self.declare(wanted, HotParameter(name=wanted, type=type, description=because, hidden=hidden))
        self.holes.setdefault(name, Hole(name, subject, because))
        return hot.GetParam(name)
