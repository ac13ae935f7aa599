"""How Envoy holds requests to a deployment without a ready instance.

It asks the activator whether a request may go on, and gets the answer when an instance is ready. Then Envoy forwards
the request itself, so nothing of a body passes through the activator. Who has no good key is not asked about.
"""

from deploy_ui.gateway import places
from deploy_ui.gateway.protos import Message, extension, seconds, typed
from deploy_ui.gateway.routes import Route
from deploy_ui.gateway.sockets import socket_cluster
from deploy_ui.settings import Settings

FILTER = "deploy_ui.waking"
CLUSTER = "deploy_ui.activator"
"""No slug has a dot or an underscore, so it is no deployment's."""
ADDRESS = "http://activator"
PATIENCE_HEADER = "x-scale-up-timeout"
"""With it a caller says how many seconds it would wait."""
CODE_HEADER = "x-deploy-ui-code"
"""In it the activator says why it refuses; the access log has it, callers have the body."""
SAID = "envoy.filters.http.ext_authz"
"""Under this name Envoy leaves that header for the access log, whatever the filter is called here."""
HOLD = "/hold/"
"""Below it the activator is asked about one deployment."""
REFUSED, WRONG, GONE = 403, 422, 410
"""How the activator says no. A status of 5xx would count as the activator's own failure."""
DENIED = "response.code_details == 'ext_authz_denied'"
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
    return socket_cluster(CLUSTER, places.activator_socket(settings))


def _service(path: str, timeout: str) -> Message:
    """Ask at a path of ours: neither the caller's path nor its query leaves Envoy."""
    return {
        "server_uri": {"uri": ADDRESS, "cluster": CLUSTER, "timeout": timeout},
        "path_override": path,
        "authorization_response": {
            "allowed_client_headers": {"patterns": [{"exact": "retry-after"}]},
            "dynamic_metadata_from_headers": {"patterns": [{"exact": CODE_HEADER}]},
        },
    }
