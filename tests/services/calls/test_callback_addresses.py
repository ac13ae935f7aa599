import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from deploy_ui.errors import Invalid
from deploy_ui.services.calls import callback_addresses
from deploy_ui.services.calls.callback_addresses import check, resolve, target
from deploy_ui.settings import settings

PUBLIC, PUBLIC_V6 = "93.184.216.34", "2606:2800:220:1::1"

Lookup = Callable[[str], Awaitable[list[str]]]


def names(*addresses: str) -> Lookup:
    """A resolver for which every name leads to these."""

    async def lookup(_host: str) -> list[str]:
        return list(addresses)

    return lookup


async def nowhere(_host: str) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "unknown")


async def silent(_host: str) -> list[str]:
    await asyncio.Event().wait()
    return []


@pytest.fixture(autouse=True)
def _settings(data_dir: object) -> None:
    """Every test may set networks of its own."""


def allow(monkeypatch: pytest.MonkeyPatch, networks: str) -> None:
    monkeypatch.setenv("DEPLOY_UI_CALLBACK_NETWORKS", networks)
    settings.cache_clear()


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.org", "//example.org/x", "file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)"),
        *("http://", "http:///x", "http://:80/", "http://user@example.org/", "http://a:b@example.org/"),
        *("http://example.org:0/", "http://example.org:65536/", "http://example.org:/", "http://example.org:8o/"),
        *("http://exam ple.org/", "http://example.org/a b", "http://example.org/\n", "http://example.org/\u00e9"),
        *("http://\u044f.example/", "http://a..b/", "http://.example.org/", "http://example.org\\@127.0.0.1/"),
        *("http://127.0.0.1%2f@example.org/", "http://[::1/", "http://[fe80::1%25eth0]/", "http://[12]/"),
        *(f"http://{'a' * 64}.org/", f"http://{'a.' * 127}org/", f"http://example.org/{'x' * 2000}"),
    ],
)
async def test_what_is_no_web_address_is_told_so(url: str) -> None:
    with pytest.raises(Invalid, match="callback_url_wrong") as told:
        await check(url, lookup=names(PUBLIC))
    assert told.value.field == "X-Callback-Url"


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://example.org", "example.org", 80),
        ("HTTPS://Example.org./hook?a=b#c", "Example.org.", 443),
        ("http://example.org:8080/", "example.org", 8080),
        ("https://[2606:2800:220:1::1]:8443/", PUBLIC_V6, 8443),
        (f"http://{PUBLIC}?x", PUBLIC, 80),
    ],
)
async def test_web_addresses_are_read_as_everybody_reads_them(url: str, host: str, port: int) -> None:
    found = target(url)
    assert (found.host, found.port) == (host, port)
    await check(url, lookup=names(PUBLIC))


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "0", "0.0.0.0"),  # noqa: S104 -- nothing listens there
        *("localhost", "LOCALHOST.", "a.localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "224.0.0.1", "255.255.255.255"),
        *("240.0.0.1", "192.0.2.1", "198.18.0.1", "[::127.0.0.1]", "[fe80::1]", "[fec0::1]", "[fd00::1]", "[ff02::1]"),
        *("[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001::1]", "[2001:db8::1]"),
    ],
)
async def test_an_address_that_is_not_public_is_refused_however_it_is_spelt(host: str) -> None:
    with pytest.raises(Invalid, match="callback_refused"):
        await check(f"http://{host}:43000/")


@pytest.mark.parametrize(
    "host", [PUBLIC, "1572395042", f"[{PUBLIC_V6}]", "[::ffff:93.184.216.34]", "[64:ff9b::5db8:d822]"]
)
async def test_a_public_address_may_be_called_however_it_is_spelt(host: str) -> None:
    assert await resolve(f"https://{host}/")


async def test_a_name_is_judged_by_where_it_leads() -> None:
    with pytest.raises(Invalid, match="callback_refused"):
        await check("http://inner.example/", lookup=names("10.0.0.1"))
    await check("http://outer.example/", lookup=names(PUBLIC))


async def test_of_a_name_that_leads_to_many_only_public_ones_are_called_in_their_order() -> None:
    lookup = names("10.0.0.1", PUBLIC_V6, "::1", PUBLIC)
    assert await resolve("http://mixed.example/", lookup=lookup) == [PUBLIC_V6, PUBLIC]


async def test_a_name_that_leads_nowhere_yet_may_be_given_but_not_called() -> None:
    await check("http://later.example/", lookup=nowhere)
    with pytest.raises(OSError, match="unknown"):
        await resolve("http://later.example/", lookup=nowhere)


async def test_a_resolver_that_is_silent_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_addresses, "LOOKUP_S", 0.05)
    await check("http://slow.example/", lookup=silent)
    with pytest.raises(TimeoutError):
        await resolve("http://slow.example/", lookup=silent)


async def test_networks_that_are_allowed_may_be_called_their_neighbours_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow(monkeypatch, "10.1.0.0/16, fd00::/8,127.0.0.1/8")
    lookup = names("10.1.2.3", "10.2.0.1", "::ffff:10.1.9.9", "fd12::1", "fe80::1", "64:ff9b::a01:1")
    allowed = await resolve("http://inner.example/", lookup=lookup)
    assert allowed == ["10.1.2.3", "::ffff:10.1.9.9", "fd12::1", "64:ff9b::a01:1"]
    assert await resolve("http://localhost/") == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example:8443/hook/secret?token=1#x", "https://a.example:8443"),
        ("http://a.example", "http://a.example"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_the_place_of_an_address_is_no_secret(url: str, shown: str) -> None:
    assert callback_addresses.place(url) == shown
