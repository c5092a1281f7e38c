"""The values of HOT: plain data and the intrinsic functions of a Heat template, typed until the writer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, number, boolean or null."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class HotList:
    """A list."""

    items: tuple[HotValue, ...]


@dataclass(frozen=True, slots=True)
class HotMap:
    """A map, in the order in which it is written."""

    entries: dict[str, HotValue]


@dataclass(frozen=True, slots=True)
class GetParam:
    """get_param with an optional path into the parameter."""

    name: str
    path: tuple[HotValue, ...] = ()


@dataclass(frozen=True, slots=True)
class GetResource:
    """get_resource."""

    name: str


@dataclass(frozen=True, slots=True)
class GetAttr:
    """get_attr with an optional path into the attribute."""

    resource: str
    attribute: str
    path: tuple[HotValue, ...] = ()


@dataclass(frozen=True, slots=True)
class If:
    """if; without otherwise a false condition removes the property or list member (2021-04-16 on)."""

    condition: HotValue
    """A Literal with a condition's name, or a condition function."""
    then: HotValue
    otherwise: HotValue | None


@dataclass(frozen=True, slots=True)
class ListJoin:
    """list_join; lists are lists of strings, or functions that yield such."""

    delimiter: str
    lists: tuple[HotValue, ...]


@dataclass(frozen=True, slots=True)
class StrReplace:
    """str_replace."""

    template: HotValue
    params: dict[str, HotValue]


@dataclass(frozen=True, slots=True)
class StrSplit:
    """str_split with an optional index."""

    delimiter: str
    source: HotValue
    index: HotValue | None = None


@dataclass(frozen=True, slots=True)
class Yaql:
    """yaql: an expression over data."""

    expression: str
    data: dict[str, HotValue]


@dataclass(frozen=True, slots=True)
class Function:
    """Any other function by its name: equals, and, or, not, repeat, map_merge, list_concat, get_file, digest, ..."""

    name: str
    argument: HotValue


HotValue: TypeAlias = (
    Literal | HotList | HotMap | GetParam | GetResource | GetAttr | If | ListJoin | StrReplace | StrSplit | Yaql | Function
)
