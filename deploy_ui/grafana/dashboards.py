"""The dashboards: one of all deployments, and one of a single deployment with the charts of the console."""

from collections.abc import Iterable, Mapping
from typing import Any

from deploy_ui.grafana import panels, words
from deploy_ui.grafana.panels import Asked, Bad, Column, Panel
from deploy_ui.metrics.plots import PLOTS, Plot
from deploy_ui.metrics.promql import CHARTS, FIGURES, LIMITS, error_ratio

OF_ONE = "deploy-ui-deployment"
OF_ALL = "deploy-ui-overview"
VERSION = 1
"""Raised with every change of a dashboard, so that Grafana takes the new one."""
SCHEMA = 39
"""The shape that Grafana 11 writes dashboards in; newer ones read it too."""
TAG = "deploy-ui"
WIDTH = 24
BAD = {"errors": Bad(0.01, 0.05), "p99": Bad(1, 5), "uptime": Bad(0.999, 0.99, less=True)}
BUSIEST = "topk(20, sum by (deployment) (rate(deploy_ui_requests_total[$__range] @ end())))"
"""A chart of hundreds of deployments shows nothing; the table below has all of them."""
RECENT = "$__rate_interval"
REQUESTS = f"sum by (deployment) (rate(deploy_ui_requests_total[{RECENT}]))"
ERRORS = f"({error_ratio('', RECENT, 'deployment')})"
SLOWEST = (
    "histogram_quantile(0.99, sum by (deployment, le) "
    f'(rate(deploy_ui_request_duration_seconds_bucket{{revision!=""}}[{RECENT}])))'
)
MEMORY = f"sum by (deployment) (max_over_time(deploy_ui_instance_memory_bytes[{RECENT}]))"
QUEUED = f"sum by (deployment) (max_over_time(deploy_ui_calls_queued[{RECENT}]))"


def dashboards(language: str) -> Mapping[str, dict[str, Any]]:
    """Return every dashboard by its uid."""
    return {OF_ALL: _of_all(language), OF_ONE: _of_one(language)}


def _of_one(language: str) -> dict[str, Any]:
    def title(name: str) -> str:
        return words.of_figure(language, name)

    figures = [
        panels.figure(title(name), unit, _over(query.in_grafana), BAD.get(name))
        for name, (unit, query) in FIGURES.items()
    ]
    charts = [_chart(plot, language) for plot in PLOTS]
    placed = [*_placed(figures, 4, WIDTH // len(figures)), *_placed(charts, 8, WIDTH // 2, below=4)]
    known = "label_values(deploy_ui_deployment_info, deployment)"
    variable = _variable("deployment", words.own(language, "deployment"), {"query": known, "refId": "deployments"})
    variable |= {"definition": known, "datasource": panels.SOURCE, "refresh": 2, "sort": 1}
    return _dashboard(OF_ONE, words.own(language, "of_one"), placed, [variable])


def _chart(plot: Plot, language: str) -> Panel:
    limit = LIMITS.get(plot.name)
    return panels.series(
        words.of_chart(language, plot.name),
        plot.unit,
        plot.shape,
        [Asked(each.in_grafana, words.of_line(language, each.line)) for each in CHARTS[plot.name]],
        limit=Asked(limit.in_grafana, words.own(language, "limit")) if limit else None,
    )


def _of_all(language: str) -> dict[str, Any]:
    def own(name: str) -> str:
        return words.own(language, name)

    figures = [
        panels.figure(own("deployments"), "count", "count(deploy_ui_deployment_info)"),
        panels.figure(own("ready"), "count", "sum(deploy_ui_instances_ready)"),
        panels.figure(own("requests"), "per_second", f"sum({REQUESTS})"),
        panels.figure(own("errors"), "ratio", error_ratio("", "$__range"), BAD["errors"]),
        panels.figure(own("asleep"), "count", "sum(deploy_ui_deployment_asleep)"),
        panels.figure(own("firing"), "count", "count(deploy_ui_alerts_firing) or vector(0)", Bad(1, 1)),
    ]
    charts = [
        _by_deployment(own("requests"), "per_second", f"{REQUESTS} and on (deployment) {BUSIEST}"),
        _by_deployment(own("errors"), "ratio", f"{ERRORS} and on (deployment) {BUSIEST}"),
        _by_deployment(own("p99"), "seconds", f"{SLOWEST} and on (deployment) {BUSIEST}"),
        panels.series(own("instances"), "count", "steps", _instances(language)),
        _by_deployment(own("memory"), "bytes", f"topk(20, {MEMORY})"),
        _by_deployment(own("queued"), "count", f"topk(20, {QUEUED})"),
    ]
    placed = [
        *_placed(figures, 4, WIDTH // len(figures)),
        *_placed([_table(language)], 10, WIDTH, below=4),
        *_placed(charts, 8, WIDTH // 2, below=14),
    ]
    return _dashboard(OF_ALL, own("of_all"), placed, [])


def _by_deployment(title: str, unit: str, text: str) -> Panel:
    return panels.series(title, unit, "lines", [Asked(text, "{{deployment}}")])


def _instances(language: str) -> list[Asked]:
    asked = {"wanted": "sum(deploy_ui_instances_wanted)", "ready": "sum(deploy_ui_instances_ready)"}
    return [Asked(text, words.own(language, name)) for name, text in asked.items()]


def _table(language: str) -> Panel:
    def own(name: str) -> str:
        return words.own(language, name)

    columns = [
        Column(own("name"), "sum by (deployment, name) (deploy_ui_deployment_info)", label="name"),
        Column(own("requests"), _over(REQUESTS), "per_second"),
        Column(own("errors"), _over(ERRORS), "ratio"),
        Column(own("p99"), _over(SLOWEST), "seconds"),
        Column(own("wanted"), "sum by (deployment) (deploy_ui_instances_wanted)"),
        Column(own("ready"), "sum by (deployment) (deploy_ui_instances_ready)"),
    ]
    link = (own("of_one"), f"/d/{OF_ONE}/{OF_ONE}?var-deployment=${{__value.raw}}&${{__url_time_range}}")
    return panels.table(own("deployments"), "deployment", columns, link)


def _over(text: str) -> str:
    """Return a question over all the time that is shown."""
    return text.replace("$__rate_interval", "$__range")


def _placed(made: Iterable[Panel], height: int, width: int, below: int = 0) -> list[Panel]:
    """Lay panels of one size out in lines of as many as fit."""
    line = WIDTH // width
    return [
        {**panel, "gridPos": {"h": height, "w": width, "x": at % line * width, "y": below + at // line * height}}
        for at, panel in enumerate(made)
    ]


def _variable(name: str, label: str, query: object) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": "query",
        "query": query,
        "hide": 0,
        "multi": False,
        "includeAll": False,
    }


def _dashboard(uid: str, title: str, placed: list[Panel], variables: list[dict[str, Any]]) -> dict[str, Any]:
    source = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0}
    return {
        "uid": uid,
        "title": title,
        "version": VERSION,
        "schemaVersion": SCHEMA,
        "tags": [TAG],
        "timezone": "browser",
        "editable": False,
        "refresh": "15s",
        "time": {"from": "now-1h", "to": "now"},
        "graphTooltip": 1,
        "templating": {"list": [source, *variables]},
        "links": [{"type": "dashboards", "tags": [TAG], "title": "Deploy UI", "asDropdown": True, "keepTime": True}],
        "panels": [{"id": place, **panel} for place, panel in enumerate(placed, 1)],
    }
