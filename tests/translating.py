"""Translating text in tests, and reading what came out as Heat would."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cfn2heat.api import Settings, translate_text
from cfn2heat.table.loader import Table, load_table
from cfn2heat.table.site import EMPTY_SITE, build_site
from cfn2heat.translate.result import Converted

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "tests" / "fixtures"


@cache
def table() -> Table:
    """The shipped table."""
    return load_table()


def convert_data(data: dict[str, Any], site: dict[str, Any] | None = None, **settings: Any) -> Converted:
    """Translate a template that is given as data."""
    chosen = build_site(site, table()) if site else EMPTY_SITE
    return translate_text(json.dumps(data), "template.json", Settings(table(), chosen, **settings))


def convert_text(text: str, **settings: Any) -> Converted:
    """Translate a template that is given as text."""
    return translate_text(text, "template.yaml", Settings(table(), **settings))


def written(converted: Converted) -> dict[str, Any]:
    """The emitted template as plain data."""
    assert converted.files, [str(diagnostic) for diagnostic in converted.diagnostics]
    return load_hot(next(iter(converted.files.values())))


def load_hot(text: str) -> dict[str, Any]:
    """A Heat template as plain data; dates stay text, as in Heat."""
    data: dict[str, Any] = yaml.load(text, Loader=HeatLoader)
    return data


class HeatLoader(yaml.SafeLoader):
    """YAML as Heat reads it."""


HeatLoader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))
