"""From the data of a mapping file to rules."""

import pytest

from cfn2heat.diagnostics import Severity
from cfn2heat.table.build import build_answer, build_composite, build_rule, parse_target
from cfn2heat.table.rules import (
    Absorbed,
    Carry,
    Choice,
    DataReference,
    Drop,
    Hooked,
    HookReference,
    Instead,
    NoReference,
    Step,
    Target,
)

ID = "X::Y::Z.P"


def row_of(data):
    """The row that a property's data becomes."""
    return build_rule({"type": "X::Y::Z", "fidelity": "adapted", "properties": {"P": data}}).properties["P"]


@pytest.mark.parametrize(
    ("text", "relative", "target"),
    [
        ("server.key_name", False, Target("server", ("key_name",))),
        ("server", False, Target("server", ())),
        ("server.networks[0].port", False, Target("server", ("networks", 0, "port"))),
        ("a.b", True, Target("", ("a", "b"))),
        ("a[1]", True, Target("", ("a", 1))),
    ],
)
def test_targets(text, relative, target):
    assert parse_target(text, relative) == target
    assert str(target) == text


@pytest.mark.parametrize(
    ("data", "row"),
    [
        ("server.key_name", Carry(ID, Target("server", ("key_name",)))),
        (
            {"to": "a.b", "via": ["lower", {"site": "flavors"}], "fate": "adapted", "because": "So."},
            Carry(ID, Target("a", ("b",)), via=(Step("lower", None), Step("site", "flavors")), fate="adapted", because="So."),
        ),
        ({"to": "a.b", "also": {"a.c": "RAW"}}, Carry(ID, Target("a", ("b",)), also={Target("a", ("c",)): "RAW"})),
        (
            {"to": "a.b", "each": {"Key": "key"}},
            Carry(ID, Target("a", ("b",)), each={"Key": Carry(f"{ID}.Key", Target("", ("key",)))}),
        ),
        (
            {"rows": {"Key": "a.key", "Other": {"drop": "No."}}},
            Carry(ID, None, rows={"Key": Carry(f"{ID}.Key", Target("a", ("key",))), "Other": Drop(f"{ID}.Other", "No.")}),
        ),
        ({"to": "a.b", "otherwise": {"value": 0}}, Carry(ID, Target("a", ("b",)), otherwise=Instead(0))),
        (
            {"to": "a.b", "otherwise": {"drop": "No.", "severity": "note"}},
            Carry(ID, Target("a", ("b",)), otherwise=Drop(ID, "No.", severity=Severity.NOTE)),
        ),
        ({"drop": "No.", "advice": "Do.", "severity": "error"}, Drop(ID, "No.", "Do.", Severity.ERROR)),
        ({"drop": "No."}, Drop(ID, "No.", "", Severity.WARNING)),
        ({"absorbed": "There.", "to": "net"}, Absorbed(ID, "There.", ("net",))),
        (
            {"absorbed": "There.", "to": ["a", "b"], "otherwise": {"drop": "No."}},
            Absorbed(ID, "There.", ("a", "b"), Drop(ID, "No.")),
        ),
        ({"hook": "x.y"}, Hooked(ID, "x.y")),
        (
            {"hook": "x.y", "to": ["a.b", "c.d"], "fate": "adapted", "because": "So."},
            Hooked(ID, "x.y", (Target("a", ("b",)), Target("c", ("d",))), "adapted", "So."),
        ),
        (
            {"one": [{"when": "x.p", "to": "a.b"}, {"drop": "No."}]},
            Choice(ID, (("x.p", Carry(f"{ID}#1", Target("a", ("b",)))), (None, Drop(f"{ID}#2", "No.")))),
        ),
    ],
)
def test_rows(data, row):
    assert row_of(data) == row


def test_references():
    references = {
        "Ref": {"get_resource": "a"},
        "Arn": {"none": "No ARNs.", "instead": "Ref"},
        "Ip": {"hook": "x.ip"},
        "Outputs.*": {"get_attr": ["a", "outputs"]},
        "Outputs.Deep.*": "deep",
        "*": "any",
    }
    rule = build_rule({"type": "X::Y::Z", "fidelity": "exact", "references": references})
    assert rule.reference("Ref") == DataReference({"get_resource": "a"})
    assert rule.reference("Arn") == NoReference("No ARNs.", "Ref")
    assert rule.reference("Ip") == HookReference("x.ip")
    assert rule.reference("Outputs.Url") == DataReference({"get_attr": ["a", "outputs"]})
    assert rule.reference("Outputs.Deep.Url") == DataReference("deep")
    assert rule.reference("Else") == DataReference("any")


def test_a_reference_without_answer():
    rule = build_rule({"type": "X::Y::Z", "fidelity": "exact", "references": {"*": "any"}})
    assert rule.reference("Ref") is None
    assert build_rule({"type": "X::Y::Z", "fidelity": "exact"}).reference("Arn") is None


def test_the_primary_emit_is_the_marked_one_else_the_first():
    emits = {"a": {"type": "A", "name": "{id}_a"}, "b": {"type": "B", "name": "{id}", "primary": True, "when": "x.p"}}
    rule = build_rule({"type": "X::Y::Z", "fidelity": "exact", "emits": emits})
    assert rule.primary is rule.emits["b"]
    assert rule.emits["b"].when == "x.p"
    del emits["b"]["primary"]
    assert build_rule({"type": "X::Y::Z", "fidelity": "exact", "emits": emits}).primary.key == "a"
    assert build_rule({"type": "X::Y::Z", "fidelity": "none"}).primary is None


def test_resource_attributes_have_rows_of_their_own():
    rule = build_rule({"type": "X::Y::Z", "fidelity": "exact", "attributes": {"UpdatePolicy": {"drop": "No."}}})
    assert rule.attributes == {"UpdatePolicy": Drop("X::Y::Z@UpdatePolicy", "No.")}


def test_composites_and_answers():
    data = {"name": "net", "members": ["A", "B"], "hook": "x.net", "emits": ["C"], "because": "So."}
    assert build_composite(data).members == ("A", "B")
    assert build_answer({"because": "No.", "advice": "Do.", "severity": "error"}).severity is Severity.ERROR
