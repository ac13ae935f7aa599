"""A database that nobody can write to for a while: traffic goes on, and what was asked is done afterwards."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from tests.faults import machine
from tests.faults.conftest import Stage
from tests.launch.product import Product
from tests.waiting import eventually

pytestmark = pytest.mark.faults
LOCKED_S = 20
CONVERGED_S = 10


def test_a_locked_database_holds_up_changes_and_nothing_else(stage: Stage) -> None:
    person = stage.person
    slug = person.deploys(stage.images[0], min_instances=2, max_instances=3)
    key = person.key(slug)
    eventually(lambda: person.calls(slug, key).status_code == 200)
    parts = person.product.parts()
    dead = min(machine.folders(person.product, slug))
    with ThreadPoolExecutor(1) as pool:
        with _locked(person.product):
            scaled = pool.submit(person.asks, "POST", f"/deployments/{slug}/scale", json={"instances": 3})
            process = machine.program(person.product, dead)
            assert process
            machine.kill(process)
            eventually(lambda: person.calls(slug, key).status_code == 200, 2)
            eventually(lambda: person.card(slug)["slug"] == slug, 2)
        began = time.monotonic()
        assert scaled.result()["wanted_instances"] == 3
    eventually(lambda: person.runs(slug) and person.card(slug)["ready_instances"] == 3, CONVERGED_S)
    stage.costs.tell("database locked for 20 s", time.monotonic() - began, stage.trickle)
    assert dead not in {each["key"] for each in person.live(slug)}
    assert machine.folders(person.product, slug) == {each["key"] for each in person.live(slug)}
    assert (stage.trickle.odd, person.product.parts()) == ([], parts)
    assert machine.integrity(person.product) == "ok"


@contextmanager
def _locked(product: Product) -> Iterator[None]:
    """Keep every writer waiting, for as long as it takes."""
    with closing(sqlite3.connect(product.data_dir / "deploy-ui.db", isolation_level=None, timeout=30)) as database:
        database.execute("BEGIN EXCLUSIVE")
        until = time.monotonic() + LOCKED_S
        yield
        eventually(lambda: time.monotonic() > until, LOCKED_S + 1)
        database.execute("ROLLBACK")
