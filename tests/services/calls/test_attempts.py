from datetime import UTC, datetime, timedelta

import pytest

from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.services.calls.attempts import LONGEST_PAUSE_S, Next, Rest, after, pause_s, room_of

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def rest(attempts: int = 1, *, most: int = 5, left_s: float | None = None, deleted: bool = False) -> Rest:
    deadline = None if left_s is None else NOW + timedelta(seconds=left_s)
    return Rest(attempts, most, deadline, deleted=deleted)


def error(reason: CallReason) -> Next:
    return Next(CallStatus.ERROR, reason)


def again(reason: CallReason, seconds: float) -> Next:
    return Next(CallStatus.QUEUED, reason, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("failure", "known", "follows"),
    [
        pytest.param(
            CallReason.TIMED_OUT,
            rest(),
            again(CallReason.TIMED_OUT, 1),
            id="the first failure is tried again after a second",
        ),
        pytest.param(CallReason.TIMED_OUT, rest(3), again(CallReason.TIMED_OUT, 4), id="the pause doubles"),
        pytest.param(CallReason.TIMED_OUT, rest(5), error(CallReason.TIMED_OUT), id="attempts are used up"),
        pytest.param(
            CallReason.WORKER_LOST, rest(1, most=1), error(CallReason.WORKER_LOST), id="a lost one counts too"
        ),
        pytest.param(CallReason.TIMED_OUT, rest(left_s=0.5), error(CallReason.LIVE_TIMEOUT), id="no time for another"),
        pytest.param(CallReason.TIMED_OUT, rest(left_s=1.5), again(CallReason.TIMED_OUT, 1), id="time for another"),
        pytest.param(
            CallReason.BROKE_OFF, rest(deleted=True), error(CallReason.DEPLOYMENT_DELETED), id="the deployment is gone"
        ),
        pytest.param(CallReason.ANSWER_TOO_LARGE, rest(), error(CallReason.ANSWER_TOO_LARGE), id="it would end alike"),
        pytest.param(CallReason.REQUEST_LOST, rest(), error(CallReason.REQUEST_LOST), id="there is nothing to send"),
        pytest.param(CallReason.LIVE_TIMEOUT, rest(), error(CallReason.LIVE_TIMEOUT), id="the call's own time is over"),
    ],
)
def test_what_follows_a_failed_attempt(failure: CallReason, known: Rest, follows: Next) -> None:
    assert after(failure, known, NOW, jitter=1) == follows


def test_pauses_are_bounded_and_differ() -> None:
    assert pause_s(100, 1) == LONGEST_PAUSE_S
    assert (pause_s(1, 0), pause_s(1, 1)) == (0.5, 1)


@pytest.mark.parametrize(("concurrency", "room"), [(1, 1), (2, 1), (3, 2), (4, 3), (8, 6), (64, 48)])
def test_callers_who_wait_keep_room(concurrency: int, room: int) -> None:
    assert room_of(concurrency) == room
