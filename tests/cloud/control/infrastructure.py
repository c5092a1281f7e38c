"""The programs of the distribution that the services need: database, message queue, caches, name server."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import time
from collections.abc import Mapping

from . import processes
from .configuration import PASSWORD, environment
from .packages import program
from .places import Place
from .ports import answers
from .services import IP, PROJECTS

PATIENCE = 60
RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # the one in PATH changes to another user


def start(place: Place, ports: Mapping[str, int]) -> None:
    """Start everything but the database, which may have tables to be made first."""
    user = getpass.getuser()
    named = (program("named"), "-g", "-n", "1", "-c", str(place.etc / "named" / "named.conf"))
    redis = (
        "--bind",
        IP,
        "--port",
        str(ports["redis"]),
        "--dir",
        str(place.state / "redis"),
        "--appendonly",
        "yes",
        "--save",
        "",
    )
    _start(place, "epmd", (program("epmd"), "-address", IP, "-port", str(ports["epmd"])))
    _start(
        place, "memcached", (program("memcached"), "-u", user, "-l", IP, "-p", str(ports["memcached"]), "-m", "128", "-c", "4096")
    )
    _start(place, "redis", (program("redis-server"), *redis))
    _start(place, "named", named)
    _await(place, ports, "epmd")
    shutil.rmtree(place.state / "rabbitmq", ignore_errors=True)  # nothing in it outlives the services that wrote it
    (place.state / "rabbitmq").mkdir()
    _start(place, "rabbitmq", (RABBITMQ,), _rabbitmq(place, ports))


def ready(place: Place, ports: Mapping[str, int]) -> None:
    """Wait for all of it."""
    for name in ("memcached", "redis", "named", "rabbitmq", "mariadb"):
        _await(place, ports, name)


def start_mariadb(place: Place, ports: Mapping[str, int]) -> None:
    """Start the database; what it holds may be lost with the machine, which makes it quick."""
    first = place.etc / "mariadb.sql"
    first.write_text(_databases())
    command = (program("mariadbd"), *_mariadb_options(place), f"--port={ports['mariadb']}", f"--init-file={first}")
    _start(place, "mariadb", command)
    _await(place, ports, "mariadb")


def make_mariadb(place: Place) -> None:
    """Make the database's own folder."""
    data = place.state / "mariadb"
    command = [program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}"]
    made = subprocess.run(
        [*command, "--skip-test-db", "--auth-root-authentication-method=normal"], check=False, capture_output=True, text=True
    )
    (place.log / "mariadb-install.log").write_text(made.stdout + made.stderr)
    if made.returncode:
        raise SystemExit(f"mariadb-install-db failed: {place.log / 'mariadb-install.log'}")


def stop_mariadb(place: Place) -> None:
    """Let the database write what it has, and end."""
    processes.stop(place.run, ["mariadb"], PATIENCE)


def _mariadb_options(place: Place) -> tuple[str, ...]:
    return (
        "--no-defaults",
        f"--user={getpass.getuser()}",
        f"--datadir={place.state / 'mariadb'}",
        f"--socket={place.run / 'mariadb.sock'}",
        f"--bind-address={IP}",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--max-connections=1500",
        "--table-open-cache=4000",
        "--innodb-buffer-pool-size=384M",
        "--innodb-log-file-size=64M",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-doublewrite=0",
        "--innodb-flush-method=nosync",
        "--innodb-file-per-table=0",
        "--character-set-server=utf8mb4",
        "--collation-server=utf8mb4_general_ci",
    )


def _databases() -> str:
    """Run at every start: the user, and whatever database is not there yet."""
    user = f"'openstack'@'{IP}'"
    lines = [f"CREATE USER IF NOT EXISTS {user} IDENTIFIED BY '{PASSWORD}';", f"GRANT ALL ON *.* TO {user};"]
    names = (name for project in PROJECTS for name in project.databases)
    return "\n".join([*lines, *(f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb3;" for name in names)]) + "\n"


def _rabbitmq(place: Place, ports: Mapping[str, int]) -> dict[str, str]:
    folder = place.state / "rabbitmq"
    (place.etc / "rabbitmq-plugins").write_text("[].")
    return {
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": IP,
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "RABBITMQ_NODENAME": "cloud@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder),
        "RABBITMQ_LOG_BASE": str(place.log),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONFIG_FILE": str(place.etc / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(place.etc / "rabbitmq-plugins"),
        "RABBITMQ_DIST_PORT": str(ports["rabbitmq-dist"]),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none +S 2:2",
    }


def _start(place: Place, name: str, command: tuple[str, ...], extra: Mapping[str, str] | None = None) -> None:
    processes.start(place.run, place.log, name, command, {**environment(place), **(extra or {})})


def _await(place: Place, ports: Mapping[str, int], name: str) -> None:
    end = time.monotonic() + PATIENCE
    while not answers(ports[name]):
        if not processes.alive(place.run, name) or time.monotonic() > end:
            raise SystemExit(
                f"{name} does not answer on port {ports[name]}: see {place.log / name}.log{os.linesep}{tail(place, name)}"
            )
        time.sleep(0.05)


def tail(place: Place, name: str, lines: int = 15) -> str:
    """The end of a log."""
    path = place.log / f"{name}.log"
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.is_file() else ""
