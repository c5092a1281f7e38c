"""cfn2heat status, events, outputs and delete, and values that stacks give to one another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cfn2heat.cli import stacks
from tests.deploy.conftest import Caller
from tests.deploy.imitation import Imitation

GARDEN = "garden.hot.yaml"
GIVES = """\
Resources:
  Garden:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 192.0.2.0/24}
Outputs:
  Word: {Value: roses, Export: {Name: garden-word}}
"""
TAKES = """\
Parameters:
  Giver: {Type: String, Default: garden}
Resources:
  Bed:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 192.0.2.0/24}
Outputs:
  Word: {Value: !ImportValue garden-word}
  Again: {Value: {"Fn::ImportValue": {"Fn::Sub": "${Giver}-word"}}}
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_status(cloud: Imitation, call: Caller, form: str) -> None:
    call("deploy", GARDEN)
    result = call("status", "garden", "--format", form)
    assert result.exit_code == 0
    if form == "json":
        assert json.loads(result.stdout)["state"] == "CREATE_COMPLETE"
    else:
        assert "The stack garden is CREATE_COMPLETE" in result.stdout
        assert "Horizon: http" in result.stdout


def test_status_of_a_failed_stack(cloud: Imitation, call: Caller) -> None:
    cloud.fail["Word"] = "no word"
    call("deploy", GARDEN)
    result = call("status", cloud.by_name("garden").id)
    assert result.exit_code == 1
    assert "Word: CREATE failed: no word" in result.stderr


def test_status_of_a_stack_in_progress(cloud: Imitation, call: Caller) -> None:
    cloud.endless = True
    call("deploy", GARDEN, "--no-wait")
    assert call("status", "garden").exit_code == 6


@pytest.mark.parametrize("command", ["status", "events", "outputs", "delete"])
def test_a_stack_that_is_not_there(cloud: Imitation, call: Caller, command: str) -> None:
    result = call(command, "nothing")
    assert result.exit_code == 4
    assert "C2H6007 nothing" in result.stderr


def test_events(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN)
    call("deploy", GARDEN, "--parameter", "Size=3")
    text = call("events", "garden").stdout
    assert "UPDATE_COMPLETE    Word" in text
    assert "CREATE_COMPLETE    Word" not in text  # an earlier action
    found = [json.loads(line) for line in call("events", "garden", "--format", "json").stdout.splitlines()]
    assert found[-1]["state"] == "UPDATE_COMPLETE"


def test_events_are_followed(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN, "--no-wait")
    result = call("events", "garden", "--follow")
    assert result.exit_code == 0
    assert "CREATE_COMPLETE    the stack" in result.stdout
    cloud.fail["Word"] = "no word"
    call("deploy", GARDEN, "--no-wait", "--parameter", "Size=3")
    result = call("events", "garden", "--follow")
    assert result.exit_code == 1
    assert "Word: UPDATE failed: no word" in result.stderr


def test_outputs(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN, "--parameter", "Size=4")
    assert "  Size = 4" in call("outputs", "garden").stdout
    assert json.loads(call("outputs", "garden", "--format", "json").stdout)["outputs"] == {"Told": "******", "Size": "4"}


def test_delete(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN)
    result = call("delete", "garden")
    assert result.exit_code == 0
    assert "The stack garden is deleted." in result.stdout
    assert not cloud.stacks


def test_delete_without_waiting(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN)
    assert "Heat deletes" in call("delete", "garden", "--no-wait").stdout
    assert cloud.by_name("garden").action == "DELETE"


def test_a_deletion_that_fails(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN)
    stack = cloud.by_name("garden")
    begin = cloud.begin

    def fails(state: object, action: str) -> None:
        begin(stack, action)
        stack.coming = [("Word", "FAILED", "it is in use", ""), ("", "FAILED", "Resource DELETE failed: it is in use", "")]

    cloud.begin = fails  # type: ignore[method-assign]
    result = call("delete", "garden")
    assert result.exit_code == 1
    assert "Word: DELETE failed: it is in use" in result.stderr


# ---- exports ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def giver(cloud: Imitation, call: Caller, tmp_path: Path) -> None:
    """A stack that exports a value."""
    (tmp_path / "garden.yaml").write_text(GIVES)
    (tmp_path / "bed.yaml").write_text(TAKES)
    assert call("deploy", "garden.yaml").exit_code == 0


@pytest.mark.usefixtures("giver")
def test_an_import_is_filled(cloud: Imitation, call: Caller) -> None:
    result = call("deploy", "bed.yaml")
    assert result.exit_code == 0, result.output
    assert "Word = roses" in result.stdout
    assert "Again = roses" in result.stdout


@pytest.mark.usefixtures("giver")
def test_an_import_is_filled_when_a_stack_in_progress_is_joined(cloud: Imitation, call: Caller) -> None:
    call("deploy", "bed.yaml", "--no-wait")
    result = call("deploy", "bed.yaml")
    assert result.exit_code == 0, result.output
    assert "no change" in result.stdout


def test_an_import_that_nobody_exports(cloud: Imitation, call: Caller, tmp_path: Path) -> None:
    (tmp_path / "bed.yaml").write_text(TAKES)
    result = call("deploy", "bed.yaml")
    assert result.exit_code == 2
    assert "C2H6016 import_garden_word: it has no value: Value that another stack exports as garden-word" in result.stderr
    names = ["import_garden_word", "import__Giver_word"]
    given = [part for name in names for part in ("--parameter", f"{name}=lilies")]
    assert "Word = lilies" in call("deploy", "bed.yaml", *given).stdout


@pytest.mark.usefixtures("giver")
def test_a_name_that_two_stacks_export(cloud: Imitation, call: Caller) -> None:
    call("deploy", "garden.yaml", "--stack-name", "other")
    result = call("deploy", "bed.yaml")
    assert result.exit_code == 4
    assert "C2H6017 garden-word" in result.stderr


@pytest.mark.usefixtures("giver")
def test_deleting_what_others_import(cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    call("deploy", "bed.yaml")
    result = call("delete", "garden")
    assert result.exit_code == 4
    assert "C2H6021 garden: the stack bed imports garden-word" in result.stderr
    assert cloud.by_name("garden")
    monkeypatch.setattr(stacks, "agreed", lambda stack: True)
    assert call("delete", "garden").exit_code == 0
    assert not cloud.by_name("garden")


@pytest.mark.usefixtures("giver")
def test_deleting_what_others_import_without_asking(cloud: Imitation, call: Caller) -> None:
    call("deploy", "bed.yaml")
    result = call("delete", "garden", "--yes")
    assert result.exit_code == 0
    assert "warning C2H6021" in result.stderr
    assert call("delete", "bed").exit_code == 0
