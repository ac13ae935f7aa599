"""Clusters: a deployment's instances, and how the gateway deals with ones that die."""

from pathlib import Path

from deploy_ui.gateway.protos import METADATA, Message, typed
from deploy_ui.gateway.routes import Route, Who

IDLE_CONNECTION_S = 1
"""Shorter than any server keeps an idle connection: a request sent on one that the server closes would be lost."""
MOST_AT_ONCE = 10_000
"""Requests in flight to one deployment; instances queue, the gateway only guards itself."""
MOST_RETRIES = 1000


def cluster(route: Route) -> Message:
    """Return the cluster of one deployment, with its endpoints.

    Endpoints have no file of their own: Envoy takes an inotify instance for each file it watches, a machine has 128 of
    them for one user, and Envoy aborts without. Requests in flight outlive the exchange of their cluster.
    """
    options = {
        "explicit_http_config": {"http_protocol_options": {}},
        "common_http_protocol_options": {"idle_timeout": f"{IDLE_CONNECTION_S}s"},
    }
    return typed(
        "envoy.config.cluster.v3.Cluster",
        name=route.slug,
        type="STATIC",
        load_assignment=_load_assignment(route),
        connect_timeout="2s",
        lb_policy="LEAST_REQUEST",
        least_request_lb_config={"choice_count": 4},
        common_lb_config={"healthy_panic_threshold": {"value": 1}},
        typed_extension_protocol_options={
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", **options
            )
        },
        circuit_breakers={"thresholds": [_limits()]},
        outlier_detection=_outlier_detection(),
    )


def file_source(path: Path) -> Message:
    """Say that a part of the configuration is in a file, read again when something is moved into its folder."""
    return {
        "resource_api_version": "V3",
        "path_config_source": {"path": str(path), "watched_directory": {"path": str(path.parent)}},
    }


def _load_assignment(route: Route) -> Message:
    endpoints = [_endpoint(each, route.who.get(each)) for each in sorted(route.endpoints)]
    localities = [{"lb_endpoints": endpoints}] if endpoints else []
    return {"cluster_name": route.slug, "endpoints": localities}


def _endpoint(endpoint: str, who: Who | None) -> Message:
    message: Message = {"endpoint": {"address": _address(endpoint)}}
    if who:
        facts = {"instance": who.instance, "revision": str(who.revision)}
        message["metadata"] = {"filter_metadata": {METADATA: facts}}
    return message


def _address(endpoint: str) -> Message:
    host, _, port = endpoint.rpartition(":")
    return {"socket_address": {"address": host.strip("[]"), "port_value": int(port)}}


def _limits() -> Message:
    return {
        "max_connections": MOST_AT_ONCE,
        "max_pending_requests": MOST_AT_ONCE,
        "max_requests": MOST_AT_ONCE,
        "max_retries": MOST_RETRIES,
    }


def _outlier_detection() -> Message:
    """Leave out an instance at the first connection it refuses. What a model answers is never held against it.

    With every instance left out all are tried again, so one that restarts is not waited for.
    """
    return {
        "split_external_local_origin_errors": True,
        "consecutive_local_origin_failure": 1,
        "enforcing_consecutive_local_origin_failure": 100,
        "enforcing_consecutive_5xx": 0,
        "enforcing_consecutive_gateway_failure": 0,
        "enforcing_success_rate": 0,
        "enforcing_local_origin_success_rate": 0,
        "enforcing_failure_percentage": 0,
        "enforcing_failure_percentage_local_origin": 0,
        "max_ejection_percent": 100,
        "interval": "1s",
        "base_ejection_time": "1s",
        "max_ejection_time": "10s",
    }
