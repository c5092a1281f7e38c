"""From an inventory to a new server: the files are goldens; the template holds before Heat, the user data is cloud-config."""

from __future__ import annotations

import base64
import gzip
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from cfn2heat.cli.main import cli
from cfn2heat.hot.check import check_text
from cfn2heat.images import carried
from cfn2heat.images.inventory import write_inventory
from cfn2heat.images.rebuild import MOST_USER_DATA, rebuild
from tests.images.test_survey import SERVERS, inventory

FIXTURES = Path(__file__).parent.parent / "fixtures" / "images" / "rebuild"
WRITTEN = ("server.hot.yaml", "user-data.yaml", "README.md")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["images", *map(str, arguments)])


def user_data(files: dict[str, str]) -> dict[str, Any]:
    text = files["user-data.yaml"]
    assert text.startswith("#cloud-config\n")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def with_parts(name: str, **parts: Any) -> dict[str, str]:
    return rebuild({**inventory(name), **parts}, {})


def file(path: str, content: str, owner: str = "root:root") -> dict[str, str]:
    return {"path": path, "mode": "0644", "owner": owner, "content": content}


@pytest.mark.parametrize("name", SERVERS)
def test_new_servers(name, update_golden):
    files = rebuild(inventory(name), {})
    for written in WRITTEN:
        golden = FIXTURES / name / written
        if update_golden:
            golden.parent.mkdir(exist_ok=True, parents=True)
            golden.write_text(files[written])
        assert files[written] == golden.read_text()


@pytest.mark.parametrize("name", SERVERS)
def test_the_template_holds(name):
    text = rebuild(inventory(name), {})["server.hot.yaml"]
    assert check_text(text, "server.hot.yaml") == []


@pytest.mark.parametrize("name", SERVERS)
def test_the_user_data_is_cloud_config(name):
    data = user_data(rebuild(inventory(name), {}))
    known = {"bootcmd", "package_update", "packages", "users", "ssh_authorized_keys", "write_files", "runcmd"}
    assert data.keys() <= known
    assert all(isinstance(package, str) for package in data["packages"])
    assert all(isinstance(command, list) and all(isinstance(word, str) for word in command) for command in data["runcmd"])
    for one in data["write_files"]:
        assert one["permissions"].startswith("0")
        assert one["path"].startswith("/")
    assert data["users"][0] == "default"
    assert all(user["lock_passwd"] for user in data["users"][1:])


def test_only_what_a_stock_image_lacks_is_installed():
    found = carried.packages(inventory("rocky8"))
    assert (found.wanted, found.strangers, found.aws) == (
        ["httpd", "php"],
        ["nginx-exporter", "zabbix-agent"],
        ["amazon-ssm-agent"],
    )
    debian = carried.packages(inventory("debian7"))
    assert (debian.wanted, debian.strangers) == (["dovecot-imapd", "exim4", "postgresql-9.1"], ["ourtool"])


def test_all_packages_are_asked_for_where_nobody_knows_which_were_chosen():
    packages = {**inventory("debian7")["packages"], "chosen": []}
    files = with_parts("debian7", packages=packages)
    assert user_data(files)["packages"] == ["dovecot-imapd", "exim4", "postgresql-9.1"]
    assert "Nobody knows which packages were chosen" in files["README.md"]


def test_services_of_the_old_server_are_on():
    commands = user_data(rebuild(inventory("rocky8"), {}))["runcmd"]
    for verb in ("enable", "start"):
        assert [command[2] for command in commands if command[1] == verb] == [
            "httpd",
            "shop",
            "shop-report.timer",
            "zabbix-agent",
        ]
    assert ["crontab", "-u", "shop", "/var/lib/cfn2heat/crontab.shop"] in commands


def test_a_file_with_a_secret_is_in_the_archive_alone():
    files = rebuild(inventory("rocky8"), {})
    assert "of-a-test" in files["archive/srv/shop/run"]
    assert [name for name, text in files.items() if "of-a-test" in text] == ["archive/srv/shop/run"]
    assert "`/srv/shop/run`" in files["README.md"]
    paths = [one["path"] for one in user_data(files)["write_files"]]
    assert "/srv/shop/run" not in paths
    assert "/etc/systemd/system/shop.service" in paths


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export DB_PASSWORD=x", True),
        ("aws_secret_access_key = x", True),
        ("AKIAABCDEFGHIJKLMNOP", True),
        ("-----BEGIN RSA PRIVATE KEY-----", True),
        ("curl https://me:x@example.org", True),
        ("token: x", True),
        ("PASS the salt", False),
        ("# passwords are elsewhere", False),
        ("curl https://example.org/a@b", False),
    ],
)
def test_what_looks_like_a_secret(text, expected):
    assert carried.has_secret(text.encode()) is expected


def test_binaries_come_through():
    (found,) = [
        one for one in user_data(rebuild(inventory("rocky8"), {}))["write_files"] if one["path"] == "/usr/local/bin/warm-cache"
    ]
    assert found["encoding"] == "gz+b64"
    assert gzip.decompress(base64.b64decode(found["content"])) == b"\x7fELF\2\1\1\0"


def test_user_data_stays_small():
    noise = base64.b64encode(os.urandom(45_000)).decode()
    files = with_parts("debian7", files=[file("/etc/cron.d/large", noise), file("/etc/cron.d/small", "x\n")])
    assert len(files["user-data.yaml"].encode()) <= MOST_USER_DATA
    assert next(one["path"] for one in user_data(files)["write_files"]) == "/etc/cron.d/small"
    assert files["archive/etc/cron.d/large"] == noise
    assert "no room in user data from `archive/`: `/etc/cron.d/large`" in files["README.md"]


def test_users_of_the_image_itself_are_not_made_again():
    data = user_data(rebuild(inventory("rocky8"), {}))
    assert [user["name"] for user in data["users"][1:]] == ["shop"]
    assert data["users"][1]["groups"] == ["wheel"]
    assert data["ssh_authorized_keys"] == ["ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB ops"]
    assert "uid" not in user_data(rebuild(inventory("debian7"), {}))["users"][1]  # 1000 is taken


def test_each_further_file_system_is_a_volume_that_the_server_waits_for():
    template = yaml.safe_load(rebuild(inventory("rocky8"), {})["server.hot.yaml"])
    resources = template["resources"]
    assert resources["volume_1"]["properties"]["size"] == 100
    assert resources["volume_1"]["deletion_policy"] == "Retain"
    assert resources["volume_1_attachment"]["properties"]["volume_id"] == {"get_resource": "volume_1"}
    assert "volume_2" not in resources  # that one is of the network
    told = resources["server"]["properties"]["user_data"]["str_replace"]
    assert told["params"] == {"@id-of-volume-1@": {"get_resource": "volume_1"}}
    (command,) = yaml.safe_load(told["template"])["bootcmd"]
    assert command[:5] == ["cloud-init-per", "once", "cfn2heat-volume-1", "sh", "-c"]
    assert command[6:] == ["volume.sh", "@id-of-volume-1@", "data1", "xfs", "/srv/shop"]


def test_ports_of_others_are_open_and_no_more():
    template = yaml.safe_load(rebuild(inventory("rocky8"), {})["server.hot.yaml"])
    rules = template["resources"]["security_group"]["properties"]["rules"]
    assert [(rule["protocol"], rule.get("port_range_min")) for rule in rules] == [
        ("icmp", None), ("tcp", 22), ("tcp", 80), ("tcp", 443),
    ]  # fmt: skip


# The scripts that the user data carries


def run_script(name: str, folder: Path, programs: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script with programs of ours and a root of ours instead of /dev, /etc and /var."""
    text = (Path(carried.__file__).parent / "scripts" / name).read_text()
    for place in ("/dev/disk", "/etc/fstab", "/var/"):
        text = text.replace(place, f"{folder}{place}")
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    for program in ("sh", "grep", "mkdir", "cat"):
        place = bin_folder / program
        place.exists() or place.symlink_to(shutil.which(program) or program)
    for program, code in programs.items():
        (bin_folder / program).write_text(f'#!/bin/sh\necho "{program} $*" >> {folder}/calls\n{code}\n')
        (bin_folder / program).chmod(0o755)
    command = ["sh", "-c", text, name, *arguments]
    return subprocess.run(command, env={"PATH": str(bin_folder)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("link", "has_xfs"), [("virtio-0123456789abcdef0123", True), ("scsi-0QEMU_HARDDISK_0123456789abcdef0123456", False)]
)
def test_a_volume_is_made_once_and_mounted(tmp_path, link, has_xfs):
    (tmp_path / "dev/disk/by-id").mkdir(parents=True)
    (tmp_path / "dev/disk/by-id" / link).touch()
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/fstab").touch()
    point = tmp_path / "srv"
    programs = {"blkid": f"[ -e {tmp_path}/made ]", "mount": "", "mkfs.ext4": f": > {tmp_path}/made", "sleep": ""}
    if has_xfs:
        programs["mkfs.xfs"] = f": > {tmp_path}/made"
    for _ in range(2):
        done = run_script("volume.sh", tmp_path, programs, "0123456789abcdef0123456", "data1", "xfs", str(point))
        assert done.returncode == 0, done.stderr
    made = [line for line in (tmp_path / "calls").read_text().splitlines() if line.startswith("mkfs")]
    assert made == [f"mkfs.{'xfs' if has_xfs else 'ext4'} -L data1 {tmp_path}/dev/disk/by-id/{link}"]
    assert (tmp_path / "etc/fstab").read_text() == f"LABEL=data1 {point} auto defaults,nofail 0 2\n"
    assert point.is_dir()


def test_a_volume_that_does_not_come_is_said(tmp_path):
    done = run_script("volume.sh", tmp_path, {"sleep": ""}, "0123", "data1", "xfs", "/srv")
    assert (done.returncode, done.stderr) == (1, "the volume for /srv has not come\n")
    assert (tmp_path / "calls").read_text().count("sleep 15") == 20


def test_packages_that_lack_are_installed_one_by_one(tmp_path):
    (tmp_path / "var/lib/cfn2heat").mkdir(parents=True)
    (tmp_path / "var/log").mkdir(parents=True)
    (tmp_path / "var/lib/cfn2heat/packages").write_text("there\nfound\ngone\n")
    programs = {"rpm": '[ "$2" = there ]', "dnf": '[ "$4" = found ]', "yum": "exit 1"}
    assert run_script("packages.sh", tmp_path, programs).returncode == 0
    assert (tmp_path / "var/log/cfn2heat-packages-missing").read_text() == "gone\n"
    called = [line for line in (tmp_path / "calls").read_text().splitlines() if line.startswith("dnf")]
    assert called == [f"dnf install -y -q {names}" for names in ("there found gone", "found", "gone")]


def test_a_long_list_of_packages_is_packed():
    installed = {f"a-package-with-a-long-name-{number}": "1" for number in range(3000)}
    files = with_parts("debian7", packages={"chosen": [], "installed": installed})
    assert len(files["user-data.yaml"].encode()) <= MOST_USER_DATA
    data = user_data(files)
    assert "packages" not in data
    (packed,) = [one for one in data["write_files"] if one["path"] == "/var/lib/cfn2heat/packages"]
    assert gzip.decompress(base64.b64decode(packed["content"])).decode().split() == list(installed)
    assert data["runcmd"][0] == ["sh", "/var/lib/cfn2heat/packages.sh"]


def test_a_crontab_with_a_secret_is_in_the_archive_alone():
    files = with_parts("debian7", crontabs=[{"user": "anna", "content": "1 1 * * * TOKEN=of-a-test x\n"}])
    assert [name for name, text in files.items() if "of-a-test" in text] == ["archive/crontabs/anna"]
    assert "`archive/crontabs/` alone: `anna`" in files["README.md"]
    assert not [command for command in user_data(files)["runcmd"] if command[0] == "crontab"]


# The command


def test_the_command_writes_what_only_its_user_reads(tmp_path):
    (tmp_path / "pet.yaml").write_text(write_inventory(inventory("rocky8")))
    site = tmp_path / "site.yaml"
    site.write_text("images: {ami-0000000000000ccc1: rocky-8}\nflavors: {m5.large: m1.large}\ndefault_network: inside\n")
    result = call("rebuild", tmp_path / "pet.yaml", "-o", tmp_path / "new", "--site", site)
    assert result.exit_code == 0, result.output
    parameters = yaml.safe_load((tmp_path / "new/server.hot.yaml").read_text())["parameters"]
    assert [parameters[name].get("default") for name in ("image", "flavor", "network", "key_name")] == [
        "rocky-8", "m1.large", "inside", None,
    ]  # fmt: skip
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "new").rglob("*") if path.is_file())
    assert (tmp_path / "new/archive/srv/shop/run").is_file()
    again = call("rebuild", tmp_path / "pet.yaml", "-o", tmp_path / "new")
    assert (again.exit_code, "is not empty" in again.stderr) == (2, True)


@pytest.mark.parametrize("text", ["", "[]", "{}", "inventory: 2\n", "a: [", "inventory: 1\nsurprise: 1\n"])
def test_the_command_refuses_what_is_no_inventory(tmp_path, text):
    (tmp_path / "pet.yaml").write_text(text)
    result = call("rebuild", tmp_path / "pet.yaml", "-o", tmp_path / "new")
    assert (result.exit_code, "C2H7092" in result.stderr) == (3, True)
    assert not (tmp_path / "new").exists()


def test_an_inventory_that_is_not_there(tmp_path):
    result = call("rebuild", tmp_path / "none.yaml", "-o", tmp_path / "new")
    assert (result.exit_code, "C2H7092" in result.stderr) == (3, True)
