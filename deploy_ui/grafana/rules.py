"""Rules for Prometheus: what is reckoned ahead, and alerts with the numbers that the product's own begin with."""

from typing import Any

from deploy_ui.grafana import words
from deploy_ui.metrics.promql import error_ratio

REQUESTS = "deployment:deploy_ui_requests:rate5m"
ERRORS = "deployment:deploy_ui_request_errors:ratio_rate5m"
DURATION = "deployment:deploy_ui_request_duration_seconds:{}_rate5m"
QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
BUCKETS = 'sum by (deployment, le) (rate(deploy_ui_request_duration_seconds_bucket{revision!=""}[5m]))'
"""Of what instances answered."""
ENOUGH = "sum by (deployment) (increase(deploy_ui_requests_total[5m])) >= 20"
"""Of fewer requests one that failed says nothing."""
DEPLOYMENT = "{{ $labels.deployment }}"
PERCENT = "{{ $value | humanizePercentage }}"
SECONDS = "{{ $value | humanizeDuration }}"
MEMORY = (
    "max by (deployment) (deploy_ui_instance_memory_bytes)"
    " / max by (deployment) (deploy_ui_instance_memory_limit_bytes) > 0.95"
)


def rules(language: str) -> dict[str, Any]:
    """Return the file of rules; alerts are worded in a language."""
    return {
        "groups": [
            {"name": "deploy-ui-recorded", "rules": _recorded()},
            {"name": "deploy-ui-alerts", "rules": _alerts(language)},
        ]
    }


def _recorded() -> list[dict[str, Any]]:
    return [
        {"record": REQUESTS, "expr": "sum by (deployment) (rate(deploy_ui_requests_total[5m]))"},
        {"record": ERRORS, "expr": error_ratio("", "5m", "deployment")},
        *(
            {"record": DURATION.format(name), "expr": f"histogram_quantile({share}, {BUCKETS})"}
            for name, share in QUANTILES.items()
        ),
    ]


def _alerts(language: str) -> list[dict[str, Any]]:
    def alert(name: str, rule: str, expr: str, value: str = "", lasts: str = "") -> dict[str, Any]:
        said = words.own(language, f"alert.{rule}", deployment=DEPLOYMENT, value=value)
        made: dict[str, Any] = {"alert": name, "expr": expr, "for": lasts} if lasts else {"alert": name, "expr": expr}
        return {**made, "labels": {"rule": rule}, "annotations": {"summary": said}}

    crashes = "round(sum by (deployment) (increase(deploy_ui_instance_crashes_total[10m]))) >= 3"
    nobody = "deploy_ui_instances_ready == 0 and deploy_ui_instances_wanted > 0"
    return [
        alert("DeployUIErrorRate", "error_rate", f"{ERRORS} > 0.05 and {ENOUGH}", PERCENT),
        alert("DeployUISlow", "p99", f"{DURATION.format('p99')} > 1 and {ENOUGH}", SECONDS),
        alert("DeployUINotReady", "not_ready", nobody, lasts="5m"),
        alert("DeployUICrashLoop", "crash_loop", crashes, "{{ $value }}"),
        alert("DeployUIQueueAge", "queue_age", "deploy_ui_calls_oldest_seconds > 300", SECONDS),
        alert("DeployUIMemory", "memory", MEMORY, PERCENT, lasts="5m"),
        alert("DeployUINotMeasured", "not_measured", "absent(deploy_ui_build_info)", lasts="5m"),
    ]
