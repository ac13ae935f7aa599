"""Posts to addresses that people and callers gave: to exactly those that were judged, without proxies or redirects.

What sends is shared by callbacks of calls and by alerts; `services.calls.callback_addresses` says where to.
"""

import asyncio
import functools
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from deploy_ui.errors import Invalid
from deploy_ui.services.calls import callback_addresses
from deploy_ui.services.calls.callback_addresses import Lookup

TRY_S = 10
"""For one address, from connecting to the head of the answer."""
CONNECT_S = 4
MOST_ADDRESSES = 4
"""Of one name; all tries together end before a claim does."""
TIMEOUT = httpx.Timeout(TRY_S, connect=CONNECT_S)
FIRST_BAD_STATUS = 300
NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout)
"""Nothing was sent, so the next address may be tried."""


@dataclass(frozen=True)
class Letter:
    """What is posted, and where."""

    url: str
    """Hostile."""
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Posted:
    """What became of it."""

    delivered: bool
    message: str = ""
    """What it met with; the machine's own words."""
    refused: bool = False
    """It may not go there at all; the message is the code of the reason."""


async def post(transport: httpx.AsyncBaseTransport, letter: Letter, *, lookup: Lookup) -> Posted:
    """Make one try, at the addresses as they are judged now, each until one takes the connection."""
    try:
        addresses = await callback_addresses.resolve(letter.url, lookup=lookup)
    except Invalid as error:
        return Posted(delivered=False, message=error.code, refused=True)
    except OSError as error:
        return Posted(delivered=False, message=f"the name was not resolved: {words(error)}")
    message = ""
    for address in addresses[:MOST_ADDRESSES]:
        try:
            async with asyncio.timeout(TRY_S):
                return await _post(transport, letter, address)
        except NOT_CONNECTED as error:
            message = words(error)
        except TimeoutError:
            return Posted(delivered=False, message=f"no answer within {TRY_S} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Posted(delivered=False, message=words(error))
    return Posted(delivered=False, message=message)


async def _post(transport: httpx.AsyncBaseTransport, letter: Letter, address: str) -> Posted:
    url = httpx.URL(letter.url)
    request = httpx.Request(
        "POST",
        url.copy_with(host=address, fragment=None),
        content=letter.body,
        headers={"host": url.netloc.decode("ascii"), **letter.headers},
        extensions={"sni_hostname": url.raw_host.decode("ascii").removesuffix("."), "timeout": TIMEOUT.as_dict()},
    )
    answer = await transport.handle_async_request(request)
    await answer.aclose()  # its head says all
    delivered = answer.status_code < FIRST_BAD_STATUS
    return Posted(delivered, "" if delivered else f"HTTP {answer.status_code}")


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return what says whose certificates are trusted: it takes a while to read."""
    return httpx.create_ssl_context()


def transport() -> httpx.AsyncBaseTransport:
    """Return what goes nowhere but where it is told: unlike a client it knows no proxy, no redirect and no cookie.

    No connection is kept: they are to addresses, and the next letter to the same address may be for another name,
    whose certificate was never looked at.
    """
    no_limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=_trusted(), limits=no_limits)


def words(error: Exception) -> str:
    """Return an error in its own words."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")
