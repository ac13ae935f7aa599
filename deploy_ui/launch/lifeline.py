"""What ties a part to its supervisor: it never outlives it, and it can be found again.

A part that was started alone, as a cluster would, has no lifeline and ends only when it is told to.
"""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from deploy_ui.runtimes.keeper import kernel

SUPERVISED = "DEPLOY_UI_SUPERVISED"
"""Set in the environment of everything that `deploy-ui up` starts: the folder for its pid file."""
GRACE_S = 20
"""How long parts may take to end once they were told to."""


def attach(name: str) -> None:
    """Tie this process to its parent, if `deploy-ui up` started it; call it before any thread starts.

    The kernel sends SIGTERM when the parent ends, however it ends; that holds through `exec` too.
    """
    folder = os.environ.pop(SUPERVISED, None)  # what this process starts is tied to nobody
    if folder is None:
        return
    parent = os.getppid()
    kernel.die_with_parent(signal.SIGTERM)
    if parent == 1 or os.getppid() != parent:  # it ended before the kernel knew of our wish
        sys.exit(1)
    Path(folder, f"{name}.pid").write_text(f"{os.getpid()} {psutil.Process().create_time()}")


def alive(folder: Path) -> dict[str, int]:
    """Return name and process id of every part whose pid file lies in the folder and that still runs."""
    found = {path.stem: _living(path) for path in sorted(folder.glob("*.pid"))}
    return {name: pid for name, pid in found.items() if pid is not None}


def end_all(folder: Path, *, grace_s: float = GRACE_S) -> None:
    """End every part that still runs: SIGTERM, and SIGKILL to what is left after the grace. Returns when none is."""
    processes = [psutil.Process(pid) for pid in alive(folder).values()]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, left = psutil.wait_procs(processes, timeout=grace_s)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left)


def _living(path: Path) -> int | None:
    """Return the process of a pid file, unless it ended or its number went to another."""
    try:
        pid, created = path.read_text().split()
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(created)) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.Error):
        return None
    return process.pid if same else None
