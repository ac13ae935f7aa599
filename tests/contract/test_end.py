from datetime import timedelta

import pytest

from deploy_ui import clock
from deploy_ui.runtimes.base import EndReason, RunState
from tests.contract.bench import Bench
from tests.waiting import eventually

HANDLE = """
import signal, sys
def leave(*_):
    print("leaving", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("up", flush=True)
while True:
    signal.pause()
"""
IGNORE = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
while True:
    signal.pause()
"""
GRANDCHILDREN = """
import os, signal
for new_session in (False, True):
    if os.fork() == 0:
        if new_session:
            os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.write(1, b"grandchild\\n")
            while True:
                signal.pause()
        os._exit(0)
os.wait(), os.wait()
os.write(1, b"up\\n")
"""
FAMILY = GRANDCHILDREN + "while True:\n    signal.pause()\n"
FORK_AWAY = """
import os, signal
os.write(1, b"up\\n")
if os.fork() == 0:
    while True:
        if os.fork():
            os._exit(0)
while True:
    signal.pause()
"""
EAT = """
blocks = []
while True:
    blocks.append(bytearray(b"x") * (16 * 1024 * 1024))
"""


@pytest.mark.parametrize(("code", "reason"), [(0, EndReason.EXITED), (1, EndReason.CRASHED), (77, EndReason.CRASHED)])
def test_exit_code_is_kept(bench: Bench, code: int, reason: EndReason) -> None:
    ended = bench.run("a", f"raise SystemExit({code})")
    assert (ended.state, ended.end_reason, ended.exit_code) == (RunState.ENDED, reason, code)
    assert ended.started_at is not None
    assert ended.ended_at is not None
    assert ended.ended_at >= ended.started_at


def test_a_crash_tells_the_exception(bench: Bench) -> None:
    ended = bench.run("a", "import sys; print('loading', file=sys.stderr); raise ValueError('no weights: iris.bin')")
    assert (ended.end_reason, ended.exit_code) == (EndReason.CRASHED, 1)
    assert ended.message == "ValueError: no weights: iris.bin"


def test_a_signal_is_told_as_a_shell_does(bench: Bench) -> None:
    ended = bench.run("a", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert (ended.end_reason, ended.exit_code) == (EndReason.CRASHED, 139)
    assert "SIGSEGV" in ended.message


def test_stop_lets_the_instance_finish(bench: Bench) -> None:
    bench.start("a", HANDLE)
    bench.running("a", says="up")
    bench.runtime.stop("a")
    ended = bench.ended("a")
    assert (ended.end_reason, ended.exit_code) == (EndReason.STOPPED, 0)
    assert bench.text("a") == ["up", "leaving"]


def test_a_stopped_instance_is_stopping_at_once(bench: Bench) -> None:
    bench.start("a", IGNORE, grace_s=1)
    bench.running("a", says="up")
    bench.runtime.stop("a")
    seen = bench.seen("a")
    assert seen is not None
    assert seen.state is RunState.STOPPING


def test_who_ignores_sigterm_is_killed_after_the_grace(bench: Bench) -> None:
    bench.start("a", IGNORE, grace_s=0.5)
    bench.running("a", says="up")
    bench.runtime.stop("a")
    bench.runtime.stop("a")
    ended = bench.ended("a")
    assert (ended.end_reason, ended.exit_code) == (EndReason.STOPPED, 137)
    assert "0.5 s" in ended.message


def test_stop_right_after_start_leaves_nothing(bench: Bench) -> None:
    bench.start("a")
    bench.runtime.stop("a")
    assert bench.ended("a").end_reason is EndReason.STOPPED


def test_stop_ends_grandchildren_too(bench: Bench) -> None:
    bench.start("a", FAMILY, grace_s=0.2)
    bench.running("a", says="up")
    eventually(lambda: bench.text("a").count("grandchild") == 2)
    bench.runtime.stop("a")
    bench.ended("a")
    eventually(lambda: not bench.kind.left())


def test_a_program_that_forks_all_the_time_is_ended(bench: Bench) -> None:
    bench.start("a", FORK_AWAY, grace_s=0.2)
    bench.running("a", says="up")
    bench.runtime.stop("a")
    bench.ended("a")
    eventually(lambda: not bench.kind.left())


def test_grandchildren_do_not_outlive_their_program(bench: Bench) -> None:
    bench.start("a", GRANDCHILDREN)
    assert bench.ended("a").end_reason is EndReason.EXITED
    eventually(lambda: not bench.kind.left())


def test_who_takes_more_memory_than_allowed_is_ended(bench: Bench) -> None:
    ended = bench.run("a", EAT, memory_mb=128)
    assert (ended.end_reason, ended.exit_code) == (EndReason.OUT_OF_MEMORY, 137)
    assert "128 MB" in ended.message
    assert ended.peak_memory_mb is not None
    assert ended.peak_memory_mb > 128


def test_memory_of_children_counts(bench: Bench) -> None:
    ended = bench.run("a", "import os\nfor _ in range(2):\n    os.fork()\n" + EAT.replace("16", "4"), memory_mb=256)
    assert ended.end_reason is EndReason.OUT_OF_MEMORY


def test_memory_shared_by_forks_counts_once(bench: Bench) -> None:
    program = """
import os, signal
block = bytearray(b"x") * (64 * 1024 * 1024)
for _ in range(3):
    if os.fork() == 0:
        while True:
            signal.pause()
print("up", flush=True)
signal.pause()
"""
    bench.start("a", program, memory_mb=128)
    started_at = bench.running("a", says="up").started_at
    assert started_at is not None
    eventually(lambda: clock.now() - started_at > timedelta(seconds=1.5))  # counted by process, it is over the limit
    assert 64 <= bench.kind.usage().usage()["a"].memory_mb <= 128
    bench.runtime.stop("a")
    assert bench.ended("a").end_reason is EndReason.STOPPED


def test_a_lost_instance_is_ended_and_told(bench: Bench) -> None:
    bench.start("a", FAMILY)
    bench.running("a", says="up")
    eventually(lambda: bench.text("a").count("grandchild") == 2)
    bench.kind.lose("a")
    ended = bench.ended("a")
    assert ended.end_reason is EndReason.LOST
    assert ended.message
    assert bench.kind.left() == []


def test_losing_one_instance_leaves_the_others_alone(bench: Bench) -> None:
    bench.start("a")
    bench.start("b")
    bench.running("a")
    bench.running("b")
    bench.kind.lose("a")
    bench.ended("a")
    assert bench.running("b").state is RunState.RUNNING


def test_another_runtime_adopts_what_runs(bench: Bench) -> None:
    bench.start("a", HANDLE)
    seen = bench.running("a", says="up")
    another = bench.kind.runtime()
    assert another.list() == [seen]
    another.stop("a")
    assert bench.ended("a").end_reason is EndReason.STOPPED


def test_usage_tells_cores_and_memory_of_what_runs(bench: Bench) -> None:
    bench.start("busy", "block = bytearray(b'x') * (64 * 1024 * 1024)\nwhile True: pass")
    bench.start("idle")
    bench.run("over", "")
    bench.running("busy")
    bench.running("idle")
    source = bench.kind.usage()
    assert set(source.usage()) == {"busy", "idle"}
    eventually(lambda: source.usage()["busy"].cpu_cores > 0.2)
    assert source.usage()["busy"].memory_mb >= 64
    assert source.usage()["busy"].cpu_seconds > source.usage()["idle"].cpu_seconds
    assert source.gpu_usage() == {}  # neither uses one
    assert source.usage()["idle"].cpu_cores < 0.2
