"""Charts from a Prometheus where there is one, and from the own store where it does not answer."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from deploy_ui.enums import Role
from deploy_ui.metrics import prometheus as reading
from deploy_ui.metrics.prometheus import Prometheus
from deploy_ui.services.monitoring import charts, sources
from deploy_ui.services.monitoring.charts import Charts
from deploy_ui.services.monitoring.ranges import Range
from deploy_ui.services.monitoring.sources import Question
from deploy_ui.settings import settings
from tests import factories, measured, prometheus
from tests.ports import free_port

NOW = datetime.fromtimestamp(measured.END, UTC)
pytestmark = pytest.mark.usefixtures("database")


def read(slug: str) -> Charts:
    return charts.read(factories.viewer(Role.VIEWER), slug, since=None, until=None, now=NOW)


def measure(slug: str, folder: Path) -> None:
    """Put an hour into a Prometheus's storage; the own store stays empty."""
    subject = measured.subject(1, slug)
    prometheus.backfill(folder, measured.history(folder / "elsewhere", 240, subjects=[subject]))


def test_charts_come_from_the_prometheus_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = factories.deployment()
    measure(card.slug, tmp_path)
    with prometheus.running(tmp_path) as running:
        monkeypatch.setenv("DEPLOY_UI_PROMETHEUS_URL", running.url)
        settings.cache_clear()
        patient = Prometheus(running.url, patience_s=prometheus.START_S)  # the machine may be busy with other tests
        monkeypatch.setattr(reading, "at", lambda _: patient)
        found = read(card.slug)
    assert (found.source, found.trouble) == ("prometheus", None)
    assert [each.name for each in found.charts if not each.series] == []
    figures = {each.name: each for each in found.summary}
    assert figures["requests"].value == pytest.approx(240 * 224, rel=0.05)
    assert {each.before for each in found.summary} == {None}


def test_nothing_of_a_page_is_asked_only_after_something_else() -> None:
    seen: set[str] = set()
    everything = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        (moment,) = parse_qs(request.content.decode()).get("time", ["range"])
        seen.add(moment)
        if seen == {"range", str(measured.END), str(measured.END - 86_400)}:
            everything.set()
        await everything.wait()
        return httpx.Response(200, json={"data": {"result": []}})

    times = [measured.END - 60]
    question = Question("sum", 1, Range(measured.END - 60, measured.END), 60, times, {"latency"})
    found = sources.scraped(Prometheus("http://one.test", transport=httpx.MockTransport(answer)), question)
    assert [each.name for each in found.charts] == ["latency"]
    assert {each.value for each in found.summary} == {None}


def test_without_an_answer_the_own_store_is_read_and_the_reason_told(monkeypatch: pytest.MonkeyPatch) -> None:
    card = factories.deployment()
    measured.history(settings().metrics_dir, 240, subjects=[measured.subject(card.id, card.slug)])
    monkeypatch.setenv("DEPLOY_UI_PROMETHEUS_URL", f"http://127.0.0.1:{free_port()}")
    settings.cache_clear()
    found = read(card.slug)
    assert found.source == "embedded"
    assert found.trouble is not None
    assert found.trouble.code == "prometheus_unreachable"
    assert [each.name for each in found.charts if not each.series] == []
