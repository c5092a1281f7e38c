"""The imitated cloud, a template, and a way to call the command that lets no secret through."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cfn2heat.cli.main import cli
from cfn2heat.deploy import deploying, follow, patience
from tests.deploy.imitation import PASSWORD, Imitation

SECRET = "open-sesame-42"
HOT = """\
heat_template_version: 2021-04-16
parameters:
  Secret: {type: string, hidden: true}
  Size: {type: number, default: 2}
resources:
  # AWS::SSM::Parameter, garden.yaml:12
  Word:
    type: OS::Heat::Value
    properties: {value: {get_param: Secret}}
  Count:
    type: OS::Heat::Value
    properties: {value: {get_param: Size}}
outputs:
  Told: {value: {get_param: Secret}}
  Size: {value: {get_param: Size}}
"""
CFN = """\
Parameters:
  Secret: {Type: String, NoEcho: true}
Resources:
  Garden:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 192.0.2.0/24}
  Bed:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Garden, CidrBlock: 192.0.2.0/25}
Outputs:
  Net: {Value: !Ref Garden}
"""


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Imitation]:
    """A cloud that is named `there`, and no patience with it that takes long."""
    for name in ("OS_CLOUD", "OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_NAME", "OS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    imitation = Imitation()
    auth = {
        "auth_url": f"{imitation.url}/identity/v3",
        "username": "ann",
        "password": PASSWORD,
        "project_name": "shop",
        "user_domain_name": "Default",
        "project_domain_name": "Default",
    }
    (tmp_path / "clouds.yaml").write_text(f"clouds: {{there: {{auth: {auth}, region_name: R, api_timeout: 1}}}}")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    monkeypatch.setenv("CFN2HEAT_PARAM_Secret", SECRET)
    monkeypatch.setattr(follow, "PAUSES", (0.01,))
    monkeypatch.setattr(patience, "PAUSE", 0.001)
    monkeypatch.setattr(deploying, "PAUSE", 0.001)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "garden.yaml").write_text(CFN)
    (tmp_path / "garden.hot.yaml").write_text(HOT)
    yield imitation
    imitation.stop()


class Caller:
    """Calls the command with every log on; whatever it says, no secret and no token is in it."""

    def __init__(self, cloud: Imitation, caplog: pytest.LogCaptureFixture) -> None:
        self.cloud, self.caplog = cloud, caplog

    def __call__(self, *arguments: str, input: str | None = None, **more: Any) -> Result:
        with self.caplog.at_level(logging.DEBUG):
            result = CliRunner().invoke(cli, [*arguments, "--os-cloud", "there", "-v"], input=input, **more)
        for secret in (SECRET, PASSWORD, *self.cloud.issued):
            assert secret not in result.output
            assert secret not in self.caplog.text
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result


@pytest.fixture
def call(cloud: Imitation, caplog: pytest.LogCaptureFixture) -> Iterator[Caller]:
    """The command."""
    yield Caller(cloud, caplog)
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logging.getLogger(name).handlers.clear()
