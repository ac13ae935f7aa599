"""Runs one command so that nothing of it outlives whoever asked: `python -I -S leash.py COMMAND…`.

Our standard input is a pipe whose other end only the asker holds. When it closes, because the asker wants the
command to end or was itself killed, every process that the command has started is killed, those included that
tried to escape into a session of their own. Exits as the command did: 128 + n for signal n.

Stands alone and imports little, because it is started for every step of a build.
"""

import ctypes
import os
import select
import signal
import sys

PR_SET_CHILD_SUBREAPER = 36
CANNOT_RUN = 127
ENDED_EARLY = 137


def main(command: list[str]) -> int:
    """Run the command to its end, or to the end of our standard input."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    ended, ends = os.pipe()
    signal.signal(signal.SIGCHLD, lambda *_: None)
    os.set_blocking(ends, False)
    signal.set_wakeup_fd(ends, warn_on_full_buffer=False)
    child = start(command)
    code = None
    while code is None:
        readable, _, _ = select.select([0, ended], [], [])
        if 0 in readable and not os.read(0, 1024):
            code = ENDED_EARLY
        if ended in readable:
            os.read(ended, 1024)
            code = reap(child, code)
    kill_all()
    return code


def start(command: list[str]) -> int:
    """Start the command in a session of its own, with nothing to read."""
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(CANNOT_RUN)


def reap(child: int, code: int | None) -> int | None:
    """Bury every process that has ended; return the command's exit code once it is among them."""
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if not process:
            return code
        if process == child and code is None:
            result = os.waitstatus_to_exitcode(status)
            code = result if result >= 0 else 128 - result


def kill_all() -> None:
    """Kill our descendants until none is left: orphans become our children, so each round finds them."""
    while children := [child for child in descendants(os.getpid()) if child != os.getpid()]:
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return
        reap(-1, None)


def descendants(process: int) -> list[int]:
    """List the process and all below it, as far as they have not ended and been buried."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208 - pathlib would double our start-up time here
        if entry.isdigit():
            parents.setdefault(parent(entry), []).append(int(entry))
    found = [process]
    for each in found:
        found.extend(parents.get(each, []))
    return found


def parent(process: str) -> int:
    """Return the parent of a process; 0 when it has gone."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:  # noqa: PTH123
            status = file.read()
    except OSError:
        return 0
    return int(status.rpartition(b")")[2].split()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
