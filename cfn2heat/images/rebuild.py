"""From an inventory to a new server: what cloud-init installs, the Heat template, and what is left to a person. Pure."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from cfn2heat.images.refusal import refusal

_TEMPLATE = Path(__file__).with_name("scripts") / "server.hot.yaml"
_MOST_USER_DATA = 60_000
"""Nova takes 64 KiB of user data, counted in base64 by some clouds."""
_LEFT_OUT = re.compile(
    r"(linux-(image|headers|modules)|kernel|grub|shim|efibootmgr|initramfs|dracut|firmware|microcode|gpg-pubkey|cloud-init|amazon-|aws|ec2-"
    r"|hibagent|xe-guest|base-files|basesystem|setup$|filesystem$|system-release|redhat-release|rocky-release|centos-release|debian-archive)"
)
"""Packages that the new image brings in a form of its own, or that only AWS needs."""
_LEFT_SERVICES = re.compile(
    r"(cloud-|amazon-|aws|ec2|hibagent|getty|systemd-|networking$|network$|NetworkManager|grub|e2scrub|rc-local)"
)
_PACKAGE, _SERVICE, _USER = re.compile(r"[\w.+:-]+"), re.compile(r"[\w.@-]+"), re.compile(r"[a-z_][\w-]{0,31}")
_OWN_DISKS = ("/", "/boot", "/boot/efi")


def rebuild(inventory: dict[str, Any]) -> dict[str, str]:
    """The files of a new server by name; those below archive/ are the old server's own."""
    if inventory.get("version") != 1:
        raise refusal("C2H7092", "inventory", "this is no inventory of version 1 that `images inventory` has written")
    files = [*inventory["scripts"], *inventory["cron"]]
    archived = {f"archive/{path}": text for path, text in map(_archived, files)}
    user_data = _cloud_init(inventory, files)
    small = len(user_data.encode()) <= _MOST_USER_DATA
    written = {
        "cloud-init.yaml": user_data if small else _cloud_init(inventory, []),
        "server.yaml": _dump(_template(inventory)),
        "by-hand.md": "\n".join([*_by_hand(inventory, small), ""]),
    }
    return {**written, **archived}


def _archived(file: dict[str, str]) -> tuple[str, str]:
    """A file of the old server, below a folder of ours and nowhere else."""
    path = PurePosixPath(file["path"])
    if not path.is_absolute() or ".." in path.parts or not file["path"].isprintable():
        raise refusal("C2H7092", "inventory", f"{file['path']!r} is no path of a file")
    return str(path).lstrip("/"), base64.b64decode(file["base64"]).decode("utf-8", "surrogateescape")


def _cloud_init(inventory: dict[str, Any], files: list[dict[str, str]]) -> str:
    wanted = inventory["wanted"] or list(inventory["packages"])
    packages = [name for name in wanted if _PACKAGE.fullmatch(name) and not _LEFT_OUT.match(name)]
    users = [user for user in inventory["users"] if _USER.fullmatch(user["name"]) and user["name"] not in ("nobody", "ec2-user")]
    data: dict[str, Any] = {
        "package_update": True,
        "packages": packages,
        "users": ["default", *({**_user(user), "lock_passwd": True} for user in users)],
        "runcmd": [
            ["sh", "-c", f"systemctl enable --now {name} || echo 'cannot be enabled: {name}'"] for name in _services(inventory)
        ],
    }
    if files:
        data["write_files"] = [
            {"path": file["path"], "permissions": f"0{file['mode']}", "encoding": "b64", "content": file["base64"]}
            for file in files
        ]
    return f"#cloud-config\n# {inventory['system']['name']} of {inventory['host']}, built anew\n{_dump(data)}"


def _user(user: dict[str, Any]) -> dict[str, Any]:
    return {"name": user["name"], "uid": user["uid"], "homedir": user["home"], "shell": user["shell"]}


def _services(inventory: dict[str, Any]) -> list[str]:
    return [name for name in inventory["services"] if _SERVICE.fullmatch(name) and not _LEFT_SERVICES.match(name)]


def _template(inventory: dict[str, Any]) -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load(_TEMPLATE.read_text(encoding="utf-8"))
    resources = found["resources"]
    found["description"] = f"{inventory['host']}, built anew"
    resources["security_group"]["properties"]["rules"] = [
        {"protocol": "icmp"},
        *({"protocol": "tcp", "port_range_min": port, "port_range_max": port} for port in sorted({22, *_ports(inventory)})),
    ]
    volume, attachment = resources.pop("volume"), resources.pop("volume_attachment")
    for number, disk in enumerate(_volumes(inventory), 1):
        one, other = copy.deepcopy(volume), copy.deepcopy(attachment)
        one["properties"]["size"] = max(1, -(-disk["kib"] // (1 << 20)))
        other["properties"]["volume_id"] = {"get_resource": f"volume_{number}"}
        resources |= {f"volume_{number}": one, f"volume_{number}_attachment": other}
    return found


def _volumes(inventory: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in inventory["filesystems"] if one["mount"] not in _OWN_DISKS]


def _ports(inventory: dict[str, Any]) -> Iterator[int]:
    """Ports on which others are served; those on the loopback alone are not."""
    for one in inventory["ports"]:
        address, _, port = one["address"].rpartition(":")
        if port.isdecimal() and int(port) < 65536 and not address.startswith(("127.", "[::1]", "::1")):
            yield int(port)


def _by_hand(inventory: dict[str, Any], files_are_sent: bool) -> Iterator[str]:
    """What no template can do, as a list to work through."""
    yield f"# {inventory['host']}: what is left to do"
    yield ""
    yield f"It was {inventory['system']['name'] or 'a system without a name'}. Choose an image of it, or of its successor."
    for number, disk in enumerate(_volumes(inventory), 1):
        where = f"({disk['type']}) on volume_{number}, mount it at {disk['mount']}"
        yield f"- Make a file system {where}, and copy {disk['used_kib'] >> 10} MiB there."
    for user in inventory["users"]:
        yield f"- {user['name']}: copy {user['home']}; keys and passwords were not taken along."
    for group in inventory["groups"]:
        if group["members"]:
            yield f"- Group {group['name']}: add {', '.join(group['members'])}."
    for file in [*inventory["scripts"], *inventory["cron"]]:
        done = "is put there by cloud-init" if files_are_sent else "is in archive/, too large for user data"
        yield f"- {file['path']} {done}: read whether it speaks to AWS or to addresses of the old network."
    for name in inventory["services"]:
        if _LEFT_SERVICES.match(name):
            yield f"- The service {name} was left out: the image has its own, or only AWS needs it."
    yield "- Packages without a repository here fail in cloud-init: look into /var/log/cloud-init-output.log of the new server."


def _dump(data: dict[str, Any]) -> str:
    import yaml

    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)
    return text
