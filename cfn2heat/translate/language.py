"""CloudFormation values to HOT values: every intrinsic, pseudo parameter and reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hv
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotParameter
from cfn2heat.source import NOWHERE, Path, format_path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.joining import join, sub
from cfn2heat.translate.references import reference, resolved
from cfn2heat.translate.selection import blocks, find_in_map, select, split, zones
from cfn2heat.translate.texts import source_text

if TYPE_CHECKING:
    from cfn2heat.translate.state import Translation

KIND_OF_HOLE = {"integer": "number", "number": "number", "boolean": "boolean", "list": "comma_delimited_list", "map": "json"}


class Language:
    """Translates the values of one subject (a resource, an output); kind is the HOT type that the place wants."""

    def __init__(self, translation: Translation, subject: Path) -> None:
        self.t = translation
        self.subject = subject

    def hot(self, value: cfn.Value, kind: str = "any") -> hv.HotValue | None:
        """The HOT value; None where the source says NoValue."""
        match value:
            case cfn.Scalar():
                return hv.Literal(value.value)
            case cfn.Map():
                return self._map(value)
            case cfn.Seq():
                return self._seq(value)
            case cfn.NoValue():
                return None
            case cfn.Ref():
                return self.ref(value.name, kind)
            case cfn.GetAtt():
                return self._get_att(value, kind)
            case cfn.Sub():
                return sub(self, value)
            case cfn.Join():
                return join(self, value)
            case cfn.If():
                return self._if(value, kind)
            case cfn.Base64():
                return self.hot(value.value, "string")
            case cfn.FindInMap():
                return find_in_map(self, value)
            case cfn.Select():
                return select(self, value, kind)
            case cfn.Split():
                return split(self, value)
            case cfn.GetAZs():
                return zones(self)
            case cfn.Cidr():
                return blocks(self, value)
            case cfn.ImportValue():
                return self._import(value, kind)
            case cfn.DynamicReference():
                return self._dynamic(value)
            case cfn.Transform():
                return self.hole(f"{value.name}_result", f"The macro {value.name} computes this value inside AWS.", kind)
        return self.hole("condition_value", "A condition function stands where a value is wanted.", kind)

    def text(self, value: cfn.Value) -> hv.HotValue:
        """A value in the middle of a text: always a string, and never absent."""
        found = self.hot(value, "string")
        return hv.Literal("") if found is None else self.as_string(found)

    def as_string(self, value: hv.HotValue) -> hv.HotValue:
        """A HOT value that string functions take: literals as text, numbers through str_replace."""
        match value:
            case hv.Literal():
                return hv.Literal(as_text(value.value))
            case hv.If():
                otherwise = hv.Literal("") if value.otherwise is None else self.as_string(value.otherwise)
                return hv.If(value.condition, self.as_string(value.then), otherwise)
            case hv.GetParam() if not value.path and self.parameter_type(value.name) in ("number", "boolean"):
                return hv.StrReplace(hv.Literal("value"), {"value": value})
        return value

    def parameter_type(self, name: str) -> str:
        """The HOT type of a parameter, source's or ours."""
        declared = self.t.declared.get(name) or self.t.hot.parameters.get(name)
        return declared.type if declared else "string"

    # ---- collections -------------------------------------------------------------------------------------------------

    def _map(self, value: cfn.Map) -> hv.HotValue:
        entries = {}
        for key, member in value.entries.items():
            found = hv.Literal(member.value) if member.__class__ is cfn.Scalar else self.hot(member)
            if found is not None:
                entries[key] = found
        return hv.HotMap(entries)

    def _seq(self, value: cfn.Seq, kind: str = "any") -> hv.HotValue:
        found = (self.hot(member, kind) for member in value.items)
        return hv.HotList(tuple(member for member in found if member is not None))

    def _if(self, value: cfn.If, kind: str) -> hv.HotValue | None:
        return branch(hv.Literal(value.condition), self.hot(value.then, kind), self.hot(value.otherwise, kind))

    # ---- references --------------------------------------------------------------------------------------------------

    def ref(self, name: str, kind: str = "any") -> hv.HotValue | None:
        """Ref to a parameter, pseudo parameter or resource."""
        if name in self.t.template.parameters:
            return hv.GetParam(name)
        if name in self.t.template.resources:
            return self._reference(name, "Ref", kind)
        if name in self.t.table.pseudo:
            return self._pseudo(name)
        return self.hole(name, f"The template refers to {name}, which it does not define.", kind)

    def _pseudo(self, name: str) -> hv.HotValue:
        fixed = self.t.constants.fold(cfn.Ref(name, NOWHERE))
        if fixed is not UNKNOWN:
            return hv.Literal(fixed)
        data = self.t.table.pseudo[name]
        if "get_param" in data:
            return hv.GetParam(data["get_param"])
        parameter = HotParameter(
            name=data["parameter"],
            type=data.get("type", "string"),
            description=data["description"],
            default=hv.Literal(self._default_region() if data.get("region") else data["default"]),
        )
        return hv.GetParam(self.t.declare(data["parameter"], parameter))

    def _default_region(self) -> str:
        """The region that the template's mappings know: the table's default, else the first that every regional map has."""
        data = next(data for data in self.t.table.pseudo.values() if data.get("region"))
        wanted = str(data["default"])
        for table in self.t.template.mappings.values():
            regional = [key for key in table.entries if re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", key)]
            if regional and wanted not in regional:
                return regional[0]
        return wanted

    def _get_att(self, value: cfn.GetAtt, kind: str) -> hv.HotValue | None:
        attribute = value.attribute
        if not isinstance(attribute, str):
            folded = self.t.constants.fold(attribute)
            if not isinstance(folded, str):
                because = f"Which attribute of {value.resource} is wanted is known only when the stack is made."
                return self.hole(f"{value.resource}_attribute", because, kind)
            attribute = folded
        if value.resource not in self.t.template.resources:
            because = f"The template refers to {value.resource}, which it does not define."
            return self.hole(f"{value.resource}_{attribute}", because, kind)
        return self._reference(value.resource, attribute, kind)

    def _reference(self, resource: str, attribute: str, kind: str) -> hv.HotValue:
        """A reference to a resource; the one that closes a circle in the source becomes a hole."""
        if self.t.graph.closes_circle(str(self.subject[0]), resource):
            because = f"{self.subject[0]} and {resource} need each other in the template."
            return self.hole(f"{resource}_{attribute}", because, kind)
        return reference(self.t, resource, attribute, kind)

    def hole(self, wanted: str, because: str, kind: str) -> hv.HotValue:
        """A parameter that asks for what the subject lacks here."""
        return self.t.hole(wanted, format_path(self.subject), because, KIND_OF_HOLE.get(kind, "string"))

    def _import(self, value: cfn.ImportValue, kind: str) -> hv.HotValue:
        export = source_text(value.name)
        name = self.t.declare(
            f"import_{export}",
            HotParameter(
                name="",
                type=KIND_OF_HOLE.get(kind, "string") if kind != "list" else "string",
                description=f"Value that another stack exports as {export}",
            ),
        )
        self.t.imports[name] = export
        return hv.GetParam(name)

    def _dynamic(self, value: cfn.DynamicReference) -> hv.HotValue:
        inside = re.match(r"\$\{(\w+)(?:\.\w+)?\}:?", value.reference)
        if inside and inside.group(1) in self.t.template.resources:
            found = resolved(self.t, inside.group(1), value.reference[inside.end() :])
            if found is not None:
                return found
        hidden = value.service != "ssm"
        store = "Secrets Manager" if value.service == "secretsmanager" else "the parameter store"
        because = f"AWS reads this from {store}: {value.reference}."
        return self.t.hole(value.reference, format_path(self.subject), because, hidden=hidden)
