from dataclasses import replace
from datetime import datetime

import pytest

from deploy_ui.controller.plan import Action, Begin, Launch, Retire, deserted, leaving, plan, strangers
from deploy_ui.enums import ImageStatus, InstanceStatus, Reason, Wish
from deploy_ui.runtimes.base import RunState
from deploy_ui.services.fleet import Member, Record
from tests.controller.tables import age, ago, born, failed, member, record, running

S = InstanceStatus


def ready(key: str, **values: object) -> Record:
    return record(key, S.READY, **values)


def steps(of: Member) -> list[Action]:
    listed = [each.key for each in of.records if each.status is not S.PENDING]
    return plan(of, of.records, listed, age)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(member(), [Begin(1)], id="a new deployment begins"),
        pytest.param(member(wanted=3), [Begin(3)], id="all wanted begin together"),
        pytest.param(member(record("a")), [], id="one on its way is enough"),
        pytest.param(member(ready("a")), [], id="steady state does nothing"),
        pytest.param(member(record("a", S.PENDING)), [Launch("a")], id="written down but not started is started"),
        pytest.param(member(ready("a"), wanted=3), [Begin(2)], id="scaling up leaves the others alone"),
        pytest.param(
            member(ready("a", created_at=ago(9)), ready("b", created_at=ago(5)), wanted=1),
            [Retire("b", Reason.SCALED_DOWN)],
            id="scaling down takes the newest",
        ),
        pytest.param(
            member(record("a", created_at=ago(9)), ready("b", created_at=ago(5)), wanted=1),
            [Retire("a", Reason.SCALED_DOWN)],
            id="but an unready one first",
        ),
        pytest.param(member(wanted=0), [], id="asleep nothing is done"),
        pytest.param(member(ready("a"), wanted=0), [Retire("a", Reason.IDLE)], id="going to sleep"),
        pytest.param(
            member(ready("a", created_at=ago(9)), ready("b", created_at=ago(5)), record("c"), wanted=0),
            [Retire("a", Reason.IDLE), Retire("b", Reason.SCALED_DOWN), Retire("c", Reason.SCALED_DOWN)],
            id="of several the most useful is the last",
        ),
        pytest.param(member(record("a", S.STOPPING, reason=Reason.IDLE)), [Begin(1)], id="woken while it falls asleep"),
        pytest.param(member(failed("a", 5), wanted=0), [], id="asleep no failure is made good"),
        pytest.param(member(failed("a")), [], id="a failure is waited out"),
        pytest.param(member(failed("a", 1)), [Begin(1)], id="and then tried again"),
        pytest.param(member(failed("a"), generation=2), [Begin(1)], id="a person's change is tried at once"),
        pytest.param(member(failed("a", revision=1), revision=2), [Begin(1)], id="a new revision owes nothing"),
        pytest.param(member(image_status=ImageStatus.BUILDING), [], id="a building image is waited for"),
        pytest.param(member(image_status=ImageStatus.FAILED), [], id="a failed image starts nothing"),
        pytest.param(member(image_deleted=True), [], id="a deleted image starts nothing"),
        pytest.param(member(env_readable=False), [], id="without its variables it is not started"),
        pytest.param(member(ready("a"), image_deleted=True), [], id="what runs of a deleted image goes on"),
        pytest.param(member(record("a", S.STOPPING)), [Begin(1)], id="one that leaves is replaced"),
        pytest.param(member(record("a", S.UNHEALTHY)), [Begin(1)], id="a sick one is replaced"),
        pytest.param(
            member(record("a", S.UNHEALTHY), record("b")), [], id="the sick one may recover until the other is ready"
        ),
        pytest.param(
            member(record("a", S.UNHEALTHY), ready("b")),
            [Retire("a", Reason.NOT_ANSWERING)],
            id="then it goes",
        ),
        pytest.param(member(ready("a"), revision=2), [Begin(1)], id="a new revision comes up while the old serves"),
        pytest.param(
            member(ready("a"), record("b", revision=2), revision=2), [], id="the old serves until it is ready"
        ),
        pytest.param(
            member(ready("a"), ready("b", revision=2), revision=2),
            [Retire("a", Reason.REPLACED)],
            id="then the old goes",
        ),
        pytest.param(
            member(
                *(
                    ready("a", created_at=ago(9)),
                    ready("b", created_at=ago(5)),
                    ready("c", revision=2),
                    record("d", revision=2),
                ),
                wanted=2,
                revision=2,
            ),
            [Retire("b", Reason.REPLACED)],
            id="one old for one new",
        ),
        pytest.param(
            member(record("a"), revision=2), [Begin(1), Retire("a", Reason.REPLACED)], id="an old one that never served"
        ),
        pytest.param(member(ready("a"), failed("b", revision=2), revision=2), [], id="a broken change keeps the old"),
        pytest.param(
            member(ready("a"), record("b"), wish=Wish.STOP),
            [Retire("a", Reason.STOPPED_BY_PERSON), Retire("b", Reason.STOPPED_BY_PERSON)],
            id="stop ends all",
        ),
        pytest.param(
            member(ready("a"), wish=Wish.DELETE), [Retire("a", Reason.DELETED_BY_PERSON)], id="delete ends all"
        ),
        pytest.param(
            member(record("a", S.PENDING), wish=Wish.STOP),
            [Retire("a", Reason.STOPPED_BY_PERSON)],
            id="a stopped one is not launched any more",
        ),
        pytest.param(member(record("a", S.STOPPING), wish=Wish.STOP), [], id="stopping twice is stopping once"),
        *(
            pytest.param(
                member(record("a", S.STOPPING, reason=reason), wish=Wish.STOP),
                [Retire("a", Reason.STOPPED_BY_PERSON)],
                id=f"stopped while it only finishes, {reason}",
            )
            for reason in (Reason.IDLE, Reason.REPLACED, Reason.SCALED_DOWN)
        ),
    ],
)
def test_plan(of: Member, expected: list[Action]) -> None:
    assert steps(of) == expected


def update(*records: Record, wanted: int = 1, **values: object) -> Member:
    """Return a deployment whose second revision is on trial."""
    return member(*records, revision=2, wanted=wanted, trial=True, fallback=born(1), **values)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(
            update(failed("a", 9), record("b", revision=2)), [Begin(1, fallback=True)], id="an old one that crashed"
        ),
        pytest.param(update(failed("a", 0.5), record("b", revision=2)), [], id="it backs off as ever"),
        pytest.param(
            update(failed("a", 9), image_status=ImageStatus.BUILDING),
            [Begin(1, fallback=True)],
            id="while the new image is built",
        ),
        pytest.param(
            update(
                *(ready("a", created_at=ago(99)), failed("b", 9), failed("c", 8)),
                *(record(key, revision=2) for key in "de"),
                wanted=2,
            ),
            [Begin(1, fallback=True)],
            id="no more than are wanted",
        ),
        pytest.param(
            update(image_status=ImageStatus.BUILDING),
            [Begin(1, fallback=True)],
            id="one that slept or was shut down while the new image is built",
        ),
        pytest.param(
            update(ready("a"), *(record(key, revision=2) for key in "bcd"), wanted=3),
            [],
            id="scaling up does not make old ones",
        ),
        pytest.param(
            update(failed("a", 9), record("b", created_at=ago(8)), record("c", revision=2)),
            [],
            id="one on its way is enough",
        ),
        pytest.param(
            update(failed("a", 9), ready("b", revision=2)), [], id="once a new one is ready it is the new one's turn"
        ),
        pytest.param(
            update(failed("a", 50), record("b", S.STOPPED, created_at=ago(40)), record("c", revision=2)),
            [],
            id="what was stopped on purpose is not missed",
        ),
        pytest.param(
            update(record("a", S.UNHEALTHY), record("b", revision=2)),
            [Begin(1, fallback=True)],
            id="a sick old one is replaced",
        ),
        pytest.param(
            update(record("a", S.UNHEALTHY), record("b", created_at=ago(8)), record("c", revision=2)),
            [],
            id="the sick one may recover until its replacement is ready",
        ),
        pytest.param(
            update(record("a", S.UNHEALTHY), ready("b", created_at=ago(8)), record("c", revision=2)),
            [Retire("a", Reason.REPLACED)],
            id="then it goes",
        ),
        pytest.param(
            update(record("a", S.PENDING), record("b", revision=2)),
            [Launch("a")],
            id="an old one not started is started",
        ),
    ],
)
def test_plan_while_an_update_does_not_get_ready(of: Member, expected: list[Action]) -> None:
    assert steps(of) == expected


@pytest.mark.parametrize(
    ("status", "state", "expected"),
    [
        pytest.param(S.STOPPING, RunState.RUNNING, ["a"], id="retired and running"),
        pytest.param(S.STOPPING, RunState.STOPPING, [], id="asked once"),
        pytest.param(S.STOPPING, RunState.ENDED, [], id="ended already"),
        pytest.param(S.READY, RunState.RUNNING, [], id="only who was retired"),
    ],
)
def test_leaving(status: InstanceStatus, state: RunState, expected: list[str]) -> None:
    seen = {"a": replace(running("a"), state=state)}
    assert [each.key for each in leaving([record("a", status)], seen)] == expected


def idle(_: str) -> bool:
    """Say that no calls run there."""
    return False


@pytest.mark.parametrize(
    ("told", "applied", "ready_at", "deserted_now"),
    [
        pytest.param(None, True, ago(9), False, id="the gateway was not told"),
        pytest.param(ago(0.1), True, ago(9), False, id="it needs a moment"),
        pytest.param(ago(0.2), True, ago(9), True, id="it says that it has left"),
        pytest.param(ago(2.9), False, ago(9), False, id="it does not say so"),
        pytest.param(ago(3.0), False, ago(9), True, id="it was waited for long enough"),
        pytest.param(ago(0.0), False, None, True, id="it was never there"),
    ],
)
def test_deserted(told: datetime | None, applied: bool, ready_at: datetime | None, deserted_now: bool) -> None:  # noqa: FBT001
    retired = record("a", S.STOPPING, ready_at=ready_at)
    assert deserted(retired, told, lambda: applied, idle, age) is deserted_now


@pytest.mark.parametrize(
    ("told", "applied", "deserted_now"), [(ago(59), False, False), (ago(60), False, True), (ago(0.2), True, True)]
)
def test_the_last_one_is_stopped_only_once_the_gateway_holds_its_requests(
    told: datetime,
    applied: bool,  # noqa: FBT001
    deserted_now: bool,  # noqa: FBT001
) -> None:
    retired = record("a", S.STOPPING, reason=Reason.IDLE, ready_at=ago(99))
    assert deserted(retired, told, lambda: applied, idle, age) is deserted_now


@pytest.mark.parametrize(
    ("reason", "told", "busy", "deserted_now"),
    [
        pytest.param(Reason.REPLACED, ago(299), "a", False, id="replaced, calls run on it"),
        pytest.param(Reason.SCALED_DOWN, ago(299), "a", False, id="scaled down, calls run on it"),
        pytest.param(Reason.IDLE, ago(299), "a", False, id="asleep, a call has just come to it"),
        pytest.param(Reason.REPLACED, ago(300), "a", True, id="they were waited for long enough"),
        pytest.param(Reason.REPLACED, ago(1), "b", True, id="they run on another one"),
        pytest.param(Reason.STOPPED_BY_PERSON, ago(1), "a", True, id="a person stopped it"),
        pytest.param(Reason.DELETED_BY_PERSON, ago(1), "a", True, id="a person deleted it"),
        pytest.param(Reason.NOT_ANSWERING, ago(1), "a", True, id="it does not answer"),
        pytest.param(Reason.REPLACED, None, "b", False, id="the gateway was not told"),
    ],
)
def test_calls_may_finish_where_no_person_waits(
    reason: Reason,
    told: datetime | None,
    busy: str,
    deserted_now: bool,  # noqa: FBT001
) -> None:
    retired = record("a", S.STOPPING, reason=reason, ready_at=ago(500))
    assert deserted(retired, told, lambda: True, lambda key: key == busy, age) is deserted_now


def test_nobody_asks_for_calls_before_the_gateway_has_left() -> None:
    retired = record("a", S.STOPPING, reason=Reason.REPLACED, ready_at=ago(500))

    def asked(_: str) -> bool:
        raise AssertionError

    assert not deserted(retired, ago(0.1), lambda: True, asked, age)


def test_what_runs_unknown_is_a_stranger() -> None:
    assert strangers({"a": running("a"), "b": running("b")}, {"a"}) == ["b"]


def test_what_has_ended_needs_no_stop() -> None:
    assert strangers({"b": running("b", state=RunState.ENDED)}, set()) == []
