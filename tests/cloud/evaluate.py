"""What a CloudFormation template says once its parameters are known: an evaluator of its own, for proofs, read with cfn-flip.

References to resources stay Refs: only the cloud knows their values. What AWS alone knows is UNKNOWN.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cfn_flip

REGION = "us-east-1"
PLACEHOLDER = re.compile(r"\$\{(!?[^}]*)\}")


@dataclass(frozen=True)
class Ref:
    """A resource of the template, or an attribute of it."""

    id: str
    attribute: str = ""


@dataclass(frozen=True)
class Text:
    """A text of which pieces are Refs or UNKNOWN."""

    pieces: tuple[Any, ...]


@dataclass(frozen=True)
class Encoded:
    """What Fn::Base64 encodes: user data are sent so and read back plain, a piece of a text is other text."""

    value: Any


class _Mark:
    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


UNKNOWN = _Mark("UNKNOWN")
NOTHING = _Mark("NOTHING")


class Source:
    """One template with values for its parameters."""

    def __init__(self, text: str, parameters: Mapping[str, Any], stack_name: Any) -> None:
        data, _ = cfn_flip.load(text)
        self.data: dict[str, Any] = data
        self.given = parameters
        self.pseudo = {
            "AWS::Region": REGION,
            "AWS::StackName": stack_name,
            "AWS::NoValue": NOTHING,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
        }

    def resources(self) -> dict[str, dict[str, Any]]:
        """Resources that their conditions let be."""
        found = self.data.get("Resources") or {}
        return {
            name: resource
            for name, resource in found.items()
            if isinstance(resource, dict) and ("Condition" not in resource or self.condition(resource["Condition"]) is True)
        }

    def properties(self, name: str) -> dict[str, Any]:
        """The evaluated properties of a resource."""
        value = self.value(self.data["Resources"][name].get("Properties") or {})
        return value if isinstance(value, dict) else {}

    def parameter(self, name: str) -> Any:
        """The value of a parameter: what was given, or its default; lists are lists."""
        declared = self.data["Parameters"][name]
        value = self.given.get(name, declared.get("Default", UNKNOWN))
        kind = str(declared.get("Type", "String"))
        if kind.startswith("AWS::SSM::") and name not in self.given:
            return UNKNOWN
        if "List" in kind and isinstance(value, (str, int)):
            return [part.strip() for part in str(value).split(",")]
        return value if isinstance(value, (list, _Mark, Ref, Text)) else text(value)

    def refuses(self, name: str) -> bool:
        """Whether a parameter has a list of values, and what was given is none of them."""
        allowed = (self.data.get("Parameters") or {}).get(name, {}).get("AllowedValues")
        given = self.given.get(name)
        return bool(allowed) and isinstance(given, str) and given not in map(text, allowed)

    def condition(self, value: Any) -> Any:
        """Whether a condition holds; UNKNOWN when AWS alone can say."""
        if isinstance(value, str):
            return self.condition((self.data.get("Conditions") or {})[value])
        (function, argument), *_ = value.items()
        if function == "Condition":
            return self.condition(argument)
        if function == "Fn::Equals":
            left, right = (self.value(one) for one in argument)
            return UNKNOWN if _open(left) or _open(right) else _plain(left) == _plain(right)
        if function == "Fn::Not":
            inner = self.condition(argument[0])
            return inner if inner is UNKNOWN else not inner
        parts = [self.condition(one) for one in argument]
        decisive = function == "Fn::Or"
        if decisive in parts:
            return decisive
        return UNKNOWN if UNKNOWN in parts else not decisive

    def value(self, value: Any) -> Any:
        """A value with its functions evaluated; NOTHING is left out of lists and maps."""
        if isinstance(value, list):
            return [found for found in map(self.value, value) if found is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (function, argument), *_ = value.items()
            if function == "Ref":
                return self._ref(argument)
            if function == "Condition" or function.startswith("Fn::"):
                known = FUNCTIONS.get(function)
                return known(self, argument) if known else UNKNOWN
        members = {key: self.value(member) for key, member in value.items()}
        return {key: member for key, member in members.items() if member is not NOTHING}

    def _ref(self, name: str) -> Any:
        if name in self.pseudo:
            return self.pseudo[name]
        if name in (self.data.get("Parameters") or {}):
            return self.parameter(name)
        return Ref(name) if name in (self.data.get("Resources") or {}) else UNKNOWN

    def _if(self, argument: Any) -> Any:
        holds = self.condition(argument[0])
        return UNKNOWN if holds is UNKNOWN else self.value(argument[1] if holds else argument[2])

    def _find(self, argument: Any) -> Any:
        name, first, second = (self.value(one) for one in argument[:3])
        if _open(name) or _open(first) or _open(second):
            return UNKNOWN
        found = ((self.data.get("Mappings") or {}).get(name) or {}).get(_plain(first)) or {}
        return found.get(_plain(second), UNKNOWN)

    def _get_attribute(self, argument: Any) -> Any:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument[:2]
        return Ref(name, attribute) if isinstance(attribute, str) else UNKNOWN

    def _join(self, argument: Any) -> Any:
        glue, items = argument[0], self.value(argument[1])
        if not isinstance(items, list):
            return UNKNOWN
        pieces: list[Any] = []
        for index, item in enumerate(items):
            pieces += [glue] * (index > 0) + [item]
        return joined(pieces)

    def _sub(self, argument: Any) -> Any:
        template, names = (argument, {}) if isinstance(argument, str) else argument
        pieces: list[Any] = []
        end = 0
        for match in PLACEHOLDER.finditer(template):
            pieces += [template[end : match.start()], self._placed(match.group(1), names)]
            end = match.end()
        return joined([*pieces, template[end:]])

    def _placed(self, name: str, names: Mapping[str, Any]) -> Any:
        name = name.strip()
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in names:
            return self.value(names[name])
        if "." in name and name not in (self.data.get("Parameters") or {}):
            return Ref(*name.split(".", 1))
        return self._ref(name)

    def _select(self, argument: Any) -> Any:
        index, items = self.value(argument[0]), self.value(argument[1])
        if _open(index) or not isinstance(items, list) or int(index) >= len(items):
            return UNKNOWN
        return items[int(index)]

    def _split(self, argument: Any) -> Any:
        whole = self.value(argument[1])
        return whole.split(argument[0]) if isinstance(whole, str) else UNKNOWN

    def _cidr(self, argument: Any) -> Any:
        block, number, bits = (self.value(one) for one in argument)
        if not isinstance(block, str) or _open(number) or _open(bits):
            return UNKNOWN
        blocks = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
        return [str(next(blocks)) for _ in range(int(number))]

    def _encoded(self, argument: Any) -> Any:
        return Encoded(self.value(argument))

    def _zones(self, argument: Any) -> Any:
        return ["nova"] * 6


FUNCTIONS: dict[str, Any] = {
    "Condition": Source.condition,
    "Fn::If": Source._if,
    "Fn::FindInMap": Source._find,
    "Fn::GetAtt": Source._get_attribute,
    "Fn::Join": Source._join,
    "Fn::Sub": Source._sub,
    "Fn::Select": Source._select,
    "Fn::Split": Source._split,
    "Fn::Cidr": Source._cidr,
    "Fn::GetAZs": Source._zones,
    "Fn::Base64": Source._encoded,
}


def joined(pieces: list[Any]) -> Any:
    """Pieces as one text, plain when all of them are."""
    flat: list[Any] = []
    for piece in (encoded(piece.value) if isinstance(piece, Encoded) else piece for piece in pieces):
        flat += piece.pieces if isinstance(piece, Text) else [piece]
    if any(isinstance(piece, (list, dict)) for piece in flat):
        return UNKNOWN
    if not any(isinstance(piece, (Ref, _Mark)) for piece in flat):
        return "".join(map(text, flat))
    return Text(tuple(piece if isinstance(piece, (Ref, _Mark)) else text(piece) for piece in flat))


def text(value: Any) -> str:
    """A scalar as CloudFormation writes it into texts."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def encoded(value: Any) -> Any:
    """The Base64 text of what is encoded inside a text."""
    return UNKNOWN if _open(value) else base64.b64encode(text(value).encode()).decode()


def decoded(value: str) -> str:
    """The text of a Base64 value that the source holds ready."""
    return base64.b64decode(value).decode()


def _open(value: Any) -> bool:
    return isinstance(value, (Ref, Text, _Mark))


def _plain(value: Any) -> Any:
    return text(value) if isinstance(value, (str, int, float, bool)) else value
