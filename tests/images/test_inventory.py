"""The inventory of a live server over ssh, and of what it said once; and the new server that is written from it."""

from __future__ import annotations

import base64
import getpass
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from click.testing import CliRunner, Result

from cfn2heat.cli.main import cli
from cfn2heat.diagnostics import InputError
from cfn2heat.hot.check import check_text
from cfn2heat.images.inventory import Address, read_address, read_inventory
from cfn2heat.images.rebuild import rebuild


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["images", *map(str, arguments)])


class Sshd(NamedTuple):
    port: int
    identity: Path
    known_hosts: Path

    @property
    def url(self) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A server of ssh on the loopback, with keys of its own, that lets this user in."""
    folder = tmp_path_factory.mktemp("sshd")
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "authorized").write_text((folder / "user.pub").read_text())
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nAuthorizedKeysFile {folder / 'authorized'}\n"
        f"PidFile {folder / 'pid'}\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    server = subprocess.Popen(
        [shutil.which("sshd", path="/usr/sbin:/usr/bin"), "-D", "-e", "-f", folder / "config"], stderr=subprocess.PIPE
    )
    for _ in range(100):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield Sshd(port, folder / "user", folder / "known")
    server.terminate()
    server.wait()


@pytest.mark.images("ssh", "sshd", "ssh-keygen")
def test_a_live_server_is_asked(sshd, tmp_path):
    output = tmp_path / "pet.json"
    result = call("inventory", sshd.url, "--identity", sshd.identity, "--known-hosts", sshd.known_hosts, "-o", output)
    assert result.exit_code == 0, result.output
    found = json.loads(output.read_text())
    assert output.stat().st_mode & 0o777 == 0o600
    dpkg = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package} ${Version}\\n"], capture_output=True, text=True, check=True
    )
    installed = {fields[1]: fields[2] for fields in map(str.split, dpkg.stdout.splitlines()) if fields[0] == "ii"}
    assert found["packages"] == installed
    assert (
        found["system"]["id"]
        == dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().split("\n") if "=" in line)["ID"]
    )
    assert found["host"] == socket.gethostname()
    assert {one["mount"] for one in found["filesystems"]} <= {
        line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()
    }


@pytest.mark.images("ssh", "sshd", "ssh-keygen")
def test_a_host_whose_key_is_not_known_is_not_asked(sshd, tmp_path):
    (tmp_path / "none").touch()
    result = call("inventory", sshd.url, "--identity", sshd.identity, "--known-hosts", tmp_path / "none")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "C2H7091" in result.stderr
    assert "ost key verification failed" in result.stderr
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    other.write_text(f"[127.0.0.1]:{sshd.port} {(tmp_path / 'key.pub').read_text()}")
    assert call("inventory", sshd.url, "--identity", sshd.identity, "--known-hosts", other).exit_code == 3


@pytest.mark.images("ssh", "sshd", "ssh-keygen")
def test_a_key_that_is_not_let_in(sshd, tmp_path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    result = call("inventory", sshd.url, "--identity", tmp_path / "key", "--known-hosts", sshd.known_hosts)
    assert result.exit_code == 3
    assert "Permission denied" in result.stderr


def test_addresses():
    assert read_address("ssh://admin@192.0.2.7:2222") == Address("admin", "192.0.2.7", 2222)
    assert read_address("ssh://pet.example.com") == Address("", "pet.example.com", 22)
    assert read_address("ssh://a@[2001:db8::1]") == Address("a", "2001:db8::1", 22)


@pytest.mark.parametrize(
    "text",
    [
        "ssh://-oProxyCommand=id",
        "ssh://a@-h",
        "ssh://a b@h",
        "ssh://a:secret@h",
        "ssh://h/x",
        "ssh://h:x",
        "ssh://",
        "ssh://a;id@h",
    ],
)
def test_addresses_that_are_none(text):
    with pytest.raises(InputError, match="C2H7090"):
        read_address(text)


# What such a server says


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SAID = {
    "system": ["ID=rocky", 'VERSION_ID="8.9"', 'PRETTY_NAME="Rocky Linux 8.9"'],
    "kernel": ["4.18.0-513.el8.x86_64 x86_64"],
    "host": ["shop"],
    "packages": ["httpd\t2.4.37-62.el8", "kernel\t4.18.0-513.el8", "amazon-ssm-agent\t3.2-1", "php\t7.4"],
    "wanted": ["php", "httpd", "kernel", "amazon-ssm-agent", "x; id"],
    "filesystems": ["/\txfs\t8377344\t2000000", "/data\txfs\t104857600\t52428800"],
    "fstab": ["UUID=1 / xfs defaults 0 0"],
    "services": ["httpd", "sshd", "amazon-ssm-agent", "shop", "$(id)"],
    "users": ["shop\t1001\t1001\t/srv/shop\t/bin/bash", "ec2-user\t1000\t1000\t/home/ec2-user\t/bin/bash"],
    "groups": ["wheel\t10\tshop", "shop\t1001\t"],
    "scripts": [f"644 /etc/systemd/system/shop.service {packed('[Service]')}"],
    "cron": [f"600 /etc/cron.d/shop {packed('* * * * * shop /srv/shop/tick')}"],
    "ports": ["0.0.0.0:80\tusers:((httpd))", "[::]:443\t", "127.0.0.1:3306\tmysqld", "*:8080\tjava"],
}


def test_a_new_server_has_what_the_old_one_had():
    files = rebuild(read_inventory(SAID))
    data = yaml.safe_load(files["cloud-init.yaml"])
    assert files["cloud-init.yaml"].startswith("#cloud-config\n")
    assert data["packages"] == ["httpd", "php"]
    assert [user["name"] for user in data["users"][1:]] == ["shop"]
    assert data["users"][1]["uid"] == 1001
    assert [command[2].split()[3] for command in data["runcmd"]] == ["httpd", "shop", "sshd"]
    assert [(one["path"], one["permissions"]) for one in data["write_files"]] == [
        ("/etc/systemd/system/shop.service", "0644"),
        ("/etc/cron.d/shop", "0600"),
    ]
    assert files["archive/etc/cron.d/shop"] == "* * * * * shop /srv/shop/tick"
    by_hand = files["by-hand.md"]
    assert "(xfs) on volume_1, mount it at /data, and copy 51200 MiB" in by_hand
    assert "- Group wheel: add shop." in by_hand
    assert "amazon-ssm-agent was left out" in by_hand


def test_the_template_of_a_new_server_holds():
    text = rebuild(read_inventory(SAID))["server.yaml"]
    assert check_text(text, "server.yaml", {"cloud-init.yaml": ""}) == []
    resources = yaml.safe_load(text)["resources"]
    rules = resources["security_group"]["properties"]["rules"]
    assert [rule["port_range_min"] for rule in rules if rule["protocol"] == "tcp"] == [22, 80, 443, 8080]
    assert resources["volume_1"]["properties"]["size"] == 100
    assert resources["volume_1_attachment"]["properties"]["volume_id"] == {"get_resource": "volume_1"}


def test_user_data_stays_small():
    said = SAID | {"cron": [f"600 /etc/cron.d/big {packed('x' * 60_000)}"]}
    files = rebuild(read_inventory(said))
    assert len(files["cloud-init.yaml"]) < 60_000
    assert "too large for user data" in files["by-hand.md"]
    assert len(files["archive/etc/cron.d/big"]) == 60_000


@pytest.mark.parametrize("path", ["/etc/../../x", "etc/x", "/etc/\nx"])
def test_paths_of_the_old_server_lead_nowhere_else(tmp_path, path):
    found: dict[str, Any] = read_inventory(SAID)
    found["cron"][0]["path"] = path
    (tmp_path / "pet.json").write_text(json.dumps(found))
    result = call("rebuild", tmp_path / "pet.json", "-o", tmp_path / "new")
    assert (result.exit_code, "C2H7092" in result.stderr) == (3, True)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}', '{"version": 1, "scripts": 1, "cron": []}'])
def test_inventories_that_are_none(tmp_path, text):
    (tmp_path / "pet.json").write_text(text)
    result = call("rebuild", tmp_path / "pet.json", "-o", tmp_path / "new")
    assert (result.exit_code, "C2H7092" in result.stderr) == (3, True)


def test_a_folder_that_is_used_is_left_alone(tmp_path):
    (tmp_path / "pet.json").write_text(json.dumps(read_inventory(SAID)))
    assert call("rebuild", tmp_path / "pet.json", "-o", tmp_path / "new").exit_code == 0
    assert (tmp_path / "new" / "server.yaml").stat().st_mode & 0o777 == 0o600
    assert call("rebuild", tmp_path / "pet.json", "-o", tmp_path / "new").exit_code == 2
