"""Asks a Prometheus: many questions at once, within a time, and says why there is no answer."""

import asyncio
import functools
import math
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import httpx

from deploy_ui.errors import Unavailable

PATIENCE_S = 5.0
"""So long all questions of one page may take together."""
REST_S = 30.0
"""So long one that did not answer is not asked again: nobody shall wait for it at every look."""
AT_ONCE = 8
LONGEST_REASON = 200
REFUSED = "prometheus_refused"

T = TypeVar("T")


@dataclass(frozen=True)
class Series:
    """One answer: its labels, and its values by time."""

    labels: Mapping[str, str]
    values: Mapping[float, float | None]
    """None where the answer is no number: a quantile of nothing, for example."""


@dataclass(frozen=True)
class Span:
    """The times of an answer, in seconds since 1970, the last one included."""

    since: int
    until: int
    step_s: int


class Prometheus:
    """One Prometheus. Name and password in its address are sent to it and never told to anybody.

    To ask may raise Unavailable: `prometheus_unreachable`, `prometheus_slow`, or `prometheus_refused` with what it
    said.
    """

    def __init__(
        self,
        url: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        patience_s: float = PATIENCE_S,
        rest_s: float = REST_S,
    ) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self.address = f"{parts.scheme}://{host}{parts.path}".rstrip("/")
        """Without name and password, so that it can be shown."""
        self._auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._transport, self._patience_s, self._rest_s = transport, patience_s, rest_s
        self._silent: tuple[float, Unavailable] | None = None
        """Until when it is not asked again, and why."""

    def ask(self, work: Callable[["Asking"], Awaitable[T]]) -> T:
        """Return what some work makes of the answers; all its questions together have one time."""
        if self._silent and time.monotonic() < self._silent[0]:
            raise Unavailable(self._silent[1].code, **self._silent[1].facts)
        try:
            found = asyncio.run(self._in_time(work))
        except Unavailable as error:
            self._silent = (time.monotonic() + self._rest_s, error) if error.code != REFUSED else None
            raise
        self._silent = None
        return found

    async def _in_time(self, work: Callable[["Asking"], Awaitable[T]]) -> T:
        client = httpx.AsyncClient(
            auth=self._auth,
            limits=httpx.Limits(max_connections=AT_ONCE),
            timeout=self._patience_s,
            transport=self._transport,
            trust_env=False,
            verify=_trusted(),
        )
        try:
            async with asyncio.timeout(self._patience_s), client:
                return await work(Asking(client, self.address))
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Unavailable("prometheus_slow", address=self.address, seconds=f"{self._patience_s:g}") from error
        except httpx.DecodingError as error:
            raise Unavailable(REFUSED, address=self.address, reason=_short(str(error))) from error
        except httpx.TransportError as error:
            raise Unavailable("prometheus_unreachable", address=self.address, reason=_short(str(error))) from error


class Asking:
    """Asks one Prometheus while its time lasts."""

    def __init__(self, client: httpx.AsyncClient, address: str) -> None:
        self._client, self._address = client, address

    async def ranges(self, questions: Sequence[str], span: Span) -> list[list[Series]]:
        """Return the answers to each question at every point of a span."""
        times = {"start": str(span.since), "end": str(span.until), "step": str(span.step_s)}
        return await self._all("query_range", questions, times)

    async def moments(self, questions: Sequence[str], at: int) -> list[list[Series]]:
        """Return the answers to each question at one moment."""
        return await self._all("query", questions, {"time": str(at)})

    async def _all(self, kind: str, questions: Sequence[str], times: Mapping[str, str]) -> list[list[Series]]:
        return await asyncio.gather(*(self._one(kind, {"query": each, **times}) for each in questions))

    async def _one(self, kind: str, asked: Mapping[str, str]) -> list[Series]:
        answer = await self._client.post(f"{self._address}/api/v1/{kind}", data=asked)
        try:
            said = answer.json()
            if answer.is_success:
                return [_series(each) for each in said["data"]["result"]]
            reason = f"{answer.status_code}: {said['error']}"
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # some other server
            reason = f"{answer.status_code} {answer.reason_phrase}"
        raise Unavailable(REFUSED, address=self._address, reason=_short(reason))


def _series(found: Any) -> Series:
    pairs = found["values"] if "values" in found else [found["value"]]
    return Series(dict(found["metric"]), {float(at): _number(value) for at, value in pairs})


def _number(written: str) -> float | None:
    value = float(written)
    return value if math.isfinite(value) else None


def _short(reason: str) -> str:
    return " ".join(reason.split())[:LONGEST_REASON]


@functools.cache
def at(url: str) -> Prometheus:
    """Return the one at an address: the same each time, because it remembers whether it was silent."""
    return Prometheus(url)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Read the machine's certificates once: it takes longer than all the questions."""
    return ssl.create_default_context()
