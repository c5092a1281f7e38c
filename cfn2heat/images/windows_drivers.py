"""A Windows without virt-v2v: its drivers, and the registry in the form that its version reads. Pure."""

from __future__ import annotations

from pathlib import Path

from cfn2heat.images.guest import Guest

DRIVERS = ("viostor", "vioscsi", "NetKVM", "Balloon")
"""Folders of the driver disc that a server needs."""
_SYSTEM = "HKEY_LOCAL_MACHINE\\SYSTEM\\"
_CLASS = "{4D36E97B-E325-11CE-BFC1-08002BE10318}"
"""Windows' class of disk controllers."""
_DEVICES = ("VEN_1AF4&DEV_1001&SUBSYS_00021AF4&REV_00", "VEN_1AF4&DEV_1042&SUBSYS_11001AF4&REV_01")
"""The virtio disk as its older and its newer form show themselves."""
_INF, _CONFIGURATION = "cfn2heat-stor.inf", "cfn2heat_stor"
INSTALL = "for /r C:\\cfn2heat\\drivers %%i in (*.inf) do pnputil -i -a %%i"
"""What the first boot does with the drivers."""


def folders(drivers: Path, system: str, arch: str) -> list[Path]:
    """The folders of drivers for a Windows, as the disc names systems (2k19) and processors (amd64)."""
    return [drivers / name / system / arch for name in DRIVERS]


def driver_options(drivers: Path, system: str, arch: str) -> list[str]:
    """Options of virt-customize that bring in the driver of the disk, for the boot, and all drivers, for the first boot."""
    found = folders(drivers, system, arch)
    options = ["--upload", f"{found[0] / 'viostor.sys'}:/Windows/System32/drivers/viostor.sys"]
    for name, folder in zip(DRIVERS, found, strict=True):
        options += ["--mkdir", f"/cfn2heat/drivers/{name}", "--copy-in", f"{folder}:/cfn2heat/drivers/{name}"]
    return options


def driver_registry(guest: Guest) -> str:
    """Keys by which the boot loads the disk's driver: newer versions look in DriverDatabase, older ones by critical devices."""
    control = f"{_SYSTEM}{guest.control_set or 'ControlSet001'}"
    keys = [*_service(f"{control}\\Services\\viostor"), *(_database() if guest.driver_database else _critical_devices(control))]
    return "".join("\n".join([f"[{key}]", *values, "", ""]) for key, values in keys)


def _service(key: str) -> list[tuple[str, list[str]]]:
    values = [
        '"Type"=dword:00000001',
        '"Start"=dword:00000000',
        '"ErrorControl"=dword:00000001',
        '"Group"="SCSI miniport"',
        '"ImagePath"=str(2):"system32\\\\drivers\\\\viostor.sys"',
    ]
    return [(key, values), (f"{key}\\Parameters", []), (f"{key}\\Parameters\\PnpInterface", ['"5"=dword:00000001'])]


def _critical_devices(control: str) -> list[tuple[str, list[str]]]:
    found = f"{control}\\Control\\CriticalDeviceDatabase"
    values = [f'"ClassGUID"="{_CLASS}"', '"Service"="viostor"']
    return [(f"{found}\\pci#{device.lower()}", values) for device in _DEVICES]


def _database() -> list[tuple[str, list[str]]]:
    database = f"{_SYSTEM}DriverDatabase"
    package = f"{database}\\DriverPackages\\{_INF}_tmp"
    class_id = "7b,e9,36,4d,25,e3,ce,11,bf,c1,08,00,2b,e1,03,18"
    version = f"00,ff,09,00,00,00,00,00,{class_id},{','.join(['00'] * 24)}"
    names = [f"@={_list(f'{_INF}_tmp')}", f'"Active"="{_INF}_tmp"', f'"Configurations"={_list(_CONFIGURATION)}']
    return [
        (f"{database}\\DriverInfFiles", []),
        (f"{database}\\DriverInfFiles\\{_INF}", names),
        (f"{database}\\DeviceIds", []),
        (f"{database}\\DeviceIds\\PCI", []),
        *((f"{database}\\DeviceIds\\PCI\\{device}", [f'"{_INF}"=hex(3):01,ff,00,00']) for device in _DEVICES),
        (f"{database}\\DriverPackages", []),
        (package, [f'"Version"=hex(3):{version}']),
        (f"{package}\\Configurations", []),
        (f"{package}\\Configurations\\{_CONFIGURATION}", ['"ConfigFlags"=dword:00000000', '"Service"="viostor"']),
        (f"{package}\\Descriptors", []),
        (f"{package}\\Descriptors\\PCI", []),
        *((f"{package}\\Descriptors\\PCI\\{device}", [f'"Configuration"="{_CONFIGURATION}"']) for device in _DEVICES),
    ]


def _list(text: str) -> str:
    """A list of one text, as the registry keeps it: two zeros at its end."""
    return "hex(7):" + ",".join(f"{byte:02x}" for byte in f"{text}\0\0".encode("utf-16-le"))
