"""cfn2heat deploy against a cloud on loopback that does as it is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cfn2heat.cli import deploy as command
from cfn2heat.deploy import follow
from tests.deploy.conftest import CFN, HOT, SECRET, Caller
from tests.deploy.imitation import Imitation

GARDEN = "garden.hot.yaml"


def lines(text: str) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


# ---- the common way --------------------------------------------------------------------------------------------------


def test_a_template_is_created_and_followed(cloud: Imitation, call: Caller) -> None:
    result = call("deploy", GARDEN)
    assert result.exit_code == 0, result.output
    assert "Stack garden, create: 2 added" in result.stdout
    assert "CREATE_COMPLETE    Word" in result.stdout
    assert "The stack garden is created: CREATE_COMPLETE." in result.stdout
    assert "Told = ******" in result.stdout
    stack = cloud.by_name("garden")
    assert stack is not None
    assert f"http://127.0.0.1/dashboard/project/stacks/stack/{stack.id}/" in result.stdout
    assert stack.body["parameters"] == {"Secret": SECRET}
    assert stack.body["tags"] == "cfn2heat"
    assert stack.body["disable_rollback"] is True


def test_a_source_template_is_converted_first(cloud: Imitation, call: Caller) -> None:
    result = call("deploy", "garden.yaml", "--tags", "dev,blue", "--rollback", "--timeout", "61", "--stack-name", "plot")
    assert result.exit_code == 0, result.output
    stack = cloud.by_name("plot")
    assert stack is not None
    assert stack.template["resources"]["Garden"]["type"] == "OS::Neutron::Net"
    assert stack.body["tags"] == "cfn2heat,dev,blue"
    assert stack.body["timeout_mins"] == 2
    assert stack.body["disable_rollback"] is False


def test_once_more_there_is_nothing_to_do(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN)
    result = call("deploy", GARDEN)
    assert result.exit_code == 0
    assert "no change" in result.stdout
    assert cloud.asked("PUT", r"/[0-9a-f-]{36}$") == []


def test_a_secret_that_the_stack_has_is_not_asked_for_again(
    cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("deploy", GARDEN)
    monkeypatch.delenv("CFN2HEAT_PARAM_Secret")
    assert "no change" in call("deploy", GARDEN).stdout
    assert call("deploy", GARDEN, "--parameter", "Size=3").exit_code == 0
    stack = cloud.by_name("garden")
    assert stack is not None
    assert stack.body["parameters"] == {"Secret": SECRET, "Size": "3"}


def test_another_secret_is_a_change(cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    call("deploy", GARDEN)
    monkeypatch.setenv("CFN2HEAT_PARAM_Secret", "another-word")
    result = call("deploy", GARDEN)
    assert "~   Word" in result.stdout
    assert "Count  OS" not in result.stdout
    assert "another-word" not in result.output


def test_what_changes_is_said_and_done(cloud: Imitation, call: Caller, tmp_path: Path) -> None:
    call("deploy", GARDEN)
    text = HOT.replace("  Count:", "  Number:").replace("Size: {value", "Extent: {value")
    (tmp_path / GARDEN).write_text(text)
    result = call("deploy", GARDEN)
    assert "update: 1 added, 1 removed" in result.stdout
    assert "besides: outputs" in result.stdout
    assert "UPDATE_COMPLETE" in result.stdout


@pytest.mark.parametrize("exists", [False, True])
def test_a_dry_run_changes_nothing(cloud: Imitation, call: Caller, exists: bool) -> None:
    if exists:
        call("deploy", GARDEN)
    before = len(cloud.asked("POST", "/stacks$"))
    result = call("deploy", GARDEN, "--dry-run", "--parameter", "Size=5")
    assert result.exit_code == 0
    assert "Nothing was changed" in result.stdout
    assert cloud.asked("POST", "/stacks/preview")
    assert len(cloud.asked("POST", "/stacks$")) == before
    assert cloud.asked("PUT", r"/[0-9a-f-]{36}$") == []


def test_without_waiting(cloud: Imitation, call: Caller) -> None:
    result = call("deploy", GARDEN, "--no-wait")
    assert result.exit_code == 0
    assert "cfn2heat events garden --follow" in result.stdout
    assert cloud.by_name("garden").status == "IN_PROGRESS"


def test_json_lines(cloud: Imitation, call: Caller) -> None:
    found = lines(call("deploy", GARDEN, "--format", "json").stdout)
    kinds = [entry["kind"] for entry in found]
    assert kinds[0] == "plan"
    assert kinds[-1] == "end"
    assert found[0]["changes"][0] == {"change": "add", "resource": "Count", "type": "OS::Heat::Value"}
    assert {"resource": "Word", "state": "CREATE_COMPLETE"}.items() <= next(
        entry for entry in found if entry["kind"] == "event" and entry["resource"] == "Word" and "COMPLETE" in entry["state"]
    ).items()
    assert found[-1]["outcome"] == "created"
    assert found[-1]["outputs"] == {"Told": "******", "Size": None}


def test_the_line_that_changes_on_a_terminal(cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from cfn2heat.cli.tellers import Live

    monkeypatch.setattr(command, "teller", lambda form: Live())
    text = call("deploy", GARDEN).stdout
    assert re.search(r"\r\[0/2\] \d:\d\d Word", text)
    assert "\r[2/2]" in text
    assert "CREATE_COMPLETE    the stack" in text


# ---- what must be there first ----------------------------------------------------------------------------------------


def test_a_value_that_lacks(cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CFN2HEAT_PARAM_Secret")
    result = call("deploy", GARDEN)
    assert result.exit_code == 2
    assert "C2H6016 Secret" in result.stderr
    assert not cloud.stacks


def test_a_secret_is_asked_for_on_a_terminal(cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CFN2HEAT_PARAM_Secret")
    monkeypatch.setattr(command, "prompted", lambda: True)
    result = call("deploy", GARDEN, input=f"{SECRET}\n")
    assert result.exit_code == 0, result.output
    assert cloud.by_name("garden").body["parameters"] == {"Secret": SECRET}


def test_a_secret_on_the_command_line_is_refused(cloud: Imitation, call: Caller) -> None:
    result = call("deploy", GARDEN, "--parameter", f"Secret={SECRET}")
    assert result.exit_code == 2
    assert "C2H6015 Secret" in result.stderr
    assert not cloud.requests


def test_a_parameter_that_is_misspelt(cloud: Imitation, call: Caller) -> None:
    result = call("deploy", GARDEN, "--parameter", "Szie=4")
    assert result.exit_code == 2
    assert "C2H6012 Szie" in result.stderr
    assert "did you mean Size?" in result.stderr


def test_a_parameter_without_a_value_sign(cloud: Imitation, call: Caller) -> None:
    result = call("deploy", GARDEN, "--parameter", "Size")
    assert result.exit_code == 2
    assert "Size is not K=V" in result.stderr


FILES = {
    "plain.yaml": ("Size: 7\nExtra: 1\n", "7"),
    "aws.json": ('[{"ParameterKey": "Size", "ParameterValue": "8"}]', "8"),
    "env.yaml": ("parameter_defaults: {Size: 8}\nparameters: {Size: 9}\n", "9"),
}


@pytest.mark.parametrize("name", FILES)
def test_values_from_files(cloud: Imitation, call: Caller, tmp_path: Path, name: str) -> None:
    text, size = FILES[name]
    (tmp_path / name).write_text(text)
    result = call("deploy", GARDEN, "-e" if name == "env.yaml" else "--parameter-file", name)
    assert result.exit_code == 0, result.output
    assert str(cloud.by_name("garden").body["parameters"]["Size"]) == size
    assert ("C2H5302 Extra" in result.stderr) == ("Extra" in text)


BAD_FILES = {
    "registry.yaml": ("resource_registry: {'OS::Nova::Server': mine.yaml}\n", "C2H6014"),
    "list.yaml": ("- 1\n", "C2H6014"),
    "broken.yaml": (f"Secret: '{SECRET}\n  x: [", "C2H6013"),
    "latin.yaml": (b"Size: \xff\n", "C2H6013"),
}


@pytest.mark.parametrize("name", [*BAD_FILES, "absent.yaml"])
def test_files_of_values_that_are_refused(cloud: Imitation, call: Caller, tmp_path: Path, name: str) -> None:
    content, code = BAD_FILES.get(name, (None, "C2H6013"))
    if content is not None:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    result = call("deploy", GARDEN, "-e", name)
    assert result.exit_code == 3
    assert code in result.stderr
    assert not cloud.requests


def test_what_the_cloud_lacks_is_said_before_anything_is_created(cloud: Imitation, call: Caller, tmp_path: Path) -> None:
    (tmp_path / GARDEN).write_text(HOT.replace("type: OS::Heat::Value", "type: OS::Trove::Instance"))
    result = call("deploy", GARDEN)
    assert result.exit_code == 4
    assert "garden.yaml:12" in result.stderr
    assert "C2H6502 Word" in result.stderr
    assert not cloud.asked("POST", "/stacks")


def test_losses_stop_unless_they_are_accepted(cloud: Imitation, call: Caller, tmp_path: Path) -> None:
    (tmp_path / "garden.yaml").write_text(CFN.replace("Outputs:", "  Job: {Type: AWS::Glue::Job, Properties: {}}\nOutputs:"))
    result = call("deploy", "garden.yaml")
    assert result.exit_code == 1
    assert "C2H6020" in result.stderr
    assert not cloud.requests
    assert call("deploy", "garden.yaml", "--accept-losses").exit_code == 0


def test_a_stack_of_somebody_else_is_left_alone(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN)
    cloud.by_name("garden").body["tags"] = "theirs"
    result = call("deploy", GARDEN, "--parameter", "Size=4")
    assert result.exit_code == 4
    assert "C2H6018" in result.stderr
    assert call("deploy", GARDEN, "--parameter", "Size=4", "--update").exit_code == 0
    assert cloud.by_name("garden").body["tags"] == "cfn2heat,theirs"


def test_only_update(cloud: Imitation, call: Caller) -> None:
    result = call("deploy", GARDEN, "--update")
    assert result.exit_code == 4
    assert "C2H6007" in result.stderr
    assert not cloud.stacks


# ---- files -----------------------------------------------------------------------------------------------------------


def test_nested_templates_beside_it_are_sent(cloud: Imitation, call: Caller, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "inner.yaml").write_text(HOT.replace("OS::Heat::Value", "member.yaml"))
    (tmp_path / "sub" / "member.yaml").write_text("heat_template_version: 2021-04-16\n")
    (tmp_path / "other.yaml").write_text("not: sent\n")
    (tmp_path / GARDEN).write_text(HOT.replace("type: OS::Heat::Value", "type: sub/inner.yaml"))
    assert call("deploy", GARDEN).exit_code == 0
    assert set(cloud.by_name("garden").body["files"]) == {"sub/inner.yaml", "member.yaml"}


@pytest.mark.parametrize(
    "bad",
    ["{get_file: /etc/passwd}", "{str_replace: {template: {get_file: word.txt}, params: {a: b}}}"],
)
def test_a_file_that_a_template_wants_to_be_read_is_refused(cloud: Imitation, call: Caller, tmp_path: Path, bad: str) -> None:
    (tmp_path / GARDEN).write_text(HOT.replace("{get_param: Secret}}\n  Count", f"{bad}}}\n  Count"))
    result = call("deploy", GARDEN)
    assert result.exit_code == 3
    assert f"{GARDEN}:9:" in result.stderr
    assert "C2H6019" in result.stderr
    assert not cloud.requests


@pytest.mark.parametrize("type", ["../outside.yaml", "/etc/outside.yaml", "http://192.0.2.1/a.yaml", "file:///etc/a.yaml"])
def test_types_that_lead_out_of_the_folder_are_refused(
    cloud: Imitation, call: Caller, tmp_path: Path, type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "outside.yaml").write_text(HOT)
    (tmp_path / "in" / GARDEN).write_text(HOT.replace("OS::Heat::Value", type))
    result = call("deploy", f"in/{GARDEN}")
    assert result.exit_code == 3
    assert "C2H6019" in result.stderr
    assert not cloud.requests


def test_text_of_the_source_reads_no_file(cloud: Imitation, call: Caller, tmp_path: Path) -> None:
    """What looks like a function of Heat in a source template is text there, and stays text."""
    (tmp_path / "word.txt").write_text("not to be sent")
    (tmp_path / "garden.yaml").write_text(
        CFN + "  Read: {Value: '{get_file: word.txt}'}\n  Type: {Value: 'file:///etc/hostname.yaml'}\n"
    )
    assert call("deploy", "garden.yaml").exit_code == 0
    stack = cloud.by_name("garden")
    assert stack.body["files"] == {}
    assert stack.template["outputs"]["Read"]["value"] == "{get_file: word.txt}"


@pytest.mark.parametrize("name", ["absent.yaml", "broken.hot.yaml", "empty.yaml"])
def test_templates_that_cannot_be_read(cloud: Imitation, call: Caller, tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.hot.yaml").write_text("heat_template_version: [\n")
    (tmp_path / "empty.yaml").write_text("")
    result = call("deploy", name)
    assert result.exit_code == 3
    assert not cloud.requests


# ---- failure ---------------------------------------------------------------------------------------------------------


def test_a_resource_that_fails_is_shown_with_its_source(cloud: Imitation, call: Caller) -> None:
    cloud.fail["Bed"] = f"BadRequest: resources.Bed: the word is {SECRET}"
    result = call("deploy", "garden.yaml")
    assert result.exit_code == 1
    assert "garden.yaml:7: Bed, OS::Neutron::Subnet: CREATE failed: BadRequest" in result.stderr
    assert "the word is ******" in result.stderr
    assert "The stack garden failed: CREATE_FAILED" in result.stdout
    again = call("deploy", "garden.yaml")
    assert "UPDATE_FAILED" in again.stdout
    assert again.exit_code == 1
    cloud.fail.clear()
    assert call("deploy", "garden.yaml").exit_code == 0


def test_a_failure_as_json(cloud: Imitation, call: Caller) -> None:
    cloud.fail["Bed"] = "no room"
    found = lines(call("deploy", "garden.yaml", "--format", "json").stdout)
    failure = next(entry for entry in found if entry["kind"] == "failure")
    assert failure["source"] == {"resource": "Bed", "file": "garden.yaml", "line": 7}
    assert failure["reason"] == "no room"
    assert found[-1]["state"] == "CREATE_FAILED"


def test_a_failure_that_is_rolled_back_is_shown_all_the_same(cloud: Imitation, call: Caller) -> None:
    cloud.fail["Bed"] = "no room"
    result = call("deploy", "garden.yaml", "--rollback")
    assert result.exit_code == 1
    assert "garden.yaml:7: Bed, OS::Neutron::Subnet: CREATE failed: no room" in result.stderr
    assert "The stack garden failed, and was rolled back" in result.stdout
    assert "Bed: CREATE failed: no room" in call("status", "garden").stderr
    cloud.fail.clear()
    result = call("deploy", "garden.yaml", "--rollback")
    assert result.exit_code == 0
    assert "no room" not in result.output


def test_the_comment_in_a_template_of_ours_names_the_source(cloud: Imitation, call: Caller) -> None:
    cloud.fail["Word"] = "no word"
    assert "garden.yaml:12: Word, OS::Heat::Value: CREATE failed: no word" in call("deploy", GARDEN).stderr


# ---- going on --------------------------------------------------------------------------------------------------------


def test_a_stack_in_progress_is_followed(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN, "--no-wait")
    result = call("deploy", GARDEN)
    assert result.exit_code == 0
    assert "CREATE_IN_PROGRESS already; following that" in result.stderr
    assert "CREATE_COMPLETE    Word" in result.stdout
    assert len(cloud.asked("POST", "/stacks$")) == 1


def test_an_interruption_leaves_the_stack_alone(cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow.time, "sleep", interrupted)
    result = call("deploy", GARDEN)
    assert result.exit_code == 130
    assert "run the same again" in result.stderr
    assert cloud.by_name("garden").status == "IN_PROGRESS"
    assert not cloud.asked("DELETE")


def test_time_is_up(cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.endless = True
    monkeypatch.setattr(deploying_module(), "GRACE", -60)
    result = call("deploy", GARDEN, "--timeout", "1")
    assert result.exit_code == 6
    assert "Heat is still at it" in result.stderr


def deploying_module() -> Any:
    """The module whose grace is taken away."""
    from cfn2heat.deploy import deploying

    return deploying
