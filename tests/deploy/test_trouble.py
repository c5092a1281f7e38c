"""What goes wrong between us and a cloud, and the answer to each: over real HTTP, by the real clients."""

from __future__ import annotations

import time
from typing import Any

import pytest

from cfn2heat.deploy import follow
from tests.deploy.conftest import Caller
from tests.deploy.imitation import Imitation

GARDEN = "garden.hot.yaml"
SHOW = r"/stacks/garden/[0-9a-f-]{36}(\?.*)?$"
CREATE = r"/stacks$"


def created_once(cloud: Imitation) -> bool:
    """Whether there is one stack, and it is complete."""
    return [(stack.action, stack.status) for stack in cloud.stacks.values()] == [("CREATE", "COMPLETE")]


# ---- 401 -------------------------------------------------------------------------------------------------------------


def test_a_token_that_expires_on_the_way_is_renewed(cloud: Imitation, call: Caller) -> None:
    cloud.fault("GET", SHOW, before=cloud.expire)
    cloud.fault("GET", "/events", before=cloud.expire)
    result = call("deploy", GARDEN)
    assert result.exit_code == 0, result.output
    assert len(cloud.issued) == 3
    assert created_once(cloud)


def test_a_login_that_ends_for_good(cloud: Imitation, call: Caller) -> None:
    cloud.fault("GET", SHOW, status=401, times=1000)
    result = call("deploy", GARDEN)
    assert result.exit_code == 5
    assert "C2H6002" in result.stderr


def test_a_login_that_is_refused(cloud: Imitation, call: Caller) -> None:
    cloud.fault("POST", "/auth/tokens", status=401, times=1000)
    result = call("deploy", GARDEN)
    assert result.exit_code == 5
    assert "C2H6002 there" in result.stderr
    assert not cloud.stacks


# ---- 403, 400, 404, 409 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "code"), [(403, "C2H6004"), (400, "C2H6005"), (413, "C2H6004"), (415, "C2H6005")])
def test_what_the_cloud_refuses(cloud: Imitation, call: Caller, status: int, code: str) -> None:
    cloud.fault("POST", CREATE, status=status)
    result = call("deploy", GARDEN)
    assert result.exit_code == 4
    assert f"{code} garden" in result.stderr
    assert "so it was told" in result.stderr
    assert not cloud.stacks


def test_a_stack_that_somebody_makes_at_the_same_moment(cloud: Imitation, call: Caller) -> None:
    cloud.fault("POST", CREATE, landed=True, status=409)
    result = call("deploy", GARDEN)
    assert result.exit_code == 0
    assert "already; following that" in result.stderr
    assert created_once(cloud)


def test_a_name_that_cannot_be_had(cloud: Imitation, call: Caller) -> None:
    cloud.fault("POST", CREATE, status=409, times=1000)
    result = call("deploy", GARDEN)
    assert result.exit_code == 4
    assert "C2H6006" in result.stderr


def test_an_update_that_meets_another_one(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN)

    def other() -> None:
        cloud.begin(cloud.by_name("garden"), "UPDATE")

    cloud.fault("PUT", r"/[0-9a-f-]{36}$", before=other)
    result = call("deploy", GARDEN, "--parameter", "Size=9")
    assert result.exit_code == 0, result.output
    assert "UPDATE_IN_PROGRESS already; following that" in result.stderr
    assert cloud.by_name("garden").body["parameters"]["Size"] == "9"


# ---- 429, 5xx --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), [("POST", CREATE), ("GET", SHOW)])
def test_what_the_cloud_asks_to_wait_is_waited(cloud: Imitation, call: Caller, method: str, path: str) -> None:
    cloud.fault(method, path, status=429, headers={"Retry-After": "1"}, times=2)
    start = time.monotonic()
    result = call("deploy", GARDEN)
    assert result.exit_code == 0
    assert time.monotonic() - start >= 2
    assert created_once(cloud)
    assert len(cloud.asked("POST", CREATE)) == (3 if method == "POST" else 1)


def test_a_cloud_that_is_always_asked_too_often(cloud: Imitation, call: Caller) -> None:
    cloud.fault("POST", CREATE, status=429, headers={"Retry-After": "0"}, times=1000)
    result = call("deploy", GARDEN)
    assert result.exit_code == 5
    assert "C2H6008" in result.stderr


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(("method", "path"), [("POST", CREATE), ("GET", SHOW), ("GET", r"/stacks\?name"), ("GET", "/events")])
def test_a_service_that_fails_for_a_while(cloud: Imitation, call: Caller, method: str, path: str, status: int) -> None:
    cloud.fault(method, path, status=status, times=2, body="<html><h1>Bad</h1></html>")
    result = call("deploy", GARDEN)
    assert result.exit_code == 0, result.output
    assert created_once(cloud)


def test_a_service_that_fails_for_long_is_waited_for_while_following(cloud: Imitation, call: Caller) -> None:
    cloud.fault("GET", SHOW, status=503, times=20)
    result = call("deploy", GARDEN)
    assert result.exit_code == 0
    assert "the cloud failed (HTTP 503): so it was told; waiting until it answers" in result.stderr
    assert "The cloud answers again." in result.stderr


def test_a_service_that_fails_for_good(cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "AWAY", 0.05)
    cloud.fault("GET", SHOW, status=500, times=100_000)
    result = call("deploy", GARDEN)
    assert result.exit_code == 5
    assert "C2H6009" in result.stderr
    assert "it finds what was begun and goes on" in result.stderr


def test_an_update_whose_answer_fails_but_that_was_begun(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN)
    cloud.fault("PUT", r"/[0-9a-f-]{36}$", landed=True, status=504)
    result = call("deploy", GARDEN, "--parameter", "Size=9")
    assert result.exit_code == 0
    assert len(cloud.asked("PUT", r"/[0-9a-f-]{36}$")) == 1


# ---- connections -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("landed", [False, True])
@pytest.mark.parametrize("how", [{"reset": True}, {"hang": 1.3}])
def test_a_lost_answer_never_makes_two_stacks(cloud: Imitation, call: Caller, how: dict[str, Any], landed: bool) -> None:
    cloud.fault("POST", CREATE, landed=landed, **how)
    result = call("deploy", GARDEN)
    assert result.exit_code == 0, result.output
    assert "looking whether it arrived" in result.stderr
    assert created_once(cloud)
    assert len(cloud.asked("POST", CREATE)) == (1 if landed else 2)


@pytest.mark.parametrize(("method", "path"), [("GET", SHOW), ("GET", "/events"), ("GET", r"/stacks\?name"), ("GET", "identity")])
@pytest.mark.parametrize("how", [{"reset": True}, {"hang": 1.3}])
def test_a_connection_that_breaks_is_made_anew(
    cloud: Imitation, call: Caller, method: str, path: str, how: dict[str, Any]
) -> None:
    cloud.fault(method, path, **how)
    assert call("deploy", GARDEN).exit_code == 0
    assert created_once(cloud)


def test_a_cloud_that_goes_away(cloud: Imitation, call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "AWAY", 0.05)
    cloud.fault("GET", SHOW, before=cloud.server.server_close, reset=True, times=100_000)
    result = call("deploy", GARDEN)
    assert result.exit_code == 5
    assert "C2H6003 garden: the cloud does not answer" in result.stderr


def test_a_cloud_that_keeps_silent(cloud: Imitation, call: Caller) -> None:
    cloud.fault("GET", r"/stacks\?name", hang=1.2, times=10)
    result = call("deploy", GARDEN)
    assert result.exit_code == 5
    assert "timed out" in result.stderr
    assert not cloud.asked("POST", CREATE)


def test_a_page_of_a_proxy_is_told_in_words(cloud: Imitation, call: Caller) -> None:
    page = f"<html><style>b {{}}</style><h1>Blocked</h1>{'x' * 5000}</html>"
    cloud.fault("POST", CREATE, status=403, body=page)
    result = call("deploy", GARDEN)
    assert "Blocked x" in result.stderr
    assert "<h1>" not in result.stderr
    assert len(result.stderr) < 6000


@pytest.mark.parametrize("exists", [False, True])
def test_a_preview_that_heat_fails_over(cloud: Imitation, call: Caller, exists: bool) -> None:
    if exists:
        call("deploy", GARDEN)
    cloud.fault("PUT" if exists else "POST", "/preview$", status=500, times=1000)
    size = ("--parameter", "Size=9") if exists else ()
    assert call("deploy", GARDEN, "--dry-run", *size).exit_code == 5
    result = call("deploy", GARDEN, *size)
    assert result.exit_code == 0
    assert "Heat cannot show what it will do" in result.stderr
    assert f"{'~' if exists else '+'}   Count  OS::Heat::Value" in result.stdout


def test_a_preview_that_takes_too_long_is_not_asked_for_again(cloud: Imitation, call: Caller) -> None:
    """Heat may be at it still: a stack would only be more of it."""
    cloud.fault("POST", "/preview$", hang=1.3, times=10)
    result = call("deploy", GARDEN)
    assert result.exit_code == 5
    assert "C2H6003" in result.stderr
    assert len(cloud.asked("POST", "/preview$")) == 1
    assert not cloud.stacks


def test_events_that_heat_has_dropped(cloud: Imitation, call: Caller) -> None:
    call("deploy", GARDEN)
    cloud.fault("GET", r"events\?.*marker", status=404)
    result = call("deploy", GARDEN, "--parameter", "Size=9")
    assert result.exit_code == 0
    assert "UPDATE_COMPLETE    the stack" in result.stdout
