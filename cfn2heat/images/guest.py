"""What is in a disk, as far as the plan of its move must know; read from what the tools say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from xml.etree import ElementTree

from cfn2heat.record import field, record

Family = Literal["windows", "linux", "unknown"]
_WINDOWS_AGENTS = ("amazon", "aws", "ec2", "xen")
_LINUX_AGENTS = re.compile(r"amazon-ssm-agent|amazon-cloudwatch-agent|aws-.*|awscli|ec2-.*|ecs-init|hibagent|xe-guest-utilities")
_WINDOWS_DRIVERS = ("viostor", "vioscsi", "netkvm", "balloon", "xenvbd", "xennet", "ena", "awsnvme", "storahci")
_UEFI, _BIOS = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "21686148-6449-6E6F-744E-656564454649"
_SAFE_PATH = re.compile(r"/[\w.@+/-]*")


@record
class Guest:
    """A guest system. Empty text and empty lists mean that nothing was found."""

    family: Family = "unknown"
    product: str = ""
    distro: str = ""
    major: int = 0
    minor: int = 0
    arch: str = ""
    hostname: str = ""
    osinfo: str = ""
    firmware: str = "bios"
    root: str = ""
    packaging: str = ""
    packages: dict[str, str] = field(default_factory=dict)
    filesystems: dict[str, str] = field(default_factory=dict)
    """Mount point to type."""
    services: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    cloud_init: bool = False
    init: str = ""
    control_set: str = ""
    driver_database: bool = False
    root_uuid: str = ""
    fstab: tuple[str, ...] = ()
    """Lines of /etc/fstab that mount something."""
    fixed_network: bool = False
    """Whether udev rules tie the network card's name to the old card's address."""


def read_inspection(xml: str) -> list[Guest]:
    """The systems that virt-inspector has found."""
    root = ElementTree.fromstring(xml)  # noqa: S314  written by virt-inspector, which escapes what comes from the guest
    return [_system(system) for system in root.iter("operatingsystem")]


def _system(system: ElementTree.Element) -> Guest:
    def text(name: str) -> str:
        return (system.findtext(name) or "").strip()

    family: Family = "windows" if text("name") == "windows" else "linux" if text("name") == "linux" else "unknown"
    packages = dict(_packages(system))
    types = {one.get("dev"): one.findtext("type") or "" for one in system.iter("filesystem")}
    points = {one.text or "": types.get(one.get("dev"), "") for one in system.iter("mountpoint")}
    return Guest(
        family=family,
        product=text("product_name"),
        distro=text("distro"),
        major=_number(text("major_version")),
        minor=_number(text("minor_version")),
        arch=text("arch"),
        hostname=text("hostname"),
        osinfo=text("osinfo"),
        root=text("root"),
        root_uuid=next((one.findtext("uuid") or "" for one in system.iter("filesystem") if one.get("dev") == text("root")), ""),
        packaging=text("package_format"),
        packages=packages,
        filesystems={point: kind for point, kind in points.items() if _SAFE_PATH.fullmatch(point)},
        agents=tuple(_agents(family, packages)),
        cloud_init=any(name.lower() in ("cloud-init", "cloudbase-init") for name in packages),
        control_set=text("windows_current_control_set"),
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _packages(system: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for one in system.iter("application"):
        name = one.findtext("display_name") or one.findtext("name") or ""
        epoch, version, release = (one.findtext(part) or "" for part in ("epoch", "version", "release"))
        yield name, f"{epoch + ':' if epoch else ''}{version}{'-' + release if release else ''}"


def _agents(family: Family, packages: dict[str, str]) -> Iterator[str]:
    for name in packages:
        folded = name.lower()
        if _LINUX_AGENTS.fullmatch(folded) if family == "linux" else folded.startswith(_WINDOWS_AGENTS):
            yield name


# What a session in the guest's files has shown: sections, each below a line of a mark and its name


def sections(output: str, mark: str) -> dict[str, list[str]]:
    """The lines of each section of a session's output; no file of the guest can know the mark."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in output.splitlines():
        if line.startswith(mark):
            lines = found.setdefault(line.removeprefix(mark), [])
        elif line.strip():
            lines.append(line.rstrip())
    return found


def read_firmware(parts: dict[str, list[str]]) -> str:
    """How the disk starts: by BIOS wherever it can."""
    guids = {line.strip().upper() for line in parts.get("gpt", [])}
    return "uefi" if _UEFI in guids and _BIOS not in guids else "bios"


def linux_details(guest: Guest, parts: dict[str, list[str]]) -> dict[str, object]:
    """What the files of a Linux tell beyond its packages."""
    services = [line for line in parts.get("systemd", []) if line.endswith(".service")]
    sysv = [line[3:] for line in parts.get("sysv", []) if re.match(r"S\d\d", line)]
    fstab = [line for line in parts.get("fstab", []) if len(line.split()) > 1 and not line.lstrip().startswith("#")]
    modules = [line for name in ("virtio_blk", "virtio_net") for line in parts.get(name, [])]
    built_in = [line for line in parts.get("built-in", []) if "virtio" in line]
    return {
        "firmware": read_firmware(parts),
        "services": tuple(sorted({*(name.removesuffix(".service") for name in services), *sysv})),
        "init": "systemd" if _true(parts, "has-systemd") else "sysvinit",
        "cloud_init": guest.cloud_init or _true(parts, "cloud-init"),
        "drivers": tuple(sorted({_module_name(line) for line in [*modules, *built_in]})),
        "fstab": tuple(fstab),
        "fixed_network": _true(parts, "persistent-net"),
    }


def _true(parts: dict[str, list[str]], name: str) -> bool:
    return "true" in parts.get(name, [])


def _module_name(line: str) -> str:
    return line.rsplit("/", 1)[-1].split(".ko", 1)[0].replace("-", "_")


def read_registry(text: str) -> dict[str, dict[str, int | str]]:
    """Keys of an exported hive with those values that are numbers or texts; keys are folded, as Windows does."""
    keys: dict[str, dict[str, int | str]] = {}
    values: dict[str, int | str] = {}
    for line in text.replace("\\\n", "").splitlines():
        if line.startswith("["):
            values = keys.setdefault(line[1:-1].lower(), {})
        elif found := re.fullmatch(r'"([^"]*)"=(?:dword:([0-9a-f]{8})|hex\([12]\):([0-9a-f,]*)|"(.*)")', line):
            values[found[1].lower()] = int(found[2], 16) if found[2] else _text(found[3], found[4])
    return keys


def _text(numbers: str | None, plain: str | None) -> str:
    if numbers is None:
        return plain or ""
    return bytes.fromhex(numbers.replace(",", "")).decode("utf-16-le", "replace").rstrip("\0")


def windows_details(guest: Guest, parts: dict[str, list[str]], keys: dict[str, dict[str, int | str]]) -> dict[str, object]:
    """What the registry of a Windows tells: services that start by themselves and drivers for disks and networks."""
    mark = f"\\{guest.control_set.lower()}\\services\\"
    services = {key.partition(mark)[2]: values for key, values in keys.items() if mark in key}
    started = {name for name, values in services.items() if "\\" not in name and values.get("start") in (0, 1, 2)}
    return {
        "firmware": read_firmware(parts),
        "services": tuple(sorted(name for name in started if services[name].get("type", 0) not in (1, 2))),
        "drivers": tuple(name for name in _WINDOWS_DRIVERS if name in services),
        "driver_database": any("\\driverdatabase" in key for key in keys),
        "cloud_init": guest.cloud_init or "cloudbase-init" in services,
        "init": "services",
    }
