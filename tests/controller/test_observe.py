from dataclasses import replace
from typing import Any

import pytest

from deploy_ui.controller.observe import NO_PORT, Health, observe
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.runtimes.base import EndReason, Instance, RunState
from deploy_ui.services.fleet import Record
from tests.controller.tables import NOW, age, ago, record, running

GOOD = Health(ready=True)
BAD = Health(ready=False, failures=1, words="GET / answered 503")
WORSE = replace(BAD, failures=3)
S = InstanceStatus


def look(seen: Instance | None, of: Record, health: Health | None = None) -> Record:
    return observe(of, seen, health, start_timeout_s=30, now=NOW, age=age)


def ended(why: EndReason, **facts: Any) -> Instance:
    return replace(running("a"), state=RunState.ENDED, end_reason=why, ended_at=ago(1), **facts)


@pytest.mark.parametrize(
    ("before", "seen", "health", "status", "reason"),
    [
        pytest.param(record("a", S.PENDING), None, None, S.PENDING, Reason.NONE, id="not started yet stays"),
        pytest.param(record("a", S.PENDING), running("a"), None, S.STARTING, Reason.NONE, id="listed is starting"),
        pytest.param(record("a"), running("a"), None, S.STARTING, Reason.NONE, id="not asked yet stays"),
        pytest.param(record("a"), running("a"), BAD, S.STARTING, Reason.NONE, id="a bad answer is no news at first"),
        pytest.param(record("a"), running("a"), GOOD, S.READY, Reason.NONE, id="a good answer makes it ready"),
        pytest.param(
            *(record("a", started_at=ago(30)), running("a"), BAD, S.STOPPING, Reason.START_TIMEOUT),
            id="not ready in time is stopped",
        ),
        pytest.param(
            *(record("a", started_at=ago(30)), running("a"), GOOD, S.READY, Reason.NONE),
            id="ready at the last moment counts",
        ),
        pytest.param(
            *(record("a", started_at=ago(99)), running("a"), None, S.STARTING, Reason.NONE),
            id="nobody is late before having been asked",
        ),
        pytest.param(record("a", S.READY), running("a"), None, S.READY, Reason.NONE, id="adopted stays ready"),
        pytest.param(record("a", S.READY), running("a"), BAD, S.READY, Reason.NONE, id="one failed probe is forgiven"),
        pytest.param(
            *(record("a", S.READY), running("a"), WORSE, S.UNHEALTHY, Reason.NOT_ANSWERING),
            id="three failed probes are not",
        ),
        pytest.param(
            *(record("a", S.UNHEALTHY, reason=Reason.NOT_ANSWERING), running("a"), GOOD, S.READY, Reason.NONE),
            id="it may recover",
        ),
        pytest.param(record("a"), None, None, S.FAILED, Reason.LOST, id="a started one that vanished is lost"),
        pytest.param(record("a", S.READY), None, GOOD, S.FAILED, Reason.LOST, id="a ready one that vanished is lost"),
        pytest.param(
            *(record("a", S.STOPPING, reason=Reason.REPLACED), None, None, S.STOPPED, Reason.REPLACED),
            id="a stopping one that vanished has stopped",
        ),
        pytest.param(
            *(record("a", S.STOPPING, reason=Reason.REPLACED), running("a"), GOOD, S.STOPPING, Reason.REPLACED),
            id="a stopping one does not come back",
        ),
        pytest.param(
            *(record("a", S.STOPPING, reason=Reason.SCALED_DOWN), ended(EndReason.STOPPED)),
            *(None, S.STOPPED, Reason.SCALED_DOWN),
            id="stopped keeps why",
        ),
        pytest.param(
            *(record("a", S.STOPPING, reason=Reason.START_TIMEOUT), ended(EndReason.STOPPED)),
            *(None, S.FAILED, Reason.START_TIMEOUT),
            id="stopped for its own fault has failed",
        ),
        pytest.param(record("a"), ended(EndReason.CRASHED), None, S.FAILED, Reason.CRASHED, id="crashed"),
        pytest.param(record("a"), ended(EndReason.EXITED), None, S.FAILED, Reason.EXITED, id="exited"),
        pytest.param(
            *(record("a", S.READY), ended(EndReason.OUT_OF_MEMORY), GOOD, S.FAILED, Reason.OUT_OF_MEMORY),
            id="out of memory",
        ),
        pytest.param(
            *(record("a", S.PENDING), ended(EndReason.START_FAILED), None, S.FAILED, Reason.START_FAILED),
            id="could not be started",
        ),
        pytest.param(
            *(record("a", S.READY), replace(running("a"), state=RunState.STOPPING), GOOD, S.STOPPING, Reason.NONE),
            id="stopped behind our back leaves the gateway",
        ),
    ],
)
def test_observe(
    before: Record, seen: Instance | None, health: Health | None, status: InstanceStatus, reason: Reason
) -> None:
    after = look(seen, before, health)
    assert (after.status, after.reason) == (status, reason)


def test_an_ended_record_never_changes() -> None:
    before = record("a", S.STOPPED, ended_at=ago(5))
    assert look(running("a"), before, GOOD) is before


def test_the_end_is_written_down_with_its_facts() -> None:
    after = look(ended(EndReason.CRASHED, exit_code=137, message="killed by signal 9"), record("a"))
    assert (after.exit_code, after.message, after.ended_at) == (137, "killed by signal 9", ago(1))


def test_the_first_good_answer_sets_when_it_was_ready() -> None:
    assert look(running("a"), record("a"), GOOD).ready_at == NOW


def test_a_later_good_answer_leaves_when_it_was_ready() -> None:
    before = record("a", S.READY, ready_at=ago(50))
    assert look(running("a"), before, GOOD) == before


def test_the_moment_of_loading_is_written_once() -> None:
    said = replace(BAD, loading_at=ago(3))
    first = look(running("a"), record("a"), said)
    assert (first.status, first.loading_at) == (S.STARTING, ago(3))
    assert look(running("a"), first, BAD).loading_at == ago(3), "a controller that took over has not heard it"
    assert look(running("a"), first, replace(GOOD, loading_at=ago(1))).loading_at == ago(3)


def test_a_port_that_never_opens_is_said_so() -> None:
    before = record("a", started_at=ago(31), address="")
    after = look(replace(running("a"), address=""), before)
    assert (after.reason, after.message) == (Reason.START_TIMEOUT, NO_PORT)


def test_a_late_instance_says_what_the_probe_said() -> None:
    assert look(running("a"), record("a", started_at=ago(31)), BAD).message == "GET / answered 503"
