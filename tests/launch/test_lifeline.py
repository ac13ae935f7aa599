import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy_ui.build_pages import ROOT
from deploy_ui.launch import lifeline
from tests.waiting import eventually

ATTACH = "from deploy_ui.launch import lifeline; lifeline.attach('part')"
SLEEP = "import time; time.sleep(600)"
EXEC = "import os; os.execv('/bin/sleep', ['sleep', '600'])"


def start(code: str, folder: Path | None) -> subprocess.Popen[bytes]:
    """Start a process that starts another with this code, as supervisord would."""
    env = os.environ | ({lifeline.SUPERVISED: str(folder)} if folder else {})
    keeper = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {code!r}]).wait()"
    return subprocess.Popen([sys.executable, "-c", keeper], env=env, cwd=ROOT)


@pytest.mark.parametrize("then", [SLEEP, EXEC], ids=["itself", "what it became by exec"])
def test_a_part_ends_when_its_keeper_is_killed(tmp_path: Path, then: str) -> None:
    keeper = start(f"{ATTACH}; {then}", tmp_path)
    pid = eventually(lambda: lifeline.alive(tmp_path).get("part"), 60)
    assert pid is not None
    keeper.kill()
    keeper.wait()
    eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_what_a_part_starts_is_tied_to_nobody(tmp_path: Path) -> None:
    code = f"{ATTACH}; import os, sys; sys.exit({lifeline.SUPERVISED!r} in os.environ)"
    process = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {lifeline.SUPERVISED: str(tmp_path)}, cwd=ROOT, check=False
    )
    assert process.returncode == 0


def test_a_part_that_was_started_alone_leaves_no_trace(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", ATTACH], cwd=ROOT, check=True)
    assert lifeline.alive(tmp_path) == {}


def test_leftovers_end_even_if_they_do_not_listen(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    keeper = start(f"{deaf}; {ATTACH}; {SLEEP}", tmp_path)
    eventually(lambda: lifeline.alive(tmp_path), 60)
    lifeline.end_all(tmp_path, grace_s=0.2)
    assert lifeline.alive(tmp_path) == {}
    assert keeper.wait() == 0


def test_a_number_that_went_to_another_process_is_not_the_part(tmp_path: Path) -> None:
    (tmp_path / "part.pid").write_text(f"{os.getpid()} 1.0")
    (tmp_path / "broken.pid").write_text("x")
    assert lifeline.alive(tmp_path) == {}
    os.kill(os.getpid(), signal.SIG_DFL)  # we are alive: nobody may have ended us
