"""Files that a template may name: only those below a given folder, found by the end of the address."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path

from cfn2heat.cfn import values as cfn

ENDINGS = (".json", ".yaml", ".yml", ".template", ".txt")
MOST = 50_000
"""A folder with more files than this is searched no further."""
HEAD = 100_000
"""So many bytes of a file tell what it is; the comments that begin our own templates are far shorter."""


def address_tail(value: cfn.Value | None) -> str:
    """What is certain at the end of an address: the literal text behind its last computed part."""
    match value:
        case cfn.Scalar():
            return str(value.value or "")
        case cfn.Sub():
            last = value.parts[-1] if value.parts else ""
            if isinstance(last, str):
                return last if len(value.parts) == 1 else re.sub(r"^[^/]*/", "/", last, count=1) if "/" in last else ""
            return address_tail(last[1])
        case cfn.Join(items=cfn.Seq(items=items)) if items:
            texts: list[str] = []
            for item in reversed(items):
                if not isinstance(item, cfn.Scalar):
                    break
                texts.insert(0, str(item.value))
            joined = value.delimiter.join(texts)
            return joined if len(texts) == len(items) else joined[joined.find("/") :] if "/" in joined else joined
        case cfn.If():
            return address_tail(value.then) or address_tail(value.otherwise)
    return ""


class TemplateFolder:
    """The template files below a folder; links that lead out of it do not count."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, address: str, near: Path | None = None) -> Path | None:
        """The file whose path ends as the address does: the longer the common end and the nearer to the other file the better."""
        steps = [step for step in re.split(r"[/\\]", address.split("?", 1)[0].split("#", 1)[0]) if step not in ("", ".")]
        if not steps or ".." in steps:
            steps = steps[len(steps) - steps[::-1].index("..") :] if ".." in steps else steps
        if not steps:
            return None
        around = os.path.relpath(near.parent, self.folder).split(os.sep) if near is not None else []
        best = sorted((_score(steps, around, path), path) for path in self._by_name.get(steps[-1], []))
        return next((self.folder / path for _, path in best if not _is_heat(self.folder / path)), None)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        count = 0
        root = os.path.realpath(self.folder)
        for current, folders, files in os.walk(self.folder, followlinks=False):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                count += 1
                path = os.path.join(current, name)
                if name.endswith(ENDINGS) and os.path.realpath(path).startswith(root + os.sep):
                    found.setdefault(name, []).append(os.path.relpath(path, self.folder))
            if count > MOST:
                break
        return found


def _is_heat(file: Path) -> bool:
    """Whether a file is a Heat template: what an earlier conversion wrote into the folder is not what a template names."""
    with file.open("rb") as opened:
        return re.search(rb"^\W*heat_template_version\b", opened.read(HEAD), re.MULTILINE) is not None


def _score(steps: list[str], around: list[str], path: str) -> tuple[int, int, int]:
    """The lower the better: by both ends of the path, by its end, by its depth."""
    parts = path.split(os.sep)
    end, start = _common_end(steps, parts), _common_start(around, parts)
    return (-end - start, -end, len(parts))


def _common_end(one: list[str], other: list[str]) -> int:
    return _common_start(one[::-1], other[::-1])


def _common_start(one: list[str], other: list[str]) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
