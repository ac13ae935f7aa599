"""What a runtime is: small protocols whose docstrings are the contract that `tests/contract/` checks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class InstanceSpec:
    """Everything a runtime needs to run one instance."""

    key: str
    """Unique over all deployments, letters and digits."""
    deployment: str
    """The slug."""
    revision: int
    command: tuple[str, ...]
    """The program and its arguments; `$PORT` is in its environment."""
    folder: Path
    """The image's files. The instance works in a folder of its own that shows them, and may not change them here."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Only these variables, and what every instance gets: PORT, DEPLOYMENT, INSTANCE, PATH, HOME, TMPDIR, LANG, and
    NOTIFY_SOCKET where instances can reach the controller so."""
    cpu: float = 1.0
    memory_mb: int = 1024
    grace_s: float = 30.0
    """How long after SIGTERM the instance may finish its requests before it is killed."""


class RunState(StrEnum):
    """What the runtime knows of an instance. Readiness is not its business."""

    RUNNING = "running"
    STOPPING = "stopping"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why an instance ended."""

    STOPPED = "stopped"
    """We asked it to."""
    EXITED = "exited"
    """It ended by itself with code 0."""
    CRASHED = "crashed"
    """It ended by itself with another code, or by a signal."""
    OUT_OF_MEMORY = "out_of_memory"
    START_FAILED = "start_failed"
    """It could not be started at all; `message` says why."""
    LOST = "lost"
    """It vanished and nobody saw how: the machine or the keeper went away."""


@dataclass(frozen=True)
class Instance:
    """What the runtime sees of one instance."""

    key: str
    deployment: str
    revision: int
    state: RunState
    address: str = ""
    """`host:port`, as soon as it is known."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    exit_code: int | None = None
    """As a shell shows it: 128 + n for signal n."""
    message: str = ""
    peak_memory_mb: int | None = None
    node: str = ""


@dataclass(frozen=True)
class Usage:
    """What an instance uses at this moment."""

    cpu_cores: float
    """Average since the last look; 0.0 at the first."""
    memory: int
    """Bytes."""
    cpu_seconds: float = 0.0
    """CPU time since it began."""

    @property
    def memory_mb(self) -> int:
        """Return whole megabytes."""
        return self.memory // (1024 * 1024)


@dataclass(frozen=True)
class GpuUsage:
    """What an instance uses of the machine's graphics processors."""

    memory: int
    """Bytes, of all processors together."""
    share: float | None
    """Of those that it uses, from 0 to 1, on average since the last look; None where they do not tell."""


class Runtime(Protocol):
    """Runs instances. Every method may be called twice with the same effect as once."""

    def list(self) -> list[Instance]:
        """Return every instance of every deployment that was started and not yet forgotten, ended ones too."""

    def start(self, spec: InstanceSpec) -> None:
        """Begin running the instance and return at once; do not wait for readiness.

        A failure to start is no exception: the instance is listed as ended with `START_FAILED`. A start that the death
        of its caller cut in two is not listed; starting it again under its key finishes it.
        """

    def stop(self, key: str) -> None:
        """Ask the instance to end (SIGTERM, after `grace_s` SIGKILL to its whole group) and return at once.

        An absent or ended one is fine.
        """

    def forget(self, key: str) -> None:
        """Drop an ended instance from the list, and its working files; its log stays. An absent one is fine."""


class UsageSource(Protocol):
    """A runtime that can tell what instances use."""

    def usage(self) -> dict[str, Usage]:
        """Return the use of every running instance by key."""

    def gpu_usage(self) -> dict[str, GpuUsage]:
        """Return the use of graphics processors by key: of instances that use one, and where it can be told."""


@dataclass(frozen=True)
class LogLine:
    """One line that an instance or a build wrote."""

    cursor: str
    """Opaque; a later read with `after=cursor` goes on behind this line. Sorts by time within one instance."""
    at: datetime
    instance: str
    """The instance's key; empty for a build."""
    text: str
    """Without its line break, at most 8 KiB (longer ones are split), decoded with replacement, no NUL."""
    stream: str
    """`stdout`, `stderr` or `platform` (what we say between the instance's own lines)."""


class LogSource(Protocol):
    """Reads what instances wrote, running or ended. Reading never changes anything."""

    def tail(self, instances: list[str], *, limit: int) -> list[LogLine]:
        """Return the newest lines of these instances, oldest first, merged by time."""

    def after(self, instances: list[str], cursors: Mapping[str, str], *, limit: int) -> list[LogLine]:
        """Return the lines behind each instance's cursor, oldest first, at most `limit`.

        An instance without a cursor is read from its start; when others have one, it is read from where the oldest of
        them stands, so that what a `tail` left out does not come afterwards. A cursor that we did not make raises
        `Invalid("log_cursor_invalid")`.
        """

    def read(self, instance: str) -> Iterator[LogLine]:
        """Yield every line that is still kept of one instance, oldest first."""


class LogPages(Protocol):
    """Reads logs piece by piece from any place, either way. Reading never changes anything."""

    def ends(self, instances: Iterable[str], at: datetime | None = None) -> dict[str, str]:
        """Return a cursor of each instance: behind its newest line, or behind its last one of `at` or before.

        An instance that wrote nothing has none.
        """

    def back(
        self, cursors: Mapping[str, str], *, limit: int, since: datetime | None = None, size: int | None = None
    ) -> dict[str, str]:
        """Return the cursors from which the newest `limit` lines before the given cursors, merged by time, are read.

        They are fewer where they are longer than `size` bytes together, or where older ones are from before `since`.
        Reads no more of large logs than the lines take.
        """

    def between(
        self, instances: Iterable[str], starts: Mapping[str, str], ends: Mapping[str, str] | None = None
    ) -> Iterator[LogLine]:
        """Yield the lines behind `starts` and up to `ends`, oldest first, merged by time.

        An instance without a start is read from its beginning, one without an end as far as it goes. Where lines are
        gone since, one of stream `platform` says so. A cursor that we did not make raises
        `Invalid("log_cursor_invalid")`.
        """

    def grown(self, instance: str, cursor: str) -> bool:
        """Say whether there may be a line behind the cursor (empty: any line); cheap enough to ask all the time."""
