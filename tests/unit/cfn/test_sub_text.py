"""The text of Fn::Sub: the scanner against rows, and against the grammar."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark, Token, Tree

import cfn2heat.cfn
from cfn2heat.cfn.sub import Literal, Piece, Placeholder, Resolve, is_name, split_dynamic, split_sub

GRAMMAR = Path(cfn2heat.cfn.__file__).parent / "grammar" / "sub.lark"
PARSER = Lark(GRAMMAR.read_text(), parser="lalr", lexer="basic")

ROWS: list[tuple[str, list[Piece]]] = [
    ("", []),
    ("text", [Literal("text")]),
    ("${A}", [Placeholder("A")]),
    ("a${A}b${B.C}", [Literal("a"), Placeholder("A"), Literal("b"), Placeholder("B.C")]),
    ("${AWS::Region}", [Placeholder("AWS::Region")]),
    ("${!A}", [Literal("${A}")]),
    ("a${!A}b", [Literal("a${A}b")]),
    ("${!}", [Literal("${}")]),
    ("$${A}$", [Literal("$"), Placeholder("A"), Literal("$")]),
    ("${}", [Placeholder("")]),
    ("${ A }", [Placeholder(" A ")]),
    ("${A", [Literal("${A")]),
    ("${A${B}}", [Literal("${A"), Placeholder("B"), Literal("}")]),
    ("${A:-b}", [Placeholder("A:-b")]),
    ("{{resolve:ssm:a:1}}", [Resolve("ssm", "a:1")]),
    (
        "x{{resolve:secretsmanager:${S}:SecretString:p}}y",
        [Literal("x"), Resolve("secretsmanager", "${S}:SecretString:p"), Literal("y")],
    ),
    ("{{resolve:ssm:a}", [Literal("{{resolve:ssm:a}")]),
    ("{{ resolve:ssm:a }}", [Literal("{{ resolve:ssm:a }}")]),
    ("a\n${A}\n", [Literal("a\n"), Placeholder("A"), Literal("\n")]),
]


@pytest.mark.parametrize(("text", "pieces"), ROWS)
def test_pieces(text: str, pieces: list[Piece]) -> None:
    assert split_sub(text) == pieces


def by_grammar(text: str) -> list[Piece]:
    """What the grammar makes of a text."""
    pieces: list[Piece] = []
    for child in PARSER.parse(text).children:
        if isinstance(child, Tree):
            token = str(child.children[0])
            if child.data == "placeholder":
                pieces.append(Placeholder(token[2:-1]))
                continue
            if child.data == "resolve":
                pieces.append(Resolve(*token[len("{{resolve:") : -2].split(":", 1)))
                continue
            literal = "${" + token[3:]
        else:
            assert isinstance(child, Token)
            literal = str(child)
        if pieces and isinstance(pieces[-1], Literal):
            pieces[-1] = Literal(pieces[-1].text + literal)
        else:
            pieces.append(Literal(literal))
    return pieces


@pytest.mark.parametrize("text", [text for text, _ in ROWS])
def test_rows_by_grammar(text: str) -> None:
    assert by_grammar(text) == split_sub(text)


@given(
    st.lists(
        st.sampled_from(["${", "}", "!", "$", "{", "A", ".", ":", " ", "{{resolve:", "}}", "ssm:", "é", "\n", "${A}", "${!A}"]),
        max_size=20,
    ).map("".join)
)
def test_the_scanner_is_the_grammar(text: str) -> None:
    assert by_grammar(text) == split_sub(text)


@given(st.text(max_size=40))
def test_pieces_give_the_text_again(text: str) -> None:
    written = "".join(
        piece.text.replace("${", "${!")
        if isinstance(piece, Literal)
        else piece.text
        if isinstance(piece, Resolve)
        else f"${{{piece.name}}}"
        for piece in split_sub(text)
    )
    assert split_sub(written) == split_sub(text) or "${" in text


def test_plain_strings_have_no_placeholders() -> None:
    assert split_dynamic("${A}{{resolve:ssm:b}}") == [Literal("${A}"), Resolve("ssm", "b")]


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("A", True),
        ("A.B", True),
        ("AWS::Region", True),
        (" A ", True),
        ("a_b", True),
        ("", False),
        ("a-b", False),
        ("a b", False),
    ],
)
def test_names(name: str, good: bool) -> None:
    assert is_name(name) is good
