"""`kill -9` at anything, in the middle of any change: all comes to what is wanted, and nobody else notices."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psutil
import pytest

from deploy_ui.launch.supervisord import SETTLED_S
from tests.faults import machine
from tests.faults.changes import CHANGES, Change, Scene
from tests.faults.conftest import Stage
from tests.faults.people import Person
from tests.launch.product import Product
from tests.waiting import eventually

pytestmark = pytest.mark.faults
CONVERGED_S = 10
GATEWAY_AWAY_S = 2
BUILD_S = 1.0
REQUEST_S = 5
PARTS = ["controller", "redis", "activator", "gateway", "console"]
each_change = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)


@each_change
@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_killed(part: str, change: Change, stage: Stage) -> None:
    scene = change.scene(stage.person, f"{part} {change.name}", *stage.images)
    with _part(stage.person.product, part) as process, _asking(scene, change, wait=part != "console"):
        began = time.monotonic()
        machine.kill(process)
    _converges(f"{part} · {change.name}", scene, began, stage, away_s=GATEWAY_AWAY_S * (part == "gateway"))


@each_change
def test_the_worker_is_killed_while_it_builds(change: Change, stage: Stage) -> None:
    scene = change.scene(stage.person, f"worker {change.name}", *stage.images)
    with _part(stage.person.product, "worker-1") as process:
        building = stage.person.uploads(build_s=BUILD_S)
        scene.image = change.image(scene.image, building)
        with _asking(scene, change):
            stage.person.has(building, "building")
            began = time.monotonic()
            machine.kill(process)
    _converges(f"worker · {change.name}", scene, began, stage)
    stage.person.has(building, "ready", CONVERGED_S - (time.monotonic() - began))


@each_change
def test_the_controller_is_killed_while_it_acts(change: Change, stage: Stage) -> None:
    scene = change.scene(stage.person, f"acting {change.name}", *stage.images)
    with _part(stage.person.product, "controller") as process, _asking(scene, change):
        eventually(scene.under_way)
        began = time.monotonic()
        machine.kill(process)
    _converges(f"controller, acting · {change.name}", scene, began, stage)


@each_change
@pytest.mark.parametrize("victim", ["instance", "keeper"])
def test_an_instance_is_killed(victim: str, change: Change, stage: Stage) -> None:
    scene = change.scene(stage.person, f"{victim} {change.name}", *stage.images)
    with _asking(scene, change):
        eventually(lambda: _running(scene, keeper=victim == "keeper"))
        scene.dead, process = _running(scene, keeper=victim == "keeper")[0]
        began = time.monotonic()
        machine.kill(process)
    _converges(f"{victim} · {change.name}", scene, began, stage)


@each_change
def test_an_instance_is_killed_while_it_works_on_a_request(change: Change, stage: Stage) -> None:
    scene = change.scene(stage.person, f"busy {change.name}", *stage.images)
    person = stage.person
    with ThreadPoolExecutor(1) as pool:
        if change.new:
            change.asked(scene)
            scene.key = person.key(scene.slug)
            eventually(lambda: person.calls(scene.slug, scene.key).status_code == scene.answer)
        request = pool.submit(person.calls, scene.slug, scene.key, sleep=REQUEST_S)
        (scene.dead,) = eventually(lambda: machine.busy(person.product, scene.slug))
        change.asked(scene)
        process = machine.program(person.product, scene.dead)
        assert process
        began = time.monotonic()
        machine.kill(process)
        assert _broken(request) in {502, 503}
        assert time.monotonic() - began < REQUEST_S / 2
    _converges(f"instance, mid-request · {change.name}", scene, began, stage)


def _broken(request: Future[httpx.Response]) -> int:
    answer = request.result()
    assert answer.json()["error"]["code"]
    return answer.status_code


@contextmanager
def _part(product: Product, name: str) -> Iterator[psutil.Process]:
    """Give a part that has run for a while: one that dies twice at once is started again later."""
    process = psutil.Process(product.parts()[name])
    eventually(lambda: time.time() - process.create_time() > SETTLED_S + 1)
    yield process
    eventually(lambda: product.parts().get(name, process.pid) != process.pid, CONVERGED_S)


@contextmanager
def _asking(scene: Scene, change: Change, *, wait: bool = True) -> Iterator[None]:
    """Ask for the change; without waiting for the answer, ask again if it was lost, as a person would."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(change.asked, scene)
        if wait:
            asked.result()
        yield
        if asked.exception():
            eventually(lambda: _asked_again(scene, change), CONVERGED_S)


def _asked_again(scene: Scene, change: Change) -> bool:
    try:
        change.asked(scene)
    except httpx.TransportError:
        return False
    return True


def _running(scene: Scene, *, keeper: bool) -> list[tuple[str, psutil.Process]]:
    """Return the programs that run, or their keepers: one that is killed before is started again under its key."""
    product = scene.person.product
    programs = {key: machine.program(product, key) for key in sorted(machine.folders(product, scene.slug))}
    keepers = machine.keepers(product) if keeper else {}
    found = [(key, keepers.get(key) if keeper else program) for key, program in programs.items() if program]
    return [(key, process) for key, process in found if process]


def _converges(case: str, scene: Scene, began: float, stage: Stage, *, away_s: float = 0) -> None:
    took, since = None, max(began, scene.asked_at)  # a lost question counts from when it was asked again
    try:
        eventually(lambda: _as_wanted(scene), CONVERGED_S - (time.monotonic() - since))
        took = time.monotonic() - since
    finally:
        stage.costs.tell(case, took, stage.trickle)
    eventually(lambda: _tidy(scene), CONVERGED_S)
    assert machine.integrity(scene.person.product) == "ok"
    assert [odd for odd in stage.trickle.odd if not began <= odd.at <= began + away_s] == []
    assert [each["reason"] for each in scene.person.records(scene.slug) if each["reason"] == "scaled_down"] == []


def _as_wanted(scene: Scene) -> bool:
    """Assert that phase, records, processes and the gateway's answer are what is wanted."""
    person = scene.person
    assert person.product.ready()
    try:
        card, live = person.card(scene.slug), person.live(scene.slug)
        scene.key = scene.key or person.key(scene.slug)
        answer = person.calls(scene.slug, scene.key)
    except httpx.TransportError as error:
        raise AssertionError(repr(error)) from error
    assert (card["phase"], card["settled"], card["ready_instances"]) == (scene.phase, True, scene.wanted), card
    keys = {each["key"] for each in live}
    assert scene.dead not in keys
    assert [(each["status"], each["image_id"]) for each in live] == [("ready", scene.image)] * scene.wanted
    assert answer.status_code == scene.answer
    assert {
        key for key in machine.keepers(person.product) if key in machine.folders(person.product, scene.slug)
    } == keys
    return True


def _tidy(scene: Scene) -> bool:
    """Assert that nothing is left of what is gone."""
    product = scene.person.product
    live = [each for slug in _slugs(scene.person) for each in scene.person.live(slug)]
    keys = {each["key"] for each in live}
    assert machine.folders(product, scene.slug) <= keys
    assert set(machine.keepers(product)) == keys
    assert machine.strays(product, keys) == []
    assert machine.doubled_parts(product) == []
    assert machine.held_ports(product) == {int(each["address"].split(":")[1]) for each in live}
    assert machine.stale_sockets(product) == []
    return True


def _slugs(person: Person) -> list[str]:
    return [each["slug"] for each in person.asks("GET", "/deployments?limit=100")["items"]]
