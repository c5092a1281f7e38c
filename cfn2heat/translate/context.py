"""What hooks see: one resource at planning, one resource on its way, one composite."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.graph import Graph, Use, find_references
from cfn2heat.cfn.template import Resource, Template
from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hv
from cfn2heat.hot.catalog import Schema, property_schema
from cfn2heat.hot.template import HotParameter, HotResource, HotTemplate
from cfn2heat.source import Path, Span, format_path
from cfn2heat.table.rules import NoneAnswer, Rule, Target
from cfn2heat.table.site import Site
from cfn2heat.translate import nested as nested_files
from cfn2heat.translate.language import Language
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.references import reference
from cfn2heat.translate.state import Child, Translation

ATTRIBUTE = ".."
"""First step of a path that leaves Properties for a resource attribute: ("..", "Metadata")."""


class PlanContext:
    """One source resource while names are chosen."""

    def __init__(self, t: Translation, resource: str) -> None:
        self.t = t
        self.id = resource

    @property
    def resource(self) -> Resource:
        """The source resource."""
        return self.t.template.resources[self.id]

    @property
    def template(self) -> Template:
        """The source template."""
        return self.t.template

    @property
    def graph(self) -> Graph:
        """Who refers to whom in the source."""
        return self.t.graph

    @property
    def site(self) -> Site:
        """The facts of the target cloud."""
        return self.t.site

    def value(self, *steps: str | int) -> cfn.Value | None:
        """The source value at a path below Properties, or None; branches of Fn::If are not entered."""
        return value_at(self.resource.properties, steps)

    def constant(self, value: cfn.Value | None) -> Any:
        """The Python value when it is constant (None for absent), else UNKNOWN."""
        return self.t.constants.fold(value)

    def possible(self, value: cfn.Value | None) -> set[str] | None:
        """The strings that a value may be, or None where nothing is known."""
        return set(self.t.constants.possible(value).values) or None

    def resource_of(self, value: cfn.Value | None) -> Resource | None:
        """The one resource that a value points at, or None."""
        found = self.resources_of(value)
        return found[0] if len({resource.name for resource in found}) == 1 else None

    def resources_of(self, value: cfn.Value | None) -> list[Resource]:
        """Every resource that a value refers to, in order."""
        return [self.template.resources[name] for name in referred(value) if name in self.template.resources]

    def name(self, resource: str, key: str) -> str | None:
        """The HOT name of a resource's emit key, or None."""
        return self.t.plan.name(resource, key)

    def type_of(self, resource: str) -> str:
        """The source type of a resource."""
        return self.template.resources[resource].type

    def users(self, resource: str) -> list[Use]:
        """Who refers to a resource, and where."""
        return self.graph.users(resource)

    def bind(self, resource: str, key: str, hot_name: str) -> None:
        """Say what a key of a resource's references and targets means."""
        self.t.plan.bind(resource, key, hot_name)

    def claim(self, resource: str, by: str) -> None:
        """Take a resource over: its own emits are not made."""
        self.t.plan.claimed[resource] = by
        for key in self.t.plan.emitted.pop(resource, {}):
            self.t.plan.names[resource].pop(key, None)

    def join(self, owner: str | None, key: str) -> bool:
        """(Planning) become a part of another resource: what it emits under the key stands for this one; False: it emits none."""
        name = None if owner is None else self.name(owner, key)
        if owner is None or name is None:
            return False
        self.claim(self.id, owner)
        self.bind(self.id, key, name)
        return True

    def give_up(self, because: str, advice: str, severity: Severity = Severity.WARNING) -> None:
        """(Planning) the resource has no counterpart as it stands here, though its type has one."""
        self.t.plan.verdicts[self.id] = NoneAnswer(because, advice, severity)
        self.t.plan.rules[self.id] = None
        self.t.plan.emitted.pop(self.id, None)
        self.t.plan.names.pop(self.id, None)

    def choose(self, wanted: str) -> str:
        """A free HOT name near the wanted one."""
        return self.t.plan.choose(wanted, self.id)


class ResourceContext(PlanContext):
    """One source resource on its way into HOT."""

    def __init__(self, t: Translation, resource: str) -> None:
        super().__init__(t, resource)
        self._language = Language(t, (resource,))
        self._captured: dict[Target, hv.HotValue] | None = None

    @property
    def rule(self) -> Rule:
        """The table's rule for this resource."""
        rule = self.t.plan.rules[self.id]
        assert rule is not None
        return rule

    # ---- values ------------------------------------------------------------------------------------------------------

    def hot(self, value: cfn.Value | None, schema: Schema | None = None) -> hv.HotValue | None:
        """The HOT value of a source value, typed by the schema where given; None when absent."""
        if value is None:
            return None
        found = self._language.hot(value, schema.type if schema else "any")
        return None if found is None else self.fit(found, schema)

    def fit(self, value: hv.HotValue, schema: Schema | None) -> hv.HotValue:
        """The value as its property wants it; what cannot be fitted stays, and the check says so."""
        from cfn2heat.translate.fit import Misfit, fit

        try:
            return fit(value, schema, self._language.parameter_type)
        except Misfit:
            return value

    def text(self, value: cfn.Value) -> hv.HotValue:
        """The HOT value as a text that string functions take."""
        return self._language.text(value)

    def parameter_type(self, name: str) -> str:
        """The HOT type of a parameter."""
        return self._language.parameter_type(name)

    def reference(self, resource: str, attribute: str = "Ref") -> hv.HotValue:
        """What a reference to a resource becomes."""
        return reference(self.t, resource, attribute)

    # ---- emitted resources -------------------------------------------------------------------------------------------

    def emit(self, key: str) -> HotResource:
        """The emitted resource of a key; KeyError when the key is not emitted."""
        found = self.find(key)
        if found is None:
            raise KeyError(f"{self.id} emits no {key}")
        return found

    def find(self, key: str) -> HotResource | None:
        """The emitted resource (or part) of a key, or None."""
        if self.id in self.t.parts:
            return self.t.parts[self.id].get(key)
        name = self.t.plan.name(self.id, key)
        return None if name is None else self.t.hot.resources.get(name)

    def add(self, key: str, type: str, name: str) -> HotResource:
        """One more emitted resource beside the declared ones."""
        chosen = self.choose(name)
        self.bind(self.id, key, chosen)
        return self.t.make(self.id, chosen, type)

    def set(self, target: str | Target, value: hv.HotValue) -> bool:
        """Set a property of an emitted resource; False when that resource is not emitted."""
        place = parse_target(target) if isinstance(target, str) else target
        if self._captured is not None:
            self._captured[place] = value
            return True
        resource = self.find(place.key)
        if resource is None:
            return False
        put(resource.properties, place.path, value)
        return True

    def get(self, target: str) -> hv.HotValue | None:
        """What a property of an emitted resource is set to so far, or None."""
        place = parse_target(target)
        resource = self.find(place.key)
        value: Any = resource.properties if resource else None
        for step in place.path:
            if isinstance(value, hv.HotMap):
                value = value.entries
            value = value.get(step) if isinstance(value, dict) else None
        return value if not isinstance(value, dict) else None

    def capture(self) -> dict[Target, hv.HotValue]:
        """Catch what is set from now on instead of setting it; release() ends that."""
        self._captured = {}
        return self._captured

    def release(self) -> None:
        """End a capture."""
        self._captured = None

    def schema(self, target: str | Target) -> Schema | None:
        """The schema of a target property, or None when its resource or the property is unknown."""
        place = parse_target(target) if isinstance(target, str) else target
        resource = self.find(place.key)
        if resource is not None:
            type = resource.type
        elif place.key in self.rule.emits:
            type = self.rule.emits[place.key].type
        else:
            return None
        return property_schema(type, place.path)

    def depends_on(self, resource: HotResource, name: str) -> None:
        """Add a dependency, once."""
        if name != resource.name and name not in resource.depends_on:
            resource.depends_on.append(name)

    # ---- what is asked of the cloud or of people ---------------------------------------------------------------------

    def site_value(self, fact: str) -> hv.GetParam:
        """A fact of the target cloud, as the parameter that holds it."""
        return hv.GetParam(self.t.ask(fact))

    def site_lookup(self, fact: str, source: cfn.Value) -> hv.HotValue | None:
        """A source value looked up in a table of the site."""
        from cfn2heat.translate.transforms import Case, apply

        value = self.hot(source)
        return None if value is None else apply("site", value, Case(fact, source, self.t))

    def hole(self, name: str, because: str, type: str = "string", *, hidden: bool = False) -> hv.GetParam:
        """A parameter that asks for what has no counterpart."""
        return self.t.hole(name, self.id, because, type, hidden=hidden)

    def parameter(self, name: str, parameter: HotParameter) -> hv.GetParam:
        """A further parameter of the emitted template."""
        return hv.GetParam(self.t.declare(name, parameter))

    def child(self, template_url: cfn.Value | None) -> Child | None:
        """The translated nested stack behind a TemplateURL, when its file is at hand."""
        return self.t.child(template_url)

    # ---- parts and nested files --------------------------------------------------------------------------------------

    def part(self, resource: str) -> dict[str, HotResource]:
        """The parts of a `part: true` resource, copied for this one to build in."""
        from cfn2heat.translate.engine import build_part

        names = list(self.t.plan.hot_names(self.id))
        build_part(self.t, resource)
        self.t.built.add(resource)
        self.t.absorbed.setdefault(resource, []).extend(names)
        import copy

        return copy.deepcopy(self.t.parts[resource])

    def nested(self, suffix: str, template: HotTemplate, comments: Iterable[str] = ()) -> str:
        """Add a nested template file; gives its name, which is a resource type."""
        return nested_files.add(self.t, suffix, template, list(comments))

    def lift(self, values: dict[str, hv.HotValue]) -> nested_files.Lifted:
        """For nested templates: outer references become parameters of the nested file, conditions its conditions."""
        return nested_files.lift(self.t, values)

    # ---- the account -------------------------------------------------------------------------------------------------

    def source_path(self, path: Path) -> Path:
        """A path below Properties as a path from the template's root."""
        if path and path[0] == ATTRIBUTE:
            return ("Resources", self.id, *path[1:])
        return ("Resources", self.id, "Properties", *path)

    def targets(self, targets: Iterable[str | Target]) -> tuple[str, ...]:
        """Targets by emit key as HOT places; those of resources that are not emitted fall out."""
        places = []
        for target in targets:
            place = parse_target(target) if isinstance(target, str) else target
            resource = self.find(place.key)
            name = resource.name if resource is not None else self.t.plan.name(self.id, place.key)
            if name is not None:
                places.append(name + _written(place.path))
        return tuple(dict.fromkeys(places)) if len(places) > 1 else tuple(places)

    def translated(self, path: Path, *targets: str | Target, row: str = "") -> None:
        """Record that everything below a path is carried as it is."""
        self._record(path, Fate.TRANSLATED, "", targets, row)

    def adapted(self, path: Path, because: str, *targets: str | Target, row: str = "") -> None:
        """Record that everything below a path is carried in another form, and why."""
        self._record(path, Fate.ADAPTED, because, targets, row)

    def _record(self, path: Path, fate: Fate, because: str, targets: Iterable[str | Target], row: str) -> None:
        places = self.targets(targets) or tuple(self.t.plan.hot_names(self.id))
        if not places:
            self.dropped(path, because or "The resource that would take it is not made.", severity=Severity.NOTE, row=row)
        elif self.t.ledger.record(self.source_path(path), fate, targets=places, row=row, because=because) and because:
            self.report("C2H3002", Severity.NOTE, because, path=path)

    def dropped(self, path: Path, because: str, advice: str = "", severity: Severity = Severity.WARNING, row: str = "") -> None:
        """Record that everything below a path is lost, why, and what to do."""
        if self.t.ledger.record(self.source_path(path), Fate.DROPPED, because=because, row=row, severity=severity):
            self.report("C2H3001", severity, because, advice, path)
            # Where the whole resource is lost, its own word says more than a note on each property.
            if severity is not Severity.NOTE or self.t.plan.hot_names(self.id):
                self.t.note_drop(self.id, format_path(path[1:] if path[0] == ATTRIBUTE else path), because)

    def granted(self, words: str) -> None:
        """Remember what this resource allowed, for the verdict on it."""
        self.t.granted.setdefault(self.id, []).append(words)

    def report(self, code: str, severity: Severity, message: str, advice: str = "", path: Path = ()) -> None:
        """A diagnostic about this resource, or a place in its properties."""
        source = self.source_path(path)
        subject = format_path(source[1:]) if path else self.id
        span = self.resource.span
        if path and path[0] != ATTRIBUTE:
            span = span_at(self.resource.properties, path) or span
        elif path and self.resource.attribute_spans:
            inside = span_at(self.resource.metadata, path[2:]) if path[1] == "Metadata" else None
            span = inside or self.resource.attribute_spans.get(str(path[1]), span)
        self.t.diagnostics.add(code, severity, subject, message, advice=advice, span=span)


class CompositePlan(PlanContext):
    """A composite while names are chosen; members are the template's resources of its types."""

    def __init__(self, t: Translation, name: str, members: list[Resource]) -> None:
        super().__init__(t, members[0].name)
        self.composite = name
        self.members = members

    def take(self, resource: str, **names: str) -> None:
        """Claim a member and bind keys of it."""
        self.claim(resource, self.composite)
        for key, hot_name in names.items():
            self.bind(resource, key, hot_name)

    def choose_for(self, resource: str, wanted: str) -> str:
        """A free HOT name that stands for a member."""
        return self.t.plan.choose(wanted, resource)


class CompositeContext(CompositePlan):
    """A composite on its way into HOT."""

    def make(self, name: str, type: str, near: str) -> HotResource:
        """A HOT resource that stands where the given member stood; name was chosen at planning."""
        return self.t.make(near, name, type)

    def of(self, member: str) -> ResourceContext:
        """The context of one member."""
        return ResourceContext(self.t, member)


@lru_cache(maxsize=4096)
def _written(path: tuple[str | int, ...]) -> str:
    """A path inside a resource, as it follows the resource's name."""
    return ".".join(["", "properties", *map(str, path)]) if path else ""


@lru_cache(maxsize=4096)
def parse_target(text: str) -> Target:
    """server.networks as an emit key and a path."""
    key, *path = text.split(".")
    return Target(key, tuple(path))


def put(properties: dict[str, hv.HotValue], path: tuple[str | int, ...], value: hv.HotValue) -> None:
    """Set a value inside nested maps and lists of properties."""
    head = str(path[0])
    properties[head] = _put_in(properties.get(head), path[1:], value)


def _put_in(old: hv.HotValue | None, path: tuple[str | int, ...], value: hv.HotValue) -> hv.HotValue:
    if not path:
        return value
    step = path[0]
    if isinstance(step, int):
        items = list(old.items) if isinstance(old, hv.HotList) else []
        items += [hv.HotMap({})] * (step + 1 - len(items))
        items[step] = _put_in(items[step], path[1:], value)
        return hv.HotList(tuple(items))
    entries = dict(old.entries) if isinstance(old, hv.HotMap) else {}
    entries[step] = _put_in(entries.get(step), path[1:], value)
    return hv.HotMap(entries)


def step_into(value: cfn.Value | None, step: str | int) -> cfn.Value | None:
    """One step down a source value; Fn::If is entered by its name and the number of the branch."""
    if isinstance(value, cfn.Map):
        return value.entries.get(str(step))
    if isinstance(value, cfn.Seq) and isinstance(step, int):
        return value.items[step] if step < len(value.items) else None
    if isinstance(value, cfn.If):
        return value if step == "Fn::If" else value.then if step == 1 else value.otherwise
    return None


def span_at(value: cfn.Value | None, path: Path) -> Span | None:
    """Where the thing at a path stands: its key where it has one, else its value."""
    found = None
    for step in path:
        if isinstance(value, cfn.Map):
            found = value.keys.get(str(step), found)
        value = step_into(value, step)
        if value is None:
            break
        if isinstance(step, int) and value.span.line:
            found = value.span
    return found


def value_at(value: cfn.Value | None, steps: Iterable[str | int]) -> cfn.Value | None:
    """The source value at a path, or None."""
    for step in steps:
        value = step_into(value, step)
    return value


def referred(value: cfn.Value | None) -> list[str]:
    """Names of everything that a value refers to, in order, each once."""
    return [] if value is None else list(dict.fromkeys(target for target, _, _ in find_references(value)))
