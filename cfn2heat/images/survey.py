"""The answer of probe.sh, or what was inspected, to an inventory. Pure, and strict: the answer comes from a stranger.

An inventory is plain data, as inventory.schema.json describes it: people edit it as YAML before a server is rebuilt from it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from cfn2heat.images.guest import Guest
from cfn2heat.images.stock import matches

Inventory = dict[str, Any]
Shown = dict[str, list[str]]
PACKAGE = re.compile(r"[A-Za-z0-9][\w.+~-]{0,127}")
SERVICE = re.compile(r"[A-Za-z0-9][\w.@:\\-]{0,127}")
USER = re.compile(r"[A-Za-z_][\w.-]{0,31}")
_HIDDEN = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
PATH = re.compile(rf"/(?!(?:.*/)?\.\.(?:/|$))[^{_HIDDEN}]{{0,511}}[^/{_HIDDEN}]")
_MOUNT = re.compile(r"/(?!(?:.*/)?\.\.(?:/|$))[\w./@+ -]*")
_TYPE = re.compile(r"[a-z][a-z0-9._-]{0,31}")
_ARCHIVE = 2 << 20
"""Bytes of archived files in all: an inventory is read by people."""
_UNSEEN = re.compile(f"[{_HIDDEN}]")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_PSEUDO = re.compile(
    r"(dev|sys|root|ram|hugetlb|squash|overlay|over|ecrypt|fuse\.lxc|efivar|cgroup)?(tmp)?fs|overlay|devtmpfs|proc|none|iso9660|9p"
)
_SECRET = re.compile(r"(?i)\b(pass(word|wd)?|secret|token|username|user)=[^,\s]*")
_LOGIN = re.compile(r"//[^/@\s]*@")
_KEY = re.compile(r"(\S.*[ \t])?((?:ssh|ecdsa|sk)-[\w@.-]+) ([A-Za-z0-9+/=]{16,})( .*)?")


def survey(shown: Shown, source: str, guest: Guest | None = None) -> Inventory:
    """The inventory of a server; a guest that was inspected fills in what the script could not see."""
    facts = dict(_pairs(shown.get("system", [])))
    files, large = _files(shown.get("files", []))
    found: Inventory = {
        "inventory": 1,
        "source": clean(source),
        "system": _system(facts, shown, guest),
        "machine": _machine(facts),
        "services": _services(shown, guest),
        "users": list(_users(shown)),
        "filesystems": list(_filesystems(shown.get("filesystems", []))),
        "mounts": list(_mounts(shown, guest)),
        "ports": _ports(shown.get("lines", [])),
        "repositories": _repositories(shown.get("repositories", [])),
        "changed": sorted({line for line in shown.get("changed", []) if PATH.fullmatch(line)}),
        "crontabs": list(_crontabs(shown.get("crontabs", []))),
        "files": files,
        "packages": _packages(shown, guest),
    }
    found["aws_agents"] = sorted(
        {name for name in found["packages"]["installed"] if matches("aws", name)}
        | {name for name in found["services"] if matches("aws_services", plain_service(name))}
    )
    found["gaps"] = [*_gaps(facts, shown, guest), *(f"{path} is too large to be archived" for path in large)]
    return found


def clean(text: str) -> str:
    """Text without what would steer a terminal or hide."""
    return _UNSEEN.sub("?", text)[:512]


def plain_service(name: str) -> str:
    """A service's name without .service."""
    return name.removesuffix(".service")


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        key, _, value = line.partition("\t")
        yield key, clean(value.strip())


def _split(lines: list[str], count: int) -> Iterator[list[str]]:
    """Lines of exactly so many fields; empty ones at the end have been cut off."""
    for line in lines:
        parts = line.split("\t")
        if len(parts) <= count:
            yield parts + [""] * (count - len(parts))


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else 0


def _system(facts: dict[str, str], shown: Shown, guest: Guest | None) -> dict[str, str]:
    title = facts.get("title", "") or (guest.product if guest else "")
    version = f"{guest.major}.{guest.minor}" if guest and guest.major else ""
    found = {
        "id": facts.get("id", "") or (guest.distro if guest else ""),
        "version": facts.get("version", "") or version,
        "title": title,
        "hostname": facts.get("hostname", "") or (guest.hostname if guest else ""),
        "arch": facts.get("arch", "") or (guest.arch if guest else ""),
        "kernel": facts.get("kernel", ""),
        "init": facts.get("init", "") or (guest.init if guest else ""),
        "packaging": _packaging(shown, guest),
    }
    return {key: value for key, value in found.items() if value}


def _packaging(shown: Shown, guest: Guest | None) -> str:
    return next((kind for kind in ("deb", "rpm") if shown.get(kind)), guest.packaging if guest else "")


def _machine(facts: dict[str, str]) -> dict[str, Any]:
    """What it runs on; AWS's own hardware tells the instance type as the product's name."""
    product = facts.get("product", "")
    kind = facts.get("instance-type", "") or (product if re.fullmatch(r"[a-z][\w-]*\.[\w-]+", product) else "")
    found: dict[str, Any] = {"type": kind, "image": facts.get("ami-id", "")}
    found |= {"cpus": _number(facts.get("cpus", "")), "memory_mib": _number(facts.get("memory", "")) // 1024}
    return {key: value for key, value in found.items() if value}


def _packages(shown: Shown, guest: Guest | None) -> dict[str, Any]:
    installed: dict[str, str] = {}
    strangers = {line for line in shown.get("local", []) if PACKAGE.fullmatch(line)}
    for state, name, version in _split(shown.get("deb", []), 3):
        if state.strip() in ("ii", "hi") and PACKAGE.fullmatch(name):
            installed[name] = clean(version)
    for name, version, _ in _split(shown.get("rpm", []), 3):
        if PACKAGE.fullmatch(name):
            installed[name] = clean(version)
    if not installed and guest is not None:
        installed = {name: clean(version) for name, version in guest.packages.items() if PACKAGE.fullmatch(name)}
    chosen = {line for line in shown.get("manual", []) if line in installed}
    return {
        "chosen": sorted(chosen),
        "without_repository": sorted(strangers & installed.keys()),
        "other_vendors": _other_vendors(shown.get("rpm", [])),
        "installed": dict(sorted(installed.items())),
    }


def _other_vendors(lines: list[str]) -> dict[str, str]:
    """Packages of an rpm system by others than the vendor of most of them."""
    vendors = {name: clean(vendor) for name, _, vendor in _split(lines, 3) if PACKAGE.fullmatch(name) and name != "gpg-pubkey"}
    counts: dict[str, int] = {}
    for vendor in vendors.values():
        counts[vendor] = counts.get(vendor, 0) + 1
    usual = max(counts, key=lambda vendor: counts[vendor], default="")
    return {name: vendor.replace("(none)", "") for name, vendor in sorted(vendors.items()) if vendor != usual}


def _repositories(lines: list[str]) -> list[dict[str, str]]:
    """Package sources, without the passwords that addresses may hold."""
    found = {(clean(name), _LOGIN.sub("//", clean(address))) for name, address in _split(lines, 2)}
    return [{"name": name, "address": address} for name, address in sorted(found) if address]


def _filesystems(lines: list[str]) -> Iterator[dict[str, Any]]:
    for device, kind, size, used, point in _split(lines, 5):
        if _PSEUDO.fullmatch(kind) or not _TYPE.fullmatch(kind) or not _MOUNT.fullmatch(point) or not _number(size):
            continue
        mib = {"size_mib": -(-_number(size) // 1024), "used_mib": -(-_number(used) // 1024)}
        yield {"mount": point, "device": clean(device), "type": kind, **mib}


def _mounts(shown: Shown, guest: Guest | None) -> Iterator[dict[str, str]]:
    lines = shown.get("mounts", [])
    if not lines and guest is not None:
        lines = ["\t".join([*line.split()[:4]]) for line in guest.fstab]
    for device, point, kind, options in _split(lines, 4):
        shown_options = _SECRET.sub(r"\1=***", clean(options)) or "defaults"
        yield {"device": clean(device), "mount": clean(point), "type": clean(kind), "options": shown_options}


def _services(shown: Shown, guest: Guest | None) -> list[str]:
    masked = set(shown.get("masked", []))
    units = {line for line in shown.get("services", []) if line.endswith((".service", ".timer", ".socket"))}
    names = {plain_service(unit) for unit in units - masked}
    names |= {line[3:] for line in shown.get("sysv", []) if f"{line[3:]}.service" not in masked}
    if "services" not in shown and guest is not None:
        names |= {*guest.services}
    return sorted(name for name in names if SERVICE.fullmatch(name))


def _users(shown: Shown) -> Iterator[dict[str, Any]]:
    """People: root with its keys, and those above the system's own."""
    keys: dict[str, list[str]] = {}
    restricted: dict[str, int] = {}
    for name, key in _split(shown.get("keys", []), 2):
        if (found := _KEY.fullmatch(clean_key(key))) is None:
            continue
        if found[1]:  # it may do less than log in, and must not do more on the new server
            restricted[name] = restricted.get(name, 0) + 1
        else:
            keys.setdefault(name, []).append(f"{found[2]} {found[3]}{found[4] or ''}")
    groups = [(name, members.split(",")) for name, _, members in _split(shown.get("groups", []), 3)]
    first = 500 if any(uid == "500" for _, uid, *_ in _split(shown.get("users", []), 5)) else 1000
    for name, uid, _, home, shell in _split(shown.get("users", []), 5):
        number = _number(uid)
        if not USER.fullmatch(name) or not (first <= number < 60000 or (name == "root" and keys.get("root"))):
            continue
        belongs = sorted(group for group, members in groups if name in members and USER.fullmatch(group) and group != name)
        yield {
            "name": name,
            "uid": number,
            "groups": belongs,
            "home": home if PATH.fullmatch(home) else f"/home/{name}",
            "shell": shell if PATH.fullmatch(shell) else "/bin/sh",
            "keys": keys.get(name, []),
            **({"restricted_keys": restricted[name]} if name in restricted else {}),
        }


def clean_key(text: str) -> str:
    """A public key's line; it may be longer than other texts."""
    return _UNSEEN.sub("?", text)[:16384]


def _ports(lines: list[str]) -> list[dict[str, Any]]:
    found = set()
    for line in lines:
        if match := re.fullmatch(
            r"ss\s+(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+):(\d{1,5})\s+\S+(?:\s+users:\(\(\"([^\"]*)\".*)?\s*", line
        ):
            protocol, address, port, program = match.groups("")
        elif match := re.fullmatch(
            r"netstat\s+(tcp|udp)6?\s+\d+\s+\d+\s+(\S+):(\d{1,5})\s+\S+(?:\s+LISTEN)?(?:\s+(\S+).*)?", line
        ):
            protocol, address, port, program = match.groups("")
            program = program.partition("/")[2]
        else:
            continue
        if 0 < int(port) < 65536:
            found.add((protocol, int(port), clean(address.partition("%")[0].strip("[]")), clean(program)))
    names = ("protocol", "port", "address", "program")
    return [dict(zip(names, one, strict=True)) for one in sorted(found)]


def _files(lines: list[str]) -> tuple[list[dict[str, str]], list[str]]:
    """Archived files, and the names of those that were too large."""
    found: dict[str, dict[str, str]] = {}
    large, room = [], _ARCHIVE
    for path, mode, owner, group, content in _split(lines, 5):
        if not PATH.fullmatch(path) or not re.fullmatch(r"[0-7]{1,4}", mode):
            continue
        room -= len(content)
        if content == "large" or room < 0:
            large.append(path)
        elif (read := _content(content)) is not None:
            names = [name if USER.fullmatch(name) and name != "UNKNOWN" else "root" for name in (owner, group)]
            found[path] = {"path": path, "mode": mode.zfill(4), "owner": ":".join(names), **read}
    return [found[path] for path in sorted(found)], sorted(large)


def _content(text: str) -> dict[str, str] | None:
    """What a file holds: as text where a person can read it, else as base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        read = data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": text}
    return {"base64": text} if _UNREADABLE.search(read) else {"content": read}


def _crontabs(lines: list[str]) -> Iterator[dict[str, str]]:
    for file in _files(lines)[0]:
        user = file["path"].rsplit("/", 1)[1]
        if USER.fullmatch(user) and "content" in file:
            yield {"user": user, "content": file["content"]}


def _gaps(facts: dict[str, str], shown: Shown, guest: Guest | None) -> Iterator[str]:
    if guest is not None:
        yield "the server did not run: ports, and what it runs on, are not known"
        if "end" not in shown:
            yield "the guest's own shell does not run here: users, cron, repositories and files outside of packages are not known"
    elif facts.get("user") != "0":
        yield "the user is not root and may not use sudo without a password: crontabs, keys and programs of others are lacking"
    if not shown.get("manual"):
        yield "the system does not tell which packages somebody chose: all that are installed count as chosen"
