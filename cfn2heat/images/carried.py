"""What of an inventory a new server gets by itself, and what is left to a person. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from cfn2heat.images.stock import matches, stock_packages
from cfn2heat.images.survey import Inventory, plain_service
from cfn2heat.record import record

IMAGE_USERS = frozenset({"ec2-user", "ubuntu", "debian", "admin", "centos", "rocky", "almalinux", "fedora", "cloud-user", "opc"})
"""Users that cloud images make by themselves; they get their keys from the key pair."""
_SYSTEM_DISK = re.compile(r"/|/boot(/.*)?|/usr(/.*)?|/snap(/.*)?|/run(/.*)?|/tmp|/var/tmp")
_SECRET = re.compile(
    r"(?i)AKIA[A-Z0-9]{16}|BEGIN [A-Z ]*PRIVATE KEY|(password|passwd|secret|token|api_?key)[\w-]*['\"]?\s*[=:]|\w://[^/\s:@]+:[^/\s@]+@"
)
_CLOUD_INIT_FILES = re.compile(r"/etc/sudoers\.d/90-cloud-init-users|/etc/systemd/system/.*cloud-.*|/etc/cron\.d/\.placeholder")
_FOLDERS = re.compile(r"/(var/lib/cfn2heat|proc|sys|dev)/.*")


@record
class Packages:
    """Packages by what becomes of them."""

    wanted: list[str]
    strangers: list[str]
    """From no repository that the new server has."""
    aws: list[str]


def packages(inventory: Inventory) -> Packages:
    """Those that somebody chose, or all where nobody knows, without what a stock image has."""
    given = inventory["packages"]
    family = inventory["system"].get("packaging", "")
    stock = stock_packages(family) if family in ("deb", "rpm") else frozenset()
    chosen = [name for name in given["chosen"] or given["installed"] if name not in stock and not matches("never", name)]
    strange = {*given.get("without_repository", ()), *given.get("other_vendors", ())}
    aws = [name for name in chosen if matches("aws", name)]
    rest = [name for name in chosen if name not in aws]
    return Packages([name for name in rest if name not in strange], [name for name in rest if name in strange], aws)


def services(inventory: Inventory) -> list[str]:
    """Services that were on and that a stock image does not have."""
    return [name for name in inventory["services"] if not matches("services", plain_service(name)) and not is_aws(name)]


def is_aws(name: str) -> bool:
    """Whether a service is AWS's."""
    return matches("aws_services", plain_service(name).removesuffix(".timer").removesuffix(".socket"))


def volumes(inventory: Inventory) -> list[dict[str, Any]]:
    """File systems that are not of the system itself: each becomes a volume. Those of the network are none."""
    found = [one for one in inventory["filesystems"] if one.get("device", "/dev/").startswith("/dev/")]
    return sorted((one for one in found if not _SYSTEM_DISK.fullmatch(one["mount"])), key=lambda one: str(one["mount"]))


def people(inventory: Inventory) -> list[dict[str, Any]]:
    """Users that are made anew."""
    return [user for user in inventory["users"] if user["name"] != "root" and user["name"] not in IMAGE_USERS]


def keys_of_the_image_user(inventory: Inventory) -> list[str]:
    """Keys with which one could log in as the image's own user."""
    found = [key for user in inventory["users"] if user["name"] in IMAGE_USERS for key in user.get("keys", ())]
    return list(dict.fromkeys(found))


def files(inventory: Inventory) -> list[dict[str, str]]:
    """Archived files that are of use on another cloud."""
    return [
        file
        for file in inventory["files"]
        if not is_aws(file["path"].rsplit("/", 1)[1])
        and not _CLOUD_INIT_FILES.fullmatch(file["path"])
        and not _FOLDERS.fullmatch(file["path"])
    ]


def crontabs(inventory: Inventory) -> list[dict[str, str]]:
    """Crontabs that hold no secret."""
    return [one for one in inventory.get("crontabs", ()) if not has_secret(one["content"].encode())]


def content(file: dict[str, str]) -> bytes:
    """What a file holds."""
    return file["content"].encode() if "content" in file else base64.b64decode(file["base64"])


def has_secret(text: bytes) -> bool:
    """Whether a text looks as if it held a password or a key; to be looked at by a person."""
    return _SECRET.search(text.decode("utf-8", "replace")) is not None


def _is_client(port: dict[str, Any]) -> bool:
    number: int = port["port"]
    return port["protocol"] == "udp" and (number == 68 or number >= 32768)


def ports(inventory: Inventory) -> Iterator[tuple[str, int]]:
    """Ports on which others were served; those on the loopback are not, nor are UDP's ports for clients."""
    for one in inventory["ports"]:
        address = one.get("address", "")
        if not address.startswith(("127.", "::1", "::ffff:127.")) and not _is_client(one):
            yield one["protocol"], one["port"]
