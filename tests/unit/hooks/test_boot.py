"""Boot: what scripts do with AWS is found where it stands; cfn-init and cfn-signal go to heat-cfntools where images carry it."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any

import pytest

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Diagnostic
from cfn2heat.hooks.calls import calls
from cfn2heat.hooks.scripts import Script, findings
from cfn2heat.source import NOWHERE
from cfn2heat.translate.result import Converted
from tests.translating import convert_data, convert_text, written


def server(user_data: Any, **more: Any) -> dict[str, Any]:
    """A template of one server."""
    web = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-1", "UserData": user_data}, **more}
    return {"Resources": {"Web": web}}


def with_tools(data: dict[str, Any]) -> Converted:
    """A template translated for images that carry heat-cfntools."""
    return convert_data(data, {"switches": {"heat_cfntools": True}})


def boot_findings(diagnostics: list[Diagnostic]) -> list[tuple[str, int]]:
    """Codes of boot findings with their lines."""
    return [(found.code, found.span.line) for found in diagnostics if found.code.startswith("C2H45")]


def found_in(script: str) -> list[str]:
    """Codes that a script gives."""
    converted = with_tools(server({"Fn::Base64": f"#!/bin/bash\n{script}\n"}))
    return [code for code, _ in boot_findings(converted.diagnostics)]


@pytest.mark.parametrize(
    ("script", "codes"),
    [
        ("aws sqs list-queues", ["C2H4501"]),
        ("/usr/bin/aws --region eu-west-1 ec2 describe-tags", ["C2H4501"]),
        ("x=$(aws ssm get-parameter --name x)", ["C2H4501"]),
        ("python3 -c 'import boto3'", ["C2H4501"]),
        ("wget https://s3.amazonaws.com/bucket/key", ["C2H4502"]),
        ("wget https://bucket.s3.eu-west-1.amazonaws.com/key", ["C2H4502"]),
        ("wget https://bucket.s3-eu-west-1.amazonaws.com/key", ["C2H4502"]),
        ("aws s3 cp s3://bucket/key .", ["C2H4501", "C2H4502"]),
        ("curl http://169.254.169.254/latest/meta-data/iam/security-credentials/", ["C2H4503"]),
        ("curl http://169.254.169.254/latest/meta-data/local-ipv4", ["C2H4504"]),
        ("curl http://169.254.169.254/latest/dynamic/instance-identity/document", ["C2H4505"]),
        ("curl -X PUT http://169.254.169.254/latest/api/token", ["C2H4505"]),
        ("yum install -y amazon-cloudwatch-agent", ["C2H4506"]),
        ("systemctl start amazon-ssm-agent", ["C2H4506"]),
        ("amazon-linux-extras install nginx1", ["C2H4507"]),
        ("ec2-metadata --local-ipv4", ["C2H4507"]),
        ("yum install -y aws-cfn-bootstrap", ["C2H4508"]),
        ("pip install https://s3.amazonaws.com/cloudformation-examples/aws-cfn-bootstrap-latest.tar.gz", ["C2H4508"]),
        ("export PATH=$PATH:/opt/aws/apitools", ["C2H4509"]),
        ("curl https://sqs.eu-west-1.amazonaws.com/1/jobs", ["C2H4510"]),
    ],
)
def test_what_a_script_does_with_aws_is_found(script, codes):
    assert found_in(script) == codes


@pytest.mark.parametrize(
    "script",
    [
        "# aws s3 ls",
        "   # yum install aws-cfn-bootstrap",
        "echo the laws of s3",
        "yum install -y awscli",
        "echo /srv/aws/s3",
        "cd my-aws s3",
    ],
)
def test_what_is_harmless_is_not_reported(script):
    assert found_in(script) == []


BLOCK = """\
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-1
      UserData:
        Fn::Base64: !Sub |

          #!/bin/bash
          echo ${AWS::Region}

          aws sqs list-queues --region ${AWS::Region}
          echo ${!HOME}; wget https://s3.amazonaws.com/${AWS::Region}/key
"""


@pytest.mark.parametrize("function", ["Fn::Base64: !Sub |\n", "Fn::Base64:\n         Fn::Sub: |\n", "Fn::Base64: |\n"])
def test_a_finding_in_a_block_has_its_own_line(function):
    text = BLOCK.replace("Fn::Base64: !Sub |\n", function)
    lines = text.splitlines()
    place = dict(boot_findings(convert_text(text).diagnostics))
    assert "aws sqs" in lines[place["C2H4501"] - 1]
    assert "wget" in lines[place["C2H4502"] - 1]


def test_a_finding_in_the_list_form_of_sub_has_its_own_line():
    text = BLOCK.replace("!Sub |\n", "!Sub\n        - |\n") + "        - {X: y}\n"
    place = dict(boot_findings(convert_text(text).diagnostics))
    assert "aws sqs" in text.splitlines()[place["C2H4501"] - 1]


def test_a_finding_in_a_join_has_the_line_of_its_item():
    script = {
        "Fn::Base64": {
            "Fn::Join": ["", ["#!/bin/bash\n", "aws ", "--region ", {"Ref": "AWS::Region"}, " s3 ls\n", "ec2-metadata\n"]]
        }
    }
    text = json.dumps(server(script), indent=1)
    lines = text.splitlines()
    place = dict(boot_findings(convert_text(text).diagnostics))
    assert '"aws "' in lines[place["C2H4501"] - 1]
    assert "ec2-metadata" in lines[place["C2H4507"] - 1]


def test_findings_stand_at_the_resource_in_the_written_template():
    text = next(iter(convert_text(BLOCK).files.values()))
    assert "  # look at: user data calls the AWS CLI or SDK, template.yaml:12\n" in text


def test_base64_text_is_read_decoded_at_its_own_place():
    converted = convert_data(server("IyEvYmluL3NoCmF3cyBzMyBscwo="))
    assert boot_findings(converted.diagnostics) == [("C2H4501", 1)]
    assert written(converted)["resources"]["Web"]["properties"]["user_data"] == "#!/bin/sh\naws s3 ls\n"


def test_what_cfn_init_does_with_aws_is_found():
    init = {"config": {"files": {"/x": {"source": "https://s3.amazonaws.com/bucket/x"}}, "packages": {"yum": {"awslogs": []}}}}
    converted = convert_data(server("IyEvYmluL3NoCg==", Metadata={"AWS::CloudFormation::Init": init}))
    assert [code for code, _ in boot_findings(converted.diagnostics)] == ["C2H4502", "C2H4506"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("IyEvYmluL3No", "#!/bin/sh"), ("#!/bin/sh", "#!/bin/sh"), ("/////w==", "/////w=="), ("IyEv\nYmluL3No", "#!/bin/sh")],
)
def test_base64_is_undone_where_the_source_holds_it(text, expected):
    assert written(convert_data(server(text)))["resources"]["Web"]["properties"]["user_data"] == expected
    assert written(convert_data(server({"Fn::Base64": text})))["resources"]["Web"]["properties"]["user_data"] == text


# ---- cfn-signal ------------------------------------------------------------------------------------------------------

POLICY = {"ResourceSignal": {"Count": 2, "Timeout": "PT15M"}}


def signalling(line: str, **more: Any) -> dict[str, Any]:
    """A template of one server that waits for signals and sends them by a line of its script."""
    return server({"Fn::Base64": {"Fn::Sub": f"#!/bin/bash\n{line}\necho $?\n"}}, **{"CreationPolicy": POLICY, **more})


def script_of(template: dict[str, Any], name: str = "Web") -> str:
    """The text of a server's user data."""
    data = template["resources"][name]["properties"]["user_data"]
    return data if isinstance(data, str) else data["str_replace"]["template"]


STACK = "--stack ${AWS::StackName} --resource Web --region ${AWS::Region}"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"/opt/aws/bin/cfn-signal -e $? {STACK}", "/opt/aws/bin/cfn-signal -e $? '${Web_signal_handle}'"),
        (f"cfn-signal {STACK} --exit-code 0", "cfn-signal --exit-code 0 '${Web_signal_handle}'"),
        ("cfn-signal -s true --resource=Web --stack=${AWS::StackId}", "cfn-signal -s true '${Web_signal_handle}'"),
        (f'cfn-signal -e 1 -r "it is over" {STACK} || true', "cfn-signal -e 1 -r \"it is over\" '${Web_signal_handle}' || true"),
        (
            "cfn-signal -e $? \\\n  --stack ${AWS::StackName} \\\n  --resource Web; ls",
            "cfn-signal -e $? '${Web_signal_handle}'; ls",
        ),
        (f"cfn-signal {STACK} > /log 2>&1", "cfn-signal '${Web_signal_handle}' > /log 2>&1"),
        (f"cfn-signal {STACK} 2>&1", "cfn-signal '${Web_signal_handle}' 2>&1"),
        (f"trap 'cfn-signal -e 1 {STACK}' ERR", "trap 'cfn-signal -e 1 \"${Web_signal_handle}\"' ERR"),
        (f'bash -c "cfn-signal -e 1 {STACK}"', "bash -c \"cfn-signal -e 1 '${Web_signal_handle}'\""),
    ],
)
def test_a_signal_goes_to_the_handle_and_nothing_else_changes(line, expected):
    converted = with_tools(signalling(line))
    assert script_of(written(converted)) == f"#!/bin/bash\n{expected}\necho $?\n"
    assert "C2H4511" not in {found.code for found in converted.diagnostics}


def test_a_server_that_waits_for_signals_has_a_wait_condition_behind_it():
    made = written(with_tools(signalling(f"cfn-signal -e $? {STACK}")))["resources"]
    assert made["Web_signal_handle"] == {"type": "AWS::CloudFormation::WaitConditionHandle"}
    assert made["Web_signal"] == {
        "type": "AWS::CloudFormation::WaitCondition",
        "depends_on": "Web",
        "properties": {"Handle": {"get_resource": "Web_signal_handle"}, "Timeout": 900, "Count": 2},
    }
    params = made["Web"]["properties"]["user_data"]["str_replace"]["params"]
    assert params == {"${Web_signal_handle}": {"get_resource": "Web_signal_handle"}}


def test_who_depends_on_the_server_waits_for_its_signals():
    data = signalling(f"cfn-signal -e $? {STACK}")
    data["Resources"]["After"] = {"Type": "AWS::SQS::Queue", "DependsOn": "Web"}
    assert "Web_signal" in written(with_tools(data))["resources"]["After"]["depends_on"]


@pytest.mark.parametrize(
    "line",
    [
        "cfn-signal -e $? --stack x --resource $NAME",
        "cfn-signal -e $(cat /tmp/code) --stack x --resource Web",
        "cfn-signal --odd 1 --resource Web",
        "cfn-signal.exe -e 0 --stack x --resource Web",
    ],
)
def test_a_signal_that_cannot_be_read_is_an_error_and_nothing_waits_for_it(line):
    converted = with_tools(signalling(line))
    errors = [found for found in converted.diagnostics if found.code == "C2H4511"]
    assert [found.severity.word for found in errors] == ["error"]
    assert set(written(converted)["resources"]) == {"Web"}
    assert script_of(written(converted)) == f"#!/bin/bash\n{line}\necho $?\n"


def test_a_signal_that_nobody_waits_for_is_said():
    converted = with_tools(signalling("cfn-signal -e 0 --stack x --resource Other"))
    assert [found.severity.word for found in converted.diagnostics if found.code == "C2H4511"] == ["warning"]


def test_a_call_with_the_address_of_a_handle_stays_as_it_is():
    data = signalling("cfn-signal -e $? '${Ready}'", CreationPolicy={})
    data["Resources"]["Ready"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    converted = with_tools(data)
    assert script_of(written(converted)) == "#!/bin/bash\ncfn-signal -e $? '${Ready}'\necho $?\n"
    assert "C2H4511" not in {found.code for found in converted.diagnostics}


def test_a_wait_condition_that_is_signalled_by_name_has_its_handle_signalled():
    data = signalling("cfn-signal -e $? --stack x --resource Ready", CreationPolicy={})
    data["Resources"]["Ready"] = {"Type": "AWS::CloudFormation::WaitCondition", "CreationPolicy": POLICY}
    assert "cfn-signal -e $? '${Ready_handle}'\n" in script_of(written(with_tools(data)))


def test_a_condition_may_choose_to_wait_for_nothing():
    data = signalling(f"cfn-signal -e $? {STACK}", CreationPolicy={"ResourceSignal": {"Count": {"Fn::If": ["Quick", 0, 1]}}})
    data["Parameters"] = {"Pace": {"Type": "String", "Default": "slow"}}
    data["Conditions"] = {"Quick": {"Fn::Equals": [{"Ref": "Pace"}, "quick"]}}
    made = written(with_tools(data))
    signal = made["resources"]["Web_signal"]
    assert signal["properties"]["Count"] == 1
    assert made["conditions"][signal["condition"]] == {"not": "Quick"}


def test_signals_of_a_joined_script_are_read_across_its_pieces():
    line = [{"Fn::Sub": ["cfn-signal -e $? --stack ${S}", {"S": {"Ref": "AWS::StackName"}}]}, {"Fn::Sub": " --resource Web\n"}]
    data = server({"Fn::Base64": {"Fn::Join": ["", ["#!/bin/bash\n", *line, {"Ref": "AWS::Region"}]]}}, CreationPolicy=POLICY)
    assert "cfn-signal -e $? '${Web_signal_handle}'\n" in script_of(written(with_tools(data)))


def joined(delimiter: str, *items: Any) -> dict[str, Any]:
    """Items joined."""
    return {"Fn::Join": [delimiter, list(items)]}


def test_signals_of_a_join_inside_a_join_are_read():
    call = joined(" ", "cfn-signal", "-e", "$?", "--resource", "Web", "--stack", {"Ref": "AWS::StackName"})
    data = server({"Fn::Base64": joined("\n", "#!/bin/bash", call, "")}, CreationPolicy=POLICY)
    assert script_of(written(with_tools(data))) == "#!/bin/bash\ncfn-signal -e $? '${Web_signal_handle}'\n"


def test_nothing_waits_for_a_call_that_is_put_together_at_deployment():
    last = {"Fn::If": ["Quick", "Web", {"Ref": "AWS::NoValue"}]}
    call = joined(" ", "cfn-signal", "--stack", {"Ref": "AWS::StackName"}, "--resource", last)
    data = server({"Fn::Base64": joined("\n", "#!/bin/bash", call, "")}, CreationPolicy=POLICY)
    data["Parameters"] = {"Pace": {"Type": "String"}}
    data["Conditions"] = {"Quick": {"Fn::Equals": [{"Ref": "Pace"}, "quick"]}}
    converted = with_tools(data)
    assert set(written(converted)["resources"]) == {"Web"}
    assert "error" in [found.severity.word for found in converted.diagnostics if found.code == "C2H4511"]


def group(script: str, **more: Any) -> dict[str, Any]:
    """A template of a group whose members run a script."""
    launch = {"ImageId": "ami-1", "InstanceType": "t2.micro", "UserData": {"Fn::Base64": script}}
    properties = {"LaunchConfigurationName": {"Ref": "Launch"}, "MinSize": 1, "MaxSize": 2}
    return {
        "Resources": {
            "Launch": {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": launch},
            "Group": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": properties, **more},
        }
    }


def test_members_of_a_group_signal_the_condition_behind_it():
    data = group("#!/bin/sh\ncfn-signal -e $? --stack x --resource Group\n", CreationPolicy=POLICY)
    made = written(with_tools(data))["resources"]
    user_data = made["Group"]["properties"]["resource"]["properties"]["user_data"]["str_replace"]
    assert user_data["template"] == "#!/bin/sh\ncfn-signal -e $? '${Group_signal_handle}'\n"
    assert made["Group_signal"]["depends_on"] == "Group"
    assert made["Group_signal"]["properties"]["Count"] == 2


# ---- cfn-init --------------------------------------------------------------------------------------------------------

INIT = {"AWS::CloudFormation::Init": {"config": {"files": {"/etc/x": {"content": {"Ref": "AWS::StackName"}}}}}}


def test_cfn_init_has_its_metadata_beside_the_script():
    data = server({"Fn::Base64": "#!/bin/sh\ncfn-init -v -s x -r Web --role y -c a,b\n"}, Metadata=INIT)
    converted = with_tools(data)
    web = written(converted)["resources"]["Web"]
    assert web["properties"]["user_data_format"] == "HEAT_CFNTOOLS"
    assert web["properties"]["user_data"] == "#!/bin/sh\ncfn-init -s x -r Web -c a,b\n"
    content = web["metadata"]["AWS::CloudFormation::Init"]["config"]["files"]["/etc/x"]["content"]
    assert content == {"get_param": "OS::stack_name"}
    assert [code for code, _ in boot_findings(converted.diagnostics)] == ["C2H4512"]


def test_signals_of_cfn_init_commands_go_to_the_handle():
    command = "cfn-signal -e 0 --stack x --resource Web"
    init = {"AWS::CloudFormation::Init": {"config": {"commands": {"done": {"command": command}}}}}
    data = server({"Fn::Base64": "#!/bin/sh\ncfn-init -s x -r Web\n"}, Metadata=init, CreationPolicy=POLICY)
    made = written(with_tools(data))["resources"]
    written_command = made["Web"]["metadata"]["AWS::CloudFormation::Init"]["config"]["commands"]["done"]["command"]
    assert written_command["str_replace"]["template"] == "cfn-signal -e 0 '${Web_signal_handle}'"
    assert "Web_signal" in made


def test_members_carry_the_metadata_of_the_group_that_they_read():
    data = group("#!/bin/sh\ncfn-init -s x -r Group\n", Metadata=INIT)
    member = written(with_tools(data))["resources"]["Group"]["properties"]["resource"]
    assert member["properties"]["user_data_format"] == "HEAT_CFNTOOLS"
    assert "AWS::CloudFormation::Init" in member["metadata"]


@pytest.mark.parametrize("script", ["#cloud-config\nruncmd: [cfn-init -s x -r Web]\n", "<script>\ncfn-init.exe -s x -r Web\n"])
def test_cfn_init_outside_a_script_finds_nothing(script):
    converted = with_tools(server({"Fn::Base64": script}, Metadata=INIT))
    assert written(converted)["resources"]["Web"]["properties"]["user_data_format"] == "RAW"
    assert "C2H4513" in {found.code for found in converted.diagnostics}


def test_what_cfn_hup_needs_is_said_where_it_stands():
    files = {"/etc/cfn/cfn-hup.conf": {"content": "[main]\nstack=x\n"}}
    converted = with_tools(
        server({"Fn::Base64": "#!/bin/sh\nls\n"}, Metadata={"AWS::CloudFormation::Init": {"config": {"files": files}}})
    )
    said = [found for found in converted.diagnostics if found.code == "C2H4514"]
    assert "credential-file=/etc/cfn/cfn-credentials" in said[0].advice
    assert [found.subject for found in said] == ["Web.Metadata.AWS::CloudFormation::Init"]


@pytest.mark.parametrize("mode", [0o400, "000400"])
def test_modes_are_texts_for_heat_cfntools(mode):
    files = {"/x": {"content": "x", "mode": mode}}
    converted = with_tools(
        server({"Fn::Base64": "#!/bin/sh\nls\n"}, Metadata={"AWS::CloudFormation::Init": {"config": {"files": files}}})
    )
    metadata = written(converted)["resources"]["Web"]["metadata"]
    assert metadata["AWS::CloudFormation::Init"]["config"]["files"]["/x"]["mode"] == "000400"


def test_cfn_init_that_names_nothing_with_metadata_is_said():
    converted = with_tools(server({"Fn::Base64": "#!/bin/sh\ncfn-init -s x -r Other\n"}))
    assert "C2H4513" in {found.code for found in converted.diagnostics}


def test_calls_in_comments_are_none():
    assert list(calls("# cfn-signal -e 0 --resource Web\n")) == []


@pytest.mark.parametrize("piece", ["A/b+", "/a", "${a", "https://", "a.b-", '"', "cfn-signal -e 1 ", "cfn-init;", "cfn-signal '"])
def test_reading_a_script_takes_time_in_its_length(piece):
    text = piece * (60000 // len(piece)) + " aws 169.254. /opt/aws/ s3 amazon- .amazonaws.com aws-cfn-bootstrap"
    began = perf_counter()
    script = Script(cfn.Scalar(text, NOWHERE))
    findings(script)
    list(calls(script.text))
    assert perf_counter() - began < 1.5


def test_what_is_encoded_inside_a_script_is_so_where_it_is_known_and_said_where_not() -> None:
    pieces = ["#!/bin/sh\necho ", {"Fn::Base64": "known"}, " ", {"Fn::Base64": {"Ref": "Key"}}]
    source = server({"Fn::Base64": {"Fn::Join": ["", pieces]}}) | {"Parameters": {"Key": {"Type": "String"}}}
    converted = convert_data(source)
    assert "echo a25vd24= ${Base64}" in json.dumps(written(converted)["resources"]["Web"])
    assert [one.subject for one in converted.diagnostics if one.code == "C2H4516"] == ["Web.Properties.UserData"]
    assert converted.translation is not None
    assert {one.fate.value for one in converted.translation.ledger.entries if "UserData" in one.path} == {"adapted"}
