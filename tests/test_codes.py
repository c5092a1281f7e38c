"""Every code has a text, and every text a code that is reported."""

import re
from pathlib import Path

import pytest

from cfn2heat.codes import CODES

PACKAGE = Path(__file__).parent.parent / "cfn2heat"
CODE = re.compile(r"C2H\d{4}")


def codes_in_use() -> set[str]:
    """The codes that stand in the package, but for the file that explains them."""
    files = (path for path in PACKAGE.rglob("*.py") if path.name != "codes.py")
    return {code for path in files for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_each_code_that_is_reported_is_explained():
    assert codes_in_use() - CODES.keys() == set()


def test_each_code_that_is_explained_is_reported():
    assert CODES.keys() - codes_in_use() == set()


def test_codes_stand_in_order():
    assert list(CODES) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_titles_and_texts_are_readable(code):
    title, text = CODES[code]
    assert CODE.fullmatch(code)
    assert not title.endswith(".")
    assert title[0].isupper()
    assert text.endswith(".")
    assert len(text) > len(title)


def test_each_code_is_raised_by_some_test():
    """A code stands in a test, or in what a fixture or an example of a mapping file expects."""
    root = PACKAGE.parent
    files = [*root.glob("tests/**/*.py"), *root.glob("tests/**/expected.*"), *root.glob("mappings/*/*.yaml")]
    raised = {code for path in files for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert CODES.keys() - raised == set()
