"""Makes the list of templates for prove_folder.py by a rule that is stated before anything is deployed.

    python scripts/choose_templates.py FOLDER --kinds manifest.jsonl --sample 80 --seed 1 [--named LIST.jsonl] -o CHOSEN.jsonl

The named ones, all of them, and a sample, drawn with the seed, of the real and example templates that have at least three
resources of which more than half live on after conversion; small ones first. Nobody looks at a cloud for it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cfn2heat.api import Conversion, Settings  # noqa: E402  the checkout is at hand now
from cfn2heat.report.document import report  # noqa: E402
from cfn2heat.table.loader import Table, load_table  # noqa: E402

KINDS = {"real", "example"}
LEAST = 3


def lines(path: Path) -> list[dict[str, object]]:
    """A JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def lives(folder: Path, entry: dict[str, object], table: Table) -> bool:
    """Whether more than half of a template's resources live on."""
    home = folder / str(entry["repo"])
    asked = report(Conversion(Settings(table, template_dir=home)).convert(home / str(entry["path"])))["templates"][0]
    fates = [resource["fate"] in ("translated", "adapted") for resource in asked["resources"]]
    return len(fates) >= LEAST and sum(fates) * 2 > len(fates)


def drawn(folder: Path, kinds: Path, number: int, seed: int, named: set[tuple[str, str]]) -> Iterator[dict[str, object]]:
    """The sample, in the order in which it is drawn; a text that stands in two places is drawn once."""
    entries = [entry for entry in lines(kinds) if entry["kind"] in KINDS and int(str(entry["resources"])) >= LEAST]
    random.Random(seed).shuffle(entries)
    table = load_table()
    texts: set[bytes] = set()
    for entry in entries:
        name = (str(entry["repo"]), str(entry["path"]))
        text = (folder / name[0] / name[1]).read_bytes()
        if number and name not in named and text not in texts and lives(folder, entry, table):
            texts.add(text)
            number -= 1
            yield {"repo": name[0], "path": name[1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", type=Path, required=True, help="a JSON object a line: repo, path, kind, resources")
    parser.add_argument("--named", type=Path, help="a list that is taken whole, before the sample")
    parser.add_argument("--sample", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    first = lines(arguments.named) if arguments.named else []
    named = {(str(entry["repo"]), str(entry["path"])) for entry in first}
    sample = drawn(arguments.folder.resolve(), arguments.kinds, arguments.sample, arguments.seed, named)
    sizes = {(entry["repo"], entry["path"]): int(str(entry["resources"])) for entry in lines(arguments.kinds)}
    chosen = sorted([*first, *sample], key=lambda entry: sizes[entry["repo"], entry["path"]])
    with arguments.output.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(entry) + "\n" for entry in chosen)


if __name__ == "__main__":
    main()
