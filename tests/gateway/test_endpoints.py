"""Instances come, go and die under load; callers do not notice."""

import signal
from collections.abc import Callable

import pytest

from deploy_ui.gateway import process, writer
from deploy_ui.gateway.routes import Grant, Route, RouteState
from tests.gateway.conftest import Gateway, secret, serving
from tests.gateway.traffic import instance, load, more
from tests.gateway.upstream import Upstream, running, unused_address
from tests.waiting import eventually


def test_requests_are_spread_over_all_instances(gateway: Gateway, upstream: Upstream) -> None:
    with running(Upstream("second")) as second:
        gateway.serve(serving("a", upstream.address, second.address))
        eventually(lambda: gateway.call("/a/", secret("a")).json()["instance"] == "second")
        eventually(lambda: gateway.call("/a/", secret("a")).json()["instance"] == "instance")


@pytest.mark.parametrize("body", [b"{}", b"x" * 900_000], ids=["small", "large"])
def test_an_instance_that_cannot_be_reached_costs_no_request(gateway: Gateway, upstream: Upstream, body: bytes) -> None:
    gateway.serve(serving("a", upstream.address, unused_address(), unused_address()))
    headers = {"x-api-key": secret("a")}
    statuses = [gateway.http.post("/a/", content=body, headers=headers).status_code for _ in range(30)]
    assert set(statuses) == {200}


def test_an_instance_that_was_killed_costs_at_most_what_it_was_working_on(gateway: Gateway) -> None:
    with instance() as (first, victim), instance() as (second, _):
        gateway.serve(serving("a", first, second))
        with load(gateway) as ended:
            more(ended)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            more(ended, 200)
    assert set(ended) <= {200, "instance_broke_off"}
    assert ended["instance_broke_off"] <= 4


def test_after_an_instance_was_killed_no_request_fails(gateway: Gateway) -> None:
    with instance() as (first, victim), instance() as (second, _):
        gateway.serve(serving("a", first, second))
        with load(gateway) as ended:
            more(ended)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        with load(gateway) as ended:
            more(ended, 200)
    assert set(ended) == {200}


def test_instances_change_under_load_without_a_failed_request(gateway: Gateway) -> None:
    with instance() as (first, _), instance() as (second, _), instance() as (third, _):
        gateway.serve(serving("a", first))
        with load(gateway) as ended:
            for endpoints in [(second,), (first, third), (third,), (first, second, third), (second,)] * 2:
                gateway.serve(serving("a", *sorted(endpoints)))
                more(ended, 20)
    assert set(ended) == {200}


def test_other_deployments_come_and_go_without_a_failed_request(gateway: Gateway) -> None:
    with instance() as (address, _):
        gateway.serve(serving("a", address))
        with load(gateway) as ended:
            for number in range(8):
                others = [serving(f"b{other}", address) for other in range(number % 4)]
                gateway.serve(serving("a", address, grants=(Grant("k1"), Grant(f"k{number}"))), *others)
                more(ended, 20)
    assert set(ended) == {200}


@pytest.mark.parametrize("state", [RouteState.WAITING, RouteState.STOPPED, RouteState.FAILED])
def test_a_deployment_serves_as_soon_as_its_first_instance_is_written(
    gateway: Gateway, upstream: Upstream, state: RouteState
) -> None:
    gateway.serve(Route("a", state, grants=(Grant("k1"),)))
    writer.write([serving("a", upstream.address)])
    statuses = first_answers(lambda: gateway.call("/a/", secret("a")).status_code)
    assert statuses <= {200, 503}


def first_answers(call: Callable[[], int]) -> set[int]:
    """Call until it succeeds; return every status on the way."""
    seen: set[int] = set()

    def succeeded() -> bool:
        seen.add(call())
        return 200 in seen

    eventually(succeeded)
    return seen


def test_many_deployments_are_served(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(*(serving(f"a{number}", upstream.address) for number in range(300)))
    assert gateway.call("/a7/", secret("a7")).status_code == 200
    assert gateway.call("/a299/", secret("a299")).status_code == 200


def test_a_file_that_envoy_refuses_leaves_the_old_routes_and_shows(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    writer.write([serving("a", upstream.address, timeout_s=-1)])
    assert gateway.call("/a/", secret("a")).status_code == 200
    assert not process.applied()
