"""CloudFormation values to HOT values: every intrinsic, pseudo parameter and reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotParameter
from cfn2heat.source import Path, format_path
from cfn2heat.translate import cidr
from cfn2heat.translate.constants import UNKNOWN, as_index, as_text
from cfn2heat.translate.references import reference

if TYPE_CHECKING:
    from cfn2heat.translate.state import Translation

KIND_OF_HOLE = {"integer": "number", "number": "number", "boolean": "boolean", "list": "comma_delimited_list", "map": "json"}


class Language:
    """Translates the values of one subject (a resource, an output); kind is the HOT type that the place wants."""

    def __init__(self, translation: Translation, subject: Path) -> None:
        self.t = translation
        self.subject = subject

    def hot(self, value: cfn.Value, kind: str = "any") -> hot.HotValue | None:
        """The HOT value; None where the source says NoValue."""
        match value:
            case cfn.Scalar():
                return hot.Literal(value.value)
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
                return self._sub(value)
            case cfn.Join():
                return self._join(value)
            case cfn.If():
                return self._if(value, kind)
            case cfn.Base64():
                return self.hot(value.value, "string")
            case cfn.FindInMap():
                return self._find_in_map(value)
            case cfn.Select():
                return self._select(value, kind)
            case cfn.Split():
                return hot.StrSplit(value.delimiter, self.text(value.source))
            case cfn.GetAZs():
                return self._zones(None)
            case cfn.Cidr():
                return self._cidr(value)
            case cfn.ImportValue():
                return self._import(value, kind)
            case cfn.DynamicReference():
                return self._dynamic(value)
            case cfn.Transform():
                return self._hole(f"{value.name}_result", f"The macro {value.name} computes this value inside AWS.", kind)
        return self._hole("condition_value", "A condition function stands where a value is wanted.", kind)

    def text(self, value: cfn.Value) -> hot.HotValue:
        """A value in the middle of a text: always a string, and never absent."""
        found = self.hot(value, "string")
        return hot.Literal("") if found is None else self.as_string(found)

    def as_string(self, value: hot.HotValue) -> hot.HotValue:
        """A HOT value that string functions take: literals as text, numbers through str_replace."""
        match value:
            case hot.Literal():
                return hot.Literal(as_text(value.value))
            case hot.If():
                otherwise = hot.Literal("") if value.otherwise is None else self.as_string(value.otherwise)
                return hot.If(value.condition, self.as_string(value.then), otherwise)
            case hot.GetParam() if not value.path and self.parameter_type(value.name) in ("number", "boolean"):
                return hot.StrReplace(hot.Literal("value"), {"value": value})
        return value

    def parameter_type(self, name: str) -> str:
        """The HOT type of a parameter, source's or ours."""
        declared = self.t.declared.get(name) or self.t.hot.parameters.get(name)
        return declared.type if declared else "string"

    # ---- collections -------------------------------------------------------------------------------------------------

    def _map(self, value: cfn.Map) -> hot.HotValue:
        entries = {}
        for key, member in value.entries.items():
            found = self.hot(member)
            if found is not None:
                entries[key] = found
        return hot.HotMap(entries)

    def _seq(self, value: cfn.Seq, kind: str = "any") -> hot.HotValue:
        found = (self.hot(member, kind) for member in value.items)
        return hot.HotList(tuple(member for member in found if member is not None))

    def _if(self, value: cfn.If, kind: str) -> hot.HotValue | None:
        return branch(hot.Literal(value.condition), self.hot(value.then, kind), self.hot(value.otherwise, kind))

    # ---- references --------------------------------------------------------------------------------------------------

    def ref(self, name: str, kind: str = "any") -> hot.HotValue | None:
        """Ref to a parameter, pseudo parameter or resource."""
        if name in self.t.template.parameters:
            return hot.GetParam(name)
        if name in self.t.template.resources:
            return reference(self.t, name, "Ref", kind)
        if name in self.t.table.pseudo:
            return self._pseudo(name)
        return self._hole(name, f"The template refers to {name}, which it does not define.", kind)

    def _pseudo(self, name: str) -> hot.HotValue:
        fixed = self.t.constants.fold(cfn.Ref(name, self.t.template.spans.get("Resources") or _NOWHERE))
        if fixed is not UNKNOWN:
            return hot.Literal(fixed)
        data = self.t.table.pseudo[name]
        if "get_param" in data:
            return hot.GetParam(data["get_param"])
        parameter = HotParameter(
            name=data["parameter"],
            type=data.get("type", "string"),
            description=data["description"],
            default=hot.Literal(self._default_region() if data.get("region") else data["default"]),
        )
        return hot.GetParam(self.t.declare(data["parameter"], parameter))

    def _default_region(self) -> str:
        """The region that the template's mappings know: the table's default, else the first that every regional map has."""
        data = next(data for data in self.t.table.pseudo.values() if data.get("region"))
        wanted = str(data["default"])
        for table in self.t.template.mappings.values():
            regional = [key for key in table.entries if re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", key)]
            if regional and wanted not in regional:
                return regional[0]
        return wanted

    def _get_att(self, value: cfn.GetAtt, kind: str) -> hot.HotValue | None:
        attribute = value.attribute
        if not isinstance(attribute, str):
            folded = self.t.constants.fold(attribute)
            if not isinstance(folded, str):
                because = f"Which attribute of {value.resource} is wanted is known only when the stack is made."
                return self._hole(f"{value.resource}_attribute", because, kind)
            attribute = folded
        if value.resource not in self.t.template.resources:
            because = f"The template refers to {value.resource}, which it does not define."
            return self._hole(f"{value.resource}_{attribute}", because, kind)
        return reference(self.t, value.resource, attribute, kind)

    def _hole(self, wanted: str, because: str, kind: str) -> hot.HotValue:
        return self.t.hole(wanted, format_path(self.subject), because, KIND_OF_HOLE.get(kind, "string"))

    def _import(self, value: cfn.ImportValue, kind: str) -> hot.HotValue:
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
        return hot.GetParam(name)

    def _dynamic(self, value: cfn.DynamicReference) -> hot.HotValue:
        hidden = value.service != "ssm"
        store = "Secrets Manager" if value.service == "secretsmanager" else "the parameter store"
        because = f"AWS reads this from {store}: {value.reference}."
        return self.t.hole(value.reference, format_path(self.subject), because, hidden=hidden)

    # ---- text --------------------------------------------------------------------------------------------------------

    def _sub(self, value: cfn.Sub) -> hot.HotValue:
        constant = self.t.constants.fold(value)
        if constant is not UNKNOWN:
            return hot.Literal(constant)
        pieces: list[str | tuple[str, hot.HotValue]] = []
        for part in value.parts:
            pieces.append(part if isinstance(part, str) else (part[0], self.text(part[1])))
        return self._text(pieces)

    def _text(self, pieces: list[str | tuple[str, hot.HotValue]]) -> hot.HotValue:
        """Literal pieces and named values as one text, in the form that reads best."""
        folded: list[str | tuple[str, hot.HotValue]] = []
        for piece in pieces:
            plain = piece if isinstance(piece, str) else literal_text(piece[1])
            if plain is None:
                folded.append(piece)
            elif folded and isinstance(folded[-1], str):
                folded[-1] += plain
            elif plain:
                folded.append(plain)
        if not folded:
            return hot.Literal("")
        if len(folded) == 1:
            only = folded[0]
            return hot.Literal(only) if isinstance(only, str) else only[1]
        return replace_text(folded) or hot.ListJoin("", (hot.HotList(tuple(as_hot(piece) for piece in folded)),))

    def _join(self, value: cfn.Join) -> hot.HotValue:
        constant = self.t.constants.fold(value)
        if constant is not UNKNOWN:
            return hot.Literal(constant)
        if not isinstance(value.items, cfn.Seq):
            items = self.hot(value.items, "list")
            return hot.Literal("") if items is None else self._join_list(value.delimiter, items)
        named = [
            (placeholder(member), self.text(member)) for member in value.items.items if not isinstance(member, cfn.NoValue)
        ]
        if any("\n" in (literal_text(item) or "") for _, item in named) or value.delimiter == "\n":
            pieces: list[str | tuple[str, hot.HotValue]] = []
            for index, item in enumerate(named):
                pieces.extend([value.delimiter, item] if index else [item])
            return self._text(unique_names(pieces))
        items_hot: list[hot.HotValue] = []
        for member in value.items.items:
            found = self.hot(member, "string")
            if isinstance(found, hot.If) and found.otherwise is None:
                items_hot.append(hot.If(found.condition, self.as_string(found.then), None))
            elif found is not None:
                items_hot.append(self.as_string(found))
        if value.delimiter == "":
            items_hot = merge_literals(items_hot)
        if len(items_hot) == 1 and not isinstance(items_hot[0], hot.If):
            return items_hot[0]
        return hot.ListJoin(value.delimiter, (hot.HotList(tuple(items_hot)),))

    def _join_list(self, delimiter: str, items: hot.HotValue) -> hot.HotValue:
        if isinstance(items, hot.If):
            otherwise = hot.Literal("") if items.otherwise is None else self._join_list(delimiter, items.otherwise)
            return hot.If(items.condition, self._join_list(delimiter, items.then), otherwise)
        if isinstance(items, hot.HotList):
            return hot.ListJoin(delimiter, (hot.HotList(tuple(self.as_string(item) for item in items.items)),))
        if isinstance(items, hot.GetParam) and not items.path and self.parameter_type(items.name) == "string":
            return items
        return hot.ListJoin(delimiter, (items,))

    # ---- selection ---------------------------------------------------------------------------------------------------

    def _find_in_map(self, value: cfn.FindInMap) -> hot.HotValue | None:
        leaf = self.t.constants.find(value)
        if leaf is not None:
            return self.hot(leaf)
        mapping = self.t.constants.fold(value.mapping)
        first, second = self.hot(value.first), self.hot(value.second)
        if not isinstance(mapping, str) or mapping not in self.t.template.mappings:
            if value.default is not None:
                return self.hot(value.default)
            return self._hole(f"{as_text(mapping)}_value", "The mapping that this is looked up in is not in the template.", "any")
        if first is None or second is None:
            return None
        name = self.t.mappings_used.setdefault(mapping, self._mapping_name(mapping))
        if value.default is None:
            return hot.GetParam(name, (first, second))
        return hot.Yaql(
            "$.data.map.get($.data.first, {}).get($.data.second, $.data.default)",
            {"map": hot.GetParam(name), "first": first, "second": second, "default": self.hot(value.default) or hot.Literal("")},
        )

    def _mapping_name(self, mapping: str) -> str:
        return f"{mapping}_map" if mapping in self.t.template.parameters else mapping

    def _select(self, value: cfn.Select, kind: str) -> hot.HotValue | None:
        constant = self.t.constants.fold(value)
        if constant is not UNKNOWN:
            return literal(constant)
        index = as_index(self.t.constants.fold(value.index))
        items = value.items
        if index is None:
            return self._select_dynamic(value)
        if isinstance(items, cfn.Seq):
            members = [member for member in items.items if not isinstance(member, cfn.NoValue)]
            if index < len(members):
                return self.hot(members[index], kind)
            return self._hole(f"{self.subject[-1]}_item", f"The template takes item {index} of a shorter list.", kind)
        if isinstance(items, cfn.If):
            return branch(
                hot.Literal(items.condition),
                self.hot(cfn.Select(value.index, items.then, value.span), kind),
                self.hot(cfn.Select(value.index, items.otherwise, value.span), kind),
            )
        if isinstance(items, cfn.Split):
            return self._select_split(items, index)
        if isinstance(items, cfn.GetAZs):
            return self._zones(index)
        return self._index(self.hot(items, "list"), index)

    def _index(self, source: hot.HotValue | None, index: int) -> hot.HotValue | None:
        at = hot.Literal(index)
        match source:
            case None:
                return None
            case hot.GetParam() if self.parameter_type(source.name) == "string" and source.name not in self.t.mappings_used.values():
                # A hole or import that stands for a list: its text is split at commas.
                return hot.StrSplit(",", source, at) if index == 0 else pick(",", source, index)
            case hot.GetParam():
                return hot.GetParam(source.name, (*source.path, at))
            case hot.GetAttr():
                return hot.GetAttr(source.resource, source.attribute, (*source.path, at))
            case hot.HotList() if index < len(source.items):
                return source.items[index]
            case hot.StrSplit(index=None):
                return hot.StrSplit(source.delimiter, source.source, at)
        return hot.Yaql("coalesce($.data.list, []).skip($.data.index).first('')", {"list": source, "index": at})

    def _select_split(self, items: cfn.Split, index: int) -> hot.HotValue:
        source = self.text(items.source)
        possible = self.t.constants.possible(items.source)
        certain = possible.values and all(value.count(items.delimiter) >= index for value in possible.values)
        if index == 0 or certain or not isinstance(source, hot.GetParam | hot.StrReplace | hot.ListJoin | hot.If):
            return hot.StrSplit(items.delimiter, source, hot.Literal(index))
        return pick(items.delimiter, source, index)

    def _select_dynamic(self, value: cfn.Select) -> hot.HotValue:
        items, index = self.hot(value.items, "list"), self.hot(value.index)
        if isinstance(items, hot.GetParam) and index is not None:
            return hot.GetParam(items.name, (*items.path, index))
        data = {"list": items or hot.HotList(()), "index": index or hot.Literal(0)}
        return hot.Yaql("coalesce($.data.list, []).skip(int($.data.index)).first('')", data)

    def _zones(self, index: int | None) -> hot.HotValue:
        name = self.t.ask("zones")
        parameter = self.t.declared[name]
        default = parameter.default.value if isinstance(parameter.default, hot.Literal) else "nova"
        zones = str(default).split(",")
        # A cloud with one zone serves templates that name three: the list repeats up to the highest index.
        parameter.default = hot.Literal(",".join(zones + [zones[0]] * ((index or 0) + 1 - len(zones))))
        return hot.GetParam(name, () if index is None else (hot.Literal(index),))

    def _cidr(self, value: cfn.Cidr) -> hot.HotValue:
        constant = self.t.constants.fold(value)
        if isinstance(constant, list):
            return hot.HotList(tuple(map(literal, constant)))
        bits = hot.Literal(8) if value.bits is None else self.hot(value.bits)
        return hot.Yaql(
            cidr.IPV4,
            {"block": self.text(value.block), "count": self.hot(value.count) or hot.Literal(1), "bits": bits or hot.Literal(8)},
        )


from cfn2heat.source import NOWHERE as _NOWHERE  # noqa: E402


def branch(condition: hot.HotValue, then: hot.HotValue | None, otherwise: hot.HotValue | None) -> hot.HotValue | None:
    """An `if` of which a branch may be absent."""
    if then is None and otherwise is None:
        return None
    if then is None:
        assert otherwise is not None
        return hot.If(hot.Function("not", condition), otherwise, None)
    return then if then == otherwise else hot.If(condition, then, otherwise)


def literal(value: object) -> hot.HotValue:
    """A folded Python value as HOT."""
    if isinstance(value, list):
        return hot.HotList(tuple(map(literal, value)))
    if isinstance(value, dict):
        return hot.HotMap({key: literal(member) for key, member in value.items()})
    assert value is None or isinstance(value, (str, int, float, bool))
    return hot.Literal(value)


def literal_text(value: hot.HotValue) -> str | None:
    """The text of a literal, None for all else."""
    return as_text(value.value) if isinstance(value, hot.Literal) else None


def as_hot(piece: str | tuple[str, hot.HotValue]) -> hot.HotValue:
    """A piece of a text as a HOT value."""
    return hot.Literal(piece) if isinstance(piece, str) else piece[1]


def merge_literals(items: list[hot.HotValue]) -> list[hot.HotValue]:
    """Neighbouring literal strings become one."""
    merged: list[hot.HotValue] = []
    for item in items:
        if merged and isinstance(item, hot.Literal) and isinstance(merged[-1], hot.Literal):
            merged[-1] = hot.Literal(as_text(merged[-1].value) + as_text(item.value))
        elif item != hot.Literal(""):
            merged.append(item)
    return merged


def replace_text(pieces: list[str | tuple[str, hot.HotValue]]) -> hot.HotValue | None:
    """str_replace with ${Name} as placeholders; None when the text holds such a placeholder by itself."""
    text, params = "", {}
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        mark = f"${{{piece[0]}}}"
        if params.setdefault(mark, piece[1]) != piece[1]:
            return None
        text += mark
    wanted = [f"${{{piece[0]}}}" for piece in pieces if not isinstance(piece, str)]
    if any(text.count(mark) != wanted.count(mark) for mark in params):
        return None
    return hot.StrReplace(hot.Literal(text), params)


def placeholder(value: cfn.Value) -> str:
    """The name of a value inside a text."""
    match value:
        case cfn.Ref():
            return value.name
        case cfn.GetAtt(attribute=str()):
            return f"{value.resource}.{value.attribute}"
        case cfn.FindInMap(mapping=cfn.Scalar()):
            return as_text(value.mapping.value)
        case cfn.If():
            return f"if {value.condition}"
    return type(value).__name__


def unique_names(pieces: list[str | tuple[str, hot.HotValue]]) -> list[str | tuple[str, hot.HotValue]]:
    """Two values under one placeholder get names of their own."""
    seen: dict[str, hot.HotValue] = {}
    named: list[str | tuple[str, hot.HotValue]] = []
    for piece in pieces:
        if isinstance(piece, tuple):
            name, serial = piece[0], 2
            while seen.setdefault(name, piece[1]) != piece[1]:
                name, serial = f"{piece[0]} {serial}", serial + 1
            piece = (name, piece[1])
        named.append(piece)
    return named


def pick(delimiter: str, source: hot.HotValue, index: int) -> hot.HotValue:
    """One piece of a split text that may have fewer: str_split refuses the whole stack then, this gives an empty text."""
    expression = "coalesce($.data.text, '').split($.data.delimiter).skip($.data.index).first('')"
    return hot.Yaql(expression, {"text": source, "delimiter": hot.Literal(delimiter), "index": hot.Literal(index)})


def source_text(value: cfn.Value) -> str:
    """A value as a short text for names and descriptions: ${Stack}-VPC."""
    match value:
        case cfn.Scalar():
            return as_text(value.value)
        case cfn.Ref():
            return f"${{{value.name}}}"
        case cfn.GetAtt(attribute=str()):
            return f"${{{value.resource}.{value.attribute}}}"
        case cfn.Sub():
            return "".join(part if isinstance(part, str) else source_text(part[1]) for part in value.parts)
        case cfn.Join(items=cfn.Seq()):
            return value.delimiter.join(map(source_text, value.items.items))
        case cfn.FindInMap():
            return "_".join(map(source_text, (value.mapping, value.first, value.second)))
        case cfn.Select():
            return f"{source_text(value.items)}_{source_text(value.index)}"
        case cfn.If():
            return f"{source_text(value.then)}_or_{source_text(value.otherwise)}"
        case cfn.Split():
            return source_text(value.source)
    return type(value).__name__


def severity_of(word: str) -> Severity:
    """A severity by its name in the table."""
    return Severity[word.upper()]
