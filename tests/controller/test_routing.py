import pytest

from deploy_ui.controller import routing
from deploy_ui.enums import InstanceStatus, Phase, Reason, Wish
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.routes import Grant, Route, RouteState
from deploy_ui.services.fleet import Member
from tests.controller.tables import ago, member, record

S = InstanceStatus


@pytest.mark.parametrize(
    ("of", "state", "endpoints"),
    [
        pytest.param(member(), RouteState.WAITING, (), id="nothing there"),
        pytest.param(member(record("a")), RouteState.WAITING, ("127.0.0.1:20097",), id="one that starts is expected"),
        pytest.param(
            member(record("b", created_at=ago(9)), record("a", created_at=ago(5))),
            RouteState.WAITING,
            ("127.0.0.1:20098",),
            id="the oldest of them",
        ),
        pytest.param(
            member(record("a", S.STOPPING, reason=Reason.IDLE), wanted=0),
            RouteState.WAITING,
            ("127.0.0.1:20097",),
            id="the last one before sleep answers until it ends",
        ),
        pytest.param(
            member(record("a", S.STOPPING, reason=Reason.IDLE), record("b")),
            RouteState.WAITING,
            ("127.0.0.1:20098",),
            id="but one that starts goes before it",
        ),
        pytest.param(member(record("a", S.PENDING)), RouteState.WAITING, (), id="without an address there is none"),
        pytest.param(member(record("a", S.UNHEALTHY)), RouteState.WAITING, (), id="nor does a sick one"),
        pytest.param(member(record("a", S.STOPPING)), RouteState.WAITING, (), id="nor one that leaves"),
        pytest.param(
            member(record("b", S.READY), record("a", S.READY, revision=2)),
            RouteState.SERVING,
            ("127.0.0.1:20097", "127.0.0.1:20098"),
            id="all ready ones of any revision",
        ),
        pytest.param(member(phase=Phase.FAILED), RouteState.FAILED, (), id="failed"),
        pytest.param(
            member(record("a", S.READY), phase=Phase.FAILED), RouteState.SERVING, ("127.0.0.1:20097",), id="ready wins"
        ),
        pytest.param(member(record("a", S.READY), wish=Wish.STOP), RouteState.STOPPED, (), id="stopped at once"),
        pytest.param(member(record("a", S.READY), wish=Wish.DELETE), RouteState.DELETED, (), id="deleted at once"),
    ],
)
def test_route(of: Member, state: RouteState, endpoints: tuple[str, ...]) -> None:
    route = routing.route(of, of.records, of.phase)
    assert (route.state, route.endpoints) == (state, endpoints)


def test_a_deleted_deployment_opens_to_no_key() -> None:
    of = member(wish=Wish.DELETE, grants=(Grant("k1"),))
    assert routing.route(of, of.records, of.phase).grants == ()


def test_grants_come_in_one_order() -> None:
    of = member(grants=(Grant("k2"), Grant("k1")))
    assert [each.id for each in routing.route(of, (), of.phase).grants] == ["k1", "k2"]


def test_routes_come_in_one_order() -> None:
    assert [each.slug for each in routing.table([routing.deleted("b"), routing.deleted("a")])] == ["a", "b"]


def test_only_a_route_that_is_not_served_says_why() -> None:
    waits = member(reason=Reason.IMAGE_BUILDING, start_timeout_s=7)
    serves = member(record("a", S.READY), reason=Reason.CRASHED)
    routes = [routing.route(each, each.records, each.phase) for each in (waits, serves)]
    assert [each.reason for each in routes] == ["image_building", ""]
    assert routes[0].start_timeout_s == 7


@pytest.mark.parametrize(
    ("route", "reached", "shut"),
    [
        pytest.param(Route("cats", RouteState.SERVING, ("a:1", "b:1")), {"cats": {"b:1"}}, None, id="one is reached"),
        pytest.param(Route("cats", RouteState.SERVING, ("a:1",)), {"cats": {"b:1"}}, RouteState.WAITING, id="another"),
        pytest.param(Route("cats", RouteState.SERVING, ("a:1",)), {}, RouteState.WAITING, id="nothing is known"),
        pytest.param(Route("cats", RouteState.WAITING, ("a:1",)), {"cats": {"a:1"}}, RouteState.WAITING, id="starting"),
        pytest.param(Route("cats", RouteState.FAILED), {}, RouteState.FAILED, id="failed"),
        pytest.param(Route("cats", RouteState.STOPPED), {}, RouteState.STOPPED, id="stopped"),
        pytest.param(Route("cats", RouteState.DELETED), {}, RouteState.DELETED, id="deleted"),
    ],
)
def test_shut(route: Route, reached: dict[str, set[str]], shut: RouteState | None) -> None:
    found = routing.shut([route], reached)
    assert found == ({"cats": Shut(shut, 120, "")} if shut else {})
