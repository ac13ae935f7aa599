"""The charts as questions to Prometheus: the same ones for the console, which draws them itself, and for Grafana.

`$deployment` stands for the slug, `$window` for the stretch that rates are taken over, `$lately` for the one of values
that go up and down, and `$step` for the seconds between two points.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy_ui.metrics.snapshot import LOOK_S

OURS = 'deployment="$deployment"'
ANSWERED = f'{OURS},revision!=""'
"""Without what the gateway answered itself."""
DURATION = "deploy_ui_request_duration_seconds"
LEAST_WINDOW_S = 4 * LOOK_S
"""A rate needs two values; four are there even if a scrape fails or comes late."""
LEAST_LATELY_S = 2 * LOOK_S


@dataclass(frozen=True)
class Query:
    """One question; it may be answered with several lines."""

    line: str
    """The line's name; `{label}` in it is the value of that label."""
    text: str
    labels: tuple[str, ...] = ()
    """Those that tell more about a line than its name does."""

    def asked(self, slug: str, step_s: int) -> str:
        """Return the question about one deployment, for points that are so far apart."""
        values = {
            "$deployment": slug,
            "$window": f"{max(step_s, LEAST_WINDOW_S)}s",
            "$lately": f"{max(step_s, LEAST_LATELY_S)}s",
            "$step": str(step_s),
        }
        return _filled(self.text, values)

    @property
    def in_grafana(self) -> str:
        """Return the question with what Grafana fills in itself."""
        values = {"$window": "$__rate_interval", "$lately": "$__rate_interval", "$step": "$__interval_ms / 1000"}
        return _filled(self.text, values)


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _rate(metric: str, by: str = "", labels: str = OURS) -> str:
    return f"sum{f' by ({by}) ' if by else ''}(rate({metric}{{{labels}}}[$window]))"


def _each(metric: str, by: str = "") -> str:
    """Return how many there were between two points."""
    return f"{_rate(metric, by)} * $step"


def _quantile(share: float, histogram: str, labels: str = OURS) -> str:
    return f"histogram_quantile({share:g}, {_rate(f'{histogram}_bucket', 'le', labels)})"


def _lately(how: str, metric: str) -> str:
    return f"{how}_over_time({metric}{{{OURS}}}[$lately])"


def _of_instances(how: str, metric: str) -> tuple[Query, ...]:
    return (Query("{instance_key}", _lately(how, metric), ("revision",)),)


def _by_class() -> str:
    """Return requests by the first digit of their status; 0 is that of a caller who left before it."""
    left = f'label_replace(rate(deploy_ui_requests_total{{{OURS}}}[$window]), "class", "aborted", "code", "0.*")'
    return f'sum by (class) (label_replace({left}, "class", "${{1}}xx", "code", "([1-5]).*"))'


def _grown(metric: str) -> str:
    return f"sum(increase({metric}{{{OURS}}}[$window]))"


def _share(part: str, whole: str) -> str:
    seconds = "deploy_ui_deployment_{}_seconds_total".format
    return f"clamp_max({_rate(seconds(part))} / {_rate(seconds(whole))}, 1)"


def error_ratio(labels: str, window: str, by: str = "") -> str:
    """Return the share of answers that were 5xx; 0 where there were others only, nothing where there were none."""
    grouped = f"sum{f' by ({by}) ' if by else ''}"
    failed = ",".join(filter(None, (labels, 'code=~"5.."')))
    answered = ",".join(filter(None, (labels, 'code!="0"')))
    fives, all_ = (f"{grouped}(rate(deploy_ui_requests_total{{{each}}}[{window}]))" for each in (failed, answered))
    return f"({fives} or 0 * {all_}) / {all_}"


CHARTS: Mapping[str, tuple[Query, ...]] = {
    "requests": (Query("{class}", _by_class()),),
    "latency": tuple(
        Query(name, _quantile(share, DURATION, ANSWERED)) for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))
    ),
    "in_flight": (
        Query("in_flight", _lately("max", "deploy_ui_requests_in_flight")),
        Query("waiting", _lately("max", "deploy_ui_requests_waiting")),
    ),
    "instances": (
        Query("wanted", _lately("max", "deploy_ui_instances_wanted")),
        Query("ready", _lately("min", "deploy_ui_instances_ready")),
    ),
    "cpu": _of_instances("avg", "deploy_ui_instance_cpu_cores"),
    "memory": _of_instances("max", "deploy_ui_instance_memory_bytes"),
    "gpu": _of_instances("avg", "deploy_ui_instance_gpu_ratio"),
    "gpu_memory": _of_instances("max", "deploy_ui_instance_gpu_memory_bytes"),
    "calls": (
        Query("queued", _lately("max", "deploy_ui_calls_queued")),
        Query("running", _lately("max", "deploy_ui_calls_running")),
    ),
    "call_times": (
        Query("wait_p50", _quantile(0.5, "deploy_ui_call_wait_seconds")),
        Query("wait_p99", _quantile(0.99, "deploy_ui_call_wait_seconds")),
        Query("run_p50", _quantile(0.5, "deploy_ui_call_run_seconds")),
        Query("run_p99", _quantile(0.99, "deploy_ui_call_run_seconds")),
        Query("oldest", _lately("max", "deploy_ui_calls_oldest_seconds")),
    ),
    "calls_ended": (Query("{status}", _each("deploy_ui_calls_total", "status")),),
    "cold_starts": (Query("count", _each("deploy_ui_wake_duration_seconds_count")),),
    "cold_start_times": (
        Query("p50", _quantile(0.5, "deploy_ui_wake_duration_seconds")),
        Query("max", _quantile(1, "deploy_ui_wake_duration_seconds")),
    ),
    "bytes": (
        Query("in", _rate("deploy_ui_request_bytes_total")),
        Query("out", _rate("deploy_ui_response_bytes_total")),
    ),
    "retries": (
        Query("retries", _rate("deploy_ui_request_retries_total")),
        Query("resets", _rate("deploy_ui_request_resets_total")),
    ),
    "revisions": (Query("r{revision}", _rate("deploy_ui_requests_total", "revision", ANSWERED)),),
    "codes": (Query("{code}", _rate("deploy_ui_requests_total", "code")),),
}
LIMITS = {
    "cpu": Query("limit", f"deploy_ui_instance_cpu_limit_cores{{{OURS}}}"),
    "memory": Query("limit", f"deploy_ui_instance_memory_limit_bytes{{{OURS}}}"),
}
MEASURED = Query("measured", f"count(present_over_time(deploy_ui_instances_wanted{{{OURS}}}[$lately]))")
"""Has a value wherever anything was measured at all."""
FIGURES: Mapping[str, tuple[str, Query]] = {
    "requests": ("count", Query("requests", f"round({_grown('deploy_ui_requests_total')})")),
    "errors": ("ratio", Query("errors", error_ratio(OURS, "$window"))),
    "p99": ("seconds", Query("p99", _quantile(0.99, DURATION, ANSWERED))),
    "uptime": ("ratio", Query("uptime", _share("up", "wanted"))),
    "instance_hours": ("hours", Query("instance_hours", f"{_grown('deploy_ui_instance_seconds_total')} / 3600")),
}
"""The summary: single values over the whole stretch, which `$window` is."""
SHARE = Query("share", f"count_over_time(({MEASURED.text.replace('$lately', '1m')})[$window:1m]) * 60 / $step")
"""About how much of the stretch, 0 to 1, anything was measured in."""
