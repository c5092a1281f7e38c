"""From a plan that a person has edited to the images to move, and to the site file's table of images. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cfn2heat.diagnostics import InputError
from cfn2heat.record import record
from cfn2heat.source import Span

Place = Callable[[tuple[str | int, ...]], Span]
KINDS = ("public", "vendor", "pet", "unknown")


@record
class Entry:
    """An image of the plan: what stands for it (use), or the disk that moves (source); both empty when nothing is decided."""

    name: str
    image: str
    """What it is called in the target cloud, when it moves."""
    ids: tuple[str, ...]
    use: str = ""
    source: Path | None = None

    @property
    def decided(self) -> bool:
        """Whether the plan says what becomes of it."""
        return bool(self.use or self.source)


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
    texts = {key: one.get(key) or "" for key in ("use", "source")}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise InputError("C2H7080", f"{key} must be text", place((*path, key)), subject=one["name"])
    ids = one.get("ids") or {}
    if not isinstance(ids, dict) or not all(isinstance(names, list) for names in ids.values()):
        raise InputError("C2H7080", "ids must be a map of lists", place((*path, "ids")), subject=one["name"])
    pet = kind == "pet" and texts["source"] and not texts["use"]
    source = folder / texts["source"] if pet else None
    names = tuple(dict.fromkeys(str(name) for region in ids.values() for name in region))
    return Entry(one["name"], _image_name(one["name"], taken), names, texts["use"], source)


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
