"""The inventory of a disk: the script runs in a guest of a kernel's worth of files, with busybox as its shell."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from cfn2heat.images.guest import sections
from cfn2heat.images.live import probe
from cfn2heat.images.survey import survey
from tests.images import guests
from tests.images.test_real import cfn2heat

SLOW = pytest.mark.emulated

FILES = {
    "etc/init.d/shop": "#!/bin/sh\nexec /opt/shop/run\n",
    "etc/cron.d/shop": "* * * * * root /opt/shop/tick\n",
    "etc/rc.local": "#!/bin/sh\n# nothing is done here\nexit 0\n",
    "etc/systemd/system/shop.service": "[Service]\nExecStart=-/opt/shop/run --all\n",
    "opt/shop/run": "#!/bin/sh\n",
    "var/spool/cron/crontabs/anna": "1 1 * * * true\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nanna:$6$salt$of-a-test:1000:1000::/home/anna:/bin/sh\n",
    "etc/shadow": "root:$6$salt$of-a-test:1:0:99999:7:::\n",
    "etc/group": "root:x:0:\nsudo:x:27:anna\n",
    "home/anna/.ssh/authorized_keys": "# mine\nssh-rsa AAAAB3NzaC1yc2EAAAADAQAB anna\n",
    "etc/apt/sources.list": "deb [arch=amd64] https://me:of-a-test@packages.example.org/debian bookworm main\n",
}


def root(folder: Path) -> Path:
    """The root of the phony Linux, with a shell and the tools of busybox."""
    guests.linux(folder)
    place, busybox = folder / "root", shutil.which("busybox") or ""
    shutil.copy(busybox, place / "bin" / "busybox")
    (place / "bin" / "sh").unlink()
    for name in subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split():
        if not (place / "bin" / name).exists():
            (place / "bin" / name).symlink_to("busybox")
    for name, text in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    wants = place / "etc/systemd/system/multi-user.target.wants"
    (wants / "shop.service").symlink_to("/etc/systemd/system/shop.service")
    (place / "etc/rc2.d").mkdir()
    (place / "etc/rc2.d/S20shop").symlink_to("../init.d/shop")
    return place


def check(found: dict[str, Any]) -> None:
    assert found["system"]["hostname"] == "pet"
    assert found["packages"]["installed"]["openssh-server"] == "1:9.2p1-2"
    assert found["aws_agents"][0] == "amazon-ssm-agent"
    assert "shop" in found["services"]
    assert [user["name"] for user in found["users"]] == ["anna"]
    assert (found["users"][0]["groups"], len(found["users"][0]["keys"])) == (["sudo"], 1)
    paths = [file["path"] for file in found["files"]]
    assert paths == ["/etc/cron.d/shop", "/etc/init.d/shop", "/etc/systemd/system/shop.service", "/opt/shop/run"]
    assert found["crontabs"] == [{"user": "anna", "content": "1 1 * * * true\n"}]
    assert found["repositories"] == [{"name": "deb", "address": "https://packages.example.org/debian"}]
    assert found["mounts"][1]["mount"] == "/data"
    assert "of-a-test" not in str(found)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("busybox"), reason="needs root, to change the root, and busybox")
def test_the_script_runs_in_a_small_system(tmp_path):
    place = root(tmp_path)
    (place / "dev" / "null").touch()
    (place / "probe").write_text(probe("@@m "))
    done = subprocess.run(["chroot", place, "/bin/sh", "/probe", "disk"], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    check(survey(sections(done.stdout, "@@m "), "pet"))


@SLOW
@pytest.mark.images("busybox", "qemu-img", "virt-inspector", "guestfish")
def test_a_disk_is_asked_and_stays_as_it_is(tmp_path):
    disk = guests.partitioned(tmp_path, root(tmp_path))
    before = hashlib.sha256(disk.read_bytes()).hexdigest()
    found = yaml.safe_load(cfn2heat("inventory", disk))
    assert hashlib.sha256(disk.read_bytes()).hexdigest() == before
    check(found)
    assert [(one["mount"], one["type"]) for one in found["filesystems"]] == [("/", "ext4")]
    assert found["gaps"][0].startswith("the server did not run")


@SLOW
@pytest.mark.images("qemu-img", "virt-inspector", "guestfish")
def test_a_guest_whose_shell_does_not_run_is_inspected(tmp_path):
    found = yaml.safe_load(cfn2heat("inventory", guests.linux(tmp_path)))
    assert found["packages"]["installed"]["openssh-server"] == "1:9.2p1-2"
    assert found["services"] == ["amazon-ssm-agent", "cron", "ssh"]
    assert any("shell does not run" in gap for gap in found["gaps"])
