"""Reads what the instances of the process runtime wrote: files in one folder for each instance."""

import heapq
import itertools
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter, itemgetter
from pathlib import Path

from deploy_ui.runtimes import log_lines, log_places
from deploy_ui.runtimes.base import LogLine
from deploy_ui.runtimes.folder import folder_of
from deploy_ui.runtimes.keeper import rotated
from deploy_ui.runtimes.log_places import Place, Step

_time = attrgetter("at")
_Tagged = tuple[bytes, str, Step]


class LogFiles:
    """The kept logs of all instances, running, ended or forgotten."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def ends(self, instances: Iterable[str], at: datetime | None = None) -> dict[str, str]:
        """Return where each instance's log stands; see `LogPages.ends`."""
        places = {key: self._end(key) if at is None else self._at(key, at) for key in instances}
        return {key: str(place) for key, place in places.items() if place is not None}

    def back(
        self, cursors: Mapping[str, str], *, limit: int, since: datetime | None = None, size: int | None = None
    ) -> dict[str, str]:
        """Return the cursors before so many lines; see `LogPages.back`."""
        walks = [_tagged(key, self._folder(key), Place.parse(cursor)) for key, cursor in cursors.items()]
        steps: Iterator[_Tagged] = heapq.merge(*walks, key=itemgetter(0), reverse=True)
        if since is not None:
            oldest = log_places.written(since)
            steps = itertools.takewhile(lambda step: step[0] >= oldest, steps)
        steps = itertools.islice(steps, limit)
        starts = {key: step for _, key, step in (steps if size is None else _fitting(steps, size))}
        return {**cursors, **{key: str(step.before) for key, step in starts.items()}}

    def between(
        self, instances: Iterable[str], starts: Mapping[str, str], ends: Mapping[str, str] | None = None
    ) -> Iterator[LogLine]:
        """Yield the lines behind the first and up to the second cursors; see `LogPages.between`."""
        begins = {key: Place.parse(cursor) for key, cursor in starts.items()}
        stops = {key: Place.parse(cursor) for key, cursor in (ends or {}).items()}
        lines = (log_lines.forward(self._folder(key), begins.get(key), stops.get(key)) for key in instances)
        return heapq.merge(*lines, key=_time)

    def tail(self, instances: list[str], *, limit: int) -> list[LogLine]:
        """Return the newest lines of these instances; see `LogSource.tail`."""
        ends = self.ends(instances)
        return list(self.between(ends, self.back(ends, limit=limit), ends))

    def after(self, instances: list[str], cursors: Mapping[str, str], *, limit: int) -> list[LogLine]:
        """Return the lines behind each instance's cursor; see `LogSource.after`."""
        places = {key: Place.parse(cursor) for key, cursor in cursors.items()}
        oldest = min(places.values(), default=None)
        unread = [key for key in instances if key not in places]
        starts = dict(cursors)
        if oldest is not None:
            starts |= self.ends(unread, log_places.moment(oldest.micros))
        return list(itertools.islice(self.between(instances, starts), limit))

    def read(self, instance: str) -> Iterator[LogLine]:
        """Yield every line that is still kept of one instance, oldest first."""
        return log_lines.forward(self._folder(instance))

    def grown(self, instance: str, cursor: str) -> bool:
        """Say whether there may be something behind the cursor; see `LogPages.grown`."""
        folder = str(self._folder(instance))
        if not cursor:
            return bool(rotated.numbers(folder))
        place = Place.parse(cursor)
        try:
            size = os.stat(rotated.path(folder, place.number)).st_size  # noqa: PTH116 asked many times a second
        except FileNotFoundError:
            return bool(rotated.numbers(folder))
        return size > place.offset or os.path.exists(rotated.path(folder, place.number + 1))  # noqa: PTH110 as above

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

    def _end(self, key: str) -> Place | None:
        last = next(log_places.backward(self._folder(key)), None)
        return None if last is None else Place(log_places.micros_of(last.written), last.number, last.end)

    def _at(self, key: str, at: datetime) -> Place | None:
        return log_places.at_time(self._folder(key), at)

    def _folder(self, key: str) -> Path:
        return folder_of(key, self._root)


def _tagged(key: str, folder: Path, end: Place) -> Iterator[_Tagged]:
    return ((step.written, key, step) for step in log_places.backward(folder, end))


def _fitting(steps: Iterator[_Tagged], size: int) -> Iterator[_Tagged]:
    """Yield the first step, and more while all together are no longer than `size` bytes."""
    total = 0
    for step in steps:
        total += step[2].end - step[2].start
        if total > size and total > step[2].end - step[2].start:
            return
        yield step


def _changed(folder: Path) -> float:
    found = log_lines.newest_change(folder)
    return folder.stat().st_mtime if found is None else found
