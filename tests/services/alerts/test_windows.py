"""What was measured lately is added up by the time that was really looked at."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy_ui.metrics.sample import Gauge, Sample
from deploy_ui.metrics.store import FILE, Reader, Writer
from deploy_ui.services.alerts.windows import Ages, Window, Windows, idle, memory_share, p99, queue_age, stretch

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())


def sample(requests: float = 10, errors: float = 0, **counters: float) -> Sample:
    return Sample({"seconds": 15, "requests:1:200": requests, "requests:1:503": errors, **counters})


def requests(window: Window, minutes: int) -> float:
    return sum(each.answers for each in window.last(minutes))


def test_a_stretch_counts_answers_of_all_revisions_and_of_the_gateway() -> None:
    counters = {"requests:1:200": 5, "requests:2:502": 2, "requests::503": 3, "requests:2:404": 1, "requests::0": 9}
    found = stretch(Sample({"seconds": 15, "crashes": 1, "duration::100": 3, "duration:1:30000": 8, **counters}))
    assert (found.answers, found.errors, found.crashes) == (11, 5, 1)
    assert found.durations == {30_000: 8}


def test_nobody_called_is_known_only_where_the_gateway_answered_all_the_time() -> None:
    quiet, silent = stretch(Sample({"seconds": 15})), stretch(Sample({"seconds": 15, "gateway_silent": 15}))
    assert idle([quiet] * 4, 1)
    assert not idle([quiet] * 3, 1)
    assert not idle([quiet, quiet, quiet, silent], 1)
    assert not idle([quiet, quiet, quiet, stretch(sample())], 1)


def test_what_was_before_a_rest_is_not_read_from_the_store(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    for number, wanted in enumerate([1, 1, 0, 0, 1]):
        writer.write(SECOND - 75 + number * 15, {1: Sample(sample().counters, {"wanted": Gauge.of(wanted)})})
    writer.close()
    window = Windows(Reader(tmp_path)).add(1, sample(), minutes=5, now=NOW)
    assert requests(window, 5) <= 30


def test_a_window_that_begins_anew_holds_nothing_of_before(tmp_path: Path) -> None:
    windows = Windows(Reader(tmp_path))
    windows.add(1, sample(), minutes=5, now=NOW)
    windows.begin_anew(1, 5)
    assert requests(windows.add(1, sample(requests=3), minutes=5, now=NOW), 5) == 3


def test_the_last_minutes_are_those_that_were_looked_at() -> None:
    window = Window(10)
    for _ in range(100):
        window.add(stretch(sample()))
    assert (requests(window, 1), requests(window, 5), requests(window, 10)) == (40, 200, 400)


def test_p99_is_that_of_all_requests_together() -> None:
    fast = stretch(Sample({"duration:1:10000": 980}))
    slow = stretch(Sample({"duration:2:2000000": 20}))
    found = p99([fast, slow])
    assert found is not None
    assert 2.0 <= found <= 2.1
    assert p99([]) is None


def test_after_a_restart_the_window_goes_on_where_it_was(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    for number in range(2, 30):
        writer.write(SECOND - 15 * number, {7: sample()})
    writer.close()
    window = Windows(Reader(tmp_path)).add(7, sample(), minutes=5, now=NOW)
    assert requests(window, 5) == 200


def test_a_longer_window_is_filled_from_the_store(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    windows = Windows(Reader(tmp_path))
    windows.add(7, sample(), minutes=1, now=NOW)
    for number in range(2, 100):
        writer.write(SECOND - 15 * number, {7: sample()})
    writer.close()
    assert requests(windows.add(7, sample(), minutes=10, now=NOW), 10) == 400


def test_a_damaged_store_is_none(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 1000)
    window = Windows(Reader(tmp_path)).add(7, sample(), minutes=5, now=NOW)
    assert requests(window, 5) == 10
    assert "alerts begin without" in caplog.text


def test_memory_is_the_share_of_the_fullest_instance() -> None:
    gauges = {"memory:1:abc": 300.0, "memory:2:def": 900.0, "memory_limit": 1000.0}
    found = Sample(gauges={name: Gauge.of(value) for name, value in gauges.items()})
    assert (memory_share(found), memory_share(Sample())) == (0.9, None)


def test_the_age_of_the_oldest_call_is_known_when_calls_were_looked_at() -> None:
    waiting = Sample(gauges={"oldest": Gauge.of(40.0), "queued": Gauge.of(2)})
    none = Sample(gauges={"queued": Gauge.of(0)})
    assert (queue_age(waiting), queue_age(none), queue_age(Sample())) == (40, 0, None)


def test_no_call_grows_older_than_time_goes() -> None:
    ages = Ages()
    assert ages.checked(1, 10.0, 15) == 10
    assert ages.checked(1, 86_410.0, 15) == pytest.approx(30)
    assert ages.checked(1, 0.0, 15) == 0
    assert ages.checked(2, 500.0, 15) == 500
