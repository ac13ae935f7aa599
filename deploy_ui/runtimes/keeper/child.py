"""Starts the instance's program in a session of its own."""

import contextlib
import fcntl
import os
import resource
import signal
from collections.abc import Mapping, Sequence

from . import kernel

NICENESS = 10
"""On a full machine instances give way to gateway and console: one busy model must not slow all calls."""
OOM_SCORE = "500"
"""When the machine runs out of memory, an instance goes before the product does."""
PIPE_BYTES = 256 * 1024
RESET_SIGNALS = (
    *(signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP),
    *(signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD),
)


class Child:
    """A program that runs: its process id, and where its output is read."""

    __slots__ = ("pid", "stderr", "stdout")

    def __init__(self, pid: int, stdout: int, stderr: int) -> None:
        self.pid = pid
        self.stdout = stdout
        self.stderr = stderr


def spawn(command: Sequence[str], env: Mapping[str, str], folder: str) -> Child:
    """Start the program; it runs when this returns. Raises OSError with the reason when it does not."""
    out_reading, out_writing = _pipe()
    err_reading, err_writing = _pipe()
    trouble_reading, trouble_writing = os.pipe()
    keeper = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _become(command, env, folder, (out_writing, err_writing), keeper)
        except BaseException as error:  # noqa: BLE001 this process has no other way to tell, and must not return
            os.write(trouble_writing, _words(error, command).encode(errors="replace"))
        finally:
            os._exit(127)
    for file in (out_writing, err_writing, trouble_writing):
        os.close(file)
    with os.fdopen(trouble_reading, "rb") as trouble:
        words = trouble.read()  # ends when the program starts, because the pipe is closed by exec
    if words:
        os.waitpid(pid, 0)
        os.close(out_reading)
        os.close(err_reading)
        raise OSError(words.decode(errors="replace"))
    for file in (out_reading, err_reading):
        os.set_blocking(file, False)
    return Child(pid, out_reading, err_reading)


def _become(command: Sequence[str], env: Mapping[str, str], folder: str, output: tuple[int, int], keeper: int) -> None:
    """Turn this forked process into the program."""
    os.setsid()
    kernel.die_with_parent(signal.SIGKILL)
    if os.getppid() != keeper:
        os._exit(127)  # the keeper died before the kernel knew what to do then
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output[0], 1)
    os.dup2(output[1], 2)
    signal.set_wakeup_fd(-1)
    for number in RESET_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _write_if_possible("/proc/self/oom_score_adj", OOM_SCORE)
    _write_if_possible("/proc/self/autogroup", str(NICENESS))  # where sessions share the CPU as groups
    os.nice(NICENESS)
    os.umask(0o022)
    os.chdir(folder)
    kernel.give_up_privileges()
    variables = {os.fsencode(name): os.fsencode(text) for name, text in env.items()}
    os.execvpe(command[0], list(command), variables)


def _pipe() -> tuple[int, int]:
    """Make a pipe with room for bursts, if the kernel grants it."""
    reading, writing = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return reading, writing


def _words(error: BaseException, command: Sequence[str]) -> str:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"cannot run {command[0]!r}: {why}" if command else "the command is empty"


def _write_if_possible(path: str, text: str) -> None:
    with contextlib.suppress(OSError), open(path, "w", encoding="ascii") as file:
        file.write(text)
