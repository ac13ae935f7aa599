from collections.abc import Callable, Iterable

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as open_parser
from prometheus_client.parser import text_string_to_metric_families as plain_families

from deploy_ui.metrics import exposition
from deploy_ui.metrics.families import COUNTERS, GAUGES, HISTOGRAMS, OF_THE_PRODUCT
from deploy_ui.metrics.snapshot import Snapshot, Totals
from tests import measured, prometheus

ACCEPTED_BY_PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
BUSY = Snapshot(
    at=0,
    store_bytes=4096,
    firing=((measured.SLUG, "error_rate"),),
    deployments={
        measured.SLUG: Totals(
            measured.HOSTILE,
            {
                **{family.source: 3 for family in COUNTERS if not family.labels},
                "requests:3:200": 7,
                "requests::401": 1,
                "calls:completed": 2,
                "attempts:": 1.5,
            },
            {
                **{family.source: 0.25 for family in GAUGES if not family.labels},
                **{f"{kind}:3:sum-3-a": 1 for kind in ("cpu", "memory", "gpu", "gpu_memory")},
            },
            {name: [1.0] * 19 + [2.5] for name in ("duration:3", "starts", "wakes", "call_wait", "call_run")},
        )
    },
)


def open_families(text: str) -> Iterable[Metric]:
    return open_parser.text_string_to_metric_families(text)  # type: ignore[no-untyped-call,no-any-return]


Parse = Callable[[str], Iterable[Metric]]


def families(found: Iterable[Metric]) -> dict[str, Metric]:
    return {each.name: each for each in found}


@pytest.mark.parametrize(("accept", "parse"), [("", plain_families), (ACCEPTED_BY_PROMETHEUS, open_families)])
def test_strict_parsers_read_every_family_with_its_type_and_its_series(
    accept: str, parse: Callable[[str], Iterable[Metric]]
) -> None:
    body, _ = exposition.text(BUSY, "1.2", accept)
    found = families(parse(body.decode()))
    for kind, expected in (("counter", COUNTERS), ("gauge", (*GAUGES, *OF_THE_PRODUCT)), ("histogram", HISTOGRAMS)):
        assert {each.name for each in expected} == {name for name, each in found.items() if each.type == kind}
    assert [name for name, each in found.items() if not each.samples or not each.documentation] == []
    (info,) = found["deploy_ui_deployment_info"].samples
    assert info.labels == {"deployment": measured.SLUG, "name": measured.HOSTILE}
    assert {each.labels["code"]: each.value for each in found["deploy_ui_requests"].samples} == {"200": 7, "401": 1}


def test_buckets_count_what_lies_below_them() -> None:
    body, _ = exposition.text(BUSY, "1.2", ACCEPTED_BY_PROMETHEUS)
    found = families(open_families(body.decode()))["deploy_ui_request_duration_seconds"].samples
    buckets = [(each.labels["le"], each.value) for each in found if each.name.endswith("_bucket")]
    assert buckets[:2] == [("0.001", 1), ("0.0025", 2)]
    assert buckets[-2:] == [("600.0", 18), ("+Inf", 19)]
    assert {each.name.rpartition("_")[2]: each.value for each in found if "bucket" not in each.name} == {
        "count": 19,
        "sum": 2.5,
    }


def test_only_who_asks_for_openmetrics_gets_it() -> None:
    body, content_type = exposition.text(BUSY, "1.2", ACCEPTED_BY_PROMETHEUS)
    assert content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert body.endswith(b"\n# EOF\n")
    body, content_type = exposition.text(BUSY, "1.2", "text/plain")
    assert content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert b"# EOF" not in body


def test_prometheus_has_nothing_to_say_against_the_names() -> None:
    body, _ = exposition.text(BUSY, "1.2", "")
    assert prometheus.tool("check", "metrics", given=body) == ""


def test_without_deployments_the_families_are_there() -> None:
    body, _ = exposition.text(Snapshot(at=0), "1.2", ACCEPTED_BY_PROMETHEUS)
    found = families(open_families(body.decode()))
    assert len(found) == len((*COUNTERS, *GAUGES, *HISTOGRAMS, *OF_THE_PRODUCT))
    assert [each.value for each in found["deploy_ui_build_info"].samples] == [1]
