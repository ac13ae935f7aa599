from datetime import UTC, datetime, timedelta

from deploy_ui.controller import elapsed
from deploy_ui.controller.elapsed import Elapsed

NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clocks:
    def __init__(self) -> None:
        self.now = NOON
        self.timer = 5.0
        self.age = Elapsed(lambda: self.now, lambda: self.timer)

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.timer += seconds


def test_an_age_grows_with_time() -> None:
    clocks = Clocks()
    assert clocks.age(NOON - timedelta(seconds=3)) == timedelta(seconds=3)
    clocks.passes(4)
    assert clocks.age(NOON - timedelta(seconds=3)) == timedelta(seconds=7)


def test_a_clock_that_is_set_changes_no_age() -> None:
    for step in (HOUR, -HOUR):
        clocks = Clocks()
        clocks.age(NOON)
        clocks.now += step
        clocks.passes(2)
        assert clocks.age(NOON) == timedelta(seconds=2)


def test_a_moment_ahead_counts_as_now() -> None:
    clocks = Clocks()
    assert clocks.age(NOON + HOUR) == timedelta()
    clocks.passes(1)
    assert clocks.age(NOON + HOUR) == timedelta(seconds=1)


def test_what_nobody_asks_about_is_forgotten() -> None:
    clocks = Clocks()
    for number in range(elapsed.MOST_KEPT):
        clocks.age(NOON + timedelta(seconds=number))
    clocks.passes(elapsed.KEPT_S)
    clocks.age(NOON - HOUR)
    assert len(clocks.age._known) == 1
