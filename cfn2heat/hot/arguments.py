"""The shape of each HOT function's argument, and the kind of value that it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfn2heat.hot.catalog import Version

Plain = Any

DIGESTS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_512", "blake2b", "blake2s"})

RESULTS = {
    "get_resource": "string",
    "get_file": "string",
    "list_join": "string",
    "str_replace": "string",
    "str_replace_strict": "string",
    "str_replace_vstrict": "string",
    "digest": "string",
    "make_url": "string",
    "resource_facade": "any",
    "str_split": "list",
    "list_concat": "list",
    "list_concat_unique": "list",
    "repeat": "list",
    "filter": "list",
    "map_merge": "map",
    "map_replace": "map",
}
"""Kind of what a function gives whatever it is given."""


def argument_problem(name: str, argument: Plain, version: Version) -> str | None:
    """Why Heat would refuse the argument of a function; None when its shape is right."""
    judge = _SHAPES.get(name)
    if name == "if":
        return _if_problem(argument, version)
    return judge(argument) if judge else None


def result_kind(name: str, argument: Plain) -> str:
    """string, list, map, or any where that depends on its argument."""
    if name == "str_split" and isinstance(argument, list) and len(argument) > 2:
        return "string"
    return RESULTS.get(name, "any")


def _if_problem(argument: Plain, version: Version) -> str | None:
    most, least = 3, 2 if version.optional_else else 3
    if isinstance(argument, list) and least <= len(argument) <= most:
        return None
    if isinstance(argument, list) and len(argument) == 2:
        return "an `if` without an else needs template version 2021-04-16 or later"
    return "it takes a list: a condition, the value when it holds, and the value when not"


def _is_call(value: Plain) -> bool:
    return isinstance(value, dict) and len(value) == 1


def _get_param(argument: Plain) -> str | None:
    if isinstance(argument, str) and argument:
        return None
    if isinstance(argument, list) and argument and (isinstance(argument[0], str) or _is_call(argument[0])):
        return None
    return None if _is_call(argument) else "it takes a parameter's name, or a list of it and a path"


def _get_resource(argument: Plain) -> str | None:
    return None if isinstance(argument, str) or _is_call(argument) else "it takes a resource's name"


def _get_attr(argument: Plain) -> str | None:
    if isinstance(argument, list) and argument and (isinstance(argument[0], str) or _is_call(argument[0])):
        return None
    return "it takes a list: a resource's name, an attribute and a path"


def _list_join(argument: Plain) -> str | None:
    if not isinstance(argument, list) or len(argument) < 2:
        return "it takes a list: the text between, then lists to join"
    if not isinstance(argument[0], str) and not _is_call(argument[0]):
        return "the text between must be a text"
    for items in argument[1:]:
        if isinstance(items, (str, int, float)) and items:
            return "what it joins must be lists"
        for item in items if isinstance(items, list) else ():
            if isinstance(item, (bool, int, float)):
                return f"it joins texts, not {item!r}: write it in quotes"
    return None


def _str_replace(argument: Plain) -> str | None:
    if not isinstance(argument, dict) or "template" not in argument or "params" not in argument:
        return "it takes a map of template and params"
    if isinstance(argument["template"], list | int | float | None):
        return "its template must be a text"
    return None if isinstance(argument["params"], dict) else "its params must be a map"


def _str_split(argument: Plain) -> str | None:
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        return "it takes a list: what separates, the text, and perhaps an index"
    if isinstance(argument[1], (list, int, float)):
        return "what it splits must be a text"
    return _index_problem(*argument) if len(argument) == 3 else None


def _index_problem(delimiter: Plain, text: Plain, index: Plain) -> str | None:
    if _is_call(index):
        return None
    try:
        number = int(index)
    except (ValueError, TypeError):
        return "its index must be a number"
    if isinstance(delimiter, str) and delimiter and isinstance(text, str) and number >= len(text.split(delimiter)):
        return f"the text has no part {number}"
    return None


def _two(argument: Plain) -> str | None:
    return None if isinstance(argument, list) and len(argument) == 2 else "it takes a list of two values"


def _digest(argument: Plain) -> str | None:
    if _two(argument):
        return "it takes a list: an algorithm and a text"
    if isinstance(argument[0], str) and argument[0].lower() not in DIGESTS:
        return f"{argument[0]} is no digest that Heat has"
    return "the text must be a text" if isinstance(argument[1], (bool, int, float, list)) else None


def _many(argument: Plain) -> str | None:
    return None if isinstance(argument, list) and len(argument) >= 2 else "it takes a list of two conditions or more"


def _lists(argument: Plain) -> str | None:
    if _is_call(argument):
        return None
    if not isinstance(argument, list):
        return "it takes a list of lists"
    wrong = any(isinstance(item, (str, int, float)) or (isinstance(item, dict) and len(item) != 1) for item in argument)
    return "each of what it joins must be a list" if wrong else None


def _maps(argument: Plain) -> str | None:
    if _is_call(argument):
        return None
    if not isinstance(argument, list) or any(isinstance(item, (str, int, float, list)) for item in argument):
        return "it takes a list of maps"
    return None


def _map_replace(argument: Plain) -> str | None:
    if not isinstance(argument, list) or len(argument) != 2 or any(not isinstance(item, dict | None) for item in argument):
        return "it takes a list: a map, and a map of keys and values to replace"
    return (
        None
        if _is_call(argument[1]) or set(argument[1] or ()) <= {"keys", "values"}
        else "its second map takes keys and values only"
    )


def _repeat(argument: Plain) -> str | None:
    if not isinstance(argument, dict) or "for_each" not in argument or "template" not in argument:
        return "it takes a map of for_each and template"
    return None if isinstance(argument["for_each"], dict) else "its for_each must be a map"


def _yaql(argument: Plain) -> str | None:
    if not isinstance(argument, dict) or "expression" not in argument or not set(argument) <= {"expression", "data"}:
        return "it takes a map of expression and data"
    return None if isinstance(argument["expression"], (str, dict)) else "its expression must be a text"


def _make_url(argument: Plain) -> str | None:
    if not isinstance(argument, dict):
        return "it takes a map"
    unknown = set(argument) - {"scheme", "username", "password", "host", "port", "path", "query", "fragment"}
    return f"it knows no {', '.join(sorted(unknown))}" if unknown else None


def _not(argument: Plain) -> str | None:
    return "it takes one condition" if argument is None or isinstance(argument, list) else None


def _get_file(argument: Plain) -> str | None:
    return None if isinstance(argument, str) or _is_call(argument) else "it takes the name of a file"


def _resource_facade(argument: Plain) -> str | None:
    return (
        None
        if argument in ("metadata", "deletion_policy", "update_policy")
        else "it takes metadata, deletion_policy or update_policy"
    )


_SHAPES: dict[str, Callable[[Plain], str | None]] = {
    "get_param": _get_param,
    "get_resource": _get_resource,
    "get_attr": _get_attr,
    "get_file": _get_file,
    "list_join": _list_join,
    "str_replace": _str_replace,
    "str_replace_strict": _str_replace,
    "str_replace_vstrict": _str_replace,
    "str_split": _str_split,
    "digest": _digest,
    "equals": _two,
    "contains": _two,
    "filter": _two,
    "and": _many,
    "or": _many,
    "not": _not,
    "list_concat": _lists,
    "list_concat_unique": _lists,
    "map_merge": _maps,
    "map_replace": _map_replace,
    "repeat": _repeat,
    "yaql": _yaql,
    "make_url": _make_url,
    "resource_facade": _resource_facade,
}
