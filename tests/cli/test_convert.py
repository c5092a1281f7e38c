"""cfn2heat convert as a user meets it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
import yaml

from cfn2heat.cli import start
from cfn2heat.cli.convert import VERSIONS
from tests.translating import FIXTURES, ROOT, load_hot

BAD = FIXTURES / "bad"
EXPECTED: dict[str, Any] = yaml.safe_load((BAD / "expected.yaml").read_text(encoding="utf-8"))
LOST = {"sam-broken.yaml": 1}
"""Reading finds no error in these; translating loses something."""
SCHEMA = json.loads((ROOT / "cfn2heat" / "report" / "report.schema.json").read_text(encoding="utf-8"))

VPC = {"Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
LAMBDA = {
    "Job": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.12", "Role": "r", "Code": {"ZipFile": "x"}}}
}
GROUP = {
    "Config": {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": {"ImageId": "ami-1", "InstanceType": "t3.small"}},
    "Group": {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Properties": {
            "LaunchConfigurationName": {"Ref": "Config"},
            "MinSize": "1",
            "MaxSize": "3",
            "AvailabilityZones": ["eu-west-1a"],
            "TargetGroupARNs": [{"Ref": "Targets"}],
        },
    },
    "Targets": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": 80, "Protocol": "HTTP", "VpcId": "v"}},
}


class Said(NamedTuple):
    """What a call left behind."""

    status: int
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        """The codes on stderr, in order."""
        return [word for line in self.err.splitlines() for word in line.split() if word.startswith("C2H")]


Command = Callable[..., Said]


@pytest.fixture
def cfn2heat(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """The command, in this process: what it says and its exit status."""

    def call(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["cfn2heat", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            start.run()
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return Said(int(ended.value.code or 0), out, err)

    return call


def process(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "cfn2heat", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run(
        command, check=False, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=60, **options
    )


def template(path: Path, resources: dict[str, Any], **sections: Any) -> Path:
    """Write a template."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**sections, "Resources": resources}), encoding="utf-8")
    return path


def stack(*names: str) -> dict[str, Any]:
    """Resources that are nested stacks."""
    return {
        f"Stack{index}": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": f"https://s3.amazonaws.com/b/{name}"},
        }
        for index, name in enumerate(names)
    }


def names(folder: Path) -> list[str]:
    """The files in a folder."""
    return sorted(path.name for path in folder.iterdir())


# ---- where it is written ---------------------------------------------------------------------------------------------


def test_a_template_goes_to_standard_output_and_what_is_said_of_it_to_the_other(tmp_path: Path) -> None:
    source = template(tmp_path / "a.json", {**VPC, **LAMBDA})
    done = process("convert", source)
    assert done.returncode == 1
    assert "Net" in load_hot(done.stdout)["resources"]
    assert done.stderr.startswith(f"{source}:1:")
    assert "Traceback" not in done.stderr
    assert names(tmp_path) == ["a.json"]


def test_output_is_utf_8_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    source = template(tmp_path / "a.json", VPC, Description="Zürich – 東京")
    done = process("convert", source, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 0
    assert load_hot(done.stdout)["description"] == "Zürich – 東京"


def test_one_file_with_what_belongs_to_it_beside_it(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(tmp_path / "a.json", GROUP)
    out = tmp_path / "deep" / "out" / "web.hot.yaml"
    said = cfn2heat("convert", source, "-o", out)
    assert said.out == ""
    written = names(out.parent)
    assert "web.hot.yaml" in written
    assert "web.hot.env.yaml" in written
    members = {name for name in written if "env" not in name} - {"web.hot.yaml"}
    assert members
    assert all(name in out.read_text(encoding="utf-8") for name in members)


def test_a_dash_is_standard_output(tmp_path: Path, cfn2heat: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = cfn2heat("convert", template(tmp_path / "a.json", VPC), "-o", "-")
    assert "Net" in load_hot(said.out)["resources"]
    assert names(tmp_path) == ["a.json"]


def test_a_device_stays_a_device(tmp_path: Path, cfn2heat: Command) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    said = cfn2heat("convert", template(tmp_path / "a.json", VPC), "-o", pipe)
    assert said.status == 0
    assert pipe.is_fifo()
    assert "Net" in load_hot(os.read(reader, 1 << 16).decode())["resources"]
    os.close(reader)


def test_a_link_is_written_through(tmp_path: Path, cfn2heat: Command) -> None:
    real = tmp_path / "real.yaml"
    real.write_text("old", encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to(real)
    assert cfn2heat("convert", template(tmp_path / "a.json", VPC), "-o", tmp_path / "link.yaml").status == 0
    assert (tmp_path / "link.yaml").is_symlink()
    assert "Net" in load_hot(real.read_text(encoding="utf-8"))["resources"]


def test_standard_output_lacks_nested_files_and_says_so(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(tmp_path / "a.json", GROUP)
    said = cfn2heat("convert", source)
    assert "C2H5301" in said.codes
    assert "-d DIR" in said.err
    template(tmp_path / "child.json", VPC)
    said = cfn2heat("convert", template(tmp_path / "b.json", stack("child.json")))
    assert "child.yaml" in next(line for line in said.err.splitlines() if "C2H5301" in line)
    assert "Stack0" in load_hot(said.out)["resources"]
    assert "C2H5301" not in cfn2heat("convert", source, "-d", tmp_path / "out").codes
    assert "C2H5301" not in cfn2heat("convert", template(tmp_path / "c.json", VPC)).codes


def test_a_folder_is_walked(tmp_path: Path, cfn2heat: Command) -> None:
    template(tmp_path / "in" / "b.json", VPC)
    template(tmp_path / "in" / "deep" / "a.template", VPC)
    template(tmp_path / "in" / ".git" / "hidden.json", VPC)
    template(tmp_path / "elsewhere.json", VPC)
    (tmp_path / "in" / "out-of-it.json").symlink_to(tmp_path / "elsewhere.json")
    (tmp_path / "in" / "README.md").write_text("no template", encoding="utf-8")
    report = tmp_path / "report.json"
    assert cfn2heat("convert", tmp_path / "in", "-d", tmp_path / "out", "--report", report).status == 0
    assert [name for name in names(tmp_path / "out") if "env" not in name] == ["a.yaml", "b.yaml"]
    paths = [Path(one["path"]).name for one in json.loads(report.read_text(encoding="utf-8"))["templates"]]
    assert paths == ["b.json", "a.template"]


def test_what_was_written_is_not_read_again(tmp_path: Path, cfn2heat: Command) -> None:
    template(tmp_path / "a.json", VPC)
    assert cfn2heat("convert", tmp_path, "-d", tmp_path / "heat").status == 0
    before = names(tmp_path / "heat")
    assert cfn2heat("convert", tmp_path, "-d", tmp_path / "heat").status == 0
    assert names(tmp_path / "heat") == before
    assert cfn2heat("convert", tmp_path, "-d", tmp_path).status == 2


def test_a_template_is_never_overwritten(tmp_path: Path, cfn2heat: Command) -> None:
    source = tmp_path / "a.yaml"
    template(source, VPC)
    before = source.read_text(encoding="utf-8")
    for target in (("-o", source), ("-d", tmp_path), ("-o", tmp_path / "o.yaml", "--report", source)):
        said = cfn2heat("convert", source, *target)
        assert said.status == 2
        assert "choose another place" in said.err
    assert source.read_text(encoding="utf-8") == before
    assert names(tmp_path) == ["a.yaml"]


def test_nothing_is_written_twice_over_itself(tmp_path: Path, cfn2heat: Command) -> None:
    out = tmp_path / "o.yaml"
    said = cfn2heat("convert", template(tmp_path / "a.json", VPC), "-o", out, "--report", out)
    assert said.status == 2
    assert not out.exists()


def test_the_same_template_twice_is_one(tmp_path: Path, cfn2heat: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    source = template(tmp_path / "a.json", VPC)
    monkeypatch.chdir(tmp_path)
    report = tmp_path / "report.json"
    assert cfn2heat("convert", source, "a.json", tmp_path / "." / "a.json", "--report", report).status == 0
    assert len(json.loads(report.read_text(encoding="utf-8"))["templates"]) == 1


def test_templates_of_one_name_get_names_of_their_own(tmp_path: Path, cfn2heat: Command) -> None:
    first, second = template(tmp_path / "a.json", {"One": VPC["Net"]}), template(tmp_path / "a.yaml", {"Two": VPC["Net"]})
    out = tmp_path / "out"
    assert cfn2heat("convert", first, second, "-d", out).status == 0
    assert next(iter(load_hot((out / "a.yaml").read_text(encoding="utf-8"))["resources"])) == "One"
    assert next(iter(load_hot((out / "a-2.yaml").read_text(encoding="utf-8"))["resources"])) == "Two"


@pytest.mark.parametrize("later", ["group", "member"])
def test_a_file_of_one_template_never_takes_the_name_of_another(tmp_path: Path, cfn2heat: Command, later: str) -> None:
    group = template(tmp_path / "web.json", GROUP)
    cfn2heat("convert", group, "-d", tmp_path / "alone")
    (member,) = [name for name in names(tmp_path / "alone") if name not in ("web.yaml", "web.env.yaml")]
    other = template(tmp_path / f"{Path(member).stem}.json", VPC)
    environment = template(tmp_path / "web.env.json", VPC)
    order = [group, other, environment] if later == "member" else [environment, other, group]
    report = tmp_path / "report.json"
    cfn2heat("convert", *order, "-d", tmp_path / "out", "--report", report)
    outputs = [name for one in json.loads(report.read_text(encoding="utf-8"))["templates"] for name in one["outputs"]]
    assert len(outputs) == len(set(outputs))
    assert names(tmp_path / "out") == sorted(outputs)
    for name in outputs:
        resources = load_hot((tmp_path / "out" / name).read_text(encoding="utf-8")).get("resources", {})
        for resource in resources.values():
            nested = [word for word in json.dumps(resource).split('"') if word.endswith(".yaml")]
            assert all(word in outputs for word in nested)


@pytest.mark.parametrize("name", [b"caf\xe9.json", b"a b.json", b"new\nline.json", b"-x.json", b".json.json", b"{{ x }}.json"])
def test_names_of_files_may_be_strange(tmp_path: Path, cfn2heat: Command, name: bytes) -> None:
    source = template(Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))), {**GROUP, **LAMBDA})
    said = cfn2heat("convert", "-d", tmp_path / "out", "--report", tmp_path / "report.json", "--", source)
    assert said.status == 1
    assert all(load_hot(path.read_text(encoding="utf-8")) for path in (tmp_path / "out").iterdir())
    assert all(line.startswith(str(tmp_path)) for line in said.err.splitlines())


# ---- nested stacks ---------------------------------------------------------------------------------------------------


def test_a_nested_template_that_several_share_is_converted_once(tmp_path: Path, cfn2heat: Command) -> None:
    template(tmp_path / "in" / "one.json", stack("child.json", "child.json"))
    template(tmp_path / "in" / "two.json", stack("child.json"))
    template(tmp_path / "in" / "child.json", VPC)
    report, out = tmp_path / "report.json", tmp_path / "out"
    assert cfn2heat("convert", tmp_path / "in", "-d", out, "--report", report).status == 0
    assert [name for name in names(out) if "env" not in name] == ["child.yaml", "one.yaml", "two.yaml"]
    assert len(json.loads(report.read_text(encoding="utf-8"))["templates"]) == 3
    for parent in ("one.yaml", "two.yaml"):
        assert load_hot((out / parent).read_text(encoding="utf-8"))["resources"]["Stack0"]["type"] == "child.yaml"


def test_nested_templates_are_looked_for_in_the_given_folder_only(tmp_path: Path, cfn2heat: Command) -> None:
    parent = template(tmp_path / "in" / "parent.json", stack("deep/child.json"))
    template(tmp_path / "library" / "deep" / "child.json", VPC)
    out = tmp_path / "out"
    cfn2heat("convert", parent, "-d", out)
    assert "resources: {}" in (out / "child.yaml").read_text(encoding="utf-8")
    report = tmp_path / "report.json"
    assert cfn2heat("convert", parent, "-d", out, "--template-dir", tmp_path / "library", "--report", report).status == 0
    assert "resources: {}" not in (out / "child.yaml").read_text(encoding="utf-8")
    assert [Path(one["path"]).name for one in json.loads(report.read_text(encoding="utf-8"))["templates"]] == [
        "parent.json",
        "child.json",
    ]
    assert cfn2heat("convert", parent, "-d", out, "--template-dir", tmp_path / "nowhere").status == 2


def test_circles_of_stacks_are_refused(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(tmp_path / "one.json", stack("two.json"))
    template(tmp_path / "two.json", stack("one.json"))
    said = cfn2heat("convert", source, "-d", tmp_path / "out")
    assert said.status == 3
    assert "C2H1301" in said.codes
    template(tmp_path / "self.json", stack("self.json"))
    assert "C2H1301" in cfn2heat("convert", tmp_path / "self.json").codes


# ---- options ---------------------------------------------------------------------------------------------------------


def test_the_report_holds_against_its_schema(tmp_path: Path, cfn2heat: Command) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    report = tmp_path / "report.json"
    template(tmp_path / "in" / "a.json", {**GROUP, **LAMBDA, **stack("b.json")})
    template(tmp_path / "in" / "b.json", VPC)
    (tmp_path / "in" / "c.yaml").write_text("- 1\n", encoding="utf-8")
    assert cfn2heat("convert", tmp_path / "in", "-d", tmp_path / "out", "--report", report).status == 3
    data = json.loads(report.read_text(encoding="utf-8"))
    jsonschema.validate(data, SCHEMA)
    first, nested, failed = data["templates"]
    assert [Path(one["path"]).name for one in data["templates"]] == ["a.json", "b.json", "c.yaml"]
    assert first["outputs"][0] == "a.yaml"
    assert set(first["outputs"] + nested["outputs"]) == set(names(tmp_path / "out"))
    assert (failed["status"], failed["outputs"], failed["diagnostics"][0]["code"]) == ("failed", [], "C2H1020")
    fates = {one["id"]: (one["fate"], one["grade"]) for one in first["resources"]}
    assert fates["Job"] == ("dropped", "none")
    absorbed = next(one for one in first["resources"] if one["id"] == "Config")
    assert absorbed["emits"]
    assert all(one["leaves"]["unknown"] == 0 for one in first["resources"])


def test_a_site_file_fills_the_environment(tmp_path: Path, cfn2heat: Command) -> None:
    server = {"Web": {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-1", "InstanceType": "t3.small"}}}
    site = tmp_path / "site.yaml"
    site.write_text("flavors: {t3.small: m1.small}\n", encoding="utf-8")
    source, out = template(tmp_path / "a.json", server), tmp_path / "out"
    assert cfn2heat("convert", source, "-d", out, "--site", site).status == 0
    assert "m1.small" in (out / "a.yaml").read_text(encoding="utf-8") + (out / "a.env.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["[1]", "{flavours: {}}", "{a: b", "\xff", "&a b: *a"])
def test_a_bad_site_file_is_wrong_usage(tmp_path: Path, cfn2heat: Command, text: str) -> None:
    (tmp_path / "site.yaml").write_text(text, encoding="latin-1")
    said = cfn2heat("convert", template(tmp_path / "a.json", VPC), "--site", tmp_path / "site.yaml")
    assert said.status == 2
    assert len(said.err.splitlines()) == 1
    assert said.codes[0].startswith("C2H51")


def test_a_missing_site_file_or_mapping_folder_is_wrong_usage(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(tmp_path / "a.json", VPC)
    for option, code in (("--site", "C2H5101"), ("--mappings", "C2H5004")):
        said = cfn2heat("convert", source, option, tmp_path / "nowhere")
        assert (said.status, said.codes[:1]) == (2, [code])


def test_own_mappings_lie_over_ours(tmp_path: Path, cfn2heat: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "mappings" / "own"
    folder.mkdir(parents=True)
    text = (ROOT / "mappings" / "ec2" / "placement_group.yaml").read_text(encoding="utf-8")
    (folder / "placement_group.yaml").write_text(text.replace("OS::Nova::ServerGroup", "OS::Heat::None"), encoding="utf-8")
    source = template(tmp_path / "a.json", {"Near": {"Type": "AWS::EC2::PlacementGroup", "Properties": {"Strategy": "spread"}}})
    assert "OS::Nova::ServerGroup" in cfn2heat("convert", source).out
    said = cfn2heat("convert", source, "--mappings", tmp_path / "mappings")
    assert said.status in (0, 2), said.err
    assert "OS::Nova::ServerGroup" not in said.out


def test_the_region_folds_mappings_away(tmp_path: Path, cfn2heat: Command) -> None:
    picked = {"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Size"]}
    source = template(
        tmp_path / "a.json",
        {"Disk": {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": "a", "Size": picked}}},
        Mappings={"Sizes": {"eu-west-1": {"Size": "111"}, "us-east-1": {"Size": "222"}}},
    )
    assert "222" in cfn2heat("convert", source).out
    folded = cfn2heat("convert", source, "--region", "eu-west-1").out
    assert "111" in folded
    assert "222" not in folded


def test_parameters_go_into_loops_and_the_environment(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(
        tmp_path / "a.json",
        {"Fn::ForEach::Nets": ["Name", {"Ref": "Names"}, {"Net${Name}": VPC["Net"]}]},
        Transform="AWS::LanguageExtensions",
        Parameters={"Names": {"Type": "CommaDelimitedList"}, "Size": {"Type": "String"}},
    )
    out = tmp_path / "out"
    assert cfn2heat("convert", source, "-d", out, "--parameter", "Names=A,B", "--parameter", "Size=a=b: #c").status == 0
    assert {"NetA", "NetB"} <= set(load_hot((out / "a.yaml").read_text(encoding="utf-8"))["resources"])
    assert load_hot((out / "a.env.yaml").read_text(encoding="utf-8"))["parameters"] == {"Names": "A,B", "Size": "a=b: #c"}


@pytest.mark.parametrize("given", ["Name", "=x", ""])
def test_a_parameter_without_name_or_value_is_wrong_usage(tmp_path: Path, cfn2heat: Command, given: str) -> None:
    assert cfn2heat("convert", template(tmp_path / "a.json", VPC), "--parameter", given).status == 2


def test_a_value_for_no_parameter_is_said(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(tmp_path / "a.json", VPC, Parameters={"Size": {"Type": "String", "Default": "x"}})
    assert "C2H5302" in cfn2heat("convert", source, "--parameter", "size=y").codes
    assert "C2H5302" not in cfn2heat("convert", source, "--parameter", "Size=y").codes


def test_a_placeholder_is_renewed_but_goes_over_nothing_that_somebody_made(tmp_path: Path, cfn2heat: Command) -> None:
    out = tmp_path / "out"
    source = template(tmp_path / "a.json", stack("web.json"))
    said = cfn2heat("convert", source, "-d", out)
    assert (said.status, said.codes) == (1, ["C2H3008"])
    placeholder = out / "web.yaml"
    placeholder.write_text(placeholder.read_text(encoding="utf-8") + "# a word of mine\n", encoding="utf-8")
    assert "C2H5303" not in cfn2heat("convert", source, "-d", out).codes
    assert "a word of mine" not in placeholder.read_text(encoding="utf-8")
    filled = "heat_template_version: 2021-04-16\nresources:\n  Net: {type: OS::Neutron::Net}\n"
    placeholder.write_text(filled, encoding="utf-8")
    said = cfn2heat("convert", source, "-d", out, "--report", tmp_path / "report.json")
    assert (said.status, "C2H5303" in said.codes) == (1, True)
    assert placeholder.read_text(encoding="utf-8") == filled
    assert "C2H5303" in (tmp_path / "report.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_version_is_chosen(tmp_path: Path, cfn2heat: Command, version: str) -> None:
    said = cfn2heat("convert", template(tmp_path / "a.json", VPC), "--heat-version", version)
    assert load_hot(said.out)["heat_template_version"] == version


def test_unknown_versions_and_options_are_wrong_usage(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(tmp_path / "a.json", VPC)
    for wrong in (["--heat-version", "2013-05-23"], ["--colour"], ["-o", "a", "-d", "b"], ["--ignore", "C2H9999"]):
        said = cfn2heat("convert", source, *wrong)
        assert said.status == 2
        assert "Usage: cfn2heat convert" in said.err
    assert cfn2heat("convert").status == 2
    assert cfn2heat("translate").status == 2


def test_strict_ignore_and_quiet(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(tmp_path / "a.json", VPC, Parameters={"Size": {"Type": "String", "Default": "x"}})
    warned = ("convert", source, "--parameter", "No=1")
    assert cfn2heat(*warned).status == 0
    assert cfn2heat(*warned, "--strict").status == 1
    assert cfn2heat(*warned, "--strict", "--ignore", "C2H5302").status == 0
    assert cfn2heat(*warned, "--strict", "--ignore", "C2H5302:No").status == 0
    assert cfn2heat(*warned, "--strict", "--ignore", "C2H5302:Yes").status == 1
    assert "C2H5302" not in cfn2heat(*warned, "--ignore", "C2H5302:No").codes
    assert cfn2heat(*warned, "-q").err == ""


def test_errors_are_said_when_quiet_and_count_unless_ignored(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(tmp_path / "a.json", {**VPC, **LAMBDA})
    said = cfn2heat("convert", source, "-q")
    assert (said.status, said.codes) == (1, ["C2H3004"])
    ignored = cfn2heat("convert", source, "-q", "--ignore", "C2H3004:Job")
    assert (ignored.status, ignored.err) == (0, "")


# ---- what cannot be ----------------------------------------------------------------------------------------------------


def where(name: str) -> str:
    """The file that is at fault: an include may be."""
    return {"include-broken.yaml": "broken.yaml", "include-circle.yaml": "circle-two.yaml"}.get(name, name)


@pytest.mark.parametrize("name", EXPECTED)
def test_bad_templates(name: str, cfn2heat: Command) -> None:
    said = cfn2heat("convert", BAD / name, "--template-dir", BAD)
    expected = EXPECTED[name]
    assert said.status == max(expected["exit"], LOST.get(name, 0))
    for found in expected["found"]:
        code, place = found.split()
        assert any(f"{where(name)}:{place}: " in line and f" {code} " in line for line in said.err.splitlines()), said.err
    assert (said.out == "") == (said.status == 3)
    if said.out:
        assert load_hot(said.out)["heat_template_version"]
    else:
        assert len(said.err.splitlines()) == len(expected["found"])


def test_the_others_are_converted(tmp_path: Path, cfn2heat: Command) -> None:
    good = template(tmp_path / "good.json", VPC)
    bad = [BAD / name for name, expected in EXPECTED.items() if expected["exit"] == 3]
    out = tmp_path / "out"
    said = cfn2heat("convert", *bad[:5], good, tmp_path / "missing.yaml", *bad[5:], "-d", out, "--template-dir", BAD)
    assert said.status == 3
    assert "good.yaml" in names(out)
    assert [name for name in names(out) if "env" not in name] == ["good.yaml"]
    assert len([code for code in said.codes if code < "C2H2000"]) >= len(bad) + 1


def test_a_missing_file_is_one_message(tmp_path: Path, cfn2heat: Command) -> None:
    said = cfn2heat("convert", tmp_path / "missing.yaml", "-o", tmp_path / "out.yaml")
    assert said.status == 3
    assert (
        said.err
        == f"{tmp_path}/missing.yaml: error C2H1001 {tmp_path}/missing.yaml: the file cannot be read: No such file or directory\n"
    )
    assert names(tmp_path) == []


def test_a_refused_template_is_named_even_when_its_code_is_ignored(tmp_path: Path, cfn2heat: Command) -> None:
    said = cfn2heat("convert", tmp_path / "missing.yaml", "--ignore", "C2H1001", "-q")
    assert (said.status, said.codes) == (3, ["C2H1001"])


def test_a_folder_that_cannot_be_read_does_not_stop_the_others(
    tmp_path: Path, cfn2heat: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    template(tmp_path / "in" / "a.json", VPC)
    closed = tmp_path / "in" / "closed"
    closed.mkdir()
    scandir = os.scandir

    def refuse(path: Any) -> Any:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(closed))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    said = cfn2heat("convert", tmp_path / "in", "-d", tmp_path / "out")
    assert (said.status, said.codes[-1]) == (3, "C2H1001")
    assert "a.yaml" in names(tmp_path / "out")


def test_a_folder_without_templates_is_wrong_usage(tmp_path: Path, cfn2heat: Command) -> None:
    (tmp_path / "in").mkdir()
    assert cfn2heat("convert", tmp_path / "in", "-d", tmp_path / "out").status == 2


def test_several_templates_need_a_folder(tmp_path: Path, cfn2heat: Command) -> None:
    one, two = template(tmp_path / "in" / "a.json", VPC), template(tmp_path / "in" / "b.json", VPC)
    for arguments in ([one, two], [one, two, "-o", tmp_path / "o.yaml"], [tmp_path / "in"]):
        said = cfn2heat("convert", *arguments)
        assert (said.status, said.out) == (2, "")
        assert "-d DIR" in said.err
    assert names(tmp_path) == ["in"]


def test_a_place_that_cannot_be_written_is_one_message(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(tmp_path / "a.json", VPC)
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    for target in (("-d", file / "out"), ("-o", file / "o.yaml"), ("--report", file / "r.json"), ("-d", "/proc/nowhere")):
        said = cfn2heat("convert", source, *target)
        assert (said.status, said.out) == (2, "")
        assert "cannot be written" in said.err.splitlines()[-1]
        assert len(said.err.splitlines()) == 1
    assert cfn2heat("convert", source, "-o", tmp_path / "folder").status == 2
    assert cfn2heat("convert", source, "-d", file).status == 2


def test_all_is_written_or_nothing(tmp_path: Path, cfn2heat: Command) -> None:
    out = tmp_path / "out"
    (out / "b.yaml").mkdir(parents=True)
    (out / "a.yaml").write_text("old", encoding="utf-8")
    sources = [template(tmp_path / "a.json", VPC), template(tmp_path / "b.json", VPC)]
    assert cfn2heat("convert", *sources, "-d", out).status == 2
    assert names(out) == ["a.yaml", "b.yaml"]
    assert (out / "a.yaml").read_text(encoding="utf-8") == "old"


def test_what_nobody_foresaw_is_one_message(tmp_path: Path, cfn2heat: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RecursionError("deep")

    monkeypatch.setattr("cfn2heat.api.run_passes", fail)
    said = cfn2heat("convert", template(tmp_path / "a.json", VPC), "-d", tmp_path / "out")
    assert said.status == 70
    assert "RecursionError" in said.err
    assert "report it" in said.err
    assert not (tmp_path / "out").exists()


def test_a_template_cannot_steer_the_terminal(tmp_path: Path, cfn2heat: Command) -> None:
    hostile = {"Odd": {"Type": "AWS::\x1b[31mEC2::\r\nVPC", "Properties": {}}}
    said = cfn2heat("convert", template(tmp_path / "a.json", {**VPC, **hostile}))
    assert "\x1b" not in said.err
    assert "\r" not in said.err
    assert "\\x1b[31mEC2" in said.err


# ---- secrets -----------------------------------------------------------------------------------------------------------


def test_a_secret_that_is_given_is_written_nowhere(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(
        tmp_path / "a.json",
        {
            "Net": {
                **VPC["Net"],
                "Metadata": {"Text": {"Fn::ToJsonString": {"p": {"Ref": "Password"}}}},
            },
            "Init": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Password"}}},
        },
        Transform="AWS::LanguageExtensions",
        Parameters={"Password": {"Type": "String", "NoEcho": True}, "Plain": {"Type": "String"}},
    )
    out = tmp_path / "out"
    values = ("--parameter", "Password=hunter2", "--parameter", "Plain=seen")
    said = cfn2heat("convert", source, "-d", out, "--report", out / "report.json", *values)
    texts = [said.out, said.err, *(path.read_text(encoding="utf-8") for path in out.iterdir())]
    assert not any("hunter2" in text for text in texts)
    assert "Plain: seen" in (out / "a.env.yaml").read_text(encoding="utf-8")
    assert "NoEcho" in (out / "a.env.yaml").read_text(encoding="utf-8")


def test_the_default_of_a_secret_stays_in_the_template_alone(tmp_path: Path, cfn2heat: Command) -> None:
    source = template(
        tmp_path / "a.json",
        {**VPC, "Web": {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-1", "KeyName": {"Ref": "Key"}}}},
        Parameters={
            "Password": {"Type": "String", "NoEcho": "true", "Default": "hunter2"},
            "Key": {"Type": "AWS::EC2::KeyPair::KeyName", "NoEcho": True, "Default": "hunter3"},
        },
    )
    out = tmp_path / "out"
    said = cfn2heat("convert", source, "-d", out, "--report", out / "report.json")
    assert load_hot((out / "a.yaml").read_text(encoding="utf-8"))["parameters"]["Password"] == {
        "type": "string",
        "hidden": True,
        "default": "hunter2",
    }
    others = [said.err, *(path.read_text(encoding="utf-8") for path in out.iterdir() if path.name != "a.yaml")]
    assert not any("hunter" in text for text in others)


# ---- help, completion, progress ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [[], ["convert"], ["check"], ["explain"], ["mappings"], ["mappings", "list"], ["mappings", "show"], ["mappings", "lint"]],
    ids=" ".join,
)
def test_help_has_examples(command: list[str], cfn2heat: Command) -> None:
    said = cfn2heat(*command, "--help")
    assert said.status == 0
    assert f"Usage: {' '.join(['cfn2heat', *command])} " in said.out
    assert "Example" in said.out


def test_shells_can_complete() -> None:
    done = process(env={"_CFN2HEAT_COMPLETE": "bash_source"})
    assert done.returncode == 0
    assert "_CFN2HEAT_COMPLETE=bash_complete" in done.stdout
    words = process(env={"_CFN2HEAT_COMPLETE": "bash_complete", "COMP_WORDS": "cfn2heat convert --he", "COMP_CWORD": "2"})
    assert "--heat-version" in words.stdout


def test_progress_is_shown_on_terminals_only(tmp_path: Path) -> None:
    template(tmp_path / "in" / "a.json", VPC)
    template(tmp_path / "in" / "b.json", VPC)
    arguments = ("convert", tmp_path / "in", "-d", tmp_path / "out")
    assert "Converting" not in process(*arguments).stderr
    assert "Converting" in on_a_terminal(*arguments)
    assert "Converting" not in on_a_terminal(*arguments, "-q")


def on_a_terminal(*arguments: object) -> str:
    """What a terminal shows of standard error."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cfn2heat", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    running = subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how a terminal says that the other end is gone
        pass
    os.close(ours)
    assert running.wait(60) == 0
    return shown.decode("utf-8", "replace")
