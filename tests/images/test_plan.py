"""cfn2heat images plan: every image that a template names, with its users, judged; no tools are needed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from cfn2heat.cfn.reader import read_template
from cfn2heat.cli.main import cli
from cfn2heat.images.wanted import Reference, judge, write_plan
from cfn2heat.report.amis import find_images

FOLDER = Path(__file__).parent.parent / "fixtures" / "images" / "plan"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["images", "plan", *map(str, arguments)])


def test_the_plan_of_every_way_to_name_an_image(tmp_path, monkeypatch, update_golden):
    monkeypatch.chdir(FOLDER)
    result = call("fleet.yaml", "-o", tmp_path / "plan.yaml")
    assert result.exit_code == 0, result.output
    written = (tmp_path / "plan.yaml").read_text()
    golden = FOLDER / "expected.plan.yaml"
    if update_golden:
        golden.write_text(written)
    assert written == golden.read_text()
    assert "hunter2" not in written + result.output


def test_the_plan_reads_back_as_what_programs_get(tmp_path, monkeypatch):
    monkeypatch.chdir(FOLDER)
    call("fleet.yaml", "-o", tmp_path / "plan.yaml")
    edited = yaml.safe_load((tmp_path / "plan.yaml").read_text())
    data = json.loads(CliRunner().invoke(cli, ["images", "plan", "fleet.yaml", "--format", "json"]).stdout)
    assert edited["version"] == data["version"] == 1
    same = ("name", "kind", "ids", "used_by")
    assert [[one[key] for key in same] for one in edited["images"]] == [[one[key] for key in same] for one in data["images"]]


def test_each_ami_of_the_template_is_in_the_plan():
    """Nothing is lost: every identifier of the fixture appears, but for the one in a script."""
    text = (FOLDER / "fleet.yaml").read_text()
    listed = {name for found in find_images(read_template(text)) for _, name in found.ids}
    assert listed >= set(re.findall(r"ami-[0-9a-f]{17}", text))
    assert not any("zzz1" in name for name in listed)


def test_a_plan_is_never_overwritten(tmp_path):
    place = tmp_path / "plan.yaml"
    place.write_text("edited")
    result = call(FOLDER / "fleet.yaml", "-o", place)
    assert result.exit_code == 2
    assert "may hold your decisions" in result.output
    assert place.read_text() == "edited"


def test_a_template_that_cannot_be_read_keeps_no_other_from_the_plan(tmp_path):
    (tmp_path / "bad.yaml").write_text("Resources: [")
    result = call(tmp_path / "bad.yaml", FOLDER / "fleet.yaml", "--format", "json")
    assert result.exit_code == 3
    assert len(json.loads(result.stdout)["images"]) > 8
    assert "bad.yaml:2:1: error C2H1007" in result.stderr


def test_an_image_in_two_templates_is_one(tmp_path):
    text = '{"Resources": {"Web": {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-0000000000000aaa1"}}}}'
    for name in ("one.json", "two.json"):
        (tmp_path / name).write_text(text)
    (image,) = json.loads(call(tmp_path, "--format", "json").stdout)["images"]
    assert [Path(place.split(" ")[0]).name for place in image["used_by"]] == ["one.json:1", "two.json:1"]


def test_no_images_make_a_plan_that_reads(tmp_path):
    assert yaml.safe_load(write_plan([], ["x.yaml"]))["images"] == []


@pytest.mark.parametrize(
    ("name", "kind", "system"),
    [
        ("/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2", "public", "Amazon Linux 2"),
        ("/aws/service/ami-amazon-linux-latest/amzn-ami-hvm-x86_64-gp2", "public", "Amazon Linux 1"),
        ("/aws/service/ami-windows-latest/Windows_Server-2016-English-Full-Base", "public", "Windows Server 2016"),
        (
            "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-SQL_2022_Web",
            "public",
            "Windows Server with SQL Server",
        ),
        ("/aws/service/canonical/ubuntu/server/20.04/stable/current/arm64/hvm/ebs-gp2/ami-id", "public", "Ubuntu 20.04"),
        (
            "/aws/service/canonical/ubuntu/eks-pro/22.04/1.29/stable/current/amd64/hvm/ebs-gp2/ami-id",
            "public",
            "Ubuntu for EKS nodes",
        ),
        ("/aws/service/debian/release/10/latest/amd64", "public", "Debian 10"),
        ("/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id", "public", "Amazon Linux with the ECS agent"),
        ("/aws/service/marketplace/prod-abcdefghijklm/1.2", "vendor", "a product of the AWS Marketplace"),
        ("/golden/web", "pet", ""),
        ("/aws/service/global-infrastructure/regions", "pet", ""),
    ],
)
def test_ssm_parameters_tell_what_they_name(name, kind, system):
    (one,) = judge([Reference(name, (("", name),))])
    assert (one.kind, one.system) == (kind, system)


@pytest.mark.parametrize(
    ("words", "kind", "system"),
    [
        ("AWSAMIRegionMap.WS2012R2", "public", "Windows Server 2012r2"),
        ("RegionMap.RHEL9", "public", "RHEL 9"),
        ("Map.US2004HVM", "public", "Ubuntu 2004"),
        ("AWSRegionAMIEC2.Ubuntu16.04", "public", "Ubuntu 16.04"),
        ("RegionMap.CentOS9", "public", "CentOS 9"),
        ("RegionMap.SLES15SP5", "public", "SUSE Linux Enterprise Server"),
        ("AWSRegionArch2AMI.HVM64", "public", "Amazon Linux"),
        ("BigipRegionMap.Good25Mbps", "vendor", "F5 BIG-IP"),
        ("RegionMap.fgtbyolami", "vendor", "a Fortinet appliance"),
        ("RegionMap.AMI", "pet", ""),
        ("Shop.Win", "pet", ""),
    ],
)
def test_words_tell_it_as_a_guess(words, kind, system):
    (one,) = judge([Reference(words, (("eu-west-1", "ami-0000000000000aaa1"),))])
    assert (one.kind, one.system) == (kind, system)
    assert ("guess" in one.because) == (kind != "pet")
