"""What an instance sees of a request, and what it never does."""

import socket

import pytest

from deploy_ui.services import sessions
from tests.gateway.conftest import Gateway, secret, serving
from tests.gateway.upstream import Upstream, answering, send_raw

COOKIE = sessions.COOKIE


def seen(gateway: Gateway, upstream: Upstream, **headers: str) -> dict[str, list[str]]:
    """Send a request with these headers; return what the instance saw."""
    gateway.serve(serving("a", upstream.address))
    assert gateway.http.get("/a/", headers={"x-api-key": secret("a")} | headers).status_code == 200
    request = upstream.seen[-1]
    return {name: request.header(name) for name, _ in request.headers}


def test_the_key_is_taken_off(gateway: Gateway, upstream: Upstream) -> None:
    found = seen(gateway, upstream, authorization=f"Bearer {secret('a')}")
    assert not {"x-api-key", "authorization"} & set(found)
    assert "dk_" not in str(found)


@pytest.mark.parametrize("scheme", ["BeArEr", "bearer ", "beaRER\t"])
def test_a_key_in_an_odd_spelling_is_taken_off_too(gateway: Gateway, upstream: Upstream, scheme: str) -> None:
    assert "dk_" not in str(seen(gateway, upstream, authorization=f"{scheme} {secret('a')}"))


def test_the_models_own_authorization_reaches_it(gateway: Gateway, upstream: Upstream) -> None:
    assert seen(gateway, upstream, authorization="Basic dXNlcg==")["authorization"] == ["Basic dXNlcg=="]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (f"{COOKIE}=secret", []),
        (f"a=1; {COOKIE}=secret; b=2", ["a=1; b=2"]),
        (f"a=1;{COOKIE}=secret;b=2", ["a=1; b=2"]),
        (f"{COOKIE}=secret; {COOKIE}=secret2; a=b=c", ["a=b=c"]),
        (f"{COOKIE} = secret; a", ["a"]),
        (f'a="{COOKIE}"; b', [f'a="{COOKIE}"; b']),
        (f"x{COOKIE}=fine", [f"x{COOKIE}=fine"]),
        (f"{COOKIE.upper()}=secret; a=1", ["a=1"]),
        ("a=1;b=2", ["a=1;b=2"]),
    ],
)
def test_the_consoles_cookie_is_taken_off_and_others_stay(
    gateway: Gateway, upstream: Upstream, sent: str, kept: list[str]
) -> None:
    assert seen(gateway, upstream, cookie=sent).get("cookie", []) == kept


def test_the_consoles_cookie_is_taken_out_of_every_cookie_header(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    headers = [("x-api-key", secret("a")), ("cookie", "a=1"), ("cookie", f"{COOKIE}=secret"), ("cookie", "b=2")]
    assert gateway.http.get("/a/", headers=headers).status_code == 200
    assert upstream.seen[-1].header("cookie") == ["a=1; b=2"]


@pytest.mark.parametrize(
    "name",
    [
        "x-deploy-ui-key",
        "X-Deploy-UI-Anything",
        "x-envoy-original-path",
        "x-envoy-retry-on",
        "x-envoy-max-retries",
        "x-envoy-upstream-rq-timeout-ms",
        "x-envoy-internal",
        "x-forwarded-host",
        "x-forwarded-port",
        "forwarded",
    ],
)
def test_a_forged_header_is_taken_off(gateway: Gateway, upstream: Upstream, name: str) -> None:
    assert name.lower() not in seen(gateway, upstream, **{name: "1"})


def test_a_timeout_that_the_caller_asks_of_envoy_counts_for_nothing(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address, timeout_s=1))
    forged = {"x-envoy-upstream-rq-timeout-ms": "60000", "x-envoy-upstream-stream-idle-timeout-ms": "60000"}
    assert gateway.call("/a/slow", secret("a"), **forged).status_code == 504


def test_the_request_id_is_ours(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    response = gateway.call("/a/", secret("a"), **{"x-request-id": "forged"})
    assert upstream.seen[-1].header("x-request-id") == [response.headers["x-request-id"]]
    assert response.headers["x-request-id"] != "forged"


def test_the_forwarded_address_is_not_the_callers_word(gateway: Gateway, upstream: Upstream) -> None:
    assert "9.9.9.9" not in str(seen(gateway, upstream, **{"x-forwarded-for": "9.9.9.9"}))


def test_nothing_of_envoy_shows_to_the_instance(gateway: Gateway, upstream: Upstream) -> None:
    assert not [name for name in seen(gateway, upstream) if name.startswith(("x-envoy", "x-deploy-ui"))]


def test_nothing_of_envoy_shows_to_the_caller(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    headers = gateway.call("/a/", secret("a")).headers
    assert not [name for name in headers if name.startswith("x-envoy")]
    assert headers["server"] == "uvicorn"


@pytest.mark.parametrize(
    "cookie",
    [
        "deploy_ui_session=stolen; Path=/",
        "deploy_ui_session = stolen",
        "=deploy_ui_session=stolen",
        "DEPLOY_UI_SESSION=; Max-Age=0",
        "deploy_ui_session; Max-Age=0",
        "deploy_ui_session",
    ],
)
def test_an_instance_cannot_set_the_consoles_cookie(gateway: Gateway, cookie: str) -> None:
    def answer(connection: socket.socket) -> None:
        cookies = ("a=1; Path=/", cookie, "b=deploy_ui_session=2")
        lines = "".join(f"set-cookie: {each}\r\n" for each in cookies)
        connection.sendall(f"HTTP/1.1 200 OK\r\n{lines}content-length: 0\r\n\r\n".encode())

    with answering(answer) as address:
        gateway.serve(serving("a", address))
        response = gateway.call("/a/", secret("a"))
    assert response.headers.get_list("set-cookie") == ["a=1; Path=/", "b=deploy_ui_session=2"]


def test_an_instances_own_cookies_pass(gateway: Gateway) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nset-cookie: a=2\r\ncontent-length: 0\r\n\r\n")

    with answering(answer) as address:
        gateway.serve(serving("a", address))
        assert gateway.call("/a/", secret("a")).headers.get_list("set-cookie") == ["a=1", "a=2"]


def test_a_header_with_an_underscore_is_refused(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    assert gateway.call("/a/", secret("a"), x_deploy_ui_key="1").status_code == 400
    assert upstream.seen == []


def test_a_header_of_the_hop_does_not_smuggle_another_away(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    request = f"GET /a/ HTTP/1.1\r\nhost: x\r\nconnection: close, x-request-id\r\nx-api-key: {secret('a')}\r\n\r\n"
    assert send_raw(gateway.port, request.encode()).status in {200, 400}
    assert all(request.header("x-request-id") for request in upstream.seen)


def test_what_follows_the_slug_reaches_the_instance_unchanged(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    for path, expected in {
        "/a": ("/", ""),
        "/a/": ("/", ""),
        "/a?b=1": ("/", "b=1"),
        "/a/v1/models/m:predict": ("/v1/models/m:predict", ""),
        "/a/a/a": ("/a/a", ""),
        "/a/p?q=%2F..%2F&r=//&s=a%20b+c": ("/p", "q=%2F..%2F&r=//&s=a%20b+c"),
        "/a/%D1%8F%20%25": ("/%D1%8F%20%25", ""),
        "/a/x;y=1/z@~!$&'()*+,=": ("/x;y=1/z@~!$&'()*+,=", ""),
        "/a/b/": ("/b/", ""),
    }.items():
        assert gateway.call(path, secret("a")).status_code == 200
        assert (upstream.seen[-1].path, upstream.seen[-1].query) == expected
