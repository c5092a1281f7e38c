"""From an inventory to a new server: user data, the Heat template around it, and the list of what is left to do. Pure."""

from __future__ import annotations

import base64
import copy
import gzip
from pathlib import Path
from typing import Any

from cfn2heat.images import carried
from cfn2heat.images.inventory import write_yaml
from cfn2heat.images.left_to_do import left_to_do
from cfn2heat.images.survey import Inventory

MOST_USER_DATA = 49_000
"""Bytes: Nova takes 65535 characters of base64."""
_SCRIPTS = Path(__file__).with_name("scripts")
_FIRST_USER = 1000
"""The number that an image's own user has."""


def rebuild(inventory: Inventory, known: dict[str, str]) -> dict[str, str]:
    """The files of a new server by name; known are values for the template's parameters.

    Archived files come along below archive/. Those that look as if they held a secret are not part of the user data, which
    everybody on the server can read, and neither are those for which there is no room.
    """
    found = carried.files(inventory)
    held_back = [file for file in found if carried.has_secret(carried.content(file))]
    placed = [file for file in found if file not in held_back]
    listed = _fits(_user_data(inventory, placed))
    while not _fits(user_data := _user_data(inventory, placed, listed=listed)) and placed:
        placed.remove(max(placed, key=lambda file: len(carried.content(file))))
    written = {
        "server.hot.yaml": _head(inventory) + write_yaml(_template(inventory, user_data, known)),
        "user-data.yaml": user_data,
        "README.md": left_to_do(inventory, placed),
    }
    jobs = {f"archive/crontabs/{one['user']}": one["content"] for one in inventory.get("crontabs", ())}
    return {**written, **dict(map(_archived, found)), **jobs}


def _fits(user_data: str) -> bool:
    return len(user_data.encode()) <= MOST_USER_DATA


def _archived(file: dict[str, str]) -> tuple[str, str]:
    """A file of the old server below a folder of ours; one that is no text stays as it came."""
    if "content" in file:
        return f"archive{file['path']}", file["content"]
    return f"archive{file['path']}.base64", file["base64"]


def name_of(inventory: Inventory) -> str:
    """What the server is called."""
    return str(inventory["system"].get("hostname") or "server")


def _head(inventory: Inventory) -> str:
    return f"# {name_of(inventory)}, built anew by cfn2heat: README.md says what is left to do.\n"


# The user data


def _user_data(inventory: Inventory, placed: list[dict[str, str]], *, listed: bool = True) -> str:
    """The text of cloud-config; a long list of packages is packed, for the script alone."""
    wanted = carried.packages(inventory).wanted
    crontabs = [(f"/var/lib/cfn2heat/crontab.{one['user']}", one) for one in carried.crontabs(inventory)]
    data: dict[str, Any] = {
        "bootcmd": [_mount(number, one) for number, one in enumerate(carried.volumes(inventory), 1)],
        "package_update": True,
        "packages": wanted if listed else [],
        "users": ["default", *map(_user, carried.people(inventory))],
        "ssh_authorized_keys": carried.keys_of_the_image_user(inventory),
        "write_files": [
            *map(_file, placed),
            *(_file({"path": path, "mode": "0600", "owner": "root:root", "content": one["content"]}) for path, one in crontabs),
            *_package_files(wanted),
        ],
        "runcmd": [
            *([("sh", "/var/lib/cfn2heat/packages.sh")] if wanted else []),
            *(("crontab", "-u", one["user"], path) for path, one in crontabs),
            ("systemctl", "daemon-reload"),
            # not `enable --now`: it starts no service of sysvinit
            *(("systemctl", verb, name) for name in carried.services(inventory) for verb in ("enable", "start")),
        ],
    }
    kept = {key: value for key, value in data.items() if value}
    return f"#cloud-config\n# {name_of(inventory)}, built anew: what it had and a stock image lacks.\n{write_yaml(kept)}"


def _package_files(wanted: list[str]) -> list[dict[str, Any]]:
    if not wanted:
        return []
    script = (_SCRIPTS / "packages.sh").read_text(encoding="utf-8")
    names = "".join(f"{name}\n" for name in wanted)
    texts = {"/var/lib/cfn2heat/packages": names, "/var/lib/cfn2heat/packages.sh": script}
    return [_file({"path": path, "mode": "0644", "owner": "root:root", "content": text}) for path, text in texts.items()]


def _mount(number: int, one: dict[str, Any]) -> list[str]:
    """A command of the first boot; the volume's id is put in by Heat."""
    script = (_SCRIPTS / "volume.sh").read_text(encoding="utf-8")
    command = ["sh", "-c", script, "volume.sh", _id(number), f"data{number}", one.get("type", "ext4"), one["mount"]]
    return ["cloud-init-per", "once", f"cfn2heat-volume-{number}", *command]


def _id(number: int) -> str:
    return f"@id-of-volume-{number}@"


def _user(user: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": user["name"], "lock_passwd": True}
    if user["uid"] != _FIRST_USER:
        found["uid"] = user["uid"]
    for key, name in (("home", "homedir"), ("shell", "shell"), ("groups", "groups"), ("keys", "ssh_authorized_keys")):
        if user.get(key):
            found[name] = user[key]
    return found


def _file(file: dict[str, str]) -> dict[str, Any]:
    """A file of write_files; one whose owner is made or brought later is written at the end."""
    data = carried.content(file)
    found: dict[str, Any] = {"path": file["path"], "permissions": file["mode"]}
    if file["owner"] != "root:root":
        found |= {"owner": file["owner"], "defer": True}
    packed = base64.b64encode(gzip.compress(data, mtime=0)).decode()
    if "content" in file and len(data) < 2048:
        return {**found, "content": file["content"]}
    return {**found, "encoding": "gz+b64", "content": packed}


# The template


def _template(inventory: Inventory, user_data: str, known: dict[str, str]) -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load((_SCRIPTS / "server.hot.yaml").read_text(encoding="utf-8"))
    found["heat_template_version"] = str(found["heat_template_version"])
    resources, parameters = found["resources"], found["parameters"]
    found["description"] = f"{name_of(inventory)}, built anew"
    parameters["flavor"]["description"] = _flavor_text(inventory)
    for name, value in known.items():
        parameters[name]["default"] = value
    resources["security_group"]["properties"]["rules"] = _rules(inventory)
    _add_volumes(resources, inventory)
    resources["server"]["properties"]["user_data"] = _filled(user_data, len(carried.volumes(inventory)))
    return found


def _filled(user_data: str, count: int) -> Any:
    """The user data, with the ids of volumes where there are any."""
    if not count:
        return user_data
    params = {_id(number): {"get_resource": f"volume_{number}"} for number in range(1, count + 1)}
    return {"str_replace": {"template": user_data, "params": params}}


def _flavor_text(inventory: Inventory) -> str:
    machine = inventory.get("machine", {})
    had = [
        f"{machine['cpus']} processors" if machine.get("cpus") else "",
        f"{machine['memory_mib']} MiB of memory" if machine.get("memory_mib") else "",
    ]
    root = next((one for one in inventory["filesystems"] if one["mount"] == "/"), None)
    had.append(f"a disk of {root['size_mib'] >> 10} GiB" if root else "")
    kind = f" ({machine['type']})" if machine.get("type") else ""
    return f"The old server{kind} had {', '.join(filter(None, had)) or 'what nobody knows'}"


def _rules(inventory: Inventory) -> list[dict[str, Any]]:
    wanted = sorted({("tcp", 22), *carried.ports(inventory)})
    return [
        {"protocol": "icmp"},
        *({"protocol": protocol, "port_range_min": port, "port_range_max": port} for protocol, port in wanted),
    ]


def _add_volumes(resources: dict[str, Any], inventory: Inventory) -> None:
    """Volumes come before the server, whose user data names them; they are attached when it is there."""
    volume, attachment = resources.pop("volume"), resources.pop("volume_attachment")
    for number, one in enumerate(carried.volumes(inventory), 1):
        disk, link = copy.deepcopy(volume), copy.deepcopy(attachment)
        disk["properties"] = {"name": f"{name_of(inventory)} {one['mount']}"[:255], "size": max(1, -(-one["size_mib"] // 1024))}
        link["properties"]["volume_id"] = {"get_resource": f"volume_{number}"}
        resources |= {f"volume_{number}": disk, f"volume_{number}_attachment": link}
