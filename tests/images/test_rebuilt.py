"""What `images rebuild` writes starts: a real Debian with cloud-init gets the user data, and says what it has become.

All that it sees of a network is this test, which serves the one repository of packages. Five minutes under emulation; packages
are downloaded: `pytest -m nightly tests/images`.
"""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from cfn2heat.images.guest import sections
from tests.images import guests
from tests.images.conftest import MIB, qemu_img
from tests.images.debian import install
from tests.images.test_real import cfn2heat

pytestmark = [
    pytest.mark.images("qemu-img", "guestfish", "mmdebstrap", "dpkg-deb", "qemu-system-x86_64"),
    pytest.mark.nightly,
]
VOLUME = "0f0f0f0f-1111-2222-3333-444444444444"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM1 anna@example.org"
UNIT = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart={0}\n[Install]\nWantedBy=multi-user.target\n"
OLD: dict[str, Any] = {
    "inventory": 1,
    "source": "ssh://root@shop.example.org:22",
    "system": {"id": "debian", "version": "12", "title": "Debian", "hostname": "shop", "arch": "x86_64", "init": "systemd"}
    | {"kernel": "6.1", "packaging": "deb"},
    "services": ["cron", "shop", "shop-cache", "till"],
    "users": [
        {"name": "anna", "uid": 1201, "groups": ["sudo"], "home": "/srv/anna", "shell": "/bin/bash", "keys": [KEY]},
        {"name": "debian", "uid": 1000, "groups": [], "home": "/home/debian", "shell": "/bin/bash", "keys": [KEY]},
    ],
    "filesystems": [
        {"mount": "/", "device": "/dev/xvda1", "type": "ext4", "size_mib": 8000, "used_mib": 1000},
        {"mount": "/srv/data", "device": "/dev/xvdf", "type": "ext4", "size_mib": 1000, "used_mib": 10},
    ],
    "mounts": [],
    "ports": [],
    "repositories": [],
    "changed": [],
    "crontabs": [{"user": "anna", "content": "15 3 * * * /opt/shop/tidy\n"}],
    "files": [
        {
            "path": "/etc/systemd/system/shop.service",
            "mode": "0644",
            "owner": "root:root",
            "content": UNIT.format("/opt/shop/run"),
        },
        {"path": "/opt/shop/run", "mode": "0755", "owner": "root:root", "content": "#!/bin/sh\ndate > /run/shop-ran\n"},
        {"path": "/opt/shop/tidy", "mode": "0750", "owner": "anna:anna", "content": "#!/bin/sh\n"},
        {"path": "/opt/shop/blob", "mode": "0644", "owner": "root:root", "base64": "f0VMRgIBAQA="},
        {"path": "/opt/shop/login", "mode": "0600", "owner": "root:root", "content": "password = of-a-test\n"},
        {
            "path": "/etc/init.d/till",
            "mode": "0755",
            "owner": "root:root",
            "content": "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: till\n# Required-Start:\n# Required-Stop:\n"
            "# Default-Start: 2 3 4 5\n# Default-Stop:\n### END INIT INFO\n[ $1 != start ] || date > /run/till-ran\n",
        },
    ],
    "packages": {
        "chosen": ["gone-tools", "linux-image-amd64", "shop-cache"],
        "installed": {"gone-tools": "1", "linux-image-amd64": "6.1", "shop-cache": "1.0"},
        "without_repository": [],
        "other_vendors": {},
    },
    "aws_agents": [],
    "gaps": [],
}
ASK = r"""#!/bin/sh
exec > /dev/ttyS0 2>&1
part() { echo; echo "@@$1"; }
part status; cloud-init status --long
part user; id anna; getent passwd anna; passwd -S anna
part keys; cat /srv/anna/.ssh/authorized_keys /home/debian/.ssh/authorized_keys
part files; stat -c '%n %a %U:%G' /opt/shop/* /etc/init.d/till /etc/systemd/system/shop.service; sha256sum /opt/shop/blob
part services
for name in cron shop shop-cache till; do echo $name $(systemctl is-enabled $name 2>/dev/null) $(systemctl is-active $name); done
part ran; ls -1 /run/shop-ran /run/shop-cache-ran /run/till-ran
part crontab; crontab -u anna -l
part packages; dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' shop-cache; cat /var/log/cfn2heat-packages-missing
part volume; findmnt -n -o TARGET,FSTYPE,LABEL /srv/data; cat /etc/fstab
part end
sync; poweroff -f
"""
CLOUD = "datasource_list: [NoCloud, None]\napt: {preserve_sources_list: true}\nlocale: false\n"
ASKING = """[Unit]
After=cloud-final.service
[Service]
Type=oneshot
ExecStart=/bin/sh /ask
[Install]
WantedBy=cloud-init.target
"""


def package(folder: Path) -> Path:
    """A folder that is a repository of one package, which has a service."""
    tree = folder / "shop-cache"
    control = [
        "Package: shop-cache",
        "Version: 1.0",
        "Architecture: all",
        "Maintainer: Nobody <nobody@example.com>",
        "Description: x",
    ]
    files = {
        "DEBIAN/control": "".join(f"{line}\n" for line in control),
        "usr/bin/shop-cache": "#!/bin/sh\ndate > /run/shop-cache-ran\n",
        "lib/systemd/system/shop-cache.service": UNIT.format("/usr/bin/shop-cache"),
    }
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    (tree / "usr/bin/shop-cache").chmod(0o755)
    place = folder / "repository"
    place.mkdir()
    deb = place / "shop-cache_1.0_all.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, deb], check=True, stdout=subprocess.DEVNULL)
    sums = f"Size: {deb.stat().st_size}\nSHA256: {hashlib.sha256(deb.read_bytes()).hexdigest()}\n"
    (place / "Packages").write_text(f"{files['DEBIAN/control']}Filename: ./{deb.name}\n{sums}")
    return place


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[int]:
    """The port on which the repository is served."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(package(tmp_path)))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def stock(folder: Path, port: int) -> Path:
    """A cloud image as a cloud has it: cloud-init, and the repository of that cloud; besides, it can be asked."""
    files = {
        "/ask": ASK,
        "/etc/systemd/system/ask.service": ASKING,
        "/etc/cloud/cloud.cfg.d/90_cloud.cfg": CLOUD,
        "/etc/apt/sources.list": f"deb [trusted=yes] http://10.0.2.2:{port} ./\n",
    }
    hooks = []
    for number, (name, text) in enumerate(files.items()):
        (folder / f"file-{number}").write_text(text)
        hooks.append(f"mkdir -p $1{Path(name).parent} && cp {folder / f'file-{number}'} $1{name}")
    hooks.append("chroot $1 systemctl enable systemd-networkd ask && rm -f $1/etc/apt/sources.list.d/* $1/etc/resolv.conf")
    raw = install(folder, hooks, "cloud-init,cron,passwd,sudo")
    qemu_img("convert", "-f", "raw", "-O", "qcow2", raw, folder / "stock.qcow2")
    raw.unlink()
    return folder / "stock.qcow2"


def test_a_rebuilt_server_is_what_the_old_one_was(tmp_path, repository):
    (tmp_path / "pet.yaml").write_text(yaml.safe_dump(OLD))
    cfn2heat("rebuild", tmp_path / "pet.yaml", "-o", tmp_path / "new")
    seed = tmp_path / "seed"
    seed.mkdir()
    user_data = (tmp_path / "new" / "user-data.yaml").read_text().replace("@id-of-volume-1@", VOLUME)  # as Heat does
    (seed / "user-data").write_text(user_data)
    (seed / "meta-data").write_text("instance-id: one\nlocal-hostname: shop\n")
    with (tmp_path / "volume.raw").open("wb") as volume:
        volume.truncate(64 * MIB)
    said = guests.console(
        stock(tmp_path, repository),
        "-m", "1024", "-nic", "user,model=virtio-net-pci",
        "-drive", f"file={tmp_path / 'volume.raw'},if=none,id=volume,format=raw",
        "-device", f"virtio-blk-pci,drive=volume,serial={VOLUME[:20]}",
        "-blockdev", f"driver=vvfat,node-name=seed,dir={seed},label=CIDATA,read-only=on",
        "-device", "virtio-blk-pci,drive=seed",
        seconds=1500,
    )  # fmt: skip
    (tmp_path / "console").write_text(said)
    found = sections(said.replace("\r", ""), "@@")
    assert "end" in found, said[-3000:]
    (failed,) = [line for line in found["status"] if line.startswith("('")]
    assert failed.startswith("('package-update-upgrade-install'")  # no repository has gone-tools, and the others came
    assert "uid=1201(anna)" in found["user"][0]
    assert "(sudo)" in found["user"][0]
    assert found["user"][1] == "anna:x:1201:1201::/srv/anna:/bin/bash"
    assert found["user"][2].startswith("anna L ")  # nobody logs in by a password
    assert [line for line in found["keys"] if line.startswith("ssh-")] == [KEY, KEY]
    assert found["files"][:-1] == [
        "/opt/shop/blob 644 root:root",
        "/opt/shop/run 755 root:root",
        "/opt/shop/tidy 750 anna:anna",
        "/etc/init.d/till 755 root:root",
        "/etc/systemd/system/shop.service 644 root:root",
    ]
    assert found["files"][-1].startswith(hashlib.sha256(b"\x7fELF\2\1\1\0").hexdigest())
    assert found["services"] == [
        "cron enabled active",
        "shop enabled active",
        "shop-cache enabled active",
        "till enabled active",
    ]
    assert found["ran"] == ["/run/shop-cache-ran", "/run/shop-ran", "/run/till-ran"]
    assert found["crontab"] == ["15 3 * * * /opt/shop/tidy"]
    assert found["packages"] == ["ii  shop-cache 1.0", "gone-tools"]
    assert found["volume"][0].split() == ["/srv/data", "ext4", "data1"]
    assert "LABEL=data1 /srv/data auto defaults,nofail 0 2" in found["volume"]
    assert "of-a-test" not in said + user_data
    assert (tmp_path / "new/archive/opt/shop/login").read_text() == "password = of-a-test\n"
