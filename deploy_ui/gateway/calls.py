"""How Envoy passes asynchronous calls, and what callers ask about them, to the acceptor."""

from deploy_ui.gateway import access, places
from deploy_ui.gateway.protos import METADATA, Message, extension, header, seconds, typed
from deploy_ui.gateway.routes import Route
from deploy_ui.gateway.sockets import socket_cluster
from deploy_ui.settings import Settings

CLUSTER = "deploy_ui.acceptor"
"""No slug has a dot or an underscore, so it is no deployment's."""
STATE = "calls"
"""What the route's metadata say in the place of a deployment's state."""
ASKS = "x-async-request"
SLUG_HEADER, KEY_HEADER, KIND_HEADER = "x-deploy-ui-slug", "x-deploy-ui-key", "x-deploy-ui-kind"
"""What the acceptor is told; callers cannot: such headers of theirs are removed before anything else."""
IDLE_S = 60
"""How long a body may stand still."""
BODY_LIMIT = "envoy.filters.http.body_size_limit"
ANY_SIZE: Message = {BODY_LIMIT: typed("envoy.config.route.v3.FilterConfig", disabled=True)}
"""The acceptor has a limit of its own."""
_CLAIM = f"%DYNAMIC_METADATA({access.JWT_FILTER}:{access.CLAIMS}:{{}})%"


def acceptor_cluster(settings: Settings) -> Message:
    """Return the cluster of the acceptor, which there always is."""
    return socket_cluster(CLUSTER, places.acceptor_socket(settings))


def call_route(route: Route, prefix: str) -> Message:
    """Return the route to the acceptor below `prefix`, for those who may call the deployment; the path stays."""
    facts = {"slug": route.slug, "state": STATE, "bound_keys": access.bound_keys(route)}
    told = {SLUG_HEADER: route.slug, KEY_HEADER: _CLAIM.format("jti"), KIND_HEADER: _CLAIM.format("kind")}
    return {
        "match": {"prefix": prefix},
        "metadata": {"filter_metadata": {METADATA: facts}},
        "typed_per_filter_config": access.closed(route) | ANY_SIZE,
        "request_headers_to_add": [header(name, value) for name, value in told.items()],
        "route": {"cluster": CLUSTER, "timeout": "0s", "idle_timeout": seconds(IDLE_S)},
    }


def if_asked(path: Message, otherwise: Message) -> Message:
    """Take `path` where the caller asks for an asynchronous call. Both are what a matcher does on a match."""
    value = typed("envoy.type.matcher.v3.HttpRequestHeaderMatchInput", header_name=ASKS)
    says_so = {"input": extension("asks", value), "value_match": {"exact": "true", "ignore_case": True}}
    asks = {"predicate": {"single_predicate": says_so}, "on_match": path}
    return {"matcher": {"matcher_list": {"matchers": [asks]}, "on_no_match": otherwise}}
