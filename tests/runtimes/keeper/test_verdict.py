import pytest

from deploy_ui.runtimes.base import EndReason, RunState
from deploy_ui.runtimes.keeper import report
from deploy_ui.runtimes.keeper.verdict import judge

EXIT_3 = 3 << 8


@pytest.mark.parametrize(
    ("status", "stopped", "memory", "reason", "code"),
    [
        pytest.param(0, False, "", "exited", 0, id="code 0"),
        pytest.param(EXIT_3, False, "", "crashed", 3, id="another code"),
        pytest.param(11, False, "", "crashed", 139, id="a signal"),
        pytest.param(0, True, "", "stopped", 0, id="asked to end"),
        pytest.param(EXIT_3, True, "", "stopped", 3, id="asked to end and failed at it"),
        pytest.param(9, True, "used 2 MB of 1 MB", "out_of_memory", 137, id="too much memory while it was to end"),
    ],
)
def test_reason_of_an_end(status: int, *, stopped: bool, memory: str, reason: str, code: int) -> None:
    verdict = judge(status, stopped=stopped, memory=memory, grace="", last_words="")
    assert (verdict.reason, verdict.exit_code) == (reason, code)
    assert verdict.reason in list(EndReason)


def test_keeper_and_runtime_use_the_same_words() -> None:
    assert list(RunState) == [report.RUNNING, report.STOPPING, report.ENDED]
