"""The text of Envoy's files, without Envoy."""

import json
from typing import Any

import pytest

from deploy_ui.gateway import access, answers, calls, envoy, places, waking
from deploy_ui.gateway.routes import Grant, Route, RouteState
from deploy_ui.settings import Settings
from tests.gateway.conftest import serving

JWKS = '{"keys": []}'
ROUTES = [
    Route("a", RouteState.SERVING, ("127.0.0.1:2", "127.0.0.1:1"), (Grant("k2"), Grant("k1", ("10.0.0.0/8",)))),
    Route("b", RouteState.STOPPED, grants=(Grant("k3"),)),
    Route("c", RouteState.DELETED),
    Route("d", RouteState.WAITING),
]


def documents(routes: list[Route]) -> dict[str, str]:
    return envoy.documents(routes, JWKS, Settings())


def test_the_same_routes_in_any_order_give_the_same_bytes() -> None:
    other = [Route(r.slug, r.state, r.endpoints[::-1], r.grants[::-1], r.request_timeout_s) for r in ROUTES[::-1]]
    assert documents(other) == documents(ROUTES)


def test_clusters_are_written_before_routes() -> None:
    assert list(documents(ROUTES)) == [places.CLUSTERS, places.ROUTES, places.LISTENERS]


def test_a_new_endpoint_changes_one_file() -> None:
    before, after = (
        documents([serving("a", "127.0.0.1:1"), serving("b", "127.0.0.1:1")]),
        documents([serving("a", "127.0.0.1:1", "127.0.0.1:2"), serving("b", "127.0.0.1:1")]),
    )
    assert [name for name in before if before[name] != after[name]] == [places.CLUSTERS]


def test_a_revoked_key_changes_one_file() -> None:
    before, after = documents([serving("a", "127.0.0.1:1")]), documents([serving("a", "127.0.0.1:1", grants=())])
    assert [name for name in before if before[name] != after[name]] == [places.ROUTES]


def all_routes(value: Any) -> list[dict[str, Any]]:
    """Find every route in a document, however deep."""
    if isinstance(value, dict):
        here = [value] if value.get("@type", "").endswith("route.v3.Route") else []
        return here + [route for inner in value.values() for route in all_routes(inner)]
    return [route for inner in value for route in all_routes(inner)] if isinstance(value, list) else []


def test_every_route_to_instances_asks_for_a_key() -> None:
    routes = [route for route in all_routes(json.loads(documents(ROUTES)[places.ROUTES])) if "route" in route]
    assert routes
    for route in routes:
        config = route["typed_per_filter_config"]
        assert set(config) - {waking.FILTER, calls.BODY_LIMIT} == {access.RBAC_FILTER}
        assert config[access.RBAC_FILTER]["rbac"]["rules"]["policies"]


def test_requests_are_held_where_no_instance_is_ready_and_nowhere_else() -> None:
    for routes, held in [
        ([serving("a", "127.0.0.1:1"), Route("b", RouteState.STOPPED), Route("c", RouteState.DELETED)], False),
        ([Route("a", RouteState.WAITING), Route("b", RouteState.WAITING, ("127.0.0.1:1",)), serving("c")], True),
    ]:
        forwarding = [each for each in all_routes(json.loads(documents(routes)[places.ROUTES])) if "route" in each]
        found = [each for each in forwarding if each["route"]["cluster"] != calls.CLUSTER]
        assert found
        assert {waking.FILTER in route["typed_per_filter_config"] for route in found} == {held}


def test_the_filter_that_holds_requests_is_off_unless_a_route_turns_it_on() -> None:
    [manager] = json.loads(documents(ROUTES)[places.LISTENERS])["resources"][0]["filter_chains"][0]["filters"]
    filters = {each["name"]: each.get("disabled", False) for each in manager["typed_config"]["http_filters"]}
    assert [name for name, disabled in filters.items() if disabled] == [waking.FILTER]


def test_only_answers_that_tell_nothing_are_open() -> None:
    routes = all_routes(json.loads(documents(ROUTES)[places.ROUTES]))
    opened = [route for route in routes if access.JWT_FILTER in route["typed_per_filter_config"]]
    assert {route["direct_response"]["status"] for route in opened} == {404, 410}


@pytest.mark.parametrize("endpoint", [("127.0.0.1:80", "127.0.0.1"), ("[::1]:80", "::1")])
def test_an_endpoint_is_a_host_and_a_port(endpoint: tuple[str, str]) -> None:
    text, host = endpoint
    [cluster] = json.loads(documents([serving("a", text)])[places.CLUSTERS])["resources"]
    [found] = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]
    assert found["endpoint"]["address"]["socket_address"] == {"address": host, "port_value": 80}


def test_every_state_has_an_answer() -> None:
    assert set(answers.STATES) == set(RouteState) - {RouteState.SERVING}


def test_every_code_of_an_answer_has_a_message() -> None:
    assert {code for _, code in answers.STATES.values()} <= set(answers.MESSAGES)
