"""What no template can do about a server built anew: a list for a person to work through. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from cfn2heat.images import carried
from cfn2heat.images.stock import matches
from cfn2heat.images.survey import Inventory

_OF_THE_NETWORK = ("nfs", "cifs", "smb", "efs", "fuse", "ceph", "gluster", "lustre")


def left_to_do(inventory: Inventory, placed: list[dict[str, str]]) -> str:
    """The README of a new server: what it is, how it is made, and what is left to do."""
    system = inventory["system"]
    name = system.get("hostname") or "The server"
    before = system.get("title") or system.get("id") or "a system without a name"
    sections = (
        ("Data", _data(inventory)),
        ("Packages and repositories", _packages(inventory)),
        ("Configuration", _configuration(inventory, placed)),
        ("Users, secrets and licences", _users(inventory, placed)),
        ("Before it takes over", _before(inventory)),
        ("What the inventory does not know", inventory.get("gaps", [])),
    )
    return "\n".join(
        [
            f"# {plain(name)}, built anew",
            "",
            f"It was {plain(before)} on {plain(system.get('arch', 'an unknown processor'))}.",
            "Choose a cloud image of that system or of its successor.",
            "",
            "    openstack stack create -t server.hot.yaml --parameter image=... --parameter flavor=... \\",
            "      --parameter network=... --parameter key_name=... NAME",
            "",
            "`user-data.yaml` is what `server.hot.yaml` hands to cloud-init, to be read. `archive/` has the old server's own",
            "files. What could not be installed stands in `/var/log/cfn2heat-packages-missing` of the new server, what else",
            "happened in `/var/log/cloud-init-output.log`.",
            *_written(sections),
            "",
        ]
    )


def plain(text: str) -> str:
    """Text of a stranger in a page of Markdown."""
    return text.replace("`", "'").replace("<", "&lt;").replace("\n", " ")


def _written(sections: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    for title, lines in sections:
        found = list(lines)
        if found:
            yield from ("", f"## {title}", "", *(f"- [ ] {plain_line(line)}" for line in found))


def plain_line(line: str) -> str:
    """A line of a list; what it quotes stays one line."""
    return line.replace("<", "&lt;").replace("\n", " ")


def code(text: str) -> str:
    """A name, quoted."""
    return f"`{plain(text)}`"


def listed(names: Iterable[str]) -> str:
    """Names in a row, quoted."""
    return ", ".join(map(code, names))


def _data(inventory: Inventory) -> Iterator[str]:
    for number, one in enumerate(carried.volumes(inventory), 1):
        used = f"{one['used_mib']} MiB" if "used_mib" in one else "its content"
        place = f"{code(one['mount'])} (volume_{number})"
        yield f"Copy {used} to {place}, with owners: `rsync -aHAX --numeric-ids`, its services stopped."
    for user in carried.people(inventory):
        yield f"Copy what is worth it of {code(user.get('home', ''))} ({plain(user['name'])})."
    yield "Copy the data on the system's own disk that no package brought: `/var/lib`, `/var/www`, `/srv`, `/opt`, `/usr/local`."
    for one in inventory.get("mounts", ()):
        if one["type"].startswith(_OF_THE_NETWORK):
            yield f"{code(one['mount'])} was mounted from {code(one['device'])} ({plain(one['type'])}): mount its successor."
        elif one["type"] == "swap":
            yield f"There was swap on {code(one['device'])}: choose a flavor with swap, or make a file for it."


def _packages(inventory: Inventory) -> Iterator[str]:
    found = carried.packages(inventory)
    for one in inventory.get("repositories", ()):
        host = urlsplit(one["address"].replace("mirror+", "")).hostname or ""
        if host and not matches("repositories", host):
            yield f"Add the repository {code(one['name'])} with its key, if it is still wanted: {code(one['address'])}"
    vendors = inventory["packages"].get("other_vendors", {})
    for vendor in sorted({vendors.get(name, "") for name in found.strangers}):
        names = [name for name in found.strangers if vendors.get(name, "") == vendor]
        yield f"Install what came from {plain(vendor) if vendor else 'no repository'}: {listed(names)}."
    if found.aws:
        yield f"Left out, for they speak to AWS: {listed(found.aws)}."
    if not inventory["packages"]["chosen"]:
        yield "Nobody knows which packages were chosen, so all are asked for: shorten the list in the inventory and begin anew."
    yield "Versions are those of the new image: look whether what you run works with them."


def _configuration(inventory: Inventory, placed: list[dict[str, str]]) -> Iterator[str]:
    held_back = [file for file in carried.files(inventory) if file not in placed]
    secret = [file for file in held_back if carried.has_secret(carried.content(file))]
    if large := [file["path"] for file in held_back if file not in secret]:
        yield f"Copy what has no room in user data from `archive/`: {listed(large)}."
    if changed := inventory.get("changed"):
        yield f"Carry over what was changed in packages' own configuration: {listed(changed)}."
    if placed:
        yield f"Read what is put in place, for names and addresses of AWS: {listed(file['path'] for file in placed)}."
    own = {file["path"].rsplit("/", 1)[1].split(".")[0] for file in placed}
    if units := [name for name in carried.services(inventory) if name in own]:
        yield f"These services start programs that may not be there yet: {listed(units)}."
    if left := [name for name in inventory.get("aws_agents", ()) if name in inventory["services"]]:
        yield f"Services of AWS were left out: {listed(left)}. Find others for logs, metrics and backups."


def _users(inventory: Inventory, placed: list[dict[str, str]]) -> Iterator[str]:
    secret = [
        file["path"] for file in carried.files(inventory) if file not in placed and carried.has_secret(carried.content(file))
    ]
    if secret:
        yield f"They look as if they held secrets, so they are in `archive/` alone; copy them by ssh: {listed(secret)}."
    if jobs := [one["user"] for one in inventory.get("crontabs", ()) if carried.has_secret(one["content"].encode())]:
        yield f"Crontabs look as if they held secrets, so they are in `archive/crontabs/` alone: {listed(jobs)}."
    if names := [user["name"] for user in carried.people(inventory)]:
        yield f"Passwords were not taken along: {listed(names)} log in by key until they set one."
    for user in inventory["users"]:
        yield from _user(user)
    yield "Carry over keys and certificates: `/etc/ssl`, `/etc/pki`, `/etc/letsencrypt`."
    yield "What programs may do in AWS by the instance's role has no successor here: give them credentials of their own."
    yield "Its ssh host keys are new: tell those who know the old ones."
    yield "Licences may be bound to the old machine, its address or its card: ask vendors before the move."


def _user(user: dict[str, Any]) -> Iterator[str]:
    if user["name"] == "root" and user.get("keys"):
        yield f"{len(user['keys'])} keys opened root; they were not taken along."
    if user.get("restricted_keys"):
        yield f"{user['restricted_keys']} keys of {code(user['name'])} were restricted by options and were not taken along."
    if user["uid"] == 1000 and user["name"] not in carried.IMAGE_USERS:
        yield f"{code(user['name'])} had the number 1000, which the image's own user has: it gets another; mind it when you copy."


def _before(inventory: Inventory) -> Iterator[str]:
    if inventory.get("crontabs") or any("/cron" in file["path"] for file in inventory["files"]):
        yield "Jobs of cron start at once: stop them on one of the two servers while both run."
    wanted = sorted({f"{port}/{protocol}" for protocol, port in carried.ports(inventory)})
    yield f"The security group lets the whole world reach {', '.join(wanted) or '22/tcp'}: narrow it to those who need it."
    yield "Let names in DNS, load balancers and monitoring point to the new server."
