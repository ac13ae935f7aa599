from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy_ui.grafana.rules import rules
from deploy_ui.i18n.catalog import LANGUAGES
from tests import prometheus

OF = 'deployment="sum"'
STEP = "15s"
Given = list[dict[str, str]]


def buckets(fast: int, slow: int) -> Given:
    """Return requests of which so many a step take less than 100 ms, and so many 2.5 to 5 s."""
    reached = {"0.1": fast, "2.5": fast, "5.0": fast + slow, "+Inf": fast + slow}
    name = "deploy_ui_request_duration_seconds_bucket"
    return [series(f'{name}{{{OF},revision="1",le="{le}"}}', f"0+{by}x80") for le, by in reached.items()]


def requests(**by_code: int) -> Given:
    return [
        series(f'deploy_ui_requests_total{{{OF},revision="1",code="{code[1:]}"}}', f"0+{by}x80")
        for code, by in by_code.items()
    ]


def series(name: str, values: str) -> dict[str, str]:
    return {"series": name, "values": values}


def limited(used: int) -> Given:
    return [
        series(f'deploy_ui_instance_memory_bytes{{{OF},revision="1",instance_key="a"}}', f"{used}x80"),
        series(f'deploy_ui_instance_memory_bytes{{{OF},revision="1",instance_key="b"}}', "10x80"),
        series(f"deploy_ui_instance_memory_limit_bytes{{{OF}}}", "100x80"),
    ]


def standing(wanted: int, ready: int) -> Given:
    counts = {"wanted": wanted, "ready": ready}
    return [series(f"deploy_ui_instances_{name}{{{OF}}}", f"{value}x80") for name, value in counts.items()]


CASES: list[tuple[str, str, Given]] = [
    ("DeployUIErrorRate", "error_rate", requests(c200=90, c503=10)),
    ("DeployUISlow", "p99", [*requests(c200=10), *buckets(8, 2)]),
    ("DeployUINotReady", "not_ready", standing(2, 0)),
    ("DeployUICrashLoop", "crash_loop", [series(f"deploy_ui_instance_crashes_total{{{OF}}}", "0x20 1x10 2x10 3x20")]),
    ("DeployUIQueueAge", "queue_age", [series(f"deploy_ui_calls_oldest_seconds{{{OF}}}", "301x80")]),
    ("DeployUIMemory", "memory", limited(96)),
]
WELL = [
    *requests(c200=96, c503=4, c0=50),
    *buckets(100, 0),
    *standing(2, 1),
    series(f"deploy_ui_instance_crashes_total{{{OF}}}", "0x20 1x10 2x30"),
    series(f"deploy_ui_calls_oldest_seconds{{{OF}}}", "300x80"),
    *limited(95),
]


@pytest.fixture
def checked(tmp_path: Path) -> Path:
    """A folder with the rules, in English."""
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules("en")))
    return tmp_path


def judge(
    folder: Path, given: list[dict[str, str]], expected: dict[str, list[dict[str, Any]]], at: str = "14m"
) -> None:
    """Let promtool run the rules over series, and compare which alerts fire."""
    names = [each["alert"] for each in rules("en")["groups"][1]["rules"]]
    info = series('deploy_ui_build_info{version="1"}', "1x80")
    test = {
        "interval": STEP,
        "input_series": [*given, info] if expected.get("DeployUINotMeasured") is None else given,
        "alert_rule_test": [
            {"eval_time": at, "alertname": name, "exp_alerts": expected.get(name, [])} for name in names
        ],
    }
    written = {"rule_files": ["rules.yml"], "evaluation_interval": STEP, "tests": [test]}
    (folder / "test.yml").write_text(yaml.safe_dump(written))
    prometheus.tool("test", "rules", str(folder / "test.yml"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_prometheus_takes_the_rules(tmp_path: Path, language: str) -> None:
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules(language), allow_unicode=True))
    assert "SUCCESS: 12 rules found" in prometheus.tool("check", "rules", str(tmp_path / "rules.yml"))


SAID = {
    "DeployUIErrorRate": "sum: 10% of the answers of the last 5 minutes were errors",
    "DeployUISlow": "sum: one request in 100 takes longer than 4.875s",
    "DeployUINotReady": "sum: no instance has been ready for 5 minutes",
    "DeployUICrashLoop": "sum: 3 instances ended by themselves within 10 minutes",
    "DeployUIQueueAge": "sum: the oldest asynchronous call has waited for 5m 1s",
    "DeployUIMemory": "sum: an instance uses 96% of its memory",
}


@pytest.mark.parametrize(("alert", "rule", "given"), CASES, ids=[each[1] for each in CASES])
def test_each_alert_fires_alone_and_says_what_is_wrong(checked: Path, alert: str, rule: str, given: Given) -> None:
    fires = {"exp_labels": {"deployment": "sum", "rule": rule}, "exp_annotations": {"summary": SAID[alert]}}
    judge(checked, given, {alert: [fires]})


def test_what_is_just_within_its_bounds_is_quiet(checked: Path) -> None:
    judge(checked, WELL, {})


def test_few_requests_prove_nothing(checked: Path) -> None:
    judge(checked, [series(f'deploy_ui_requests_total{{{OF},revision="1",code="500"}}', "0+1x40 40x40")], {}, "19m")


def test_silence_is_told_of(checked: Path) -> None:
    said = {"summary": "Deploy UI is not measured: /metrics has not answered for 5 minutes"}
    fires = {"exp_labels": {"rule": "not_measured"}, "exp_annotations": said}
    judge(checked, [series("other", "1x80")], {"DeployUINotMeasured": [fires]})
