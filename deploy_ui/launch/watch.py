"""Notices parts that ended by themselves, so that `deploy-ui up` can say so where the user is looking."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy_ui.launch.supervisord import Seen

TAIL_BYTES = 4096
WORDS = 300


@dataclass(frozen=True)
class Death:
    """A part ended without being asked to; supervisord starts it again."""

    name: str
    log: Path
    last_words: str
    """The last line of its log."""


class Watch:
    """Compares what supervisord sees now with what it saw at the last look."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._pids: dict[str, int] = {}

    def deaths(self, seen: Iterable[Seen]) -> list[Death]:
        """Return the parts whose process is no longer the one of the last look."""
        now = {part.name: part.pid for part in seen}
        gone = [name for name, pid in self._pids.items() if pid and now.get(name) != pid]
        self._pids = now
        return [self._death(name) for name in gone]

    def _death(self, name: str) -> Death:
        log = self._logs / f"{name}.log"
        return Death(name, log, last_line(log))


def last_line(path: Path) -> str:
    """Return the last line of a file that is not empty; nothing if there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            lines = [line.strip() for line in file.read().decode(errors="replace").splitlines()]
    except OSError:
        return ""
    return next((line[:WORDS] for line in reversed(lines) if line), "")
