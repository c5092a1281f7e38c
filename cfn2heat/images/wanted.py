"""Which images are wanted: what a template calls them, whether they are public ones or pets, and the plan that says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from cfn2heat.record import record, replace


@record
class Reference:
    """An image as a template names it.

    ids are pairs of a region ("" where the template does not tell) and what names the image there: an AMI's id or the path of an
    SSM parameter. used_by are places such as "shop.yaml:51 Web.ImageId". words is what the template says about it to people.
    """

    name: str
    ids: tuple[tuple[str, str], ...]
    used_by: tuple[str, ...] = ()
    words: str = ""


@record
class Wanted:
    """An image with its kind (public, vendor, pet, or unknown when it is named at launch), and why, and what to do."""

    reference: Reference
    kind: str
    system: str
    because: str
    advice: str


def judge(references: Iterable[Reference]) -> list[Wanted]:
    """What to do about each image; the same image in several templates is one."""
    merged: dict[tuple[Any, ...], Reference] = {}
    for one in references:
        key = one.ids or (one.name, one.used_by)
        known = merged.get(key)
        merged[key] = one if known is None else replace(known, used_by=(*known.used_by, *one.used_by))
    return [_judge(replace(one, used_by=tuple(dict.fromkeys(one.used_by)))) for one in merged.values()]


def _judge(one: Reference) -> Wanted:
    if not one.ids:
        because = "The template does not say which image it is: it is given when the stack is created, or computed then."
        return Wanted(one, "unknown", "", because, "Look at the running stack, and set kind to public or pet.")
    for _, name in one.ids:
        if name.startswith("/"):
            return _by_path(one, name)
    found = _match("words", f"{one.name} {one.words}".lower(), search=True)
    if found:
        kind, system, advice = found
        because = "The template's own words say so; that is a guess. Look at the owner of the AMI before you trust it."
        return Wanted(one, kind, system, because, advice)
    because = "Nothing tells that it is a public image, so it is taken for one of your own."
    return Wanted(one, "pet", "", because, "Look at the owner of the AMI; one of your own is exported, converted and uploaded.")


def _by_path(one: Reference, path: str) -> Wanted:
    found = _match("paths", path, search=False)
    if found:
        kind, system, advice = found
        return Wanted(one, kind, system, "The name of its SSM parameter is a public one.", advice)
    because = "Its SSM parameter is one of your own."
    return Wanted(one, "pet", "", because, "Export the AMI that the parameter names, then convert and upload it.")


def is_public_path(path: str) -> bool:
    """Whether a parameter of this name is one that AWS keeps for a public image."""
    return _match("paths", path, search=False) is not None


def _match(table: str, text: str, *, search: bool) -> tuple[str, str, str] | None:
    """Kind, system and advice of the first entry that fits."""
    data = _distributions()
    for entry in data[table]:
        found = re.search(entry["match"], text) if search else re.match(entry["match"], text)
        if found:
            version = next((value for value in found.groupdict().values() if value), "")
            system = entry["system"].replace("{version}", version.replace("_", " ").replace("-", " ")).strip()
            return entry["kind"], system, data["use"][entry["as"]]
    return None


@cache
def _distributions() -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(Path(__file__).with_name("distributions.yaml").read_bytes(), loader)  # noqa: S506  a safe one
    return found


def plan_data(wanted: list[Wanted]) -> dict[str, Any]:
    """The plan as plain data."""
    return {"version": 1, "images": [_entry(one) for one in wanted]}


def _entry(one: Wanted) -> dict[str, Any]:
    ids: dict[str, list[str]] = {}
    for region, name in one.reference.ids:
        ids.setdefault(region or "any", []).append(name)
    return {
        "name": one.reference.name,
        "kind": one.kind,
        "system": one.system,
        "because": one.because,
        "advice": one.advice,
        "ids": ids,
        "used_by": list(one.reference.used_by),
        "use": "",
        "source": "",
    }


_HEAD = """\
# Images of {templates}, written by cfn2heat images plan.
#
# For each image say what shall become of it, then give this file to the next step:
#   kind: public or vendor   another image takes its place: put its name or id in your cloud behind `use`
#   kind: pet                the disk itself moves: put the exported file (VMDK, VHD, OVA, raw, ...) behind `source`,
#                            or let AWS export it into a bucket of yours: source: {{ami: ami-..., region: ..., bucket: ...}}
#   kind: unknown            the template leaves it open: look at the running stack, and make it one of the others
version: 1
images:
"""


def write_plan(wanted: list[Wanted], templates: list[str]) -> str:
    """The plan as YAML for a person to edit."""
    named = templates[0] if len(templates) == 1 else f"{len(templates)} templates"
    text = _HEAD.format(templates=_line(named))
    for one in wanted:
        text += "".join(_lines(one))
    return text if wanted else text.replace("images:\n", "images: []\n")


def _lines(one: Wanted) -> Iterable[str]:
    yield f"\n  - name: {_scalar(one.reference.name)}\n"
    yield f"    kind: {one.kind}" + (f"  # {_line(one.system)}\n" if one.system else "\n")
    yield f"    # {_line(one.because)}\n    # {_line(one.advice)}\n"
    yield "    use:\n" if one.kind != "pet" else "    source:\n"
    entry = _entry(one)
    yield "    ids:\n" if entry["ids"] else "    ids: {}\n"
    for region, names in entry["ids"].items():
        yield f"      {_scalar(region)}: [{', '.join(map(_scalar, names))}]\n"
    yield "    used_by:\n" if entry["used_by"] else "    used_by: []  # nothing in the templates\n"
    for place in entry["used_by"]:
        yield f"      - {_scalar(place)}\n"


_PLAIN = re.compile(r"[A-Za-z/](?:[\w./-]|:(?=\S)| (?=[A-Za-z0-9]))*")


def _scalar(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    return text if plain else json.dumps(text)


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
