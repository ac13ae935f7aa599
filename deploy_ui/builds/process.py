"""Runs one command of a build: output line by line, a time limit, a memory limit, and no survivors."""

import os
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO

import psutil

from deploy_ui.builds.base import BuildCanceled, Progress
from deploy_ui.builds.redact import redact

LEASH = Path(__file__).with_name("leash.py")
LOOK_EVERY_S = 0.25
"""How often a running command is looked at: whether it was canceled, its time, its memory."""
LONGEST_LINE = 8 * 1024
KEPT_LINES = 400
"""How much of the output is kept to explain a failure; the log has the rest."""
SETTLE_S = 5.0
STREAMS = ("stdout", "stderr")


class Cut(StrEnum):
    """Why we ended a command ourselves."""

    NONE = ""
    TIME = "time"
    MEMORY = "memory"


@dataclass(frozen=True)
class Limits:
    """What one command may use."""

    seconds: float
    memory_bytes: int | None = None
    """Of all its processes together; None: no limit."""


@dataclass
class Ended:
    """How a command ended."""

    code: int
    """As a shell shows it: 128 + n for signal n."""
    cut: Cut
    stdout: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    stderr: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    limits: Limits,
    progress: Progress,
    heard: Collection[str] = STREAMS,
) -> Ended:
    """Run the command to its end with only these variables; its lines on the `heard` streams go to the build's log.

    Raises BuildCanceled as soon as the build is canceled. Whatever way this ends, and even if this process is
    killed meanwhile, none of the command's processes is left.
    """
    ended = Ended(code=0, cut=Cut.NONE)
    with _leashed(command, cwd, env) as process, selectors.DefaultSelector() as selector:
        for stream, kept in (("stdout", ended.stdout), ("stderr", ended.stderr)):
            pipe = getattr(process, stream)
            os.set_blocking(pipe.fileno(), False)
            say = progress.say if stream in heard else _pass_over
            selector.register(pipe, selectors.EVENT_READ, _Lines(pipe, stream, kept, say))
        ended.cut = _follow(process, selector, limits, progress)
        _let_go(process)
        while _read(process, selector, timeout=0):
            pass
    ended.code = process.returncode
    return ended


@contextmanager
def _leashed(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    leash = [sys.executable, "-I", "-S", str(LEASH)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*leash, *command], cwd=cwd, env=dict(env), start_new_session=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            _let_go(process)


def _follow(
    process: subprocess.Popen[bytes], selector: selectors.BaseSelector, limits: Limits, progress: Progress
) -> Cut:
    """Read until the command has ended; say whether we want it ended."""
    deadline = time.monotonic() + limits.seconds
    while process.poll() is None:
        _read(process, selector, timeout=LOOK_EVERY_S)
        if progress.canceled():
            raise BuildCanceled
        if time.monotonic() > deadline:
            return Cut.TIME
        if limits.memory_bytes and _memory(process.pid) > limits.memory_bytes:
            return Cut.MEMORY
    return Cut.NONE


def _read(process: subprocess.Popen[bytes], selector: selectors.BaseSelector, *, timeout: float) -> bool:
    """Take what the pipes hold; say whether there was anything."""
    if not selector.get_map():
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout)
        return False
    ready = selector.select(timeout)
    for key, _ in ready:
        if not key.data.read():
            key.data.end()
            selector.unregister(key.fileobj)
    return bool(ready)


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """Close the leash's pipe, upon which it kills everything, and wait for it."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(SETTLE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _memory(leash: int) -> int:
    total = 0
    try:
        for each in psutil.Process(leash).children(recursive=True):
            total += _resident(each)
    except psutil.NoSuchProcess:
        return 0
    return total


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _pass_over(_line: str, _stream: str) -> None:
    """Keep a line out of the log."""


class _Lines:
    """Turns what comes through one pipe into lines of bounded length."""

    def __init__(self, pipe: IO[bytes], stream: str, kept: deque[str], say: Callable[[str, str], None]) -> None:
        self.pipe = pipe
        self.stream = stream
        self.kept = kept
        self.say = say
        self.rest = b""

    def read(self) -> bool:
        """Take what is there; say whether more may come."""
        try:
            data = os.read(self.pipe.fileno(), 64 * 1024)
        except BlockingIOError:
            return True
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self._pass_on(line)
        if len(self.rest) > LONGEST_LINE:
            self.end()
        return bool(data)

    def end(self) -> None:
        """Pass on what came without a line break."""
        if self.rest:
            self._pass_on(self.rest)
        self.rest = b""

    def _pass_on(self, line: bytes) -> None:
        for start in range(0, max(len(line), 1), LONGEST_LINE):
            text = redact(line[start : start + LONGEST_LINE].decode(errors="replace").rstrip("\r"))
            self.kept.append(text)
            self.say(text, self.stream)
