"""What a server has that a new one must have, too: asked of a live one over ssh, or of a disk in a virtual machine."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cfn2heat.images.finish import quoted
from cfn2heat.images.guard import Disk
from cfn2heat.images.refusal import refusal
from cfn2heat.images.tools import Limits, last_words, run, run_well

_SCRIPT = Path(__file__).with_name("scripts") / "inventory.sh"
_LIVE = Limits(seconds=600)
_OFFLINE = Limits(seconds=1800, file=8 << 30)
_USER, _HOST = re.compile(r"[A-Za-z_][\w.-]*"), re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*|[0-9a-fA-F:]+")


class Address(NamedTuple):
    """Where a live server is."""

    user: str
    host: str
    port: int


def read_address(text: str) -> Address:
    """An ssh://user@host[:port]; nothing in it can be an option or a command."""
    try:
        found = urlsplit(text)
        user, host, port = found.username or "", found.hostname or "", found.port or 22
    except ValueError:
        user = host = ""
        port = 0
    plain = found.path in ("", "/") and not found.password and not found.query if host else False
    if not plain or not _HOST.fullmatch(host) or (user and not _USER.fullmatch(user)):
        raise refusal("C2H7090", text, "this is no address of the form ssh://user@host or ssh://user@host:port")
    return Address(user, host, port)


def ask_live(address: Address, identity: Path | None, known_hosts: Path | None) -> dict[str, Any]:
    """The inventory of a live server: one script over one connection to a host whose key is known."""
    options = [
        "-T",
        "-o",
        "BatchMode=yes",
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "ForwardAgent=no",
        "-o",
        "ClearAllForwardings=yes",
    ]
    if known_hosts is not None:
        options += ["-o", f'UserKnownHostsFile="{known_hosts}"', "-o", "GlobalKnownHostsFile=/dev/null"]
    if identity is not None:
        options += ["-i", str(identity), "-o", "IdentitiesOnly=yes"]
    if address.user:
        options += ["-l", address.user]
    mark = f"@@{token_hex(8)}"
    result = run(["ssh", *options, "-p", str(address.port), "--", address.host, "sh -s"], _LIVE, stdin=_script(mark))
    found = _sections(result.output, mark)
    if "end" not in found:
        words = last_words(result)
        advice = "look at the host's key with its owner, and add it with ssh-keyscan" if "erification failed" in words else ""
        raise refusal(
            "C2H7091", address.host, f"it cannot be asked: {words}", advice or "try `ssh` by hand with the same user and key"
        )
    return _read(address.host, found)


def ask_disk(disk: Disk, scratch: Path, log: Path) -> dict[str, Any]:
    """The inventory of a disk: the guest's own programs run in the virtual machine, on a copy that is thrown away."""
    mark = f"@@{token_hex(8)}"
    script = scratch / "inventory.sh"
    script.write_text(_script(mark), encoding="utf-8")
    argv = ["guestfish", "--ro", f"--format={disk.qemu_format}", "-a", str(disk.path), "-i"]
    commands = f'upload {quoted(script)} /cfn2heat-inventory\nsh "sh /cfn2heat-inventory"\n'
    found = _sections(run_well(argv, _OFFLINE, log=log, stdin=commands).output, mark)
    if "end" not in found:
        raise refusal("C2H7091", disk.path, "its programs cannot be run: no system that is known, or of another processor")
    return _read(str(disk.path), found) | {"ports": [], "kernel": ""}  # those would be the virtual machine's


def _read(target: str, found: dict[str, list[str]]) -> dict[str, Any]:
    try:
        return read_inventory(found)
    except ValueError as error:
        raise refusal("C2H7091", target, f"it answers what is no inventory: {error}") from None


def _script(mark: str) -> str:
    return f"MARK='{mark}'\n{_SCRIPT.read_text(encoding='utf-8')}"


def _sections(output: str, mark: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in output.splitlines():
        if line.startswith(f"{mark} "):
            lines = found.setdefault(line.split(" ", 1)[1], [])
        elif line.strip():
            lines.append(line)
    return found


def read_inventory(found: dict[str, list[str]]) -> dict[str, Any]:
    """The sections of the script's output as data."""
    return {
        "version": 1,
        "system": _system(found.get("system", [])),
        "kernel": " ".join(found.get("kernel", [])),
        "host": " ".join(found.get("host", [])),
        "packages": dict(fields[:2] for fields in _rows(found, "packages", 2)),
        "wanted": sorted(set(found.get("wanted", []))),
        "filesystems": [
            {"mount": mount, "type": kind, "kib": int(size), "used_kib": int(used)}
            for mount, kind, size, used in _rows(found, "filesystems", 4)
            if size.isdecimal() and used.isdecimal()
        ],
        "fstab": found.get("fstab", []),
        "services": sorted(set(found.get("services", []))),
        "users": [
            {"name": name, "uid": int(uid), "gid": int(gid), "home": home, "shell": shell}
            for name, uid, gid, home, shell in _rows(found, "users", 5)
        ],
        "groups": [
            {"name": row[0], "gid": int(row[1]), "members": row[2].split(",") if row[2] else []}
            for row in _rows(found, "groups", 3)
        ],
        "scripts": [_file(line) for line in found.get("scripts", [])],
        "cron": [_file(line) for line in found.get("cron", [])],
        "ports": [{"address": row[0], "process": row[1]} for row in _rows(found, "ports", 2)],
    }


def _system(lines: list[str]) -> dict[str, str]:
    pairs = dict(line.split("=", 1) for line in lines if "=" in line)
    named = {
        name: pairs.get(key, "").strip("\"'") for name, key in (("id", "ID"), ("version", "VERSION_ID"), ("name", "PRETTY_NAME"))
    }
    return named if pairs else {"id": "", "version": "", "name": " ".join(lines[:1])}


def _rows(found: dict[str, list[str]], name: str, width: int) -> list[list[str]]:
    """Lines of fields between tabs, with as many as there must be; a last empty one may be missing."""
    rows = [line.split("\t") for line in found.get(name, [])]
    return [[*row, ""][:width] for row in rows if len(row) in (width, width - 1)]


def _file(line: str) -> dict[str, str]:
    """A file that no package has brought: its mode, path and contents."""
    mode, rest = line.split(" ", 1)
    path, _, contents = rest.rpartition(" ")
    data = base64.b64decode(contents)
    return {"path": path, "mode": mode, "base64": base64.b64encode(data).decode()}
