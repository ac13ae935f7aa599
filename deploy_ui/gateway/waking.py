"""How Envoy holds requests to a deployment without a ready instance.

It asks the activator whether a request may go on, and gets the answer when an instance is ready. Then Envoy forwards
the request itself, so nothing of a body passes through the activator. Who has no good key is not asked about.
"""

from deploy_ui.gateway import places
from deploy_ui.gateway.protos import Message, extension, seconds, typed
from deploy_ui.gateway.routes import Route
from deploy_ui.settings import Settings

FILTER = "deploy_ui.waking"
CLUSTER = "deploy_ui.activator"
"""No slug has a dot or an underscore, so it is no deployment's."""
ADDRESS = "http://activator"
PATIENCE_HEADER = "x-scale-up-timeout"
"""With it a caller says how many seconds it would wait."""
HOLD = "/hold/"
"""Below it the activator is asked about one deployment."""
REFUSED, WRONG, GONE = 403, 422, 410
"""How the activator says no. A status of 5xx would count as the activator's own failure."""
DENIED = "response.code_details == 'ext_authz_denied'"
MOST_AT_ONCE = 20_000
"""More than the activator holds: it says itself when it is full. As many as there are connections."""
IDLE_CONNECTION_S = 1
"""Shorter than the activator keeps an idle connection."""
GRACE_S = 5
"""How much later than its own limit the activator may answer before it counts as dead."""


def waking_filter() -> Message:
    """Return the filter; it does nothing on a route that does not turn it on, and then costs nothing."""
    config = typed(
        "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
        http_service=_service("/", seconds(GRACE_S)),
        allowed_headers={"patterns": [{"exact": PATIENCE_HEADER}]},
        status_on_error={"code": 503},
    )
    return extension(FILTER, config) | {"disabled": True}


def held(route: Route) -> Message:
    """Return what a route says that holds its requests."""
    service = _service(HOLD + route.slug, seconds(route.start_timeout_s + GRACE_S))
    settings = typed(
        "envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute", check_settings={"http_service": service}
    )
    return {FILTER: typed("envoy.config.route.v3.FilterConfig", config=settings)}


def activator_cluster(settings: Settings) -> Message:
    """Return the cluster of the activator, which there always is."""
    socket = {"pipe": {"path": str(places.activator_socket(settings))}}
    limits = dict.fromkeys(("max_connections", "max_pending_requests", "max_requests"), MOST_AT_ONCE)
    protocol = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    options = typed(
        protocol,
        explicit_http_config={"http_protocol_options": {}},
        common_http_protocol_options={"idle_timeout": seconds(IDLE_CONNECTION_S)},
    )
    return {
        "name": CLUSTER,
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_assignment": {
            "cluster_name": CLUSTER,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": socket}}]}],
        },
        "circuit_breakers": {"thresholds": [limits]},
        "typed_extension_protocol_options": {protocol: options},
    }


def _service(path: str, timeout: str) -> Message:
    """Ask at a path of ours: neither the caller's path nor its query leaves Envoy."""
    return {
        "server_uri": {"uri": ADDRESS, "cluster": CLUSTER, "timeout": timeout},
        "path_override": path,
        "authorization_response": {"allowed_client_headers": {"patterns": [{"exact": "retry-after"}]}},
    }
