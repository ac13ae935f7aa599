"""What Envoy counts, from the real Envoy."""

import threading

import pytest

from deploy_ui.gateway import load
from deploy_ui.gateway.load import Load
from tests.gateway.conftest import Gateway, secret, serving
from tests.gateway.upstream import Upstream
from tests.waiting import eventually


def test_requests_are_counted_by_deployment(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("loaded", upstream.address), serving("loaded-2", upstream.address))
    before = load.read()
    for _ in range(3):
        gateway.call("/loaded/", secret("loaded"))
    after = load.read()
    assert set(after) == {"loaded", "loaded-2"}
    assert after["loaded"] == Load(in_flight=0, total=before["loaded"].total + 3)
    assert after["loaded-2"] == before["loaded-2"]


def test_requests_in_flight_are_counted_across_a_change_of_instances(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    before = load.read()["a"]

    def call() -> None:
        gateway.http.get("/a/stream", headers={"x-api-key": secret("a")})

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    eventually(lambda: load.read()["a"].in_flight == 2)
    gateway.serve(serving("a", upstream.address, "127.0.0.1:1"))
    assert load.read()["a"] == Load(2, before.total + 2)
    upstream.over.set()
    upstream.gate.release(2)
    eventually(lambda: load.read()["a"].in_flight == 0)
    for thread in threads:
        thread.join()


def test_a_request_without_a_key_is_no_load(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    before = load.read()["a"]
    gateway.call("/a/")
    assert load.read()["a"] == before


@pytest.mark.usefixtures("data_dir")
def test_without_envoy_nothing_is_known() -> None:
    assert load.read() == {}
