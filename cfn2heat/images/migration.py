"""From a plan that a person has edited to the images to move, and to the site file's table of images. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cfn2heat.diagnostics import InputError
from cfn2heat.images.export import PATTERNS, Export
from cfn2heat.record import record
from cfn2heat.source import Span

Place = Callable[[tuple[str | int, ...]], Span]
KINDS = ("public", "vendor", "pet", "unknown")


@record
class Entry:
    """An image of the plan: what stands for it (use), or the disk that moves; neither when nothing is decided.

    The disk is a file (source), or that of an AMI which is exported first (export).
    """

    name: str
    image: str
    """What it is called in the target cloud, when it moves."""
    ids: tuple[str, ...]
    use: str = ""
    source: Path | None = None
    export: Export | None = None

    @property
    def decided(self) -> bool:
        """Whether the plan says what becomes of it."""
        return bool(self.use or self.source or self.export)


def read_entries(data: Any, place: Place, folder: Path) -> list[Entry]:
    """The entries of a plan; sources are found from the plan's own folder."""
    images = data.get("images") if isinstance(data, dict) else None
    if not isinstance(images, list) or data.get("version") not in (1, "1"):
        raise InputError("C2H7080", "this is no plan of version 1 that `images plan` has written", place(()))
    taken: set[str] = set()
    return [_entry(one, (*("images", index),), place, folder, taken) for index, one in enumerate(images)]


def _entry(one: Any, path: tuple[str | int, ...], place: Place, folder: Path, taken: set[str]) -> Entry:
    if not isinstance(one, dict) or not isinstance(one.get("name"), str):
        raise InputError("C2H7080", "an entry is a map with a name", place(path))
    kind = one.get("kind")
    if kind not in KINDS:
        raise InputError("C2H7080", f"kind must be one of {', '.join(KINDS)}", place((*path, "kind")), subject=one["name"])
    use, source = (one.get(key) or "" for key in ("use", "source"))
    for key, value in (("use", use), ("source", "" if isinstance(source, dict) else source)):
        if not isinstance(value, str):
            raise InputError("C2H7080", f"{key} must be text", place((*path, key)), subject=one["name"])
    ids = one.get("ids") or {}
    if not isinstance(ids, dict) or not all(isinstance(names, list) for names in ids.values()):
        raise InputError("C2H7080", "ids must be a map of lists", place((*path, "ids")), subject=one["name"])
    exported = _export(source, (*path, "source"), place, one["name"]) if isinstance(source, dict) else None
    pet = kind == "pet" and not use
    disk = folder / source if pet and source and not exported else None
    names = tuple(dict.fromkeys(str(name) for region in ids.values() for name in region))
    return Entry(one["name"], _image_name(one["name"], taken), names, use, disk, exported if pet else None)


def _export(source: dict[str, Any], path: tuple[str | int, ...], place: Place, name: str) -> Export:
    """The source that is an AMI."""
    known = ", ".join(PATTERNS)
    for key, value in source.items():
        if key not in PATTERNS or not isinstance(value, str):
            message = f"{key} must be text" if key in PATTERNS else f"a source has {known}, and no {key}"
            raise InputError("C2H7080", message, place((*path, key)), subject=name)
    lacking = [key for key in ("ami", "region", "bucket") if key not in source]
    if lacking:
        raise InputError("C2H7080", f"the source lacks {', '.join(lacking)}", place(path), subject=name)
    found = Export(**source)
    for key in found.wrong():
        raise InputError("C2H7080", f"{source[key]!r} is no {key}", place((*path, key)), subject=name)
    return found


def _image_name(name: str, taken: set[str]) -> str:
    """A name that is a file's and an image's at once, and no other entry's."""
    base = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.").lower() or "image"
    found, serial = base, 1
    while found in taken:
        serial += 1
        found = f"{base}-{serial}"
    taken.add(found)
    return found


def fill_table(text: str, images: dict[str, str]) -> str:
    """The text of a site file with these images in its table; everything else, comments too, stays as it is.

    ValueError where the table is written in a way that cannot be added to line by line, or says something else already.
    """
    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines) if re.match(r"images:(\s|$)", line)), None)
    if start is None:
        head = [*lines, ""] if lines and lines[-1].strip() else lines
        return "\n".join([*head, "images:", *(f"  {_key(name)}: {_key(image)}" for name, image in images.items()), ""])
    inline = re.sub(r"\s#.*", "", lines[start].removeprefix("images:")).strip()
    if inline not in ("", "{}"):
        raise ValueError("its table `images` is not written a line an image")
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or lines[end][0] in " #"):
        end += 1
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    indent = next((re.match(r" *", line)[0] for line in lines[start + 1 : end] if line.strip()), "  ")  # type: ignore[index]
    added = [f"{indent}{_key(name)}: {_key(image)}" for name, image in images.items()]
    first = re.sub(r"\{\}", "", lines[start], count=1).rstrip() if inline else lines[start]
    return "\n".join([*lines[:start], first, *lines[start + 1 : end], *added, *lines[end:], ""])


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z/][\w./-]*", text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
