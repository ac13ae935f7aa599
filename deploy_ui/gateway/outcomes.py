"""What became of a request, told from its line in the access log. Pure; follows `replies.py`, which words answers."""

from deploy_ui.enums.requests import RequestKind
from deploy_ui.gateway import calls
from deploy_ui.gateway.access_entries import Entry
from deploy_ui.gateway.answers import STATES
from deploy_ui.gateway.routes import RouteState

CALLER_LEFT = "caller_left"
BROKE_OFF = "instance_broke_off"
TOO_SLOW = "request_timeout"
LEFT, SLOW, BROKE, FULL = {"DC", "DPE"}, {"UT", "SI", "UMSDR"}, {"UC", "UR", "UPE", "LR"}, {"OM", "UO", "DO"}
"""Envoy's flags: the caller left, time was over, the instance broke off, the gateway had no room."""
NO_KEY, NO_ROOM, NO_CALLS, FAILED = "key_missing", "gateway_overloaded", "calls_unavailable", "gateway_failed"
DIRECT = "direct_response"
BY_STATE = {state.value: code for state, (_, code) in STATES.items()}
BY_STATUS = {
    400: "bad_request",
    401: "key_invalid",
    403: "key_not_allowed",
    404: "not_found",
    408: "request_incomplete",
    410: "deployment_deleted",
    413: "body_too_large",
    426: "http_version_refused",
    431: "headers_too_large",
    502: BROKE_OFF,
    504: TOO_SLOW,
}
BY_DETAILS = {"websocket_handshake_unsuccessful": "websocket_refused"}
BY_ACTIVATOR = {"too_many_waiting", "scale_up_timeout_wrong", *BY_STATE.values()}
BROKEN = {CALLER_LEFT, BROKE_OFF, TOO_SLOW}
REASONS = sorted({*BROKEN, *BY_ACTIVATOR, *BY_STATUS.values(), *BY_DETAILS.values(), NO_KEY, NO_ROOM, NO_CALLS, FAILED})
"""Every reason there is; most are codes of the gateway's own errors."""


def outcome(entry: Entry) -> tuple[RequestKind, str]:
    """Return who answered, and why no instance did; an answer of an instance needs no reason."""
    if _whole(entry):
        return (RequestKind.ACCEPTED if entry.state == calls.STATE else RequestKind.ANSWERED), ""
    reason = _broken_off(entry) or _refused(entry)
    return (RequestKind.BROKEN if reason in BROKEN else RequestKind.REFUSED), reason


def let_through(entry: Entry) -> bool:
    """Say whether the request carried a good key of its deployment."""
    return bool(entry.key) and not entry.details.startswith(("jwt_authn", "rbac_"))


def own_path(entry: Entry) -> str:
    """Return the path below the deployment's address, whether or not Envoy had cut that off already."""
    prefix = f"/{entry.slug}"
    sent = entry.upstream and entry.state != calls.STATE
    if sent or not (entry.path == prefix or entry.path.startswith(f"{prefix}/")):
        return entry.path
    return entry.path[len(prefix) :] or "/"


def _whole(entry: Entry) -> bool:
    """Say whether an answer came to its end; a WebSocket that was opened ends when either side leaves."""
    if entry.status == 101 and entry.upstream:  # noqa: PLR2004 -- the status of HTTP
        return not entry.flags & BROKE
    return entry.details == "via_upstream" and not entry.flags & (LEFT | SLOW | BROKE)


def _broken_off(entry: Entry) -> str:
    """Return why an answer did not come to its end, where that is what happened."""
    if entry.status == 0 or entry.flags & LEFT:
        return CALLER_LEFT
    if entry.status == 504 or (entry.flags & SLOW and entry.status != 408):  # noqa: PLR2004 -- as above
        return TOO_SLOW
    return BROKE_OFF if entry.flags & BROKE and entry.upstream else ""


def _refused(entry: Entry) -> str:
    if entry.refused in BY_ACTIVATOR:
        return entry.refused
    if entry.details == DIRECT:
        return BY_STATE.get(entry.state, BY_STATUS[404])
    if entry.status == 503:  # noqa: PLR2004 -- the status of HTTP
        return _unavailable(entry)
    if entry.status == 401 and "Jwt_is_missing" in entry.details:  # noqa: PLR2004 -- as above
        return NO_KEY
    return BY_DETAILS.get(entry.details) or BY_STATUS.get(entry.status, FAILED)


def _unavailable(entry: Entry) -> str:
    if entry.flags & FULL:
        return NO_ROOM
    return NO_CALLS if entry.state == calls.STATE else BY_STATE[RouteState.WAITING]
