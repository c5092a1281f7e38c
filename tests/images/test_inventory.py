"""The inventory of a live server over ssh: its key is known or it is not asked, and what it answers is bounded."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from click.testing import CliRunner, Result

from cfn2heat.cli.main import cli
from cfn2heat.diagnostics import InputError
from cfn2heat.hot.check import check_text
from cfn2heat.images import carried, live
from cfn2heat.images.live import read_address, ssh_argv
from cfn2heat.images.tools import Limits

SSH = pytest.mark.images("ssh", "/usr/sbin/sshd", "ssh-keygen")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["images", "inventory", *map(str, arguments)])


class Sshd(NamedTuple):
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}"

    def known(self, name: str, key: str) -> Path:
        place = self.folder / name
        place.write_text(f"[127.0.0.1]:{self.port} {key}\n" if key else "")
        return place

    def ask(self, known_hosts: Path, *more: object, identity: str = "user") -> Result:
        return call(self.url, "--identity", self.folder / identity, "--known-hosts", known_hosts, *more)

    def right(self) -> Path:
        return self.known("right keys", (self.folder / "host.pub").read_text())


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A server of ssh on the loopback, with keys of its own, that lets this user in."""
    folder = tmp_path_factory.mktemp("sshd")
    for name in ("host", "user", "stranger"):
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
    server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", folder / "config"], stderr=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield Sshd(port, folder)
    server.terminate()
    server.wait()


@SSH
def test_a_live_server_is_asked(sshd, tmp_path):
    output = tmp_path / "pet.yaml"
    result = sshd.ask(sshd.right(), "-o", output)
    assert result.exit_code == 0, result.output
    assert output.stat().st_mode & 0o777 == 0o600
    found = yaml.safe_load(output.read_text())
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    assert found["system"]["id"] == release["ID"].strip('"')
    assert found["system"]["kernel"] == os.uname().release
    assert {one["mount"] for one in found["filesystems"]} <= {
        line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()
    }
    assert sshd.port in {one["port"] for one in found["ports"]}
    if shutil.which("dpkg-query"):
        dpkg = ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}\t${Package}\t${Version}\n"]
        lines = subprocess.run(dpkg, capture_output=True, text=True, check=True).stdout.splitlines()
        installed = {name: version for state, name, version in (line.split("\t") for line in lines) if state.strip() == "ii"}
        assert found["packages"]["installed"] == installed
        manual = subprocess.run(["apt-mark", "showmanual"], capture_output=True, text=True, check=True).stdout.split()
        assert found["packages"]["chosen"] == sorted(set(manual) & installed.keys())


@SSH
def test_a_live_server_is_built_anew(sshd, tmp_path):
    assert sshd.ask(sshd.right(), "-o", tmp_path / "pet.yaml").exit_code == 0
    result = CliRunner().invoke(cli, ["images", "rebuild", str(tmp_path / "pet.yaml"), "-o", str(tmp_path / "new")])
    assert result.exit_code == 0, result.output
    template = (tmp_path / "new/server.hot.yaml").read_text()
    assert check_text(template, "server.hot.yaml") == []
    user_data = yaml.safe_load((tmp_path / "new/user-data.yaml").read_text())
    found = yaml.safe_load((tmp_path / "pet.yaml").read_text())
    installing = ["sh", "/var/lib/cfn2heat/packages.sh"] in user_data["runcmd"]
    assert installing == bool(carried.packages(found).wanted)
    assert f"port_range_min: {sshd.port}" not in template  # it serves this machine alone


@SSH
def test_programs_read_json(sshd):
    result = sshd.ask(sshd.right(), "--format", "json")
    assert json.loads(result.stdout)["inventory"] == 1


@SSH
def test_a_server_whose_key_is_not_known_is_not_asked(sshd):
    result = sshd.ask(sshd.known("no keys", ""))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "C2H7093" in result.stderr
    assert f"log in once and compare: ssh -p {sshd.port} " in result.stderr


@SSH
def test_a_server_whose_key_has_changed_is_not_asked(sshd):
    result = sshd.ask(sshd.known("other keys", (sshd.folder / "stranger.pub").read_text()))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "C2H7094" in result.stderr
    assert f"ssh-keygen -R '[127.0.0.1]:{sshd.port}'" in result.stderr


@SSH
def test_nothing_that_ssh_is_told_elsewhere_makes_it_trust(sshd, tmp_path, monkeypatch):
    """Options of the call go before those of any configuration."""
    argv = ssh_argv(read_address(sshd.url, sshd.folder / "user", sshd.known("none", "")))
    (tmp_path / "config").write_text("StrictHostKeyChecking no\nBatchMode no\nForwardAgent yes\nUserKnownHostsFile /dev/null\n")
    shown = subprocess.run(
        [argv[0], "-F", tmp_path / "config", "-G", *argv[1:]], capture_output=True, text=True, check=True
    ).stdout
    lines = shown.splitlines()
    for wanted in (
        "stricthostkeychecking true",
        "batchmode yes",
        "forwardagent no",
        "clearallforwardings yes",
        "updatehostkeys false",
    ):
        assert wanted in lines
    assert f"userknownhostsfile {sshd.folder / 'none'}" in lines


@SSH
def test_a_key_that_is_not_let_in(sshd):
    result = sshd.ask(sshd.right(), identity="stranger")
    assert (result.exit_code, "C2H7091" in result.stderr) == (3, True)
    assert "Permission denied" in result.stderr


@SSH
def test_nobody_there(sshd):
    result = call("ssh://nobody@127.0.0.1:1", "--known-hosts", sshd.right())
    assert (result.exit_code, "Connection refused" in result.stderr) == (3, True)


# Servers that mean ill: what they would say is said by a program in ssh's place


def impostor(folder: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    (folder / "bin").mkdir()
    (folder / "bin" / "ssh").write_text(f"#!/bin/sh\n{code}\n")
    (folder / "bin" / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    return call("ssh://a@192.0.2.7")


@pytest.mark.parametrize("where", ["", ">&2"])
def test_one_that_never_stops_talking(tmp_path, monkeypatch, where):
    monkeypatch.setattr(live, "_LIMITS", Limits(seconds=60, output=4 << 20))
    start = time.monotonic()
    result = impostor(tmp_path, f"exec yes {where}", monkeypatch)
    assert (result.exit_code, "C2H7043" in result.stderr) == (3, True)
    assert time.monotonic() - start < 30


def test_one_that_never_answers(tmp_path, monkeypatch):
    monkeypatch.setattr(live, "_LIMITS", Limits(seconds=1))
    result = impostor(tmp_path, "exec sleep 60", monkeypatch)
    assert (result.exit_code, "C2H7042" in result.stderr) == (3, True)


@pytest.mark.parametrize("code", ["echo welcome", "cat | head -c 9", "printf '@@00 end\\n'", ":"])
def test_an_answer_that_is_none_of_the_script(tmp_path, monkeypatch, code):
    result = impostor(tmp_path, f"cat >/dev/null\n{code}" if "cat" not in code else code, monkeypatch)
    assert (result.exit_code, result.stdout, "C2H7091" in result.stderr) == (3, "", True)


def test_words_that_would_steer_a_terminal(tmp_path, monkeypatch):
    result = impostor(tmp_path, r"printf '\033]0;owned\007 oh\n' >&2; exit 255", monkeypatch)
    assert result.exit_code == 3
    assert "\x1b" not in result.stderr
    assert "\x07" not in result.stderr
    assert "\\x1b]0;owned\\x07 oh" in result.stderr


def test_the_script_comes_by_standard_input_and_the_command_is_no_strangers(tmp_path, monkeypatch):
    result = impostor(tmp_path, f'printf "%s\\n" "$@" > {tmp_path}/called; sh -s live', monkeypatch)
    assert result.exit_code == 0, result.stderr
    called = (tmp_path / "called").read_text().splitlines()
    assert called[-3:-1] == ["--", "192.0.2.7"]
    assert called[-1].startswith('sh -c \'if [ "$(id -u)" != 0 ]')
    assert yaml.safe_load(result.stdout)["source"] == "ssh://a@192.0.2.7:22"


# Addresses


def test_addresses():
    server = read_address("ssh://admin@192.0.2.7:2222", None, None)
    assert (server.user, server.host, server.port, server.known_as) == ("admin", "192.0.2.7", 2222, "[192.0.2.7]:2222")
    assert read_address("ssh://a@pet.example.com/", None, None).known_as == "pet.example.com"
    assert read_address("ssh://a@[2001:db8::1]", None, None).address == "ssh://a@[2001:db8::1]:22"


@pytest.mark.parametrize(
    "text",
    [
        "ssh://a@-oProxyCommand=id", "ssh://-l@h", "ssh://a b@h", "ssh://h", "ssh://a@h/x", "ssh://a@h:x", "ssh://a@h:0",
        "ssh://a@h:70000", "ssh://", "ssh://a;id@h", "http://a@h", "ssh://a@h\n", "ssh://a@$(id)",
    ],
)  # fmt: skip
def test_addresses_that_are_none(text):
    with pytest.raises(InputError, match="C2H7090"):
        read_address(text, None, None)


def test_a_password_has_no_place_in_an_address():
    result = call("ssh://a:of-a-test@h")
    assert (result.exit_code, "C2H7090" in result.stderr, "of-a-test" in result.output) == (3, True, False)


@pytest.mark.parametrize("name", ['a"b', "a\nb", "a${HOME}b"])
def test_files_of_keys_whose_names_would_mean_something(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(InputError, match="C2H7090"):
        ssh_argv(read_address("ssh://a@h", None, tmp_path / name))


def test_a_disk_goes_through_the_guard(tmp_path):
    disk = tmp_path / "pet.qcow2"
    disk.write_bytes(b"# Disk DescriptorFile\n".ljust(4096, b"\0"))
    result = call(disk)
    assert (result.exit_code, result.stdout, "C2H7013" in result.stderr) == (3, "", True)
    assert call(disk, "--source-format", "floppy").exit_code == 2
