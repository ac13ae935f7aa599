"""Reads what the instances of the process runtime wrote: files in one folder for each instance."""

import heapq
import itertools
import shutil
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from deploy_ui.runtimes import log_lines
from deploy_ui.runtimes.base import LogLine
from deploy_ui.runtimes.folder import folder_of
from deploy_ui.runtimes.log_lines import Place


class LogFiles:
    """The kept logs of all instances, running, ended or forgotten."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def tail(self, instances: list[str], *, limit: int) -> list[LogLine]:
        """Return the newest lines of these instances; see `LogSource.tail`."""
        return _merged(log_lines.backward(self._folder(key), limit) for key in instances)[-limit:]

    def after(self, instances: list[str], cursors: Mapping[str, str], *, limit: int) -> list[LogLine]:
        """Return the lines behind each instance's cursor; see `LogSource.after`."""
        places = {key: Place.parse(cursor) for key, cursor in cursors.items()}
        oldest = min((place.micros for place in places.values()), default=None)
        found = (itertools.islice(self._behind(key, places.get(key), oldest), limit) for key in instances)
        return list(itertools.islice(heapq.merge(*found, key=_time), limit))

    def read(self, instance: str) -> Iterator[LogLine]:
        """Yield every line that is still kept of one instance, oldest first."""
        return log_lines.forward(self._folder(instance))

    def remove_old(self, *, before: datetime, keep: Collection[str]) -> list[str]:
        """Remove the logs that nobody wrote to since `before`, but for these instances; return whose they were."""
        gone = [
            folder
            for folder in (self._root.iterdir() if self._root.is_dir() else ())
            if folder.name not in keep and _changed(folder) < before.timestamp()
        ]
        for folder in gone:
            shutil.rmtree(folder, ignore_errors=True)
        return sorted(folder.name for folder in gone)

    def _behind(self, key: str, place: Place | None, oldest: int | None) -> Iterator[LogLine]:
        folder = self._folder(key)
        if place is not None:
            return log_lines.forward(folder, place)
        if oldest is None:
            return log_lines.forward(folder)
        changed = log_lines.newest_change(folder)
        if changed is None or changed * 1_000_000 < oldest:
            return iter(())
        return iter(log_lines.newer(folder, oldest))

    def _folder(self, key: str) -> Path:
        return folder_of(key, self._root)


def _merged(logs: Iterator[list[LogLine]]) -> list[LogLine]:
    return list(heapq.merge(*logs, key=_time))


def _time(line: LogLine) -> datetime:
    return line.at


def _changed(folder: Path) -> float:
    found = log_lines.newest_change(folder)
    return folder.stat().st_mtime if found is None else found
