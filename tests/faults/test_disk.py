"""No room for logs: instances and parts go on, and the log says how much it lost."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.conftest import Costs, settings
from tests.faults.people import Person
from tests.faults.trickle import Trickle
from tests.launch.product import running
from tests.waiting import eventually

pytestmark = pytest.mark.faults
ROOM = "4m"
REPLACED_S = 10


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    """Give the logs of a product a file system of their own, with little room."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system; tests/runtimes/test_process.py has a limit of file sizes")
    folder = tmp_path / "data" / "logs"
    folder.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this root may not mount a file system; tests/runtimes/test_process.py has a limit of file sizes")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.usefixtures("built_pages")
def test_a_full_disk_costs_log_lines_and_nothing_else(
    logs: Path, tmp_path_factory: pytest.TempPathFactory, costs: Costs
) -> None:
    with running(logs.parent, **settings(tmp_path_factory)) as product:
        person = Person.signed_in(product)
        with closing(person.api):
            image = person.image()
            slug = person.deploys(image, min_instances=1)
            key = person.key(slug)
            eventually(lambda: person.calls(slug, key).status_code == 200)
            parts = product.parts()
            with Trickle(person.url(slug), key) as trickle:
                with _filled(logs):
                    began = time.monotonic()
                    assert person.calls(slug, key, log=5000).status_code == 200
                    other = person.deploys(image, min_instances=1)
                    _replaced(person, other)
                    costs.tell("no room for logs", time.monotonic() - began, trickle)
                assert person.calls(slug, key, log=10).status_code == 200
                eventually(lambda: "lines were lost" in _log(person, slug))
            assert (trickle.odd, product.parts()) == ([], parts)


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    """Leave no room in a file system."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    yield
    filler.unlink()


def _replaced(person: Person, slug: str) -> None:
    """Let an instance crash, and wait for the next."""
    key = person.key(slug)
    eventually(lambda: person.calls(slug, key).status_code == 200)
    first = person.calls(slug, key).json()["instance"]
    person.calls(slug, key, exit=3)
    eventually(lambda: person.runs(slug) and first not in {each["key"] for each in person.live(slug)}, REPLACED_S)


def _log(person: Person, slug: str) -> str:
    return " ".join(line["text"] for line in person.asks("GET", f"/deployments/{slug}/logs")["items"])
