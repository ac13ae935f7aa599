import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from deploy_ui.builds.base import BuildCanceled
from deploy_ui.builds.process import LEASH, LONGEST_LINE, Cut, Ended, Limits, run
from tests.builds.recorder import Recorder
from tests.waiting import eventually

ESCAPES = """
import os, sys, time
written, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        with open(sys.argv[1], "w") as file:
            file.write(str(os.getpid()))
        os.write(writing, b".")
        time.sleep(600)
    os._exit(0)
os.wait()
os.read(written, 1)
if len(sys.argv) > 2:
    time.sleep(600)
"""
"""Starts a process that leaves its session and its parent, as a daemon does, and writes its id to a file."""


def python(tmp_path: Path, code: str, *arguments: str, recorder: Recorder | None = None, **limits: float) -> Ended:
    return run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        limits=Limits(limits.get("seconds", 30), int(limits["memory"]) if "memory" in limits else None),
        progress=recorder or Recorder(),
    )


def alive(pid_file: Path) -> bool:
    return psutil.pid_exists(int(pid_file.read_text()))


def test_lines_of_both_streams_come_in_their_order(tmp_path: Path) -> None:
    recorder = Recorder()
    python(tmp_path, "import sys; print('a'); print('b'); print('c', file=sys.stderr)", recorder=recorder)
    assert [line for line in recorder.lines if line[0] == "stdout"] == [("stdout", "a"), ("stdout", "b")]
    assert ("stderr", "c") in recorder.lines


def test_a_last_line_without_a_break_is_not_lost(tmp_path: Path) -> None:
    assert list(python(tmp_path, "print('a\\nb', end='')").stdout) == ["a", "b"]


def test_much_output_at_the_very_end_is_not_lost(tmp_path: Path) -> None:
    recorder = Recorder()
    python(tmp_path, "import os; os.write(1, b'x\\n' * 30000)", recorder=recorder)
    assert len(recorder.lines) == 30_000


def test_an_endless_line_is_split(tmp_path: Path) -> None:
    recorder = Recorder()
    python(tmp_path, "print('x' * 100_000)", recorder=recorder)
    assert max(len(line) for _, line in recorder.lines) <= LONGEST_LINE


@pytest.mark.parametrize(
    ("code", "expected"),
    [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 11)", 139), ("pass", 0)],
    ids=["a code", "a signal", "success"],
)
def test_the_exit_code_is_as_a_shell_shows_it(tmp_path: Path, code: str, expected: int) -> None:
    assert python(tmp_path, code).code == expected


def test_a_program_that_is_not_there_fails_like_in_a_shell(tmp_path: Path) -> None:
    ended = run(["/nonexistent"], cwd=tmp_path, env={}, limits=Limits(10), progress=Recorder())
    assert ended.code == 127


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    assert python(tmp_path, "import time; time.sleep(600)", seconds=0.2).cut is Cut.TIME


def test_a_command_that_takes_too_much_memory_is_ended(tmp_path: Path) -> None:
    ended = python(tmp_path, "x = bytearray(200_000_000); import time; time.sleep(600)", memory=100_000_000)
    assert ended.cut is Cut.MEMORY


def test_a_command_that_closed_its_output_is_still_waited_for(tmp_path: Path) -> None:
    code = "import os; os.close(1); os.close(2); open('there', 'w').close()"
    assert (python(tmp_path, code).code, (tmp_path / "there").exists()) == (0, True)


def test_a_canceled_command_ends_at_once(tmp_path: Path) -> None:
    recorder = Recorder()
    threading.Timer(0.3, recorder.cancel.set).start()
    begun = time.monotonic()
    with pytest.raises(BuildCanceled):
        python(tmp_path, "import time; time.sleep(600)", recorder=recorder)
    assert time.monotonic() - begun < 30


def test_a_daemon_does_not_survive_a_command_that_ends(tmp_path: Path) -> None:
    python(tmp_path, ESCAPES, "pid")
    assert not alive(tmp_path / "pid")


def test_a_daemon_does_not_survive_a_command_that_is_ended(tmp_path: Path) -> None:
    python(tmp_path, ESCAPES, "pid", "stay", seconds=1)
    assert not alive(tmp_path / "pid")


def test_nothing_survives_when_the_asker_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(LEASH), sys.executable, "-c", ESCAPES, str(tmp_path / "pid"), "stay"]
    asker = f"import subprocess; subprocess.Popen({command!r}, stdin=subprocess.PIPE).wait()"
    with subprocess.Popen([sys.executable, "-c", asker]) as process:
        eventually((tmp_path / "pid").exists)
        eventually((tmp_path / "pid").read_text)
        process.send_signal(signal.SIGKILL)
    eventually(lambda: not alive(tmp_path / "pid"))


def test_the_command_sees_only_the_given_variables(tmp_path: Path) -> None:
    ended = python(tmp_path, "import os; print(sorted(set(os.environ) - {'LC_CTYPE', 'PWD'}))")
    assert list(ended.stdout) == ["['PATH']"]
