from dataclasses import dataclass, field

import pytest

from deploy_ui.enums import InstanceStatus
from deploy_ui.monitor.instances import InstancesCollector
from deploy_ui.runtimes.base import GpuUsage, Usage
from deploy_ui.services.deployments import DeploymentCard
from tests import factories
from tests.monitor.looks import Rounds

pytestmark = pytest.mark.usefixtures("database")

MB = 1024 * 1024


@dataclass
class Machine:
    """A runtime whose instances use what a test says."""

    cpu_seconds: dict[str, float] = field(default_factory=dict)
    gpus: dict[str, GpuUsage] = field(default_factory=dict)
    broken: bool = False

    def usage(self) -> dict[str, Usage]:
        if self.broken:
            raise OSError
        return {key: Usage(cpu_cores=0, memory=100 * MB, cpu_seconds=each) for key, each in self.cpu_seconds.items()}

    def gpu_usage(self) -> dict[str, GpuUsage]:
        return self.gpus


@pytest.fixture
def card() -> DeploymentCard:
    made = factories.deployment()
    factories.instance(made, "aaaaaa", status=InstanceStatus.READY)
    return made


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def rounds(machine: Machine) -> Rounds:
    return Rounds(InstancesCollector(lambda: machine))


def test_memory_is_told_at_once_and_processor_time_as_its_average_since_the_last_look(
    rounds: Rounds, machine: Machine, card: DeploymentCard
) -> None:
    machine.cpu_seconds["aaaaaa"] = 1000
    assert rounds.gauges(card, 0, 15) == {"memory:1:aaaaaa": 100 * MB}
    machine.cpu_seconds["aaaaaa"] = 1030
    assert rounds.gauges(card, 15, 30) == {"memory:1:aaaaaa": 100 * MB, "cpu:1:aaaaaa": 2}


def test_what_an_instance_took_since_it_began_belongs_to_the_stretch_in_which_it_did(
    rounds: Rounds, machine: Machine, card: DeploymentCard
) -> None:
    rounds.look(0, 15)
    machine.cpu_seconds["aaaaaa"] = 3
    assert rounds.gauges(card, 15, 30)["cpu:1:aaaaaa"] == pytest.approx(0.2)


def test_processor_time_never_runs_backwards(rounds: Rounds, machine: Machine, card: DeploymentCard) -> None:
    machine.cpu_seconds["aaaaaa"] = 10
    rounds.look(0, 15)
    machine.cpu_seconds["aaaaaa"] = 9
    assert rounds.gauges(card, 15, 30)["cpu:1:aaaaaa"] == 0


def test_after_a_look_that_failed_processor_time_has_a_gap_and_no_peak(
    rounds: Rounds, machine: Machine, card: DeploymentCard
) -> None:
    machine.cpu_seconds["aaaaaa"] = 0
    rounds.look(0, 15)
    machine.broken = True
    with pytest.raises(OSError):  # noqa: PT011 -- any
        rounds.look(15, 30)
    machine.broken, machine.cpu_seconds["aaaaaa"] = False, 30
    assert rounds.gauges(card, 30, 45) == {"memory:1:aaaaaa": 100 * MB}


def test_graphics_processors_are_told_of_those_that_use_them(
    rounds: Rounds, machine: Machine, card: DeploymentCard
) -> None:
    machine.gpus = {"aaaaaa": GpuUsage(MB, 0.5)}
    assert rounds.gauges(card, 0, 15) == {"gpu_memory:1:aaaaaa": MB, "gpu:1:aaaaaa": 0.5}
    machine.gpus = {"aaaaaa": GpuUsage(MB, None)}
    assert rounds.gauges(card, 15, 30) == {"gpu_memory:1:aaaaaa": MB}


def test_what_nobody_wrote_down_and_what_has_ended_is_passed_over(
    rounds: Rounds, machine: Machine, card: DeploymentCard
) -> None:
    factories.instance(card, "bbbbbb", status=InstanceStatus.STOPPED)
    machine.cpu_seconds = {"bbbbbb": 1, "cccccc": 1}
    assert rounds.gauges(card, 0, 15) == {}
