"""What a server answers, as it was said once, becomes an inventory; a hostile one gets nothing into it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cfn2heat.diagnostics import InputError
from cfn2heat.images.guest import Guest, sections
from cfn2heat.images.inventory import check_inventory, write_inventory
from cfn2heat.images.survey import Inventory, survey
from cfn2heat.source import Span
from cfn2heat.table.source_file import read_source_text

FIXTURES = Path(__file__).parent.parent / "fixtures" / "images" / "inventory"
SERVERS = sorted(path.stem for path in FIXTURES.glob("*.txt"))


def shown(name: str) -> dict[str, list[str]]:
    return sections((FIXTURES / f"{name}.txt").read_text(), "@@m ")


def inventory(name: str) -> Inventory:
    return survey(shown(name), f"ssh://root@{name}.example.org:22")


def said(**parts: list[str]) -> Inventory:
    return survey({**parts, "end": []}, "ssh://a@b:22")


@pytest.mark.parametrize("name", SERVERS)
def test_inventories(name, update_golden):
    text = write_inventory(inventory(name))
    golden = FIXTURES / f"{name}.yaml"
    if update_golden:
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("name", SERVERS)
def test_what_is_written_is_read_again(name):
    read = read_source_text(write_inventory(inventory(name)), "pet.yaml", "C2H7092")
    assert check_inventory(read.data, read.place) == inventory(name)


def test_no_password_is_taken_along():
    text = write_inventory(inventory("rocky8"))
    assert "user:of-a-test" not in text
    assert "password=***" in text
    assert text.count("of-a-test") == 1  # the one in the shop's own script, which cannot run without it


def test_keys_with_options_are_counted_and_not_kept():
    root = next(user for user in inventory("rocky8")["users"] if user["name"] == "shop")
    assert root["keys"] == ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM1 shop@example.org"]
    keys = ['a\tcommand="x" ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB me', "a\tssh-rsa AAAAB3NzaC1yc2EAAAADAQAB me", "a\tno key at all"]
    (user,) = said(users=["a\t1001\t1001\t/home/a\t/bin/sh"], keys=keys)["users"]
    assert (user["keys"], user["restricted_keys"]) == (["ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB me"], 1)


ESCAPE, TURNED = "\x1b]0;owned\x07", "\u202e"
HOSTILE: dict[str, list[str]] = {
    "system": [f"id\t{ESCAPE}", f"hostname\t../../etc{TURNED}", "cpus\t9" * 40, "memory\tx", "user\t0", f"title\t{'x' * 9999}"],
    "deb": [f"ii\t{ESCAPE}\t1", "ii\t-oops\t1", f"ii\tfine\t{ESCAPE}", "ii\tx; id\t1", "one", "a\tb\tc\td\te"],
    "manual": ["fine", "$(id)", "not-installed"],
    "repositories": [f"{ESCAPE}\thttp://x{ESCAPE}"],
    "filesystems": [
        "/dev/a\text4\t1\t1\t/../../etc", f"/dev/b\text4\t1\t1\t/{ESCAPE}", "/dev/c\t$(id)\t1\t1\t/c",
        "/dev/d\text4\t-1\t1\t/d",
    ],
    "mounts": [f"{ESCAPE}\t{TURNED}\tx\ty"],
    "lines": [
        "ss tcp LISTEN 0 1 0.0.0.0:99999 0.0.0.0:*", "ss tcp LISTEN 0 1 x",
        f'ss tcp LISTEN 0 1 *:80 *:* users:(("{ESCAPE}",pid=1))',
    ],
    "services": ["../x.service", "$(id).service", f"{ESCAPE}.service", "fine.service"],
    "users": [f"{ESCAPE}\t1001\t1\t/x\t/x", "-x\t1001\t1\t/x\t/x", "a\t1001\t1\t/../x\tsh", "b\tx\t1\t/x\t/x"],
    "keys": [f"a\tssh-rsa AAAAB3NzaC1yc2EAAAADAQAB {ESCAPE}"],
    "files": [
        "/etc/../../x\t644\troot\troot\teA==",
        "etc/x\t644\troot\troot\teA==",
        f"/etc/{ESCAPE}\t644\troot\troot\teA==",
        "/etc/a\t99999\troot\troot\teA==",
        "/etc/b\t644\troot\troot\t%%%",
        "/etc/c\t644\t$(id)\troot\t" + base64.b64encode(f"{ESCAPE}{TURNED}".encode()).decode(),
        "/etc/d/\t644\troot\troot\teA==",
    ],
    "crontabs": ["/var/spool/cron/-u\t600\troot\troot\teA==", "/var/spool/cron/a\t600\troot\troot\t/w=="],
    "changed": ["x", f"/{ESCAPE}"],
}  # fmt: skip


def test_a_hostile_answer_gets_nothing_in():
    found = said(**HOSTILE)
    text = write_inventory(found)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert TURNED not in text
    assert "\x1b" not in json.dumps(found, ensure_ascii=False)
    assert found["packages"]["installed"] == {"fine": "?]0;owned?"}
    assert found["packages"]["chosen"] == ["fine"]
    assert (found["services"], found["filesystems"], found["crontabs"], found["changed"]) == (["fine"], [], [], [])
    assert [file["path"] for file in found["files"]] == ["/etc/c"]
    assert found["files"][0]["owner"] == "root:root"
    assert "content" not in found["files"][0]  # what a terminal must not see stays packed
    assert [user["name"] for user in found["users"]] == ["a"]
    assert found["users"][0]["home"] == "/home/a"
    assert len(found["system"]["title"]) == 512
    read = read_source_text(text, "pet.yaml", "C2H7092")
    assert check_inventory(read.data, read.place) == found


def test_an_archive_has_a_bound():
    packed = base64.b64encode(b"x" * 65536).decode()
    found = said(files=[f"/etc/cron.d/{number:03}\t644\troot\troot\t{packed}" for number in range(100)])
    assert sum(len(file["content"]) for file in found["files"]) < 2 << 20
    assert "/etc/cron.d/099 is too large to be archived" in found["gaps"]


def test_a_guest_whose_shell_does_not_run_is_known_from_inspection():
    guest = Guest(
        family="linux", distro="debian", major=12, minor=5, arch="aarch64", hostname="pet", packaging="deb", init="systemd",
        packages={"nginx": "1.22", "amazon-ssm-agent": "3"}, services=("nginx", "amazon-ssm-agent"),
        fstab=("/dev/xvda1 / ext4 defaults 0 1",),
    )  # fmt: skip
    found = survey({}, "pet.vmdk", guest)
    assert found["system"] == {
        "id": "debian", "version": "12.5", "hostname": "pet", "arch": "aarch64", "init": "systemd", "packaging": "deb",
    }  # fmt: skip
    assert found["packages"]["installed"] == guest.packages | {}
    assert found["services"] == ["amazon-ssm-agent", "nginx"]
    assert found["mounts"] == [{"device": "/dev/xvda1", "mount": "/", "type": "ext4", "options": "defaults"}]
    assert found["aws_agents"] == ["amazon-ssm-agent"]
    assert any("shell does not run" in gap for gap in found["gaps"])


def changed(**parts: Any) -> Any:
    return {**inventory("debian7"), **parts}


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, {"inventory": 2},
        changed(services=["$(reboot)"]),
        changed(services=["x\n"]),
        changed(packages={"chosen": ["-o"], "installed": {}}),
        changed(packages={"chosen": [], "installed": {"a b": "1"}}),
        changed(filesystems=[{"mount": "/a/../b", "size_mib": 1}]),
        changed(filesystems=[{"mount": "/a;reboot", "size_mib": 1}]),
        changed(filesystems=[{"mount": "/a", "size_mib": 1, "type": "$(id)"}]),
        changed(files=[{"path": "/../x", "mode": "0644", "owner": "a:b", "content": ""}]),
        changed(files=[{"path": "x", "mode": "0644", "owner": "a:b", "content": ""}]),
        changed(files=[{"path": "/x", "mode": "0644", "owner": "a:b"}]),
        changed(files=[{"path": "/x", "mode": "0644", "owner": "a:b", "base64": "%"}]),
        changed(files=[{"path": "/x", "mode": "0644", "owner": "a:b;id", "content": ""}]),
        changed(users=[{"name": "-x", "uid": 1}]),
        changed(users=[{"name": "a", "uid": 1, "keys": ["no key"]}]),
        changed(ports=[{"protocol": "tcp", "port": 0}]),
        changed(surprise=1),
    ],
)  # fmt: skip
def test_what_is_no_inventory_is_refused(data):
    with pytest.raises(InputError, match="C2H7092"):
        check_inventory(data, lambda path: Span("pet.yaml", 1, 1))


def test_a_fault_is_said_with_its_place():
    text = write_inventory(inventory("debian7")).replace("  - exim4\n", "  - exim4 $(id)\n", 1)
    read = read_source_text(text, "pet.yaml", "C2H7092")
    with pytest.raises(InputError) as caught:
        check_inventory(read.data, read.place)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "$(id)" in line)
    assert (caught.value.diagnostic.span.line, caught.value.diagnostic.subject) == (line, "services.2")


def test_the_written_yaml_means_the_same_to_others():
    assert yaml.safe_load(write_inventory(inventory("rocky8"))) == inventory("rocky8")
