from datetime import timedelta

import pytest

from deploy_ui.controller import backoff
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.services.fleet import Record
from tests.controller.tables import NOW, ago, failed, record


def crashes(count: int) -> list[Record]:
    return [failed(f"a{number}", number) for number in range(count)]


@pytest.mark.parametrize(
    ("records", "wanted", "delay_s"),
    [
        pytest.param([], 1, 0, id="nothing failed"),
        pytest.param(crashes(1), 1, 1, id="the first time waits a second"),
        pytest.param(crashes(2), 1, 2, id="then two"),
        pytest.param(crashes(5), 1, 16, id="and so on"),
        pytest.param(crashes(7), 1, 60, id="up to a minute"),
        pytest.param(crashes(500), 1, 60, id="never longer"),
        pytest.param(crashes(3), 3, 1, id="three that are tried together fail together"),
        pytest.param(crashes(4), 3, 2, id="the fourth is the second round"),
        pytest.param([failed("a", revision=2)], 1, 0, id="another revision's failures do not count"),
        pytest.param([failed("a", ready_at=ago(60))], 1, 0, id="a minute of success is replaced at once"),
        pytest.param([failed("a", ready_at=ago(59))], 1, 1, id="less is not"),
        pytest.param(
            [failed("a"), failed("b", 10, ready_at=ago(90)), *crashes(9)][:2], 1, 1, id="a success ends the streak"
        ),
        pytest.param([record("a", InstanceStatus.STOPPED, ended_at=NOW)], 1, 0, id="stopped is not failed"),
        pytest.param(
            [*crashes(9)[1:], record("s", InstanceStatus.STOPPED, ready_at=ago(60), ended_at=NOW)],
            1,
            0,
            id="a success that was stopped ends the streak, too",
        ),
        pytest.param(
            [failed("a", 3), record("s", InstanceStatus.STOPPED, reason=Reason.IDLE, ready_at=ago(2), ended_at=NOW)],
            1,
            0,
            id="and so does one that fell asleep",
        ),
    ],
)
def test_due(records: list[Record], wanted: int, delay_s: int) -> None:
    def due(after_s: float) -> bool:
        return backoff.due(records, revision=1, wanted=wanted, age=lambda at: NOW - at + timedelta(seconds=after_s))

    assert due(delay_s)
    assert delay_s == 0 or not due(delay_s - 0.1)


@pytest.mark.parametrize(
    ("record", "hopeless"),
    [
        pytest.param(failed("a", reason=Reason.START_FAILED), True, id="could not be started at all"),
        pytest.param(failed("a", exit_code=127), True, id="no such command"),
        pytest.param(failed("a", exit_code=127, ready_at=ago(3)), False, id="its own exit code later on"),
        pytest.param(failed("a", exit_code=1), False, id="a crash may pass"),
        pytest.param(failed("a", reason=Reason.OUT_OF_MEMORY), False, id="memory may suffice next time"),
    ],
)
def test_hopeless(record: Record, hopeless: bool) -> None:  # noqa: FBT001 - a column of the table
    assert backoff.hopeless(record) is hopeless
