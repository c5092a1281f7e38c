"""Holds literal values against the schema of their property: type and constraints, as Heat converts and judges them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cfn2heat.hot.catalog import Schema

Plain = Any
"""What YAML knows: dict, list, str, int, float, bool, None."""

CONSTRAINTS = frozenset({"allowed_values", "range", "length", "allowed_pattern", "custom"})
"""What constraint_problem looks at."""


def type_problem(value: Plain, schema: Schema) -> str | None:
    """Why a literal cannot become the type that its property has; None when it can. Its members are not looked at."""
    wanted = schema.type
    if value is None or wanted == "any":
        return None
    problem = _TYPES[wanted](value)
    if problem and schema.allow_conversion and isinstance(value, (str, list)):
        return None
    return problem


def constraint_problem(value: Plain, schema: Schema) -> str | None:
    """Which constraint of its property a literal of the right type breaks; None when it breaks none."""
    raw = schema.raw
    if value is None or CONSTRAINTS.isdisjoint(raw):
        return None
    if "allowed_values" in raw:
        problem = _not_allowed(value, raw["allowed_values"], schema.type)
        if problem:
            return problem
    if "range" in raw and not _within(_number(value), *raw["range"]):
        return f"{value} is not {_bounds(*raw['range'])}"
    if "length" in raw and isinstance(value, (str, list, dict)) and not _within(len(value), *raw["length"]):
        return f"its length is {len(value)}, not {_bounds(*raw['length'])}"
    if "allowed_pattern" in raw and not matches(raw["allowed_pattern"], str(value)):
        return f"{shown(value)} does not match {raw['allowed_pattern']}"
    for name in raw.get("custom", ()):
        problem = custom_problem(value, name)
        if problem:
            return problem
    return None


def custom_problem(value: Plain, name: str) -> str | None:
    """Why a value cannot be what a custom constraint wants, as far as that shows without the cloud."""
    return _custom_problem(value, name) if isinstance(value, str) else None


@lru_cache(maxsize=1024)
def _custom_problem(value: str, name: str) -> str | None:
    judge = _CUSTOM.get(name)
    if judge is None:
        return f"an empty text names no {name}" if value == "" else None
    return None if judge(value) else f"{shown(value)} is no {_CUSTOM_WORDS[name]}"


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern matches a whole text as Heat sees it; a pattern that does not compile matches nothing."""
    compiled = _compiled(pattern)
    found = compiled.match(text) if compiled else None
    return found is not None and found.end() == len(text)


def pattern_problem(pattern: Plain) -> str | None:
    """Why a pattern is none."""
    if not isinstance(pattern, str):
        return "a pattern is a text"
    try:
        re.compile(pattern)
    except re.error as error:
        return f"Python's regular expressions do not take it: {error}"
    return None


def shown(value: Plain) -> str:
    """A value as it stands in a message, cut when it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _kind(value: Plain) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a map"}
    return names.get(type(value), "something else")


def _string_problem(value: Plain) -> str | None:
    if isinstance(value, (str, int)):
        return None
    return f"a text is wanted, not {shown(value) if isinstance(value, float) else _kind(value)}"


def _integer_problem(value: Plain) -> str | None:
    try:
        int(value)
    except (ValueError, TypeError, OverflowError):
        return f"a whole number is wanted, not {shown(value)}"
    return None


def _number_problem(value: Plain) -> str | None:
    return f"a number is wanted, not {shown(value)}" if _number(value) is None else None


def _boolean_problem(value: Plain) -> str | None:
    if isinstance(value, bool) or (isinstance(value, str) and value.lower() in ("true", "false")):
        return None
    return f"true or false is wanted, not {shown(value)}"


def _list_problem(value: Plain) -> str | None:
    return None if isinstance(value, list) else f"a list is wanted, not {_kind(value)}"


def _map_problem(value: Plain) -> str | None:
    return None if isinstance(value, dict) else f"a map is wanted, not {_kind(value)}"


_TYPES: dict[str, Callable[[Plain], str | None]] = {
    "string": _string_problem,
    "integer": _integer_problem,
    "number": _number_problem,
    "boolean": _boolean_problem,
    "list": _list_problem,
    "map": _map_problem,
}


def _number(value: Plain) -> float | None:
    if isinstance(value, (int, float)):
        return value
    if not isinstance(value, str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _within(value: float | None, least: float | None, most: float | None) -> bool:
    if value is None:
        return False
    return (least is None or value >= least) and (most is None or value <= most)


def _bounds(least: float | None, most: float | None) -> str:
    if most is None:
        return f"at least {least}"
    return f"at most {most}" if least is None else f"in {least} to {most}"


def _not_allowed(value: Plain, allowed: list[Plain], type: str) -> str | None:
    if isinstance(value, list):
        wrong = [item for item in value if not isinstance(item, (dict, list)) and item not in allowed]
        return f"{shown(wrong[0])} is not one of {_listed(allowed)}" if wrong else None
    if isinstance(value, str) and value in allowed:
        return None
    normal = _NORMAL.get(type, lambda item: item)
    return None if normal(value) in [normal(item) for item in allowed] else f"{shown(value)} is not one of {_listed(allowed)}"


_NORMAL: dict[str, Callable[[Plain], Plain]] = {
    "string": str,
    "integer": _number,
    "number": _number,
    "boolean": lambda value: str(value).lower(),
}


def _listed(allowed: list[Plain]) -> str:
    texts = [str(item) for item in allowed]
    return ", ".join(texts) if len(texts) <= 12 else f"{', '.join(texts[:12])}, ..."


def _is_address(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_network(text: str) -> bool:
    address, slash, prefix = text.partition("/")
    return bool(slash) and prefix.isdigit() and int(prefix) <= (128 if ":" in address else 32) and _is_address(address)


def _is_name(text: str) -> bool:
    if not text:
        return True
    labels = text.removesuffix(".").split(".")
    if len(text) > 255 or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    return not (text.endswith(".") and len(labels) > 1 and labels[-1].isdigit())


def _is_mac(text: str) -> bool:
    digits = re.sub("[:.-]", "", text)
    return len(digits) == 12 and all(digit in "0123456789abcdefABCDEF" for digit in digits)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return not text
    return True


def _is_schedule(text: str) -> bool:
    fields = text.split()
    return not text or text.startswith("@") or (len(fields) in (5, 6) and all(_FIELD.fullmatch(field) for field in fields))


def _any_text(_: str) -> bool:
    return True


_FIELD = re.compile(r"[0-9A-Za-z*/,?#-]+")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")

_CUSTOM: dict[str, Callable[[str], bool]] = {
    "ip_addr": _is_address,
    "net_cidr": _is_network,
    "ip_or_cidr": lambda text: _is_network(text) or _is_address(text),
    "mac_addr": _is_mac,
    "dns_name": _is_name,
    "rel_dns_name": lambda text: _is_name(text) and not text.endswith("."),
    "dns_domain": lambda text: not text or (_is_name(text) and text.endswith(".")),
    "cron_expression": _is_schedule,
    "json_string": _is_json,
    "timezone": _any_text,
    "expiration": _any_text,
    "iso_8601": lambda text: text != "",
}
"""The constraints that need no cloud."""

_CUSTOM_WORDS = {
    "ip_addr": "IP address",
    "net_cidr": "network such as 10.0.0.0/24",
    "ip_or_cidr": "IP address or network",
    "mac_addr": "MAC address",
    "dns_name": "DNS name",
    "rel_dns_name": "DNS name without a final dot",
    "dns_domain": "DNS name with a final dot",
    "cron_expression": "cron expression of five fields",
    "json_string": "JSON text",
    "timezone": "time zone",
    "expiration": "point in time",
    "iso_8601": "point in time as ISO 8601 writes it",
}
