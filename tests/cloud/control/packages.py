"""Puts in place what the cloud runs on: programs of the distribution, and one virtual environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .places import CLOUD, Place

PROGRAMS = {
    "mariadbd": "mariadb-server",
    "rabbitmq-server": "rabbitmq-server",
    "epmd": "rabbitmq-server",
    "memcached": "memcached",
    "redis-server": "redis-server",
    "named": "bind9",
    "rndc": "bind9-utils",
    "openssl": "openssl",
}
OLDEST = (3, 11)
SYSTEM_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
POLICY = Path("/usr/sbin/policy-rc.d")


def missing() -> list[str]:
    """The packages that are not installed."""
    return sorted({package for program, package in PROGRAMS.items() if not shutil.which(program, path=SYSTEM_PATH)})


def program(name: str) -> str:
    """The path of an installed program."""
    return shutil.which(name, path=SYSTEM_PATH) or name


def install() -> None:
    """Install what is missing; only root can."""
    packages = missing()
    if not packages:
        return
    command = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"the test cloud needs these packages; as root: {' '.join(command)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    ours = not POLICY.exists()
    if ours:  # the packages would start services of their own otherwise
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        subprocess.run(["apt-get", "update", "--quiet", "--quiet"], check=True, env=quiet)
        subprocess.run(command, check=True, env=quiet, stdout=subprocess.DEVNULL)
    finally:
        if ours:
            POLICY.unlink()


def environment(place: Place) -> None:
    """Make the virtual environment of all services, once for these pins."""
    done = place.venv / "complete"
    python = str(place.venv / "bin" / "python")
    if not done.exists():
        if sys.version_info < OLDEST:
            raise SystemExit(f"the services need Python {'.'.join(map(str, OLDEST))} or later; this is {sys.version.split()[0]}")
        shutil.rmtree(place.venv, ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(place.venv))
        _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
        _uv(place, "--requirement", str(CLOUD / "pins.txt"))
        # run over and over, so compiled once; the projects' own tests are half of all files
        _run(python, "-m", "compileall", "-q", "-j", "2", "-x", r"/tests?/|/locale/", str(_packages(place)), check=False)
        done.touch()
    _drivers(place)


def _drivers(place: Place) -> None:
    """Install our drivers so that their entry points are found; again when they changed."""
    files = sorted((CLOUD / "drivers").rglob("*.*"))
    content = "".join(file.read_text() for file in files if file.suffix in {".py", ".toml"})
    installed = place.venv / "drivers-installed"
    if not installed.exists() or installed.read_text() != content:
        with tempfile.TemporaryDirectory() as folder:  # the build leaves files beside the source
            copy = shutil.copytree(CLOUD / "drivers", Path(folder) / "drivers")
            _uv(place, "--no-build-isolation", "--no-deps", "--reinstall", str(copy))
        installed.write_text(content)


def _uv(place: Place, *arguments: str) -> None:
    _run(str(place.venv / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(place.venv / "bin" / "python"), *arguments)


def _packages(place: Place) -> Path:
    return next((place.venv / "lib").glob("python3.*")) / "site-packages"


def _run(*command: str, check: bool = True) -> None:
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    if check and ran.returncode:
        raise SystemExit(f"{' '.join(command)}\n{ran.stdout}{ran.stderr}")
