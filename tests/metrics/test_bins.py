"""Durations in bins, and quantiles out of them."""

import math
from random import Random

import pytest

from deploy_ui.metrics import bins

CHANCE = Random(6)  # noqa: S311 -- cases, no secrets


@pytest.mark.parametrize(
    ("seconds", "lower"),
    [
        (-1, 0),
        (0, 0),
        (0.0000071, 7),
        (0.000099, 99),
        (0.000105, 100),
        (0.0319, 31_000),
        (1, 1_000_000),
        (12.99, 12_000_000),
        (3600, 3_600_000_000),
    ],
)
def test_a_bin_holds_what_begins_with_the_same_two_digits(seconds: float, lower: int) -> None:
    assert bins.bin_of(seconds) == lower


def test_every_duration_lies_in_its_bin() -> None:
    for _ in range(2000):
        microseconds = int(10 ** CHANCE.uniform(0, 10))
        lower = bins.bin_of(microseconds / bins.MICROSECONDS)
        assert lower - 1 <= microseconds <= lower + bins.width_of(lower)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.95, 0.99])
def test_a_quantile_is_within_five_percent_of_the_true_one(share: float) -> None:
    values = sorted(CHANCE.lognormvariate(-3, 1) for _ in range(5000))
    counts: dict[int, float] = {}
    for value in values:
        counts[bins.bin_of(value)] = counts.get(bins.bin_of(value), 0) + 1
    found = bins.quantile(share, counts)
    assert found == pytest.approx(values[math.ceil(share * len(values)) - 1], rel=0.05)


def test_nothing_has_no_quantile() -> None:
    assert bins.quantile(0.5, {}) is None


def test_one_request_is_told_within_its_bin() -> None:
    assert bins.quantile(0.99, {50_000: 1}) == pytest.approx(0.0505)
    assert bins.quantile(1, {50_000: 1, 70_000: 2}) == pytest.approx(0.0705)


def test_counters_of_several_revisions_are_added_up() -> None:
    assert bins.counts_of([("1:500", 2), ("2:500", 3), ("2:70", 1)]) == {500: 5, 70: 1}


def test_bounds_count_as_prometheus_does() -> None:
    counts = {900: 2.0, 1000: 3.0, 990_000: 5.0, 1_000_000: 7.0}
    assert bins.below(counts, [0.001, 1, math.inf]) == [2, 10, 17]


def test_every_bin_has_its_place() -> None:
    lowers = sorted({bins.bin_of(10 ** CHANCE.uniform(-6, 5)) for _ in range(5000)})
    numbers = [bins.number_of(lower) for lower in lowers]
    assert numbers == sorted(set(numbers))
    assert [bins.bin_at(number) for number in numbers] == lowers
    assert [bins.number_of(bins.bin_at(number)) for number in range(900)] == list(range(900))


@pytest.mark.parametrize("seconds", [0.1, 0.1002, 0.1099, 0.5, 0.99])
def test_a_service_that_always_takes_as_long_is_told_within_five_percent(seconds: float) -> None:
    for share in (0.01, 0.5, 0.99, 1):
        assert bins.quantile(share, {bins.bin_of(seconds): 1000}) == pytest.approx(seconds, rel=0.051)
