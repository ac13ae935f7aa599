import pytest

from deploy_ui.controller import routing
from deploy_ui.enums import InstanceStatus, Phase, Wish
from deploy_ui.gateway.routes import Grant, RouteState
from deploy_ui.services.fleet import Member
from tests.controller.tables import member, record

S = InstanceStatus


@pytest.mark.parametrize(
    ("of", "state", "endpoints"),
    [
        pytest.param(member(), RouteState.WAITING, (), id="nothing there"),
        pytest.param(member(record("a")), RouteState.WAITING, (), id="a starting one gets no requests"),
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
