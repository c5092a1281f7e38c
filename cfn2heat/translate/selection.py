"""Fn::FindInMap, Fn::Select, Fn::Split, Fn::GetAZs and Fn::Cidr: lists, and what is taken out of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cfn2heat.cfn import values as cfn
from cfn2heat.hot import values as hv
from cfn2heat.hot.compose import branch, literal, nth, pick
from cfn2heat.hot.walk import walk
from cfn2heat.translate import cidr
from cfn2heat.translate.constants import UNKNOWN, as_index, as_text
from cfn2heat.translate.joining import may_be_absent, texts

if TYPE_CHECKING:
    from cfn2heat.translate.language import Language

NO_LIST = "An item is taken of what is no list, which CloudFormation refuses, too."


# ---- Fn::FindInMap ---------------------------------------------------------------------------------------------------


def find_in_map(language: Language, value: cfn.FindInMap) -> hv.HotValue | None:
    """A leaf where it is known, else a path into the json parameter that the mapping becomes."""
    t = language.t
    leaf = t.constants.find(value)
    if leaf is not None:
        return language.hot(leaf)
    mapping = t.constants.fold(value.mapping)
    first, second = language.hot(value.first), language.hot(value.second)
    if not isinstance(mapping, str) or mapping not in t.template.mappings:
        if value.default is not None:
            return language.hot(value.default)
        return language.hole(f"{as_text(mapping)}_value", "The mapping that this is looked up in is not in the template.", "any")
    if first is None or second is None:
        return None
    # Keys are texts, and Heat finds nothing, without a word, when it is asked for a number.
    first, second = language.as_string(first), language.as_string(second)
    name = t.mappings_used.setdefault(mapping, f"{mapping}_map" if mapping in t.template.parameters else mapping)
    if value.default is None:
        _demand_keys(language, value, mapping)
        return hv.GetParam(name, (first, second))
    default = language.hot(value.default) or hv.Literal("")
    return hv.Yaql(
        "$.data.map.get($.data.first, {}).get($.data.second, $.data.default)",
        {"map": hv.GetParam(name), "first": first, "second": second, "default": default},
    )


def _demand_keys(language: Language, value: cfn.FindInMap, mapping: str) -> None:
    """An open parameter that is a key of a mapping must be one of its keys: CloudFormation refuses others, HOT is silent."""
    table = language.t.template.mappings[mapping].entries
    seconds = {key for inner in table.values() if isinstance(inner, cfn.Map) for key in inner.entries}
    for key, known in ((value.first, list(table)), (value.second, sorted(seconds))):
        parameter = language.t.hot.parameters.get(key.name) if isinstance(key, cfn.Ref) else None
        if parameter is None or parameter.constraints or parameter.type != "string" or not known:
            continue
        if parameter.default is None or (isinstance(parameter.default, hv.Literal) and parameter.default.value in known):
            allowed = hv.HotList(tuple(map(hv.Literal, known)))
            parameter.constraints.append(hv.HotMap({"allowed_values": allowed}))


# ---- Fn::Select and Fn::Split ----------------------------------------------------------------------------------------


def select(language: Language, value: cfn.Select, kind: str) -> hv.HotValue | None:
    """One item of a list."""
    constant = language.t.constants.fold(value)
    if constant is not UNKNOWN:
        return literal(constant)
    index = as_index(language.t.constants.fold(value.index))
    items = value.items
    if index is None:
        return _select_late(language, value, kind)
    if isinstance(items, cfn.Seq):
        return _select_member(language, items, index, kind)
    if isinstance(items, cfn.If):
        return branch(
            hv.Literal(items.condition),
            language.hot(cfn.Select(value.index, items.then, value.span), kind),
            language.hot(cfn.Select(value.index, items.otherwise, value.span), kind),
        )
    if isinstance(items, cfn.Split):
        return _select_piece(language, items, index)
    if isinstance(items, cfn.GetAZs):
        return zones(language, index)
    if isinstance(items, cfn.Cidr):
        # Only as many blocks as are wanted: Heat limits what yaql may gather.
        items = cfn.Cidr(items.block, cfn.Scalar(index + 1, items.span), items.bits, items.span)
    return _item(language, language.hot(items, "list"), index, kind)


def _select_member(language: Language, items: cfn.Seq, index: int, kind: str) -> hv.HotValue | None:
    members = [member for member in items.items if not isinstance(member, cfn.NoValue)]
    if index >= len(members):
        return language.hole(f"{language.subject[-1]}_item", f"The template takes item {index} of a shorter list.", kind)
    if any(map(may_be_absent, members[: index + 1])):
        return nth(hv.HotList(tuple(texts(language, items))), index)
    return language.hot(members[index], kind)


def _item(language: Language, source: hv.HotValue | None, index: int, kind: str) -> hv.HotValue | None:
    at = hv.Literal(index)
    match source:
        case None:
            return None
        case hv.HotList() if index < len(source.items):
            return source.items[index]
        case hv.If():
            then = _item(language, source.then, index, kind)
            return branch(source.condition, then, _item(language, source.otherwise, index, kind))
        case _ if _is_text(language, source):
            # A hole or import that stands for a list, or a text: it is split at commas.
            return hv.StrSplit(",", source, at) if index == 0 and isinstance(source, hv.GetParam) else pick(",", source, index)
        case hv.GetParam() if not _is_single(language, source):
            return hv.GetParam(source.name, (*source.path, at))
        case hv.GetAttr():
            return hv.GetAttr(source.resource, source.attribute, (*source.path, at))
        case hv.StrSplit(index=None):
            return hv.StrSplit(source.delimiter, source.source, at)
        case hv.HotMap() | hv.Literal() | hv.GetParam():
            return language.hole(f"{language.subject[-1]}_item", NO_LIST, kind)
    return nth(source, index)


def _is_text(language: Language, value: hv.HotValue) -> bool:
    """Whether a value is a text for certain."""
    match value:
        case hv.Literal():
            return isinstance(value.value, str) and value.value != ""
        case hv.GetParam():
            known = value.name in language.t.mappings_used.values()
            return not known and language.parameter_type(value.name) == "string"
        case hv.StrSplit():
            return value.index is not None
    return isinstance(value, (hv.ListJoin, hv.StrReplace, hv.GetResource))


def _is_single(language: Language, value: hv.GetParam) -> bool:
    return not value.path and language.parameter_type(value.name) in ("number", "boolean")


def _select_late(language: Language, value: cfn.Select, kind: str) -> hv.HotValue:
    """An item whose place is known when the stack is made."""
    items, index = language.hot(value.items, "list"), language.hot(value.index)
    if index is None or not _may_be(language, index, _is_count) or isinstance(items, hv.HotMap):
        because = "Which item of a list is meant is no number, which CloudFormation refuses, too."
        return language.hole(f"{language.subject[-1]}_item", because, kind)
    if isinstance(items, hv.GetParam) and not _is_single(language, items) and not _is_text(language, items):
        return hv.GetParam(items.name, (*items.path, index))
    if items is not None and _is_text(language, items):
        items = hv.StrSplit(",", items)
    data = {"list": items or hv.HotList(()), "index": index}
    return hv.Yaql("coalesce($.data.list, []).skip(int($.data.index)).first('')", data)


def split(language: Language, value: cfn.Split) -> hv.HotValue:
    """The pieces of a text; a list is in pieces already."""
    source = language.text(value.source)
    if isinstance(source, hv.HotList):
        return source
    return hv.StrSplit(value.delimiter, source)


def _select_piece(language: Language, items: cfn.Split, index: int) -> hv.HotValue | None:
    if isinstance(items.source, cfn.Ref):
        pieces = language.t.table.pseudo.get(items.source.name, {}).get("pieces", {}).get(items.delimiter, [])
        if index < len(pieces):
            return hv.GetParam(pieces[index])
    source = language.text(items.source)
    if isinstance(source, hv.HotList):
        return _item(language, source, index, "any")
    possible = language.t.constants.possible(items.source)
    certain = possible.values and all(value.count(items.delimiter) >= index for value in possible.values)
    # What only a made resource tells has no known pieces, and its str_split passes for a list where a text is wanted.
    if (index == 0 or certain) and not any(isinstance(node, (hv.GetAttr, hv.GetResource)) for node in walk(source)):
        return hv.StrSplit(items.delimiter, source, hv.Literal(index))
    return pick(items.delimiter, source, index)


# ---- Fn::GetAZs and Fn::Cidr -----------------------------------------------------------------------------------------


def zones(language: Language, index: int | None = None) -> hv.HotValue:
    """The zones of the target cloud, or one of them."""
    name = language.t.ask("zones")
    parameter = language.t.declared[name]
    default = parameter.default.value if isinstance(parameter.default, hv.Literal) else "nova"
    known = str(default).split(",")
    # A cloud with one zone serves templates that name three: the list repeats up to the highest index.
    parameter.default = hv.Literal(",".join(known + [known[0]] * ((index or 0) + 1 - len(known))))
    return hv.GetParam(name, () if index is None else (hv.Literal(index),))


def blocks(language: Language, value: cfn.Cidr) -> hv.HotValue:
    """The blocks that a network is divided into."""
    constant = language.t.constants.fold(value)
    if isinstance(constant, list):
        return hv.HotList(tuple(map(literal, constant)))
    block, count = language.text(value.block), language.hot(value.count) or hv.Literal(1)
    bits = (None if value.bits is None else language.hot(value.bits)) or hv.Literal(8)
    if isinstance(block, hv.Literal) and isinstance(count, hv.Literal) and isinstance(bits, hv.Literal):
        # Known only now: the block of a VPC of the template, say.
        known = cidr.subnets(as_text(block.value), as_index(count.value) or 0, as_index(bits.value) or 0)
        if known is not None:
            return hv.HotList(tuple(map(hv.Literal, known)))
    if not _may_be(language, block, _is_network) or not all(_may_be(language, number, _is_count) for number in (count, bits)):
        because = "Fn::Cidr divides what is no network, or by what is no number, which CloudFormation refuses, too."
        return language.hole(f"{language.subject[-1]}_blocks", because, "list")
    return hv.Yaql(cidr.IPV4, {"block": block, "count": count, "bits": bits})


def _may_be(language: Language, value: hv.HotValue, test: Callable[[str], bool]) -> bool:
    """Whether a value, or a parameter's default, passes a test; what is known late may."""
    if isinstance(value, hv.GetParam) and not value.path:
        parameter = language.t.hot.parameters.get(value.name) or language.t.declared.get(value.name)
        value = parameter.default if parameter is not None and parameter.default is not None else value
    if isinstance(value, (hv.HotList, hv.HotMap)):
        return False
    return not isinstance(value, hv.Literal) or test(as_text(value.value))


def _is_count(text: str) -> bool:
    return as_index(text) is not None


def _is_network(text: str) -> bool:
    return cidr.subnets(text, 1, 0) is not None
