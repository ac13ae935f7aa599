"""Log-linear bins of durations, as Envoy's own histograms have them, and quantiles out of them.

A bin holds what begins with the same two digits: its lower bound is `m × 10^e` microseconds with `m` from 10 to 99, and
it is `10^e` wide. So it is a tenth of its values wide at most. Below 10 µs each microsecond is one bin.
"""

import functools
import math
from collections.abc import Iterable, Mapping

MICROSECONDS = 1_000_000
HUNDRED = 100
TWO = 2
FIRST = 10
PER_TEN = 90
"""From 10 to 99 there are so many; and again from 100 to 990, and so on."""
ROUNDING = 1e-12
"""A share of a sum is not exact."""


def bin_of(seconds: float) -> int:
    """Return the lower bound, in microseconds, of the bin of a duration; a negative one counts as none."""
    microseconds = max(int(seconds * MICROSECONDS), 0)
    if microseconds < HUNDRED:
        return microseconds
    width = width_of(microseconds)
    return microseconds // width * width


def width_of(lower: int) -> int:
    """Return how many microseconds wide the bin is that a duration of `lower` microseconds is in."""
    return int(10 ** max(len(str(lower)) - TWO, 0))


def number_of(lower: int) -> int:
    """Return the place of a bin among all bins, from 0."""
    digits = len(str(lower))
    return lower if digits <= TWO else (digits - TWO) * PER_TEN + int(str(lower)[:TWO])


@functools.lru_cache(maxsize=2000)
def bin_at(number: int) -> int:
    """Return the lower bound of the bin at a place."""
    tens, rest = divmod(number - FIRST, PER_TEN)
    return number if number < HUNDRED else int((rest + FIRST) * 10**tens)


def quantile(share: float, counts: Mapping[int, float]) -> float | None:
    """Return the duration, in seconds, that `share` of all do not exceed; None of nothing.

    It is the middle of the bin it lies in: within 5 % of the true one wherever that lies in the bin.
    """
    whole = sum(counts.values())
    if whole <= 0:
        return None
    rest = share * whole
    for lower in sorted(counts):
        rest -= counts[lower]
        if rest <= ROUNDING * whole:
            return middle_of(lower)
    return middle_of(max(counts))


def middle_of(lower: int) -> float:
    """Return the middle of a bin, in seconds."""
    return (lower + width_of(lower) / 2) / MICROSECONDS


def counts_of(bins: Iterable[tuple[str, float]]) -> dict[int, float]:
    """Add up counters whose names end with a bin."""
    counts: dict[int, float] = {}
    for name, value in bins:
        lower = _at_the_end(name)
        counts[lower] = counts.get(lower, 0) + value
    return counts


@functools.lru_cache(maxsize=10_000)
def _at_the_end(name: str) -> int:
    """Return the bin that a counter's name ends with; a chart asks for the same few over and over."""
    return int(name.rpartition(":")[2])


def below(counts: Mapping[int, float], bounds_s: Iterable[float]) -> list[float]:
    """Return how many do not exceed each of these bounds, as Prometheus counts them.

    Bounds are seconds, each the lower bound of a bin; `math.inf` counts all.
    """
    return [
        sum(value for lower, value in counts.items() if bound == math.inf or lower + width_of(lower) <= _whole(bound))
        for bound in bounds_s
    ]


def _whole(bound_s: float) -> int:
    return round(bound_s * MICROSECONDS)
