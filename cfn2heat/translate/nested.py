"""Nested template files that a translation makes by itself, such as the members of a scaling group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotCondition, HotParameter, HotTemplate
from cfn2heat.hot.walk import rewrite

if TYPE_CHECKING:
    from cfn2heat.translate.state import Translation


def add(t: Translation, suffix: str, template: HotTemplate, comments: list[str]) -> str:
    """File a nested template under <stem>-<suffix>.yaml; gives that name."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", t.options.stem)
    name, serial = f"{stem}-{suffix}.yaml", 2
    while name in t.files:
        name, serial = f"{stem}-{suffix}-{serial}.yaml", serial + 1
    template.version = t.options.heat_version
    template.comments = comments or template.comments
    t.files[name] = template
    return name


class Lifted(NamedTuple):
    """What lift gives: inner values, the nested file's parameters and conditions, and the arguments that the outer passes."""

    values: dict[str, hot.HotValue]
    parameters: dict[str, HotParameter]
    arguments: dict[str, hot.HotValue]
    conditions: dict[str, HotCondition]


def lift(t: Translation, values: dict[str, hot.HotValue]) -> Lifted:
    """Replace what only the outer template knows by parameters of the nested one.

    Outer parameters keep their names, resources are named after themselves; an outer condition comes in as a boolean of its name.
    """
    lifting = _Lifting(t)
    inner = {key: rewrite(value, lifting.replace) for key, value in values.items()}
    return Lifted(inner, lifting.parameters, lifting.arguments, lifting.conditions)


class _Lifting:
    def __init__(self, t: Translation) -> None:
        self._t = t
        self.parameters: dict[str, HotParameter] = {}
        self.arguments: dict[str, hot.HotValue] = {}
        self.conditions: dict[str, HotCondition] = {}

    def replace(self, value: hot.HotValue) -> hot.HotValue | None:
        """The inner value for an outer one, or None to go deeper."""
        match value:
            case hot.GetParam():
                known = self._t.hot.parameters.get(value.name) or self._t.declared.get(value.name)
                # Mappings are declared as parameters at the end only; they are always json.
                unknown = "json" if value.name in self._t.mappings_used.values() else "string"
                type = known.type if known else unknown
                name = self._name(value.name.rsplit("::", 1)[-1], hot.GetParam(value.name), type, known)
                return hot.GetParam(name, tuple(rewrite(step, self.replace) for step in value.path))
            case hot.GetResource():
                return self._reference(value.name, value.name, value)
            case hot.GetAttr():
                return self._reference(f"{value.resource}_{value.attribute}", value.resource, value)
            case hot.If():
                return self._if(value)
        return None

    def _if(self, value: hot.If) -> hot.HotValue:
        otherwise = None if value.otherwise is None else rewrite(value.otherwise, self.replace)
        return hot.If(self._condition(value.condition), rewrite(value.then, self.replace), otherwise)

    def _condition(self, condition: hot.HotValue) -> hot.HotValue:
        """An outer condition by its name, negated or not; a function is decided outside and comes in as a whole."""
        if isinstance(condition, hot.Function) and condition.name == "not":
            return hot.Function("not", self._condition(condition.argument))
        wanted = str(condition.value) if isinstance(condition, hot.Literal) else "choice"
        name = self._name(wanted, hot.If(condition, hot.Literal(True), hot.Literal(False)), "boolean")
        test = hot.Function("equals", hot.HotList((hot.GetParam(name), hot.Literal(True))))
        self.conditions.setdefault(name, HotCondition(name, test))
        return hot.Literal(name)

    def _reference(self, wanted: str, resource: str, value: hot.HotValue) -> hot.HotValue:
        """A reference as an argument; that of a conditional resource is an empty text where there is none."""
        made = self._t.hot.resources.get(resource)
        if made is not None and made.condition is not None:
            value = hot.If(hot.Literal(made.condition), value, hot.Literal(""))
        return hot.GetParam(self._name(wanted, value, "string"))

    def _name(self, wanted: str, argument: hot.HotValue, type: str, known: HotParameter | None = None) -> str:
        name, serial = wanted, 2
        while name in self.arguments and self.arguments[name] != argument:
            name, serial = f"{wanted}_{serial}", serial + 1
        if name not in self.arguments:
            self.arguments[name] = argument
            self.parameters[name] = HotParameter(
                name, type, description=known.description if known else None, hidden=bool(known and known.hidden)
            )
        return name
