"""Goldens are bytes: templates of our own, each with what is emitted, said and recorded; `pytest --update-golden` rewrites them.

A case is a folder with template.yaml or template.json; site.yaml gives the site, settings.yaml further settings of a conversion.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from cfn2heat.api import Conversion, Settings
from cfn2heat.source import format_path
from cfn2heat.table.site import EMPTY_SITE, read_site
from cfn2heat.translate.result import Converted
from tests.translating import FIXTURES, ROOT, table

CASES = sorted(path for path in (FIXTURES / "templates").iterdir() if path.is_dir())
EXAMPLE = ROOT / "examples" / "shop.yaml"


@cache
def convert_case(case: Path) -> tuple[Converted, ...]:
    """A case's template and the nested ones that it brings in."""
    (template,) = case.glob("template.*")
    site, settings = case / "site.yaml", case / "settings.yaml"
    further = yaml.load(settings.read_text(), Loader=yaml.BaseLoader) if settings.exists() else {}
    facts = read_site(site, table()) if site.exists() else EMPTY_SITE
    return tuple(Conversion(Settings(table(), facts, **further)).convert(template))


def goldens(results: tuple[Converted, ...]) -> dict[str, str]:
    """Every expected file of a case: the template, what belongs to it, what was said, what became of each leaf."""
    found = {}
    for result in results:
        for name, text in result.files.items():
            short = name.removeprefix("template.")
            found["expected.hot.yaml" if short == "yaml" else f"expected.{short}"] = text
    found["expected.diagnostics.txt"] = "".join(line for result in results for line in said(result))
    found["expected.ledger.txt"] = "".join(line for result in results for line in ledger(result))
    return found


def said(result: Converted) -> list[str]:
    """Diagnostics, each a line, with files named as the case names them."""
    lines = []
    for found in result.diagnostics:
        advice = f" -> {found.advice}" if found.advice else ""
        place = f"{Path(found.span.file).name}:{found.span.line}:{found.span.column}"
        lines.append(f"{place}: {found.severity.word} {found.code} {found.subject}: {found.message}{advice}\n")
    return lines


def ledger(result: Converted) -> list[str]:
    """The ledger in source order: a leaf's path, its fate and where it went."""
    assert result.translation is not None, [str(found) for found in result.diagnostics]
    entries = sorted(result.translation.ledger.entries, key=lambda one: (one.span.line, one.span.column, format_path(one.path)))
    lines = [f"{format_path(one.path)}: {one.fate.value} {', '.join(one.targets)}".rstrip() for one in entries]
    return [f"== {Path(result.path).name}\n", *(f"{line}\n" for line in lines)]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_golden(case: Path, update_golden: bool) -> None:
    got = goldens(convert_case(case))
    if update_golden:
        for stale in case.glob("expected.*"):
            stale.unlink()
        for name, text in got.items():
            (case / name).write_bytes(text.encode())
    wanted = {path.name: path.read_bytes() for path in case.glob("expected.*")}
    assert sorted(wanted) == sorted(got)
    for name, text in got.items():
        assert text.encode() == wanted[name], name


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_the_same_bytes_again(case: Path) -> None:
    assert goldens(convert_case.__wrapped__(case)) == goldens(convert_case(case))


def test_the_shipped_example(update_golden: bool) -> None:
    (shop,) = Conversion(Settings(table())).convert(EXAMPLE)
    for name, text in shop.files.items():
        kept = EXAMPLE.with_name("shop.hot.yaml" if name == "shop.yaml" else name)
        if update_golden:
            kept.write_bytes(text.encode())
        assert text.encode() == kept.read_bytes(), kept.name
    assert sorted(shop.files) == ["shop.env.yaml", "shop.yaml"]


def test_the_flag_is_refused_in_ci() -> None:
    command = [sys.executable, "-m", "pytest", "--update-golden", "-p", "no:cacheprovider", "-q", "tests/test_golden.py"]
    run = subprocess.run(command, cwd=ROOT, env={"CI": "true"}, capture_output=True, text=True, check=False)
    assert run.returncode == 4
    assert "refused when CI is set" in run.stderr
