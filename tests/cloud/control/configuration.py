"""Writes every service's configuration into the state folder: the templates in config/, filled with ports and paths."""

from __future__ import annotations

import base64
import getpass
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

from .places import HERE, Place
from .services import HOST, IP, PROJECTS, REGION, SWIFT_MODULES

TEMPLATES = HERE / "config"
PASSWORD = "of-a-test-cloud"
RNDC_KEY = base64.b64encode(PASSWORD.encode()).decode()


def database_url(ports: Mapping[str, int], name: str) -> str:
    """Where a service finds its tables."""
    return f"mysql+pymysql://openstack:{PASSWORD}@{IP}:{ports['mariadb']}/{name}?charset=utf8mb4"


def url(ports: Mapping[str, int], service: str) -> str:
    """Where an API answers."""
    return f"http://{IP}:{ports[service]}"


def login(ports: Mapping[str, int], user: str) -> str:
    """The lines by which a service calls another."""
    return "\n".join(
        (
            f"auth_url = {url(ports, 'keystone')}",
            "auth_type = password",
            f"username = {user}",
            f"password = {PASSWORD}",
            "project_name = service",
            "user_domain_name = Default",
            "project_domain_name = Default",
            f"region_name = {REGION}",
        )
    )


def arguments(place: Place, named: Iterable[str]) -> list[str]:
    """The arguments of a command, with this cloud's folder in them."""
    return [Template(argument).substitute(etc=place.etc) for argument in named]


def write(place: Place, ports: Mapping[str, int]) -> None:
    """Write all of it."""
    values = _values(place, ports)
    for project in PROJECTS:
        folder = _folder(place, project.name)
        for own in TEMPLATES.glob(f"{project.name}*.conf"):
            database = database_url(ports, project.databases[0]) if project.databases else ""
            common = {**values, "project": project.name, "login": values[f"login_{project.name}"], "database": database}
            _write(folder / own.name, _fill(own, values) + _fill(TEMPLATES / "common.ini", common))
    _swift(place, ports, values)
    for name, file in {
        "named.ini": "named/named.conf",
        "rndc.ini": "named/rndc.conf",
        "pools.ini": "designate/pools.yaml",
    }.items():
        _write(place.etc / file, _fill(TEMPLATES / name, values))
    _write(place.etc / "rabbitmq.conf", _fill(TEMPLATES / "rabbitmq.ini", values))
    for repository in ("fernet-keys", "credential-keys"):
        _keys(place.etc / "keystone" / repository)
    _clients(place, ports)


def environment(place: Place) -> dict[str, str]:
    """What every OpenStack process starts with: oslo.config looks into ~/.<project> before /etc/<project>."""
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR", "TZ") if name in os.environ}
    folders = {f"OS_{project.name.upper()}_CONFIG_DIR": str(place.etc / project.name) for project in PROJECTS}
    return {
        **kept,
        **folders,
        "OS_NEUTRON_CONFIG_FILES": "neutron.conf",
        "HOME": str(place.state / "home"),
        "PATH": f"{place.venv}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": str(HERE.parent),
        "PYTHONWARNINGS": "ignore",
        "OS_CLIENT_CONFIG_FILE": str(place.clouds_yaml),
        "MALLOC_ARENA_MAX": "2",
    }


def _values(place: Place, ports: Mapping[str, int]) -> dict[str, str]:
    values = {"state": str(place.state), "etc": str(place.etc), "ip": IP, "host": HOST, "region": REGION}
    values |= {"password": PASSWORD, "rndc_key": RNDC_KEY, "user": getpass.getuser()}
    for name, number in ports.items():
        plain = name.replace("-", "_")
        values |= {f"port_{plain}": str(number), f"url_{plain}": url(ports, name)}
    for project in PROJECTS:
        values[f"login_{project.name}"] = login(ports, project.name)
        values |= {f"database_{name}": database_url(ports, name) for name in project.databases}
    return values


def _folder(place: Place, project: str) -> Path:
    """The project's folder, with the files that its package brings and a link where oslo.config looks."""
    folder = place.etc / project
    shipped = place.venv / "etc" / project
    if shipped.is_dir():
        shutil.copytree(shipped, folder, dirs_exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    (place.state / "lock" / project).mkdir(exist_ok=True)
    link = place.state / "home" / f".{project}"
    if not link.is_symlink():
        link.symlink_to(folder)
    return folder


def _swift(place: Place, ports: Mapping[str, int], values: Mapping[str, str]) -> None:
    for part in SWIFT_MODULES:
        own = {**values, "part": part, "port": str(ports[f"swift-{part}"]), "login": values["login_swift"]}
        template = "swift-proxy.ini" if part == "proxy" else "swift-backend.ini"
        _write(place.etc / "swift" / f"{part}.conf", _fill(TEMPLATES / template, own))
    _write(place.etc / "swift" / "swift.conf", _fill(TEMPLATES / "swift.ini", values))


def _keys(folder: Path) -> None:
    """Keystone's keys, kept for as long as the state: 0 is the next, 1 the present one."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700)
        for name in ("0", "1"):
            _write(folder / name, base64.urlsafe_b64encode(os.urandom(32)).decode())


def _clients(place: Place, ports: Mapping[str, int]) -> None:
    lines = ["clouds:"]
    for name in ("admin", "demo"):
        auth = f"auth_url: '{url(ports, 'keystone')}/v3', username: {name}, password: {PASSWORD}, project_name: {name}"
        lines += [f"  {name}:", f"    auth: {{{auth}, user_domain_name: Default, project_domain_name: Default}}"]
        lines += [f"    region_name: {REGION}", "    identity_api_version: 3"]
    _write(place.clouds_yaml, "\n".join(lines) + "\n")


def _fill(template: Path, values: Mapping[str, str]) -> str:
    try:
        return Template(template.read_text()).substitute(values)
    except (KeyError, ValueError) as wrong:
        raise SystemExit(f"{template}: {wrong}") from wrong


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text)
    partial.chmod(0o600)
    partial.rename(path)
