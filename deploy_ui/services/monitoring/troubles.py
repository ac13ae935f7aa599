"""Why charts show less than there should be."""

from datetime import UTC, datetime

from deploy_ui.errors import AppError, Unavailable
from deploy_ui.metrics import aside
from deploy_ui.metrics.store import Reader
from deploy_ui.services.monitoring.ranges import Range

SILENT_S = 60
"""After so long without a new stretch something is wrong."""


def found(reader: Reader, key: int | None, asked: Range, now: datetime) -> AppError | None:
    """Return what is to be told with charts of this range; `key` is the deployment's, None of one that is gone."""
    if damaged := [each for each in aside.found(reader.path) if asked.since <= each.at < asked.until]:
        return Unavailable("metrics_damaged", at=_words(damaged[-1].at), file=damaged[-1].name)
    newest = reader.newest()
    silent = newest is not None and now.timestamp() - newest > SILENT_S
    if key is not None and silent and newest is not None and asked.until > newest:
        return Unavailable("metrics_stale", at=_words(newest))
    return None


def _words(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"
