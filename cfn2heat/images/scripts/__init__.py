"""Scripts that run on servers and not here."""

from __future__ import annotations

from pathlib import Path

from cfn2heat.record import record

_HERE = Path(__file__).parent


@record
class Script:
    """A script that prepares a server, and how it is tried first."""

    name: str
    first: str
    ends: str


SCRIPTS = {
    "linux": Script("prepare-linux.sh", "on the server, first: sh {} --dry-run", "\n"),
    "windows": Script(
        "prepare-windows.ps1",
        "on the server, first: powershell -ExecutionPolicy Bypass -File {} -Drivers D:\\ -DryRun",
        "\r\n",
    ),
}


def prepare_script(system: str) -> str:
    """The script for linux or windows, with the ends of lines that its system has."""
    script = SCRIPTS[system]
    return (_HERE / script.name).read_text(encoding="utf-8").replace("\n", script.ends)
