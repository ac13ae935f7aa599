import pytest

from deploy_ui.controller.status import UNREADABLE, Status, status
from deploy_ui.enums import ImageStatus, InstanceStatus, Phase, Reason, Wish
from deploy_ui.services.fleet import Member, Record
from deploy_ui.services.rollouts import Undone
from tests.controller.tables import ago, failed, member, record

S = InstanceStatus


UNDONE = Undone(Reason.CRASHED, "no weights")


def ready(key: str, **values: object) -> Record:
    return record(key, S.READY, **values)


def crashed(key: str, seconds_ago: float = 0, **values: object) -> Record:
    return failed(key, seconds_ago, message=f"ValueError: {key}", **values)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(member(), Status(Phase.STARTING), id="nothing there yet"),
        pytest.param(member(record("a")), Status(Phase.STARTING), id="on its way"),
        pytest.param(member(ready("a")), Status(Phase.RUNNING, ready_instances=1), id="all ready"),
        pytest.param(
            member(ready("a"), record("b"), wanted=2),
            Status(Phase.STARTING, ready_instances=1),
            id="the first of two is still a start",
        ),
        pytest.param(
            member(ready("a"), record("b"), wanted=2, phase=Phase.RUNNING),
            Status(Phase.UPDATING, ready_instances=1),
            id="scaling up is an update",
        ),
        pytest.param(
            member(ready("a", ready_at=ago(50)), crashed("b"), wanted=2, phase=Phase.RUNNING),
            Status(Phase.DEGRADED, Reason.CRASHED, "ValueError: b", 1),
            id="one of two crashed",
        ),
        pytest.param(
            member(ready("a"), ready("c", ready_at=ago(1)), crashed("b", 9), wanted=2),
            Status(Phase.RUNNING, ready_instances=2),
            id="replaced is whole again",
        ),
        pytest.param(
            member(ready("a"), record("b", S.UNHEALTHY, reason=Reason.NOT_ANSWERING, message="no answer"), wanted=2),
            Status(Phase.DEGRADED, Reason.NOT_ANSWERING, "no answer", 1),
            id="one of two does not answer",
        ),
        pytest.param(
            member(crashed("a"), phase=Phase.RUNNING),
            Status(Phase.STARTING, Reason.CRASHED, "ValueError: a"),
            id="the only one crashed once",
        ),
        pytest.param(
            member(crashed("a", 9), crashed("b")),
            Status(Phase.FAILED, Reason.CRASHED, "ValueError: b"),
            id="twice is a failure, told with the newest words",
        ),
        pytest.param(
            member(crashed("a", 9), crashed("b"), record("c")),
            Status(Phase.FAILED, Reason.CRASHED, "ValueError: b"),
            id="another try is no hope yet",
        ),
        pytest.param(
            member(failed("a", reason=Reason.START_FAILED, message="no such file")),
            Status(Phase.FAILED, Reason.START_FAILED, "no such file"),
            id="what restarting cannot mend fails at once",
        ),
        pytest.param(
            member(phase=Phase.FAILED, reason=Reason.START_TIMEOUT, message="late"),
            Status(Phase.FAILED, Reason.START_TIMEOUT, "late"),
            id="a failure is not forgotten with its records",
        ),
        pytest.param(
            member(phase=Phase.FAILED, reason=Reason.CRASHED, generation=2),
            Status(Phase.STARTING),
            id="a person's change starts anew",
        ),
        pytest.param(
            member(phase=Phase.FAILED, reason=Reason.IMAGE_FAILED),
            Status(Phase.STARTING),
            id="a mended image starts anew",
        ),
        pytest.param(
            member(ready("c"), crashed("a", 20), crashed("b", 10), phase=Phase.FAILED),
            Status(Phase.RUNNING, ready_instances=1),
            id="ready ends the failure",
        ),
        pytest.param(
            member(image_status=ImageStatus.BUILDING), Status(Phase.PENDING, Reason.IMAGE_BUILDING), id="image building"
        ),
        pytest.param(
            member(image_status=ImageStatus.CANCELED), Status(Phase.FAILED, Reason.IMAGE_FAILED), id="image canceled"
        ),
        pytest.param(member(image_deleted=True), Status(Phase.FAILED, Reason.IMAGE_GONE), id="image gone"),
        pytest.param(
            member(env_readable=False), Status(Phase.FAILED, Reason.START_FAILED, UNREADABLE), id="variables unreadable"
        ),
        pytest.param(
            member(ready("a"), revision=2, image_status=ImageStatus.QUEUED),
            Status(Phase.UPDATING, Reason.IMAGE_BUILDING, "", 1),
            id="the old serves while the new image builds",
        ),
        pytest.param(
            member(ready("a"), revision=2, image_status=ImageStatus.FAILED),
            Status(Phase.DEGRADED, Reason.IMAGE_FAILED, "", 1),
            id="the old serves on when the new image fails",
        ),
        pytest.param(
            member(ready("a"), record("b", revision=2), revision=2, phase=Phase.RUNNING),
            Status(Phase.UPDATING, ready_instances=1),
            id="a new revision comes up",
        ),
        pytest.param(
            member(ready("a"), ready("b", revision=2), revision=2),
            Status(Phase.UPDATING, ready_instances=2),
            id="updating until the old has left",
        ),
        pytest.param(
            member(record("a", S.STOPPING), ready("b", revision=2), revision=2),
            Status(Phase.RUNNING, ready_instances=1),
            id="an old one that drains is out of service",
        ),
        pytest.param(
            member(ready("a"), crashed("b", 9, revision=2), crashed("c", revision=2), revision=2),
            Status(Phase.DEGRADED, Reason.CRASHED, "ValueError: c", 1),
            id="a change that does not come up",
        ),
        pytest.param(member(wanted=0), Status(Phase.SLEEPING, Reason.IDLE), id="asleep"),
        pytest.param(
            member(record("a", S.STOPPING, reason=Reason.IDLE), wanted=0, phase=Phase.RUNNING),
            Status(Phase.SLEEPING, Reason.IDLE),
            id="it sleeps as soon as the last one is on its way out",
        ),
        pytest.param(
            member(crashed("a"), wanted=0, phase=Phase.RUNNING),
            Status(Phase.SLEEPING, Reason.IDLE),
            id="asleep no failure is held against it",
        ),
        pytest.param(
            member(image_deleted=True, wanted=0), Status(Phase.FAILED, Reason.IMAGE_GONE), id="it could not be woken"
        ),
        pytest.param(member(phase=Phase.SLEEPING, reason=Reason.IDLE), Status(Phase.STARTING), id="waking"),
        pytest.param(
            member(
                *(crashed("a"), crashed("b")),
                record("c", S.STOPPED, reason=Reason.IDLE, ready_at=ago(-1), ended_at=ago(-2)),
                phase=Phase.SLEEPING,
            ),
            Status(Phase.STARTING),
            id="waking after failures that a good run has answered",
        ),
        pytest.param(
            member(record("a", S.STOPPING, reason=Reason.IDLE), record("b"), phase=Phase.SLEEPING, reason=Reason.IDLE),
            Status(Phase.STARTING),
            id="woken while the last one drains",
        ),
        pytest.param(
            member(ready("a"), record("b", S.STOPPING, reason=Reason.SCALED_DOWN), phase=Phase.RUNNING),
            Status(Phase.RUNNING, ready_instances=1),
            id="scaling down is nothing to see",
        ),
        pytest.param(
            member(record("a", S.STOPPING), wish=Wish.STOP),
            Status(Phase.STOPPING, Reason.STOPPED_BY_PERSON),
            id="stopping",
        ),
        pytest.param(
            member(ready("a"), undone=UNDONE),
            Status(Phase.RUNNING, Reason.ROLLED_BACK, "no weights", 1),
            id="rolled back and serving",
        ),
        pytest.param(
            member(record("a"), undone=UNDONE, phase=Phase.FAILED, seen_generation=0),
            Status(Phase.STARTING, Reason.ROLLED_BACK, "no weights"),
            id="rolled back and coming up",
        ),
        pytest.param(
            member(ready("a", ready_at=ago(50)), crashed("b"), wanted=2, undone=UNDONE),
            Status(Phase.DEGRADED, Reason.CRASHED, "ValueError: b", 1),
            id="a newer trouble is told first",
        ),
        pytest.param(
            member(crashed("a", 9), crashed("b"), generation=2, changed_at=ago(0)),
            Status(Phase.STARTING, Reason.CRASHED, "ValueError: b"),
            id="a person's change forgives old failures",
        ),
        pytest.param(
            member(crashed("a", 9), crashed("b"), generation=2, changed_at=ago(0), trial=True),
            Status(Phase.STARTING),
            id="nor is it told of a revision that is tried again",
        ),
        pytest.param(member(wish=Wish.STOP), Status(Phase.STOPPED, Reason.STOPPED_BY_PERSON), id="stopped"),
        pytest.param(
            member(ready("a"), wish=Wish.DELETE), Status(Phase.STOPPING, Reason.DELETED_BY_PERSON), id="being deleted"
        ),
        pytest.param(member(wish=Wish.DELETE), Status(Phase.DELETED, Reason.DELETED_BY_PERSON), id="deleted"),
    ],
)
def test_status(of: Member, expected: Status) -> None:
    assert status(of, of.records) == expected
