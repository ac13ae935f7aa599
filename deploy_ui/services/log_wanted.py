"""Which lines of a log somebody wants."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import re2

from deploy_ui.enums import LogLevel
from deploy_ui.errors import Invalid
from deploy_ui.services.log_rows import LogRow
from deploy_ui.services.log_text import plain

LONGEST_SEARCH = 1000
MOST_PATTERN_MEMORY = 4 * 1024 * 1024


@dataclass(frozen=True)
class Wanted:
    """What a line must be: written in this time, with this text, of this level or worse."""

    since: datetime | None = None
    until: datetime | None = None
    search: str = ""
    """A piece of the text in any case."""
    regex: bool = False
    """`search` is a regular expression, in any case; it is RE2's kind, which takes time in proportion to the line."""
    level: LogLevel | None = None

    def fits(self) -> Callable[[LogRow], bool]:
        """Return what tells whether a line is wanted. Raises Invalid for a pattern that cannot be read.

        The end is not looked at: whoever reads in order stops there.
        """
        order = list(LogLevel)
        levels = set(order[order.index(self.level) :] if self.level else order)
        since, has_text = self.since, self._has_text()
        return lambda row: (
            row.level in levels and (since is None or row.at >= since) and (has_text is None or has_text(row.text))
        )

    def _has_text(self) -> Callable[[str], bool] | None:
        if not self.search:
            return None
        if self.regex:
            found = _pattern(self.search).search
            return lambda text: found(plain(text)) is not None
        piece = self.search.casefold()
        return lambda text: piece in plain(text).casefold()


def _pattern(search: str) -> "re2._Regexp":
    """Read a pattern. A person's own regular expression could keep Python's `re` busy for years; RE2 cannot be."""
    if len(search) > LONGEST_SEARCH:
        raise Invalid("log_search_too_long", field="search", most=LONGEST_SEARCH)
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MOST_PATTERN_MEMORY
    try:
        return re2.compile(search, options)
    except (re2.error, UnicodeEncodeError) as error:
        problem = error.args[0]
        words = problem.decode(errors="replace") if isinstance(problem, bytes) else str(problem)
        raise Invalid("log_pattern_invalid", field="search", problem=words) from error
