"""Lines of a deployment's log as people see them: every line with its level, wherever the reading begins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from deploy_ui.enums import LogLevel
from deploy_ui.runtimes import choose
from deploy_ui.runtimes.base import LogLine
from deploy_ui.services.log_levels import Levels

LOOKED_BACK = 100
"""Lines of an instance before the first one that is read: a traceback that it may be in begins among them."""


@dataclass(frozen=True)
class LogRow:
    """One line."""

    cursor: str
    """Keep the newest of each instance: `after` goes on behind it."""
    at: datetime
    instance: str
    level: LogLevel
    text: str
    """What the program wrote: hostile."""
    stream: str


class Leveler:
    """Gives lines their levels, also when the reading begins within a traceback."""

    def __init__(self, starts: Mapping[str, str]) -> None:
        self._levels = Levels()
        self._starts = dict(starts)

    def rows(self, lines: Iterable[LogLine]) -> Iterator[LogRow]:
        """Yield the next lines."""
        for line in lines:
            if line.instance in self._starts:
                self._look_back(line.instance, self._starts.pop(line.instance))
            level = self._levels.of(line)
            yield LogRow(line.cursor, line.at, line.instance, level, line.text, line.stream)

    def _look_back(self, instance: str, cursor: str) -> None:
        source, ends = choose.log_pages(), {instance: cursor}
        for line in source.between(ends, source.back(ends, limit=LOOKED_BACK), ends):
            self._levels.of(line)


def between(
    instances: Iterable[str], starts: Mapping[str, str], ends: Mapping[str, str] | None = None
) -> Iterator[LogRow]:
    """Yield the lines behind the first and up to the second cursors; see `LogPages.between`."""
    return Leveler(starts).rows(choose.log_pages().between(instances, starts, ends))
