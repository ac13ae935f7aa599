"""What Envoy counts for charts, from the real Envoy."""

import time
from dataclasses import replace

import psutil
import pytest

from deploy_ui.gateway import statistics
from deploy_ui.gateway.routes import Route, Who
from deploy_ui.gateway.statistics import Counts
from tests.gateway.conftest import Gateway, secret, serving
from tests.gateway.upstream import Upstream


def known(slug: str, address: str, revision: int = 7) -> Route:
    return replace(serving(slug, address), who={address: Who("ab12cd", revision)})


def answers(slug: str) -> dict[tuple[str, str], int]:
    return statistics.read().get(slug, Counts()).answers


def test_answers_are_counted_by_revision_and_status(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(known("counted", upstream.address))
    for _ in range(3):
        gateway.call("/counted/", secret("counted"))
    gateway.serve(known("counted", upstream.address, revision=8))
    gateway.call("/counted/", secret("counted"))
    gateway.call("/counted/")
    assert answers("counted") == {("7", "200"): 3, ("8", "200"): 1, ("", "401"): 1}


def test_durations_are_in_bins_as_soon_as_they_are_counted(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(known("timed", upstream.address))
    for _ in range(5):
        gateway.call("/timed/", secret("timed"))
    counts = statistics.read()["timed"]
    assert sum(counts.durations.values()) == 5
    assert {revision for revision, _ in counts.durations} == {"7"}
    slowest = max(lower for _, lower in counts.durations)
    assert counts.duration_us["7"] <= 5 * (slowest * 1.1 + 1)
    assert counts.totals["bytes_out"] > 0


def test_ten_thousand_paths_are_no_ten_thousand_counters(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(known("pathy", upstream.address))
    for number in range(200):
        gateway.call(f"/pathy/{number}?x={number}", secret("pathy"))
    assert answers("pathy") == {("7", "200"): 200}


def test_addresses_of_no_deployment_are_counted_for_none(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(known("mine", upstream.address))
    before = statistics.read().keys()
    gateway.call("/nobody-here/", secret("mine"))
    gateway.call("/slug.evil.revision.9/", secret("mine"))
    assert statistics.read().keys() == before


@pytest.mark.parametrize(
    "name",
    [
        "requests.answers.slug.a.b.revision.1.code.200",
        "requests.answers.slug..revision..code.404",
        "cluster.a.b.upstream_rq_retry",
    ],
)
def test_names_that_are_no_deployments_are_passed_over(name: str) -> None:
    assert statistics.counts([{"name": name, "value": 1}]) == {}


def test_envoy_says_when_it_started(gateway: Gateway) -> None:
    assert gateway.http.base_url
    started = statistics.started_at()
    assert psutil.Process().create_time() - 2 < started <= time.time()  # the tests start it
    assert abs(statistics.started_at() - started) < 2


@pytest.mark.usefixtures("data_dir")
def test_without_envoy_nothing_is_told() -> None:
    with pytest.raises(OSError, match=r".+"):
        statistics.read()
