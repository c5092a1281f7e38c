"""Compiling the table, caching it and laying a team's files over it."""

import json
import subprocess
import sys
import textwrap

import pytest

from cfn2heat.diagnostics import InputError, Severity
from cfn2heat.table import loader
from cfn2heat.table.compile import compile_table
from cfn2heat.table.loader import Compiled, Table, load_table

QUEUE = """
type: AWS::SQS::Queue
fidelity: adapted
emits:
  queue: {type: OS::Zaqar::Queue, name: "{id}"}
properties:
  QueueName: queue.name
references:
  Ref: {get_resource: queue}
examples:
  - {name: one, cfn: {Type: AWS::SQS::Queue}}
"""


def write(directory, files):
    """Write mapping files below a folder."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A cache folder that only these tests use."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def cache(base, monkeypatch):
    """The folder in which tables are cached."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(base))
    return base / "cfn2heat"


@pytest.fixture
def own(tmp_path):
    """A folder with one mapping file."""
    return write(tmp_path / "own", {"sqs/queue.yaml": QUEUE})


def test_an_overlay_replaces_a_whole_type(own):
    table = load_table(own)
    assert list(table.rule("AWS::SQS::Queue").properties) == ["QueueName"]
    assert table.rule("AWS::S3::Bucket") == load_table().rule("AWS::S3::Bucket")
    assert table.file("AWS::SQS::Queue") == own / "sqs/queue.yaml"


def test_examples_are_not_kept(own):
    compiled = Compiled(compile_table(own, strict=True), own)
    assert "examples" not in json.loads(compiled.line("AWS::SQS::Queue"))


def test_sections_of_an_overlay_add_to_the_shipped_ones(tmp_path):
    answer = "{because: Our own., advice: Ask us., severity: error}"
    files = {
        "_none.yaml": f"services: {{'AWS::Glue::': {answer}}}\ngeneral: {answer}",
        "_site.yaml": "team: {type: string, description: Who we are}\nswitches: {our_switch: Ours}",
    }
    table = load_table(write(tmp_path / "own", files))
    assert table.site_facts.keys() > {"team", "flavors"}
    assert table.switches.keys() > {"our_switch"}
    assert table.answer("AWS::Glue::Whatever").because == "Our own."
    assert table.answer("Datadog::Monitors::Monitor").advice == "Ask us."


def test_the_longest_prefix_answers(tmp_path):
    files = {
        "_none.yaml": """
            types: {"A::B::Type": {because: By type., advice: None.}}
            services:
              "A::": {because: By vendor., advice: None.}
              "A::B::": {because: By service., advice: None., severity: note}
            """,
    }
    table = Table([Compiled(compile_table(write(tmp_path / "own", files), strict=True), tmp_path)])
    assert table.answer("A::B::Type").because == "By type."
    assert table.answer("A::B::Other").because == "By service."
    assert table.answer("A::B::Other").severity is Severity.NOTE
    assert table.answer("A::C::Other").because == "By vendor."
    assert "knows no counterpart" in table.answer("B::C::D").because


def test_a_pattern_holds_for_types_without_a_file(tmp_path):
    pattern = "type: Custom::*\nfidelity: none\nbecause: It is custom.\nproperties: {}\nreferences: {'*': {none: It is custom.}}"
    named = pattern.replace("Custom::*", "Custom::Mine").replace("It is custom", "It is mine")
    table = load_table(write(tmp_path / "own", {"x/a.yaml": pattern, "x/b.yaml": named}))
    assert table.rule("Custom::Anything").because == "It is custom."
    assert table.rule("Custom::Mine").because == "It is mine."


@pytest.mark.parametrize(
    ("change", "code", "place", "words"),
    [
        (("fidelity: adapted", "fidelity: great"), "C2H5002", 3, "allowed: exact, adapted, partial, none"),
        (("QueueName: queue.name", "QueueName: {frm: queue.name}"), "C2H5002", 7, "unknown here: frm"),
        (("QueueName: queue.name", "QueueName: {drop: A, which B.}"), "C2H5002", 7, "text with a comma stands in quotes"),
        (("QueueName: queue.name", "QueueName: {via: [seconds]}"), "C2H5002", 7, "lacks `to`"),
        (("QueueName: queue.name", "QueueName: {to: queue.name, vja: [seconds]}"), "C2H5002", 7, "did you mean via"),
        (("QueueName: queue.name", "QueueName: {to: queue.name, via: [secunds]}"), "C2H5002", 7, "'secunds' is not known"),
        (("QueueName: queue.name", "QueueName: {to: queue.name, fate: adapted}"), "C2H5002", 7, "lacks because"),
        (("QueueName: queue.name", "QueueName: {drop: ''}"), "C2H5002", 7, "empty"),
        (("QueueName: queue.name", "QueueName: [1]"), "C2H5002", 7, "should be a map"),
        (("  Ref:", "  Ref: 1\n  Ref:"), "C2H5001", 10, "stands twice"),
        (("properties:", "property:"), "C2H5002", 2, "did you mean properties"),
        (('"{id}"', "queue"), "C2H5002", 5, "pattern"),
    ],
)
def test_a_fault_in_an_overlay_says_where_and_what_is_allowed(tmp_path, change, code, place, words):
    own = write(tmp_path / "own", {"sqs/queue.yaml": QUEUE.replace(*change)})
    with pytest.raises(InputError) as raised:
        load_table(own)
    found = raised.value.diagnostic
    assert (found.code, found.span.file) == (code, str(own / "sqs/queue.yaml"))
    assert words in found.message
    assert found.span.line == place


def test_two_files_of_one_type(tmp_path):
    own = write(tmp_path / "own", {"a/queue.yaml": QUEUE, "b/queue.yaml": QUEUE})
    with pytest.raises(InputError, match="has a file already: a/queue") as raised:
        load_table(own)
    assert raised.value.diagnostic.code == "C2H5003"


@pytest.mark.parametrize("name", ["_nome.yaml", "_site/x.yaml"])
def test_an_unknown_section(tmp_path, name):
    with pytest.raises(InputError, match="no such file is known"):
        load_table(write(tmp_path / "own", {name: "a: b"}))


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_folder_that_is_none(tmp_path, name):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError) as raised:
        load_table(tmp_path / name)
    assert raised.value.diagnostic.code == "C2H5004"


def test_a_broken_file_of_the_table_refuses_only_its_type(tmp_path):
    files = {"x/lost.yaml": "fidelity: none", "x/y.yaml": "type: A::B::C\nx: ["}
    files["sqs/queue.yaml"] = QUEUE.replace("adapted", "great")
    own = write(tmp_path / "own", files)
    table = Table([Compiled(compile_table(own, strict=False), own)])
    assert table.types() == ["A::B::C", "AWS::SQS::Queue"]
    for name in table.types():
        with pytest.raises(InputError):
            table.rule(name)
    assert table.rule("A::B::D") is None


def test_the_check_is_asked_about_new_files_only(own):
    asked = []
    load_table(own, asked.append)
    load_table(own, asked.append)
    assert asked == [own]
    (own / "sqs/queue.yaml").write_text(QUEUE + "\n")
    load_table(own, asked.append)
    assert asked == [own, own]


def test_a_changed_file_is_read_again(own):
    load_table(own)
    (own / "sqs/queue.yaml").write_text(QUEUE.replace("adapted", "exact"))
    assert load_table(own).rule("AWS::SQS::Queue").fidelity == "exact"
    (own / "sqs/queue.yaml").unlink()
    assert load_table(own).rule("AWS::SQS::Queue") == load_table().rule("AWS::SQS::Queue")


def test_unchanged_files_are_not_read_again(own, monkeypatch):
    write(own, {"x/y.yaml": QUEUE.replace("SQS::Queue", "Glue::Job")})
    load_table(own)
    (own / "sqs/queue.yaml").write_text(QUEUE.replace("adapted", "exact"))
    read = []
    from cfn2heat.table import compile as compiler

    original = compiler.read_mapping
    monkeypatch.setattr(compiler, "read_mapping", lambda path: read.append(path.name) or original(path))
    assert load_table(own).rule("AWS::Glue::Job") is not None
    assert read == ["queue.yaml"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"{}\n",
        lambda content: b"[]\n",
        lambda content: b"\xff\xfe\n",
        lambda content: content.replace(b"adapted", b"adopted"),
        lambda content: content.replace(b'"format":1', b'"format":0'),
        lambda content: content.replace(b'"schema":[', b'"schema":[1,'),
        lambda content: content.replace(b'"types":{', b'"types":[],"were":{'),
        lambda content: b"[" * 100_000 + b"\n",
    ],
)
def test_a_damaged_cache_is_made_anew(own, cache, damage):
    load_table(own)
    file = max(cache.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert load_table(own).rule("AWS::SQS::Queue").fidelity == "adapted"
    assert file.read_bytes() == whole
    assert not list(cache.glob(".*"))


def test_a_cache_that_cannot_be_replaced_leaves_nothing_behind(own, cache):
    load_table(own)
    file = max(cache.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    file.unlink()
    (file / "in the way").mkdir(parents=True)
    assert load_table(own).rule("AWS::SQS::Queue").fidelity == "adapted"
    assert not list(cache.glob(".*"))


def test_a_cache_that_cannot_be_written_is_no_error(own, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    for base in (str(tmp_path / "file"), "relative/path"):
        monkeypatch.setenv("XDG_CACHE_HOME", base)
        assert load_table(own).rule("AWS::SQS::Queue").fidelity == "adapted"


def test_an_installed_table_is_taken_as_it_is(own, tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "cfn2heat"
    write(package / "mappings", {"sqs/queue.yaml": QUEUE})
    (package / "_compiled").mkdir()
    compiled = package / "_compiled" / "table.json"
    compiled.write_bytes(compile_table(package / "mappings", strict=True))
    monkeypatch.setattr(loader, "_PACKAGE", package)
    monkeypatch.setattr(loader, "_COMPILED", compiled)
    assert load_table().types() == ["AWS::SQS::Queue"]
    assert load_table().file("AWS::SQS::Queue") == package / "mappings/sqs/queue.yaml"


def test_loading_a_cached_table_touches_no_heavy_module():
    code = "import sys; from cfn2heat.table.loader import load_table; load_table().rule('AWS::S3::Bucket'); print(*sys.modules)"
    for _ in range(2):
        modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "cfn2heat.table.build" in modules
    assert not {"yaml", "jsonschema", "cfn2heat.table.compile", "cfn2heat.cfn.catalog"} & set(modules)
