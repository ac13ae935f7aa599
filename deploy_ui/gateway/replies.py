"""Error answers of the gateway's own, all JSON: `{"error": {"code", "message"}}`."""

from collections.abc import Sequence

from deploy_ui.gateway import calls, waking
from deploy_ui.gateway.access import BEARER_KEYS, CLAIMS, JWT_FILTER, KEY_HEADER
from deploy_ui.gateway.answers import body
from deploy_ui.gateway.protos import METADATA, Message, extension, header, typed

TWO_HOSTS = "request.headers[':authority'].contains(',')"
NO_WEBSOCKET = "response.code_details == 'websocket_handshake_unsuccessful'"
REFUSED = "response.code_details.startsWith('rbac_')"
_KEY = f"metadata.filter_metadata['{JWT_FILTER}']['{CLAIMS}']"
_ROUTE = f"xds.route_metadata.filter_metadata['{METADATA}']"
FOREIGN = f"{_KEY}['sub'] != {_ROUTE}['slug'] || {_KEY}['jti'] in {_ROUTE}['bound_keys']"
"""A good key that is refused: another deployment's, or one that is alive elsewhere. Any other is no longer alive."""

CALLS = f"{_ROUTE}['state'] == '{calls.STATE}'"

CHALLENGE = [header("www-authenticate", 'Bearer realm="deploy-ui"')]
SOON = [header("retry-after", "1")]


def local_replies() -> Message:
    """Say what each of Envoy's own answers looks like; the first rule that fits counts."""
    return {
        "mappers": [
            _verbatim(_says("response.code_details == 'direct_response'")),
            _verbatim(_and(_status(waking.REFUSED), _says(waking.DENIED)), status=503),
            _verbatim(_and(_status(waking.WRONG), _says(waking.DENIED)), status=400),
            _verbatim(_and(_status(waking.GONE), _says(waking.DENIED))),
            _reply("websocket_refused", _says(NO_WEBSOCKET), status=400),
            _reply("bad_request", _status(400)),
            _reply("key_missing", _and(_status(401), _no_key()), headers=CHALLENGE),
            _reply("key_invalid", _status(401), headers=CHALLENGE),
            _reply("bad_request", _and(_status(403), _says(TWO_HOSTS)), status=400),
            _reply("key_not_allowed", _and(_status(403), _says(f"{REFUSED} && ({FOREIGN})"))),
            _reply("key_invalid", _and(_status(403), _says(REFUSED)), status=401, headers=CHALLENGE),
            _reply("bad_request", _status(403), status=400),  # an upgrade to something else than a WebSocket
            _reply("deployment_not_found", _status(404)),
            _reply("request_incomplete", _status(408)),
            _reply("body_too_large", _status(413)),
            _reply("http_version_refused", _status(426)),
            _reply("headers_too_large", _status(431)),
            _reply("instance_broke_off", _status(502)),
            _reply("instance_broke_off", _and(_status(503), _flags("UC", "UR", "UPE", "LR")), status=502),
            _reply("gateway_overloaded", _and(_status(503), _flags("OM", "UO", "DO")), headers=SOON),
            _reply("calls_unavailable", _and(_status(503), _says(CALLS)), headers=SOON),
            _reply("deployment_not_ready", _status(503), headers=SOON),
            _reply("request_timeout", _status(504)),
        ],
        "body_format": _format("gateway_failed"),
    }


def _reply(code: str, when: Message, *, status: int | None = None, headers: Sequence[Message] = ()) -> Message:
    reply: Message = {"filter": when, "body_format_override": _format(code), "headers_to_add": list(headers)}
    if status is not None:
        reply["status_code"] = status
    return reply


def _verbatim(when: Message, *, status: int | None = None) -> Message:
    """Leave the body of an answer as the route or the activator wrote it."""
    plain = {"text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"}, "content_type": "application/json"}
    reply: Message = {"filter": when, "body_format_override": plain}
    return reply if status is None else reply | {"status_code": status}


def _format(code: str) -> Message:
    return {
        "text_format_source": {"inline_string": body(code).replace("%", "%%")},
        "content_type": "application/json",
    }


def _status(status: int) -> Message:
    value = {"default_value": status, "runtime_key": "gateway.unused"}
    return {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}


def _flags(*flags: str) -> Message:
    return {"response_flag_filter": {"flags": list(flags)}}


def _no_key() -> Message:
    """Say whether the request carries nothing that looks like a key."""
    header = {"header_filter": {"header": {"name": KEY_HEADER, "present_match": True, "invert_match": True}}}
    return _and(header, *(_no_bearer(prefix) for prefix in BEARER_KEYS))


def _no_bearer(prefix: str) -> Message:
    matcher = {"name": "authorization", "string_match": {"contains": prefix}, "invert_match": True}
    return {"header_filter": {"header": matcher | {"treat_missing_header_as_empty": True}}}


def _and(*filters: Message) -> Message:
    return {"and_filter": {"filters": list(filters)}}


def _says(condition: str) -> Message:
    cel = typed("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", expression=condition)
    return {"extension_filter": extension("envoy.access_loggers.extension_filters.cel", cel)}
