"""Reads the log of a deployment for somebody who watches: from where they want, on as it grows, and further back."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy_ui.errors import Invalid
from deploy_ui.runtimes import choose
from deploy_ui.runtimes.base import LogLine
from deploy_ui.services import log_rows, logs
from deploy_ui.services.log_rows import Leveler, LogRow
from deploy_ui.services.viewer import Viewer

MOST_SIZE = 1024 * 1024
MOST_OLDER_BYTES = 4 * 1024 * 1024
"""About so much text is returned at once, so that one reader never takes much memory."""
LAST_WRITE = timedelta(seconds=1)
"""How long a line may take into its file."""
BEFORE_LINE = 500
"""Lines that are read before the one a link leads to."""


@dataclass(frozen=True)
class InstanceEnd:
    """The end of an instance's log, as far as it was read."""

    key: str
    cursor: str

    def grown(self) -> bool:
        """Say whether there may be something new."""
        return choose.log_pages().grown(self.key, self.cursor)


@dataclass(frozen=True)
class Span:
    """What of a deployment's log is read: of one instance or all, within a time."""

    slug: str
    instance: str = ""
    since: datetime | None = None
    until: datetime | None = None


class LogReader:
    """One reading of a deployment's log. Every method may block; call one at a time."""

    def __init__(self, viewer: Viewer, span: Span) -> None:
        self._viewer, self._span = viewer, span
        self._sources: list[logs.Source] = []
        self._known: dict[str, str] = {}
        self._rows: Iterator[LogRow] = iter(())
        self._leveler = Leveler({})
        self._behind = False

    @property
    def behind(self) -> bool:
        """Whether there are lines left to read of what was there at the last look."""
        return self._behind

    @property
    def cursors(self) -> dict[str, str]:
        """Where the reading of each instance stands."""
        return dict(self._known)

    def begin(self, cursors: Mapping[str, str], *, tail: int, around: tuple[str, str] | None, now: datetime) -> bool:
        """Go to where the reading begins; False when the line to go to is not kept any more: then it is the tail.

        Known `cursors` come first: a browser that was here before goes on behind them.
        """
        self.refresh(now)
        found = True
        if cursors:
            self._known = {source.key: cursors[source.key] for source in self._sources if source.key in cursors}
        else:
            before = self._before(*around) if around else None
            found = around is None or before is not None
            self._known = before or self._tail(tail)
        self._leveler = Leveler(self._known)
        self._rows = self._leveler.rows(self._lines([source.key for source in self._sources]))
        return found

    def refresh(self, now: datetime) -> None:
        """See which instances there are now. Raises NotFound when the deployment is gone."""
        self._sources = logs.sources(self._viewer, self._span.slug, self._span.instance, now)

    def more(self, limit: int) -> list[LogRow]:
        """Return the next lines, oldest first; less than `limit` do not mean that there are no more."""
        rows = self._taken(limit)
        if not rows:
            self._rows = self._leveler.rows(self._lines([probe.key for probe in self.probes() if probe.grown()]))
            rows = self._taken(limit)
        self._known.update((row.instance, row.cursor) for row in rows)
        return rows

    def over(self, now: datetime) -> bool:
        """Say whether nothing more that is wanted will be written; ask before reading what may be the last."""
        until = self._span.until
        if until is not None and now > until + LAST_WRITE:
            return True
        return bool(self._span.instance) and not any(source.live for source in self._sources)

    def older(self, held: Mapping[str, str], limit: int) -> tuple[list[LogRow], bool]:
        """Return the lines before the oldest that are held of each instance, and whether there are more before them.

        A line's cursor is the place behind it, so the older ones end one line before.
        Of an instance that nothing is held of, nothing was sent yet: its older lines end where the reading stands.
        """
        source = choose.log_pages()
        known = self._known | {key: source.back({key: cursor}, limit=1)[key] for key, cursor in held.items()}
        ends = {each.key: known[each.key] for each in self._sources if each.key in known}
        starts = source.back(ends, limit=limit, since=self._span.since, size=MOST_OLDER_BYTES)
        moved = [key for key in ends if starts[key] != ends[key]]
        more = source.back(starts, limit=1, since=self._span.since) != starts
        return list(log_rows.between(moved, starts, ends)), more

    def probes(self) -> list[InstanceEnd]:
        """Return what to look at for news."""
        live = (source.key for source in self._sources if source.live)
        return [InstanceEnd(key, self._known.get(key, "")) for key in live]

    def _tail(self, limit: int) -> dict[str, str]:
        source = choose.log_pages()
        ends = source.ends([each.key for each in self._sources], self._span.until)
        return source.back(ends, limit=limit, since=self._span.since)

    def _before(self, key: str, cursor: str) -> dict[str, str] | None:
        """Return the places some lines before this one; None if it is not kept."""
        source, end = choose.log_pages(), {key: cursor}
        keys = [each.key for each in self._sources]
        if key not in keys:
            return None
        try:
            line = next(source.between([key], source.back(end, limit=1), end), None)
        except Invalid:
            return None
        if line is None or line.cursor != cursor:
            return None
        return source.back(source.ends(keys, line.at) | end, limit=BEFORE_LINE)

    def _lines(self, keys: list[str]) -> Iterator[LogLine]:
        until = self._span.until
        lines = choose.log_pages().between(keys, self._known)
        return lines if until is None else itertools.takewhile(lambda line: line.at <= until, lines)

    def _taken(self, limit: int) -> list[LogRow]:
        """Return the next rows, a message's worth."""
        taken: list[LogRow] = []
        size = 0
        self._behind = True
        while len(taken) < limit and size < MOST_SIZE:
            row = next(self._rows, None)
            if row is None:
                self._behind = False
                break
            taken.append(row)
            size += len(row.text)
        return taken
