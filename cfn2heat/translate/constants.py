"""What can be known of a CloudFormation value before the stack exists: its constant, or the strings that it may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Template
from cfn2heat.translate.cidr import subnets


class Unknown:
    """The value is decided at deploy time."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class Possible(NamedTuple):
    """Strings that a value may be; closed when it can be no others."""

    values: dict[str, None]
    closed: bool


class Constants:
    """Folds values of one template; pseudo gives the pseudo parameters that are fixed (AWS::Region by --region)."""

    def __init__(self, template: Template, pseudo: dict[str, str]) -> None:
        self._template = template
        self._pseudo = pseudo
        self.folded: set[str] = set()
        """Mappings of which a value was folded."""

    def fold(self, value: cfn.Value | None) -> Any:
        """The Python value when it is constant, else UNKNOWN. NoValue and absent are None."""
        match value:
            case cfn.Scalar():
                return value.value
            case None | cfn.NoValue():
                return None
            case cfn.Seq():
                return self._fold_all(value.items)
            case cfn.Map():
                present = {key: member for key, member in value.entries.items() if not isinstance(member, cfn.NoValue)}
                folded = self._fold_all(tuple(present.values()))
                return UNKNOWN if folded is UNKNOWN else dict(zip(present, folded, strict=True))
            case cfn.Ref():
                return self._pseudo.get(value.name, UNKNOWN)
            case cfn.Sub():
                return self._fold_sub(value)
            case cfn.Join():
                items = self.fold(value.items)
                return value.delimiter.join(map(as_text, items)) if isinstance(items, list) else UNKNOWN
            case cfn.Select():
                return self._fold_select(value)
            case cfn.Split():
                source = self.fold(value.source)
                return source.split(value.delimiter) if isinstance(source, str) else UNKNOWN
            case cfn.FindInMap():
                return self._fold_find(value)
            case cfn.Base64():
                text = self.fold(value.value)
                import base64

                return base64.b64encode(text.encode()).decode() if isinstance(text, str) else UNKNOWN
            case cfn.Cidr():
                return self._fold_cidr(value)
        return UNKNOWN

    def _fold_all(self, values: tuple[cfn.Value, ...]) -> Any:
        folded = [self.fold(member) for member in values if not isinstance(member, cfn.NoValue)]
        return UNKNOWN if any(member is UNKNOWN for member in folded) else folded

    def _fold_sub(self, value: cfn.Sub) -> Any:
        pieces = [part if isinstance(part, str) else self.fold(part[1]) for part in value.parts]
        if any(isinstance(piece, (Unknown, list, dict)) for piece in pieces):
            return UNKNOWN
        return "".join(map(as_text, pieces))

    def _fold_select(self, value: cfn.Select) -> Any:
        index = as_index(self.fold(value.index))
        if index is None:
            return UNKNOWN
        if isinstance(value.items, cfn.Seq):
            members = [member for member in value.items.items if not isinstance(member, cfn.NoValue)]
            return self.fold(members[index]) if index < len(members) else UNKNOWN
        items = self.fold(value.items)
        return items[index] if isinstance(items, list) and index < len(items) else UNKNOWN

    def find(self, value: cfn.FindInMap) -> cfn.Value | None:
        """The leaf that a FindInMap with constant keys names, or None."""
        keys = [self.fold(part) for part in (value.mapping, value.first, value.second)]
        if any(isinstance(key, (Unknown, list, dict)) for key in keys):
            return None
        mapping, first, second = map(as_text, keys)
        level = self._template.mappings.get(mapping)
        self.folded.add(mapping)
        inner = level.entries.get(first) if level else None
        return inner.entries.get(second) if isinstance(inner, cfn.Map) else None

    def _fold_find(self, value: cfn.FindInMap) -> Any:
        found = self.find(value)
        return UNKNOWN if found is None else self.fold(found)

    def _fold_cidr(self, value: cfn.Cidr) -> Any:
        block, count = self.fold(value.block), as_index(self.fold(value.count))
        bits = 8 if value.bits is None else as_index(self.fold(value.bits))
        if not isinstance(block, str) or count is None or bits is None:
            return UNKNOWN
        found = subnets(block, count, bits)
        return UNKNOWN if found is None else found

    def possible(self, value: cfn.Value | None) -> Possible:
        """The strings that a value may be, as far as parameters, mappings and branches tell."""
        match value:
            case cfn.Ref() if value.name in self._template.parameters:
                return self._possible_of_parameter(value.name)
            case cfn.If():
                return merge(self.possible(value.then), self.possible(value.otherwise))
            case cfn.FindInMap():
                found = [self.possible(leaf) for leaf in self._leaves(value)]
                if value.default is not None:
                    found.append(self.possible(value.default))
                return merge(*found)
            case cfn.NoValue() | None:
                return Possible({}, True)
        constant = self.fold(value)
        if isinstance(constant, (Unknown, list, dict)) or constant is None:
            return Possible({}, False)
        return Possible({as_text(constant): None}, True)

    def _possible_of_parameter(self, name: str) -> Possible:
        fields = self._template.parameters[name].fields.entries
        allowed = self.fold(fields.get("AllowedValues"))
        if isinstance(allowed, list):
            return Possible({as_text(item): None for item in allowed}, True)
        default = self.fold(fields.get("Default"))
        return Possible({} if default in (None, UNKNOWN, "") else {as_text(default): None}, False)

    def _leaves(self, value: cfn.FindInMap) -> Iterator[cfn.Value]:
        """Every leaf that the lookup may reach: keys that are not constant stand for all."""
        mapping, first, second = (self.fold(part) for part in (value.mapping, value.first, value.second))
        for name, table in self._template.mappings.items():
            if mapping is UNKNOWN or as_text(mapping) == name:
                for key, inner in table.entries.items():
                    if (first is UNKNOWN or as_text(first) == key) and isinstance(inner, cfn.Map):
                        for leaf, member in inner.entries.items():
                            if second is UNKNOWN or as_text(second) == leaf:
                                yield member


def merge(*parts: Possible) -> Possible:
    """All that any part may be; closed when every part is."""
    values: dict[str, None] = {}
    for part in parts:
        values.update(part.values)
    return Possible(values, all(part.closed for part in parts))


def as_text(value: object) -> str:
    """A scalar as CloudFormation's string functions see it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def as_index(value: object) -> int | None:
    """A whole number that is not negative, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
