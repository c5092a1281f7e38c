"""What stock cloud images have and what stays with AWS, as stock.yaml knows it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _content() -> dict[str, Any]:
    import yaml

    data: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "stock.yaml").read_text(encoding="utf-8"))
    return data


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\s", "", _content()[kind]))


def matches(kind: str, name: str) -> bool:
    """Whether a name is one of a kind: never, aws, aws_services, repositories, services."""
    return _pattern(kind).fullmatch(name) is not None


@cache
def stock_packages(family: str) -> frozenset[str]:
    """Packages that a stock image of a family (deb or rpm) has."""
    return frozenset(_content()[family].split())
