"""What virt-v2v leaves: the texts that finish a guest. Pure; steps.py says where they go."""

from __future__ import annotations

import re
from pathlib import Path

from cfn2heat.images.guest import Guest

_KEY = "HKEY_LOCAL_MACHINE\\SYSTEM\\"
_WINDOWS_AGENTS = frozenset(
    {"amazonssmagent", "amazoncloudwatchagent", "ec2config", "amazon ec2launch", "awsliteagent", "amazonlightagent", "cfn-hup"}
)
_TASK = "Amazon Ec2 Launch - Instance Initialization"
"""Where Windows of 2016 and 2019 have no service for it."""
_CLOCK = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation"
_SAFE_NAME = re.compile(r"[\w@.-]+")
_NEW_ADMINISTRATOR = (
    "$user = ([ADSI]'WinNT://.').Create('User', '{name}'); "
    "$user.SetPassword([IO.File]::ReadAllLines('C:\\cfn2heat\\secret')[0]); $user.SetInfo(); "
    "$group = (New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-544').Translate([Security.Principal.NTAccount]).Value; "
    "([ADSI]('WinNT://./' + $group.Split('\\')[1])).Add('WinNT://./{name}')"
)
"""For every Windows since 2008, in whatever language its groups are named."""


def _stopped(guest: Guest) -> list[str]:
    """Services of AWS that start by themselves."""
    return [name for name in guest.services if name in _WINDOWS_AGENTS]


def registry_text(guest: Guest, keep_agents: bool) -> str:
    """What the registry file does, for people."""
    stopped = "" if keep_agents or not _stopped(guest) else f", keep {', '.join(_stopped(guest))} from starting"
    return f"Allow remote desktop and ping through the firewall{stopped}."


def registry(guest: Guest, keep_agents: bool) -> str:
    """A registry file; it names the control set, for CurrentControlSet exists only while Windows runs."""
    control = f"{_KEY}{guest.control_set or 'ControlSet001'}"
    rules = f"{control}\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules"
    form = "v2.0" if guest.osinfo == "win2k8" else "v2.10"  # what its version of the firewall reads
    lines = [
        "Windows Registry Editor Version 5.00",
        "",
        f"[{control}\\Control\\Terminal Server]",
        '"fDenyTSConnections"=dword:00000000',
        "",
        f"[{rules}]",
        f'"cfn2heat-RDP"="{form}|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|Name=Remote Desktop (moved server)|"',
        f'"cfn2heat-ICMP4"="{form}|Action=Allow|Active=TRUE|Dir=In|Protocol=1|ICMP4=8:*|Name=Ping (moved server)|"',
        f'"cfn2heat-ICMP6"="{form}|Action=Allow|Active=TRUE|Dir=In|Protocol=58|ICMP6=128:*|Name=Ping, IPv6 (moved server)|"',
        "",
    ]
    for name in [] if keep_agents else _stopped(guest):
        lines += [f"[{control}\\Services\\{name}]", '"Start"=dword:00000004', ""]
    return "\n".join(lines)


def first_boot_text(cloudbase_init: Path | None, administrator: str) -> str:
    """What the script of the first boot does, for people."""
    more = [
        ", installs cloudbase-init" if cloudbase_init else "",
        f", makes {administrator} an administrator" if administrator else "",
    ]
    does = "it brings disks online, starts remote desktop and opens the firewall for it, takes the machine's clock for UTC"
    return f"Leave a script for the first boot: {does}{''.join(more)}."


def first_boot(cloudbase_init: Path | None, administrator: str, *, keep_agents: bool) -> str:
    """A batch file; it runs as the system and takes its own traces away."""
    lines = [
        "@echo off",
        "echo san policy=OnlineAll > %TEMP%\\san.txt",
        "diskpart /s %TEMP%\\san.txt",
        "sc config TermService start= auto",
        "net start TermService",
        'netsh advfirewall firewall set rule group="@FirewallAPI.dll,-28752" new enable=yes',
        f"reg add {_CLOCK} /v RealTimeIsUniversal /t REG_DWORD /d 1 /f",
    ]
    if not keep_agents:
        lines.append(f'schtasks /change /tn "{_TASK}" /disable')
    if cloudbase_init:
        lines.append("start /wait msiexec /i C:\\cfn2heat\\cloudbase-init.msi /qn /norestart")
    if administrator:
        lines.append(f'powershell -NoProfile -Command "{_NEW_ADMINISTRATOR.format(name=administrator)}"')
    return "\r\n".join([*lines, "rmdir /s /q C:\\cfn2heat", ""])


def first_boot_options(scratch: Path, cloudbase_init: Path | None, password_file: Path | None) -> list[str]:
    """Options of virt-customize that put the script, and what it needs, into the guest, with a service that runs it once."""
    options = ["--mkdir", "/cfn2heat"]
    for file, name in ((cloudbase_init, "cloudbase-init.msi"), (password_file, "secret")):
        if file is not None:
            options += ["--upload", f"{file}:/cfn2heat/{name}"]
    return [*options, "--firstboot", str(scratch / "first-boot.cmd")]


# Linux


def linux_session(guest: Guest, scratch: Path, keep_agents: bool, *, with_ramdisk: bool) -> tuple[str, str, dict[str, str]]:
    """Commands that finish a Linux, what they are for, and the files that they need."""
    lines: list[str] = []
    texts: list[str] = []
    files: dict[str, str] = {}
    if with_ramdisk:
        lines.append(f'sh "{_ramdisk(guest)}"')
        texts.append("put virtio drivers into the initial ramdisk")
    if with_ramdisk and _renamed(guest) != guest.fstab:
        files["fstab"] = "\n".join([*_renamed(guest), ""])
        lines.append(f"upload {quoted(scratch / 'fstab')} /etc/fstab")
        texts.append("name the root disk by its UUID")
    if guest.fixed_network:
        lines.append("rm-f /etc/udev/rules.d/70-persistent-net.rules")
        texts.append("let the network card have its name without the old card's address")
    if guest.cloud_init:
        lines += [
            "mkdir-p /etc/cloud/cloud.cfg.d",
            f"upload {quoted(scratch / 'datasource')} /etc/cloud/cloud.cfg.d/99-openstack.cfg",
        ]
        files["datasource"] = "datasource_list: [ConfigDrive, OpenStack, None]\n"
        texts.append("let cloud-init ask OpenStack")
    stopped = [] if keep_agents else [name for name in guest.services if name in guest.agents and _SAFE_NAME.fullmatch(name)]
    for name in stopped:
        lines += [f"rm-f /etc/systemd/system/multi-user.target.wants/{name}.service", f"glob rm-f /etc/rc?.d/S??{name}"]
    if stopped:
        texts.append(f"keep {', '.join(stopped)} from starting")
    text = f"{texts[0][0].upper()}{', '.join(texts)[1:]}." if texts else ""
    return "\n".join([*lines, ""]) if lines else "", text, files


_DRIVERS = "virtio_pci virtio_blk virtio_scsi virtio_net"


def _ramdisk(guest: Guest) -> str:
    """A command of the guest's own that makes its initial ramdisks anew; it runs in the appliance."""
    if guest.packaging == "deb":
        return f"printf '%s\\\\n' {_DRIVERS} >> /etc/initramfs-tools/modules && update-initramfs -u -k all"
    return (
        "for kernel in /lib/modules/*; do kernel=${kernel##*/}; "
        f"dracut --force --add-drivers '{_DRIVERS}' /boot/initramfs-$kernel.img $kernel; done"
    )


def _renamed(guest: Guest) -> tuple[str, ...]:
    """The lines of fstab, with the root's device by UUID where Xen's name stands."""
    uuid = guest.root_uuid
    return tuple(
        re.sub(r"^/dev/(xvd|sd|nvme)\S+", f"UUID={uuid}", line) if uuid and line.split()[1:2] == ["/"] else line
        for line in guest.fstab
    )


def quoted(path: Path) -> str:
    """A path as an argument in a script of guestfish, whatever stands in it."""
    text = str(path)
    if any(ord(letter) < 32 for letter in text):
        raise ValueError(f"{text!r} cannot stand in a script")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
