"""Finds what of a cloud stands for an AMI or an EBS volume type, as far as names tell it; families.json knows the names."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cfn2heat.record import record

ARM = re.compile(r"arm64|aarch64")


@record
class Image:
    """An image by its name, and all words that tell what it is: name, distribution, version, processor."""

    name: str
    words: str


@record
class Found:
    """The image for an AMI: certain, or a relative that a person may choose; system: what the AMI runs."""

    system: str
    image: str | None = None
    certain: bool = False


def find_image(key: str, images: Sequence[Image]) -> Found:
    """The image for an AMI's public name (a path in SSM); the id of an AMI tells nothing."""
    family = next((one for one in _content()["images"] if re.search(one["key"], key)), None)
    if family is None:
        return Found("")
    arm = bool(ARM.search(key))
    fitting = [image for image in images if bool(ARM.search(image.words)) == arm]
    own = _first(family["image"], fitting)
    if own is not None:
        return Found(family["system"], own, True)
    return Found(family["system"], _first(family["relatives"], fitting))


def _first(patterns: list[str], images: Sequence[Image]) -> str | None:
    """The image that the first pattern finds; of several the one that sorts last, for names often end with a date."""
    for pattern in patterns:
        found = [image.name for image in images if re.search(pattern, image.words)]
        if found:
            return max(found)
    return None


def common_images() -> list[str]:
    """Public names of the AMIs that templates use most."""
    found: list[str] = _content()["common_images"]
    return found


def find_volume_type(key: str, types: Sequence[str]) -> str | None:
    """The volume type whose name says that it is of the EBS type's kind; None when no name tells."""
    by_name = {type.lower(): type for type in sorted(types, reverse=True)}
    for word in [key, *_content()["volumes"].get(key, {}).get("type", ())]:
        found = [name for name in sorted(by_name) if word in name]
        if found:
            return by_name[found[0]]
    return None


def volume_words(key: str) -> str:
    """What an EBS volume type is, in words."""
    return str(_content()["volumes"].get(key, {}).get("is", "not a type of EBS"))


def volume_types() -> list[str]:
    """The EBS volume types."""
    return list(_content()["volumes"])


def database_families() -> list[str]:
    """Families of instance types that databases are run on."""
    found: list[str] = _content()["database_families"]
    return found


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(__file__).with_name("families.json").read_text(encoding="utf-8"))
    return content
