import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from pydantic import ValidationError

from deploy_ui.api.app import api
from deploy_ui.metrics.families import COUNTERS, GAUGES, HISTOGRAMS, OF_THE_PRODUCT
from deploy_ui.monitor.totals import Totals
from deploy_ui.settings import Settings, settings
from tests import measured, prometheus
from tests.api.conftest import Client
from tests.waiting import eventually

TOKEN = "a-token-of-some-length"


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch, database: str) -> pytest.MonkeyPatch:  # noqa: ARG001 -- sets first
    monkeypatch.setenv("DEPLOY_UI_METRICS", "open")
    settings.cache_clear()
    return monkeypatch


def measure(at: float | None = None, turns: int = 1) -> Totals:
    totals = Totals(settings().metrics_dir)
    for turn in range(turns):
        totals.add(measured.look(at or time.time(), {1: measured.sample(turn)}), [(measured.SLUG, "error_rate")])
    return totals


async def test_nothing_is_offered_until_a_setting_says_so(client: Client) -> None:
    measure()
    assert (await client.get("/metrics")).status_code == 404


@pytest.mark.parametrize("sent", [None, "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer ", "Bearer \u00e9"])
async def test_with_a_token_only_whoever_sends_it_is_answered(
    set_to: pytest.MonkeyPatch, client: Client, sent: str | None
) -> None:
    set_to.setenv("DEPLOY_UI_METRICS", "token")
    set_to.setenv("DEPLOY_UI_METRICS_TOKEN", TOKEN)
    settings.cache_clear()
    measure()
    headers = {b"authorization": sent.encode()} if sent else {}
    refused = await client.get("/metrics", headers=headers)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert TOKEN not in refused.text
    admitted = await client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert admitted.status_code == 200


async def test_open_means_anybody(set_to: pytest.MonkeyPatch, client: Client) -> None:  # noqa: ARG001 -- sets first
    measure()
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_monitor_that_measures_nothing_is_told_of(set_to: pytest.MonkeyPatch, client: Client) -> None:  # noqa: ARG001
    assert (await client.get("/metrics")).status_code == 503
    measure(time.time() - 90)
    stale = await client.get("/metrics")
    assert stale.status_code == 503
    assert stale.json()["error"]["code"] == "monitor_silent"


@pytest.mark.parametrize(
    ("wrong", "loc"),
    [
        ({"metrics": "token"}, "metrics_token"),
        ({"metrics": "token", "metrics_token": " "}, "metrics_token"),
        ({"prometheus_url": "ftp://host"}, "prometheus_url"),
        ({"prometheus_url": "http://"}, "prometheus_url"),
        ({"grafana_url": "javascript:alert(1)"}, "grafana_url"),
        ({"grafana_url": "https://host; script-src *"}, "grafana_url"),
        ({"grafana_url": "https://host/?query"}, "grafana_url"),
        ({"grafana_url": "https://me:hush@host"}, "grafana_url"),
        ({"grafana_url": "https://me@host/of/us"}, "grafana_url"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, str], loc: str, data_dir: Path) -> None:  # noqa: ARG001 -- sets first
    with pytest.raises(ValidationError) as caught:
        Settings(**wrong)  # type: ignore[arg-type]
    assert [each["loc"] for each in caught.value.errors()] == [(loc,)]
    assert "hush" not in str(caught.value)


@contextmanager
def served() -> Iterator[int]:
    """Serve the API on a free port, in a thread."""
    server = uvicorn.Server(uvicorn.Config(api(), ws="none", lifespan="off", log_level="critical"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            eventually(lambda: server.started)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def test_a_real_prometheus_scrapes_every_family(set_to: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_to.setenv("DEPLOY_UI_METRICS", "token")
    set_to.setenv("DEPLOY_UI_METRICS_TOKEN", TOKEN)
    settings.cache_clear()
    measure(turns=2)
    secret = tmp_path / "token"
    secret.write_text(TOKEN)
    with served() as port:
        config = prometheus.scraping(port, authorization={"credentials_file": str(secret)})
        with prometheus.running(tmp_path, config) as scraper:
            eventually(lambda: [(each["health"], each["lastError"]) for each in _targets(scraper)] == [("up", "")], 60)
            types = scraper.get("metadata")
            gauges = (*GAUGES, *OF_THE_PRODUCT)
            for kind, families in (("counter", COUNTERS), ("gauge", gauges), ("histogram", HISTOGRAMS)):
                assert [each.name for each in families if types[each.name][0]["type"] != kind] == []
            names = set(scraper.get("label/__name__/values"))
            expected = {f"{each.name}_total" for each in COUNTERS} | {each.name for each in gauges}
            expected |= {f"{each.name}_{end}" for each in HISTOGRAMS for end in ("bucket", "count", "sum")}
            assert expected - names == set()
            assert scraper.value('deploy_ui_requests_total{deployment="sum",revision="3",code="200"}') == 201
            (info,) = scraper.get("query", query="deploy_ui_deployment_info")["result"]
            assert info["metric"]["name"] == measured.HOSTILE


def _targets(scraper: prometheus.Prometheus) -> list[dict[str, str]]:
    found: list[dict[str, str]] = scraper.get("targets")["activeTargets"]
    return found
