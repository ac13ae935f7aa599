"""Who may wait, and how long: without a server."""

import json

import pytest

from deploy_ui.gateway.activator import waiting
from deploy_ui.gateway.activator.waiting import Places, Refusal
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.routes import RouteState

WAITING = Shut(RouteState.WAITING, 120, "")


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        pytest.param(None, 120, id="the start timeout, unless asked"),
        pytest.param("30", 30, id="shorter"),
        pytest.param("0.5", 0.5, id="a fraction"),
        pytest.param("0", 0, id="not at all"),
        pytest.param("999999999", 120, id="never longer"),
    ],
)
def test_how_long_a_request_is_held(asked: str | None, seconds: float) -> None:
    assert waiting.patience(WAITING, asked) == seconds


@pytest.mark.parametrize("asked", ["", "soon", "-1", "1e3", "inf", "nan", "5s", "5, 6", "1,5", " 5", "٣", "9" * 5000])
def test_what_is_no_number_of_seconds_is_refused(asked: str) -> None:
    found = waiting.patience(WAITING, asked)
    assert isinstance(found, Refusal)
    assert json.loads(found.body)["error"]["code"] == "scale_up_timeout_wrong"
    assert found.status == 422
    assert found.retry_after_s is None


@pytest.mark.parametrize(
    ("state", "code", "status", "comes_back"),
    [
        (RouteState.WAITING, "deployment_not_ready", 403, True),
        (RouteState.STOPPED, "deployment_stopped", 403, True),
        (RouteState.FAILED, "deployment_failed", 403, True),
        (RouteState.DELETED, "deployment_deleted", 410, False),
    ],
)
def test_what_is_said_to_whom_may_not_go_on(state: RouteState, code: str, status: int, *, comes_back: bool) -> None:
    found = waiting.refusal(Shut(state, 120, ""))
    assert json.loads(found.body)["error"]["code"] == code
    assert found.status == status
    assert (found.retry_after_s is not None) is comes_back


def test_a_refusal_names_the_reason() -> None:
    error = json.loads(waiting.refusal(Shut(RouteState.FAILED, 120, "out_of_memory")).body)["error"]
    assert error["reason"] == "out_of_memory"
    assert "out_of_memory" in error["message"]


def test_places_are_limited_for_one_deployment_and_for_all() -> None:
    places = Places(most=3, most_of_one=2)
    with places.one("a"), places.one("a"):
        assert not places.free("a")
        assert places.free("b")
        with places.one("b"):
            assert not places.free("c")
            assert places.taken() == {"a": 2, "b": 1}
    assert places.free("a")
    assert places.taken() == {}
