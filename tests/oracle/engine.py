"""The real Heat engine as an oracle: a worker in the Heat environment, asked in JSON lines.

The engine's dependencies differ from ours, so that it lives in its own environment: HEAT_PYTHON names the interpreter, else
.venv-heat/bin/python (made by `make heat-env`).
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("worker.py")


def heat_python() -> Path | None:
    """The interpreter that has the engine; None when there is none here."""
    python = Path(os.environ.get("HEAT_PYTHON", ROOT / ".venv-heat" / "bin" / "python"))
    return python if python.exists() else None


class Engine:
    """One running worker."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [str(python), str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def ask(self, op: str, **request: Any) -> dict[str, Any]:
        """One question and its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **request}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the Heat engine ended with status {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "failure" in answer:
            raise RuntimeError(answer["failure"])
        return answer

    def parse(self, text: str) -> Any:
        """What Heat's own YAML reader makes of a text."""
        return self.ask("parse", text=text)["value"]

    def errors(self, text: str, files: dict[str, str] | None = None, env: dict[str, Any] | None = None) -> list[str]:
        """What is wrong with a template; an empty list: nothing."""
        found = self.ask("validate", text=text, files=files or {}, env=env or {})["errors"]
        return [f"{error['path']}: {error['message']}" if error["path"] else error["message"] for error in found]

    def resolve(self, text: str, resource: str) -> Any:
        """The properties of one resource with their functions run."""
        return self.ask("resolve", text=text, resource=resource)["value"]

    def catalog(self) -> str:
        """The catalog as it would be generated now."""
        return str(self.ask("catalog")["text"])

    def close(self) -> None:
        """End the worker."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()
