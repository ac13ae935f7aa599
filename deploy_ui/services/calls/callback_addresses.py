"""Where callbacks may go: to public addresses, and into the private networks that the settings allow.

Callers name the address, so it is hostile: a model's caller must not reach what only this machine reaches. A name is
judged by what it leads to, when the call is accepted and again at every try; the try then connects to exactly the
address that was judged, so that a name that changes its mind in between gains nothing.
"""

import asyncio
import functools
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deploy_ui.errors import Invalid
from deploy_ui.settings import settings

FIELD = "X-Callback-Url"
LONGEST = 2000
URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?:[/?#][!-~]*)?",
    re.IGNORECASE,
)
"""Strict, so that nobody reads another host out of it than we do: no user info, no escapes and no zone in the host."""
PORTS = {"http": 80, "https": 443}
MOST_PORT = 65535
LONGEST_NAME, LONGEST_LABEL = 253, 63
LOOKUP_S = 2
LOOKUP_THREADS = 16
"""Of their own: a name server that hangs must not take the threads that everything else is done in."""
LOCALHOST = ["127.0.0.1", "::1"]
PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str], Awaitable[list[str]]]
"""Gives the addresses of a name in the order to try them. Raises OSError when there are none."""


@dataclass(frozen=True)
class Target:
    """An address, taken apart."""

    host: str
    """A name or a literal address, without brackets."""
    port: int


async def look_up(host: str) -> list[str]:
    """Ask the machine's resolver, in a thread. It also reads the old spellings of IPv4: `2130706433`, `0x7f.1`."""
    if f".{host.lower().removesuffix('.')}".endswith(".localhost"):
        return LOCALHOST
    ask = functools.partial(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_threads(), ask)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def check(url: str, *, lookup: Lookup = look_up) -> None:
    """Raise Invalid unless callbacks may go there. A name that leads nowhere yet may be given: the tries will tell."""
    try:
        await resolve(url, lookup=lookup)
    except OSError:
        return


async def resolve(url: str, *, lookup: Lookup = look_up) -> list[str]:
    """Return the addresses to connect to, in the order to try them: those that may be called, at least one.

    Raises Invalid when the URL is wrong or none of its addresses may be called, OSError when its name leads nowhere.
    """
    host = target(url).host
    async with asyncio.timeout(LOOKUP_S):  # its TimeoutError is an OSError
        try:
            found = await lookup(host)
        except UnicodeError as error:  # what the resolver takes for no name at all
            raise Invalid("callback_url_wrong", field=FIELD) from error
    open_ones = [address for address in found if may_be_called(address)]
    if not open_ones:
        raise Invalid("callback_refused", field=FIELD)
    return open_ones


def target(url: str) -> Target:
    """Return where a URL leads, or raise Invalid when it is no address that could be called."""
    found = URL.fullmatch(url) if len(url) <= LONGEST else None
    if found is None:
        raise Invalid("callback_url_wrong", field=FIELD)
    host = found["host"]
    port = int(found["port"]) if found["port"] else PORTS[found["scheme"].lower()]
    good = _is_v6(host.strip("[]")) if host.startswith("[") else _is_name(host)
    if not good or not 1 <= port <= MOST_PORT:
        raise Invalid("callback_url_wrong", field=FIELD)
    return Target(host.strip("[]"), port)


def place(url: str) -> str:
    """Return a URL that was taken without what stands behind its host: paths and queries may hold secrets."""
    found = URL.fullmatch(url)
    return "" if found is None else url[: found.end("port") if found["port"] else found.end("host")]


def may_be_called(address: str) -> bool:
    """Say whether callbacks may go to an address as the resolver gives it."""
    try:
        return _may_be_called(ipaddress.ip_address(address))
    except ValueError:
        return False  # one with a zone, or of a kind that we do not know


def _may_be_called(address: Address) -> bool:
    if any(address in network for network in settings().allowed_callback_networks):
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not address.is_reserved
    inner = _inner(address)
    if inner is not None:
        return _may_be_called(inner)
    return address in PUBLIC_V6 and address.is_global and not address.is_multicast


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to: mapped, translated or tunnelled."""
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_v6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True


def _is_name(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    return len(host) <= LONGEST_NAME and all(1 <= len(each) <= LONGEST_LABEL for each in labels)


@functools.cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="callback-names")
