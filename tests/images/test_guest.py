"""What the tools say of a guest, as they said it once, is read; no tools are needed."""

from __future__ import annotations

from pathlib import Path

from cfn2heat.images.guest import Guest, linux_details, read_firmware, read_inspection, read_registry, sections, windows_details
from cfn2heat.record import replace

FIXTURES = Path(__file__).parent.parent / "fixtures" / "images"


def read(name: str) -> str:
    return (FIXTURES / name).read_text()


def test_a_windows_as_virt_inspector_describes_it():
    (found,) = read_inspection(read("windows2019.inspector.xml"))
    assert (found.family, found.product, found.osinfo, found.arch) == (
        "windows",
        "Windows Server 2019 Standard",
        "win2k19",
        "x86_64",
    )
    assert (found.control_set, found.root, found.filesystems) == ("ControlSet001", "/dev/sda1", {"/": "ntfs"})
    assert (found.packages, found.agents) == ({"Amazon SSM Agent": "3.2.1"}, ("Amazon SSM Agent",))


def test_the_registry_tells_services_and_drivers():
    (found,) = read_inspection(read("windows2019.inspector.xml"))
    keys = read_registry(read("windows2019.reg"))
    service = keys["hkey_local_machine\\system\\controlset001\\services\\amazonssmagent"]
    assert service == {"displayname": "Amazon SSM Agent", "start": 2, "type": 16}
    found = replace(found, **windows_details(found, {}, keys))
    assert found.services == ("amazonssmagent",)  # W32Time starts on demand, xenvbd is a driver
    assert found.drivers == ("xenvbd",)
    assert found.driver_database
    assert not found.cloud_init


def test_long_values_of_the_registry_go_over_several_lines():
    text = '[K]\n"Name"=hex(1):41,00,\\\n  42,00,00,00\n"Plain"="x"\n"Other"=hex(7):00\n'
    assert read_registry(text.replace("\\\n  ", "\\\n")) == {"k": {"name": "AB", "plain": "x"}}


def test_a_linux_as_the_tools_describe_it():
    (found,) = read_inspection(read("debian12.inspector.xml"))
    shown = sections(read("debian12.session.txt"), "@@")
    found = replace(found, **linux_details(found, shown))
    assert (found.distro, found.major, found.minor, found.packaging) == ("debian", 12, 5, "deb")
    assert found.packages["openssh-server"] == "1:9.2p1-2"
    assert (found.services, found.init) == (("amazon-ssm-agent", "cron", "ssh"), "systemd")
    assert found.drivers == ("virtio_blk", "virtio_net")
    assert found.agents == ("amazon-ssm-agent",)
    assert found.fstab == ("/dev/xvda1 / ext4 defaults 0 1", "/dev/xvdf /data ext4 defaults,nofail 0 2")
    assert found.root_uuid == "11111111-2222-3333-4444-555555555555"
    assert found.fixed_network
    assert not found.cloud_init


def test_a_file_of_the_guest_makes_no_sections():
    shown = sections("@@1f fstab\n@@cloud-init\ntrue\n@@1f cloud-init\nfalse\n", "@@1f ")
    assert shown == {"fstab": ["@@cloud-init", "true"], "cloud-init": ["false"]}


def test_a_disk_that_can_start_by_bios_does():
    esp, bios = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "21686148-6449-6E6F-744E-656564454649"
    assert read_firmware({"gpt": [esp]}) == "uefi"
    assert read_firmware({"gpt": [esp, bios]}) == "bios"
    assert read_firmware({}) == "bios"


def test_mount_points_that_are_none_are_left_out():
    xml = read("debian12.inspector.xml").replace(">/data<", ">/data&#10;!id<")
    assert "!id" in xml
    assert list(read_inspection(xml)[0].filesystems) == ["/"]


def test_a_disk_without_system():
    assert read_inspection("<operatingsystems/>") == []
    assert Guest().family == "unknown"
