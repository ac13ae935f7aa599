import json
import os
import socket
import sys
from datetime import timedelta

import pytest

from deploy_ui import clock
from deploy_ui.runtimes.base import EndReason, RunState
from tests.contract.bench import Bench
from tests.waiting import eventually

LISTEN = """
import os, socket
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
print("listening", flush=True)
while True:
    server.accept()[0].sendall(os.environ["INSTANCE"].encode())
"""
SHOW_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"


def test_started_instance_runs_and_says_where_it_listens(bench: Bench) -> None:
    bench.start("a", LISTEN)
    seen = bench.running("a", says="listening")
    host, port = seen.address.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as client:
        assert client.recv(10) == b"a"
    assert (seen.state, seen.deployment, seen.revision) == (RunState.RUNNING, "iris", 1)
    assert seen.node
    assert seen.started_at is not None
    assert clock.now() - seen.started_at < timedelta(minutes=1)


def test_starting_twice_is_starting_once(bench: Bench) -> None:
    bench.start("a", "import os, signal; print(os.getpid(), flush=True); signal.pause()")
    first = bench.running("a")
    eventually(lambda: len(bench.text("a")) == 1)
    bench.runtime.start(bench.spec("a", "print('another')"))
    bench.kind.runtime().start(bench.spec("a", "print('another')"))
    assert [each.address for each in bench.runtime.list()] == [first.address]
    bench.runtime.stop("a")
    bench.ended("a")
    assert len(bench.text("a")) == 1


def test_an_ended_instance_is_not_started_again(bench: Bench) -> None:
    ended = bench.run("a", "print('once')")
    bench.start("a", "print('once')")
    assert bench.seen("a") == ended
    assert bench.text("a") == ["once"]


def test_a_forgotten_key_may_be_used_again(bench: Bench) -> None:
    bench.run("a", "print('first')")
    bench.runtime.forget("a")
    assert bench.runtime.list() == []
    bench.run("a", "print('second')")
    assert bench.text("a") == ["first", "second"]


def test_forgetting_leaves_a_running_instance_alone(bench: Bench) -> None:
    bench.start("a")
    bench.running("a")
    bench.runtime.forget("a")
    assert bench.seen("a")


def test_absent_instances_may_be_stopped_and_forgotten(bench: Bench) -> None:
    bench.runtime.stop("nobody")
    bench.runtime.forget("nobody")
    assert bench.runtime.list() == []


def test_twenty_at_once_get_twenty_ports(bench: Bench) -> None:
    runtimes = [bench.kind.runtime() for _ in range(4)]
    for number in range(20):
        runtimes[number % 4].start(bench.spec(f"a{number}", LISTEN))
    eventually(lambda: all(each.started_at for each in bench.runtime.list()), 30)
    eventually(lambda: all(bench.text(f"a{number}") == ["listening"] for number in range(20)), 30)
    assert len({each.address for each in bench.runtime.list()}) == 20


def test_instance_sees_its_own_variables_and_no_others(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROLLERS_SECRET", "x")
    bench.run("a", SHOW_ENVIRONMENT, env={"MODEL": "iris", "PORT": "1", "INSTANCE": "forged"})
    seen = json.loads(bench.text("a")[0])
    assert "CONTROLLERS_SECRET" not in seen
    assert (seen["MODEL"], seen["DEPLOYMENT"], seen["INSTANCE"]) == ("iris", "iris", "a")
    assert int(seen["PORT"]) > 1024
    assert {"PATH", "HOME", "TMPDIR", "LANG"} <= set(seen)


@pytest.mark.parametrize(
    "value",
    ["two\nlines", "\"quoted\" and 'quoted'", "$HOME `id` $(id) \\", "\u043a 🔑", "", " " * 5, "=a=b", "x" * 32768],
    ids=["newline", "quotes", "shell", "unicode", "empty", "blanks", "equals", "long"],
)
def test_values_arrive_as_they_are(bench: Bench, value: str) -> None:
    program = "import os, sys; sys.exit(0 if os.environ['VALUE'] == open('value', newline='').read() else 9)"
    (bench.image / "value").write_bytes(value.encode())
    assert bench.run("a", program, env={"VALUE": value}).exit_code == 0


def test_a_value_that_no_environment_can_hold_is_told(bench: Bench) -> None:
    ended = bench.run("a", "", env={"VALUE": "a\0b"})
    assert ended.end_reason is EndReason.START_FAILED
    assert "null byte" in ended.message


def test_program_finds_the_images_files_around_it(bench: Bench) -> None:
    (bench.image / "models").mkdir()
    (bench.image / "models" / "weights.txt").write_text("weights")
    bench.run("a", "print(open('models/weights.txt').read())")
    assert bench.text("a") == ["weights"]


@pytest.mark.parametrize("size", [10, 17 * 1024 * 1024], ids=["small", "large"])
def test_instance_cannot_change_the_image(bench: Bench, size: int) -> None:
    (bench.image / "weights.bin").write_bytes(b"x" * size)
    program = """
import contextlib, os
with contextlib.suppress(PermissionError):
    open("weights.bin", "r+b").write(b"changed")
os.unlink("weights.bin")
open("new.txt", "w").write("mine")
"""
    assert bench.run("a", program).exit_code == 0
    assert (bench.image / "weights.bin").read_bytes() == b"x" * size
    assert not (bench.image / "new.txt").exists()


def test_instances_do_not_see_each_others_files(bench: Bench) -> None:
    bench.run("a", "open('mine', 'w')")
    assert bench.run("b", "open('mine')").end_reason is EndReason.CRASHED


def test_home_and_temporary_files_are_the_instances_own_and_go_with_it(bench: Bench) -> None:
    program = "import os; print(*(os.path.exists(os.environ[n]) and os.environ[n] for n in ('HOME', 'TMPDIR')))"
    bench.run("a", program)
    bench.run("b", program)
    folders = [path for key in "ab" for path in bench.text(key)[0].split()]
    assert len(set(folders)) == 4
    bench.runtime.forget("a")
    assert [os.path.exists(path) for path in folders] == [False, False, True, True]  # noqa: PTH110


def test_a_program_that_does_not_exist_is_told(bench: Bench) -> None:
    bench.start("a", command=("no-such-program", "x"))
    ended = bench.ended("a")
    assert ended.end_reason is EndReason.START_FAILED
    assert "no-such-program" in ended.message
    assert "No such file" in ended.message


def test_an_empty_command_is_told(bench: Bench) -> None:
    bench.start("a", command=())
    ended = bench.ended("a")
    assert (ended.end_reason, ended.message) == (EndReason.START_FAILED, "the command is empty")


def test_a_missing_folder_is_told(bench: Bench) -> None:
    bench.start("a", folder=bench.image / "gone")
    ended = bench.ended("a")
    assert ended.end_reason is EndReason.START_FAILED
    assert "gone" in ended.message


def test_a_folder_that_cannot_be_read_is_told(bench: Bench) -> None:
    (bench.image / "inner").write_text("a file where a folder should be")
    bench.start("a", folder=bench.image / "inner")
    ended = bench.ended("a")
    assert ended.end_reason is EndReason.START_FAILED
    assert "inner" in ended.message


def test_an_instance_that_never_listens_just_runs(bench: Bench) -> None:
    bench.start("a", "import signal; print('idle', flush=True); signal.pause()")
    assert bench.running("a", says="idle").state is RunState.RUNNING


def test_command_sees_its_port_through_a_shell(bench: Bench) -> None:
    bench.start("a", command=("/bin/sh", "-c", f'exec {sys.executable} -I -S -c "print($PORT)"'))
    port = bench.ended("a").address.split(":")[1]
    assert bench.text("a") == [port]


@pytest.mark.parametrize("key", ["", "../x", "a/b", "a b", "a" * 65])
def test_a_key_that_is_no_key_is_refused(bench: Bench, key: str) -> None:
    with pytest.raises(ValueError, match="not an instance's key"):
        bench.runtime.stop(key)
