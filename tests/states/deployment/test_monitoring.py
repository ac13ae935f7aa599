from datetime import datetime, timedelta

import pytest

from deploy_ui import clock
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import SHORTEST_S, Writer
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from deploy_ui.states.deployment.monitoring import MonitoringState
from tests import factories
from tests.states.tab import Tab


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor, name="Fraud scoring")


def measure(card: DeploymentCard, since: datetime, **counters: float) -> None:
    """Keep a minute of measurements."""
    writer = Writer(settings().metrics_dir)
    first = int(since.timestamp()) // SHORTEST_S * SHORTEST_S
    for at in range(first, first + 60, SHORTEST_S):
        writer.write(
            at, {card.id: Sample({"seconds": 15} | {name.replace("_", ":"): by for name, by in counters.items()})}
        )
    writer.close()


async def test_the_address_names_the_view(tab: Tab, card: DeploymentCard) -> None:
    await tab.card(card.slug, "monitoring", "?view=requests")
    await tab.sees(lambda seen: (seen["MonitoringState.view"], seen["MonitoringState.kept_days"]) == ("requests", 3))
    await tab.card(card.slug, "monitoring")
    await tab.sees(lambda seen: seen["MonitoringState.view"] == "charts")
    await tab.send(MonitoringState.choose("alerts"))
    assert tab.redirects[-1] == f"/deployments/{card.slug}/monitoring?view=alerts"


async def test_another_view_shows_the_same_time(tab: Tab, card: DeploymentCard) -> None:
    asked = "?range=6h&since=2030-01-01T00:00:00Z&until=2030-01-01T01:00:00Z&status=5xx"
    await tab.card(card.slug, "monitoring", asked)
    await tab.sees(lambda seen: seen["MonitoringState.kept_days"])
    await tab.send(MonitoringState.choose("requests"))
    time = "range=6h&since=2030-01-01T00%3A00%3A00Z&until=2030-01-01T01%3A00%3A00Z"
    assert tab.redirects[-1] == f"/deployments/{card.slug}/monitoring?view=requests&{time}"


async def test_without_grafana_there_is_no_view_of_it(tab: Tab, card: DeploymentCard) -> None:
    await tab.card(card.slug, "monitoring", "?view=grafana")
    await tab.sees(lambda seen: seen["MonitoringState.kept_days"])
    assert (tab["MonitoringState.view"], tab["MonitoringState.grafana_url"]) == ("charts", "")


async def test_with_grafana_the_charts_lead_to_the_dashboard(
    tab: Tab, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_UI_GRAFANA_URL", "https://grafana.example.org")
    settings.cache_clear()
    await tab.card(card.slug, "monitoring")
    await tab.sees(lambda seen: f"var-deployment={card.slug}" in seen["MonitoringState.grafana_url"])


async def test_the_card_shows_the_last_hour(tab: Tab, card: DeploymentCard) -> None:
    measure(card, clock.now() - timedelta(minutes=10), requests_1_200=3, requests_1_500=1, duration_1_1000=4)
    await tab.card(card.slug)
    await tab.sees(lambda seen: seen["GeneralState.last_hour"])
    hour = tab["GeneralState.last_hour"]
    assert (hour.requests, hour.errors) == (16, 0.25)
    assert hour.p95_s == pytest.approx(0.001, rel=0.1)


async def test_the_list_shows_the_last_day_of_those_that_were_measured(
    tab: Tab, card: DeploymentCard, editor: Viewer
) -> None:
    never = factories.deployment(editor, name="Never called")
    measure(card, clock.now() - timedelta(minutes=10), requests_1_200=3)
    await tab.open("/deployments")
    await tab.sees(lambda seen: seen["DeploymentsState.sparks"])
    sparks = tab["DeploymentsState.sparks"]
    assert never.slug not in sparks
    assert (sparks[card.slug].total, len(sparks[card.slug].bars)) == (12, 24)
