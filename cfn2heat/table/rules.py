"""What the correspondence table says, as values: one rule a type, one row a property."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from cfn2heat.diagnostics import Severity
from cfn2heat.record import field, record

Data: TypeAlias = Any
"""Plain JSON data; in fixed, also, references and value a map with one function's name as its only key is that function."""

Fate: TypeAlias = Literal["translated", "adapted"]
Fidelity: TypeAlias = Literal["exact", "adapted", "partial", "none"]


class Target(NamedTuple):
    """A place in an emitted resource: its emit key ("" below `each`, where targets are relative) and the path inside."""

    key: str
    path: tuple[str | int, ...]

    def __str__(self) -> str:
        text = self.key
        for step in self.path:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text


class Step(NamedTuple):
    """A named transform with its argument (None when it has none)."""

    name: str
    argument: Data


@record
class Emit:
    """A target resource that a rule emits; name is a pattern around {id}, when the name of a predicate."""

    key: str
    type: str
    name: str
    primary: bool = False
    when: str | None = None


@record
class Drop:
    """The property is not carried: why, and what a person does now."""

    id: str
    because: str
    advice: str = ""
    severity: Severity = Severity.WARNING


@record
class Instead:
    """What stands in when a transform has no answer (otherwise: {value: X})."""

    value: Data


@record
class Carry:
    """The property goes to a target, through transforms; `to` is None only where `rows` name targets of their own."""

    id: str
    to: Target | None
    via: tuple[Step, ...] = ()
    also: dict[Target, Data] = field(default_factory=dict)
    each: dict[str, Row] | None = None
    rows: dict[str, Row] | None = None
    otherwise: Drop | Instead | None = None
    fate: Fate = "translated"
    because: str = ""


@record
class Absorbed:
    """The property is read by a composite, a plan hook or the consumer of a part; `otherwise` holds when nobody claimed it."""

    id: str
    because: str
    to: tuple[str, ...] = ()
    otherwise: Drop | None = None


@record
class Hooked:
    """Named Python makes the value, which goes to the first target."""

    id: str
    hook: str
    to: tuple[Target, ...] = ()
    fate: Fate = "translated"
    because: str = ""
    severity: Severity = Severity.WARNING
    advice: str = ""


@record
class Choice:
    """The first row whose predicate holds; None as a predicate always does."""

    id: str
    options: tuple[tuple[str | None, Row], ...]


Row: TypeAlias = Carry | Drop | Absorbed | Hooked | Choice


@record
class DataReference:
    """A reference that is answered by data around get_resource and get_attr of emit keys."""

    value: Data


@record
class NoReference:
    """A reference that has no counterpart: a hole. `instead` names an attribute that may serve."""

    because: str
    instead: str | None = None


@record
class HookReference:
    """A reference that named Python answers."""

    name: str


Reference: TypeAlias = DataReference | NoReference | HookReference


@record
class Rule:
    """Everything the table says about one source type."""

    type: str
    fidelity: Fidelity
    summary: str = ""
    emits: dict[str, Emit] = field(default_factory=dict)
    fixed: dict[Target, Data] = field(default_factory=dict)
    properties: dict[str, Row] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    attributes: dict[str, Row] = field(default_factory=dict)
    part: bool = False
    because: str = ""
    advice: str = ""
    severity: Severity = Severity.WARNING
    grants: bool = False
    plan: str | None = None
    finish: str | None = None
    needs: str | None = None

    @property
    def primary(self) -> Emit | None:
        """The emit that stands for the resource: the one marked so, else the first."""
        for emit in self.emits.values():
            if emit.primary:
                return emit
        return next(iter(self.emits.values()), None)

    def reference(self, attribute: str) -> Reference | None:
        """The answer for Ref or an attribute; "Outputs.*" answers for every attribute below Outputs, "*" for any."""
        exact = self.references.get(attribute)
        if exact is not None or attribute == "Ref":
            return exact
        steps = attribute.split(".")
        patterns = [".".join([*steps[:length], "*"]) for length in range(len(steps) - 1, -1, -1)]
        return next((self.references[pattern] for pattern in patterns if pattern in self.references), None)


@record
class Composite:
    """Several types that become something together, by one hook."""

    name: str
    members: tuple[str, ...]
    hook: str
    emits: tuple[str, ...]
    because: str


@record
class NoneAnswer:
    """Why a type has no counterpart, and what to do instead."""

    because: str
    advice: str
    severity: Severity = Severity.WARNING
