"""The machine's clock is set by an hour, either way, in the middle of something: nothing ends early, nothing waits."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from deploy_ui.controller.observe import Health
from deploy_ui.enums import InstanceStatus, Phase
from deploy_ui.runtimes.base import EndReason
from deploy_ui.services import deployments, members
from deploy_ui.services.deployments import Change
from tests import factories
from tests.controller.world import World, member, records

NOT_YET = Health(ready=False, failures=1, words="GET / answered 503")
HOUR = timedelta(hours=1)
each_way = pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forward", "back"])


@each_way
def test_an_instance_that_starts_has_its_whole_time_and_no_more(world: World, step: timedelta) -> None:
    slug = factories.deployment(start_timeout_s=30).slug
    world.look()
    world.prober.answers |= dict.fromkeys(world.runtime.instances, NOT_YET)
    world.look()
    world.look()
    world.step = step
    world.ahead += timedelta(seconds=20)
    world.look()
    assert records(slug, InstanceStatus.STARTING)
    world.ahead += timedelta(seconds=11)
    world.look()
    assert records(slug, InstanceStatus.STOPPING)


@each_way
def test_one_that_failed_is_replaced_in_its_time(world: World, step: timedelta) -> None:
    slug = factories.deployment().slug
    for _ in range(2):
        world.look()
        world.runtime.end(world.started[-1], EndReason.CRASHED, exit_code=1)
        world.look()
        world.ahead += timedelta(seconds=1.1)
    world.step = step
    world.look()
    assert len(world.started) == 2  # the second failure waits two seconds
    world.ahead += timedelta(seconds=1)
    world.settle()
    assert (len(world.started), member(slug).phase) == (3, Phase.RUNNING)


@each_way
def test_one_that_is_retired_is_stopped(world: World, step: timedelta) -> None:
    slug = factories.deployment().slug
    world.settle()
    world.gateway.current = False  # it does not say that it has left
    deployments.stop(factories.viewer(), slug)
    world.look()
    world.step = step
    world.look()
    assert world.stopped == []
    world.ahead += timedelta(seconds=4)
    world.look()
    assert world.stopped == world.started


@each_way
def test_a_change_that_cannot_start_is_rolled_back(
    world: World, step: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reader in (deployments, members):
        monkeypatch.setattr(reader, "clock", SimpleNamespace(now=world._now))
    slug = factories.deployment().slug
    world.settle()
    deployments.change(factories.viewer(), slug, Change(cpu=2))
    world.step = step
    for _ in range(2):
        world.look()
        world.runtime.end(world.started[-1], EndReason.CRASHED, exit_code=1)
        world.look()
        world.ahead += timedelta(seconds=5)
    assert (member(slug).revision, member(slug).phase) == (1, Phase.RUNNING)
