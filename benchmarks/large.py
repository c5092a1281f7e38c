"""Large templates: beside cfn-flip, and whether four times the resources cost four times the time."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from pathlib import Path

import pairs
import templates


def main() -> None:
    runs = pairs.runs_wanted(__doc__, 7)
    flip, ours = pairs.program("cfn-flip"), pairs.program("cfn2heat")
    with tempfile.TemporaryDirectory() as folder:
        small = templates.write(Path(folder, "small.json"), templates.large(476))
        longer = templates.write(Path(folder, "longer.json"), templates.large(476, 56))
        print(pairs.heading())
        for path in (small, as_yaml(flip, small), as_yaml(flip, longer)):
            title = f"476 resources, {path.stat().st_size // 1000} kB, {path.suffix[1:]}"
            print(pairs.line(title, *pairs.pairs([ours, "convert", "-q", str(path)], [flip, str(path)], runs)))
        print(f"\ncfn2heat alone, start-up included:\n{growth(ours, Path(folder), max(3, runs // 2))}")


def as_yaml(flip: str, path: Path) -> Path:
    """The same template as YAML."""
    same = path.with_suffix(".yaml")
    same.write_bytes(subprocess.run([flip, str(path)], check=True, capture_output=True).stdout)
    return same


def growth(ours: str, folder: Path, runs: int) -> str:
    """Seconds for 500, 1000 and 2000 resources, and for each thousand of them above start-up."""
    one = templates.write(folder / "one.json", templates.ONE)
    commands = {
        size: [ours, "convert", "-q", str(templates.write(folder / f"{size}.json", templates.large(size)))] for size in SIZES
    }
    taken: dict[int, list[float]] = {0: [], **{size: [] for size in SIZES}}
    for _ in range(runs):
        taken[0].append(pairs.once([ours, "convert", "-q", str(one)]))
        for size, command in commands.items():
            taken[size].append(pairs.once(command))
    start = statistics.median(taken[0])
    rows = [(size, statistics.median(taken[size])) for size in SIZES]
    return "\n".join(
        f"{size:6} resources {median:8.3f} s   {(median - start) / size * 1000:8.3f} s per 1000 above start-up"
        for size, median in rows
    )


SIZES = (500, 1000, 2000)


if __name__ == "__main__":
    main()
