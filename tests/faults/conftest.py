"""The whole product, started once for all faults that leave it whole, and the table of what they cost."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.people import ADMIN, Person
from tests.faults.trickle import Trickle
from tests.launch.product import Product, running
from tests.waiting import eventually

TABLE = pytest.StashKey[list["Row"]]()
CALLS = pytest.StashKey[list["CallsRow"]]()


@dataclass(frozen=True)
class Row:
    """What one fault cost."""

    case: str
    converged_s: float | None
    """None: not within the limit."""
    asked: int
    odd: int
    """Requests to the undisturbed deployment, and those not answered with 200."""


@dataclass
class Costs:
    """Where tests say what their fault cost."""

    rows: list[Row]

    def tell(self, case: str, converged_s: float | None, trickle: Trickle) -> None:
        """Add a line to the table."""
        self.rows.append(Row(case, converged_s, trickle.count, len(trickle.odd)))


@dataclass(frozen=True)
class CallsRow:
    """What became of the asynchronous calls that were accepted around one fault."""

    case: str
    accepted: int
    completed: int
    error: int
    duplicates: int
    """Executions of the model beyond the first of each call."""
    ended_s: float
    """From when all parts were back until the last call had ended."""


@dataclass
class Tally:
    """Where tests say what became of their calls."""

    rows: list[CallsRow]

    def tell(self, *values: Any) -> None:
        """Add a line to the table; the values are those of a `CallsRow`."""
        self.rows.append(CallsRow(*values))


@dataclass(frozen=True)
class Undisturbed:
    """A deployment that has no part in any fault."""

    slug: str
    key: str
    instances: list[str] = field(default_factory=list)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    rows = config.stash.setdefault(TABLE, [])
    rows.sort(key=lambda row: row.case)
    if rows:
        terminalreporter.section("faults")
        terminalreporter.line(f"{'case':<44} {'converged':>10} {'asked':>7} {'not 200':>8}")
    for row in rows:
        took = "no" if row.converged_s is None else f"{row.converged_s:.1f} s"
        terminalreporter.line(f"{row.case:<44} {took:>10} {row.asked:>7} {row.odd:>8}")
    _tell_of_calls(terminalreporter, config.stash.setdefault(CALLS, []))


def _tell_of_calls(reporter: pytest.TerminalReporter, rows: list[CallsRow]) -> None:
    rows.sort(key=lambda row: row.case)
    if rows:
        reporter.section("asynchronous calls")
        heads = ("accepted", "completed", "error", "duplicates", "ended")
        reporter.line(f"{'fault':<34}" + "".join(f"{head:>12}" for head in heads))
    for row in rows:
        numbers = (row.accepted, row.completed, row.error, row.duplicates)
        reporter.line(f"{row.case:<34}" + "".join(f"{each:>12}" for each in numbers) + f"{row.ended_s:>10.1f} s")


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Return where to say what became of calls."""
    return Tally(request.config.stash.setdefault(CALLS, []))


@pytest.fixture
def costs(request: pytest.FixtureRequest) -> Costs:
    """Return where to say what a fault cost."""
    return Costs(request.config.stash.setdefault(TABLE, []))


@pytest.fixture(scope="session")
def product(built_pages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:  # noqa: ARG001 -- first
    """Run everything once."""
    with running(tmp_path_factory.mktemp("faults") / "data", **settings(tmp_path_factory)) as started:
        yield started


def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what every product of these tests is started with."""
    cache: Path = tmp_path_factory.getbasetemp().parent / "uv-cache"
    return {
        "DEPLOY_UI_ADMIN_EMAIL": ADMIN["email"],
        "DEPLOY_UI_ADMIN_PASSWORD": ADMIN["password"],
        "UV_CACHE_DIR": str(cache),
    }


@pytest.fixture(scope="session")
def person(product: Product) -> Iterator[Person]:
    """Give the administrator, signed in."""
    found = Person.signed_in(product)
    with closing(found.api):
        yield found


@pytest.fixture(scope="session")
def images(person: Person) -> tuple[str, str]:
    """Return two images that are ready."""
    return person.image(), person.image()


@pytest.fixture(scope="session")
def undisturbed(person: Person, images: tuple[str, str]) -> Undisturbed:
    """Run the deployment that must never notice anything."""
    slug = person.deploys(images[0], min_instances=2)
    key = person.key(slug)
    eventually(lambda: person.calls(slug, key).status_code == httpx.codes.OK)
    return Undisturbed(slug, key, sorted(each["key"] for each in person.live(slug)))


@pytest.fixture
def trickle(person: Person, undisturbed: Undisturbed) -> Iterator[Trickle]:
    """Ask the undisturbed deployment all the time; its instances must be the same afterwards."""
    with Trickle(person.url(undisturbed.slug), undisturbed.key) as flow:
        yield flow
    assert sorted(each["key"] for each in person.live(undisturbed.slug)) == undisturbed.instances


@dataclass(frozen=True)
class Stage:
    """Everything that a fault needs."""

    person: Person
    images: tuple[str, str]
    trickle: Trickle
    costs: Costs


@pytest.fixture
def stage(person: Person, images: tuple[str, str], trickle: Trickle, costs: Costs) -> Stage:
    """Set everything up for a fault, with requests to somebody else already flowing."""
    return Stage(person, images, trickle, costs)
