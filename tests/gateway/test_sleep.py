"""A deployment falls asleep and wakes under load, as the controller does it; callers do not notice."""

import pytest

from deploy_ui.gateway import gate, writer
from deploy_ui.gateway.activator.client import held
from tests.gateway.conftest import Gateway, serving, shut, waiting
from tests.gateway.traffic import instance, load, more
from tests.waiting import eventually

TIMES = 12


@pytest.mark.parametrize("body", [b"{}", b"x" * 300_000], ids=["small", "large"])
def test_sleeping_and_waking_costs_no_request(held_back: Gateway, body: bytes) -> None:
    with instance() as (first, _), instance() as (second, _):
        held_back.serve(serving("a", first))
        with load(held_back, body=body) as ended:
            for number in range(TIMES):
                last, following = (first, second) if number % 2 == 0 else (second, first)
                more(ended, 10)
                shut("a")
                held_back.serve(waiting("a", last))
                held_back.serve(waiting("a"))
                eventually(held)
                held_back.serve(waiting("a", following))
                gate.write({})
                held_back.serve(serving("a", following))
    assert set(ended) == {200}


def test_a_deployment_that_is_called_while_it_falls_asleep_answers(held_back: Gateway) -> None:
    with instance() as (address, _):
        held_back.serve(serving("a", address))
        with load(held_back) as ended:
            for _ in range(TIMES):
                more(ended, 10)
                shut("a")
                writer.write([waiting("a", address)])
                gate.write({})
                writer.write([serving("a", address)])
    assert set(ended) == {200}


def test_instances_that_come_and_go_with_the_gate_cost_no_request(held_back: Gateway) -> None:
    with instance() as (first, _), instance() as (second, _):
        held_back.serve(serving("a", first))
        with load(held_back) as ended:
            for number in range(TIMES):
                more(ended, 10)
                shut("a")
                writer.write([waiting("a")])
                eventually(held)
                writer.write([serving("a", second if number % 2 == 0 else first)])
                gate.write({})
    assert set(ended) == {200}
