"""Rules for Prometheus: what is reckoned ahead, and alerts with the numbers that the product's own begin with."""

from dataclasses import dataclass
from typing import Any

from deploy_ui.enums.alerts import AlertKind
from deploy_ui.grafana import words
from deploy_ui.metrics.promql import error_ratio
from deploy_ui.services.alerts.templates import TEMPLATES

DURATIONS = 'sum by (deployment, le) (rate(deploy_ui_request_duration_seconds_bucket{revision!=""}[%s]))'
"""Of what instances answered."""
QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
DEPLOYMENT = "{{ $labels.deployment }}"
PERCENT = "{{ $value | humanizePercentage }}"
SECONDS = "{{ $value | humanizeDuration }}"
MEMORY = (
    "max by (deployment) (deploy_ui_instance_memory_bytes)"
    " / max by (deployment) (deploy_ui_instance_memory_limit_bytes)"
)
NOBODY = "deploy_ui_instances_ready == 0 and deploy_ui_instances_wanted > 0"
SILENCE_M = 5


@dataclass(frozen=True)
class _Alert:
    """One alert; `value` is how what is measured is told."""

    name: str
    rule: str
    expr: str
    value: str
    minutes: float
    lasts: bool = False
    """Whether it must be so for these minutes; else they are measured over."""

    def written(self, language: str) -> dict[str, Any]:
        """Return it as Prometheus reads it."""
        facts = {"deployment": DEPLOYMENT, "value": self.value, "minutes": f"{self.minutes:g}"}
        return {
            "alert": self.name,
            "expr": self.expr,
            **({"for": f"{self.minutes:g}m"} if self.lasts else {}),
            "labels": {"rule": str(self.rule)},
            "annotations": {"summary": words.own(language, f"alert.{self.rule}", **facts)},
        }


def rules(language: str) -> dict[str, Any]:
    """Return the file of rules; alerts are worded in a language."""
    return {
        "groups": [
            {"name": "deploy-ui-recorded", "rules": _recorded()},
            {"name": "deploy-ui-alerts", "rules": [each.written(language) for each in _alerts()]},
        ]
    }


def _recorded() -> list[dict[str, Any]]:
    asked = {
        "deployment:deploy_ui_requests:rate5m": "sum by (deployment) (rate(deploy_ui_requests_total[5m]))",
        "deployment:deploy_ui_request_errors:ratio_rate5m": error_ratio("", "5m", "deployment"),
        **{
            f"deployment:deploy_ui_request_duration_seconds:{name}_rate5m": _quantile(share, "5m")
            for name, share in QUANTILES.items()
        },
    }
    return [{"record": name, "expr": text} for name, text in asked.items()]


def _alerts() -> list[_Alert]:
    errors, slow, crashes = AlertKind.ERROR_RATE, AlertKind.P99, AlertKind.CRASH_LOOP
    ended = f"round(sum by (deployment) (increase(deploy_ui_instance_crashes_total[{_window(crashes)}])))"
    return [
        _of_requests("DeployUIErrorRate", errors, f"({error_ratio('', _window(errors), 'deployment')})", PERCENT),
        _of_requests("DeployUISlow", slow, _quantile(0.99, _window(slow)), SECONDS),
        _Alert("DeployUINotReady", "not_ready", NOBODY, "", _minutes(AlertKind.NOT_READY), lasts=True),
        _Alert("DeployUICrashLoop", crashes, f"{ended} >= {_limit(crashes)}", "{{ $value }}", _minutes(crashes)),
        _over("DeployUIQueueAge", AlertKind.QUEUE_AGE, "deploy_ui_calls_oldest_seconds", SECONDS),
        _over("DeployUIMemory", AlertKind.MEMORY, MEMORY, PERCENT),
        _Alert("DeployUINotMeasured", "not_measured", "absent(deploy_ui_build_info)", "", SILENCE_M, lasts=True),
    ]


def _of_requests(name: str, kind: AlertKind, expr: str, value: str) -> _Alert:
    """Return an alert that says nothing as long as there are few requests."""
    many = (
        f"sum by (deployment) (increase(deploy_ui_requests_total[{_window(kind)}])) >= {_usual(kind, 'least_requests')}"
    )
    return _Alert(name, kind, f"{expr} > {_limit(kind)} and {many}", value, _minutes(kind))


def _over(name: str, kind: AlertKind, expr: str, value: str) -> _Alert:
    return _Alert(name, kind, f"{expr} > {_limit(kind)}", value, _minutes(kind), lasts=_minutes(kind) > 0)


def _quantile(share: float, window: str) -> str:
    return f"histogram_quantile({share:g}, {DURATIONS % window})"


def _limit(kind: AlertKind) -> str:
    return _usual(kind, "threshold")


def _window(kind: AlertKind) -> str:
    return f"{_minutes(kind):g}m"


def _minutes(kind: AlertKind) -> float:
    return float(_usual(kind, "minutes"))


def _usual(kind: AlertKind, name: str) -> str:
    bounds = TEMPLATES[kind].numbers[name]
    return f"{bounds.usual:g}" if bounds else "0"
