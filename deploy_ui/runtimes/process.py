"""The process runtime: every instance is a group of processes of this machine, watched by a keeper of its own.

What is running is read from the instances' folders, so any number of runtimes, in any number of processes, see and
do the same. See `keeper` for what happens beside an instance.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from deploy_ui import clock
from deploy_ui.runtimes.base import EndReason, GpuUsage, Instance, InstanceSpec, RunState, Usage
from deploy_ui.runtimes.folder import folder_of, keeper_pid, look, unbegun
from deploy_ui.runtimes.gpu import GpuMeter
from deploy_ui.runtimes.keeper import processes, report
from deploy_ui.runtimes.launch import environment, launch, prepare
from deploy_ui.runtimes.ports import hold_port
from deploy_ui.runtimes.usage import UsageMeter

HIDDEN = "."
LEFTOVER_S = 600.0
"""An unfinished folder older than this belongs to somebody who died over it, and nobody starts it again."""


class ProcessRuntime:
    """Runs instances as processes of this machine. Any number of these may share the two folders.

    `notify` is the unix socket where instances may say how far they are; somebody else listens there, or nobody.
    """

    def __init__(self, instances: Path, logs: Path, notify: Path | None = None) -> None:
        self._instances = instances
        self._logs = logs
        self._notify = notify
        self._meter = UsageMeter()
        self._gpus = GpuMeter()
        self._unwritten: dict[str, Instance] = {}
        """Those that could not even be written down (a full disk), so only we know of them."""

    def start(self, spec: InstanceSpec) -> None:
        """Begin running the instance and return at once; see `Runtime.start`."""
        folder = self._folder(spec.key)
        if spec.key in self._unwritten or (folder.exists() and not self._clear(folder)):
            return
        try:
            self._start(spec, folder)
        except OSError as error:
            self._unwritten[spec.key] = Instance(
                key=spec.key,
                deployment=spec.deployment,
                revision=spec.revision,
                state=RunState.ENDED,
                ended_at=clock.now(),
                end_reason=EndReason.START_FAILED,
                message=f"its folder could not be made: {error}",
            )

    def stop(self, key: str) -> None:
        """Ask the instance to end and return at once; see `Runtime.stop`."""
        folder = self._folder(key)
        seen = look(folder)
        if seen is None or seen.state is RunState.ENDED:
            return
        with suppress(FileNotFoundError):
            (folder / report.STOP_FILE).touch(mode=0o600)
        with suppress(OSError):  # nobody reads yet: the keeper looks for the file when it starts
            control = os.open(folder / report.CONTROL_FILE, os.O_WRONLY | os.O_NONBLOCK)
            os.write(control, b"s")
            os.close(control)

    def forget(self, key: str) -> None:
        """Drop an ended instance and its working files; see `Runtime.forget`."""
        folder = self._folder(key)
        self._unwritten.pop(key, None)
        seen = look(folder)
        if seen is None or seen.state is not RunState.ENDED:
            return
        self._drop(folder)

    def usage(self) -> dict[str, Usage]:
        """Return the use of every running instance by key."""
        return self._meter.measure(self._keepers)

    def gpu_usage(self) -> dict[str, GpuUsage]:
        """Return the use of graphics processors by key; see `UsageSource.gpu_usage`."""
        return self._gpus.measure(self._families)

    def _start(self, spec: InstanceSpec, folder: Path) -> None:
        self._instances.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self._instances))
        lock = os.open(draft / report.LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            port, port_file, hold = hold_port(self._instances / ".ports")
            with hold:
                logs = self._logs / spec.key
                env = environment(spec, folder, port, self._notify)
                prepare(draft, spec, env, port=port, port_file=port_file, log_folder=logs)
                try:
                    draft.rename(folder)
                except OSError:
                    if not folder.exists():
                        raise
                    return  # somebody else has just started it
                launch(folder, lock, hold.fileno())
        finally:
            os.close(lock)
            shutil.rmtree(draft, ignore_errors=True)

    def _clear(self, folder: Path) -> bool:
        """Remove what a start left that was cut in two: whoever began it died before the keeper. Say whether it was."""
        with suppress(FileNotFoundError, BlockingIOError), (folder / report.LOCK_FILE).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            same = os.path.samestat(os.fstat(lock.fileno()), (folder / report.LOCK_FILE).stat())
            ended = report.read(str(folder)).get("state") == report.ENDED
            if same and unbegun(folder) and not ended:
                self._drop(folder)
                return True
        return False

    def _drop(self, folder: Path) -> None:
        trash = Path(tempfile.mkdtemp(prefix=".trash-", dir=self._instances))
        with suppress(FileNotFoundError):
            folder.rename(trash / folder.name)
        _remove(trash)

    def _folder(self, key: str) -> Path:
        return folder_of(key, self._instances)

    def _keepers(self) -> dict[str, int]:
        return {folder.name: pid for folder in self._folders() if (pid := keeper_pid(folder)) is not None}

    def _families(self) -> dict[str, list[int]]:
        return {key: processes.descendants(keeper) for key, keeper in self._keepers().items()}

    def _folders(self) -> Iterator[Path]:
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(self._instances) as entries:
            names = [entry.name for entry in entries]
            yield from (self._instances / name for name in names if not name.startswith(HIDDEN))

    def _sweep(self) -> None:
        """Remove folders that somebody died over."""
        for pattern in (".draft-*", ".trash-*"):
            for leftover in self._instances.glob(pattern):
                with suppress(FileNotFoundError):
                    if _old(leftover):
                        _remove(leftover)
        for folder in self._folders():
            with suppress(FileNotFoundError):
                if _old(folder) and unbegun(folder):
                    self._clear(folder)

    def list(self) -> list[Instance]:
        """Return every instance that was started and not yet forgotten; see `Runtime.list`."""
        found = [seen for folder in self._folders() if (seen := look(folder)) is not None]
        return [*found, *self._unwritten.values()]


def _old(folder: Path) -> bool:
    return time.time() - folder.stat().st_mtime > LEFTOVER_S


def _remove(folder: Path) -> None:
    """Remove a folder, even if the instance made parts of it unreadable. What cannot be removed is swept up later."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, names, _ in os.walk(folder):
        for name in names:
            inner = Path(path, name)
            if not inner.is_symlink():
                inner.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
