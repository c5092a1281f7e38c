"""Reading the YAML of mapping and site files."""

import pytest

from cfn2heat.diagnostics import InputError
from cfn2heat.source import Span
from cfn2heat.table.source_file import read_source_file, read_source_text

CODE = "C2H5001"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("no", "no"),
        ("off", "off"),
        ("Yes", "Yes"),
        ("12", 12),
        ("-3", -3),
        ("007", "007"),
        ("1_0", "1_0"),
        ("0x10", "0x10"),
        ("1.5", 1.5),
        ("1.5e3", 1500.0),
        (".5", ".5"),
        ("2021-04-16", "2021-04-16"),
        ("12:30:00", "12:30:00"),
        ('"12"', "12"),
        ("'true'", "true"),
        ("!!int 12", "12"),
    ],
)
def test_only_plain_words_and_numbers_have_types(text, value):
    data = read_source_text(f"key: {text}", "f", CODE).data
    assert data == {"key": value}
    assert type(data["key"]) is type(value)


def test_every_key_and_item_has_its_place():
    source = read_source_text("a:\n  b: [x, y]\n", "f", CODE)
    assert source.place(("a",)) == Span("f", 1, 1)
    assert source.place(("a", "b")) == Span("f", 2, 3)
    assert source.place(("a", "b", 1)) == Span("f", 2, 10)
    assert source.place(("a", "b", 1, "further")) == Span("f", 2, 10)
    assert source.place(("elsewhere",)) == Span("f", 1, 1)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3", 3, "stands twice, first at line 1"),
        ("a: [1\nb: c", 2, "not YAML"),
        ("a: &x 1", 1, "anchors"),
        ("a: b\nc: *x", 2, "anchors"),
        ("a\n---\nb", 2, "more than one document"),
        ("? [a]\n: b", 1, "a key must be plain text"),
        ("a: \x07", 0, "not YAML"),
        ("[" * 5000, 0, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_says_where(text, line, words):
    with pytest.raises(InputError) as raised:
        read_source_text(text, "f", CODE)
    assert raised.value.diagnostic.code == CODE
    assert words in raised.value.diagnostic.message
    assert raised.value.diagnostic.span.line == line


def test_an_empty_file_is_null():
    assert read_source_text("# nothing\n", "f", CODE).data is None


@pytest.mark.parametrize(("content", "words"), [(b"a: \xff", "not UTF-8"), (b"#" * 5_000_001, "larger than")])
def test_files_that_are_no_text_or_too_large(tmp_path, content, words):
    path = tmp_path / "file.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_source_file(path, CODE)


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_source_file(tmp_path / "none.yaml", CODE)
