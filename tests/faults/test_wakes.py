"""`kill -9` while the first request waits for a deployment to wake: it is answered, or refused and can be sent anew."""

import time
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import psutil
import pytest

from tests.faults import machine
from tests.faults.conftest import Stage
from tests.faults.people import Person
from tests.waiting import eventually

pytestmark = pytest.mark.faults
LOAD_S = 2
ASLEEP_S = 30
CONVERGED_S = 10
OK, REFUSED = 200, 503
BROKEN = 0


@pytest.mark.parametrize(
    ("victim", "allowed"),
    [
        pytest.param("controller", {OK}, id="controller"),
        pytest.param("redis", {OK}, id="redis"),
        pytest.param("instance", {OK}, id="instance"),
        pytest.param("activator", {OK, REFUSED}, id="activator"),
        pytest.param("gateway", {BROKEN}, id="gateway"),
    ],
)
def test_a_wake_outlives_a_kill(victim: str, allowed: set[int], stage: Stage) -> None:
    person = stage.person
    slug, key = _asleep(person, stage.images[0])
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(person.calls, slug, key)
        (instance,) = eventually(lambda: machine.folders(person.product, slug))
        began = time.monotonic()
        machine.kill(_process(person, victim, instance))
        assert _status(first) in allowed
    eventually(lambda: person.product.ready() and _answered(person, slug, key), CONVERGED_S)
    stage.costs.tell(f"waking · {victim}", time.monotonic() - began, stage.trickle)
    assert len(person.live(slug)) == 1
    assert victim == "gateway" or stage.trickle.odd == []


def _asleep(person: Person, image: str) -> tuple[str, str]:
    """Create a deployment that takes a while to load, and let it fall asleep; return its slug and a key."""
    body = {"min_instances": 0, "max_instances": 1, "idle_timeout_s": 2, "env": {"LOAD_S": str(LOAD_S)}}
    slug = str(
        person.asks("POST", "/deployments", json={"name": f"Nap {time.monotonic_ns()}", "image": image, **body})["slug"]
    )
    key = person.key(slug)
    eventually(lambda: person.card(slug)["phase"] == "sleeping" and not machine.folders(person.product, slug), ASLEEP_S)
    person.asks("PATCH", f"/deployments/{slug}", json={"idle_timeout_s": 60})
    return slug, key


def _process(person: Person, victim: str, instance: str) -> psutil.Process:
    if victim == "instance":
        return eventually(lambda: [each for each in [machine.program(person.product, instance)] if each])[0]
    return psutil.Process(person.product.parts()[victim])


def _status(first: Future[httpx.Response]) -> int:
    try:
        return first.result().status_code
    except httpx.TransportError:
        return BROKEN


def _answered(person: Person, slug: str, key: str) -> bool:
    try:
        return person.calls(slug, key).status_code == OK
    except httpx.TransportError:
        return False
