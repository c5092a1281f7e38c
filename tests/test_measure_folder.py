"""The account of a folder of templates: its numbers, and nothing of the machine in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.translating import ROOT

GOOD = '{"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}, "Work": {"Type": "AWS::Glue::Job"}}}'


def measure(folder: Path, *options: str) -> str:
    """What the script writes."""
    command = [sys.executable, str(ROOT / "scripts" / "measure_folder.py"), str(folder), "--workers", "1", *options]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return run.stdout


def folder_of_templates(place: Path) -> Path:
    """Two templates of different kinds, one of them broken."""
    (place / "one").mkdir()
    (place / "one" / "good.json").write_text(GOOD)
    (place / "one" / "broken.json").write_text("{")
    return place


def test_a_folder(tmp_path: Path) -> None:
    said = measure(folder_of_templates(tmp_path))
    assert "| all | 2 | 1 (50.0%) | 1 (50.0%) | 0 (0.0%) | not asked |" in said
    assert "| all | 2 | 1 (50.0%) | 0 (0.0%) | 1 (50.0%) | 0 (0.0%) | 0 |" in said
    assert "| `AWS::Glue::Job` | 1 | 0% | 0% | 100% | 0% |" in said
    assert "`one/good.json`" in said
    assert str(tmp_path) not in said


def test_kinds(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    entries = [{"repo": "one", "path": "good.json", "kind": "real"}, {"repo": "one", "path": "broken.json", "kind": "bad"}]
    manifest.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    said = measure(folder_of_templates(tmp_path), "--kinds", str(manifest))
    assert "| bad | 1 | 0 | 1 (100.0%)" in said.replace("0 (0.0%)", "0")
    assert "| real | 1 | 1 (100.0%)" in said
