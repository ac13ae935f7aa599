"""Ends what an instance left behind when its keeper died."""

import time

from deploy_ui.runtimes.keeper import processes
from deploy_ui.runtimes.keeper.ending import kill

PATIENCE_S = 2.0
PAUSE_S = 0.01


def end_remains(*, key: str, port: int, pid: int, pid_start: int) -> bool:
    """Kill every process of the instance and say whether none is left.

    The program itself dies with its keeper (the kernel sees to it), but what it started may not. A process is known
    as the instance's by its environment (INSTANCE and PORT together are unique), or by sharing the session of one that
    is. One that left the session and cleared its environment while the keeper lived is found by the keeper only.
    """
    until = time.monotonic() + PATIENCE_S
    while family := _family(key, port, pid, pid_start):
        kill(sorted(family))
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE_S)
    return True


def _family(key: str, port: int, pid: int, pid_start: int) -> set[int]:
    marks = {f"INSTANCE={key}".encode(), f"PORT={port}".encode()}
    seen = {each: stat for each in processes.all_pids() if (stat := processes.stat(each)) and stat.state not in "ZX"}
    marked = {each for each in seen if marks <= _environment(each)}
    leader = seen.get(pid)
    if leader and leader.start == pid_start:
        marked.add(pid)
    sessions = {seen[each].session for each in marked} & {pid}
    return marked | {each for each, stat in seen.items() if stat.session in sessions}


def _environment(pid: int) -> set[bytes]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 a file of the kernel's, read very often
            return set(file.read().split(b"\0"))
    except OSError:
        return set()
