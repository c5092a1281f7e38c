"""cfn2heat mappings and cfn2heat explain."""

import json

import pytest
from click.testing import CliRunner

from cfn2heat.cli.main import cli
from cfn2heat.codes import CODES
from cfn2heat.table.loader import load_table

OWN = """
type: AWS::Glue::Job
fidelity: adapted
summary: A job becomes a server.
emits:
  server: {type: OS::Nova::Server, name: "{id}", primary: true}
properties:
  Command:
    rows:
      Name: {to: server.name, via: [seconds], otherwise: {drop: It has no name.}}
      PythonVersion: {drop: Nothing runs it., advice: Run it by hand., severity: error}
  Name: {to: server.name, fate: adapted, because: Names differ.}
  Role: {absorbed: It is read elsewhere., to: server}
  Tags:
    one:
      - {when: x.wanted, to: server.tags}
      - {hook: x.tags, to: server.metadata, because: So it is.}
references:
  Ref: {get_resource: server}
  Arn: {none: There are no ARNs., instead: Ref}
examples:
  - name: a job
    cfn: {Type: AWS::Glue::Job, Properties: {Name: x}}
    hot: {Example: {type: OS::Nova::Server}}
"""


def run(*arguments):
    """Run the command."""
    return CliRunner().invoke(cli, arguments)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A cache folder that only these tests use."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def own(tmp_path, base, monkeypatch):
    """A folder with a mapping file of a team's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(base))
    path = tmp_path / "own" / "glue" / "job.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(OWN, encoding="utf-8")
    return path.parent.parent


def test_list_names_every_type_and_counts():
    result = run("mappings", "list")
    assert result.exit_code == 0
    table = load_table()
    lines = result.output.splitlines()
    assert [line.split()[0] for line in lines[: len(table.types())]] == table.types()
    assert f"{len(table.types())} types mapped" in result.output
    assert "not registered" not in result.output


def test_list_for_programs_counts_the_same():
    found = json.loads(run("mappings", "list", "--format", "json").output)
    assert [one["type"] for one in found["types"]] == load_table().types()
    for kind, number in found["rows"].items():
        assert number == sum(one["rows"][kind] for one in found["types"])
        assert number > 0
    assert all(hook["text"] for hook in found["hooks"])


def test_show_tells_every_row(own, monkeypatch):
    monkeypatch.setattr("cfn2heat.cli.mappings.check_overlay", lambda directory: None)
    result = run("mappings", "show", "AWS::Glue::Job", "--mappings", str(own))
    assert result.exit_code == 0
    for words in (
        "AWS::Glue::Job (adapted)",
        "server: OS::Nova::Server named {id}",
        "Name -> server.name | seconds",
        "else: dropped (warning)",
        "PythonVersion: dropped (error)",
        "Run it by hand.",
        "Name -> server.name (adapted)",
        "Role: becomes part of server",
        "Tags: the first of",
        "when x.wanted -> server.tags",
        "else: by hook x.tags -> server.metadata",
        'Ref: {"get_resource": "server"}',
        "Arn: a hole",
        "There are no ARNs. Instead: Ref.",
        "type: OS::Nova::Server",
    ):
        assert words in result.output, words


def test_show_a_type_without_counterpart():
    result = run("mappings", "show", "AWS::Glue::Job")
    answer = load_table().answer("AWS::Glue::Job")
    assert (result.exit_code, f"no counterpart ({answer.severity.word})" in result.output) == (0, True)
    found = json.loads(run("mappings", "show", "AWS::Glue::Job", "--format", "json").output)
    assert found["because"] == answer.because


def test_show_for_programs_gives_the_mapping_file():
    found = json.loads(run("mappings", "show", "AWS::SQS::Queue", "--format", "json").output)
    assert found["type"] == "AWS::SQS::Queue"
    assert found["examples"]


def test_show_a_type_that_does_not_exist():
    result = run("mappings", "show", "AWS::EC2::Instanec")
    assert result.exit_code == 2
    assert "near to it: AWS::EC2::Instance" in result.output


def test_lint_of_own_files(own):
    result = run("mappings", "lint", "--mappings", str(own), "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert {one["code"] for one in found} >= {"C2H5201"}
    assert all(one["file"].endswith("job.yaml") and one["line"] for one in found)


def test_files_that_name_what_is_not_there_are_refused(own):
    result = run("mappings", "list", "--mappings", str(own))
    assert result.exception.diagnostic.code == "C2H5206"
    assert result.exception.diagnostic.span.file.endswith("job.yaml")


def test_explain_prints_title_and_text():
    result = run("explain", "c2h5102")
    assert result.exit_code == 0
    assert result.output.startswith(f"C2H5102: {CODES['C2H5102'][0]}\n\n")
    assert json.loads(run("explain", "C2H5102", "--format", "json").output)["text"] == CODES["C2H5102"][1]


def test_explain_lists_all():
    assert [line.split()[0] for line in run("explain").output.splitlines()] == sorted(CODES)
    assert len(json.loads(run("explain", "--format", "json").output)) == len(CODES)


@pytest.mark.parametrize(
    ("code", "near"), [("C2H5100", "C2H5101"), ("5106", "C2H5104"), ("nonsense", min(CODES)), ("C2H9999", max(CODES))]
)
def test_explain_an_unknown_code(code, near):
    result = run("explain", code)
    assert result.exit_code == 2
    assert f"there is no code {code}; near to it: {near}, " in result.output
