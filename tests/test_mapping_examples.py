"""Each example in a mapping file is a test: what it says must come out, exactly so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cfn2heat.table.source_file import read_source_file
from tests.translating import ROOT, convert_data, written


def examples() -> list[Any]:
    """Every example of every mapping file."""
    found = []
    for path in sorted((ROOT / "mappings").glob("*/*.yaml")):
        data = read_source_file(path, "C2H5001").data
        for example in data.get("examples", ()):
            name = f"{path.parent.name}/{path.stem}: {example['name']}"
            found.append(pytest.param(path, example, id=name))
    return found


@pytest.mark.parametrize(("path", "example"), examples())
def test_example(path: Path, example: dict[str, Any]) -> None:
    source = example["cfn"]
    if "Resources" not in source:
        source = {"Resources": {"Example": source}}
    converted = convert_data(source, example.get("site"))
    data = written(converted)
    for name, wanted in example.get("hot", {}).items():
        assert data["resources"].get(name) == wanted, name
    reported = {f"{diagnostic.code} {diagnostic.subject}" for diagnostic in converted.diagnostics}
    for wanted in example.get("diagnostics", ()):
        assert wanted in reported
