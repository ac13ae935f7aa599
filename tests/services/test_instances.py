import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deploy_ui.enums import InstanceStatus, Reason, Role
from deploy_ui.errors import NotFound
from deploy_ui.runtimes import choose
from deploy_ui.runtimes.base import Usage
from deploy_ui.services import fleet, instances
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.fleet import Record
from deploy_ui.services.viewer import Viewer
from tests import factories

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def viewer(database: str) -> Viewer:  # noqa: ARG001 -- needs its tables
    return factories.viewer(Role.VIEWER)


@pytest.fixture
def card(viewer: Viewer) -> DeploymentCard:  # noqa: ARG001 -- needs its tables
    return factories.deployment()


def add(card: DeploymentCard, key: str, minutes: int, *, revision: int = 1, crashed: int | None = None) -> None:
    created = NOW + timedelta(minutes=minutes)
    fleet.add_instance(card.id, key, revision=revision, image_id=card.image_id, now=created)
    if crashed is not None:
        record = Record(key, revision, InstanceStatus.FAILED, Reason.CRASHED, created_at=created, exit_code=1)
        fleet.save_instance(replace(record, ended_at=NOW + timedelta(minutes=crashed)))


def test_live_instances_come_first_then_the_newest(viewer: Viewer, card: DeploymentCard) -> None:
    add(card, "live-o", 0)
    add(card, "ended1", 1, crashed=2)
    add(card, "ended2", 3, crashed=4)
    add(card, "live-n", 5)
    assert [row.key for row in instances.rows(viewer, card.slug)] == ["live-n", "live-o", "ended2", "ended1"]


def test_restarts_count_the_crashes_of_the_same_revision_before(viewer: Viewer, card: DeploymentCard) -> None:
    add(card, "first", 0, crashed=1)
    add(card, "second", 2, crashed=3)
    add(card, "third", 4)
    add(card, "newer", 5, revision=2)
    restarts = {row.key: row.restarts for row in instances.rows(viewer, card.slug)}
    assert restarts == {"first": 0, "second": 1, "third": 2, "newer": 0}


def test_an_end_on_purpose_is_no_restart(viewer: Viewer, card: DeploymentCard) -> None:
    add(card, "scaled", 0)
    ended = Record("scaled", 1, InstanceStatus.STOPPED, Reason.SCALED_DOWN, ended_at=NOW + timedelta(minutes=1))
    fleet.save_instance(ended)
    add(card, "next", 2)
    assert [row.restarts for row in instances.rows(viewer, card.slug)] == [0, 0]


def test_only_the_newest_two_hundred_are_shown(viewer: Viewer, card: DeploymentCard) -> None:
    for number in range(201):
        add(card, f"{number:06}", number)
    rows = instances.rows(viewer, card.slug)
    assert (len(rows), rows[0].key, rows[-1].key) == (200, "000200", "000001")


def test_a_running_instance_tells_what_it_uses(
    viewer: Viewer, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Meter:
        def usage(self) -> dict[str, Usage]:
            return {"running": Usage(cpu_cores=0.5, memory=os.getpid() * 1024 * 1024)}

    monkeypatch.setattr(choose, "usage_source", Meter)
    add(card, "running", 0)
    add(card, "ended", 1, crashed=2)
    rows = {row.key: (row.cpu_cores, row.memory_mb) for row in instances.rows(viewer, card.slug)}
    assert rows == {"running": (0.5, os.getpid()), "ended": (None, None)}


def test_instances_of_nothing_are_not_found(viewer: Viewer) -> None:
    with pytest.raises(NotFound, match="deployment_not_found"):
        instances.rows(viewer, "nothing")
