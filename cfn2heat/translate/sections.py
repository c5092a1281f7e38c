"""Parameters, mappings, conditions, rules and outputs."""

from __future__ import annotations

import re
from typing import Any

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Output, Parameter
from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import literal
from cfn2heat.hot.template import HotCondition, HotOutput, HotParameter, ParameterGroup
from cfn2heat.record import replace
from cfn2heat.table.loader import Table
from cfn2heat.translate import conditions as condition_values
from cfn2heat.translate import outside, rules
from cfn2heat.translate.comments import wrap
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.language import Language
from cfn2heat.translate.ledger import Fate
from cfn2heat.translate.state import Translation
from cfn2heat.translate.texts import source_text

LABELS = "ParameterLabels"
INTERFACE = "::Interface"


def open_ledger(t: Translation) -> None:
    """Enter parameters, mappings, conditions, rules, outputs and metadata."""
    template = t.template
    for name, parameter in template.parameters.items():
        for field, value in parameter.fields.entries.items():
            t.ledger.open_leaf(("Parameters", name, field), value.span)
    for name, mapping in template.mappings.items():
        t.ledger.open_leaf(("Mappings", name), mapping.span)
    for name, condition in template.conditions.items():
        t.ledger.open_leaf(("Conditions", name), condition.span)
    for name, rule in template.rules.items():
        t.ledger.open_leaf(("Rules", name), rule.span)
    for name, output in template.outputs.items():
        t.ledger.open_leaf(("Outputs", name, "Value"), output.span)
        for field in ("Description", "Export", "Condition"):
            if getattr(output, field.lower()) is not None:
                t.ledger.open_leaf(("Outputs", name, field), output.span)
    for name, value in (template.metadata.entries if template.metadata else {}).items():
        t.ledger.open_leaf(("Metadata", name), value.span)


# ---- parameters ------------------------------------------------------------------------------------------------------


def parameter_type(table: Table, type: str) -> dict[str, Any]:
    """What the table says of a parameter type."""
    types: dict[str, dict[str, Any]] = table.parameters["types"]
    if type in types:
        return types[type]
    patterns: dict[str, dict[str, Any]] = table.parameters["patterns"]
    return next((data for prefix, data in patterns.items() if type.startswith(prefix)), types["String"])


def parameters(t: Translation) -> None:
    """Every parameter of the source, under its name."""
    labels = _labels(t)
    for name, parameter in t.template.parameters.items():
        t.hot.parameters[name] = _Parameter(t, parameter, labels.get(name)).build()
    rules.translate(t)


def lose_default(t: Translation, parameter: HotParameter, because: str) -> None:
    """Take back a default of which only its use tells that it names a thing of AWS."""
    parameter.default = None
    parameter.comments += wrap(f"dropped: Default ({because.rstrip('.')})")
    path, fields = ("Parameters", parameter.name, "Default"), t.template.parameters[parameter.name].fields
    dropped = {"fate": Fate.DROPPED, "targets": (), "because": because}
    t.ledger.entries = [replace(entry, **dropped) if entry.path == path else entry for entry in t.ledger.entries]
    t.diagnostics.add("C2H2101", Severity.NOTE, f"{parameter.name}.Default", because, span=fields.keys["Default"])


class _Parameter:
    """One parameter, field by field."""

    def __init__(self, t: Translation, parameter: Parameter, label: str | None) -> None:
        self._t = t
        self._source = parameter
        self._data = parameter_type(t.table, parameter.type)
        self.hot = HotParameter(parameter.name, self._data["type"], label=label)

    def build(self) -> HotParameter:
        fields = self._source.fields.entries
        for name in fields:
            if name == "Default" and self._is_outside():
                continue
            because = self._field(name, self._t.constants.fold(fields[name]))
            path = ("Parameters", self._source.name, name)
            if because:
                self._t.ledger.record(path, Fate.DROPPED, because=because)
                span = self._source.fields.keys.get(name, self._source.span)
                subject = f"{self._source.name}.{name}"
                self._t.diagnostics.add("C2H2101", Severity.NOTE, subject, because, span=span)
                self.hot.comments += wrap(f"dropped: {name} ({because.rstrip('.')})")
            else:
                self._t.ledger.record(path, Fate.TRANSLATED, targets=(self._source.name,))
        constraint = self._data.get("constraint")
        if constraint:
            self.hot.constraints.append(hot.HotMap({"custom_constraint": hot.Literal(constraint)}))
        self._constraints(fields)
        self._settle_default()
        return self.hot

    def _settle_default(self) -> None:
        """A default that the parameter's own constraints refuse is no default: Heat would refuse every stack for it."""
        default = self.hot.default
        if isinstance(default, hot.Literal) and not accepts(self.hot, default.value):
            refused = "***" if self.hot.hidden else default.value
            because = f"The constraints of the parameter refuse its default {refused}."
            self.hot.default = None
            self.hot.comments.append(f"has no default: its constraints refuse {refused}")
            span = self._source.fields.keys.get("Default", self._source.span)
            self._t.diagnostics.add("C2H2101", Severity.WARNING, f"{self._source.name}.Default", because, span=span)

    def _field(self, name: str, value: Any) -> str:
        """Carry one field; gives a because when it is dropped."""
        match name:
            case "MinLength" | "MaxLength" if self._foreign():
                return "It is the length of an identifier of AWS."
            case "Type" | "AllowedValues" | "MinLength" | "MaxLength" | "MinValue" | "MaxValue" | "ConstraintDescription":
                return ""
            case "Default":
                return self._default(value)
            case "Description":
                self.hot.description = as_text(value)
                return ""
            case "NoEcho":
                self.hot.hidden = as_text(value).lower() == "true"
                return ""
            case "AllowedPattern":
                return self._pattern(value)
        return "HOT parameters have no such field."

    def _default(self, value: Any) -> str:
        rule = self._data.get("default", "keep")
        text = ",".join(map(as_text, value)) if isinstance(value, list) else as_text(value)
        if isinstance(rule, dict):
            found = self._t.site.lookup(rule["site"]).get(text)
            if found is None:
                return self._lost_default(text)
            self.hot.default = hot.Literal(found)
        elif rule == "drop":
            return self._lost_default(text)
        else:
            if self.hot.type == "comma_delimited_list":
                text = ",".join(part.strip() for part in text.split(","))
            self.hot.default = hot.Literal(_number(value) if self.hot.type == "number" else text)
        return ""

    def _is_outside(self) -> bool:
        """Whether the default is an id of AWS; what becomes of it is decided when it is known whether something reads it."""
        value = self._t.constants.fold(self._source.fields.entries["Default"])
        if self.hot.type == "comma_delimited_list" and isinstance(value, str):
            value = [part.strip() for part in value.split(",")]
        what = outside.kind_of(self._t, value) if self._data.get("default", "keep") == "keep" else ""
        if what:
            self._default(value)
            self._t.outside_defaults[self._source.name] = what
        return bool(what)

    def _lost_default(self, text: str) -> str:
        because: str = self._t.table.parameters["because"]["drop"]
        echo = self._source.fields.entries.get("NoEcho")
        secret = echo is not None and as_text(self._t.constants.fold(echo)).lower() == "true"
        return because if secret else f"{because} It was {text or 'empty'}."

    def _pattern(self, value: Any) -> str:
        if self.hot.type != "string":
            return "HOT checks patterns on text only."
        try:
            re.compile(as_text(value))
        except re.error as problem:
            return f"The pattern is not one that Heat's Python can compile: {problem}."
        if re.search(r"\[\[:\w+:\]\]|\\p\{", as_text(value)):
            return "The pattern uses classes that Heat's Python does not know."
        if self._foreign():
            return "It demands an identifier of AWS, which nothing here has."
        return ""

    def _foreign(self) -> bool:
        """Whether the pattern demands an ARN or an id such as vpc-0123: the values of the target cloud have no such form."""
        pattern = as_text(self._t.constants.fold(self._source.fields.entries.get("AllowedPattern")))
        marks = self._t.table.parameters.get("foreign_patterns", ())
        return any(mark in pattern for mark in marks)

    def _constraints(self, fields: dict[str, cfn.Value]) -> None:
        fold = self._t.constants.fold
        text = as_text(fold(fields["ConstraintDescription"])) if "ConstraintDescription" in fields else None
        allowed = fold(fields.get("AllowedValues"))
        if isinstance(allowed, list):
            items = [hot.Literal(_number(item) if self.hot.type == "number" else as_text(item)) for item in allowed]
            self._add({"allowed_values": hot.HotList(tuple(items))}, text)
        if self.hot.type == "string":
            if not self._foreign():
                self._bounds("length", fields, "MinLength", "MaxLength", text)
            pattern = fields.get("AllowedPattern")
            if pattern is not None and not self._pattern(fold(pattern)):
                self._add({"allowed_pattern": hot.Literal(whole(as_text(fold(pattern))))}, text)
        elif self.hot.type == "number":
            self._bounds("range", fields, "MinValue", "MaxValue", text)

    def _bounds(self, name: str, fields: dict[str, cfn.Value], low: str, high: str, text: str | None) -> None:
        bounds: dict[str, hot.HotValue] = {}
        for key, field in (("min", low), ("max", high)):
            number = _number(self._t.constants.fold(fields.get(field)))
            if isinstance(number, (int, float)):
                bounds[key] = hot.Literal(number)
        if bounds:
            self._add({name: hot.HotMap(bounds)}, text)

    def _add(self, constraint: dict[str, hot.HotValue], text: str | None) -> None:
        entries = dict(constraint)
        if text:
            entries["description"] = hot.Literal(text)
        self.hot.constraints.append(hot.HotMap(entries))


def whole(pattern: str) -> str:
    """A pattern that must match the whole text: Heat only looks where the first match ends, so that alternatives need an end."""
    return f"^(?:{pattern})$" if "|" in pattern and not pattern.endswith("$") else pattern


def accepts(parameter: HotParameter, value: Any) -> bool:
    """Whether a parameter's constraints let a value through, as far as that needs no cloud."""
    members = as_text(value).split(",") if parameter.type == "comma_delimited_list" else [value]
    return all(_accepted(constraint.entries, member) for constraint in parameter.constraints for member in members)


def _accepted(constraint: dict[str, hot.HotValue], value: Any) -> bool:
    match constraint:
        case {"allowed_values": hot.HotList(items=items)}:
            return any(isinstance(item, hot.Literal) and item.value == value for item in items)
        case {"allowed_pattern": hot.Literal(value=pattern)}:
            return re.fullmatch(str(pattern), as_text(value)) is not None
        case {"length": hot.HotMap(entries=bounds)}:
            return _within(bounds, len(as_text(value)))
        case {"range": hot.HotMap(entries=bounds)}:
            return not isinstance(value, (int, float)) or _within(bounds, value)
    return True


def _within(bounds: dict[str, hot.HotValue], number: float) -> bool:
    low, high = (bounds.get(key) for key in ("min", "max"))
    above = not isinstance(low, hot.Literal) or not isinstance(low.value, (int, float)) or number >= low.value
    below = not isinstance(high, hot.Literal) or not isinstance(high.value, (int, float)) or number <= high.value
    return above and below


def _number(value: Any) -> Any:
    """A number out of text where it is one."""
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return value
        return int(number) if number == int(number) and "." not in value else number
    return value


def _interface(t: Translation) -> dict[str, Any]:
    entries = t.template.metadata.entries if t.template.metadata else {}
    for name, value in entries.items():
        if name.endswith(INTERFACE):
            folded = t.constants.fold(value)
            return folded if isinstance(folded, dict) else {}
    return {}


def _labels(t: Translation) -> dict[str, str]:
    labels = _interface(t).get(LABELS)
    if not isinstance(labels, dict):
        return {}
    return {name: as_text(data["default"]) for name, data in labels.items() if isinstance(data, dict) and data.get("default")}


def groups(t: Translation) -> list[ParameterGroup]:
    """Parameter groups: the source's, then one for the target cloud; a parameter stands in one group only."""
    found: list[ParameterGroup] = []
    seen: set[str] = set()
    declared = _interface(t).get("ParameterGroups")
    for group in declared if isinstance(declared, list) else []:
        if not isinstance(group, dict):
            continue
        wanted = group.get("Parameters")
        names = [name for name in wanted if isinstance(name, str)] if isinstance(wanted, list) else []
        names = [name for name in dict.fromkeys(names) if name in t.template.parameters and name not in seen]
        seen.update(names)
        label = group.get("Label")
        if names:
            found.append(ParameterGroup(names, label=as_text(label.get("default")) if isinstance(label, dict) else None))
    site = list(dict.fromkeys(t.asked.values()))
    rest = [name for name in t.declared if name not in site and name not in t.holes and name not in t.imports]
    for label, names in (
        ("Target cloud", site + rest),
        ("Values of other stacks", list(t.imports)),
        ("To be filled: without counterpart", list(t.holes)),
    ):
        present = [name for name in names if name in t.hot.parameters]
        if present:
            found.append(ParameterGroup(present, label=label))
    return found


# ---- conditions, rules, mappings -------------------------------------------------------------------------------------


def conditions(t: Translation) -> None:
    """Every condition, under its name."""
    for name, condition in t.template.conditions.items():
        value = condition_values.translate(t, condition.value, name)
        if isinstance(value, hot.Literal) and isinstance(value.value, str):
            # Heat reads no bare name as a condition's definition.
            value = hot.Function("not", hot.Function("not", value))
        t.hot.conditions[name] = HotCondition(name, value)
        t.ledger.record(("Conditions", name), Fate.TRANSLATED, targets=(name,))


def mappings(t: Translation) -> None:
    """Mappings that are read at deploy time are json parameters; the others are folded away or unused."""
    for name, mapping in t.template.mappings.items():
        path = ("Mappings", name)
        if name in t.mappings_used:
            parameter = t.mappings_used[name]
            default = literal(_texts(t.constants.fold(mapping)))
            t.hot.parameters[parameter] = HotParameter(parameter, "json", default=default, comments=[f"Mapping {name}"])
            t.ledger.record(path, Fate.TRANSLATED, targets=(parameter,))
        elif name in t.constants.folded:
            t.ledger.record(path, Fate.TRANSLATED, targets=("template",))
        else:
            t.ledger.record(path, Fate.DROPPED, because="Nothing that is carried looks anything up in it.")


def _texts(value: Any) -> Any:
    """Leaves of a mapping are texts to CloudFormation: a number would differ from the text that a condition holds it against."""
    if isinstance(value, dict):
        return {key: _texts(member) for key, member in value.items()}
    return [_texts(member) for member in value] if isinstance(value, list) else as_text(value)


# ---- outputs ---------------------------------------------------------------------------------------------------------


def outputs(t: Translation) -> None:
    """Every output, and one more that maps export names to values."""
    exports: list[tuple[Output, hot.HotValue]] = []
    for name, output in t.template.outputs.items():
        path = ("Outputs", name)
        value = _word(Language(t, path).hot(output.value))
        if value is None:
            t.ledger.record(path, Fate.DROPPED, because="The output has no value.")
            continue
        description = None if output.description is None else source_text(output.description)
        t.hot.outputs[name] = HotOutput(name, value, description=description, condition=output.condition)
        if output.export is not None:
            exports.append((output, value))
        t.ledger.record(path, Fate.TRANSLATED, targets=(name,))
    if exports:
        _exports(t, exports)


def _word(value: hot.HotValue | None) -> hot.HotValue | None:
    """A value with true and false as the words that CloudFormation gives out; Heat would hand them on as True and False."""
    match value:
        case hot.Literal(value=bool() as truth):
            return hot.Literal(as_text(truth))
        case hot.If():
            return hot.If(value.condition, _word(value.then) or value.then, _word(value.otherwise))
    return value


def _exports(t: Translation, exports: list[tuple[Output, hot.HotValue]]) -> None:
    """Names that other stacks import: a map whose computed keys are put in by map_replace."""
    values: dict[str, hot.HotValue] = {}
    names: dict[str, hot.HotValue] = {}
    for output, value in exports:
        assert output.export is not None
        name = Language(t, ("Outputs", output.name)).text(output.export)
        key = as_text(name.value) if isinstance(name, hot.Literal) else source_text(output.export)
        values[key] = value if output.condition is None else hot.If(hot.Literal(output.condition), value, None)
        if not isinstance(name, hot.Literal):
            names[key] = name
    result: hot.HotValue = hot.HotMap(values)
    if names:
        result = hot.Function("map_replace", hot.HotList((result, hot.HotMap({"keys": hot.HotMap(names)}))))
    output_name = "exports" if "exports" not in t.hot.outputs else "stack_exports"
    comment = "Names that other stacks import, each with its value"
    t.hot.outputs[output_name] = HotOutput(output_name, result, comments=[comment])


# ---- the rest --------------------------------------------------------------------------------------------------------


def finish(t: Translation) -> None:
    """Mappings, site facts, holes and imports become parameters; then the groups; then the account of the rest."""
    mappings(t)
    for fact, name in t.asked.items():
        if t.table.site_facts[fact].get("lookup"):
            known, missing = t.site.lookup(fact), t.table.site_facts[fact].get("missing")
            table = {key: hot.Literal(known.get(key, key if missing is None else missing)) for key in t.lookups.get(fact, {})}
            t.declared[name].default = hot.HotMap(dict(sorted(table.items())))
    t.hot.parameters.update(t.declared)
    t.hot.parameter_groups = groups(t)
    for name in t.template.metadata.entries if t.template.metadata else {}:
        path = ("Metadata", name)
        if name.endswith(INTERFACE) and t.hot.parameter_groups:
            t.ledger.record(path, Fate.TRANSLATED, targets=("parameter_groups",))
        else:
            t.ledger.record(path, Fate.DROPPED, because="HOT has no metadata of a whole template.")
