"""Builds rules from the data of a mapping file (checked already; here nothing is validated, for speed)."""

from __future__ import annotations

import re
from typing import Any

from cfn2heat.diagnostics import Severity
from cfn2heat.table.rules import (
    Absorbed,
    Carry,
    Choice,
    Composite,
    Data,
    DataReference,
    Drop,
    Emit,
    Hooked,
    HookReference,
    Instead,
    NoneAnswer,
    NoReference,
    Reference,
    Row,
    Rule,
    Step,
    Target,
)

_SEVERITIES = {severity.word: severity for severity in Severity}
_PATH_STEP = re.compile(r"[^.\[\]]+")


def build_rule(data: dict[str, Any]) -> Rule:
    """Build the rule of one type."""
    name = data["type"]
    return Rule(
        type=name,
        fidelity=data["fidelity"],
        summary=data.get("summary", ""),
        emits={key: _emit(key, emit) for key, emit in data.get("emits", {}).items()},
        fixed=_settings(data.get("fixed", {}), False),
        properties=_rows(data.get("properties", {}), name + ".", False),
        references={key: _reference(value) for key, value in data.get("references", {}).items()},
        attributes=_rows(data.get("attributes", {}), name + "@", False),
        part=data.get("part", False),
        because=data.get("because", ""),
        advice=data.get("advice", ""),
        severity=_severity(data),
        grants=data.get("grants", False),
        plan=data.get("plan"),
        finish=data.get("finish"),
        needs=data.get("needs"),
    )


def build_composite(data: dict[str, Any]) -> Composite:
    """Build a composite."""
    return Composite(data["name"], tuple(data["members"]), data["hook"], tuple(data["emits"]), data["because"])


def build_answer(data: dict[str, Any]) -> NoneAnswer:
    """Build the answer for a type, or a service, without counterpart."""
    return NoneAnswer(data["because"], data.get("advice", ""), _severity(data))


def parse_target(text: str, relative: bool = False) -> Target:
    """Read `server.block_devices[0].size`; below `each` targets are relative and have no emit key."""
    path: list[str | int] = list(text.split("."))
    if "[" in text:
        path = [int(step) if step.isdigit() else step for step in _PATH_STEP.findall(text)]
    return Target("", tuple(path)) if relative else Target(str(path[0]), tuple(path[1:]))


def _severity(data: dict[str, Any]) -> Severity:
    return _SEVERITIES[data["severity"]] if "severity" in data else Severity.WARNING


def _emit(key: str, data: dict[str, Any]) -> Emit:
    return Emit(key, data["type"], data["name"], data.get("primary", False), data.get("when"))


def _settings(data: dict[str, Data], relative: bool) -> dict[Target, Data]:
    return {parse_target(target, relative): value for target, value in data.items()}


def _rows(data: dict[str, Any], prefix: str, relative: bool) -> dict[str, Row]:
    return {name: _row(value, prefix + name, relative) for name, value in data.items()}


def _row(data: Any, name: str, relative: bool) -> Row:
    if isinstance(data, str):
        return Carry(name, parse_target(data, relative))
    if "drop" in data:
        return _drop(data, name)
    if "hook" in data:
        return _hooked(data, name, relative)
    if "absorbed" in data:
        otherwise = _drop(data["otherwise"], name) if "otherwise" in data else None
        return Absorbed(name, data["absorbed"], _strings(data.get("to", ())), otherwise)
    if "one" in data:
        return Choice(name, tuple(_option(option, f"{name}#{i}", relative) for i, option in enumerate(data["one"], 1)))
    return _carry(data, name, relative)


def _option(data: Any, name: str, relative: bool) -> tuple[str | None, Row]:
    return (data.get("when") if isinstance(data, dict) else None), _row(data, name, relative)


def _carry(data: dict[str, Any], name: str, relative: bool) -> Carry:
    below = name + "."
    return Carry(
        name,
        parse_target(data["to"], relative) if "to" in data else None,
        tuple(map(_step, data.get("via", ()))),
        _settings(data.get("also", {}), relative),
        _rows(data["each"], below, True) if "each" in data else None,
        _rows(data["rows"], below, relative) if "rows" in data else None,
        _otherwise(data["otherwise"], name) if "otherwise" in data else None,
        data.get("fate", "translated"),
        data.get("because", ""),
    )


def _hooked(data: dict[str, Any], name: str, relative: bool) -> Hooked:
    return Hooked(
        name,
        data["hook"],
        tuple(parse_target(target, relative) for target in _strings(data.get("to", ()))),
        data.get("fate", "translated"),
        data.get("because", ""),
        _severity(data),
        data.get("advice", ""),
    )


def _strings(data: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (data,) if isinstance(data, str) else tuple(data)


def _drop(data: dict[str, Any], name: str) -> Drop:
    return Drop(name, data["drop"], data.get("advice", ""), _severity(data))


def _otherwise(data: dict[str, Any], name: str) -> Drop | Instead:
    return _drop(data, name) if "drop" in data else Instead(data["value"])


def _step(data: Any) -> Step:
    if isinstance(data, str):
        return Step(data, None)
    [(name, argument)] = data.items()
    return Step(name, argument)


def _reference(data: Any) -> Reference:
    if isinstance(data, dict):
        if "none" in data:
            return NoReference(data["none"], data.get("instead"))
        if "hook" in data and len(data) == 1:
            return HookReference(data["hook"])
    return DataReference(data)
