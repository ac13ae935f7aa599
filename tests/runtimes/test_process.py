import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy_ui.runtimes import launch as launching
from deploy_ui.runtimes import process as process_module
from deploy_ui.runtimes.base import EndReason, InstanceSpec, RunState
from deploy_ui.runtimes.folder import keeper_pid
from deploy_ui.runtimes.keeper import processes, report
from deploy_ui.runtimes.process import ProcessRuntime
from tests.contract.bench import Bench, ProcessKind
from tests.waiting import eventually

SECRET = "s3cret-of-a-person"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "image").mkdir()
    bench = Bench(ProcessKind(tmp_path), tmp_path / "image")
    yield bench
    bench.clean()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instances" / "a"


def no_keeper(*_: object) -> None:
    """Stand for a controller that dies before the keeper runs."""


def test_an_instance_learns_where_to_say_how_far_it_is(bench: Bench, tmp_path: Path) -> None:
    program = "import os; print(os.environ.get('NOTIFY_SOCKET'))"
    bench.run("a", program)
    ProcessRuntime(tmp_path / "instances", tmp_path / "logs", tmp_path / "notify.sock").start(
        bench.spec("b", program, env={"NOTIFY_SOCKET": "/forged"})
    )
    bench.ended("b")
    assert [bench.text("a"), bench.text("b")] == [["None"], [str(tmp_path / "notify.sock")]]


def test_secrets_are_in_no_arguments_and_leave_the_disk_when_the_instance_runs(bench: Bench, folder: Path) -> None:
    bench.start("a", env={"TOKEN": SECRET})
    bench.running("a")
    pid = keeper_pid(folder)
    assert SECRET.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert SECRET.encode() not in Path(f"/proc/{pid}/environ").read_bytes()
    kept = [path for path in folder.rglob("*") if path.is_file() and SECRET in path.read_text(errors="replace")]
    assert kept == []


def test_order_is_readable_by_the_owner_only(bench: Bench, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "launch", no_keeper)
    bench.start("a", env={"TOKEN": SECRET})
    assert SECRET.encode() in (folder / report.ORDER_FILE).read_bytes()
    assert stat.S_IMODE((folder / report.ORDER_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_start_that_was_cut_in_two_is_not_listed_and_is_made_whole_under_its_key(bench: Bench, folder: Path) -> None:
    cut_in_two(bench)
    assert bench.runtime.list() == []
    bench.runtime.stop("a")
    bench.runtime.forget("a")
    bench.start("a", "import signal; signal.pause()")
    assert bench.running("a").state is RunState.RUNNING
    assert keeper_pid(folder) is not None


def cut_in_two(bench: Bench) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process_module, "launch", no_keeper)
        bench.start("a")


def test_a_start_that_is_under_way_is_not_begun_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    launch = launching.launch

    def twice(*held: Any) -> None:
        bench.start("a")
        launch(*held)

    monkeypatch.setattr(process_module, "launch", twice)
    bench.start("a")
    assert bench.running("a").state is RunState.RUNNING
    assert len(bench.runtime.list()) == 1


def test_what_a_cut_start_left_is_swept_up_when_nobody_wants_it_any_more(bench: Bench, folder: Path) -> None:
    cut_in_two(bench)
    os.utime(folder, (0, 0))
    bench.start("b")
    assert not folder.exists()
    assert [each.key for each in bench.runtime.list()] == ["b"]


def test_a_keeper_that_cannot_start_on_a_full_disk_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(process_module, "launch", full)
    bench.start("a")
    (seen,) = bench.runtime.list()
    assert (seen.state, seen.end_reason) == (RunState.ENDED, EndReason.START_FAILED)
    assert "No space left" in seen.message


def test_a_keeper_that_cannot_start_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "DETACH", "exit 3")
    bench.start("a")
    ended = bench.ended("a")
    assert ended.end_reason is EndReason.START_FAILED
    assert "keeper did not start" in ended.message


def test_a_keeper_that_breaks_says_why(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "IMPORT", "raise SystemExit('no such module: keeper')")
    bench.start("a")
    ended = bench.ended("a")
    assert (ended.end_reason, ended.message) == (EndReason.START_FAILED, "no such module: keeper")


def test_after_a_restart_of_the_machine_instances_are_lost(bench: Bench, folder: Path) -> None:
    bench.start("a")
    bench.running("a")
    pid = keeper_pid(folder)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: keeper_pid(folder) is None)
    report.write(str(folder), report.read(str(folder)) | {"boot": "another", "pid": 1, "pid_start": 0})
    assert bench.ended("a").end_reason is EndReason.LOST


def test_a_report_that_a_power_cut_broke_is_a_loss(bench: Bench, folder: Path) -> None:
    bench.run("a", "")
    (folder / report.FILE).write_bytes(b"\0" * 100)
    assert bench.ended("a").state is RunState.ENDED


@pytest.mark.parametrize("broken", ['{"state": "flying"}', "[]", '{"state": {}, "end_reason": 5, "revision": "x"}'])
def test_a_report_that_somebody_forged_harms_no_other_instance(bench: Bench, folder: Path, broken: str) -> None:
    bench.start("b")
    bench.running("b")
    bench.run("a", "")
    (folder / report.FILE).write_text(broken)
    assert bench.running("b").state is RunState.RUNNING
    assert bench.ended("a").state is RunState.ENDED


def test_a_full_disk_costs_log_lines_but_not_the_instance(bench: Bench, folder: Path) -> None:
    program = """
import os, signal
os.write(1, (b"x" * 99 + b"\\n") * 1000)
open("written", "w")
signal.pause()
"""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, before[1]))  # keeper and instance inherit it
    try:
        bench.start("a", program)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    eventually((folder / report.WORK_FOLDER / "written").exists)
    assert bench.running("a").state is RunState.RUNNING
    bench.runtime.stop("a")
    assert bench.ended("a").end_reason is EndReason.STOPPED
    assert bench.text("a") == []
    assert any("lines were lost" in line.text for line in bench.logs.read("a"))


def test_a_start_that_cannot_be_written_down_is_told(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "full").write_text("a file where the folder should be")
    runtime = ProcessRuntime(tmp_path / "full" / "instances", tmp_path / "logs")
    runtime.start(bench.spec("a"))
    (seen,) = runtime.list()
    assert (seen.key, seen.deployment, seen.end_reason) == ("a", "iris", EndReason.START_FAILED)
    assert "Not a directory" in seen.message
    runtime.forget("a")
    assert runtime.list() == []


def test_the_program_dies_with_its_keeper_even_if_nobody_looks(bench: Bench, folder: Path) -> None:
    bench.start("a")
    bench.running("a")
    program = report.read(str(folder))["pid"]
    assert isinstance(program, int)
    bench.kind.lose("a")
    eventually(lambda: (seen := processes.stat(program)) is None or seen.state == "Z")


def test_keeper_ends_the_instance_well_when_the_machine_goes_down(bench: Bench, folder: Path) -> None:
    program = "import signal, sys; signal.signal(15, lambda *_: sys.exit(7)); print('up', flush=True); signal.pause()"
    bench.start("a", program)
    bench.running("a", says="up")
    pid = keeper_pid(folder)
    assert pid is not None
    os.kill(pid, signal.SIGTERM)
    ended = bench.ended("a")
    assert (ended.end_reason, ended.exit_code) == (EndReason.STOPPED, 7)


def test_instances_outlive_the_process_that_started_them(bench: Bench, tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from deploy_ui.runtimes.base import InstanceSpec
from deploy_ui.runtimes.process import ProcessRuntime
base = Path({str(tmp_path)!r})
spec = InstanceSpec("a", "iris", 1, ("/bin/sleep", "600"), base / "image")
ProcessRuntime(base / "instances", base / "logs").start(spec)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    assert bench.running("a").state is RunState.RUNNING


def test_keeper_is_no_child_of_ours_that_we_would_have_to_wait_for(bench: Bench, folder: Path) -> None:
    bench.start("a")
    bench.running("a")
    keeper = processes.stat(keeper_pid(folder) or 0)
    assert keeper is not None
    assert keeper.parent != os.getpid()
    assert keeper.session != os.getsid(0)


def test_an_unfinished_start_is_swept_up_later(bench: Bench, tmp_path: Path) -> None:
    leftover = tmp_path / "instances" / ".draft-old"
    leftover.mkdir(parents=True)
    os.utime(leftover, (1_000_000_000, 1_000_000_000))
    bench.run("a", "")
    assert not leftover.exists()


def test_forgetting_removes_what_the_instance_made_unreadable(bench: Bench, folder: Path) -> None:
    bench.run("a", "import os; os.makedirs('x/y'); open('x/y/z', 'w'); os.chmod('x/y', 0); os.chmod('x', 0)")
    bench.runtime.forget("a")
    assert not folder.exists()
    assert list(folder.parent.glob(".trash*")) == []


def test_forgetting_does_not_follow_links_out(bench: Bench, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("keep")
    bench.run("a", f"import os; os.symlink({str(outside)!r}, 'link')")
    bench.runtime.forget("a")
    assert (outside / "precious").read_text() == "keep"


def test_a_port_rests_after_its_instance_ended(bench: Bench, tmp_path: Path) -> None:
    address = bench.run("a", "").address
    bench.runtime.forget("a")
    assert (tmp_path / "instances" / ".ports" / address.split(":")[1]).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")
def test_an_instance_of_root_obeys_read_only_files(bench: Bench) -> None:
    ended = bench.run("a", "import os; open('x', 'w'); os.chmod('x', 0o400); open('x', 'w')")
    assert "Permission denied" in ended.message


def test_two_runtimes_that_start_the_same_key_at_once_start_it_once(bench: Bench, tmp_path: Path) -> None:
    other = ProcessRuntime(tmp_path / "instances", tmp_path / "logs")
    spec: InstanceSpec = bench.spec("a")
    bench.runtime.start(spec)
    other.start(spec)
    bench.running("a")
    assert len([words for words in bench.kind.left() if "keeper.main" in words]) == 1
