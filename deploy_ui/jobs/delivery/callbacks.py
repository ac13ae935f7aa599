"""Sends callbacks: tells the addresses that callers gave how their calls ended."""

import asyncio
import functools
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import httpx

from deploy_ui import clock
from deploy_ui.enums import CallbackStatus
from deploy_ui.errors import Invalid
from deploy_ui.services.calls import callback_addresses, callback_payloads, callbacks
from deploy_ui.services.calls.callback_addresses import Lookup
from deploy_ui.services.calls.callbacks import Callback, Outcome

MOST_IN_FLIGHT = 50
LOOK_S = 0.5
TRY_S = 10
"""For one address, from connecting to the head of the answer."""
CONNECT_S = 4
MOST_ADDRESSES = 4
"""Of one name; all tries together end before the claim does."""
REST_S = 2.0
"""After the database did not answer."""
TIMEOUT = httpx.Timeout(TRY_S, connect=CONNECT_S)
FIRST_BAD_STATUS = 300
NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout)
"""Nothing was sent, so the next address may be tried."""

log = logging.getLogger(__name__)


def warm_up() -> None:
    """Load what sends: for who forks afterwards."""
    asyncio.run(_transport().aclose())


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
        self._transport = transport or _transport
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
        """Make one try, at the addresses as they are judged now, each until one takes the connection."""
        try:
            addresses = await callback_addresses.resolve(callback.url, lookup=self._lookup)
        except Invalid as error:
            return Outcome(CallbackStatus.REFUSED, error.code)
        except OSError as error:
            return Outcome(CallbackStatus.FAILED, f"the name was not resolved: {_words(error)}")
        message = ""
        for address in addresses[:MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(TRY_S):
                    return await self._post(transport, callback, address)
            except NOT_CONNECTED as error:
                message = _words(error)
            except TimeoutError:
                return Outcome(CallbackStatus.FAILED, f"no answer within {TRY_S} s")
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                return Outcome(CallbackStatus.FAILED, _words(error))
        return Outcome(CallbackStatus.FAILED, message)

    async def _post(self, transport: httpx.AsyncBaseTransport, callback: Callback, address: str) -> Outcome:
        url = httpx.URL(callback.url)
        signed = callback_payloads.headers(callback.event_id, callback.body, callback.secret, self._now())
        request = httpx.Request(
            "POST",
            url.copy_with(host=address, fragment=None),
            content=callback.body,
            headers={"host": url.netloc.decode("ascii"), **signed},
            extensions={"sni_hostname": url.raw_host.decode("ascii").removesuffix("."), "timeout": TIMEOUT.as_dict()},
        )
        answer = await transport.handle_async_request(request)
        await answer.aclose()  # its head says all
        if answer.status_code < FIRST_BAD_STATUS:
            return Outcome(CallbackStatus.DELIVERED)
        return Outcome(CallbackStatus.FAILED, f"HTTP {answer.status_code}")


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return what says whose certificates are trusted: it takes a while to read."""
    return httpx.create_ssl_context()


def _transport() -> httpx.AsyncBaseTransport:
    """Return what goes nowhere but where it is told: unlike a client it knows no proxy, no redirect and no cookie.

    No connection is kept: they are to addresses, and the next callback to the same address may be for another name,
    whose certificate was never looked at.
    """
    no_limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=_trusted(), limits=no_limits)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")
