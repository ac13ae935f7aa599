"""Sends callbacks: tells the addresses that callers gave how their calls ended."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import httpx

from deploy_ui import clock
from deploy_ui.enums import CallbackStatus
from deploy_ui.services import posting
from deploy_ui.services.calls import callback_addresses, callback_payloads, callbacks
from deploy_ui.services.calls.callback_addresses import Lookup
from deploy_ui.services.calls.callbacks import Callback, Outcome
from deploy_ui.services.posting import Letter

MOST_IN_FLIGHT = 50
LOOK_S = 0.5
REST_S = 2.0
"""After the database did not answer."""

log = logging.getLogger(__name__)


def warm_up() -> None:
    """Load what sends: for who forks afterwards."""
    asyncio.run(posting.transport().aclose())


class Callbacks:
    """Sends whatever callback is due, many at a time."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = clock.now,
        lookup: Lookup = callback_addresses.look_up,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        """Prepare; `run` begins."""
        self._now = now
        self._lookup = lookup
        self._transport = transport or posting.transport
        self._wake = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send for ever. When it is canceled, tries that are under way are given up; they are made again later."""
        async with self._transport() as transport:
            try:
                while True:
                    self._wake.clear()
                    await self._look(transport)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_S):
                            await self._wake.wait()
            finally:
                for task in self._sending:
                    task.cancel()
                await asyncio.gather(*self._sending, return_exceptions=True)

    def look(self) -> None:
        """Look at once whether something is due."""
        self._wake.set()

    def busy(self) -> bool:
        """Say whether tries are under way."""
        return bool(self._sending)

    async def _look(self, transport: httpx.AsyncBaseTransport) -> None:
        room = MOST_IN_FLIGHT - len(self._sending)
        if not room:
            return
        try:
            due = await asyncio.to_thread(callbacks.due, self._now(), room)
        except Exception:
            log.exception("no callbacks read")
            await asyncio.sleep(REST_S)
            return
        for callback in due:
            task = asyncio.create_task(self._tell(transport, callback))
            self._sending.add(task)
            task.add_done_callback(self._told)

    def _told(self, task: "asyncio.Task[None]") -> None:
        self._sending.discard(task)
        self._wake.set()  # there is room for another
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a callback's outcome was not written; it is sent again later", exc_info=error)

    async def _tell(self, transport: httpx.AsyncBaseTransport, callback: Callback) -> None:
        outcome = await self._send(transport, callback)
        await asyncio.to_thread(callbacks.sent, callback, outcome, self._now())

    async def _send(self, transport: httpx.AsyncBaseTransport, callback: Callback) -> Outcome:
        headers = callback_payloads.headers(callback.event_id, callback.body, callback.secret, self._now())
        letter = Letter(callback.url, callback.body, headers)
        posted = await posting.post(transport, letter, lookup=self._lookup)
        if posted.delivered:
            return Outcome(CallbackStatus.DELIVERED)
        return Outcome(CallbackStatus.REFUSED if posted.refused else CallbackStatus.FAILED, posted.message)
