"""What is read without click means what click reads, and small calls never import what they do not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfn2heat.cli.convert_command import convert
from cfn2heat.cli.start import FLAGS, PATHS, plain_call

TEMPLATE = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
WORDS = [*FLAGS, *PATHS, "a.json", "b.yaml", "", "-", "--", "-x", "-qo", "--output=c", "--region", "--strict=1", "-oc", "/dev"]


HEAVY = ("click", "inspect", "dataclasses", "yaml", "cfn_tools", "lark", "jsonschema", "heatclient", "tempfile", "textwrap")
ROOT = Path(__file__).parents[3]


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A process of its own in a folder that holds a template."""
    (folder / "a.json").write_text(TEMPLATE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def read_by_click(arguments: list[str]) -> dict[str, object]:
    """The wishes that differ from what convert does anyway."""
    context = convert.make_context("convert", list(arguments))
    nothing = (None, False, (), "2021-04-16")
    return {name: value for name, value in context.params.items() if value not in nothing}


@given(st.lists(st.sampled_from(WORDS), max_size=7))
def test_means_what_click_reads_or_is_left_to_it(arguments):
    wishes = plain_call(["convert", *arguments])
    if wishes is not None:
        try:
            assert wishes == read_by_click(arguments)
        except click.UsageError:
            # a place that is no file or folder as it should be: writing there fails, and click is asked then
            assert any(isinstance(place, Path) and place.exists() for place in wishes.values())


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["convert"],
        ["convert", "--help"],
        ["convert", "-h", "a.json"],
        ["check", "a.json"],
        ["--version"],
        ["convert", "a.json", "b.json"],
        ["convert", "a.json", "-o"],
        ["convert", "a.json", "-q", "-q"],
        ["convert", "/"],
    ],
)
def test_left_to_click(arguments):
    assert plain_call(arguments) is None


def test_the_commonest_calls_are_plain():
    assert plain_call(["convert", "a.json"]) == {"templates": (Path("a.json"),)}
    assert plain_call(["convert", "-q", "a.json", "-d", "out", "--strict"]) == {
        "templates": (Path("a.json"),),
        "directory": Path("out"),
        "quiet": True,
        "strict": True,
    }


def test_a_small_call_imports_nothing_heavy(tmp_path):
    code = (
        "import atexit, sys; sys.argv[1:] = ['convert', '-q', 'a.json'];"
        f"atexit.register(lambda: print(sorted({set(HEAVY)} & set(sys.modules)), file=sys.stderr));"
        "from cfn2heat.cli.start import run; run()"
    )
    python(tmp_path, "-c", code)  # in the source tree the first call compiles the table
    assert python(tmp_path, "-c", code).stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_closed_stream_is_no_bug(tmp_path, closed):
    code = f"import sys; sys.{closed} = None; sys.argv[1:] = ['convert', 'a.json']; from cfn2heat.cli.start import run; run()"
    assert python(tmp_path, "-c", code).returncode == 0


def test_wrong_usage_is_told_by_click(tmp_path):
    done = python(tmp_path, "-m", "cfn2heat", "convert", "a.json", "-o", "x", "-d", "y")
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: cfn2heat convert")
    assert "exclude each other" in done.stderr
