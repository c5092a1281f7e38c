"""cfn2heat site on the command line, against a cloud that is a record."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import cfn2heat.deploy.preflight
import cfn2heat.deploy.survey
from cfn2heat.cli import site as command
from cfn2heat.deploy.cloud import CloudError
from cfn2heat.deploy.survey import Survey, Thing

SOURCE = """\
Parameters:
  Key: {Type: AWS::EC2::KeyPair::KeyName}
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/service/debian/release/12/latest/amd64}
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties: {InstanceType: m5.large, ImageId: !Ref Image, KeyName: !Ref Key}
"""
CLOUD = Survey(
    things={
        "nova.flavor": [Thing("f2", "m1.large", {"vcpus": 4, "ram": 8192, "disk": 80})],
        "glance.image": [Thing("i1", "debian-12", {"os_distro": "debian", "os_version": "12"})],
        "nova.keypair": [Thing("gardener", "gardener")],
        "neutron.network": [
            Thing("n1", "shared", {"is_router_external": False, "is_shared": True, "is_default": None, "subnet_ids": ["s1"]})
        ],
    },
    versions=("2021-04-16",),
    user={"roles": ["member"], "domain": "Default", "project": "garden"},
    unread={"trove.datastore": "the cloud has no such service", "designate.zone": "this user may not ask"},
)


@pytest.fixture
def cloud(monkeypatch):
    """What was asked of the cloud, which answers with the record."""
    asked = []

    def survey(*wishes):
        asked.append(wishes[1:])
        return CLOUD

    monkeypatch.setattr(command, "connect", lambda os_cloud: object())
    monkeypatch.setattr(cfn2heat.deploy.survey, "survey", survey)
    monkeypatch.setattr(cfn2heat.deploy.preflight, "survey", survey)
    return asked


def run(*arguments):
    return CliRunner().invoke(command.site, [str(argument) for argument in arguments])


@pytest.fixture
def source(tmp_path: Path):
    path = tmp_path / "web.yaml"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def site_of(tmp_path, source):
    path = tmp_path / "site.yaml"
    assert run("init", "--template", source, "-o", path).exit_code == 0
    return path


def test_init_for_a_template_lists_what_it_asks_for(cloud, source):
    done = run("init", "--template", source)
    assert done.exit_code == 0
    assert done.stdout.startswith(
        "# The target cloud, as its project garden sees it. What stands behind # is for you to decide.\n"
        "# It holds what web.yaml asks for.\n"
        "# This could not be read: designate.zone (this user may not ask).\n"
    )
    assert "\ndefault_network: shared\n" in done.stdout
    assert "\n  m5.large: m1.large  # 2 vCPU, 8 GiB -> 4 vCPU, 8 GiB\n" in done.stdout
    assert "\n  /aws/service/debian/release/12/latest/amd64: debian-12  # Debian 12\n" in done.stdout
    assert "volume_types" not in done.stdout


def test_init_writes_a_file_and_never_over_one(cloud, source, tmp_path):
    path = site_of(tmp_path, source)
    text = path.read_text(encoding="utf-8")
    again = run("init", "-o", path)
    assert again.exit_code == 2
    assert "exists" in again.stderr
    assert path.read_text(encoding="utf-8") == text


def test_init_says_what_is_wrong_with_a_template(cloud, tmp_path):
    path = tmp_path / "odd.yaml"
    path.write_text("a: [", encoding="utf-8")
    done = run("init", "--template", path)
    assert done.exit_code == 3
    assert "odd.yaml" in done.stderr
    assert cloud == []


def test_check_finds_nothing(cloud, source, tmp_path):
    done = run("check", source, "--site", site_of(tmp_path, source), "--parameter", "Key=gardener")
    assert (done.exit_code, done.stdout) == (0, "1 template: nothing lacks\n")
    kinds, quotas, types = cloud[-1]
    assert kinds == {"nova.flavor", "glance.image", "nova.keypair", "neutron.network"}
    assert quotas == {"compute", "network"}
    assert types == {"OS::Nova::Server"}


def test_check_finds_what_lacks_with_its_place(cloud, source):
    done = run(
        "check", source, "--parameter", "Key=nobody", "--parameter", "Image=debian-12", "--parameter", "default_network=shared"
    )
    assert done.exit_code == 1
    assert done.stdout == "1 template: 2 things lacking\n"
    assert f"{source}:7:" not in done.stderr  # a resource stands where its name does
    assert f"{source}:5:3: error C2H6503 Web.flavor: The cloud has no flavor m5.large." in done.stderr
    assert "error C2H6503 Key: The cloud has no key pair nobody. Web.key_name names it, too." in done.stderr


def test_check_reads_values_from_an_environment(cloud, source, tmp_path):
    environment = tmp_path / "web.env.yaml"
    environment.write_text("parameters: {Key: nobody}", encoding="utf-8")
    site = site_of(tmp_path, source)
    assert run("check", source, "--site", site, "-e", environment).exit_code == 1
    assert run("check", source, "--site", site, "-e", environment, "--parameter", "Key=gardener").exit_code == 0


def test_check_for_programs(cloud, tmp_path):
    hot = tmp_path / "key.yaml"
    hot.write_text(
        "heat_template_version: 2021-04-16\nresources:\n  Web: {type: OS::Nova::Server, properties: {flavor: m1.huge}}\n",
        encoding="utf-8",
    )
    done = run("check", hot, "--format", "json")
    finding, end = map(json.loads, done.stdout.splitlines())
    assert (finding["code"], finding["subject"], finding["line"]) == ("C2H6503", "Web.flavor", 3)
    assert (end["kind"], end["lacks"]) == ("end", 1)


def test_a_cloud_that_cannot_be_reached(monkeypatch, source):
    def refuse(os_cloud):
        raise CloudError("C2H6003", "cloud", "no answer")

    monkeypatch.setattr(command, "connect", refuse)
    assert run("check", source).exit_code == 5
    assert run("init").exit_code == 5


def test_a_secret_is_not_shown(cloud, tmp_path):
    """A hidden parameter may name a thing; that it is not there is said without its value."""
    parameter = "{type: string, hidden: true, constraints: [{custom_constraint: nova.keypair}]}"
    hot = tmp_path / "key.yaml"
    hot.write_text(f"heat_template_version: 2021-04-16\nparameters: {{Key: {parameter}}}\nresources: {{}}\n", encoding="utf-8")
    done = run("check", hot, "--parameter", "Key=hush-hush")
    assert done.exit_code == 1
    assert "C2H6503 Key" in done.stderr
    assert "hush" not in done.output
