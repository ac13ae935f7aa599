"""Makes one attempt: sends a call to an instance and takes its whole answer."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, Self
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from deploy_ui.enums import CallReason
from deploy_ui.errors import TooLarge
from deploy_ui.services.calls import bodies
from deploy_ui.services.calls.attempts import REFUSED_STATUS, Answer, Claim, Failure, Refused
from deploy_ui.services.calls.bodies import Body, Stored
from deploy_ui.services.paging import plain
from deploy_ui.settings import settings

CONNECT_S = 5.0
IDLE_CONNECTION_S = 1.0
"""Shorter than any server keeps an idle connection: a call sent on one that the server closes would be lost."""
LARGEST_HEADER_BYTES = 64 << 10
MOST_MESSAGE_BYTES = 2000
"""So much of a 5xx answer is kept to be read by people."""
FIRST_FINAL, FIRST_SERVER_ERROR = 200, 500
BUSY_MARK = "x-instance-busy"
"""Our own server has no place (`deploy_ui.serving.refusals.busy`): it lets no answer of the model say so."""
OURS_TO_SAY = frozenset({"accept", "accept-encoding", "content-type", "user-agent"})
"""What aiohttp would add by itself."""
NOT_KEPT = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding"),
        *("upgrade", "content-length", "set-cookie"),
    }
)
"""Of an answer's headers: they speak of the connection, or would set a caller's cookies later."""


class Sender:
    """Keeps the connections to instances. Use it as an asynchronous context manager."""

    def __init__(self) -> None:
        self._host = urlsplit(settings().gateway).netloc
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_CONNECTION_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
            skip_auto_headers=OURS_TO_SAY,
            middlewares=(_once,),
            max_line_size=LARGEST_HEADER_BYTES,
            max_field_size=LARGEST_HEADER_BYTES,
        )

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._session.close()

    async def send(self, claim: Claim) -> Answer | Failure | Refused:
        """Make the attempt, within its time. Whatever the instance does is an answer or a failure.

        When it is canceled nothing is left of a half answer.
        """
        try:
            async with asyncio.timeout(claim.limit_s):
                return await self._send(claim)
        except TimeoutError:
            return Failure(claim.limited_by)

    async def _send(self, claim: Claim) -> Answer | Failure | Refused:
        with ExitStack() as opened:
            try:
                data = _body(claim, opened)
            except (FileNotFoundError, _WrongSize):
                return Failure(CallReason.REQUEST_LOST)
            try:
                address = URL(f"http://{claim.address}{claim.path}", encoded=True)
                asked = self._session.request(
                    claim.method, address, data=data, headers=self._headers(claim), allow_redirects=False
                )
                async with asked as response:
                    return await _answer(claim, response)
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
                return Failure(CallReason.UNREACHABLE, message=_words(error))
            except (_BrokeOff, aiohttp.ClientError, OSError, ValueError) as error:
                return Failure(CallReason.BROKE_OFF, message=_words(error.__cause__ or error))

    def _headers(self, claim: Claim) -> list[tuple[str, str]]:
        ours = [("x-request-id", claim.id), ("x-async-call-id", claim.id), ("x-async-attempt", str(claim.attempt))]
        names = {name for name, _ in ours}
        given = [(name, value) for name, value in claim.headers if name.lower() not in names]
        return [("Host", self._host), *given, *ours]


class _BrokeOff(Exception):
    """The instance broke off before the head of its answer; `__cause__` says how."""


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Send the request once: aiohttp would repeat a GET, say, by itself when a connection that was used before breaks.

    It does that only for errors of its own, which this hides from it.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:  # nothing was sent, and it is not repeated
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _BrokeOff from error


class _WrongSize(Exception):
    """The body is not as long as the one that was accepted."""


def _body(claim: Claim, opened: ExitStack) -> bytes | BinaryIO | None:
    file = opened.enter_context(bodies.path_of(claim.body_file).open("rb")) if claim.body_file else None
    if (os.fstat(file.fileno()).st_size if file else len(claim.body)) != claim.body_size:
        raise _WrongSize
    return file or claim.body or None


async def _answer(claim: Claim, response: aiohttp.ClientResponse) -> Answer | Failure | Refused:
    """Take the rest of an answer whose head is there."""
    if response.status >= FIRST_SERVER_ERROR:
        message = await _excerpt(response)
        if response.status == REFUSED_STATUS and BUSY_MARK in response.headers:
            return Refused(message)
        return Failure(CallReason.ANSWERED_5XX, response.status, message)
    body = Body(f"{claim.id}.answer-{claim.attempt}")
    try:
        stored = await _stored(body, response)
    except TooLarge:
        body.discard()
        return Failure(CallReason.ANSWER_TOO_LARGE, response.status)
    except _NotStored as error:
        body.discard()
        return Failure(CallReason.NOT_STORED, response.status, _words(error.__cause__ or error))
    except (aiohttp.ClientError, OSError) as error:
        body.discard()
        return Failure(CallReason.ANSWER_BROKEN, response.status, _words(error))
    except BaseException:
        body.discard()
        raise
    return Answer(response.status, [[name, value] for name, value in _kept(response)], stored)


async def _stored(body: Body, response: aiohttp.ClientResponse) -> Stored:
    if response.status < FIRST_FINAL:
        raise aiohttp.ClientPayloadError("no final answer")
    async for piece in response.content.iter_any():
        with _ours_to_mend():
            body.add(piece)
    with _ours_to_mend():
        return await asyncio.to_thread(body.store) if body.long else body.store()


class _NotStored(Exception):
    """The disk did not take the answer; `__cause__` says why."""


@contextmanager
def _ours_to_mend() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _NotStored from error


def _kept(response: aiohttp.ClientResponse) -> Iterator[tuple[str, str]]:
    listed = {name.strip().lower() for name in response.headers.get("connection", "").split(",")}
    for name, value in response.headers.items():
        if name.lower() not in NOT_KEPT | listed:
            yield plain(name), plain(value)


async def _excerpt(response: aiohttp.ClientResponse) -> str:
    """Return the beginning of an error's body; one that breaks off says less."""
    try:
        text = await response.content.read(MOST_MESSAGE_BYTES)
    except (aiohttp.ClientError, OSError):
        return ""
    return text.decode(errors="replace")


def _words(error: BaseException) -> str:
    """Return what the system says of it; what only a library says is in the reason already."""
    return (error.strerror or "") if isinstance(error, OSError) else ""
