"""Which requests are kept where there are too many."""

import random

import pytest

from deploy_ui.metrics.request_rows import Request
from deploy_ui.metrics.requests_kept import (
    FAILED,
    MINUTE_MS,
    NEWEST,
    SLOWEST,
    Known,
    failed,
    too_many,
    worth_keeping,
)
from tests.metrics.request_lines import T, request


@pytest.mark.parametrize(("status", "expected"), [(0, True), (101, False), (399, False), (400, True), (999, True)])
def test_failed(status: int, expected: bool) -> None:  # noqa: FBT001
    assert failed(status) is expected


def busy(number: int) -> list[Request]:
    return [request(T + at, place=at) for at in range(number)]


def test_a_quiet_batch_is_kept_whole() -> None:
    batch = busy(NEWEST)
    assert worth_keeping(batch) == (batch, {})
    assert worth_keeping([]) == ([], {})


def test_of_a_busy_batch_the_newest_are_kept() -> None:
    batch = [each._replace(duration_us=each.place) for each in busy(NEWEST * 3)]
    kept, left_out = worth_keeping(batch)
    assert kept == batch[-NEWEST:]
    assert left_out == {"iris": batch[-NEWEST - 1].at_ms}


def test_of_a_busy_batch_failures_and_the_slowest_are_kept() -> None:
    batch = busy(NEWEST * 4)
    for at in range(600):
        batch[at] = batch[at]._replace(status=500)
    for at in range(1000, 1000 + SLOWEST):
        batch[at] = batch[at]._replace(duration_us=9_000_000)
    kept, _ = worth_keeping(batch)
    assert len(kept) == NEWEST + FAILED + SLOWEST
    assert [each.place for each in kept if each.status == 500] == list(range(600 - FAILED, 600))
    assert sum(each.duration_us == 9_000_000 for each in kept) == SLOWEST
    assert kept == sorted(kept, key=lambda each: each.place)


def test_a_busy_deployment_takes_no_other_ones_room() -> None:
    quiet = [request(T, "quiet", place=1)]
    kept, left_out = worth_keeping([*quiet, *busy(NEWEST * 2)])
    assert kept[:1] == quiet
    assert set(left_out) == {"iris"}


def test_as_many_are_dropped_as_are_too_many() -> None:
    chance = random.Random(5)  # noqa: S311 -- the same every time
    known = [
        Known(T + chance.randrange(10**7), at, chance.choice([200, 500, 0]), chance.randrange(10**6))
        for at in range(3000)
    ]
    dropped = too_many(known, 900)
    assert len(set(dropped)) == 2100
    newest = sorted(known, reverse=True)[:600]
    assert not set(newest) & set(dropped)
    assert too_many(known[:900], 900) == []


def test_of_every_minute_the_worst_are_kept_longest() -> None:
    minutes = 50
    known = [
        Known(T + minute * MINUTE_MS + at, at, status=500 if at == 3 else 200, duration_us=10**6 if at == 7 else at)
        for minute in range(minutes)
        for at in range(100)
    ]
    most = 300
    kept = set(known) - set(too_many(known, most))
    assert len(kept) == most
    assert sum(each.status == 500 for each in kept) == minutes
    assert sum(each.duration_us == 10**6 for each in kept) == minutes
