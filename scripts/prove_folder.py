"""Deploys converted templates on a real OpenStack and compares what came to be with what their sources ask for.

    python scripts/prove_folder.py FOLDER --os-cloud C --list LIST.jsonl --out RESULTS.jsonl

The list has a JSON object a line: "repo" (a folder below FOLDER) and "path". A template that stands in RESULTS already is not
done again, so that a run can be broken off and gone on with.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, Queue
from threading import Lock
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import openstack  # noqa: E402  the checkout is at hand now
from heatclient.client import Client  # noqa: E402
from heatclient.exc import HTTPException  # noqa: E402
from openstack.exceptions import SDKException  # noqa: E402

from cfn2heat.table.loader import load_table  # noqa: E402
from tests.cloud.ground import stand  # noqa: E402
from tests.cloud.proof import Clouds, convert, prove  # noqa: E402
from tests.cloud.stack_run import StackRun  # noqa: E402


def entries(path: Path) -> list[dict[str, Any]]:
    """The lines of a list."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def results(path: Path) -> dict[str, dict[str, Any]]:
    """The last row of each template."""
    return {row["name"]: row for row in entries(path)} if path.exists() else {}


def proved(row: dict[str, Any]) -> bool:
    """Whether a template went through all of it, with no difference and nothing left; one that makes nothing does not count."""
    created, deleted = (row.get(action, {}).get("status") for action in ("create", "delete"))
    ended = created == "CREATE_COMPLETE" and deleted == "DELETE_COMPLETE"
    return ended and bool(row["heat"]) and not row.get("differences") and not row.get("left")


def stack_name(name: str) -> str:
    """A short name for the stack of a template; templates make names of things from it."""
    return f"p{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def one(folder: Path, entry: dict[str, str], table: Any, facts: Any, clouds: Clouds, timeout: float) -> dict[str, Any]:
    """The row of one template."""
    name = f"{entry['repo']}/{entry['path']}"
    row: dict[str, Any] = {"name": name}
    start = time.time()
    written = convert(folder / name, folder / entry["repo"], table, facts)
    if isinstance(written, str):
        return {**row, "stopped": written}
    row |= {"resources": written.resources, "lost": written.lost, "parameters": written.values.chosen}
    row |= {
        "placeholders": written.values.placeholders,
        "missing": written.values.missing,
        "convert": round(time.time() - start, 2),
    }
    if written.values.missing:
        return {**row, "stopped": f"no value for {', '.join(written.values.missing)}"}
    try:
        return {**row, **prove(stack_name(name), written, clouds, facts, timeout)}
    except (SDKException, HTTPException) as error:
        return {**row, "stopped": f"the proof broke off: {error}"[:400]}


def told(row: dict[str, Any]) -> str:
    """A line for who watches."""
    create, delete = row.get("create", {}), row.get("delete", {})
    words = [time.strftime("%H:%M:%S"), row["name"], row.get("stopped", "") or create.get("status", "")]
    words += [f"{create.get('seconds', 0):.0f}s", delete.get("status", ""), f"{delete.get('seconds', 0):.0f}s" if delete else ""]
    words += [f"{sum(row['agreed'].values())} facts, {row['open']} open" if "agreed" in row else ""]
    words += ["\n    DIFFERS " + difference[:300] for difference in row.get("differences", [])]
    words += ["\n    announced " + difference[:200] for difference in row.get("announced", [])]
    words += [json.dumps(row["left"])[:300] if row.get("left") else "", "PLACEHOLDERS" if row.get("placeholders") else ""]
    if create.get("status") not in (None, "CREATE_COMPLETE"):
        failures = [f"{one['name']}({one['type']}): {one['reason']}" for one in create["failures"] if "FAILED" in one["status"]]
        words += ["\n    " + create["reason"][:400], *("\n    " + failure[:400] for failure in failures)]
    return " ".join(filter(None, words))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--os-cloud", required=True, action="append", help="a plain member's; one stack at a time runs in each")
    parser.add_argument("--admin-cloud", help="the same cloud as an administrator: reads user data, makes users")
    parser.add_argument("--list", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--again", action="store_true", help="do those again that were not proved")
    parser.add_argument("--timeout", type=float, default=600)
    arguments = parser.parse_args()
    already = {name for name, row in results(arguments.out).items() if proved(row) or not arguments.again}
    waiting: Queue[dict[str, Any]] = Queue()
    for entry in entries(arguments.list):
        if f"{entry['repo']}/{entry['path']}" not in already:
            waiting.put(entry)
    writing = Lock()

    def work(name: str) -> None:
        """Prove what waits, one after the other, in one project."""
        cloud = openstack.connect(cloud=name)
        heat = Client("1", session=cloud.session, region_name=cloud.config.get_region_name())
        admin = openstack.connect(cloud=arguments.admin_cloud) if arguments.admin_cloud else None
        for stack in heat.stacks.list():
            if re.fullmatch(r"p[0-9a-f]{6}", stack.stack_name):
                StackRun(heat, stack.stack_name).forget()
        admin_heat = Client("1", session=admin.session, region_name=admin.config.get_region_name()) if admin else None
        clouds, facts = Clouds(cloud, heat, admin, admin_heat), stand(cloud, heat)
        while True:
            try:
                entry = waiting.get_nowait()
            except Empty:
                return
            row = one(arguments.folder.resolve(), entry, load_table(), facts, clouds, arguments.timeout)
            with writing, arguments.out.open("a", encoding="utf-8") as out:
                print(told(row), flush=True)
                out.write(json.dumps(row) + "\n")

    with ThreadPoolExecutor(len(arguments.os_cloud)) as pool:
        for ended in [pool.submit(work, name) for name in arguments.os_cloud]:
            ended.result()


if __name__ == "__main__":
    main()
