"""Sends a test request through the gateway and tells what comes back while it comes.

What a deployment answers is data here, never a page. Nothing of it is held: each piece is handed on, and the next one
is not read before it was taken.
"""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from email.message import Message

import httpx

from deploy_ui.errors import AppError, Invalid, TooLarge, Unavailable
from deploy_ui.services import deployments
from deploy_ui.services.trials import addressing, bodies, history, request
from deploy_ui.services.trials.accepted import call_id
from deploy_ui.services.trials.bodies import FilePiece, Piece
from deploy_ui.services.trials.decoding import Plain, Undecodable
from deploy_ui.services.trials.duplex import Transport
from deploy_ui.services.trials.history import Outcome, PastRow
from deploy_ui.services.trials.readable import Readable
from deploy_ui.services.trials.request import Header, Trial
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

MOST_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer that are handed on, decoded."""
OVERTIME_S = 10
"""How much longer than the gateway the console waits, so that the gateway's own 503 or 504 arrives."""
CONNECT_S = 5
STALLED_S = 60
"""How long the gateway may take nothing more of a body."""
READ = 256 * 1024
LONGEST_KEY = 20
LONGEST_ID = 100
LOOKED_AT = 64 * 1024
"""Bytes of an answer in which the id of an accepted call is looked for."""
CURLS_OWN = {"Accept": "*/*", "User-Agent": "deploy-ui"}
"""What curl sends of itself, too."""


@dataclass(frozen=True)
class Head:
    """The answer has begun."""

    status: int
    phrase: str
    headers: list[Header]
    request_id: str
    instance: str
    """The one that answered; empty when the gateway did, or the instance does not say."""
    content_type: str
    """Without parameters, in small letters."""
    charset: str
    """One that exists."""
    duration_ms: int
    """From sending to here."""


@dataclass(frozen=True)
class Data:
    """The next bytes of the body, decompressed."""

    piece: bytes


@dataclass(frozen=True)
class End:
    """The answer is over."""

    duration_ms: int
    """From sending to the last byte."""
    size: int
    """Bytes of the body, decompressed, as far as they were read."""
    truncated: bool
    """There was more than `MOST_ANSWER` bytes."""
    call_id: str
    """The asynchronous call that was accepted by this; empty for any other answer."""
    past: PastRow | None
    """What the history keeps of it."""


@dataclass(frozen=True)
class Broken:
    """It ended before its end, or never began."""

    error: AppError


Event = Head | Data | End | Broken
Files = Mapping[str, Readable]
"""By the name of their part; each open from its beginning."""


class Sending:
    """One request that may be sent; `events` sends it."""

    def __init__(self, trial: Trial, made: httpx.Request, body: "_Body", past_id: int, patience_s: float) -> None:
        self._trial, self._request, self._body = trial, made, body
        self._past_id, self._patience_s = past_id, patience_s
        self._outcome = Outcome()
        self._beginning = b""
        self._size = 0
        self._truncated = False

    async def events(self, *, transport: httpx.AsyncBaseTransport | None = None) -> AsyncGenerator[Event]:
        """Send, and yield what comes back. Leaving early ends the request at the gateway, too."""
        began = time.monotonic()
        told = False
        try:
            async with httpx.AsyncClient(transport=transport or Transport(), trust_env=False) as client:
                response = await self._answered(client)
                try:
                    yield self._head(response, began)
                    async with aclosing(self._decoded(response)) as pieces:
                        async for piece in pieces:
                            yield Data(piece)
                finally:
                    await response.aclose()
            self._note(began, over=True)
            past = await asyncio.to_thread(history.ended, self._past_id, self._outcome)
            told = True
            yield End(self._outcome.duration_ms, self._size, self._truncated, self._outcome.call_id, past)
        except (httpx.HTTPError, TimeoutError, Undecodable) as error:
            yield Broken(self._failure(error))
        finally:
            if not told:  # nobody may be there to wait for it
                self._note(began, over=False)
                asyncio.get_running_loop().run_in_executor(None, history.ended, self._past_id, self._outcome)

    async def _answered(self, client: httpx.AsyncClient) -> httpx.Response:
        """Return the answer when it begins; the time for that runs from the last byte of the body on."""
        async with asyncio.timeout(None) as deadline:
            loop = asyncio.get_running_loop()
            self._body.when_sent = lambda: deadline.reschedule(loop.time() + self._patience_s)
            return await client.send(self._request, stream=True, follow_redirects=False)

    def _head(self, response: httpx.Response, began: float) -> Head:
        raw = [Header(_text(name), _text(value)) for name, value in response.headers.raw]
        kind, charset = _told(_first(raw, "content-type"))
        request_id, instance = _first(raw, "x-request-id")[:LONGEST_ID], _first(raw, "x-instance")[:LONGEST_KEY]
        self._outcome = Outcome(status=response.status_code, request_id=request_id, instance=instance)
        return Head(
            status=response.status_code,
            phrase=response.reason_phrase,
            headers=raw,
            request_id=request_id,
            instance=instance,
            content_type=kind,
            charset=charset,
            duration_ms=_since(began),
        )

    async def _decoded(self, response: httpx.Response) -> AsyncGenerator[bytes]:
        """Yield the body up to the limit."""
        plain = Plain(response.headers.get("content-encoding", ""))
        async for raw in response.aiter_raw():
            for piece in plain.decode(raw):
                kept = piece[: MOST_ANSWER - self._size]
                self._size += len(kept)
                self._beginning += kept[: LOOKED_AT - len(self._beginning)]
                if kept:
                    yield kept
                if len(kept) < len(piece):
                    self._truncated = True
                    return

    def _note(self, began: float, *, over: bool) -> None:
        found = call_id(self._outcome.status, self._beginning) if self._trial.asynchronous and over else ""
        self._outcome = replace(self._outcome, duration_ms=_since(began), over=over, call_id=found)

    def _failure(self, error: Exception) -> AppError:
        if isinstance(error, Undecodable):
            return Unavailable("answer_undecodable")
        return Unavailable(
            "answer_broken" if self._outcome.status else "gateway_unreachable", kind=type(error).__name__
        )


async def begin(viewer: Viewer, slug: str, trial: Trial, files: Files) -> Sending:
    """Check the request and note it in the history; nothing is sent yet. Raises AppError for what cannot be sent."""
    return await asyncio.to_thread(_begun, viewer, slug, trial, files)


def _begun(viewer: Viewer, slug: str, trial: Trial, files: Files) -> Sending:
    request.check(trial)
    boundary = f"----deploy-ui-{secrets.token_hex(12)}"
    headers = addressing.headers(viewer, slug, trial, boundary)
    card = deployments.card(viewer, slug)
    body = _Body(bodies.pieces(trial, boundary), files)
    limit_mb = settings().max_body_mb
    if body.size > limit_mb * 1024 * 1024:
        raise TooLarge("body_too_large", limit_mb=limit_mb)
    made = _made(slug, trial, headers, body)
    past_id = history.begun(viewer, slug, trial)
    held_s = card.start_timeout_s  # while a deployment that slept wakes up
    return Sending(trial, made, body, past_id, held_s + card.request_timeout_s + OVERTIME_S)


def _made(slug: str, trial: Trial, headers: list[tuple[str, str]], body: "_Body") -> httpx.Request:
    given = {name.lower() for name, _ in headers}
    own = [each for each in CURLS_OWN.items() if each[0].lower() not in given]
    length = [("Content-Length", str(body.size))] if body.size or trial.method in {"POST", "PUT", "PATCH"} else []
    limits = httpx.Timeout(None, connect=CONNECT_S, write=STALLED_S)
    return httpx.Request(
        trial.method,
        settings().local_gateway,
        headers=[*own, *headers, *length],
        content=body if body.size else None,
        # httpx would resolve dots and encode anew; a model is to be tried with the very path that was typed
        extensions={"timeout": limits.as_dict(), "target": f"/{slug}{trial.target}".encode()},
    )


class _Body:
    """Reads the pieces one after the other, files not in the event loop."""

    def __init__(self, pieces: list[Piece], files: Files) -> None:
        self._pieces, self._files = pieces, files
        self.size = sum(map(self._length, pieces))
        self.when_sent: Callable[[], None] = lambda: None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body."""
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            file = self._files[piece.part]
            await asyncio.to_thread(file.seek, 0)
            while data := await asyncio.to_thread(file.read, READ):
                yield data
        self.when_sent()

    def _length(self, piece: Piece) -> int:
        if not isinstance(piece, FilePiece):
            return len(piece)
        file = self._files.get(piece.part)
        if file is None:
            raise Invalid("trial_file_missing", field="body", name=piece.filename[:100])
        file.seek(0, os.SEEK_END)
        return file.tell()


def _first(headers: list[Header], name: str) -> str:
    return next((each.value for each in headers if each.name.lower() == name), "")


def _told(content_type: str) -> tuple[str, str]:
    """Return the media type and the charset; a charset that is none becomes UTF-8."""
    message = Message()
    message["content-type"] = content_type.replace("\r", " ").replace("\n", " ")
    charset = str(message.get_param("charset", "utf-8"))
    try:
        b"x".decode(charset, "replace")
    except (LookupError, ValueError):
        charset = "utf-8"
    return content_type.partition(";")[0].strip().lower(), charset.lower()


def _text(raw: bytes) -> str:
    """Read a header: UTF-8 if it is, otherwise byte by byte."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
