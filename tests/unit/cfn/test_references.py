"""Who refers to whom, and circles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cfn2heat.cfn.graph import Use, build_graph, find_circles
from tests.unit.cfn.shapes import read_text

TEXT = """\
Parameters: {P: {Type: String}}
Resources:
  A:
    Type: X::Y::Z
    DependsOn: D
    Properties:
      One: !Ref B
      Two: [!GetAtt B.C.D, !Sub "${B}-${C.E}-${P}"]
      Three: !If [Always, {Four: !Join ["", [!Ref C]]}, !Ref AWS::NoValue]
      Five: !Sub "{{resolve:secretsmanager:${B}:SecretString}}"
      Six: !Select [0, !Split [",", !GetAtt C.F]]
  B: {Type: X::Y::Z, Metadata: {M: !Ref C}}
  C: {Type: X::Y::Z}
  D: {Type: X::Y::Z, DeletionPolicy: !Ref P}
Conditions: {Always: !Equals [a, !Ref P]}
Outputs:
  O: {Value: !GetAtt A.G, Export: {Name: !Ref D}}
"""


def test_users() -> None:
    template, _ = read_text(TEXT)
    graph = build_graph(template)
    root = ("Resources", "A", "Properties")
    assert graph.users("B") == [
        Use("A", (*root, "One"), "Ref"),
        Use("A", (*root, "Two", 0), "C.D"),
        Use("A", (*root, "Two", 1), "Ref"),
        Use("A", (*root, "Five"), "Ref"),
    ]
    assert [(use.resource, use.attribute) for use in graph.users("C")] == [("A", "E"), ("A", "Ref"), ("A", "F"), ("B", "Ref")]
    assert graph.users("A") == [Use("", ("Outputs", "O", "Value"), "G")]
    assert [(use.resource, use.attribute) for use in graph.users("D")] == [("A", "DependsOn"), ("", "Ref")]
    assert [use.resource for use in graph.users("P")] == ["A", "D"]
    assert graph.users("Nothing") == []


def test_references() -> None:
    template, _ = read_text(TEXT)
    graph = build_graph(template)
    assert {name: sorted(graph.references(name)) for name in template.resources} == {
        "A": ["B", "C", "D"],
        "B": ["C"],
        "C": [],
        "D": [],
    }
    assert graph.circles() == []


def test_circles() -> None:
    text = (
        "Resources:\n  A: {Type: x, DependsOn: [B, A]}\n  B: {Type: x, DependsOn: C}\n"
        "  C: {Type: x, Properties: {P: !Ref A, Q: !Ref B}}\n"
    )
    template, said = read_text(text)
    graph = build_graph(template)
    assert sorted(graph.circles()) == [["A"], ["A", "B", "C"], ["B", "C"]]
    assert [one for one in ("AA", "AB", "BC", "CA", "CB") if graph.closes_circle(*one)] == ["AA", "CA", "CB"]
    assert [one.split()[0] for one in said] == ["C2H1117"] * 3


def test_a_long_chain_needs_no_recursion() -> None:
    names = [f"R{i}" for i in range(20_000)]
    edges: dict[str, list[str]] = {name: [following] for name, following in zip(names, [*names[1:], names[0]], strict=True)}
    assert [len(circle) for circle in find_circles(edges)] == [20_000]


@given(st.dictionaries(st.integers(0, 8).map(str), st.lists(st.integers(0, 8).map(str), max_size=4), max_size=9))
def test_without_the_closing_references_there_is_no_circle(edges: dict[str, list[str]]) -> None:
    circles = find_circles(edges)
    for circle in circles:
        assert all(following in edges[name] for name, following in zip(circle, [*circle[1:], circle[0]], strict=True))
    closing = {(circle[-1], circle[0]) for circle in circles}
    opened = {name: [target for target in targets if (name, target) not in closing] for name, targets in edges.items()}
    assert find_circles(opened) == []
