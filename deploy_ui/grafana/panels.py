"""Panels of a dashboard, as Grafana writes them down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
UNITS = {
    "per_second": "reqps",
    "seconds": "s",
    "count": "short",
    "ratio": "percentunit",
    "bytes": "bytes",
    "bytes_per_second": "Bps",
    "cores": "short",
    "hours": "h",
}
DRAWN: Mapping[str, Mapping[str, Any]] = {
    "lines": {"drawStyle": "line", "fillOpacity": 8},
    "area": {"drawStyle": "line", "fillOpacity": 30, "stacking": {"mode": "normal", "group": "A"}},
    "steps": {"drawStyle": "line", "lineInterpolation": "stepAfter", "fillOpacity": 8},
    "bars": {"drawStyle": "bars", "fillOpacity": 70, "lineWidth": 0, "stacking": {"mode": "normal", "group": "A"}},
}
COLORS = {"2xx": "green", "3xx": "blue", "4xx": "orange", "5xx": "red", "aborted": "purple"}
SHORTEST = "15s"
"""So often there is a new value; Grafana asks for no finer points."""

Panel = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One question of a panel, and what its lines are called."""

    text: str
    legend: str


@dataclass(frozen=True)
class Bad:
    """From which value on a figure is yellow, and from which it is red; the other way round if less is worse."""

    worse: float
    worst: float
    less: bool = False

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Return them in the order of their values."""
        if self.less:
            named = [("red", None), ("yellow", self.worst), ("green", self.worse)]
        else:
            named = [("green", None), ("yellow", self.worse), ("red", self.worst)]
        return [{"color": color, "value": value} for color, value in named]


def series(title: str, unit: str, shape: str, asked: Sequence[Asked], *, limit: Asked | None = None) -> Panel:
    """Return a panel of lines over time; gaps stay gaps. A limit is a dashed red line."""
    overrides = [_colored(name, color) for name, color in COLORS.items()]
    if limit is not None:
        overrides.append(_dashed(limit.legend))
    custom = {"lineWidth": 1, "showPoints": "never", "spanNulls": False, **DRAWN[shape]}
    return {
        "type": "timeseries",
        "title": title,
        "datasource": SOURCE,
        "interval": SHORTEST,
        "targets": _targets([*asked, *([limit] if limit else [])]),
        "fieldConfig": {"defaults": {"unit": UNITS[unit], "min": 0, "custom": custom}, "overrides": overrides},
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom"},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }


def figure(title: str, unit: str, asked: str, bad: Bad | None = None) -> Panel:
    """Return a panel of one value, colored by how bad it is."""
    steps = bad.steps if bad else [{"color": "text", "value": None}]
    return {
        "type": "stat",
        "title": title,
        "datasource": SOURCE,
        "interval": SHORTEST,
        "targets": [{**each, "instant": True, "range": False} for each in _targets([Asked(asked, title)])],
        "fieldConfig": {
            "defaults": {"unit": UNITS[unit], "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "options": {
            "colorMode": "value",
            "graphMode": "none",
            "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
        },
    }


@dataclass(frozen=True)
class Column:
    """One column of a table: a value, or what the label `label` of the answer says."""

    title: str
    text: str
    unit: str = "count"
    label: str = ""


def table(title: str, first: str, columns: Sequence[Column], link: tuple[str, str]) -> Panel:
    """Return a panel with a row for each value of the label `first`; `link` is what a row leads to."""
    targets = _targets([Asked(each.text, each.title) for each in columns])
    fields = {each.label or f"Value #{target['refId']}": each for target, each in zip(targets, columns, strict=True)}
    renamed = {name: each.title for name, each in fields.items()}
    units = [_of(each.title, "unit", UNITS[each.unit]) for each in columns if not each.label]
    return {
        "type": "table",
        "title": title,
        "datasource": SOURCE,
        "interval": SHORTEST,
        "targets": [{**each, "format": "table", "instant": True, "range": False} for each in targets],
        "transformations": [
            {"id": "joinByField", "options": {"byField": first, "mode": "outer"}},
            {"id": "filterFieldsByName", "options": {"include": {"names": [first, *renamed]}}},
            {"id": "organize", "options": {"renameByName": renamed}},
        ],
        "fieldConfig": {
            "defaults": {"custom": {"align": "auto"}},
            "overrides": [*units, _of(first, "links", [{"title": link[0], "url": link[1]}])],
        },
        "options": {"showHeader": True},
    }


def _targets(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    return [
        {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": each.text, "legendFormat": each.legend}
        for place, each in enumerate(asked)
    ]


def _of(name: str, what: str, value: object) -> dict[str, Any]:
    return {"matcher": {"id": "byName", "options": name}, "properties": [{"id": what, "value": value}]}


def _colored(name: str, color: str) -> dict[str, Any]:
    return _of(name, "color", {"mode": "fixed", "fixedColor": color})


def _dashed(name: str) -> dict[str, Any]:
    look = {
        "color": {"mode": "fixed", "fixedColor": "red"},
        "custom.lineStyle": {"fill": "dash", "dash": [8, 8]},
        "custom.fillOpacity": 0,
    }
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": each, "value": value} for each, value in look.items()],
    }
