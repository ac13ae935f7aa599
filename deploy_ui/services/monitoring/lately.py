"""Figures beside a deployment's name: of the last hour on its card, hour by hour of the last day in the list."""

import functools
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import select

from deploy_ui.db import reading
from deploy_ui.enums import Role
from deploy_ui.metrics import facts
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import Reader, Series
from deploy_ui.models import Deployment
from deploy_ui.services import lookup
from deploy_ui.services.monitoring import ranges
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

HOUR_S = 3600
HOURS = 24
P95 = 0.95


@dataclass(frozen=True)
class LastHour:
    """The last hour of one deployment; None where nothing tells."""

    requests: int | None
    p95_s: float | None
    errors: float | None
    """The share of answers that were 5xx."""


@dataclass(frozen=True)
class Spark:
    """The last 24 hours of one deployment, the present one last."""

    total: int
    """Requests."""
    bars: list[int]
    """Requests of each hour."""
    errors: list[int]
    """Those of them that were answered with 5xx."""


def last_hour(viewer: Viewer, slug: str, now: datetime) -> LastHour:
    """Return the figures of the last hour; all None when the store cannot be read, which the Monitoring tab tells."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        key = lookup.deployment(session, slug).id
    until = ranges.finished(now)
    try:
        hour = Reader(settings().metrics_dir).total(key, until - HOUR_S, until)
    except (sqlite3.Error, ValueError):
        hour = Sample()
    if not hour.counters:
        return LastHour(None, None, None)
    return LastHour(round(facts.requests(hour)), facts.latency(hour, P95), facts.error_ratio(hour))


def sparks(viewer: Viewer, now: datetime) -> Mapping[str, Spark]:
    """Return the last day of every deployment that was measured, by slug; none when the store cannot be read."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        slugs = session.exec(select(Deployment.id, Deployment.slug)).all()
    folder = settings().metrics_dir
    drawn = _sparks(folder, ranges.finished(now), _newest(folder))
    return {slug: drawn[key] for key, slug in slugs if key in drawn}


def _newest(folder: Path) -> int:
    try:
        return Reader(folder).newest() or 0
    except (sqlite3.Error, ValueError):
        return 0


@functools.lru_cache(maxsize=1)
def _sparks(folder: Path, until: int, newest: int) -> Mapping[int, Spark]:
    """Read once for everybody who watches, until there is something new."""
    last = until // HOUR_S * HOUR_S
    hours = range(last - (HOURS - 1) * HOUR_S, last + HOUR_S, HOUR_S)
    try:
        over = _over(folder, hours[0], last, whole=newest >= last)
        present = Reader(folder).everything(last, last + HOUR_S, HOUR_S)
    except (sqlite3.Error, ValueError):
        return {}
    everything = {key: {**over.get(key, {}), **present.get(key, {})} for key in over.keys() | present.keys()}
    return {key: _spark([series.get(hour, Sample()) for hour in hours]) for key, series in everything.items()}


@functools.lru_cache(maxsize=1)
def _over(folder: Path, since: int, until: int, *, whole: bool) -> Mapping[int, Series]:  # noqa: ARG001 -- read again
    """Read the hours that are over; they change no more once the last of them is there as a whole."""
    return Reader(folder).everything(since, until, HOUR_S)


def _spark(hours: list[Sample]) -> Spark:
    bars = [round(facts.requests(each)) for each in hours]
    return Spark(sum(bars), bars, [round(facts.errors(each)) for each in hours])
