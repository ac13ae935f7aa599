"""What became of a request, by its line in the access log."""

import pytest

from deploy_ui.enums.requests import RequestKind
from deploy_ui.gateway.access_entries import Entry
from deploy_ui.gateway.answers import MESSAGES
from deploy_ui.gateway.outcomes import BROKEN, CALLER_LEFT, REASONS, outcome, own_path

ANSWERED, ACCEPTED, REFUSED, BROKE = RequestKind
SENT = (0, 0, "iris", "serving", "GET", "/x", 200)
EMPTY = Entry(*SENT, frozenset(), "via_upstream", "", 0, 0, 0, "", "", "", "", "", 0)


def entry(
    status: int, details: str, flags: str = "", *, state: str = "serving", upstream: str = "a:1", said: str = ""
) -> Entry:
    like = EMPTY._replace(status=status, details=details, flags=frozenset(flags.split()))
    return like._replace(state=state, upstream=upstream, refused=said)


MISSING, EXPIRED = "jwt_authn_access_denied{Jwt_is_missing}", "jwt_authn_access_denied{Jwt_is_expired}"
RBAC = "rbac_access_denied_matched_policy[none]"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (entry(200, "via_upstream"), (ANSWERED, "")),
        (entry(503, "via_upstream"), (ANSWERED, "")),
        (entry(504, "via_upstream"), (ANSWERED, "")),
        (entry(202, "via_upstream", state="calls"), (ACCEPTED, "")),
        (entry(101, "via_upstream", "DC"), (ANSWERED, "")),
        (entry(101, "upstream_reset", "UC"), (BROKE, "instance_broke_off")),
        (entry(0, "downstream_remote_disconnect", "DC"), (BROKE, CALLER_LEFT)),
        (entry(200, "downstream_remote_disconnect", "DC"), (BROKE, CALLER_LEFT)),
        (
            entry(200, "upstream_reset_after_response_started{connection_termination}", "UC"),
            (BROKE, "instance_broke_off"),
        ),
        (entry(502, "upstream_reset_before_response_started{x}", "UC"), (BROKE, "instance_broke_off")),
        (entry(504, "response_timeout", "UT"), (BROKE, "request_timeout")),
        (entry(200, "stream_idle_timeout", "SI"), (BROKE, "request_timeout")),
        (entry(408, "request_header_timeout", "SI", upstream=""), (REFUSED, "request_incomplete")),
        (entry(503, "upstream_reset_before_response_started{x}", "UF"), (REFUSED, "deployment_not_ready")),
        (entry(503, "no_healthy_upstream", "UH", upstream=""), (REFUSED, "deployment_not_ready")),
        (entry(503, "overflow", "UO", upstream=""), (REFUSED, "gateway_overloaded")),
        (entry(503, "cluster_not_found", "NC", state="calls", upstream=""), (REFUSED, "calls_unavailable")),
        (entry(503, "direct_response", state="stopped", upstream=""), (REFUSED, "deployment_stopped")),
        (entry(503, "direct_response", state="failed", upstream=""), (REFUSED, "deployment_failed")),
        (entry(410, "direct_response", state="deleted", upstream=""), (REFUSED, "deployment_deleted")),
        (entry(503, "ext_authz_denied", state="waiting", upstream=""), (REFUSED, "deployment_not_ready")),
        (entry(503, "ext_authz_denied", said="too_many_waiting"), (REFUSED, "too_many_waiting")),
        (entry(503, "ext_authz_denied", said="deployment_failed"), (REFUSED, "deployment_failed")),
        (entry(400, "ext_authz_denied", said="scale_up_timeout_wrong"), (REFUSED, "scale_up_timeout_wrong")),
        (entry(503, "ext_authz_denied", said="what is this"), (REFUSED, "deployment_not_ready")),
        (entry(400, "websocket_handshake_unsuccessful"), (REFUSED, "websocket_refused")),
        (entry(401, MISSING, upstream=""), (REFUSED, "key_missing")),
        (entry(401, EXPIRED, upstream=""), (REFUSED, "key_invalid")),
        (entry(401, RBAC, upstream=""), (REFUSED, "key_invalid")),
        (entry(403, RBAC, upstream=""), (REFUSED, "key_not_allowed")),
        (entry(413, "request_payload_too_large", upstream=""), (REFUSED, "body_too_large")),
        (entry(500, "what_is_this", upstream=""), (REFUSED, "gateway_failed")),
        (entry(999, "", upstream=""), (REFUSED, "gateway_failed")),
    ],
)
def test_outcome(line: Entry, expected: tuple[RequestKind, str]) -> None:
    assert outcome(line) == expected


def test_every_reason_is_known_and_most_are_codes_of_answers() -> None:
    assert set(REASONS) >= BROKEN
    assert set(REASONS) - set(MESSAGES) == {CALLER_LEFT}


@pytest.mark.parametrize(
    ("path", "upstream", "state", "shown"),
    [
        pytest.param("/predict", "a:1", "serving", "/predict", id="Envoy has cut the slug off"),
        pytest.param("/iris/predict", "a:1", "serving", "/iris/predict", id="a path of the instance's own"),
        pytest.param("/iris/predict", "", "serving", "/predict", id="refused before it was cut off"),
        pytest.param("/iris/predict", "a:1", "calls", "/predict", id="sent to the acceptor as it came"),
        pytest.param("/iris", "", "serving", "/", id="nothing behind the slug"),
        pytest.param("/irises", "", "serving", "/irises", id="begins alike"),
    ],
)
def test_paths_are_shown_below_the_deployments_address(path: str, upstream: str, state: str, shown: str) -> None:
    assert own_path(EMPTY._replace(path=path, upstream=upstream, state=state)) == shown
