import logging
from pathlib import Path

import pytest

from deploy_ui.metrics import bins, snapshot
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.snapshot import BOUNDS_S
from deploy_ui.monitor.totals import Totals
from tests import measured

NOW = 1_764_121_005


def shown(folder: Path, slug: str = measured.SLUG) -> snapshot.Totals:
    found = snapshot.read(folder)
    assert found is not None
    return found.deployments[slug]


def test_what_is_counted_for_the_first_time_is_shown_as_nothing_until_the_next_look(tmp_path: Path) -> None:
    totals = Totals(tmp_path)
    totals.add(measured.look(NOW, {1: measured.sample()}))
    assert set(shown(tmp_path).counters.values()) == {0}
    assert {sum(each) for each in shown(tmp_path).histograms.values()} == {0}
    totals.add(measured.look(NOW + 15, {1: Sample({"seconds": 15, "retries": 5})}))
    assert shown(tmp_path).counters["retries"] == 7
    assert shown(tmp_path).counters["requests:3:200"] == 100
    assert shown(tmp_path).histograms["duration:3"][:-1] == pytest.approx(_buckets("duration:3"))


def test_what_never_happened_is_0_from_the_start(tmp_path: Path) -> None:
    totals = Totals(tmp_path)
    totals.add(measured.look(NOW, {1: Sample({"seconds": 15})}))
    assert shown(tmp_path).counters["crashes"] == 0
    totals.add(measured.look(NOW + 15, {1: Sample({"seconds": 15, "crashes": 1})}))
    assert shown(tmp_path).counters["crashes"] == 1


def test_gauges_are_those_of_the_last_look(tmp_path: Path) -> None:
    totals = Totals(tmp_path)
    totals.add(measured.look(NOW, {1: measured.sample()}))
    last = Sample({"seconds": 15})
    last.look("cpu:5:sum-5-a", 1.5)
    totals.add(measured.look(NOW + 15, {1: last}))
    assert shown(tmp_path).gauges == {"cpu:5:sum-5-a": 1.5}


def test_durations_without_a_sum_of_their_own_are_added_up_from_the_middles_of_their_bins(tmp_path: Path) -> None:
    totals = Totals(tmp_path)
    for turn in range(2):
        totals.add(measured.look(NOW + 15 * turn, {1: measured.sample()}))
    assert shown(tmp_path).histograms["wakes"][-1] == pytest.approx(2 * (0.3 + 0.7 + 1.2 + 4), rel=0.05)
    assert shown(tmp_path).histograms["duration:3"][-1] == pytest.approx(2 * sum(0.02 + 0.002 * n for n in range(108)))


def test_a_deployment_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    totals = Totals(tmp_path)
    both = (measured.subject(), measured.subject(2, "other"))
    totals.add(measured.look(NOW, {1: measured.sample(), 2: measured.sample()}, both))
    totals.add(measured.look(NOW + 15, {1: measured.sample()}))
    found = snapshot.read(tmp_path)
    assert found is not None
    assert set(found.deployments) == {measured.SLUG}


def test_a_disk_that_takes_nothing_is_told_of_once_and_forgets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    totals = Totals(tmp_path)

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(snapshot, "write", full)
        for turn in range(3):
            totals.add(measured.look(NOW + 15 * turn, {1: measured.sample()}))
    assert len(caplog.records) == 1
    totals.add(measured.look(NOW + 60, {1: measured.sample()}))
    assert shown(tmp_path).counters["retries"] == 8
    assert [each.name for each in tmp_path.iterdir()] == [snapshot.FILE]


def test_what_cannot_be_read_is_no_snapshot(tmp_path: Path) -> None:
    for content in ("", "[]", "{}", '{"at": 1, "deployments": {"a": 3}, "firing": []}', '{"at": '):
        (tmp_path / snapshot.FILE).write_text(content)
        assert snapshot.read(tmp_path) is None


def _buckets(histogram: str) -> list[float]:
    """Return how many of one sample's durations fall in each bucket, by the other way of counting them."""
    counts = bins.counts_of(measured.sample().under(f"{histogram}:"))
    reached = bins.below(counts, BOUNDS_S)
    return [now - before for now, before in zip(reached, [0, *reached[:-1]], strict=True)]
