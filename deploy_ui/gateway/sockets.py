"""Clusters of our own processes, which listen on unix sockets."""

from pathlib import Path

from deploy_ui.gateway.protos import Message, seconds, typed

MOST_AT_ONCE = 20_000
"""More than they take: they say themselves when they are full. As many as there are connections."""
IDLE_CONNECTION_S = 1
"""Shorter than they keep an idle connection."""


def socket_cluster(name: str, path: Path) -> Message:
    """Return a cluster of one process."""
    limits = dict.fromkeys(("max_connections", "max_pending_requests", "max_requests"), MOST_AT_ONCE)
    protocol = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    options = typed(
        protocol,
        explicit_http_config={"http_protocol_options": {}},
        common_http_protocol_options={"idle_timeout": seconds(IDLE_CONNECTION_S)},
    )
    endpoint = {"endpoint": {"address": {"pipe": {"path": str(path)}}}}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
        "circuit_breakers": {"thresholds": [limits]},
        "typed_extension_protocol_options": {protocol: options},
    }
