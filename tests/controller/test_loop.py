import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Self

import httpx

from deploy_ui import hints
from deploy_ui.controller import loop
from deploy_ui.enums import InstanceStatus, Phase, Reason
from deploy_ui.runtimes import choose
from deploy_ui.services import deployments, fleet, instances, keys, revisions
from deploy_ui.services.deployments import Change
from tests.controller.product import Product
from tests.waiting import eventually

S = InstanceStatus


class Callers:
    """Callers without pause; `odd` holds every answer that was not a 200."""

    def __init__(self, product: Product, slug: str, key: str) -> None:
        self.odd: list[str] = []
        self.count = 0
        self.names: set[str] = set()
        self._stop = threading.Event()
        self._url = f"{product.http.base_url}/{slug}/".replace("//" + slug, "/" + slug)
        self._key = key
        self._threads = [threading.Thread(target=self._call) for _ in range(2)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        with httpx.Client(headers={"X-API-Key": self._key}, timeout=20) as client:
            while not self._stop.is_set():
                answer = client.get(self._url)
                self.count += 1
                if answer.status_code == 200:
                    self.names.add(answer.text)
                else:
                    self.odd.append(f"{answer.status_code} {answer.text}")


def serves(product: Product, slug: str, key: str) -> bool:
    return product.call(slug, key).status_code == 200


def runs(product: Product, slug: str) -> bool:
    return product.card(slug).phase is Phase.RUNNING


def test_a_new_deployment_answers_through_the_gateway(product: Product) -> None:
    slug = product.deploy()
    key = product.key(slug)
    eventually(lambda: serves(product, slug, key))


def test_a_revoked_key_is_refused_within_two_seconds(product: Product) -> None:
    slug = product.deploy()
    made = keys.create(product.viewer, slug, name="k")
    eventually(lambda: serves(product, slug, made.secret))
    keys.revoke(product.viewer, slug, made.row.id)
    eventually(lambda: product.call(slug, made.secret).status_code == 401, timeout_s=2)


def test_a_crashed_instance_is_replaced_and_tells_why(product: Product) -> None:
    slug = product.deploy()
    key = product.key(slug)
    eventually(lambda: serves(product, slug, key))
    first = product.call(slug, key).text
    product.call(slug, key, "/crash")
    eventually(lambda: serves(product, slug, key) and product.call(slug, key).text != first)
    ended = product.row(slug, first)
    assert (ended.status, ended.reason, ended.exit_code) == (S.FAILED, Reason.CRASHED, 1)
    assert ended.message == "ValueError: told to crash"


def test_a_change_is_made_without_one_failed_request(product: Product) -> None:
    slug = product.deploy(min_instances=2)
    key = product.key(slug)
    eventually(lambda: runs(product, slug) and serves(product, slug, key))
    with Callers(product, slug, key) as callers:
        eventually(lambda: len(callers.names) == 2)
        deployments.change(product.viewer, slug, Change(env={"A": "1"}))
        eventually(lambda: len(callers.names) == 4 and runs(product, slug) and len(product.running()) == 2)
    assert callers.odd == []


def test_a_request_that_is_under_way_is_answered_by_the_instance_that_is_replaced(product: Product) -> None:
    slug = product.deploy()
    key = product.key(slug)
    eventually(lambda: serves(product, slug, key))
    old = product.call(slug, key).text
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(product.call, slug, key, "/slow")
        eventually(slow.running)
        deployments.change(product.viewer, slug, Change(env={"A": "1"}))
        assert (slow.result().status_code, slow.result().text) == (200, old)
    eventually(lambda: [each.key for each in product.running()] not in ([old], []))


def test_one_that_stops_answering_is_replaced(product: Product) -> None:
    slug = product.deploy()
    key = product.key(slug)
    eventually(lambda: serves(product, slug, key))
    sick = product.call(slug, key).text
    product.call(slug, key, "/sick")
    eventually(lambda: serves(product, slug, key) and product.call(slug, key).text != sick, timeout_s=20)
    eventually(lambda: [each.key for each in product.running()] != [sick] and len(product.running()) == 1)
    eventually(lambda: product.row(slug, sick).status is S.FAILED)
    row = product.row(slug, sick)
    assert (row.reason, row.message) == (Reason.NOT_ANSWERING, "GET / answered 503")


def test_scaling_down_fails_no_request(product: Product) -> None:
    slug = product.deploy(min_instances=1, max_instances=3)
    key = product.key(slug)
    deployments.scale(product.viewer, slug, 3)
    eventually(lambda: product.card(slug).ready_instances == 3 and serves(product, slug, key))
    with Callers(product, slug, key) as callers:
        eventually(lambda: len(callers.names) == 3)
        deployments.scale(product.viewer, slug, 1)
        eventually(lambda: len(product.running()) == 1)
    assert callers.odd == []


def test_a_change_that_cannot_start_is_rolled_back_without_one_failed_request(product: Product) -> None:
    slug = product.deploy(min_instances=2)
    key = product.key(slug)
    eventually(lambda: runs(product, slug) and serves(product, slug, key))
    with Callers(product, slug, key) as callers:
        eventually(lambda: len(callers.names) == 2)
        deployments.change(product.viewer, slug, Change(env={"TROUBLE": "load"}))
        eventually(lambda: product.card(slug).revision == 1 and len(product.running()) == 2)
        first = callers.count
        eventually(lambda: callers.count > first + 20)
    assert (callers.odd, len(callers.names)) == ([], 2)
    card = product.card(slug)
    assert (card.phase, card.reason, card.message) == (
        Phase.RUNNING,
        Reason.ROLLED_BACK,
        "ValueError: no such weights",
    )


def test_an_image_that_cannot_serve_is_rolled_back_and_a_person_goes_back_and_forth(product: Product) -> None:
    slug = product.deploy()
    key = product.key(slug)
    eventually(lambda: runs(product, slug) and serves(product, slug, key))
    with Callers(product, slug, key) as callers:
        bad = product.image(command="exit 3")
        deployments.change(product.viewer, slug, Change(image=bad.id))
        eventually(lambda: product.card(slug).revision == 1)
        deployments.change(product.viewer, slug, Change(env={"A": "1"}))
        eventually(lambda: runs(product, slug) and len(callers.names) == 2 and len(product.running()) == 1)
        deployments.roll_back(product.viewer, slug, 1)
        eventually(lambda: runs(product, slug) and len(callers.names) == 3 and len(product.running()) == 1)
    assert callers.odd == []
    newest = revisions.rows(product.viewer, slug).items
    assert [(each.number, each.current, each.failed_at is not None) for each in newest] == [
        *((3, False, False), (2, False, True), (1, True, False))
    ]


def test_a_deployment_that_cannot_start_has_failed_and_says_why(product: Product) -> None:
    slug = product.deploy(env={"TROUBLE": "load"})
    eventually(lambda: product.card(slug).phase is Phase.FAILED)
    assert (product.card(slug).reason, product.card(slug).message) == (Reason.CRASHED, "ValueError: no such weights")
    key = product.key(slug)
    eventually(lambda: product.call(slug, key).status_code == 503)
    assert product.call(slug, key).json()["error"]["code"] == "deployment_failed"


def test_the_moments_of_a_start_are_kept(product: Product) -> None:
    slug = product.deploy()
    eventually(lambda: runs(product, slug))
    [row] = instances.rows(product.viewer, slug)
    assert row.started_at
    assert row.loading_at
    assert row.ready_at
    assert row.created_at <= row.started_at <= row.loading_at <= row.ready_at


def test_a_port_that_never_opens_ends_with_the_start_timeout(product: Product) -> None:
    slug = product.deploy(env={"TROUBLE": "silent"}, start_timeout_s=1)
    rows = eventually(
        lambda: [each for each in instances.rows(product.viewer, slug) if each.reason is Reason.START_TIMEOUT]
    )
    assert "connection refused" in rows[0].message


def test_instances_outlive_the_controller_and_are_adopted(product: Product) -> None:
    slug = product.deploy(min_instances=2)
    eventually(lambda: runs(product, slug))
    before = {each.key for each in product.running()}
    product.stop()
    assert {each.key for each in product.running()} == before
    product.start()
    deployments.change(product.viewer, slug, Change(max_instances=3, instances=3))
    eventually(lambda: product.card(slug).ready_instances == 3)
    assert before < {each.key for each in product.running()}
    assert len(product.running()) == 3


def test_one_that_crashed_while_nobody_looked_is_replaced(product: Product) -> None:
    slug = product.deploy()
    key = product.key(slug)
    eventually(lambda: serves(product, slug, key))
    product.stop()
    product.call(slug, key, "/crash")
    eventually(lambda: not product.running())
    product.start()
    eventually(lambda: serves(product, slug, key))


def test_only_one_controller_acts(product: Product) -> None:
    slug = product.deploy()
    eventually(lambda: runs(product, slug))
    other_stop = threading.Event()
    other = threading.Thread(target=loop.run, args=(other_stop,))
    other.start()
    deployments.change(product.viewer, slug, Change(max_instances=4, instances=4))
    eventually(lambda: product.card(slug).ready_instances == 4)
    assert len(product.running()) == 4
    product.stop()
    deployments.scale(product.viewer, slug, 2)
    eventually(lambda: len(product.running()) == 2)
    other_stop.set()
    other.join()


def test_deleting_ends_all_and_the_gateway_says_gone(product: Product) -> None:
    slug = product.deploy()
    key = product.key(slug)
    eventually(lambda: serves(product, slug, key))
    deployments.delete(product.viewer, slug)
    eventually(lambda: product.card(slug).phase is Phase.DELETED)
    assert product.running() == []
    eventually(lambda: product.call(slug, key).status_code == 410)


def test_the_end_of_everything_ends_instances_and_keeps_the_wish(product: Product) -> None:
    slug = product.deploy(min_instances=2)
    eventually(lambda: runs(product, slug))
    product.stop()
    loop.end_all()
    assert choose.runtime().list() == []
    (member,) = fleet.members()
    assert {(each.status, each.reason) for each in member.records} == {(S.STOPPED, Reason.SHUT_DOWN)}
    product.start()
    eventually(lambda: runs(product, slug))


def test_it_tells_that_it_is_alive(product: Product) -> None:
    product.deploy()
    eventually(lambda: hints.redis().exists(fleet.HEARTBEAT))


def test_a_controller_that_is_killed_again_and_again_doubles_nothing(product: Product) -> None:
    product.stop()
    slug = product.deploy(min_instances=3)
    for started in (1, 2):
        with _another_process():
            eventually(_started(started), timeout_s=30)
    product.start()
    eventually(lambda: runs(product, slug))
    assert len(product.running()) == 3
    assert len(fleet.members()[0].records) == 3


@contextmanager
def _another_process() -> Iterator[None]:
    """Run a controller in a process of its own, and kill it at the end."""
    controller = subprocess.Popen([sys.executable, "-m", "deploy_ui", "controller"])
    try:
        yield
    finally:
        controller.kill()
        controller.wait()


def _started(least: int) -> Callable[[], bool]:
    return lambda: len(choose.runtime().list()) >= least
