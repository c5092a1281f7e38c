"""User data bring along what cfn-init and cfn-signal do, and call it where they called those."""

from __future__ import annotations

import email
import json
import shutil
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cfn2heat.hooks.init_shell import SIGNAL_SCRIPT
from cfn2heat.translate.result import Converted
from tests.translating import convert_data, written
from tests.unit.hooks.test_boot import POLICY, group, script_of, server

INIT = {"AWS::CloudFormation::Init": {"config": {"packages": {"yum": {"httpd": []}}}}}
STACK = "--stack ${AWS::StackName} --resource Web --region ${AWS::Region}"
INIT_PROGRAM, SIGNAL_PROGRAM = "/var/lib/cfn2heat/init-Web", "/var/lib/cfn2heat/signal"


def booting(text: str, **more: Any) -> Converted:
    """One server with user data that Fn::Sub makes."""
    return convert_data(server({"Fn::Base64": {"Fn::Sub": text}}, **more))


def codes(converted: Converted) -> list[tuple[str, str]]:
    """Codes of what is said of boot, but for what is found in scripts, with their severities."""
    return [(found.code, found.severity.word) for found in converted.diagnostics if "C2H4511" <= found.code <= "C2H4515"]


def rest_of(text: str) -> str:
    """A script behind the programs that it brings along."""
    return text.rsplit("\nchmod 700 ", 1)[1].split("\n", 2)[2]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"cfn-init -v {STACK}", INIT_PROGRAM),
        (f"/opt/aws/bin/cfn-init {STACK} -c a,b || exit", f"{INIT_PROGRAM} a,b || exit"),
        (f"/usr/local/bin/cfn-init --configsets=$SETS {STACK} > /x 2>&1", f"{INIT_PROGRAM} $SETS > /x 2>&1"),
        (f"sudo python3 /usr/bin/cfn-init {STACK}; ls", f"sudo {INIT_PROGRAM}; ls"),
        (f"if ! /usr/bin/cfn-init {STACK} ; then", f"if ! {INIT_PROGRAM} ; then"),
        (f"bash -c 'cfn-init {STACK}'", f"bash -c '{INIT_PROGRAM}'"),
    ],
)
def test_a_call_of_cfn_init_calls_the_script(line, expected):
    converted = booting(f"#!/bin/bash -e\n{line}\necho $?\n", Metadata=INIT)
    text = script_of(written(converted))
    assert text.startswith("#!/bin/bash -e\n# ")
    assert rest_of(text) == f"{expected}\necho $?\n"
    web = written(converted)["resources"]["Web"]
    assert web["properties"]["user_data_format"] == "RAW"
    assert "metadata" not in web
    assert codes(converted) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"/opt/aws/bin/cfn-signal -e $? {STACK}", f"{SIGNAL_PROGRAM} -e $? '${{Web_signal_handle}}'"),
        (f"trap 'cfn-signal -e 1 {STACK}' ERR", f"trap '{SIGNAL_PROGRAM} -e 1 \"${{Web_signal_handle}}\"' ERR"),
    ],
)
def test_a_signal_goes_to_the_handle_by_a_script(line, expected):
    converted = booting(f"#!/bin/bash\n{line}\n", CreationPolicy=POLICY)
    assert rest_of(script_of(written(converted))) == f"{expected}\n"
    assert "Web_signal" in written(converted)["resources"]
    assert codes(converted) == []


def test_a_call_with_the_address_of_a_handle_calls_the_script():
    data = server({"Fn::Base64": {"Fn::Sub": "#!/bin/bash\ncfn-signal -e $? '${Ready}'\n"}})
    data["Resources"]["Ready"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    assert rest_of(script_of(written(convert_data(data)))) == f"{SIGNAL_PROGRAM} -e $? '${{Ready}}'\n"


def test_signals_of_commands_go_to_the_handle():
    command = f"cfn-signal -e 0 {STACK}"
    init = {"AWS::CloudFormation::Init": {"config": {"commands": {"done": {"command": {"Fn::Sub": command}}}}}}
    converted = booting(f"#!/bin/sh\ncfn-init {STACK}\n", Metadata=init, CreationPolicy=POLICY)
    assert f"\n{SIGNAL_PROGRAM} -e 0 '${{Web_signal_handle}}'\n" in script_of(written(converted))
    assert "Web_signal" in written(converted)["resources"]


def test_members_of_a_group_do_what_the_group_says():
    script = {"Fn::Sub": "#!/bin/sh\ncfn-init -s x -r Group\n"}
    converted = convert_data(group(script, Metadata={**INIT, "Kept": "x"}))
    made = written(converted)["resources"]["Group"]
    text = made["properties"]["resource"]["properties"]["user_data"]
    assert "yum -y install httpd" in text
    assert rest_of(text) == "/var/lib/cfn2heat/init-Group\n"
    assert made["metadata"] == {"Kept": "x"}


def test_metadata_that_no_script_reads_stay_where_they_are():
    converted = booting("#!/bin/sh\nls\n", Metadata=INIT)
    assert written(converted)["resources"]["Web"]["metadata"] == INIT


def test_cloud_config_is_a_part_behind_the_part_with_the_scripts():
    converted = booting(f"#cloud-config\nruncmd:\n- /opt/aws/bin/cfn-init {STACK} -c a\n", Metadata=INIT)
    message = email.message_from_string(script_of(written(converted)))
    parts = [(part.get_content_type(), part.get_payload()) for part in message.walk() if not part.is_multipart()]
    assert [kind for kind, _ in parts] == ["text/x-shellscript", "text/cloud-config"]
    assert parts[0][1].startswith("#!/bin/sh\n")
    assert "yum -y install httpd" in parts[0][1]
    assert parts[1][1].rstrip() == f"#cloud-config\nruncmd:\n- {INIT_PROGRAM} a"
    assert codes(converted) == []


@pytest.mark.parametrize(
    "text",
    [
        f"<script>\ncfn-init.exe {STACK}\n</script>",
        f"#!/bin/sh\n$BIN/cfn-init {STACK}\n",
        f"#!/bin/sh\ncfn-init --odd {STACK}\n",
        f"#cloud-config\n# \u00e9\nruncmd:\n- cfn-init {STACK}\n",
    ],
)
def test_a_call_that_cannot_be_replaced_is_an_error(text):
    converted = booting(text, Metadata=INIT)
    assert ("C2H4513", "error") in codes(converted)


def test_cfn_init_that_names_nothing_with_metadata_is_said():
    assert codes(booting("#!/bin/sh\ncfn-init -s x -r Other\n")) == [("C2H4513", "warning")]


def test_cfn_hup_in_a_script_is_said():
    assert codes(booting("#!/bin/sh\nservice cfn-hup start\n")) == [("C2H4514", "warning")]


def test_user_data_that_nova_refuses_are_an_error():
    assert codes(booting("#!/bin/sh\n" + "#" * 49139)) == []
    assert codes(booting("#!/bin/sh\n" + "#" * 49140)) == [("C2H4515", "error")]


@pytest.mark.parametrize(
    "line", ["yum install -y aws-cfn-bootstrap", "  sudo yum -y update aws-cfn-bootstrap", "dnf -y -q install aws-cfn-bootstrap"]
)
def test_a_line_that_only_brings_the_scripts_of_aws_does_nothing(line):
    converted = booting(f"#!/bin/bash -e\n{line}\necho end\n")
    text = script_of(written(converted))
    assert subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True).stdout == "end\n"
    assert line.strip() in text
    assert "C2H4508" not in {found.code for found in converted.diagnostics}


def test_a_line_that_brings_more_is_left_as_it_is_and_said():
    converted = booting("#!/bin/sh\nyum install -y aws-cfn-bootstrap httpd\n")
    assert script_of(written(converted)) == "#!/bin/sh\nyum install -y aws-cfn-bootstrap httpd\n"
    assert "C2H4508" in {found.code for found in converted.diagnostics}


# ---- the signal itself -----------------------------------------------------------------------------------------------


class Hearing(BaseHTTPRequestHandler):
    """Hears signals as Heat does."""

    heard: list[tuple[str, str | None, bytes]]

    def do_PUT(self) -> None:
        """A signal."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, self.headers.get("Content-Type"), body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hearing() -> Iterator[tuple[str, list[tuple[str, str | None, bytes]]]]:
    """An address for signals, and what is heard there."""
    Hearing.heard = []
    with HTTPServer(("127.0.0.1", 0), Hearing) as listener:
        thread = Thread(target=listener.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listener.server_port}/signal?a=1&b=%2F", Hearing.heard
        listener.shutdown()
        thread.join()


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
@pytest.mark.parametrize("shell", [found for name in ("dash", "bash") if (found := shutil.which(name))])
@pytest.mark.parametrize(
    ("arguments", "status", "reason", "data"),
    [
        (["-e", "0"], "SUCCESS", "", ""),
        (["-e", "3"], "FAILURE", "Configuration failed.", ""),
        (["--exit-code=0", "--reason=all well", "-d", "a\n'b' \"c\" \\ \u00e9"], "SUCCESS", "all well", "a\n'b' \"c\" \\ \u00e9"),
        (["--success", "false", "--reason", "it broke"], "FAILURE", "it broke", ""),
        (["-s", "true", "-i", "me"], "SUCCESS", "", ""),
        ([], "SUCCESS", "", ""),
    ],
)
def test_a_signal_is_heard_with_all_its_keys(tmp_path: Path, hearing, shell, arguments, status, reason, data):
    program = tmp_path / "signal"
    program.write_text(SIGNAL_SCRIPT)
    address, heard = hearing
    subprocess.run([shell, str(program), *arguments, address], check=True, capture_output=True, timeout=30)
    path, kind, body = heard[0]
    told = json.loads(body)
    assert path == "/signal?a=1&b=%2F"
    assert kind is None
    identity = told.pop("UniqueId")
    assert identity == "me" if "-i" in arguments else identity
    assert told == {"Status": status, "Reason": reason, "Data": data}


def test_each_of_two_scripts_brings_its_programs_along():
    sides = [{"Fn::Sub": f"#!/bin/sh\ncfn-init {STACK}\n"}, {"Fn::Sub": f"#!/bin/sh\ncfn-signal {STACK}\n"}]
    data = server({"Fn::Base64": {"Fn::If": ["Quick", *sides]}}, Metadata=INIT, CreationPolicy=POLICY)
    data["Parameters"] = {"Pace": {"Type": "String"}}
    data["Conditions"] = {"Quick": {"Fn::Equals": [{"Ref": "Pace"}, "quick"]}}
    converted = convert_data(data)
    condition, first, second = written(converted)["resources"]["Web"]["properties"]["user_data"]["if"]
    assert condition == "Quick"
    assert rest_of(first) == f"{INIT_PROGRAM}\n"
    assert rest_of(second["str_replace"]["template"]) == f"{SIGNAL_PROGRAM} '${{Web_signal_handle}}'\n"
    assert codes(converted) == []


def test_a_script_of_another_language_is_a_part_behind_the_part_with_the_scripts():
    converted = booting(f"#!/usr/bin/python3\nimport os\nos.system('cfn-init {STACK}')\n", Metadata=INIT)
    message = email.message_from_string(script_of(written(converted)))
    parts = [(part.get_content_type(), part.get_payload()) for part in message.walk() if not part.is_multipart()]
    assert [kind for kind, _ in parts] == ["text/x-shellscript", "text/x-shellscript"]
    assert parts[1][1].rstrip() == f"#!/usr/bin/python3\nimport os\nos.system('{INIT_PROGRAM}')"


# ---- other holders of user data --------------------------------------------------------------------------------------


def fleet(script: Any) -> dict[str, Any]:
    """A template of a spot fleet whose servers run a script."""
    specification = {"ImageId": "ami-1", "InstanceType": "t3.micro", "UserData": script}
    request = {
        "IamFleetRole": "arn:aws:iam::123456789012:role/fleet",
        "TargetCapacity": 2,
        "LaunchSpecifications": [specification],
    }
    return {"Resources": {"Fleet": {"Type": "AWS::EC2::SpotFleet", "Properties": {"SpotFleetRequestConfigData": request}}}}


@pytest.mark.parametrize("script", [{"Fn::Base64": "#!/bin/sh\naws s3 ls\n"}, "IyEvYmluL3NoCmF3cyBzMyBscwo="])
def test_scripts_of_a_spot_fleet_are_looked_through(script):
    converted = convert_data(fleet(script))
    assert "C2H4501" in {found.code for found in converted.diagnostics}
    member = written(converted)["resources"]["Fleet"]["properties"]["resource_def"]
    assert member["properties"]["user_data"] == "#!/bin/sh\naws s3 ls\n"


def test_scripts_of_a_spot_fleet_bring_programs_along():
    data = fleet({"Fn::Base64": "#!/bin/sh\ncfn-init -s x -r Other\n"})
    data["Resources"]["Other"] = {"Type": "AWS::SQS::Queue", "Metadata": INIT}
    member = written(convert_data(data))["resources"]["Fleet"]["properties"]["resource_def"]
    assert "yum -y install httpd" in member["properties"]["user_data"]
    tools = convert_data(data, {"switches": {"heat_cfntools": True}})
    assert ("C2H4513", "error") in codes(tools)
