"""Sleep and waking with everything real: database, Redis, Envoy, activator, controller, processes."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from deploy_ui import hints
from deploy_ui.controller import loop
from deploy_ui.enums import EventKind, Phase
from deploy_ui.services import deployments, events
from deploy_ui.services.calls import changes
from deploy_ui.services.deployments import Change
from deploy_ui.settings import settings
from tests import activator, factories
from tests.controller.product import Product
from tests.waiting import eventually

ROUNDS = 3


@pytest.fixture
def product(gateway: httpx.Client) -> Iterator[Product]:
    """Run the controller and the activator; end all instances at the end."""
    with activator.running():
        found = Product(gateway)
        found.start()
        yield found
        found.stop()
        loop.end_all()


def asleep(product: Product, **values: object) -> tuple[str, str]:
    """Make a deployment and let it fall asleep; return its slug and a key."""
    slug = product.deploy(**{"min_instances": 0, "idle_timeout_s": 1, **values})
    key = product.key(slug)
    eventually(lambda: product.call(slug, key).status_code == 200)
    deployments.scale(product.viewer, slug, 0)
    eventually(lambda: sleeps(product, slug))
    return slug, key


def sleeps(product: Product, slug: str) -> bool:
    return product.card(slug).phase is Phase.SLEEPING and not product.running()


def count(product: Product, slug: str, kind: EventKind) -> int:
    return sum(row.kind is kind for row in events.rows(product.viewer, slug, limit=200))


def test_the_first_request_wakes_it_and_is_answered(product: Product) -> None:
    slug, key = asleep(product)
    assert product.call(slug, "wrong").status_code == 401
    assert sleeps(product, slug)
    assert product.call(slug, key).status_code == 200
    assert count(product, slug, EventKind.WOKEN) == 1
    eventually(lambda: sleeps(product, slug))


def test_a_hundred_first_requests_at_once_start_one_instance(product: Product) -> None:
    slug, key = asleep(product, max_instances=3, concurrency=100, idle_timeout_s=30)
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda _: product.call(slug, key), range(100)))
    assert {each.status_code for each in answers} == {200}
    assert len({each.text for each in answers}) == 1


def test_whoever_calls_while_it_falls_asleep_is_answered(product: Product) -> None:
    slug, key = asleep(product)
    odd = []
    while count(product, slug, EventKind.WOKEN) < ROUNDS:  # some calls still reach the old instance, and wake nobody
        eventually(lambda: product.card(slug).phase is Phase.SLEEPING)
        answers = [product.call(slug, key) for _ in range(3)]
        odd += [each.text for each in answers if each.status_code != 200]
    assert odd == []


def test_one_that_cannot_wake_sends_away_who_waits(product: Product) -> None:
    slug, key = asleep(product)
    shutil.rmtree(settings().images_dir / product.card(slug).image_id)
    answer = product.call(slug, key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "deployment_failed")
    assert "Retry-After" in answer.headers


def test_a_change_that_cannot_wake_is_taken_back_and_who_waits_is_answered(product: Product) -> None:
    slug, key = asleep(product)
    deployments.change(product.viewer, slug, Change(env={"TROUBLE": "load"}, instances=0))
    assert product.call(slug, key).status_code == 200
    assert product.card(slug).revision == 1


def test_a_queued_call_wakes_it_and_keeps_it_awake_until_it_has_ended(product: Product) -> None:
    slug, _ = asleep(product)
    call_id = factories.call(product.card(slug))
    hints.publish("wake")
    eventually(lambda: product.card(slug).phase is Phase.RUNNING)
    assert product.card(slug).wanted_instances == 1
    (woken,) = [row for row in events.rows(product.viewer, slug, limit=200) if row.kind is EventKind.WOKEN]
    assert woken.facts["waiting"] == 1
    changes.cancel(product.viewer, slug, call_id)
    eventually(lambda: sleeps(product, slug))
