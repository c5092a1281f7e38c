"""Nothing is lost in silence: the ledger closes over every example, and a row that is taken away is missed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from cfn2heat.api import Settings, translate_text
from cfn2heat.record import replace
from cfn2heat.table.loader import Table
from cfn2heat.table.rules import Rule
from cfn2heat.table.site import EMPTY_SITE, build_site
from cfn2heat.translate.ledger import Fate, Ledger, UnaccountedError
from cfn2heat.translate.result import Converted
from tests.test_mapping_examples import examples
from tests.translating import table


class Without:
    """The shipped table without one row."""

    def __init__(self, type_name: str, row: str) -> None:
        self._type, self._row = type_name, row

    def rule(self, type_name: str) -> Rule | None:
        found = table().rule(type_name)
        if found is None or type_name != self._type:
            return found
        return replace(found, properties={name: row for name, row in found.properties.items() if name != self._row})

    def __getattr__(self, name: str) -> Any:
        return getattr(table(), name)


def used_rows() -> list[Any]:
    """Each row that some example uses, once, with that example."""
    found: dict[tuple[str, str], Any] = {}
    for parameter in examples():
        example = parameter.values[1]
        source = example["cfn"] if "Resources" in example["cfn"] else {"Resources": {"Example": example["cfn"]}}
        for name, resource in source["Resources"].items():
            for property_name in resource.get("Properties", {}):
                found.setdefault((resource["Type"], property_name), (name, source, example.get("site")))
    return [pytest.param(type_name, row, *rest, id=f"{type_name}.{row}") for (type_name, row), rest in found.items()]


def translate_with(chosen: Table | Without, source: dict[str, Any], site: dict[str, Any] | None) -> Converted:
    """Translate with a table that is not the shipped one."""
    import json

    facts = build_site(site, table()) if site else EMPTY_SITE
    return translate_text(json.dumps(source), "template.json", Settings(chosen, facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(("type_name", "row", "resource", "source", "site"), used_rows())
def test_a_row_that_is_taken_away_is_missed(
    type_name: str, row: str, resource: str, source: dict[str, Any], site: dict[str, Any] | None
) -> None:
    rule = table().rule(type_name)
    if rule is None or row not in rule.properties:
        return
    if rule.needs and not (site or {}).get("switches", {}).get(rule.needs):
        return
    converted = translate_with(Without(type_name, row), source, site)
    assert converted.translation is not None
    unknown = {entry.path[:4] for entry in converted.translation.ledger.entries if entry.fate is Fate.UNKNOWN}
    assert ("Resources", resource, "Properties", row) in unknown
    assert f"{resource}.Properties.{row}" in {found.subject for found in converted.diagnostics if found.code == "C2H3003"}


@pytest.mark.parametrize("parameter", [pytest.param(parameter.values, id=parameter.id) for parameter in examples()])
def test_every_leaf_is_accounted_for_once(parameter: tuple[Any, dict[str, Any]]) -> None:
    _, example = parameter
    source = example["cfn"] if "Resources" in example["cfn"] else {"Resources": {"Example": example["cfn"]}}
    converted = translate_with(table(), source, example.get("site"))
    assert converted.translation is not None
    entries = converted.translation.ledger.entries
    assert max(Counter(entry.path for entry in entries).values(), default=1) == 1
    for entry in entries:
        assert entry.because or entry.fate is Fate.TRANSLATED
        assert entry.targets or entry.fate in (Fate.DROPPED, Fate.UNKNOWN)


def test_an_open_leaf_is_refused() -> None:
    from cfn2heat.cfn.values import Scalar
    from cfn2heat.source import NOWHERE

    ledger = Ledger()
    ledger.open(Scalar("x", NOWHERE), ("Resources", "A", "Properties", "B"))
    with pytest.raises(UnaccountedError):
        ledger.close(set())


def test_a_target_that_does_not_exist_is_refused() -> None:
    from cfn2heat.cfn.values import Scalar
    from cfn2heat.source import NOWHERE

    ledger = Ledger()
    path = ("Resources", "A", "Properties", "B")
    ledger.open(Scalar("x", NOWHERE), path)
    ledger.record(path, Fate.TRANSLATED, targets=("Nobody.properties.x",))
    with pytest.raises(UnaccountedError):
        ledger.close({"A"})
