"""Boot: what scripts do with AWS is found where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cfn2heat.diagnostics import Diagnostic
from tests.translating import convert_data, convert_text, written


def server(user_data: Any, **more: Any) -> dict[str, Any]:
    """A template of one server."""
    web = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-1", "UserData": user_data}, **more}
    return {"Resources": {"Web": web}}


def boot_findings(diagnostics: list[Diagnostic]) -> list[tuple[str, int]]:
    """Codes of boot findings with their lines."""
    return [(found.code, found.span.line) for found in diagnostics if found.code.startswith("C2H45")]


def found_in(script: str) -> list[str]:
    """Codes that a script gives."""
    converted = convert_data(server({"Fn::Base64": f"#!/bin/bash\n{script}\n"}))
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
