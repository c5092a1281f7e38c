"""The report has the shape that its schema publishes, and its numbers are the ledger's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cfn2heat.report.document import report
from tests.test_golden import CASES, convert_case
from tests.translating import ROOT, convert_text

SCHEMA = json.loads((ROOT / "cfn2heat" / "report" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def document(name: str) -> dict[str, Any]:
    """The report on a golden case, as a program reads it."""
    (case,) = (case for case in CASES if case.name == name)
    read: dict[str, Any] = json.loads(json.dumps(report(list(convert_case(case)))))
    return read


def faults(found: dict[str, Any]) -> list[str]:
    """What the schema says against a report."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(found)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_reports_hold(case: Path) -> None:
    found = document(case.name)
    assert faults(found) == []
    for template in found["templates"]:
        for resource in template["resources"]:
            leaves = resource["leaves"]
            assert leaves["total"] == sum(leaves[fate] for fate in leaves if fate != "total")
            assert (resource["fate"] in ("dropped", "hole")) == (resource["grade"] == "none")
            assert (resource["fate"] == "dropped") <= (not resource["emits"]) <= (resource["grade"] == "none")


def test_a_failed_template() -> None:
    found = report([convert_text("Resources: [")])
    assert faults(found) == []
    assert found["templates"][0]["status"] == "failed"
    found["templates"][0]["diagnostics"] = []
    assert faults(found)


def test_the_template_asked_for_comes_first() -> None:
    assert [Path(template["path"]).name for template in document("nested")["templates"]] == ["template.yaml", "inner.yaml"]


def test_absorbed_resources_say_what_they_are_part_of() -> None:
    by_id = {resource["id"]: resource for resource in document("network")["templates"][0]["resources"]}
    assert by_id["Way"]["emits"] == [{"name": "Net_router", "type": "OS::Neutron::Router"}]
    assert by_id["Acl"]["fate"] == "dropped"


def test_holes_are_fates() -> None:
    found = document("holes")["templates"][0]
    fates = {resource["id"]: resource["fate"] for resource in found["resources"]}
    assert {fates[name] for name in ("Role", "Job")} == {"dropped"}
    assert (fates["Lookup"], fates["Note"], fates["Secret"]) == ("hole", "adapted", "adapted")
    assert {"Lookup_Answer", "outside_SecretString_password"} <= {hole["parameter"] for hole in found["holes"]}


def test_a_placeholder_is_a_hole_and_named() -> None:
    found = {resource["id"]: resource for resource in document("placeholders")["templates"][0]["resources"]}
    assert (found["Copy"]["fate"], found["Copy"]["emits"]) == ("hole", [{"name": "Copy", "type": "database.yaml"}])
    assert found["Web"]["fate"] == "adapted"


def test_a_field_more_is_refused() -> None:
    found = document("sub")
    found["templates"][0]["resources"][0]["colour"] = "green"
    assert len(faults(found)) == 1
