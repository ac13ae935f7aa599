from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy_ui.runtimes.base import GpuUsage
from deploy_ui.runtimes.gpu import GpuMeter, nvml

GB = 1024**3


class Failed(Exception):
    pass


class Nothing(Failed):
    pass


@dataclass(frozen=True)
class Running:
    pid: int
    usedGpuMemory: int | None  # noqa: N815 -- theirs


@dataclass(frozen=True)
class Used:
    pid: int
    timeStamp: int  # noqa: N815 -- theirs
    smUtil: int  # noqa: N815 -- theirs


@dataclass
class Card:
    running: list[Running] = field(default_factory=list)
    used: list[Used] | None = field(default_factory=list)
    """None: it does not tell."""
    lost: bool = False


class Machine:
    """Answers as `pynvml` does on a machine with these cards."""

    NVMLError: type[Exception] = Failed
    NVMLError_NotFound: type[Exception] = Nothing

    def __init__(self, *cards: Card, gone: bool = False) -> None:
        self.cards = cards
        self.gone = gone

    def nvmlInit(self) -> None:  # noqa: N802
        """Do nothing: it was done."""

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        if self.gone:
            raise Failed
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Any:  # noqa: N802
        if self.cards[index].lost:
            raise Failed
        return self.cards[index]

    def nvmlDeviceGetComputeRunningProcesses(self, handle: Any) -> Sequence[Any]:  # noqa: N802
        running: list[Running] = handle.running
        return running

    def nvmlDeviceGetProcessUtilization(self, handle: Any, timeStamp: int) -> Sequence[Any]:  # noqa: N802, N803
        if handle.used is None:
            raise Failed
        found = [each for each in handle.used if each.timeStamp > timeStamp]
        if not found:
            raise Nothing
        return found


def measured(*cards: Card, **families: list[int]) -> dict[str, GpuUsage]:
    return GpuMeter(lambda: Machine(*cards)).measure(lambda: families)


def test_memory_and_share_of_a_family_are_told_by_instance() -> None:
    card = Card(
        [Running(10, GB), Running(11, GB), Running(99, GB)], [Used(10, 5, 20), Used(11, 5, 30), Used(99, 5, 50)]
    )
    assert measured(card, iris=[10, 11], cats=[20]) == {"iris": GpuUsage(2 * GB, 0.5)}


def test_several_samples_of_one_stretch_are_averaged() -> None:
    card = Card([Running(10, GB)], [Used(10, 5, 100), Used(10, 6, 0)])
    assert measured(card, iris=[10]) == {"iris": GpuUsage(GB, 0.5)}


def test_a_share_is_of_the_processors_that_the_instance_uses() -> None:
    busy, calm = Card([Running(10, GB)], [Used(10, 5, 100)]), Card([Running(10, GB)], [Used(10, 5, 50)])
    assert measured(busy, calm, Card(), iris=[10]) == {"iris": GpuUsage(2 * GB, 0.75)}


def test_only_what_was_used_since_the_last_look_counts() -> None:
    card = Card([Running(10, GB)], [Used(10, 5, 100)])
    meter = GpuMeter(lambda: Machine(card))
    looks = [meter.measure(lambda: {"iris": [10]})["iris"].share for _ in range(2)]
    card.used = [Used(10, 5, 100), Used(10, 6, 40)]
    assert [*looks, meter.measure(lambda: {"iris": [10]})["iris"].share] == [1.0, 0.0, 0.4]


def test_one_that_does_not_tell_shares_still_tells_memory() -> None:
    assert measured(Card([Running(10, GB)], None), iris=[10]) == {"iris": GpuUsage(GB, None)}


def test_one_that_does_not_tell_memory_still_tells_shares() -> None:
    assert measured(Card([Running(10, None)], [Used(10, 5, 10)]), iris=[10]) == {"iris": GpuUsage(0, 0.1)}


def test_a_processor_that_is_lost_does_not_hide_the_others() -> None:
    good = Card([Running(10, GB)], [Used(10, 5, 10)])
    assert measured(Card(lost=True), good, iris=[10]) == {"iris": GpuUsage(GB, 0.1)}


def test_a_driver_that_is_gone_is_no_trouble() -> None:
    assert GpuMeter(lambda: Machine(Card(), gone=True)).measure(lambda: {"iris": [10]}) == {}


def test_a_machine_without_such_processors_is_asked_once_and_costs_nothing() -> None:
    def families() -> dict[str, list[int]]:
        raise AssertionError

    assert GpuMeter(lambda: None).measure(families) == {}
    assert nvml() is nvml()
    assert nvml.cache_info().misses == 1
