"""Hypothesis strategies: HOT templates with every odd text that has broken a YAML writer."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cfn2heat.hot.template import HotCondition, HotOutput, HotParameter, HotResource, HotTemplate, ParameterGroup
from cfn2heat.hot.values import (
    Function,
    GetAttr,
    GetParam,
    GetResource,
    HotList,
    HotMap,
    If,
    ListJoin,
    Literal,
    StrReplace,
    StrSplit,
    Yaql,
)

TYPED = [
    "yes",
    "No",
    "on",
    "off",
    "y",
    "n",
    "null",
    "~",
    "true",
    "False",
    "1_0",
    "0x1",
    "0o7",
    "0b1",
    "007",
    "12:30",
    "1e3",
    "1.",
    ".5",
]
TYPED += [
    "-1",
    "+1.5",
    ".inf",
    "-.INF",
    ".nan",
    "2020-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "=",
    "<<",
    "",
    "0.0.0.0/0",
    "10.0.0.1",
    ".",
]
SIGNS = [
    "- a",
    "-",
    "? b",
    "?",
    ": c",
    ":",
    "a: b",
    "a:",
    "a #b",
    "#x",
    "&a",
    "*a",
    "!t",
    "|",
    ">",
    "%x",
    "@x",
    "`x",
    "'a'",
    '"a"',
    "{a",
]
SIGNS += [
    "[a",
    "a,b",
    "a?",
    "...",
    "---",
    "a\n...\nb",
    "a\n---\n",
    "${X}-y",
    "\\d+",
    "it's",
    '{"a": 1}',
    "{{resolve:x}}",
    "k: |2\n x",
]
BLANKS = [
    " ",
    "- ",
    "a ",
    " a",
    "\ta",
    "a\tb",
    "a\n",
    " a\nb",
    "\ta\nb",
    "a\n\n",
    "\n\na",
    "\n a",
    "\n\ta",
    "a \nb",
    "a \nb ",
    "a\n b\n\n\n",
]
BLANKS += [
    "\n",
    " \n ",
    "a\n   \nb",
    "a\r\nb\r\n",
    "a\rb",
    "\x85",
    "a\u2028b",
    "\u2029",
    "\ufeffa",
    "\x00",
    "\x7f",
    "\x1b[0m",
    "\u00a0x",
]
LETTERS = ["é", "😀", "\ud7ff", "\ue000", "\ufffd", "\uffff", "x" * 120, "word " * 40 + "end", "y" * 1500, "é" * 300]

TEXTS: Any = st.one_of(
    st.sampled_from(TYPED + SIGNS + BLANKS + LETTERS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text(st.sampled_from(list("ab \n\t:#-,[]{}'\"\\?!&*%@`|>0_.=<~xe+\r\x85")), max_size=14),
)
LITERALS = st.one_of(TEXTS, st.booleans(), st.none(), st.integers(), st.floats(allow_nan=False)).map(Literal)


def _composed(inner: Any) -> Any:
    steps = st.lists(inner, max_size=2).map(tuple)
    maps = st.dictionaries(TEXTS, inner, max_size=3)
    return st.one_of(
        st.lists(inner, max_size=4).map(lambda items: HotList(tuple(items))),
        maps.map(HotMap),
        st.builds(GetParam, TEXTS, steps),
        st.builds(GetResource, TEXTS),
        st.builds(GetAttr, TEXTS, TEXTS, steps),
        st.builds(If, inner, inner, st.none() | inner),
        st.builds(ListJoin, TEXTS, steps),
        st.builds(StrReplace, inner, maps),
        st.builds(StrSplit, TEXTS, inner, st.none() | inner),
        st.builds(Yaql, TEXTS, maps),
        st.builds(Function, st.sampled_from(["equals", "not", "repeat"]), inner),
    )


VALUES: Any = st.recursive(LITERALS, _composed, max_leaves=12)


@st.composite
def templates(draw: Any) -> HotTemplate:
    """A template in which every place that takes a text or a value holds an odd one."""
    name, other, comments = draw(TEXTS), draw(TEXTS), draw(st.lists(TEXTS, max_size=2))
    value, default = draw(VALUES), draw(VALUES)
    constraint = HotMap({"allowed_values": HotList((default,))})
    return HotTemplate(
        description=draw(st.none() | TEXTS),
        comments=comments,
        parameter_groups=[ParameterGroup([name, other], draw(st.none() | TEXTS), draw(st.none() | TEXTS))],
        parameters={name: HotParameter(name, "string", other, other, default, True, [constraint], comments)},
        conditions={name: HotCondition(name, value, comments)},
        resources={
            name: HotResource(
                name,
                other,
                draw(st.dictionaries(TEXTS, VALUES, max_size=3)),
                draw(st.none() | TEXTS),
                draw(st.lists(TEXTS, max_size=3)),
                "Retain",
                draw(st.none() | VALUES),
                default,
                comments,
                draw(st.none() | st.builds(GetParam, TEXTS)),
            )
        },
        outputs={name: HotOutput(name, value, draw(st.none() | TEXTS), draw(st.none() | TEXTS), comments)},
        closing=draw(st.dictionaries(st.sampled_from(["parameters", "conditions", "resources", "outputs"]), st.just(comments))),
    )
