"""Charts over the API."""

from datetime import datetime, timedelta

import pytest

from deploy_ui import clock
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import SHORTEST_S, Writer
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.settings import settings
from tests import factories
from tests.api.conftest import Client


@pytest.fixture
def iris(database: str) -> DeploymentCard:  # noqa: ARG001 -- it lies there
    return factories.deployment()


def measure(card: DeploymentCard, until: datetime | None = None) -> None:
    now = int((until or clock.now()).timestamp()) // SHORTEST_S * SHORTEST_S
    writer = Writer(settings().metrics_dir)
    for at in range(now - 600, now, SHORTEST_S):
        sample = Sample({"seconds": SHORTEST_S, "requests:1:200": 15, "duration:1:30000": 15})
        writer.write(at, {card.id: sample})
    writer.close()


async def test_charts_have_one_axis_and_null_where_nothing_was_measured(reader: Client, iris: DeploymentCard) -> None:
    measure(iris)
    answer = (await reader.get(f"/api/v1/deployments/{iris.slug}/metrics")).json()
    requests = answer["charts"][0]
    assert (requests["name"], requests["unit"], requests["shape"]) == ("requests", "per_second", "bars")
    values = requests["series"][0]["values"]
    assert len(values) == len(answer["times"]) == 240
    assert (values[0], values[-1]) == (None, 1)
    assert answer["summary"][0] == {"name": "requests", "unit": "count", "value": 600, "before": None}


async def test_only_the_charts_that_are_asked_for_are_made(reader: Client, iris: DeploymentCard) -> None:
    asked = await reader.get(f"/api/v1/deployments/{iris.slug}/metrics?chart=latency&chart=bytes")
    answer = asked.json()
    assert [each["name"] for each in answer["charts"]] == ["latency", "bytes"]


async def test_what_happened_is_marked(reader: Client, iris: DeploymentCard) -> None:
    end = clock.now() + timedelta(seconds=20)
    asked = {"since": iris.created_at.isoformat(), "until": end.isoformat()}
    made = dict(asked, since=(iris.created_at - timedelta(minutes=5)).isoformat())
    answer = (await reader.get(f"/api/v1/deployments/{iris.slug}/metrics", params=made)).json()
    marks = [(each["kind"], each["label"]) for each in answer["marks"]]
    assert marks in ([], [("revision", "r1")])  # within the present stretch it is yet to be shown


async def test_a_silent_monitor_is_told_in_the_readers_language(reader: Client, iris: DeploymentCard) -> None:
    measure(iris, until=clock.now() - timedelta(minutes=5))
    for language, word in (("en", "Nothing has been measured"), ("ru", "\u043d\u0435 \u0438\u0437\u043c\u0435\u0440")):
        asked = await reader.get(f"/api/v1/deployments/{iris.slug}/metrics", headers={"Accept-Language": language})
        assert asked.json()["trouble"]["code"] == "metrics_stale"
        assert word in asked.json()["trouble"]["message"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("since=yesterday", 422),
        ("since=2026-11-26T10:00:00", 422),
        ("since=2000-01-01T00:00:00Z&until=2000-01-02T00:00:00Z", 422),
    ],
)
async def test_a_wrong_time_is_refused(reader: Client, iris: DeploymentCard, query: str, status: int) -> None:
    assert (await reader.get(f"/api/v1/deployments/{iris.slug}/metrics?{query}")).status_code == status


async def test_an_unknown_deployment_is_404_and_a_stranger_401(
    reader: Client, client: Client, iris: DeploymentCard
) -> None:
    assert (await reader.get("/api/v1/deployments/nobody/metrics")).status_code == 404
    del client.headers["authorization"]
    assert (await client.get(f"/api/v1/deployments/{iris.slug}/metrics")).status_code == 401
