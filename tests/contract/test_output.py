from datetime import timedelta
from itertools import pairwise

import pytest

from deploy_ui import clock
from deploy_ui.errors import Invalid
from deploy_ui.runtimes.base import RunState
from tests.contract.bench import Bench
from tests.waiting import eventually


def test_lines_come_in_order_with_their_time_and_stream(bench: Bench) -> None:
    program = "import sys\nfor n in range(3):\n    print(n, flush=True)\nprint('trouble', file=sys.stderr)"
    bench.run("a", program)
    lines = bench.lines("a")
    assert [line.text for line in lines if line.stream == "stdout"] == ["0", "1", "2"]
    assert [line.text for line in lines if line.stream == "stderr"] == ["trouble"]
    assert {line.instance for line in lines} == {"a"}
    assert all(earlier.at <= later.at for earlier, later in pairwise(lines))
    assert all(earlier.cursor < later.cursor for earlier, later in pairwise(lines))
    assert clock.now() - lines[0].at < timedelta(minutes=1)


def test_the_platform_says_when_it_began_and_why_it_ended(bench: Bench) -> None:
    bench.run("a", "raise SystemExit(3)")
    said = [line.text for line in bench.logs.read("a") if line.stream == "platform"]
    assert said[0].startswith("started on port ")
    assert said[-1] == "ended (crashed, exit code 3)"


def test_a_last_line_without_a_break_is_kept(bench: Bench) -> None:
    bench.run("a", "import sys; sys.stdout.write('no break')")
    assert bench.text("a") == ["no break"]


def test_tail_returns_the_newest_of_several_instances(bench: Bench) -> None:
    bench.run("a", "for n in range(50): print('a', n)")
    bench.run("b", "for n in range(50): print('b', n)")
    lines = [line for line in bench.logs.tail(["a", "b"], limit=60) if line.stream != "platform"]
    assert [line.text for line in lines if line.instance == "b"] == [f"b {n}" for n in range(50)]
    assert lines[0].instance == "a"
    assert bench.logs.tail(["a", "b"], limit=1)[0].instance == "b"


def test_reading_on_gives_every_line_once(bench: Bench) -> None:
    bench.run("a", "for n in range(1000): print(n)")
    cursors: dict[str, str] = {}
    texts = []
    while lines := bench.logs.after(["a"], cursors, limit=77):
        assert len(lines) <= 77
        texts += [line.text for line in lines if line.stream == "stdout"]
        cursors["a"] = lines[-1].cursor
    assert texts == [str(n) for n in range(1000)]


def test_following_gives_new_lines_and_no_old_ones(bench: Bench) -> None:
    bench.run("old", "for n in range(100): print('old', n)")
    program = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("first", flush=True)
signal.sigwait([signal.SIGTERM])
print("second")
"""
    bench.start("a", program)
    bench.running("a", says="first")
    cursors = {line.instance: line.cursor for line in bench.logs.tail(["old", "a"], limit=1)}
    assert set(cursors) == {"a"}
    assert bench.logs.after(["old", "a"], cursors, limit=100) == []
    bench.runtime.stop("a")
    bench.ended("a")
    said = [line.text for line in bench.logs.after(["old", "a"], cursors, limit=100) if line.stream == "stdout"]
    assert said == ["second"]


def test_following_gives_all_of_an_instance_that_comes_later(bench: Bench) -> None:
    bench.run("a", "print('a')")
    cursors = {line.instance: line.cursor for line in bench.logs.tail(["a"], limit=10)}
    bench.run("b", "print('b')")
    said = [line.text for line in bench.logs.after(["a", "b"], cursors, limit=10) if line.stream == "stdout"]
    assert said == ["b"]


@pytest.mark.parametrize("cursor", ["", "x", "1-2", "1-2-3-4", "-1-1-1", "1-1-" + "9" * 5000])
def test_a_forged_cursor_is_refused(bench: Bench, cursor: str) -> None:
    with pytest.raises(Invalid, match="log_cursor_invalid"):
        bench.logs.after(["a"], {"a": cursor}, limit=1)


def test_an_instance_that_never_was_has_no_lines(bench: Bench) -> None:
    assert bench.logs.tail(["nobody"], limit=5) == []
    assert bench.logs.after(["nobody"], {}, limit=5) == []
    assert list(bench.logs.read("nobody")) == []


def test_log_outlives_the_instance(bench: Bench) -> None:
    bench.run("a", "print('remember me')")
    bench.runtime.forget("a")
    assert bench.text("a") == ["remember me"]


def test_binary_output_is_harmless(bench: Bench) -> None:
    bench.run("a", "import os; os.write(1, bytes(range(256)) * 40 + b'\\n'); os.write(1, b'after\\n')")
    lines = bench.lines("a")
    assert lines[-1].text == "after"
    assert not any("\0" in line.text or "\n" in line.text for line in lines)
    assert any("\ufffd" in line.text for line in lines)


def test_a_line_of_a_megabyte_is_split_and_nothing_is_lost(bench: Bench) -> None:
    bench.run("a", "print('\u0436' * 500_000, end='')")
    lines = bench.text("a")
    assert "".join(lines) == "\u0436" * 500_000
    assert max(len(line.encode()) for line in lines) <= 8192


def test_a_hundred_thousand_lines_at_once_are_all_kept(bench: Bench) -> None:
    bench.run("a", "import sys; sys.stdout.write(''.join(f'line {n}\\n' for n in range(100_000)))")
    assert bench.text("a") == [f"line {n}" for n in range(100_000)]


def test_a_flood_is_bounded_and_does_not_harm_the_instance(bench: Bench) -> None:
    program = """
import os
block = (b"x" * 99 + b"\\n") * 10_000
for _ in range(70):
    os.write(1, block)
os.write(1, b"done\\n")
"""
    ended = bench.run("a", program)
    assert ended.exit_code == 0
    kept = bench.text("a")
    assert kept[-1] == "done"
    assert 100_000 < len(kept) < 600_000


def test_cursors_survive_a_flood(bench: Bench) -> None:
    program = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
os.write(1, b"before\\n")
signal.sigwait([signal.SIGTERM])
for _ in range(20):
    os.write(1, (b"x" * 99 + b"\\n") * 10_000)
"""
    bench.start("a", program)
    bench.running("a", says="before")
    cursor = bench.lines("a")[-1].cursor
    bench.runtime.stop("a")
    bench.ended("a")
    said = [line for line in bench.logs.after(["a"], {"a": cursor}, limit=300_000) if line.stream == "stdout"]
    assert len(said) == 200_000


def test_a_progress_bar_shows_what_it_shows_last(bench: Bench) -> None:
    bench.run("a", "import os; os.write(2, b'\\r 10%\\r 50%'); os.write(2, b'\\r100%\\nnext\\r\\n')")
    assert bench.text("a") == ["100%", "next"]


def test_a_progress_bar_is_seen_while_it_runs(bench: Bench) -> None:
    bench.start("a", "import os, signal; os.write(2, b'\\r 10%'); signal.pause()")
    eventually(lambda: bench.text("a") == [" 10%"])


def test_output_of_grandchildren_is_in_the_log(bench: Bench) -> None:
    bench.run("a", "import os; os.system('echo from a shell')")
    assert bench.text("a") == ["from a shell"]


def test_an_instance_may_close_its_output_and_go_on(bench: Bench) -> None:
    bench.start("a", "import os, signal; os.write(1, b'up\\n'); os.close(1); os.close(2); signal.pause()")
    assert bench.running("a", says="up").state is RunState.RUNNING


def test_reading_input_gives_nothing(bench: Bench) -> None:
    assert bench.run("a", "import sys; sys.exit(len(sys.stdin.read()))").exit_code == 0
