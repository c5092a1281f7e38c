"""Proves one template on a real cloud: converted, created, compared with what its source asks for, deleted, nothing left."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cfn2heat.api import Conversion, Settings
from cfn2heat.report.document import report
from cfn2heat.table.loader import Table
from cfn2heat.table.site import build_site
from cfn2heat.translate.result import Converted
from tests.cloud import prepare
from tests.cloud.deployed import Deployed
from tests.cloud.evaluate import Source
from tests.cloud.intent import Compared, announced_places, compare, facts
from tests.cloud.seen import inventory, since
from tests.cloud.stack_run import StackRun
from tests.cloud.uses import handed_on, uses
from tests.cloud.values import Chooser, Values

NAME_OF_AWS = re.compile(
    r"(?<![\w.-])(?:ami-[0-9a-f]{8,17}|(?:db\.)?[a-z][a-z0-9-]*\.(?:nano|micro|small|medium|large|\d*xlarge|metal))(?![\w.-])"
)
"""Images, instance types and database classes, by which tables of the site are read."""


@dataclass
class Written:
    """A converted template with all that its proof needs."""

    path: Path
    home: Path
    template: str
    files: dict[str, str]
    announced: dict[Path, frozenset[str]]
    values: Values
    resources: int
    lost: int
    administrator: bool = False
    """Whether only an administrator may make what it has: users and groups."""


def convert(path: Path, home: Path, table: Table, known: Mapping[str, Any]) -> Written | str:
    """The template as Heat will get it and values for its parameters; a text says why there is none."""
    results, administrator = _converted(path, home, table)
    asked = report(results)["templates"][0]
    translation = results[0].translation
    if translation is None:
        errors = [one["message"] for one in asked["diagnostics"] if one["severity"] == "error"]
        return f"not converted: {errors[-1] if errors else asked['status']}"
    files = {name: text for result in results for name, text in result.files.items() if not name.endswith(".env.yaml")}
    template = files.pop(next(iter(results[0].files)))
    documents = [yaml.safe_load(text) for text in [template, *files.values()]]
    holes = {hole["parameter"]: f"{hole['subject']}: {hole['because']}" for hole in asked["holes"]}
    kinds = uses(documents)
    handed = handed_on(documents, dict(zip(files, documents[1:], strict=True)), kinds)
    chooser = Chooser(
        known,
        types={name: str(parameter.type) for name, parameter in translation.template.parameters.items()},
        holes=holes,
        uses={**{name: handed[name] for name in holes.keys() & handed.keys()}, **kinds},
        words=NAME_OF_AWS.findall("\n".join([template, *files.values()])),
    )
    values = chooser.choose(documents[0].get("parameters") or {})
    said = {Path(one.path).resolve(): announced_places(one.translation.ledger.entries) for one in results if one.translation}
    lost = sum(one["fate"] in ("dropped", "hole") for one in asked["resources"])
    return Written(path, home, template, files, said, values, len(asked["resources"]), lost, administrator)


def _converted(path: Path, home: Path, table: Table) -> tuple[list[Converted], bool]:
    """The conversion for a plain member; where nothing lives on, that for an administrator, if it makes users alone."""
    results = Conversion(Settings(table, template_dir=home)).convert(path)
    if _types(results):
        return results, False
    switched = build_site({"switches": {"keystone_admin": True}}, table)
    others = Conversion(Settings(table, switched, template_dir=home)).convert(path)
    types = _types(others)
    return (others, True) if types and all(type.startswith("OS::Keystone::") for type in types) else (results, False)


def _types(results: list[Converted]) -> set[str]:
    return {resource.type for one in results if one.translation for resource in one.translation.hot.resources.values()}


@dataclass
class Clouds:
    """One cloud, as the plain member that the stacks are of, and as an administrator, who looks at user data and makes users."""

    member: Any
    heat: Any
    admin: Any = None
    admin_heat: Any = None


def prove(name: str, written: Written, clouds: Clouds, known: Mapping[str, Any], timeout: float) -> dict[str, Any]:
    """The whole life of one stack, as a row of the account."""
    people = written.administrator
    cloud, heat = (clouds.admin, clouds.admin_heat) if people else (clouds.member, clouds.heat)
    if cloud is None:
        return {"stopped": "only an administrator may make users and groups, and none was given"}
    run = StackRun(heat, name, timeout)
    run.forget()
    before = inventory(cloud, people=people)
    row: dict[str, Any] = {
        "administrator": people,
        "prepared": prepare.stand(cloud, written.template, written.files, written.values.chosen, known),
    }
    created, kept = run.create(written.template, written.files, written.values.chosen), set[str]()
    row["create"] = vars(created)
    if run.id:
        row["stack"], row["heat"] = run.id, [_told(one) for one in run.resources()]
        if created.status == "CREATE_COMPLETE":
            row["outputs"] = run.outputs()
            prepare.use_queues(cloud, row["heat"])
            row["seen"] = since(before, inventory(cloud, clouds.admin, people=people))
            row |= told(compared(name, written, row, known))
        kept = {*_retained(written, row["heat"]), *prepare.ordered(cloud, row["heat"])}
        row["delete"] = vars(run.delete())
    prepare.clear(cloud, row["prepared"])
    row["left"], row["retained"] = _left(before, cloud, kept)
    return row


def compared(name: str, written: Written, row: Mapping[str, Any], known: Mapping[str, Any]) -> Compared:
    """The facts of the source beside what was seen."""
    source = Source(written.path.read_text(encoding="utf-8"), written.values.chosen, name)
    return compare(
        facts(
            written.path, written.home, Deployed(source, row["stack"], row["heat"], row["seen"], known["site"]), written.announced
        )
    )


def told(compared: Compared) -> dict[str, Any]:
    """A comparison as part of a row."""
    return {**vars(compared), "agreed": dict(compared.agreed)}


def _retained(written: Written, rows: list[dict[str, str]]) -> Iterator[str]:
    """Ids of what the template says to keep."""
    for text in [written.template, *written.files.values()]:
        for name, resource in (yaml.safe_load(text).get("resources") or {}).items():
            if str(resource.get("deletion_policy", "")).lower() == "retain":
                yield from (row["id"] for row in rows if row["name"] == name)


def _left(before: dict[str, Any], cloud: Any, retained: set[str]) -> tuple[dict[str, Any], list[str]]:
    """What is there that was not before; services take a moment to forget. What the source says to keep is taken away here."""
    kept: list[str] = []
    for _ in range(10):
        found = {kind: things for kind, things in since(before, inventory(cloud, people="user" in before)).items() if things}
        for kind in list(found):
            for id_ in set(found[kind]) & retained:
                prepare.remove(cloud, kind, id_)
                kept.append(f"{kind} {id_}")
        if not found:
            break
        time.sleep(2)
    return found, sorted(set(kept))


def _told(resource: Any) -> dict[str, str]:
    """A resource as Heat lists it, with the id of its stack."""
    stack = next((link["href"] for link in resource.links if link["rel"] == "stack"), "")
    return {
        "name": resource.resource_name,
        "type": resource.resource_type,
        "id": resource.physical_resource_id,
        "stack": stack.rsplit("/", 1)[-1],
    }
