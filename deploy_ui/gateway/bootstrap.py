"""What Envoy is told when it starts: where the rest is, where its admin interface listens, and when it is too full."""

import json

from deploy_ui.gateway import places
from deploy_ui.gateway.calls import acceptor_cluster
from deploy_ui.gateway.clusters import file_source
from deploy_ui.gateway.protos import Message, extension, typed
from deploy_ui.gateway.waking import activator_cluster
from deploy_ui.settings import Settings

LARGEST_HEAP_BYTES = 2 << 30
MOST_CONNECTIONS = 20_000
OWNER_ONLY = 0o600


def document(settings: Settings) -> str:
    """Return the text of the bootstrap file."""
    folder = settings.gateway_dir
    socket = {"path": str(places.admin_socket(settings)), "mode": OWNER_ONLY}
    message = {
        "node": {"id": "gateway", "cluster": "deploy-ui"},
        "admin": {"address": {"pipe": socket}},
        "dynamic_resources": {
            "lds_config": file_source(folder / places.LISTENERS),
            "cds_config": file_source(folder / places.CLUSTERS),
        },
        "static_resources": {"clusters": [activator_cluster(settings), acceptor_cluster(settings)]},
        "overload_manager": _overload_manager(),
        "stats_flush_on_admin": True,  # durations are added up when they are asked for, and not all the time
    }
    return json.dumps(message, sort_keys=True, indent=1) + "\n"


def _overload_manager() -> Message:
    """Refuse new work before memory or connections run out, instead of dying with everybody's."""
    heap = typed("envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig")
    heap["max_heap_size_bytes"] = str(LARGEST_HEAP_BYTES)
    connections = typed(
        "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
        max_active_downstream_connections=str(MOST_CONNECTIONS),
    )
    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            extension("envoy.resource_monitors.fixed_heap", heap),
            extension("envoy.resource_monitors.global_downstream_max_connections", connections),
        ],
        "actions": [
            _action("envoy.overload_actions.shrink_heap", 0.9),
            _action("envoy.overload_actions.stop_accepting_requests", 0.95),
        ],
    }


def _action(name: str, fullness: float) -> Message:
    threshold = {"value": fullness}
    return {"name": name, "triggers": [{"name": "envoy.resource_monitors.fixed_heap", "threshold": threshold}]}
