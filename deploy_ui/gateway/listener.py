"""The listener: which bytes from the network become a request at all, and what is written down about it."""

from deploy_ui.gateway import access, places, waking
from deploy_ui.gateway.clusters import file_source
from deploy_ui.gateway.filters import http_filters
from deploy_ui.gateway.protos import METADATA, Message, extension, seconds, typed
from deploy_ui.gateway.replies import local_replies
from deploy_ui.gateway.statistics import DURATION_US, statistics
from deploy_ui.gateway.virtual_host import HELD_BYTES, ROUTE_CONFIG
from deploy_ui.settings import Settings

STAT_PREFIX = "gateway"
HEADERS_TIMEOUT_S = 10
IDLE_CONNECTION_S = 300
IDLE_STREAM_S = 300
MOST_HEADERS = 100
LARGEST_HEADERS_KB = 60

FORGEABLE = (
    "x-request-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "forwarded",
)
"""What instances may believe because it is never a caller's word."""
NOBODY = {"address_prefix": "255.255.255.255", "prefix_len": 32}
"""No caller counts as internal: Envoy would believe such a one more, and counts private networks unless told."""
OURS = ("x-deploy-ui-", "x-envoy-")


def listener(jwks: str, settings: Settings) -> Message:
    """Return the gateway's one listener, for HTTP/1.1 and HTTP/2 in clear."""
    manager = extension("envoy.filters.network.http_connection_manager", _manager(jwks, settings))
    address = {"address": settings.gateway_host, "port_value": settings.gateway_port}
    return typed(
        "envoy.config.listener.v3.Listener",
        name="gateway",
        address={"socket_address": address},
        per_connection_buffer_limit_bytes=HELD_BYTES,
        filter_chains=[{"filters": [manager]}],
    )


def _manager(jwks: str, settings: Settings) -> Message:
    return typed(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=STAT_PREFIX,
        rds={"route_config_name": ROUTE_CONFIG, "config_source": file_source(settings.gateway_dir / places.ROUTES)},
        http_filters=http_filters(jwks, settings),
        local_reply_config=local_replies(),
        access_log=[_access_log(settings), statistics()],
        **_identity(),
        **_paths(),
        **_limits(),
    )


def _identity() -> Message:
    """Say who is calling, by what the network shows and never by what the caller says."""
    mutations: list[Message] = [{"remove": name} for name in FORGEABLE]
    mutations += [{"remove_on_match": {"key_matcher": {"prefix": prefix}}} for prefix in OURS]
    early = typed("envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation", mutations=mutations)
    return {
        "early_header_mutation_extensions": [extension("envoy.http.early_header_mutation.header_mutation", early)],
        "use_remote_address": True,
        "internal_address_config": {"cidr_ranges": [NOBODY]},
        "generate_request_id": True,
        "always_set_request_id_in_response": True,
        "server_header_transformation": "PASS_THROUGH",
    }


def _paths() -> Message:
    """Leave no two spellings of a path that we and an instance could read differently."""
    return {
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
    }


def _limits() -> Message:
    """Bound what one caller can hold: sizes, counts, and time without progress."""
    return {
        "common_http_protocol_options": {
            "idle_timeout": seconds(IDLE_CONNECTION_S),
            "max_headers_count": MOST_HEADERS,
            "headers_with_underscores_action": "REJECT_REQUEST",
        },
        "http2_protocol_options": {
            "max_concurrent_streams": 100,
            "initial_stream_window_size": 1 << 16,
            "initial_connection_window_size": 1 << 20,
        },
        "max_request_headers_kb": LARGEST_HEADERS_KB,
        "request_headers_timeout": seconds(HEADERS_TIMEOUT_S),
        "stream_idle_timeout": seconds(IDLE_STREAM_S),
        "upgrade_configs": [{"upgrade_type": "websocket"}],
    }


def _access_log(settings: Settings) -> Message:
    """Write one line a request; no query string, no header of the caller's, so no secret."""
    claim = f"%DYNAMIC_METADATA({access.JWT_FILTER}:{access.CLAIMS}:{{}})%"
    line = {
        "at": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
        "slug": f"%METADATA(ROUTE:{METADATA}:slug)%",
        "state": f"%METADATA(ROUTE:{METADATA}:state)%",
        "method": "%REQ(:METHOD)%",
        "path": "%PATH(NQ:PATH):512%",
        "status": "%RESPONSE_CODE%",
        "flags": "%RESPONSE_FLAGS%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "refused": f"%DYNAMIC_METADATA({waking.SAID}:{waking.CODE_HEADER})%",
        "bytes_in": "%BYTES_RECEIVED%",
        "bytes_out": "%BYTES_SENT%",
        "duration_ms": "%DURATION%",
        "duration_us": DURATION_US,
        "first_byte_ms": "%RESPONSE_DURATION%",
        "upstream": "%UPSTREAM_HOST%",
        "instance": f"%METADATA(UPSTREAM_HOST:{METADATA}:instance)%",
        "revision": f"%METADATA(UPSTREAM_HOST:{METADATA}:revision)%",
        "key": claim.format("jti"),
        "kind": claim.format("kind"),
        "request_id": "%REQ(X-REQUEST-ID)%",
    }
    log = typed(
        "envoy.extensions.access_loggers.file.v3.FileAccessLog",
        path=str(places.access_log(settings)),
        log_format={"json_format": line},
    )
    return extension("envoy.access_loggers.file", log)
