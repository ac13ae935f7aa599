import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, repeat

import pytest

from deploy_ui.controller.autoscale import Autoscaler, Decision, Sample, Scale
from deploy_ui.enums import ScaleCause

SCALE = Scale(wanted=1, ready=1, proven=True, low=1, high=6, concurrency=4, idle_timeout_s=30, generation=1)
ASLEEP = replace(SCALE, low=0, wanted=0, ready=0, proven=False)
AWAKE = replace(SCALE, low=0)

Change = tuple[float, int]
"""After how many seconds the wanted number became which."""


@dataclass
class Deployment:
    """Follows every decision; its new instances are ready at the second sample after it."""

    scale: Scale
    autoscaler: Autoscaler
    at: float = 5_000.0
    """The monotonic clock may stand anywhere."""

    def look(self, in_flight: int = 0, waiting: int = 0, total: int | None = None, after: float = 1) -> Decision | None:
        self.at += after
        before = self.scale.wanted
        decision = self.autoscaler.decide(Sample(self.at, in_flight, waiting, total), self.scale)
        wanted = decision.to if decision else before
        ready = min(before, wanted)
        self.scale = replace(self.scale, wanted=wanted, ready=ready, proven=ready > 0)
        return decision

    def follow(self, curve: Iterable[int]) -> list[Change]:
        begin = self.at
        return [(self.at - begin, made.to) for load in curve if (made := self.look(load))]


def deployment(scale: Scale = SCALE) -> Deployment:
    return Deployment(scale, Autoscaler())


def noise(middle: int, swing: int, seconds: int, seed: int) -> Iterator[int]:
    dice = random.Random(seed)  # noqa: S311 -- no secret
    return (middle + dice.randint(-swing, swing) for _ in range(seconds))


def bursts(every: int, lasting: int, height: int, count: int) -> Iterator[int]:
    return chain.from_iterable([*[height] * lasting, *[0] * (every - lasting)] for _ in range(count))


def numbers(changes: list[Change]) -> list[int]:
    return [to for _, to in changes]


@pytest.mark.parametrize(
    ("load", "wanted"), [(0, 1), (1, 1), (4, 1), (5, 2), (8, 2), (9, 3), (24, 6), (500, 6)], ids=str
)
def test_a_steady_load_gets_what_it_needs_and_keeps_it(load: int, wanted: int) -> None:
    one = deployment()
    one.follow(repeat(load, 120))
    assert one.scale.wanted == wanted
    assert one.follow(repeat(load, 1200)) == []


def test_a_steep_rise_is_answered_within_ten_seconds() -> None:
    one = deployment()
    one.follow(repeat(1, 120))
    changes = one.follow(repeat(40, 60))
    assert changes[-1][1] == 6
    assert changes[-1][0] <= 10
    assert numbers(changes) == sorted(numbers(changes))


@pytest.mark.parametrize("seconds", [5, 20, 60, 300])
def test_on_a_ramp_it_only_grows(seconds: int) -> None:
    one = deployment()
    one.follow(repeat(1, 120))
    changes = one.follow([1 + 39 * second // seconds for second in range(seconds)] + [40] * 10)
    assert changes[-1][1] == 6
    assert numbers(changes) == sorted(set(numbers(changes)))


def test_after_the_load_it_shrinks_by_half_at_most_each_step_and_not_within_a_minute() -> None:
    one = deployment()
    one.follow(repeat(40, 120))
    changes = one.follow(repeat(1, 200))
    assert numbers(changes) == [4, 2, 1]
    assert 60 <= changes[0][0] <= changes[-1][0] <= 90


def test_a_slow_decline_is_followed_down_without_a_step_up() -> None:
    one = deployment()
    one.follow(repeat(24, 120))
    changes = one.follow([24 - 24 * second // 600 for second in range(600)] + [0] * 120)
    assert numbers(changes) == [5, 4, 3, 2, 1]


def test_a_spike_is_one_way_up_and_one_way_down() -> None:
    one = deployment()
    one.follow(repeat(1, 120))
    changes = numbers(one.follow(chain([40], repeat(1, 300))))
    top = changes.index(max(changes))
    assert changes[: top + 1] == sorted(changes[: top + 1])
    assert changes[top:] == sorted(changes[top:], reverse=True)
    assert changes[-1] == 1


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("middle", "swing"), [(4, 1), (8, 1), (8, 3), (12, 4)])
def test_noise_around_a_threshold_does_not_flap(middle: int, swing: int, seed: int) -> None:
    one = deployment()
    changes = one.follow(noise(middle, swing, 3600, seed))
    assert numbers(changes) == sorted(numbers(changes))
    assert len(changes) <= middle // 4


def test_bursts_that_return_within_a_minute_find_their_instances_still_there() -> None:
    one = deployment()
    changes = one.follow(bursts(every=50, lasting=5, height=40, count=60))
    assert changes[-1] == (changes[-1][0], 6)
    assert changes[-1][0] <= 10
    assert numbers(changes) == sorted(numbers(changes))


def test_bursts_far_apart_come_and_go_whole() -> None:
    one = deployment()
    one.follow(repeat(0, 120))
    assert numbers(one.follow(bursts(every=300, lasting=20, height=40, count=2))) == [2, 4, 5, 6, 4, 2, 1] * 2


def test_while_instances_do_not_come_up_nothing_is_given_up() -> None:
    one = deployment()
    one.follow(repeat(40, 60))
    for _ in range(300):
        one.scale = replace(one.scale, ready=1)
        assert one.look(12) is None


def test_no_load_for_the_idle_timeout_puts_to_sleep() -> None:
    one = deployment(AWAKE)
    one.look(1)
    assert one.follow(repeat(0, 60)) == [(30, 0)]


def test_whoever_wants_one_at_least_never_sleeps() -> None:
    assert deployment(SCALE).follow(repeat(0, 600)) == []


def test_asleep_it_stays_asleep_until_somebody_waits() -> None:
    one = deployment(ASLEEP)
    assert one.follow(repeat(0, 600)) == []
    assert one.look(waiting=3) == Decision(1, ScaleCause.WAITING, {"waiting": 3})


def test_a_hundred_first_requests_that_are_soon_answered_start_one_instance() -> None:
    one = deployment(replace(ASLEEP, concurrency=8))
    one.follow(repeat(0, 10))
    assert one.look(waiting=100, after=0.3) == Decision(1, ScaleCause.WAITING, {"waiting": 100})
    assert one.look(total=100, after=0.7) is None
    assert one.follow(repeat(0, 20)) == []


def test_first_requests_that_wait_on_get_more() -> None:
    one = deployment(ASLEEP)
    one.follow(repeat(0, 10))
    changes = [made.to for _ in range(10) if (made := one.look(waiting=100))]
    assert (changes[0], changes[-1]) == (1, 6)


def test_requests_between_two_samples_are_traffic() -> None:
    one = deployment(AWAKE)
    assert [one.look(total=second // 20) for second in range(300)] == [None] * 300


def test_a_gateway_that_counts_anew_has_had_traffic_if_it_counted_any() -> None:
    one = deployment(AWAKE)
    one.look(total=500)
    assert one.look(total=500, after=29) is None
    assert one.look(total=2) is None
    assert one.look(total=2, after=29) is None
    assert one.look(total=2, after=1) == Decision(0, ScaleCause.IDLE, {"idle_s": 30})


def test_a_gateway_that_counts_from_nothing_has_had_none() -> None:
    one = deployment(AWAKE)
    one.look(total=500)
    assert one.look(total=0, after=30) == Decision(0, ScaleCause.IDLE, {"idle_s": 30})


def test_a_long_request_is_traffic_until_it_ends() -> None:
    one = deployment(AWAKE)
    assert one.follow(repeat(1, 300)) == []
    assert one.follow(repeat(0, 40)) == [(30, 0)]


def test_until_an_instance_is_ready_the_idle_clock_stands() -> None:
    one = deployment(replace(AWAKE, ready=0, proven=False))
    for _ in range(300):
        assert one.look() is None
        one.scale = replace(one.scale, ready=0, proven=False)
    assert one.follow(repeat(0, 60)) == [(31, 0)]


def test_a_new_controller_starts_the_idle_clock_anew() -> None:
    one = deployment(AWAKE)
    one.look(total=7)
    one.look(total=7, after=29)
    one.autoscaler = Autoscaler()
    assert one.look(total=7) is None
    assert one.look(total=7, after=29) is None
    assert one.look(total=7) == Decision(0, ScaleCause.IDLE, {"idle_s": 30})


def test_a_new_controller_gives_nothing_up_before_it_knows_a_minute() -> None:
    one = deployment(replace(SCALE, wanted=6, ready=6))
    assert one.follow(repeat(0, 100))[0] == (61, 3)


def test_what_a_person_has_just_changed_is_left_alone_for_a_minute() -> None:
    one = deployment()
    one.follow(repeat(0, 300))
    one.scale = replace(one.scale, wanted=4, ready=4, generation=2)
    assert one.follow(repeat(0, 100))[0] == (61, 2)


def test_a_controller_that_was_held_up_takes_its_next_look_for_a_few_seconds_only() -> None:
    one = deployment()
    one.follow(repeat(1, 120))
    assert one.look(4, after=45) is None


def test_a_decision_names_its_numbers() -> None:
    one = deployment()
    one.look(40)
    made = one.look(40)
    assert made == Decision(6, ScaleCause.BURST, {"in_flight": 40.0, "ready": 1, "concurrency": 4})
