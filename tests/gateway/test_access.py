"""Who is let through to a deployment."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deploy_ui import clock
from deploy_ui.gateway import keys, process, writer
from deploy_ui.gateway.routes import Grant, Route, RouteState
from tests.gateway.conftest import Gateway, code, secret, serving
from tests.gateway.upstream import Upstream
from tests.waiting import eventually

HOUR = timedelta(hours=1)
CLAIMS = {"iss": "deploy-ui", "sub": "a", "jti": "k1", "kind": "key"}


def foreign(claims: dict[str, str], **header: str) -> str:
    """Sign with a private key that is not ours."""
    return "dk_" + jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers=header)


def unsigned(algorithm: str) -> str:
    parts = ({"alg": algorithm, "typ": "JWT"}, CLAIMS)
    return "dk_" + ".".join([*(base64url(json.dumps(part).encode()) for part in parts), ""])


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed_with_the_public_key() -> str:
    """Use the public key as if it were a shared secret, as a server that trusts the header would."""
    body = unsigned("HS256").removesuffix(".")
    public = keys._private_key(keys._pem()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signature = hmac.new(public, body.removeprefix("dk_").encode(), hashlib.sha256).digest()
    return f"{body}.{base64url(signature)}"


def ours_with_claims(**claims: str) -> str:
    """Sign with our private key, but other claims."""
    key = keys._private_key(keys._pem())
    return "dk_" + jwt.encode(CLAIMS | claims, key, algorithm="ES256")


def own_kid() -> str:
    return str(json.loads(keys.public_jwks())["keys"][0]["kid"])


def test_a_granted_key_in_x_api_key_gets_through(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    assert gateway.call("/a/predict", secret("a")).json()["instance"] == "instance"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_granted_key_as_bearer_gets_through(gateway: Gateway, upstream: Upstream, scheme: str) -> None:
    gateway.serve(serving("a", upstream.address))
    assert gateway.call("/a/", authorization=f"{scheme} {secret('a')}").status_code == 200


def test_no_key_is_said_to_be_missing(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    response = gateway.call("/a/")
    assert (response.status_code, code(response)) == (401, "key_missing")
    assert response.headers["www-authenticate"] == 'Bearer realm="deploy-ui"'


def test_a_foreign_authorization_alone_is_a_missing_key(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    assert code(gateway.call("/a/", authorization="Basic dXNlcjpwYXNz")) == "key_missing"


INVALID: dict[str, Callable[[], str]] = {
    "no key at all": lambda: "hello",
    "only the prefix": lambda: "dk_",
    "without the prefix": lambda: secret("a").removeprefix("dk_"),
    "prefix in capitals": lambda: secret("a").replace("dk_", "DK_"),
    "expired": lambda: secret("a", now=clock.now() - 2 * HOUR, lifetime=HOUR),
    "signature cut": lambda: secret("a")[:-10],
    "payload changed": lambda: ".".join(
        [secret("b").split(".")[0], secret("a").split(".")[1], secret("b").split(".")[2]]
    ),
    "algorithm none": lambda: unsigned("none"),
    "algorithm None": lambda: unsigned("None"),
    "no algorithm": lambda: unsigned(""),
    "HMAC with the public key": signed_with_the_public_key,
    "another private key": lambda: foreign(CLAIMS),
    "another private key under our name": lambda: foreign(CLAIMS, kid=own_kid()),
    "our key under another name": lambda: (
        "dk_" + jwt.encode(CLAIMS, keys._private_key(keys._pem()), algorithm="ES256", headers={"kid": "other"})
    ),
    "another issuer": lambda: ours_with_claims(iss="somebody"),
    "no issuer": lambda: ours_with_claims(iss=""),
    "longer than any key": lambda: "dk_" + "A" * 8000,
}


@pytest.mark.parametrize("name", INVALID)
def test_what_is_no_good_key_is_invalid(gateway: Gateway, upstream: Upstream, name: str) -> None:
    gateway.serve(serving("a", upstream.address))
    response = gateway.call("/a/", INVALID[name]())
    assert (response.status_code, code(response)) == (401, "key_invalid")
    assert upstream.seen == []


@pytest.mark.parametrize("name", INVALID)
def test_what_is_no_good_key_is_invalid_as_bearer_too(gateway: Gateway, upstream: Upstream, name: str) -> None:
    gateway.serve(serving("a", upstream.address))
    assert gateway.call("/a/", authorization=f"Bearer {INVALID[name]()}").status_code == 401
    assert upstream.seen == []


def test_a_key_that_expires_is_refused_from_then_on(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    key = secret("a", lifetime=timedelta(seconds=3))
    assert gateway.call("/a/", key).status_code == 200
    eventually(lambda: gateway.call("/a/", key).status_code == 401)


def test_a_key_that_is_not_granted_any_more_is_invalid(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address, grants=(Grant("other"),)))
    response = gateway.call("/a/", secret("a"))
    assert (response.status_code, code(response)) == (401, "key_invalid")


def test_without_any_grant_no_key_opens(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address, grants=()))
    assert gateway.call("/a/", secret("a")).status_code == 401


def test_a_key_of_another_deployment_is_not_allowed(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address), serving("b", upstream.address))
    response = gateway.call("/a/", secret("b"))
    assert (response.status_code, code(response)) == (403, "key_not_allowed")


def test_a_console_key_of_another_deployment_is_not_allowed(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address), serving("b", upstream.address))
    assert gateway.call("/a/", secret("b", "c", kind="console", lifetime=HOUR)).status_code == 403


def test_a_console_key_needs_no_grant(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address, grants=()))
    assert gateway.call("/a/", secret("a", "c", kind="console", lifetime=HOUR)).status_code == 200


@pytest.mark.parametrize(
    ("addresses", "status"),
    [
        (("127.0.0.1/32",), 200),
        (("10.0.0.0/8", "127.0.0.0/8"), 200),
        (("127.0.0.1",), 200),
        (("10.0.0.0/8",), 403),
        (("::1/128",), 403),
    ],
)
def test_a_key_works_from_its_addresses_only(
    gateway: Gateway, upstream: Upstream, addresses: tuple[str, ...], status: int
) -> None:
    gateway.serve(serving("a", upstream.address, grants=(Grant("k1", addresses), Grant("k2"))))
    response = gateway.call("/a/", secret("a"))
    assert response.status_code == status
    if status == 403:
        assert code(response) == "key_not_allowed"


def test_a_forwarded_address_is_not_believed(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address, grants=(Grant("k1", ("10.0.0.0/8",)),)))
    forged = {"x-forwarded-for": "10.1.2.3", "forwarded": "for=10.1.2.3", "x-real-ip": "10.1.2.3"}
    assert gateway.call("/a/", secret("a"), **forged).status_code == 403


def test_two_keys_must_both_be_good(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    headers = [("x-api-key", secret("a")), ("x-api-key", "dk_x.y.z")]
    assert gateway.http.get("/a/", headers=headers).status_code == 401
    assert gateway.http.get("/a/", headers=headers[::-1]).status_code == 401


def test_two_headers_with_the_deployments_key_get_through(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    assert gateway.call("/a/", secret("a"), authorization=f"Bearer {secret('a')}").status_code == 200


def test_a_good_key_beside_another_deployments_key_opens_neither_more_than_its_own(
    gateway: Gateway, upstream: Upstream
) -> None:
    gateway.serve(serving("a", upstream.address), serving("b", upstream.address, grants=(Grant("kb"),)))
    headers = [("x-api-key", secret("b", "kb")), ("x-api-key", secret("a"))]
    assert gateway.http.get("/c/", headers=headers).status_code == 404
    assert {gateway.http.get(path, headers=headers).status_code for path in ("/a/", "/b/")} == {200, 403}


@pytest.mark.parametrize("place", ["/a/?x-api-key={}", "/a/?access_token={}", "/a/?api_key={}"])
def test_a_key_in_the_query_opens_nothing(gateway: Gateway, upstream: Upstream, place: str) -> None:
    gateway.serve(serving("a", upstream.address))
    assert gateway.call(place.format(secret("a"))).status_code == 401


def test_a_key_in_a_cookie_opens_nothing(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    assert gateway.call("/a/", cookie=f"x-api-key={secret('a')}").status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X-OWN"])
def test_no_method_gets_around_the_key(gateway: Gateway, upstream: Upstream, method: str) -> None:
    gateway.serve(serving("a", upstream.address))
    assert gateway.http.request(method, "/a/").status_code >= 400
    assert upstream.seen == []


@pytest.mark.parametrize("state", [RouteState.WAITING, RouteState.STOPPED, RouteState.FAILED])
def test_how_a_deployment_does_is_told_to_holders_of_a_key_only(gateway: Gateway, state: RouteState) -> None:
    gateway.serve(Route("a", state, grants=(Grant("k1"),)))
    assert gateway.call("/a/").status_code == 401
    assert gateway.call("/a/", secret("a", "revoked")).status_code == 401
    assert gateway.call("/a/", secret("b")).status_code == 403
    assert gateway.call("/a/", secret("a")).status_code == 503


def test_a_revoked_key_is_refused_within_two_seconds(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    assert gateway.call("/a/", secret("a")).status_code == 200
    writer.write([serving("a", upstream.address, grants=())])
    eventually(lambda: gateway.call("/a/", secret("a")).status_code == 401, timeout_s=2)


def test_nothing_secret_lies_in_what_envoy_reads(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    gateway.call("/a/", secret("a"))
    eventually(process.applied)
    texts = [path.read_text() for path in gateway.folder.glob("gateway/**/*") if path.is_file()]
    private = (gateway.folder / "keys" / "signing.pem").read_text().splitlines()[1]
    assert texts
    assert not any(private in text or secret("a")[:60] in text for text in texts)
