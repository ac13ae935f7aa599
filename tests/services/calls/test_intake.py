from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis import Redis

from deploy_ui import clock, queue
from deploy_ui.enums import CallStatus, Phase
from deploy_ui.errors import AppError, Conflict, Gone, NotFound, TooMany, Unavailable
from deploy_ui.hints import CHANNEL
from deploy_ui.services import deployments
from deploy_ui.services.calls import intake, names
from deploy_ui.services.calls.bodies import Body
from deploy_ui.services.calls.intake import Accepted, Request
from deploy_ui.services.calls.terms import Terms
from deploy_ui.settings import settings
from tests import factories
from tests.services.calls import queued
from tests.services.calls.ended_calls import row
from tests.waiting import eventually

pytestmark = pytest.mark.usefixtures("database")


def request(slug: str, *, key: str | None = None, body: bytes = b"question", **values: Any) -> Request:
    call_id = names.new_call_id(clock.now())
    taken = Body(f"{call_id}.request")
    taken.add(body)
    fields = {"method": "POST", "path": "/predict", "headers": [("a", "b")], "key_id": "k"} | values
    return Request(id=call_id, slug=slug, terms=Terms(idempotency_key=key), body=taken.store(), **fields)


def accepted(*requests: Request) -> list[Accepted]:
    return [each for each in intake.accept(requests) if isinstance(each, Accepted)]


def refusal(wanted: Request) -> tuple[type[AppError], str]:
    [result] = intake.accept([wanted])
    assert isinstance(result, AppError)
    return type(result), result.code


def test_all_of_a_batch_is_written_in_its_order() -> None:
    card = queued.serving("127.0.0.1:1")
    wanted = [request(card.slug) for _ in range(5)]
    assert [(each.id, each.is_new) for each in accepted(*wanted)] == [(each.id, True) for each in wanted]
    rows = [row(each.id) for each in wanted]
    assert [each.number for each in rows] == sorted(each.number for each in rows)
    assert {(each.status, each.method, each.body_size) for each in rows} == {(CallStatus.QUEUED, "POST", 8)}


def test_one_that_is_refused_takes_no_other_with_it() -> None:
    good, bad = request(queued.serving("127.0.0.1:1").slug), request("nobody")
    results = intake.accept([bad, good])
    assert [type(each) for each in results] == [NotFound, Accepted]
    assert row(good.id).status == CallStatus.QUEUED


def test_deployments_that_do_not_serve_take_none() -> None:
    by = factories.viewer()
    stopped, failed, deleted = (factories.deployment(by) for _ in range(3))
    deployments.stop(by, stopped.slug)
    factories.seen(failed, Phase.FAILED)
    deployments.delete(by, deleted.slug)
    assert refusal(request(stopped.slug)) == (Unavailable, "deployment_stopped")
    assert refusal(request(failed.slug)) == (Unavailable, "deployment_failed")
    assert refusal(request(deleted.slug)) == (Gone, "deployment_deleted")


def test_the_same_key_means_the_same_call() -> None:
    card, other = queued.serving("127.0.0.1:1"), queued.serving("127.0.0.1:1")
    first, twin, foreign = request(card.slug, key="a"), request(card.slug, key="a"), request(other.slug, key="a")
    made = accepted(first, twin, foreign)
    assert [(each.id, each.is_new) for each in made] == [(first.id, True), (first.id, False), (foreign.id, True)]
    [later] = accepted(request(card.slug, key="a"))
    assert (later.id, later.is_new, later.status) == (first.id, False, CallStatus.QUEUED)


@pytest.mark.parametrize("values", [{"body": b"other"}, {"path": "/else"}, {"method": "PUT"}])
def test_the_same_key_for_something_else_is_a_conflict(values: dict[str, Any]) -> None:
    card = queued.serving("127.0.0.1:1")
    accepted(request(card.slug, key="a"))
    assert refusal(request(card.slug, key="a", **values)) == (Conflict, "idempotency_conflict")


def test_two_processes_that_accept_the_same_key_at_once_agree() -> None:
    card = queued.serving("127.0.0.1:1")
    wanted = [request(card.slug, key="a") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = [each for results in pool.map(accepted, wanted) for each in results]
    assert (len(made), len({each.id for each in made}), sum(each.is_new for each in made)) == (8, 1, 1)


def test_the_queue_of_a_deployment_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_UI_MAX_QUEUED_CALLS", "2")
    settings.cache_clear()
    card, other = queued.serving("127.0.0.1:1"), queued.serving("127.0.0.1:1")
    results = intake.accept([*(request(card.slug) for _ in range(3)), request(other.slug)])
    assert [type(each) for each in results] == [Accepted, Accepted, TooMany, Accepted]
    assert refusal(request(card.slug)) == (TooMany, "calls_queue_full")


def test_everybody_is_told_once(redis: Redis) -> None:
    card = queued.serving("127.0.0.1:1", min_instances=0)
    heard = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    heard.psubscribe(f"{CHANNEL}*")
    made = [Accepted(f"c_{place}", card.slug, CallStatus.QUEUED, is_new=True, asleep=True) for place in range(3)]
    intake.announce([*made, Accepted("c_old", "other", CallStatus.QUEUED, is_new=False, asleep=False)])
    topics: list[str] = []

    def all_heard() -> bool:
        if message := heard.get_message(timeout=0.2):
            topics.append(message["channel"].decode().removeprefix(CHANNEL))
        return topics[-1:] == ["wake"]

    eventually(all_heard)
    assert topics == [f"calls:{card.slug}", "wake"]
    assert queue.queue(queue.CALLS_QUEUE).count == 1, "nobody delivers yet"
    heard.close()
