"""Scripts that prepare servers: that for Linux runs here, in a scratch root with programs that only note how they are called."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from cfn2heat.cli.images import images
from cfn2heat.images.finish import first_boot
from cfn2heat.images.scripts import prepare_script

CORE = ("sh", "cat", "grep", "sed", "mv", "cp", "rm", "mkdir", "tr", "basename", "id", "sync")
FSTAB = """# what is mounted
/dev/xvda1  /      ext4  defaults  0 1
/dev/xvdf\t/data  xfs   defaults,nofail  0 2
UUID=1234-ABCD /boot/efi vfat defaults 0 0
/dev/nvme9n1 /gone ext4 nofail 0 2
tmpfs /tmp tmpfs mode=1777,x=\\040 0 0
"""
BLKID = "case $5 in /dev/xvda1) echo aaaa-1111 ;; /dev/xvdf) echo bbbb-2222 ;; *) exit 2 ;; esac"
AGENTS = """\
[ "$1" = is-enabled ] || : > "$STATE"
[ "$2" != amazon-ssm-agent.service ] || [ -f "$STATE" ] || echo enabled
"""


class Server:
    """A root to work on, and the programs that the script finds."""

    def __init__(self, folder: Path) -> None:
        self.root, self.programs, self.calls = folder / "root", folder / "programs", folder / "calls"
        self.script = folder / "prepare.sh"
        self.script.write_text(prepare_script("linux"))
        self.programs.mkdir()
        for name in CORE:
            (self.programs / name).symlink_to(shutil.which(name) or name)
        self.fake("chroot", 'shift; exec "$@"')
        self.fake("blkid", BLKID)
        self.file("etc/fstab", FSTAB)
        self.file("lib/modules/5.10.0/kernel/drivers/block/virtio_blk.ko.xz")
        self.file("lib/modules/5.10.0/kernel/drivers/net/virtio_net.ko.xz")
        self.file("etc/default/grub", 'GRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX="quiet net.ifnames=0"\n')
        (self.root / "etc/cloud").mkdir()

    def fake(self, name: str, code: str = "", *, noted: bool = False) -> None:
        note = f'echo "{name} $*" >> {self.calls}\n' if noted else ""
        (self.programs / name).write_text(f"#!/bin/sh\n{note}{code}\n")
        (self.programs / name).chmod(0o755)

    def file(self, name: str, text: str = "") -> Path:
        place = self.root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        return place

    def read(self, name: str) -> str:
        return (self.root / name).read_text()

    def run(self, *options: str) -> list[str]:
        environment = {"PATH": str(self.programs), "STATE": str(self.calls.with_name("stopped"))}
        command = ["sh", str(self.script), "--root", str(self.root), *options]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.replace(str(self.root), "").splitlines()

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def snapshot(self) -> dict[str, str]:
        return {str(path.relative_to(self.root)): path.read_text() for path in self.root.rglob("*") if path.is_file()}


@pytest.fixture
def red(tmp_path: Path) -> Server:
    """One of the rpm family."""
    server = Server(tmp_path)
    for name in ("dracut", "grubby"):
        server.fake(name, noted=True)
    server.fake("systemctl", AGENTS)
    server.file("etc/udev/rules.d/70-persistent-net.rules", "old card\n")
    server.file("lib/udev/rules.d/75-persistent-net-generator.rules", "writes them\n")
    server.file("etc/sysconfig/network-scripts/ifcfg-eth0", "DEVICE=eth0\nHWADDR=02:00:00:00:00:01\n")
    return server


@pytest.fixture
def blue(tmp_path: Path) -> Server:
    """One of the dpkg family, started by sysvinit."""
    server = Server(tmp_path)
    for name in ("update-initramfs", "update-grub", "update-rc.d"):
        server.fake(name, noted=True)
    server.file("etc/initramfs-tools/modules", "# modules\nvirtio_net\n")
    server.file("etc/rc2.d/S20amazon-ssm-agent")
    return server


def test_a_server_with_dracut_and_grubby(red):
    assert red.run() == [
        "did ask for virtio drivers in the initial ramdisk (/etc/dracut.conf.d/cfn2heat.conf)",
        "did make the initial ramdisk of 5.10.0 anew",
        "did let cloud-init ask OpenStack first (/etc/cloud/cloud.cfg.d/99-openstack.cfg)",
        "did set aside the rules that tie names to the old network card (/etc/udev/rules.d/70-persistent-net.rules)",
        "did keep such rules from being written again (/etc/udev/rules.d/75-persistent-net-generator.rules)",
        "did take the old card's address out (/etc/sysconfig/network-scripts/ifcfg-eth0)",
        "did name disks by their UUIDs (/etc/fstab)",
        "BY HAND: /dev/nvme9n1 at /gone has no UUID: mount it in another way",
        "did let the kernel speak on the serial console (/etc/default/grub)",
        "did tell the boot loader of it",
        "did keep amazon-ssm-agent from starting",
        "10 changes, 1 left to do by hand",
    ]
    assert red.called() == [
        "dracut --force /boot/initramfs-5.10.0.img 5.10.0",
        "grubby --update-kernel=ALL --args=console=tty0 console=ttyS0,115200n8",
    ]
    assert red.read("etc/dracut.conf.d/cfn2heat.conf") == 'add_drivers+=" virtio_blk virtio_net "\n'
    assert red.read("etc/default/grub").splitlines()[1] == (
        'GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200n8 quiet net.ifnames=0"'
    )
    assert red.read("etc/sysconfig/network-scripts/ifcfg-eth0") == "DEVICE=eth0\n#HWADDR=02:00:00:00:00:01\n"
    assert red.read("etc/udev/rules.d/70-persistent-net.rules.before-cfn2heat") == "old card\n"
    assert not (red.root / "etc/udev/rules.d/70-persistent-net.rules").exists()


def test_disks_have_their_uuids_and_nothing_else_of_fstab_changes(red):
    red.run()
    expected = FSTAB.replace("/dev/xvda1 ", "UUID=aaaa-1111 ").replace("/dev/xvdf\t", "UUID=bbbb-2222\t")
    assert red.read("etc/fstab") == expected
    assert red.read("etc/fstab.before-cfn2heat") == FSTAB


def test_a_server_with_initramfs_tools_and_sysvinit(blue):
    said = blue.run()
    assert blue.called() == ["update-initramfs -u -k all", "update-grub ", "update-rc.d amazon-ssm-agent disable"]
    assert blue.read("etc/initramfs-tools/modules") == "# modules\nvirtio_net\nvirtio_blk\n"
    assert "did make the initial ramdisks anew" in said


@pytest.mark.parametrize("family", ["red", "blue"])
def test_a_dry_run_changes_nothing_and_says_the_same(family, request):
    server = request.getfixturevalue(family)
    before = server.snapshot()
    dry = server.run("--dry-run")
    assert server.snapshot() == before
    assert server.called() == []
    assert [line.replace("would ", "did ") for line in dry] == server.run()


def test_a_second_run_finds_nothing_to_do(red):
    red.run()
    after, calls = red.snapshot(), red.called()
    assert red.run() == ["BY HAND: /dev/nvme9n1 at /gone has no UUID: mount it in another way", "0 changes, 1 left to do by hand"]
    assert (red.snapshot(), red.called()) == (after, calls)


def test_agents_may_stay(red):
    assert not [line for line in red.run("--keep-agents") if "ssm" in line]


def test_a_ramdisk_that_fails_is_tried_again(red):
    red.fake("dracut", "exit 1")
    assert "BY HAND: this has failed: dracut --force /boot/initramfs-5.10.0.img 5.10.0" in red.run()
    red.fake("dracut", noted=True)
    assert "did make the initial ramdisk of 5.10.0 anew" in red.run()


def test_what_a_server_lacks_is_left_to_a_person(red):
    (red.root / "etc/cloud").rmdir()
    (red.root / "etc/default/grub").unlink()
    for file in red.root.glob("lib/modules/*/kernel/drivers/*/*"):
        file.unlink()
    red.file("etc/netplan/01-own.yaml", "match: {macaddress: 02:00:00:00:00:01}\n")
    red.file("proc/cmdline", "ro root=/dev/xvda1\n")
    left = [line for line in red.run() if line.startswith("BY HAND")]
    words = ("virtio drivers", "install cloud-init", "01-own.yaml", "nvme9n1", "boot loader names", "boot loader hand over")
    assert [word for line, word in zip(left, words, strict=True) if word in line] == list(words)


def test_drivers_that_are_built_in_need_no_ramdisk(red):
    for file in red.root.glob("lib/modules/*/kernel/drivers/*/*"):
        file.unlink()
    red.file("lib/modules/5.10.0/modules.builtin", "kernel/drivers/block/virtio_blk.ko\n")
    assert not [line for line in red.run() if "ramdisk" in line or "virtio" in line]


def test_wrong_options_are_refused(tmp_path):
    script = tmp_path / "prepare.sh"
    script.write_text(prepare_script("linux"))
    assert subprocess.run(["sh", script, "--wrong"], capture_output=True, check=False).returncode == 2
    assert subprocess.run(["sh", script, "--root", tmp_path / "none"], capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("shell", ["sh", "bash", "busybox"])
def test_shells_read_the_script(shell, tmp_path):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    script = tmp_path / "prepare.sh"
    script.write_text(prepare_script("linux"))
    command = ["busybox", "sh"] if shell == "busybox" else [shell]
    assert subprocess.run([*command, "-n", script], capture_output=True, check=False).returncode == 0


# Windows: there is none here, so that the script is parsed, and held against what it must do


def outside_of_texts(script: str) -> str:
    """PowerShell code without comments and quoted texts."""
    quoted = r"'(?:[^']|'')*'|\"(?:`.|[^\"`])*\""
    return re.sub(rf"<#.*?#>|({quoted})|#[^\r\n]*", lambda found: "''" if found[1] else "", script, flags=re.DOTALL)


def test_a_grammar_of_powershell_reads_the_script():
    tree_sitter = pytest.importorskip("tree_sitter")
    grammar = pytest.importorskip("tree_sitter_powershell")
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    assert not parser.parse(prepare_script("windows").encode()).root_node.has_error
    broken = prepare_script("windows").replace("function Set-Disks {", "function Set-Disks")
    assert parser.parse(broken.encode()).root_node.has_error


def test_the_first_boot_is_one_line_a_command_and_its_powershell_is_read():
    import tree_sitter
    import tree_sitter_powershell

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    script = first_boot(Path("/x.msi"), "helper", keep_agents=False)
    (command,) = re.findall(r'^powershell -NoProfile -Command "(.*)"\r$', script, flags=re.MULTILINE)
    assert '"' not in command  # it would end the argument
    assert "%" not in command  # the batch would put a variable there
    assert not parser.parse(command.encode()).root_node.has_error
    assert all(line.count('"') % 2 == 0 for line in script.splitlines())
    assert script.splitlines()[-1] == "rmdir /s /q C:\\cfn2heat"  # with the password in it
    assert "schtasks" not in first_boot(None, "", keep_agents=True)


def test_the_script_for_windows_is_closed_in_itself():
    script = prepare_script("windows")
    assert script.isascii()  # PowerShell 5 reads a file without mark in the machine's own code page
    assert script.count("\r\n") == script.count("\n")
    code = outside_of_texts(script)
    for opening, closing in ("{}", "()", "[]"):
        assert code.count(opening) == code.count(closing)
    defined = set(re.findall(r"^function ([\w-]+)", code, flags=re.MULTILINE))
    called = set(re.findall(r"\b((?:Add|Invoke|Write|Get|Set|Enable|Install|Disable)-[A-Z]\w+)", code))
    known = {"Write-Output", "Get-ItemProperty", "Get-WmiObject", "Get-Service", "Set-Service"}
    assert called - known == defined
    assert all(len(re.findall(rf"{re.escape(name)}\b", code)) > 1 for name in defined)


def test_whatever_changes_windows_can_be_a_dry_run():
    """Each call that changes something stands in a change, or in a function that only changes call."""
    code = outside_of_texts(prepare_script("windows"))
    body = code[code.index("function Install-Drivers") : code.index("function Set-Disks")]
    found = re.findall(r"^( +)Invoke-Change [^\r\n]*\{\r\n(.*?)\r\n\1\}", body, flags=re.DOTALL | re.MULTILINE)
    makes = [make for _, make in found]
    changing = r"Set-RegistryValue|Invoke-Program|Set-Service|Enable-BootDriver|\.Put\(\)|\.Create\(|\.Set[A-Z]|\.Add\("
    assert len(makes) >= 10
    assert len(re.findall(changing, body)) == sum(len(re.findall(changing, make)) for make in makes)
    disks = code[code.index("function Set-Disks") :]
    assert disks.index("if ($DryRun)") < disks.index("Start-Process") < disks.index("Invoke-Program")


def test_the_scripts_are_written(tmp_path):
    runner = CliRunner()
    place = tmp_path / "prepare.sh"
    result = runner.invoke(images, ["prepare", "linux", "-o", str(place)])
    assert (result.exit_code, "--dry-run" in result.stderr) == (0, True)
    assert "sh prepare.sh --dry-run" in result.stderr
    assert place.read_text() == prepare_script("linux")
    assert place.stat().st_mode & stat.S_IXUSR
    assert runner.invoke(images, ["prepare", "windows"]).stdout_bytes.startswith(b"<#\r\n")
    assert runner.invoke(images, ["prepare", "beos"]).exit_code == 2
    assert runner.invoke(images, ["prepare", "linux", "-o", str(place / "x")]).exit_code == 2
