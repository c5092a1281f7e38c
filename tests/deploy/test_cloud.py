"""The way to a cloud, and what is said when there is none."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from keystoneauth1.exceptions import Unauthorized

from cfn2heat.deploy import patience
from cfn2heat.deploy.cloud import CloudError, _no_way, connect


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no clouds.yaml of the person who runs the tests; no patience."""
    monkeypatch.setattr(patience, "PAUSE", 0.001)
    for name in ("OS_CLOUD", "OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_NAME", "OS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))


@pytest.mark.parametrize("name", ["nowhere", None])
def test_a_cloud_that_is_not_configured(name: str | None) -> None:
    with pytest.raises(CloudError) as caught:
        connect(name)
    assert caught.value.diagnostic.code == "C2H6001"


def test_a_password_that_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AUTH_URL": "http://127.0.0.1:9/v3", "USERNAME": "ann", "PROJECT_NAME": "shop"}.items():
        monkeypatch.setenv(f"OS_{name}", value)
    with pytest.raises(CloudError) as caught:
        connect("envvars")
    assert caught.value.diagnostic.code == "C2H6001"
    assert "password" in caught.value.diagnostic.message


def test_a_cloud_that_is_not_there(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # a port that nobody listens to
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v3"
        auth = {"auth_url": url, "username": "ann", "password": "sesame", "project_name": "shop"}
        (tmp_path / "clouds.yaml").write_text(f"clouds: {{there: {{auth: {auth}}}}}")
        with pytest.raises(CloudError) as caught:
            connect("there")
    assert caught.value.diagnostic.code == "C2H6003"
    assert "sesame" not in str(caught.value)


def test_credentials_that_are_refused() -> None:
    assert _no_way("there", Unauthorized()).diagnostic.code == "C2H6002"
