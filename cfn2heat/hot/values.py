"""The values of HOT: plain data and the intrinsic functions of a Heat template, typed until the writer."""

from __future__ import annotations

from typing import TypeAlias

from cfn2heat.record import record


@record
class Literal:
    """A string, number, boolean or null."""

    value: str | int | float | bool | None


@record
class HotList:
    """A list."""

    items: tuple[HotValue, ...]


@record
class HotMap:
    """A map, in the order in which it is written."""

    entries: dict[str, HotValue]


@record
class GetParam:
    """get_param with an optional path into the parameter."""

    name: str
    path: tuple[HotValue, ...] = ()


@record
class GetResource:
    """get_resource."""

    name: str


@record
class GetAttr:
    """get_attr with an optional path into the attribute."""

    resource: str
    attribute: str
    path: tuple[HotValue, ...] = ()


@record
class If:
    """if; without otherwise a false condition removes the property or list member (2021-04-16 on)."""

    condition: HotValue
    """A Literal with a condition's name, or a condition function."""
    then: HotValue
    otherwise: HotValue | None


@record
class ListJoin:
    """list_join; lists are lists of strings, or functions that yield such."""

    delimiter: str
    lists: tuple[HotValue, ...]


@record
class StrReplace:
    """str_replace."""

    template: HotValue
    params: dict[str, HotValue]


@record
class StrSplit:
    """str_split with an optional index."""

    delimiter: str
    source: HotValue
    index: HotValue | None = None


@record
class Yaql:
    """yaql: an expression over data."""

    expression: str
    data: dict[str, HotValue]


@record
class Function:
    """Any other function by its name: equals, and, or, not, repeat, map_merge, list_concat, get_file, digest, ..."""

    name: str
    argument: HotValue


HotValue: TypeAlias = (
    Literal | HotList | HotMap | GetParam | GetResource | GetAttr | If | ListJoin | StrReplace | StrSplit | Yaql | Function
)
