"""Site files."""

import pytest

from cfn2heat.diagnostics import InputError
from cfn2heat.table.loader import load_table
from cfn2heat.table.site import EMPTY_SITE, build_site, read_site


@pytest.fixture(scope="module")
def table():
    """The shipped table."""
    return load_table()


def site_of(tmp_path, table, text):
    """The site that a text describes."""
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return read_site(path, table)


def test_facts_tables_lists_and_switches(tmp_path, table):
    text = "external_network: public\nflavors: {m5.large: m1.large, t3.micro: 12}\nzones: [a, b]\n"
    text += "switches: {keystone_admin: true}\n"
    site = site_of(tmp_path, table, text)
    assert site.value("external_network") == "public"
    assert site.value("default_network") is None
    assert site.lookup("flavors") == {"m5.large": "m1.large", "t3.micro": "12"}
    assert site.lookup("images") == {}
    assert site.value("zones") == ["a", "b"]
    assert site.allows("keystone_admin")
    assert site.file.endswith("site.yaml")


def test_a_list_may_be_written_with_commas(tmp_path, table):
    assert site_of(tmp_path, table, "zones: a, b").value("zones") == ["a", "b"]


def test_an_empty_site(tmp_path, table):
    site = site_of(tmp_path, table, "# nothing yet\n")
    assert site.values == EMPTY_SITE.values
    assert not site.allows("keystone_admin")


def test_a_site_from_data(table):
    assert build_site({"external_network": "public"}, table).value("external_network") == "public"
    with pytest.raises(InputError, match="did you mean flavors"):
        build_site({"flavor": {}}, table)


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        ("zones: [a]\nflavor: {a: b}", "C2H5102", 2, "did you mean flavors?"),
        ("qqqq: 1", "C2H5102", 1, "known are"),
        ("switches: {keystone_admn: true}", "C2H5102", 1, "did you mean keystone_admin?"),
        ("switches: {keystone_admin: yes}", "C2H5103", 1, "true or false"),
        ("switches: yes", "C2H5103", 1, "should be a map"),
        ("flavors: m1.small", "C2H5103", 1, "should be a map"),
        ("flavors:\n  a: true", "C2H5103", 2, "put True in quotes"),
        ("flavors: {a: [b]}", "C2H5103", 1, "should be text"),
        ("zones:\n- a\n- 1.5", "C2H5103", 3, "put 1.5 in quotes"),
        ("external_network: [public]", "C2H5103", 1, "should be text"),
        ("external_network:", "C2H5103", 1, "should be text"),
        ("[a, b]", "C2H5103", 1, "map of facts"),
        ("zones: a\nzones: b", "C2H5101", 2, "stands twice"),
        ("zones: [a", "C2H5101", 2, "not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, table, text, code, line, words):
    with pytest.raises(InputError) as raised:
        site_of(tmp_path, table, text)
    found = raised.value.diagnostic
    assert (found.code, found.span.line) == (code, line)
    assert words in found.message


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [("number", 1.5, "x"), ("boolean", False, 1), ("json", {"a": [1]}, "x"), ("json", ["a"], 1), ("string", "x", {})],
)
def test_every_type_of_fact(tmp_path, monkeypatch, kind, good, bad):
    table = load_table()
    table.site_facts["team"] = {"type": kind, "description": "Of a team"}
    assert build_site({"team": good}, table).value("team") == good
    with pytest.raises(InputError) as raised:
        build_site({"team": bad}, table)
    assert raised.value.diagnostic.code == "C2H5103"
