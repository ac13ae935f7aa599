"""Kills families of processes."""

import contextlib
import os
import signal

from . import processes


def kill(pids: list[int]) -> None:
    """Kill these processes and everything in their process groups.

    The kernel kills a group as a whole, so a program that forks faster than we look does not get away.
    """
    own = os.getpgrp()
    groups = {seen.group for pid in pids if (seen := processes.stat(pid))}
    for group in groups - {own}:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
