"""What a CloudFormation template asks for, compared with what a cloud has; nothing here knows how templates are translated.

The intent comes from the source by an evaluator of its own. A difference is announced when the account of the conversion said at
that place that something was changed; the others were silent, and are faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cloud import intent_network, intent_people, intent_servers, intent_services
from tests.cloud.deployed import Deployed, Fact
from tests.cloud.evaluate import NOTHING, UNKNOWN, Encoded, Ref, Source, Text, encoded

CHECKS = {**intent_network.CHECKS, **intent_servers.CHECKS, **intent_services.CHECKS, **intent_people.CHECKS}
NESTED = "AWS::CloudFormation::Stack"
SAYS_NOTHING = {"Description", "Tags"}
"""Values that no cloud acts on: that one of them was dropped does not announce a difference."""


@dataclass
class Compared:
    """Facts that agree, by what they are; those that differ; those that the source alone does not say."""

    agreed: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    open: int = 0


def compare(facts: Iterable[tuple[Fact, frozenset[str]]]) -> Compared:
    """Sort facts by whether they hold; each comes with the places where changes were announced."""
    compared = Compared()
    for fact, said in facts:
        if not fact.known:
            compared.open += 1
        elif fact.holds:
            compared.agreed[fact.what] += 1
        else:
            told = f"{fact.path}: {fact.what}: wanted {fact.wanted!r}, found {fact.found!r}"
            (compared.announced if _announced(fact.path, said) else compared.differences).append(told[:600])
    return compared


def _announced(path: str, said: frozenset[str]) -> bool:
    return any(place == path or place.startswith(f"{path}.") or path.startswith(f"{place}.") for place in said)


def facts(
    path: Path, home: Path, stack: Deployed, announced: Mapping[Path, frozenset[str]]
) -> Iterator[tuple[Fact, frozenset[str]]]:
    """All facts of a source and of the templates nested in it."""
    said = announced.get(path.resolve(), frozenset())
    for name, resource in stack.source.resources().items():
        kind = resource.get("Type", "")
        asked = stack.source.properties(name)
        if kind == NESTED:
            yield from _nested(path, home, stack, name, asked, announced)
        elif kind in CHECKS:
            for fact in CHECKS[kind](stack, name, asked):
                yield fact, said


def _nested(
    path: Path, home: Path, stack: Deployed, name: str, asked: dict[str, Any], announced: Mapping[Path, frozenset[str]]
) -> Iterator[tuple[Fact, frozenset[str]]]:
    """The facts of a nested stack whose template is at hand."""
    row = next((row for row in stack.own() if row["name"] == name), None)
    child = find(path, home, asked.get("TemplateURL"), announced)
    yield Fact(name, "nested stack", True if child else UNKNOWN, row is not None), announced.get(path.resolve(), frozenset())
    if child is None or row is None:
        return
    given = asked.get("Parameters") or {}
    parameters = {key: _passed(stack, value) for key, value in given.items()} if isinstance(given, dict) else {}
    source = Source(child.read_text(encoding="utf-8"), parameters, UNKNOWN)
    for key in [key for key in parameters if source.refuses(key)]:
        wanted, source.given = parameters[key], {other: one for other, one in source.given.items() if other != key}
        place = f"{name}.Properties.Parameters.{key}"
        yield Fact(place, "value that the nested template allows", wanted, None), announced.get(path.resolve(), frozenset())
    inner = Deployed(source, row["id"], stack.rows, stack.seen, stack.site)
    yield from facts(child, home, inner, announced)


def _passed(stack: Deployed, value: Any) -> Any:
    """A value as the nested stack gets it: ids and addresses for what the outer stack refers to."""
    if isinstance(value, list):
        parts = [_passed(stack, one) for one in value]
        return UNKNOWN if UNKNOWN in parts else parts
    value = encoded(value.value) if isinstance(value, Encoded) else value
    return stack.text(value) if isinstance(value, (Ref, Text)) else UNKNOWN if value is NOTHING else value


def find(path: Path, home: Path, address: Any, converted: Container[Path] = ()) -> Path | None:
    """The file that an address ends in: of those below the repository that was converted, else that of the longest tail."""
    found = list(_ending(path, home, address))
    return next((one for one in found if one.resolve() in converted), next(iter(found), None))


def _ending(path: Path, home: Path, address: Any) -> Iterator[Path]:
    if isinstance(address, Text):
        address = "".join(piece if isinstance(piece, str) else "" for piece in address.pieces)
    if not isinstance(address, str):
        return
    parts = [part for part in address.split("/") if part]
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        near = [path.parent / tail, home / tail]
        for one in [*(one for one in near if one.is_file()), *sorted(home.rglob(tail))]:
            if one.resolve() != path.resolve() and one.resolve().is_relative_to(home.resolve()):
                yield one


def announced_places(entries: Iterable[Any]) -> frozenset[str]:
    """Where the account of a conversion says that something was changed, left out or not known."""
    places = set()
    for entry in entries:
        path = [str(step) for step in entry.path]
        if path[0] == "Resources" and entry.fate.value != "translated" and not SAYS_NOTHING & set(path[2:]):
            places.add(".".join(path[1:]))
    return frozenset(places)
