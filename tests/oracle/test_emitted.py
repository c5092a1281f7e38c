"""What is emitted is accepted by the real engine: mapping examples, golden templates and examples, at each version."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cfn2heat.api import Conversion, Settings
from cfn2heat.table.site import EMPTY_SITE, read_site
from cfn2heat.translate.result import Converted
from tests.oracle.engine import Engine
from tests.test_mapping_examples import examples
from tests.translating import FIXTURES, ROOT, convert_data, table

VERSIONS = ["2021-04-16", "2018-08-31", "2016-10-14"]
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if b"Resources:" in path.read_bytes())
GOLDENS = sorted((FIXTURES / "templates").glob("*/template.*"))


@cache
def convert_file(path: Path, version: str) -> list[Converted]:
    """A template and its nested ones, with the site file that lies beside it."""
    beside = path.with_name("site.yaml")
    site = read_site(beside, table()) if beside.is_file() else EMPTY_SITE
    return Conversion(Settings(table(), site, heat_version=version)).convert(path)


def refusals(heat: Engine, results: list[Converted]) -> list[str]:
    """What the engine says against the template that was asked for, with all files at hand."""
    files: dict[str, str] = {name: text for result in results for name, text in result.files.items()}
    return heat.errors(next(iter(results[0].files.values())), files)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("parameter", [pytest.param(parameter.values, id=parameter.id) for parameter in examples()])
def test_mapping_examples(parameter: tuple[Any, dict[str, Any]], version: str, heat: Engine) -> None:
    _, example = parameter
    source = example["cfn"] if "Resources" in example["cfn"] else {"Resources": {"Example": example["cfn"]}}
    converted = convert_data(source, example.get("site"), heat_version=version)
    # What a lesser version cannot leave out is said; nothing else may be refused.
    stuck = [found.subject.split(".")[-1] for found in converted.diagnostics if found.code == "C2H2104"]
    assert not stuck or version < "2021-04-16"
    assert [refusal for refusal in refusals(heat, [converted]) if not any(name in refusal for name in stuck)] == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in [*GOLDENS, *EXAMPLES]])
def test_templates(path: Path, version: str, heat: Engine) -> None:
    results = convert_file(path, version)
    assert results[0].converted, [str(found) for found in results[0].diagnostics]
    assert refusals(heat, results) == []
