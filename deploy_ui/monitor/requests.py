"""Reads what the gateway wrote about requests, every 2 s: keeps the request log, and notes how keys are used."""

import logging
import threading
from datetime import datetime

from deploy_ui import clock
from deploy_ui.gateway import access_log
from deploy_ui.gateway.access_entries import Entry
from deploy_ui.gateway.access_uses import Uses, uses
from deploy_ui.gateway.outcomes import outcome, own_path
from deploy_ui.metrics.request_rows import Request
from deploy_ui.monitor.request_archive import RequestArchive
from deploy_ui.monitor.trouble import Trouble
from deploy_ui.services import fleet, key_use
from deploy_ui.settings import settings

EVERY_S = 2.0

log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Read until told to stop. Only one process may: what one has read, another would miss."""
    reading = Reading(RequestArchive(settings().metrics_dir, settings().metrics_days))
    while not stop.wait(EVERY_S):
        reading.go_on(clock.now(), stop)
    reading.close()


class Reading:
    """Reads on where it stopped. What fails is told of once, and tried again next time."""

    def __init__(self, archive: RequestArchive) -> None:
        self._archive = archive
        self._waiting = Uses()
        """What could not be noted so far."""
        self._reads = Trouble(log, "the gateway's log cannot be read")
        self._notes = Trouble(log, "uses of keys cannot be noted")

    def go_on(self, now: datetime, stop: threading.Event) -> None:
        """Take in what was written since the last time; where that is much, batch by batch until told to stop."""
        with self._reads.told():
            for entries in access_log.batches():
                self._take(entries, now)
                if stop.is_set():
                    return
        if self._waiting != Uses():
            self._note()
        self._archive.forget(now)

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()

    def _take(self, entries: list[Entry], now: datetime) -> None:
        self._waiting += uses(entries)
        self._archive.keep([_request(each) for each in entries], now)
        self._note()

    def _note(self) -> None:
        """Remember how often keys and when deployments were used.

        What a kill interrupts is not counted: a few seconds of calls, never one twice.
        """
        with self._notes.told():
            if self._waiting.keys:
                key_use.note(self._waiting.keys)
            self._waiting = Uses([], self._waiting.slugs)
            for slug, at in self._waiting.slugs.items():
                fleet.saw_requests(slug, at)
            self._waiting = Uses()


def _request(entry: Entry) -> Request:
    kind, reason = outcome(entry)
    return Request(
        slug=entry.slug,
        at_ms=entry.at_ms,
        place=entry.place,
        method=entry.method,
        path=own_path(entry),
        status=entry.status,
        duration_us=entry.duration_us,
        bytes_in=entry.bytes_in,
        bytes_out=entry.bytes_out,
        instance=entry.instance,
        revision=entry.revision,
        key=entry.key,
        console=int(entry.kind == "console"),
        request_id=entry.request_id,
        kind=kind.value,
        reason=reason,
        details="" if not reason else entry.details,
    )
