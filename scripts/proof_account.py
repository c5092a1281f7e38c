"""Writes the account of a proof from the results of prove_folder.py: what was deployed and compared, and what stopped the rest.

python scripts/proof_account.py RESULTS.jsonl --list LIST.jsonl -o docs/proof.md
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.measure_folder import rows  # noqa: E402  the checkout is at hand now
from scripts.prove_folder import entries, proved, results  # noqa: E402

INTRODUCTION = """\
Written by `scripts/proof_account.py`. Public templates were converted and deployed on the project's test cloud
(`tests/cloud/`): a real Keystone, Heat, Nova, Neutron, Cinder, Octavia, Swift, Zaqar, Designate, Trove, Manila and Barbican, of
which only the data planes are missing. A plain member of a project created each stack, as converted; only values of parameters
were chosen, by rules from what the cloud has (`tests/cloud/values.py`). A source of which nothing but users and groups can live
on was converted with the site's switch `keystone_admin` and created by an administrator; it says so. No template was touched.
Where a run failed, the cause was mended in the translator, in a rule or in the test cloud, and the template was done again; the
last row counts.

The list was made before the run, by `scripts/choose_templates.py`: {named} templates that people who migrate would bring, and a
sample, drawn with a seed, of the real and example templates of the corpus that have at least three resources of which more than
half live on. A template is *proved* when

1. its stack reaches CREATE_COMPLETE (wait conditions are signalled once the servers are up, since nothing boots in them),
2. what the services' own APIs report agrees with what the source asks for, by an evaluator that shares nothing with the
   translator (`tests/cloud/intent.py`): networks, subnets and their blocks, ways out, security group rules, ports and addresses,
   servers with flavor, image, key and user data, volumes and attachments, load balancers, listeners and members, queues,
   containers, zones and records, users and their groups,
3. its stack reaches DELETE_COMPLETE and nothing of it is left in the project, but for what the source says to retain and keys
   that Barbican keeps when their orders are deleted.

*Facts* are comparisons that agreed; *open* are those for which the source alone does not say what is wanted; *announced* are
differences that the conversion itself had reported at that place. *Stand-ins* are parameters that ask for what only AWS could
give (a role's name, a cluster): they got a word that means nothing."""


def account(found: dict[str, dict[str, Any]], asked: list[str], named: int) -> str:
    """The whole account as markdown."""
    known = [found[name] for name in asked if name in found]
    good = [row for row in known if proved(row)]
    bad = [row for row in known if not proved(row)]
    lines = ["# Proved on a real cloud", "", INTRODUCTION.format(named=named), ""]
    lines += ["## In short", "", *rows(["", "templates"], short(asked, known, good)), ""]
    lines += ["## What was compared", "", *rows(["fact", "agreed"], facts(good)), ""]
    head = ["template", "resources", "in Heat", "created in s", "deleted in s", "facts", "open", "announced", "stand-ins"]
    lines += ["## Proved", "", *rows(head, map(line, good)), ""]
    lines += ["## Announced differences", "", *announced(good), ""]
    lines += ["## Not proved", "", *(f"- {shown(row['name'])}: {why(row)}" for row in bad)]
    missing = [name for name in asked if name not in found]
    lines += [f"- {shown(name)}: not reached in this run" for name in missing]
    return "\n".join(lines).rstrip() + "\n"


def short(asked: list[str], known: list[dict[str, Any]], good: list[dict[str, Any]]) -> Iterator[list[object]]:
    """The counts that matter."""
    yield ["on the list", len(asked)]
    yield ["deployed", sum("create" in row for row in known)]
    yield ["reached CREATE_COMPLETE", sum(row.get("create", {}).get("status") == "CREATE_COMPLETE" for row in known)]
    yield ["proved", len(good)]
    yield ["of those without any stand-in", sum(not row["placeholders"] for row in good)]
    yield ["resources of the sources of the proved", sum(row["resources"] for row in good)]


def facts(good: list[dict[str, Any]]) -> Iterator[list[object]]:
    """How often each kind of fact agreed."""
    counted: Counter[str] = Counter()
    for row in good:
        counted.update(row["agreed"])
    yield from ([what, number] for what, number in counted.most_common())
    yield ["all", counted.total()]


def line(row: dict[str, Any]) -> list[object]:
    """One proved template."""
    times = [f"{row[action]['seconds']:.0f}" for action in ("create", "delete")]
    numbers = [sum(row["agreed"].values()), row["open"], len(row["announced"]), len(row["placeholders"])]
    name = shown(row["name"]) + (" (by an administrator)" if row.get("administrator") else "")
    return [name, row["resources"], len(row["heat"]), *times, *numbers]


def announced(good: list[dict[str, Any]]) -> Iterator[str]:
    """What of them differs, by the kind of fact; the values stand in the results."""
    for row in good:
        kinds = Counter(difference.split(": ")[1] for difference in row["announced"])
        if kinds:
            yield f"- {shown(row['name'])}: {', '.join(f'{what} ({number})' for what, number in kinds.items())}"


def shown(name: str) -> str:
    """The folder of a repository is called owner+name."""
    return f"`{name.replace('+', '/', 1)}`"


def why(row: dict[str, Any]) -> str:
    """What stopped a template, in one line."""
    created = row.get("create", {})
    if "stopped" in row:
        text = row["stopped"]
    elif created["status"] == "REFUSED":
        text = f"refused: {created['reason']}"
    elif created["status"] != "CREATE_COMPLETE":
        failures = [f"{one['type']}: {one['reason']}" for one in created["failures"] if one["status"] == "CREATE_FAILED"]
        text = f"{created['status']}: {failures[-1] if failures else created['reason']}"
    elif not row["heat"]:
        text = "nothing of it lives on in a stack"
    elif row.get("differences"):
        text = f"differs: {row['differences'][0]}"
    elif row.get("left"):
        text = f"left behind: {', '.join(f'{kind} ({len(things)})' for kind, things in row['left'].items())}"
    else:
        text = f"{row['delete']['status']}: {row['delete']['reason']}"
    return clean(text)


def clean(text: str) -> str:
    """Without ids, which differ from run to run."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "ID", " ".join(text.split()))
    return re.sub(r"http://127\.0\.0\.1:\d+", "http://CLOUD", text).replace("|", "\\|")[:400]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--list", type=Path, required=True)
    parser.add_argument("--named", type=int, default=0, help="how many of the list were named")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    asked = [f"{entry['repo']}/{entry['path']}" for entry in entries(arguments.list)]
    text = account(results(arguments.results), asked, arguments.named)
    arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
