"""The request log as people are shown it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.enums import Phase, Role
from deploy_ui.enums.requests import RequestKind
from deploy_ui.errors import Invalid, NotFound, Unavailable
from deploy_ui.metrics import requests as store
from deploy_ui.metrics.requests import Writer
from deploy_ui.services import deployments, keys
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.monitoring import requests
from deploy_ui.services.monitoring.request_rows import Wanted
from deploy_ui.settings import settings
from tests import factories
from tests.metrics.request_lines import T, request

AT = datetime.fromtimestamp(T / 1000, UTC)


@pytest.fixture
def iris(database: str) -> DeploymentCard:  # noqa: ARG001 -- it lies there
    return factories.deployment()


def kept(card: DeploymentCard, *lines: dict[str, Any]) -> None:
    """Keep a request for each of these, each a second after the one before."""
    made = [request(**{"at_ms": T + at * 1000, "slug": card.slug, **each}) for at, each in enumerate(lines)]
    Writer(settings().metrics_dir).write(made)


def seconds(card: DeploymentCard, **wanted: Any) -> list[int]:
    """Return the seconds of the requests that are wanted."""
    found = requests.page(factories.viewer(Role.VIEWER), card.slug, Wanted(**wanted)).items
    return [round((each.at - AT).total_seconds()) for each in found]


def test_a_row_says_all_there_is(iris: DeploymentCard) -> None:
    viewer = factories.viewer()
    key = keys.create(viewer, iris.slug, name="Callers").row.id
    kept(iris, {"key": key, "duration_us": 1500, "request_id": "r1", "revision": 0, "place": 9})
    (row,) = requests.page(viewer, iris.slug).items
    assert (row.id, row.at, row.method, row.path, row.status) == (f"{T}-9", AT, "POST", "/predict", 200)
    assert (row.duration_s, row.bytes_in, row.bytes_out, row.instance) == (0.0015, 10, 20, "abc123")
    assert (row.revision, row.key_id, row.key_name, row.console) == (None, key, "Callers", False)
    assert (row.request_id, row.kind, row.reason) == ("r1", RequestKind.ANSWERED, "")


def test_the_name_of_another_deployments_key_is_not_told(iris: DeploymentCard) -> None:
    viewer = factories.viewer()
    foreign = keys.create(viewer, factories.deployment().slug, name="Secret project").row.id
    kept(iris, {"key": foreign, "status": 403})
    (row,) = requests.page(viewer, iris.slug).items
    assert (row.key_id, row.key_name) == (foreign, "")


def test_pages_follow_each_other_without_gap_or_double(iris: DeploymentCard) -> None:
    kept(iris, *({"at_ms": T + at // 3, "place": at} for at in range(50)))
    viewer, cursor, ids = factories.viewer(), None, []
    for _ in range(8):
        page = requests.page(viewer, iris.slug, limit=7, cursor=cursor)
        ids += [each.id for each in page.items]
        cursor = page.next
    assert cursor is None
    assert ids == [f"{T + at // 3}-{at}" for at in reversed(range(50))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [5, 4, 3, 2, 1, 0]),
        ({"status": "404"}, [1]),
        ({"status": "4xx"}, [2, 1]),
        ({"status": "5xx"}, [3]),
        ({"status": "none"}, [4]),
        ({"status": "failed"}, [4, 3, 2, 1]),
        ({"status": "2xx", "method": "get"}, [5]),
        ({"path": "PRED"}, [4, 3, 2, 1, 0]),
        ({"path": "%"}, []),
        ({"path": "_"}, []),
        ({"path": "x'--"}, [5]),
        ({"min_duration_s": 0.5}, [3]),
        ({"instance": "other"}, [0]),
        ({"key": "k1"}, [2]),
        ({"request_id": "6f96"}, [1]),
        ({"request_id": "f96"}, []),
        ({"kind": RequestKind.REFUSED}, [2]),
        ({"since": AT + timedelta(seconds=4)}, [5, 4]),
        ({"since": AT + timedelta(seconds=3.6)}, [5, 4, 3]),
        ({"since": AT + timedelta(seconds=3.601)}, [5, 4]),
        ({"until": AT + timedelta(seconds=1)}, [1, 0]),
        ({"since": AT + timedelta(seconds=2), "until": AT + timedelta(seconds=3), "status": "failed"}, [3, 2]),
        ({"method": "x" * 10_000}, []),
        ({"path": "\ud800\x00"}, [5, 4, 3, 2, 1, 0]),
    ],
    ids=str,
)
def test_requests_are_narrowed(iris: DeploymentCard, wanted: dict[str, Any], expected: list[int]) -> None:
    kept(
        iris,
        {"instance": "other"},
        {"status": 404, "request_id": "6f9619ff"},
        {"status": 401, "key": "k1", "kind": "refused"},
        {"status": 500, "duration_us": 600_000},
        {"status": 0},
        {"method": "GET", "path": "/x'--"},
    )
    assert seconds(iris, **wanted) == expected


@pytest.mark.parametrize("status", ["6xx", "20", "0", "abc", "2000", "4xx;"])
def test_a_status_that_is_none_is_refused(iris: DeploymentCard, status: str) -> None:
    with pytest.raises(Invalid) as caught:
        requests.page(factories.viewer(), iris.slug, Wanted(status=status))
    assert (caught.value.code, caught.value.field) == ("request_status_wrong", "status")


@pytest.mark.parametrize("bad", [{"limit": 0}, {"limit": 1000}, {"cursor": "x"}, {"cursor": "WzFd"}])
def test_a_page_that_is_none_is_refused(iris: DeploymentCard, bad: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        requests.page(factories.viewer(), iris.slug, **bad)


def test_what_was_never_called_has_no_request(iris: DeploymentCard) -> None:
    viewer = factories.viewer()
    assert requests.page(viewer, iris.slug).items == []
    assert requests.standing(viewer, iris.slug) == requests.Standing(
        anything=False, left_out_until=None, kept_days=settings().metrics_days
    )


def test_it_says_up_to_when_it_is_a_selection(iris: DeploymentCard) -> None:
    kept(iris, *({"at_ms": T, "place": at} for at in range(1200)))
    standing = requests.standing(factories.viewer(), iris.slug)
    assert (standing.anything, standing.left_out_until) == (True, AT)


def test_it_is_readable_after_the_deletion(iris: DeploymentCard) -> None:
    kept(iris, {})
    deployments.delete(factories.viewer(), iris.slug)
    factories.seen(iris, Phase.DELETED)
    assert seconds(iris) == [0]


def test_of_no_deployment_there_is_no_log(database: str) -> None:  # noqa: ARG001 -- it lies there
    Writer(settings().metrics_dir).write([request(slug="ghost")])
    for ask in (requests.page, requests.standing):
        with pytest.raises(NotFound):
            ask(factories.viewer(), "ghost")


def test_a_damaged_file_is_no_failure_of_ours(iris: DeploymentCard) -> None:
    folder: Path = settings().metrics_dir
    folder.mkdir(exist_ok=True)
    (folder / store.FILE).write_bytes(b"no database" * 1000)
    for ask in (requests.page, requests.standing):
        with pytest.raises(Unavailable):
            ask(factories.viewer(), iris.slug)


def test_a_page_of_ten_thousand_is_found_at_once(iris: DeploymentCard) -> None:
    for start in range(0, 9000, 900):
        kept(iris, *({"at_ms": T + start + at, "path": f"/{start + at}"} for at in range(900)))
    began = clock.now()
    assert seconds(iris, path="/none") == []
    assert len(requests.page(factories.viewer(), iris.slug, limit=200).items) == 200
    assert clock.now() - began < timedelta(seconds=1)
