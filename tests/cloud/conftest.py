"""The test cloud as a fixture: started when it is needed, and a failing test says what its services logged meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.control import logs
from tests.cloud.control.places import Place, default_state

COMMAND = Path(__file__).with_name("cloud.py")
SIZES = pytest.StashKey[dict[str, int]]()


@dataclass(frozen=True)
class Cloud:
    """A running cloud: its client configuration and its logs."""

    state: Path

    @property
    def clouds_yaml(self) -> Path:
        """The client configuration, of the clouds admin and demo."""
        return self.state / "clouds.yaml"

    def connect(self, name: str) -> Any:
        """A connection of openstacksdk."""
        import openstack

        return openstack.connection.from_config(cloud=name)


def command(*arguments: str, state: Path) -> subprocess.CompletedProcess[str]:
    """Run the cloud's command."""
    return subprocess.run(
        [sys.executable, str(COMMAND), *arguments, "--state", str(state)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=1200,
    )


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """The running cloud. In CI it must start; elsewhere it is only started when CFN2HEAT_TEST_CLOUD names its folder."""
    state = default_state()
    if command("status", state=state).returncode:
        if os.environ.get("CI") != "true" and "CFN2HEAT_TEST_CLOUD" not in os.environ:
            pytest.skip("no test cloud runs here: `make cloud` starts one (as root, or with its packages installed)")
        started = command("up", state=state)
        if started.returncode:
            pytest.fail(f"the test cloud does not start\n{started.stdout}", pytrace=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OS_CLIENT_CONFIG_FILE", str(state / "clouds.yaml"))
        yield Cloud(state)


@pytest.fixture(scope="session")
def admin(cloud: Cloud) -> Any:
    """The cloud's administrator."""
    return cloud.connect("admin")


@pytest.fixture(scope="session")
def demo(cloud: Cloud) -> Any:
    """A plain member of a project."""
    return cloud.connect("demo")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here that asks for the cloud is marked so."""
    for item in items:
        if "cloud" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.cloud)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note how long the logs are, to know what is written during the test."""
    item.stash[SIZES] = logs.sizes(Place(default_state()).log)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Say where the logs are, and what errors they got."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.failed and item.get_closest_marker("cloud"):
        folder = Place(default_state()).log
        told = logs.told(logs.errors(folder, item.stash.get(SIZES, {})))
        report.sections.append(("test cloud", f"logs: {folder}\nerrors since the test began:\n{told or 'none'}"))
