"""Requests that two servers could read differently are refused, so nothing is smuggled past the key."""

import pytest

from tests.gateway.conftest import Gateway, secret, serving
from tests.gateway.upstream import Upstream, send_raw

CLOSE = "connection: close\r\n"
HIDDEN = "GET /a/hidden HTTP/1.1\r\nhost: x\r\n\r\n"

AMBIGUOUS = {
    "content-length and transfer-encoding": f"content-length: 9\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "transfer-encoding and content-length": f"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n{HIDDEN}",
    "two content-lengths": f"content-length: 0\r\ncontent-length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a list of content-lengths": f"content-length: 0, {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a signed content-length": f"content-length: +{len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a negative content-length": f"content-length: -1\r\n\r\n{HIDDEN}",
    "a hexadecimal content-length": f"content-length: 0x10\r\n\r\n{HIDDEN}",
    "an unknown transfer-encoding": f"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "a transfer-encoding behind another": f"transfer-encoding: identity, chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "two transfer-encodings": f"transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "a space before the colon": f"transfer-encoding : chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "a folded transfer-encoding": f"transfer-encoding:\r\n chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n{HIDDEN}",
    "a control character in a name": f"transfer\x0bencoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "a NUL in a value": "x: a\x00b\r\n\r\n",
    "a chunk size that is no number": f"transfer-encoding: chunked\r\n\r\nzz\r\n\r\n{HIDDEN}",
    "a chunk size that overflows": f"transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n{HIDDEN}",
    "a line without a colon": "nonsense\r\n\r\n",
    "an empty name": ": x\r\n\r\n",
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_an_ambiguous_request_is_refused_and_hides_no_other(gateway: Gateway, upstream: Upstream, name: str) -> None:
    gateway.serve(serving("a", upstream.address))
    head = f"POST /a/ HTTP/1.1\r\nhost: gateway\r\n{CLOSE}x-api-key: {secret('a')}\r\n"
    answer = send_raw(gateway.port, (head + AMBIGUOUS[name]).encode("latin-1"))
    assert "200 OK" not in answer.text
    assert answer.status in {0, 400, 501}
    assert not [request.path for request in upstream.seen if request.path == "/hidden"]


def test_a_bare_carriage_return_starts_no_header_at_the_instance(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    head = f"GET /a/ HTTP/1.1\r\nhost: x\r\n{CLOSE}x-api-key: {secret('a')}\r\nx: 1\rx-deploy-ui-forged: 1\r\n\r\n"
    send_raw(gateway.port, head.encode())
    assert not [
        name for request in upstream.seen for name, value in request.headers if "forged" in name or "\r" in value
    ]


def test_two_hosts_are_refused(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    head = f"GET /a/ HTTP/1.1\r\nhost: one\r\nhost: two\r\n{CLOSE}x-api-key: {secret('a')}\r\n\r\n"
    assert send_raw(gateway.port, head.encode()).status == 400
    assert upstream.seen == []


def test_no_host_is_refused(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    assert send_raw(gateway.port, f"GET /a/ HTTP/1.1\r\nx-api-key: {secret('a')}\r\n\r\n".encode()).status == 400
    assert upstream.seen == []


def test_old_http_is_refused_in_json(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    answer = send_raw(gateway.port, f"GET /a/ HTTP/1.0\r\nhost: x\r\n{CLOSE}x-api-key: {secret('a')}\r\n\r\n".encode())
    assert answer.status == 426
    assert '"http_version_refused"' in answer.text
    assert upstream.seen == []


def test_a_tunnel_is_refused(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    head = f"CONNECT {upstream.address} HTTP/1.1\r\nhost: {upstream.address}\r\n{CLOSE}x-api-key: {secret('a')}\r\n\r\n"
    assert send_raw(gateway.port, head.encode()).status >= 400
    assert upstream.seen == []


def test_a_second_request_on_a_connection_needs_its_own_key(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    first = f"GET /a/first HTTP/1.1\r\nhost: x\r\nx-api-key: {secret('a')}\r\n\r\n"
    second = "GET /a/second HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    answer = send_raw(gateway.port, (first + second).encode(), answers=2)
    assert answer.text.count("HTTP/1.1 200") == 1
    assert answer.text.count("HTTP/1.1 401") == 1
    assert [request.path for request in upstream.seen] == ["/first"]


def test_an_upgrade_to_http2_is_not_taken_up(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    upgrade = "connection: Upgrade, HTTP2-Settings, close\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n"
    head = f"GET /a/ HTTP/1.1\r\nhost: x\r\n{upgrade}x-api-key: {secret('a')}\r\n\r\n"
    assert send_raw(gateway.port, head.encode()).status != 101
