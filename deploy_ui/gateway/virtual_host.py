"""Routes: from an address to a deployment's instances, or to an answer of our own."""

from collections.abc import Sequence

from deploy_ui.gateway import access, calls, waking
from deploy_ui.gateway.answers import RETRY_AFTER_S, STATES, body
from deploy_ui.gateway.protos import METADATA, Message, extension, header, seconds, typed
from deploy_ui.gateway.routes import Route, RouteState

ROUTE_CONFIG = "gateway"
RESERVED = "-"
"""`/{slug}/-/…` is ours on every deployment, in whatever state: answers are there for those who stopped it, too."""
RETRIED_BODY_BYTES = 1 << 20
"""A request is tried again on another instance as long as its body is no longer than this."""
HELD_BYTES = 64 << 10
"""So much is read of a connection, and again of a body, while nobody takes it: what a held request may cost."""

PATH = extension("path", typed("envoy.type.matcher.v3.HttpRequestHeaderMatchInput", header_name=":path"))


def route_configuration(routes: Sequence[Route]) -> Message:
    """Return the whole table of routes. An address outside it is answered 404."""
    host = {
        "name": "all",
        "domains": ["*"],
        "matcher": _matcher(routes),
        "retry_policy": _retry_policy(),
        "request_body_buffer_limit": RETRIED_BODY_BYTES,
    }
    return typed(
        "envoy.config.route.v3.RouteConfiguration",
        name=ROUTE_CONFIG,
        virtual_hosts=[host],
        request_headers_to_remove=[access.KEY_HEADER, "x-envoy-external-address", "x-envoy-internal"],
    )


def state(route: Route) -> RouteState:
    """Return what the route really does: without endpoints nothing is served."""
    lost = route.state is RouteState.SERVING and not route.endpoints
    return RouteState.WAITING if lost else route.state


def _matcher(routes: Sequence[Route]) -> Message:
    """Find a route by the first segment of the path, in a time that does not grow with the number of deployments."""
    unknown = _action(_unknown())
    if not routes:
        return {"on_no_match": unknown}
    prefixes: Message = {}
    for route in routes:
        whole = f"/{route.slug}"
        prefixes[f"{whole}/"] = _below(route, f"{whole}/")
        prefixes[whole] = {"matcher": _nothing_behind(whole, _below(route, whole), unknown)}
        if route.state is not RouteState.DELETED:
            prefixes[f"{whole}/{RESERVED}/"] = _action(calls.call_route(route, f"{whole}/{RESERVED}/"))
    return {"matcher_tree": {"input": PATH, "prefix_match_map": {"map": prefixes}}, "on_no_match": unknown}


def _below(route: Route, prefix: str) -> Message:
    """Return what is done below `prefix`: where an instance may answer, the acceptor may as well."""
    action = _action(_prefixed(route, prefix))
    may = state(route) in {RouteState.SERVING, RouteState.WAITING}
    return calls.if_asked(_action(calls.call_route(route, prefix)), action) if may else action


def _nothing_behind(whole: str, action: Message, otherwise: Message) -> Message:
    """Take the slug alone, with or without a query; another name that begins like it is unknown."""
    matches = [{"exact": whole}, {"prefix": f"{whole}?"}]
    predicates = [{"single_predicate": {"input": PATH, "value_match": match}} for match in matches]
    alone = {"predicate": {"or_matcher": {"predicate": predicates}}, "on_match": action}
    return {"matcher_list": {"matchers": [alone]}, "on_no_match": otherwise}


def _action(route: Message) -> Message:
    return {"action": extension("route", typed("envoy.config.route.v3.Route", **route))}


def _prefixed(route: Route, prefix: str) -> Message:
    """Return the route that answers below `prefix`, by an instance or by ourselves."""
    doing = state(route)
    base = {"match": {"prefix": prefix}, "metadata": _metadata(route)}
    if doing is RouteState.DELETED:
        return base | {"typed_per_filter_config": access.OPEN} | _answer(route)
    base["typed_per_filter_config"] = access.closed(route)
    if doing is RouteState.SERVING:
        return base | _forward(route)
    return _held(base, route) if doing is RouteState.WAITING else base | _answer(route)


def _metadata(route: Route) -> Message:
    facts = {"slug": route.slug, "state": state(route).value, "bound_keys": access.bound_keys(route)}
    return {"filter_metadata": {METADATA: facts}}


def _forward(route: Route) -> Message:
    """Send the request to a ready instance.

    The request timeout bounds silence, not the whole answer: one that streams may take as long as it goes on.
    """
    action = {
        "cluster": route.slug,
        "prefix_rewrite": "/",
        "timeout": "0s",
        "idle_timeout": seconds(route.request_timeout_s),
    }
    return {"route": action}


def _held(base: Message, route: Route) -> Message:
    """Send the request to an instance once one is ready.

    While it is held nothing moves, so silence is bounded by both timeouts, and the instance's own by a timer that
    starts when it has the request.
    """
    message = base | _forward(route) | {"request_body_buffer_limit": HELD_BYTES}
    message["typed_per_filter_config"] |= waking.held(route)
    silence = route.start_timeout_s + waking.GRACE_S + route.request_timeout_s
    policy = _retry_policy() | {"per_try_idle_timeout": seconds(route.request_timeout_s)}
    message["route"] |= {"idle_timeout": seconds(silence), "retry_policy": policy}
    return message


def _retry_policy() -> Message:
    """Try again on another instance, but never a request that an instance may have begun to work on.

    A dead instance is the least busy one, so the balancer is asked many times before it names another.
    """
    others = typed("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate")
    return {
        "retry_on": "connect-failure,refused-stream,reset-before-request",
        "num_retries": 4,
        "retry_host_predicate": [extension("envoy.retry_host_predicates.previous_hosts", others)],
        "host_selection_retry_max_attempts": 100,
        "retry_back_off": {"base_interval": "0.005s", "max_interval": "0.05s"},
    }


def _answer(route: Route) -> Message:
    status, code = STATES[state(route)]
    answer = _direct(status, code, reason=route.reason)
    if status == 503:  # noqa: PLR2004 -- the status of HTTP
        answer["response_headers_to_add"].append(header("retry-after", str(RETRY_AFTER_S)))
    return answer


def _unknown() -> Message:
    answer = _direct(404, "deployment_not_found")
    return {"match": {"prefix": "/"}, "typed_per_filter_config": access.OPEN, **answer}


def _direct(status: int, code: str, *, reason: str = "") -> Message:
    return {
        "direct_response": {"status": status, "body": {"inline_string": body(code, reason=reason)}},
        "response_headers_to_add": [header("content-type", "application/json")],
    }
