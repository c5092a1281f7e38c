"""Converts every template below a folder and writes a short account: what converts, what becomes of resources, how long it takes.

    python scripts/measure_folder.py FOLDER [-o docs/corpus.md] [--heat-python PY] [--kinds manifest.jsonl]

Resources are counted from the report of each conversion. With --heat-python (an interpreter that has openstack-heat) every
written template is held against the real engine. A manifest of kinds has a JSON object a line with "path" (below FOLDER, or
with "repo" before it) and "kind"; the account is then split by kind. Nothing of the machine comes into the output.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cfn2heat.api import Conversion, Settings  # noqa: E402  the checkout is at hand now
from cfn2heat.report.document import report  # noqa: E402  the checkout is at hand now
from cfn2heat.table.loader import Table, load_table  # noqa: E402  the checkout is at hand now

ENDINGS = {".json", ".yaml", ".yml", ".template"}
INTRODUCTION = """\
Written by `scripts/measure_folder.py`, which anyone can run on a folder of templates. Fates are those of
[the report](report.md); times are of one process a core, with the table loaded."""
FATES = ("translated", "adapted", "dropped", "hole")


@dataclass
class Measured:
    """What one template gave; files are texts by name, first the template."""

    name: str
    kind: str
    status: str
    seconds: float
    codes: list[str] = field(default_factory=list)
    resources: list[tuple[str, str]] = field(default_factory=list)
    unknown: int = 0
    files: dict[str, str] = field(default_factory=dict)
    valid: bool | None = None
    because: str = ""


@cache
def table() -> Table:
    """The shipped table, once a worker."""
    return load_table()


def measure(folder: Path, template_dir: Path, name: str, kind: str) -> Measured:
    """Convert one template; whatever is raised is a crash, and told by its kind."""
    start = time.perf_counter()
    try:
        results = Conversion(Settings(table(), template_dir=template_dir)).convert(folder / name)
        asked = report(results)["templates"][0]
    except Exception as error:  # noqa: BLE001  the account says so
        return Measured(name, kind, "crashed", time.perf_counter() - start, [type(error).__name__])
    found = Measured(name, kind, asked["status"], time.perf_counter() - start)
    found.codes = [diagnostic["code"] for diagnostic in asked["diagnostics"] if diagnostic["severity"] == "error"]
    found.resources = [(resource["type"], resource["fate"]) for resource in asked["resources"]]
    found.unknown = sum(resource["leaves"]["unknown"] for resource in asked["resources"])
    found.files = {file: text for result in results for file, text in result.files.items()}
    return found


def templates(folder: Path, manifest: Path | None) -> list[tuple[str, str, Path]]:
    """Each template's path below the folder, its kind, and the folder that its nested templates may stand in."""
    if manifest is None:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS and path.is_file())
        return [(path.relative_to(folder).as_posix(), "", path.parent) for path in paths]
    found = []
    for line in manifest.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        home = folder / entry.get("repo", "")
        path = home / entry["path"]
        if path.is_file():
            found.append((path.relative_to(folder).as_posix(), str(entry.get("kind", "")), home))
    return found


def measure_all(folder: Path, manifest: Path | None, workers: int) -> list[Measured]:
    """All templates, in worker processes, in the order of their names."""
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(measure, folder, home, name, kind) for name, kind, home in templates(folder, manifest)]
        return [job.result() for job in jobs]


def judge(measured: list[Measured], python: Path, workers: int) -> None:
    """Ask the real engine about every written template."""
    from tests.oracle.engine import Engine

    written = [one for one in measured if one.files]

    def ask(share: list[Measured]) -> None:
        engine = Engine(python)
        for one in share:
            errors = engine.errors(next(iter(one.files.values())), one.files)
            one.valid, one.because = not errors, " ".join("".join(errors[:1]).split())[:200]
        engine.close()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(ask, [written[index::workers] for index in range(workers)]))


def share(part: int, whole: int) -> str:
    """A count with its share of a whole."""
    return f"{part} ({100 * part / whole:.1f}%)" if whole else "0"


def rows(head: Iterable[str], body: Iterable[Iterable[object]]) -> Iterator[str]:
    """A markdown table: the first column is text, the others are numbers."""
    head = list(head)
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for row in body:
        yield f"| {' | '.join(map(str, row))} |"
    yield ""


def by_kind(measured: list[Measured], count: Callable[[list[Measured]], list[object]]) -> Iterator[list[object]]:
    """A row a kind, and one for all."""
    kinds = list(dict.fromkeys(sorted(one.kind for one in measured)))
    for kind in kinds if len(kinds) > 1 else []:
        yield [kind, *count([one for one in measured if one.kind == kind])]
    yield ["all", *count(measured)]


def outcomes(measured: list[Measured]) -> list[object]:
    """How many templates there are, and what became of them."""
    status = Counter(one.status for one in measured)
    judged = [one for one in measured if one.valid is not None]
    valid = share(sum(bool(one.valid) for one in judged), len(judged)) if judged else "not asked"
    return [len(measured), *(share(status[word], len(measured)) for word in ("converted", "failed", "crashed")), valid]


def fates(measured: list[Measured]) -> list[object]:
    """How many resources there are, and what became of them."""
    counted = Counter(fate for one in measured for _, fate in one.resources)
    total = sum(counted.values())
    unknown = sum(one.unknown for one in measured)
    return [total, *(share(counted[fate], total) for fate in FATES), unknown]


def frequent(measured: list[Measured], number: int) -> Iterator[list[object]]:
    """The most frequent types, with what became of them."""
    counted = Counter(resource for one in measured for resource in one.resources)
    totals: Counter[str] = Counter()
    for (type_, _), count in counted.items():
        totals[type_] += count
    for type_, total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:number]:
        yield [f"`{type_}`", total, *(f"{100 * counted[type_, fate] / total:.0f}%" for fate in FATES)]


def account(measured: list[Measured], number: int) -> str:
    """The whole account as markdown."""
    refused = Counter(code for one in measured if one.status != "converted" for code in set(one.codes))
    slowest = sorted(measured, key=lambda one: -one.seconds)[:5]
    times = sorted(one.seconds for one in measured)
    lines = ["# A folder of templates, measured", "", INTRODUCTION, ""]
    lines += [
        "## Templates",
        "",
        *rows(["kind", "templates", "converted", "refused", "crashed", "valid to Heat"], by_kind(measured, outcomes)),
    ]
    if refused:
        said = ", ".join(f"`{code}` {count}" for code, count in refused.most_common())
        lines += [f"Refused or crashed with: {said}.", ""]
    lines += ["## Resources", "", *rows(["kind", "resources", *FATES, "leaves unknown"], by_kind(measured, fates))]
    lines += [f"## The {number} most frequent types", "", *rows(["type", "resources", *FATES], frequent(measured, number))]
    if times:
        middle, late = times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]
        lines += ["## Time", "", f"Median {middle * 1000:.0f} ms, 99 of 100 within {late * 1000:.0f} ms. The slowest:", ""]
        lines += rows(
            ["template", "resources", "seconds"], ([f"`{one.name}`", len(one.resources), f"{one.seconds:.2f}"] for one in slowest)
        )
    invalid = [f"`{one.name}`: {one.because}" for one in measured if one.valid is False]
    if invalid:
        lines += ["## Not valid to Heat", "", *(f"- {line}" for line in invalid[:30]), ""]
        lines += [f"and {len(invalid) - 30} more", ""] if len(invalid) > 30 else []
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="markdown file; standard output without it")
    parser.add_argument("--heat-python", type=Path, help="an interpreter that has openstack-heat")
    parser.add_argument("--kinds", type=Path, help="manifest of kinds, a JSON object a line")
    parser.add_argument("--types", type=int, default=40, help="how many of the most frequent types to show")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    measured = measure_all(arguments.folder.resolve(), arguments.kinds, arguments.workers)
    if arguments.heat_python:
        judge(measured, arguments.heat_python, arguments.workers)
    text = account(measured, arguments.types)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
