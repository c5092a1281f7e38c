"""Every bad input of tests/fixtures/bad has its code and its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cfn2heat.cfn.reader import ReadOptions, read
from cfn2heat.codes import CODES
from cfn2heat.diagnostics import Diagnostics, InputError, Severity

BAD = Path(__file__).parents[2] / "fixtures" / "bad"
EXPECTED: dict[str, Any] = yaml.safe_load((BAD / "expected.yaml").read_text())
FILES = sorted(path.name for path in BAD.iterdir() if path.is_file() and path.name != "expected.yaml")
ROOT = Path(__file__).parents[3]

ELSEWHERE = {
    "C2H1001": "the file itself, tests of the command",
    "C2H1005": "too long to be kept, test_document",
    "C2H1211": "test_macros",
    "C2H1212": "test_macros",
    "C2H1205": "only without a template folder, test_macros",
    "C2H1216": "only without the package, test_macros",
    "C2H1301": "circles of stacks, tests of the api",
}


@pytest.mark.parametrize("name", FILES)
def test_code_and_place(name: str) -> None:
    diagnostics = Diagnostics()
    status = 0
    found = []
    try:
        read(BAD / name, (BAD / name).read_bytes(), name, ReadOptions(template_dir=BAD), diagnostics)
    except InputError as error:
        status = 3
        found = [error.diagnostic]
    found = [*diagnostics.all(), *found]
    if not status and any(one.severity is Severity.ERROR for one in found):
        status = 1
    assert {"exit": status, "found": [f"{one.code} {one.span.line}:{one.span.column}" for one in found]} == EXPECTED[name]
    assert all(one.message and one.code in CODES for one in found)


def test_the_table_and_the_folder_hold_the_same_files() -> None:
    assert sorted(EXPECTED) == FILES
    assert len(FILES) >= 60


def test_every_code_of_reading_has_an_input_that_raises_it() -> None:
    raised = {found.split()[0] for expected in EXPECTED.values() for found in expected["found"]}
    written = {
        code for path in (ROOT / "cfn2heat" / "cfn").rglob("*.py") for code in re.findall(r'"(C2H1\d{3})"', path.read_text())
    }
    assert written - raised == set(ELSEWHERE) & written
    assert {code for code in CODES if code < "C2H1300"} == written | {"C2H1001"}
