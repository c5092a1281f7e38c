"""A template of one resource: what a call costs before it does anything, beside cfn-flip changing the same file's syntax."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pairs
import templates


def main() -> None:
    runs = pairs.runs_wanted(__doc__, 30)
    flip, ours = pairs.program("cfn-flip"), pairs.program("cfn2heat")
    with tempfile.TemporaryDirectory() as folder:
        one = templates.write(Path(folder, "one.json"), templates.ONE)
        same = one.with_suffix(".yaml")
        same.write_bytes(subprocess.run([flip, str(one)], check=True, capture_output=True).stdout)
        print(pairs.heading())
        for path in (one, same):
            print(
                pairs.line(
                    f"one resource, {path.suffix[1:]}", *pairs.pairs([ours, "convert", str(path)], [flip, str(path)], runs)
                )
            )


if __name__ == "__main__":
    main()
