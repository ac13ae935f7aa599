"""Sends what receivers of alerts are to be told, many at a time."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from deploy_ui import clock, ids
from deploy_ui.enums.alerts import ReceiverKind
from deploy_ui.monitor import letters, mail
from deploy_ui.services import posting
from deploy_ui.services.alerts import outbox
from deploy_ui.services.alerts.outbox import Notice
from deploy_ui.services.calls import callback_addresses, callback_payloads
from deploy_ui.services.calls.callback_addresses import Lookup
from deploy_ui.services.posting import Letter, Posted

MOST_IN_FLIGHT = 16
LOOK_S = 1.0
REFUSALS = {"callback_refused": "alert_url_refused", "callback_url_wrong": "alert_url_wrong"}
"""Why an address is refused, in the words of alerts: those of callbacks speak of a header."""

log = logging.getLogger(__name__)


class Notices:
    """Looks for what is due every second, and at once when it is told to."""

    def __init__(self, *, now: Callable[[], datetime] = clock.now, lookup: Lookup = callback_addresses.look_up) -> None:
        """Prepare; `run` begins."""
        self._now, self._lookup = now, lookup
        self._wake = threading.Event()
        self._room = threading.BoundedSemaphore(MOST_IN_FLIGHT)

    def look(self) -> None:
        """Look at once whether something is due."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop. Tries that are under way are waited for."""
        with ThreadPoolExecutor(MOST_IN_FLIGHT, thread_name_prefix="notices") as pool:
            while not stop.is_set():
                self._wake.clear()
                try:
                    self._begin(pool)
                except Exception:
                    log.exception("no notices of alerts read, error %s", ids.new_id(8))
                self._wake.wait(LOOK_S)

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        room = 0
        while room < MOST_IN_FLIGHT and self._room.acquire(blocking=False):
            room += 1
        due = []
        try:
            due = outbox.due(self._now(), room) if room else []
        finally:
            for _ in range(room - len(due)):
                self._room.release()
        for notice in due:
            pool.submit(self._tell, notice)

    def _tell(self, notice: Notice) -> None:
        try:
            posted = self._tried(notice)
            outbox.sent(
                notice, delivered=posted.delivered, message=posted.message, final=posted.refused, now=self._now()
            )
        except Exception:
            log.exception("how a notice of an alert went cannot be written down, error %s", ids.new_id(8))
        finally:
            self._room.release()
            self._wake.set()

    def _tried(self, notice: Notice) -> Posted:
        try:
            return self._send(notice)
        except Exception:
            error = ids.new_id(8)
            log.exception("a notice of an alert failed; it is sent again later, error %s", error)
            return Posted(delivered=False, message=f"error {error}", refused=False)

    def _send(self, notice: Notice) -> Posted:
        """Make one try; whatever the receiver does is an outcome."""
        if notice.address is None:
            return Posted(delivered=False, message="alert_receiver_sealed", refused=True)
        if notice.kind is ReceiverKind.EMAIL:
            return _mail(notice, notice.address)
        return asyncio.run(self._post(notice, notice.address))

    async def _post(self, notice: Notice, url: str) -> Posted:
        body = letters.payload(notice)
        headers = callback_payloads.headers(f"alert-{notice.id}", body, notice.secret, self._now())
        async with posting.transport() as transport:
            posted = await posting.post(transport, Letter(url, body, headers), lookup=self._lookup)
        return replace(posted, message=REFUSALS.get(posted.message, posted.message)) if posted.refused else posted


def _mail(notice: Notice, address: str) -> Posted:
    made = letters.mail(notice)
    try:
        mail.send(address, made.subject, made.body)
    except mail.NotSent as error:
        return Posted(delivered=False, message=str(error))
    return Posted(delivered=True)
