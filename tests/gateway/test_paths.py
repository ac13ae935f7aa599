"""Tricks with paths: none reaches a deployment without its key, nor another deployment than the one it names."""

import pytest

from tests.gateway.conftest import Gateway, secret, serving
from tests.gateway.upstream import Upstream, running, send_raw

WITHOUT_ITS_KEY = [
    "/b",
    "/b/",
    "/b?",
    "/b/x",
    "//b/x",
    "///b///x",
    "/./b/x",
    "/a/../b/x",
    "/a/./../b/x",
    "/a/x/../../b/x",
    "/a/..//b/x",
    "/a//../b/x",
    "/a/%2e%2e/b/x",
    "/a/%2E%2e/b/x",
    "/a/.%2e/b/x",
    "/a/%2e./b/x",
    "/a/..%2fb/x",
    "/a%2f..%2fb/x",
    "/a%2F..%2Fb/x",
    "/a/..%5cb/x",
    "/a/..%5Cb/x",
    "/a/..\\b/x",
    "\\b\\x",
    "/\\b/x",
    "/a\\..\\b/x",
    "/a/%252e%252e/b/x",
    "/a/..%252fb/x",
    "/a/%c0%ae%c0%ae/b/x",
    "/a/%ef%bc%8e%ef%bc%8e/b/x",
    "/a/%u002e%u002e/b/x",
    "/a/..;/b/x",
    "/a/;/../b/x",
    "/a;/../b/x",
    "/a/..;x=y/b/x",
    "/b;/x",
    "/b;x=y/",
    "/%62/x",
    "/b%2fx",
    "/b%5cx",
    "/b%00/x",
    "/b%20/x",
    "/b%09/x",
    "/b./x",
    "/B/x",
    "/b%3f/x",
    "/b#/x",
    "/a/x#/../../b",
    "/b/-/../x",
    "/-/b/x",
    "/?/../b/x",
    "/a?/../b/x",
    "http://127.0.0.1/b/x",
    "http://evil.test/b/x",
    "http://127.0.0.1//b/x",
    "http:/b/x",
    "file:///b/x",
    "b/x",
    "../b/x",
    "*",
    "/" + "a/../" * 2000 + "b/x",
    "/b/" + "x" * 70_000,
    "/b\t/x",
    "/b\x00/x",
    "/b\x7f/x",
    "/b\xff/x",
]


def requests(path: str, key: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "host: gateway", "connection: close", *([f"x-api-key: {key}"] if key else [])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@pytest.mark.parametrize("path", WITHOUT_ITS_KEY, ids=lambda path: path[:40].encode("unicode_escape").decode())
def test_no_spelling_of_a_path_opens_a_deployment_without_its_key(
    gateway: Gateway, upstream: Upstream, path: str
) -> None:
    gateway.serve(serving("b", upstream.address))
    for key in ("", secret("a")):
        assert not 200 <= send_raw(gateway.port, requests(path, key)).status < 400
    assert upstream.seen == []


@pytest.fixture(scope="module")
def others() -> object:
    with running(Upstream("b")) as server:
        yield server


@pytest.mark.parametrize("path", WITHOUT_ITS_KEY, ids=lambda path: path[:40].encode("unicode_escape").decode())
def test_no_spelling_of_a_path_leads_from_one_deployment_to_another(
    gateway: Gateway, upstream: Upstream, others: Upstream, path: str
) -> None:
    gateway.serve(serving("a", upstream.address), serving("b", others.address))
    send_raw(gateway.port, requests(path, secret("a")))
    assert others.seen == []


@pytest.mark.parametrize("path", ["/a%2fb", "/a/x%2Fy", "/a/x%5cy"])
def test_an_encoded_slash_is_refused(gateway: Gateway, upstream: Upstream, path: str) -> None:
    gateway.serve(serving("a", upstream.address))
    assert send_raw(gateway.port, requests(path, secret("a"))).status == 400
    assert upstream.seen == []


def test_dots_do_not_reach_the_instance(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    for path in ("/a/x/../y", "/a/x/%2e%2e/y", "/a/./y", "/a//y", "/a/x/..//y"):
        assert send_raw(gateway.port, requests(path, secret("a"))).status == 200
    assert {request.path for request in upstream.seen} == {"/y"}


def test_a_dot_path_cannot_reach_our_own_addresses(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    for path in ("/a/x/../-/calls", "/a/%2d/calls", "/a//-/calls", "/a/./-/calls"):
        assert "calls_unavailable" in send_raw(gateway.port, requests(path, secret("a"))).text, "it is the acceptor's"
    assert upstream.seen == []
