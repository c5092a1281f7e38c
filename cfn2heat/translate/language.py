"""CloudFormation values to HOT values: every intrinsic, pseudo parameter and reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hv
from cfn2heat.hot.template import HotParameter
from cfn2heat.hot.walk import walk
from cfn2heat.source import NOWHERE, Path, format_path
from cfn2heat.translate import cidr
from cfn2heat.translate.constants import UNKNOWN, as_index, as_text
from cfn2heat.translate.references import reference, resolved

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
                return hv.StrSplit(value.delimiter, self.text(value.source))
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
            found = self.hot(member)
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
        return self._hole(name, f"The template refers to {name}, which it does not define.", kind)

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
                return self._hole(f"{value.resource}_attribute", because, kind)
            attribute = folded
        if value.resource not in self.t.template.resources:
            because = f"The template refers to {value.resource}, which it does not define."
            return self._hole(f"{value.resource}_{attribute}", because, kind)
        return self._reference(value.resource, attribute, kind)

    def _reference(self, resource: str, attribute: str, kind: str) -> hv.HotValue:
        """A reference to a resource; the one that closes a circle in the source becomes a hole."""
        if self.t.graph.closes_circle(str(self.subject[0]), resource):
            because = f"{self.subject[0]} and {resource} need each other in the template."
            return self._hole(f"{resource}_{attribute}", because, kind)
        return reference(self.t, resource, attribute, kind)

    def _hole(self, wanted: str, because: str, kind: str) -> hv.HotValue:
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

    # ---- text --------------------------------------------------------------------------------------------------------

    def _sub(self, value: cfn.Sub) -> hv.HotValue:
        constant = self.t.constants.fold(value)
        if constant is not UNKNOWN:
            return hv.Literal(constant)
        return self._text([part if isinstance(part, str) else (part[0], self.text(part[1])) for part in value.parts])

    def _text(self, pieces: list[str | tuple[str, hv.HotValue]]) -> hv.HotValue:
        """Literal pieces and named values as one text, in the form that reads best."""
        folded: list[str | tuple[str, hv.HotValue]] = []
        for piece in pieces:
            plain = piece if isinstance(piece, str) else literal_text(piece[1])
            if plain is None:
                folded.append(piece)
            elif folded and isinstance(folded[-1], str):
                folded[-1] += plain
            elif plain:
                folded.append(plain)
        if not folded:
            return hv.Literal("")
        if len(folded) == 1:
            only = folded[0]
            return hv.Literal(only) if isinstance(only, str) else only[1]
        return replace_text(folded) or hv.ListJoin("", (hv.HotList(tuple(as_hot(piece) for piece in folded)),))

    def _join(self, value: cfn.Join) -> hv.HotValue:
        constant = self.t.constants.fold(value)
        if constant is not UNKNOWN:
            return hv.Literal(constant)
        if not isinstance(value.items, cfn.Seq):
            items = self.hot(value.items, "list")
            return hv.Literal("") if items is None else self._join_list(value.delimiter, items)
        absent = value.delimiter != "" and any(map(_may_be_absent, value.items.items))
        named = [(placeholder(member), self.text(member)) for member in value.items.items if not isinstance(member, cfn.NoValue)]
        if not absent and (any("\n" in (literal_text(item) or "") for _, item in named) or value.delimiter == "\n"):
            pieces: list[str | tuple[str, hv.HotValue]] = []
            for index, item in enumerate(named):
                pieces.extend([value.delimiter, item] if index else [item])
            return self._text(unique_names(pieces))
        items_hot = self._texts(value.items)
        if value.delimiter == "":
            items_hot = merge_literals(items_hot)
        if len(items_hot) == 1 and not isinstance(items_hot[0], hv.If):
            return items_hot[0]
        return hv.ListJoin(value.delimiter, (hv.HotList(tuple(items_hot)),))

    def _texts(self, items: cfn.Seq) -> list[hv.HotValue]:
        """The items of a list as texts; what may be absent stays so, for an empty text would be an item too."""
        found = (self.hot(member, "string") for member in items.items)
        return [self._item(member) for member in found if member is not None]

    def _item(self, value: hv.HotValue) -> hv.HotValue:
        if isinstance(value, hv.If):
            otherwise = None if value.otherwise is None else self._item(value.otherwise)
            return hv.If(value.condition, self._item(value.then), otherwise)
        return self.as_string(value)

    def _join_list(self, delimiter: str, items: hv.HotValue) -> hv.HotValue:
        if isinstance(items, hv.If):
            otherwise = hv.Literal("") if items.otherwise is None else self._join_list(delimiter, items.otherwise)
            return hv.If(items.condition, self._join_list(delimiter, items.then), otherwise)
        if isinstance(items, hv.HotList):
            return hv.ListJoin(delimiter, (hv.HotList(tuple(self._item(item) for item in items.items)),))
        if isinstance(items, hv.Literal | hv.StrReplace | hv.ListJoin | hv.GetResource):
            return self.as_string(items)
        if isinstance(items, hv.GetParam) and not items.path and self.parameter_type(items.name) == "string":
            return items
        return hv.ListJoin(delimiter, (items,))

    # ---- selection ---------------------------------------------------------------------------------------------------

    def _find_in_map(self, value: cfn.FindInMap) -> hv.HotValue | None:
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
        # Keys are texts, and Heat finds nothing, without a word, when it is asked for a number.
        first, second = self.as_string(first), self.as_string(second)
        name = self.t.mappings_used.setdefault(mapping, self._mapping_name(mapping))
        if value.default is None:
            self._demand_keys(value, mapping)
            return hv.GetParam(name, (first, second))
        return hv.Yaql(
            "$.data.map.get($.data.first, {}).get($.data.second, $.data.default)",
            {"map": hv.GetParam(name), "first": first, "second": second, "default": self.hot(value.default) or hv.Literal("")},
        )

    def _demand_keys(self, value: cfn.FindInMap, mapping: str) -> None:
        """An open parameter that is a key of a mapping must be one of its keys: CloudFormation refuses others, HOT is silent."""
        table = self.t.template.mappings[mapping].entries
        seconds = {key for inner in table.values() if isinstance(inner, cfn.Map) for key in inner.entries}
        for key, known in ((value.first, list(table)), (value.second, sorted(seconds))):
            parameter = self.t.hot.parameters.get(key.name) if isinstance(key, cfn.Ref) else None
            if parameter is None or parameter.constraints or parameter.type != "string" or not known:
                continue
            if parameter.default is None or (isinstance(parameter.default, hv.Literal) and parameter.default.value in known):
                allowed = hv.HotList(tuple(map(hv.Literal, known)))
                parameter.constraints.append(hv.HotMap({"allowed_values": allowed}))

    def _mapping_name(self, mapping: str) -> str:
        return f"{mapping}_map" if mapping in self.t.template.parameters else mapping

    def _select(self, value: cfn.Select, kind: str) -> hv.HotValue | None:
        constant = self.t.constants.fold(value)
        if constant is not UNKNOWN:
            return literal(constant)
        index = as_index(self.t.constants.fold(value.index))
        items = value.items
        if index is None:
            return self._select_dynamic(value)
        if isinstance(items, cfn.Seq):
            members = [member for member in items.items if not isinstance(member, cfn.NoValue)]
            if index < len(members) and not any(map(_may_be_absent, members[: index + 1])):
                return self.hot(members[index], kind)
            if index < len(members):
                return _nth(hv.HotList(tuple(self._texts(items))), index)
            return self._hole(f"{self.subject[-1]}_item", f"The template takes item {index} of a shorter list.", kind)
        if isinstance(items, cfn.If):
            return branch(
                hv.Literal(items.condition),
                self.hot(cfn.Select(value.index, items.then, value.span), kind),
                self.hot(cfn.Select(value.index, items.otherwise, value.span), kind),
            )
        if isinstance(items, cfn.Split):
            return self._select_split(items, index)
        if isinstance(items, cfn.GetAZs):
            return self._zones(index)
        if isinstance(items, cfn.Cidr):
            # Only as many blocks as are wanted: Heat limits what yaql may gather.
            items = cfn.Cidr(items.block, cfn.Scalar(index + 1, items.span), items.bits, items.span)
        return self._index(self.hot(items, "list"), index)

    def _index(self, source: hv.HotValue | None, index: int) -> hv.HotValue | None:
        at = hv.Literal(index)
        match source:
            case None:
                return None
            case hv.GetParam(name=name) if self.parameter_type(name) == "string" and name not in self.t.mappings_used.values():
                # A hole or import that stands for a list: its text is split at commas.
                return hv.StrSplit(",", source, at) if index == 0 else pick(",", source, index)
            case hv.GetParam():
                return hv.GetParam(source.name, (*source.path, at))
            case hv.GetAttr():
                return hv.GetAttr(source.resource, source.attribute, (*source.path, at))
            case hv.HotList() if index < len(source.items):
                return source.items[index]
            case hv.StrSplit(index=None):
                return hv.StrSplit(source.delimiter, source.source, at)
        return _nth(source, index)

    def _select_split(self, items: cfn.Split, index: int) -> hv.HotValue:
        if isinstance(items.source, cfn.Ref):
            pieces = self.t.table.pseudo.get(items.source.name, {}).get("pieces", {}).get(items.delimiter, [])
            if index < len(pieces):
                return hv.GetParam(pieces[index])
        source = self.text(items.source)
        possible = self.t.constants.possible(items.source)
        certain = possible.values and all(value.count(items.delimiter) >= index for value in possible.values)
        # What only a made resource tells has no known pieces, and its str_split passes for a list where a text is wanted.
        if (index == 0 or certain) and not any(isinstance(node, hv.GetAttr | hv.GetResource) for node in walk(source)):
            return hv.StrSplit(items.delimiter, source, hv.Literal(index))
        return pick(items.delimiter, source, index)

    def _select_dynamic(self, value: cfn.Select) -> hv.HotValue:
        items, index = self.hot(value.items, "list"), self.hot(value.index)
        if isinstance(items, hv.GetParam) and index is not None:
            return hv.GetParam(items.name, (*items.path, index))
        data = {"list": items or hv.HotList(()), "index": index or hv.Literal(0)}
        return hv.Yaql("coalesce($.data.list, []).skip(int($.data.index)).first('')", data)

    def _zones(self, index: int | None) -> hv.HotValue:
        name = self.t.ask("zones")
        parameter = self.t.declared[name]
        default = parameter.default.value if isinstance(parameter.default, hv.Literal) else "nova"
        zones = str(default).split(",")
        # A cloud with one zone serves templates that name three: the list repeats up to the highest index.
        parameter.default = hv.Literal(",".join(zones + [zones[0]] * ((index or 0) + 1 - len(zones))))
        return hv.GetParam(name, () if index is None else (hv.Literal(index),))

    def _cidr(self, value: cfn.Cidr) -> hv.HotValue:
        constant = self.t.constants.fold(value)
        if isinstance(constant, list):
            return hv.HotList(tuple(map(literal, constant)))
        block, count = self.text(value.block), self.hot(value.count) or hv.Literal(1)
        bits = (None if value.bits is None else self.hot(value.bits)) or hv.Literal(8)
        if isinstance(block, hv.Literal) and isinstance(count, hv.Literal) and isinstance(bits, hv.Literal):
            # Known only now: the block of a VPC of the template, say.
            known = cidr.subnets(as_text(block.value), as_index(count.value) or 0, as_index(bits.value) or 0)
            if known is not None:
                return hv.HotList(tuple(map(hv.Literal, known)))
        return hv.Yaql(cidr.IPV4, {"block": block, "count": count, "bits": bits})


def _may_be_absent(value: cfn.Value) -> bool:
    """Whether a list may be without this item, which moves those behind it."""
    if isinstance(value, cfn.If):
        return _may_be_absent(value.then) or _may_be_absent(value.otherwise)
    return isinstance(value, cfn.NoValue)


def _nth(source: hv.HotValue | None, index: int) -> hv.HotValue:
    """An item of a list whose length is known at deploy time only."""
    data = {"list": source or hv.HotList(()), "index": hv.Literal(index)}
    return hv.Yaql("coalesce($.data.list, []).skip($.data.index).first('')", data)


def branch(condition: hv.HotValue, then: hv.HotValue | None, otherwise: hv.HotValue | None) -> hv.HotValue | None:
    """An `if` of which a branch may be absent."""
    if then is None and otherwise is None:
        return None
    if then is None:
        assert otherwise is not None
        return hv.If(hv.Function("not", condition), otherwise, None)
    return then if then == otherwise else hv.If(condition, then, otherwise)


def literal(value: object) -> hv.HotValue:
    """A folded Python value as HOT."""
    if isinstance(value, list):
        return hv.HotList(tuple(map(literal, value)))
    if isinstance(value, dict):
        return hv.HotMap({key: literal(member) for key, member in value.items()})
    assert value is None or isinstance(value, (str, int, float, bool))
    return hv.Literal(value)


def literal_text(value: hv.HotValue) -> str | None:
    """The text of a literal, None for all else."""
    return as_text(value.value) if isinstance(value, hv.Literal) else None


def as_hot(piece: str | tuple[str, hv.HotValue]) -> hv.HotValue:
    """A piece of a text as a HOT value."""
    return hv.Literal(piece) if isinstance(piece, str) else piece[1]


def merge_literals(items: list[hv.HotValue]) -> list[hv.HotValue]:
    """Neighbouring literal strings become one."""
    merged: list[hv.HotValue] = []
    for item in items:
        if merged and isinstance(item, hv.Literal) and isinstance(merged[-1], hv.Literal):
            merged[-1] = hv.Literal(as_text(merged[-1].value) + as_text(item.value))
        elif item != hv.Literal(""):
            merged.append(item)
    return merged


def replace_text(pieces: list[str | tuple[str, hv.HotValue]]) -> hv.HotValue | None:
    """str_replace with ${Name} as placeholders; None when the text holds such a placeholder by itself."""
    text = ""
    params: dict[str, hv.HotValue] = {}
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        mark = f"${{{piece[0]}}}"
        value = bare(piece[1])
        if params.setdefault(mark, value) != value:
            return None
        text += mark
    wanted = [f"${{{piece[0]}}}" for piece in pieces if not isinstance(piece, str)]
    if any(text.count(mark) != wanted.count(mark) for mark in params):
        return None
    return hv.StrReplace(hv.Literal(text), params)


def bare(value: hv.HotValue) -> hv.HotValue:
    """A number that was wrapped for list_join; str_replace takes it as it is."""
    if isinstance(value, hv.StrReplace) and value.template == hv.Literal("value") and set(value.params) == {"value"}:
        return value.params["value"]
    return value


def placeholder(value: cfn.Value) -> str:
    """The name of a value inside a text."""
    match value:
        case cfn.Ref():
            return value.name
        case cfn.GetAtt(attribute=str()):
            return f"{value.resource}.{value.attribute}"
        case cfn.FindInMap(mapping=cfn.Scalar(value=name)):
            return as_text(name)
        case cfn.If():
            return f"if {value.condition}"
    return type(value).__name__


def unique_names(pieces: list[str | tuple[str, hv.HotValue]]) -> list[str | tuple[str, hv.HotValue]]:
    """Two values under one placeholder get names of their own; literal text, of which scripts have much, is never named."""
    seen: dict[str, hv.HotValue] = {}
    named: list[str | tuple[str, hv.HotValue]] = []
    for piece in pieces:
        if isinstance(piece, tuple) and literal_text(piece[1]) is None:
            name, serial = piece[0], 2
            while seen.setdefault(name, piece[1]) != piece[1]:
                name, serial = f"{piece[0]} {serial}", serial + 1
            named.append((name, piece[1]))
        else:
            named.append(piece)
    return named


def pick(delimiter: str, source: hv.HotValue, index: int) -> hv.HotValue:
    """One piece of a split text that may have fewer: str_split refuses the whole stack then, this gives an empty text."""
    expression = "coalesce($.data.text, '').split($.data.delimiter).skip($.data.index).first('')"
    return hv.Yaql(expression, {"text": source, "delimiter": hv.Literal(delimiter), "index": hv.Literal(index)})


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
        case cfn.Join(items=cfn.Seq(items=items)):
            return value.delimiter.join(map(source_text, items))
        case cfn.FindInMap():
            return "_".join(map(source_text, (value.mapping, value.first, value.second)))
        case cfn.Select():
            return f"{source_text(value.items)}_{source_text(value.index)}"
        case cfn.If():
            return f"{source_text(value.then)}_or_{source_text(value.otherwise)}"
        case cfn.Split():
            return source_text(value.source)
    return type(value).__name__
