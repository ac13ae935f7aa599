"""What the contract's tests need of a runtime beside its protocols; one class for each runtime."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from deploy_ui.runtimes.base import Instance, InstanceSpec, LogLine, LogSource, RunState, Runtime, UsageSource
from deploy_ui.runtimes.folder import keeper_pid
from deploy_ui.runtimes.keeper import processes
from deploy_ui.runtimes.logs import LogFiles
from deploy_ui.runtimes.process import ProcessRuntime
from tests.waiting import eventually

MOST_LINES = 1_000_000


class Kind(Protocol):
    """One kind of runtime, with a world of its own for every test."""

    def runtime(self) -> Runtime: ...

    def usage(self) -> UsageSource: ...

    def logs(self) -> LogSource: ...

    def lose(self, key: str) -> None:
        """Kill whatever watches the instance, as a crash of it would."""

    def left(self) -> list[str]:
        """Return what still runs of all instances."""


class ProcessKind:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._usage = self.runtime()

    def runtime(self) -> ProcessRuntime:
        return ProcessRuntime(self._folder / "instances", self._folder / "logs")

    def usage(self) -> UsageSource:
        return self._usage

    def logs(self) -> LogFiles:
        return LogFiles(self._folder / "logs")

    def lose(self, key: str) -> None:
        pid = keeper_pid(self._folder / "instances" / key)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def left(self) -> list[str]:
        mark = str(self._folder).encode()
        return [words for pid in processes.all_pids() if (words := _words(pid, mark))]


def _words(pid: int, mark: bytes) -> str:
    seen = processes.stat(pid)
    if pid == os.getpid() or seen is None or seen.state in "ZX":
        return ""
    with contextlib.suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if mark in command or mark in Path(f"/proc/{pid}/environ").read_bytes():
            return f"{pid}: {command.decode(errors='replace')}"
    return ""


class Bench:
    """One runtime, an image to write programs into, and short ways to look."""

    def __init__(self, kind: Kind, image: Path) -> None:
        self.kind = kind
        self.runtime = kind.runtime()
        self.logs = kind.logs()
        self.image = image

    def spec(self, key: str, program: str = "import signal; signal.pause()", **values: Any) -> InstanceSpec:
        """Describe an instance that runs this Python program."""
        (self.image / f"{key}.py").write_text(program)
        fields: dict[str, Any] = {
            "deployment": "iris",
            "revision": 1,
            "command": (sys.executable, "-I", "-S", f"{key}.py"),
            "folder": self.image,
            "grace_s": 10.0,
            **values,
        }
        return InstanceSpec(key=key, **fields)

    def start(self, key: str, program: str = "import signal; signal.pause()", **values: Any) -> None:
        self.runtime.start(self.spec(key, program, **values))

    def seen(self, key: str) -> Instance | None:
        return next((each for each in self.runtime.list() if each.key == key), None)

    def running(self, key: str, says: str = "") -> Instance:
        """Wait until it runs and has said something."""
        return self._when(key, lambda each: bool(each.started_at) and (not says or says in self.text(key)))

    def ended(self, key: str, timeout_s: float = 20) -> Instance:
        """Wait until it has ended."""
        return self._when(key, lambda each: each.state is RunState.ENDED, timeout_s)

    def run(self, key: str, program: str, **values: Any) -> Instance:
        """Start it and wait until it has ended by itself."""
        self.start(key, program, **values)
        return self.ended(key)

    def lines(self, key: str) -> list[LogLine]:
        """Return what the program wrote; not what the platform said in between."""
        return [line for line in self.logs.read(key) if line.stream != "platform"]

    def text(self, key: str) -> list[str]:
        return [line.text for line in self.lines(key)]

    def clean(self) -> None:
        """End everything, and fail if something goes on."""
        for instance in self.runtime.list():
            self.runtime.stop(instance.key)
        eventually(lambda: all(each.state is RunState.ENDED for each in self.runtime.list()))
        eventually(self._nothing_left)
        for instance in self.runtime.list():
            self.runtime.forget(instance.key)
        assert self.runtime.list() == []

    def _when(self, key: str, fits: Callable[[Instance], bool], timeout_s: float = 20) -> Instance:
        def look() -> Instance:
            found = self.seen(key)
            assert found, f"{key} is not listed"
            assert fits(found), f"still {found}"
            return found

        return eventually(look, timeout_s)

    def _nothing_left(self) -> bool:
        left = self.kind.left()
        assert not left, f"still running: {left}"
        return True
