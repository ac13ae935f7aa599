"""Dashboards against a real Prometheus that holds half an hour of two deployments. No Grafana can be installed here."""

import hashlib
import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest

from deploy_ui.grafana import words
from deploy_ui.grafana.dashboards import OF_ALL, OF_ONE, VERSION, dashboards
from deploy_ui.i18n.catalog import LANGUAGES
from deploy_ui.metrics.plots import PLOTS
from tests import measured, prometheus
from tests.prometheus import Prometheus

FILLED_IN = {"$__rate_interval": "60s", "$__range": "30m", "$__interval_ms": "15000", "$deployment": measured.SLUG}
"""What Grafana would put there."""
MADE = dashboards("en")
DIGEST = "ee0dc61587d3"
"""Of both dashboards in their version, without words."""


def targets() -> list[Any]:
    return [
        pytest.param(target, id=f"{uid.removeprefix('deploy-ui-')}-{panel['title']}-{target['refId']}")
        for uid, dashboard in MADE.items()
        for panel in dashboard["panels"]
        for target in panel["targets"]
    ]


@pytest.fixture(scope="module")
def scraper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder = tmp_path_factory.mktemp("dashboards")
    both = (measured.subject(), measured.subject(2, "other", "Other"))
    prometheus.backfill(folder, measured.history(folder / "metrics", 120, subjects=both))
    with prometheus.running(folder) as running:
        yield running


@pytest.mark.parametrize("target", targets())
def test_every_query_finds_something(scraper: Prometheus, target: dict[str, Any]) -> None:
    text = filled_in(target["expr"])
    assert "$" not in text.replace("${1}", "")
    found = asked(scraper, text, instant=target.get("instant", False))
    assert found != []
    assert any(math.isfinite(value) for series in found for value in series)
    labels = scraper.get("query", query=text, time=measured.END)["result"][0]["metric"]
    assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= set(labels)


def test_the_variable_offers_every_deployment(scraper: Prometheus) -> None:
    (variable,) = [each for each in MADE[OF_ONE]["templating"]["list"] if each["name"] == "deployment"]
    assert variable["query"]["query"] == "label_values(deploy_ui_deployment_info, deployment)"
    span = {"start": measured.END - 900, "end": measured.END}
    assert scraper.get("label/deployment/values", **{"match[]": "deploy_ui_deployment_info"}, **span) == [
        "other",
        "sum",
    ]


def test_every_chart_of_the_console_has_its_panel() -> None:
    graphs = [panel for panel in MADE[OF_ONE]["panels"] if panel["type"] == "timeseries"]
    assert len(graphs) == len(PLOTS)


@pytest.mark.parametrize("uid", [OF_ALL, OF_ONE])
def test_panels_do_not_overlap(uid: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in MADE[uid]["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in MADE[uid]["panels"]}) == len(MADE[uid]["panels"])


def test_whoever_changes_a_dashboard_raises_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("of_chart", "of_figure", "of_line", "own"):
        monkeypatch.setattr(words, name, lambda _, what: what)
    digest = hashlib.sha256(json.dumps(dashboards("en"), sort_keys=True).encode()).hexdigest()[:12]
    assert (VERSION, digest) == (1, DIGEST)


def test_every_language_asks_the_same() -> None:
    for language in LANGUAGES:
        assert [panel["targets"][0]["expr"] for panel in dashboards(language)[OF_ONE]["panels"]] == [
            panel["targets"][0]["expr"] for panel in MADE[OF_ONE]["panels"]
        ]


def filled_in(text: str) -> str:
    for name, value in FILLED_IN.items():
        text = text.replace(name, value)
    return text


def asked(scraper: Prometheus, text: str, *, instant: bool) -> list[list[float]]:
    """Ask as Grafana does; return the values of each series."""
    if instant:
        found = scraper.get("query", query=text, time=measured.END)["result"]
        return [[float(each["value"][1])] for each in found]
    span = {"start": measured.END - 900, "end": measured.END, "step": 15}
    found = scraper.get("query_range", query=text, **span)["result"]
    return [[float(value) for _, value in each["values"]] for each in found]
