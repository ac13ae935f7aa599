from datetime import UTC, datetime, timedelta

import pytest

from deploy_ui.db import transaction
from deploy_ui.enums import EventKind, Role
from deploy_ui.enums.marks import MarkKind
from deploy_ui.errors import NotFound
from deploy_ui.models import Event
from deploy_ui.services import deployments
from deploy_ui.services.deployments import Change, DeploymentCard
from deploy_ui.services.monitoring import marks
from deploy_ui.services.monitoring.marks import Mark
from deploy_ui.services.viewer import Viewer
from tests import factories

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
LONG_AGO, FAR = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def by() -> Viewer:
    return factories.viewer(Role.ADMIN)


@pytest.fixture
def card(by: Viewer) -> DeploymentCard:
    return factories.deployment(by)


def happened(card: DeploymentCard, kind: EventKind, second: float, **facts: object) -> None:
    with transaction() as session:
        session.add(Event(deployment_id=card.id, at=NOW + timedelta(seconds=second), kind=kind, facts=facts))


def crashed(card: DeploymentCard, second: float, key: str = "aaaaaa") -> None:
    happened(card, EventKind.INSTANCE_ENDED, second, instance=key, reason="crashed", exit_code=1)


def of(by: Viewer, card: DeploymentCard, since: datetime = NOW, until: datetime = FAR) -> list[Mark]:
    return marks.marks(by, card.slug, since, until)


def told(found: list[Mark]) -> list[tuple[MarkKind, str]]:
    return [(each.kind, each.label) for each in found]


def test_revisions_are_marked_and_other_changes_are_not(by: Viewer, card: DeploymentCard) -> None:
    deployments.change(by, card.slug, Change(name="Another name"))
    deployments.change(by, card.slug, Change(memory_mb=2048, idle_timeout_s=600))
    deployments.roll_back(by, card.slug, 1)
    found = of(by, card, LONG_AGO)
    assert told(found) == [(MarkKind.REVISION, "r1"), (MarkKind.REVISION, "r2"), (MarkKind.REVISION, "r1")]
    assert [each.facts["event"] for each in found] == ["created", "changed", "rolled_back"]
    assert (found[1].facts["fields"], found[2].facts["from"]) == (["memory_mb", "idle_timeout_s"], 2)


def test_scalings_and_wakings_say_from_how_many_to_how_many(by: Viewer, card: DeploymentCard) -> None:
    happened(card, EventKind.WOKEN, 1, **{"from": 0, "to": 1, "why": "waiting"})
    happened(card, EventKind.SCALED, 2, **{"from": 1, "to": 3, "why": "load"})
    assert told(of(by, card)) == [(MarkKind.WOKEN, "0→1"), (MarkKind.SCALED, "1→3")]


def test_crashes_within_a_minute_are_one_mark_with_a_count(by: Viewer, card: DeploymentCard) -> None:
    for second, key in ((0, "first"), (20, "second"), (61, "third")):
        crashed(card, second, key)
    happened(card, EventKind.SCALED, 30, **{"from": 1, "to": 2})
    found = of(by, card)
    assert told(found) == [(MarkKind.CRASH, "first"), (MarkKind.SCALED, "1→2"), (MarkKind.CRASH, "third")]
    assert found[0].facts == {"event": "instance_ended", "reason": "crashed", "exit_code": 1, "count": 2}
    assert "count" not in found[2].facts


def test_only_the_newest_two_hundred_are_told(by: Viewer, card: DeploymentCard) -> None:
    for number in range(201):
        crashed(card, number * 60, f"{number:06}")
    assert [each.label for each in (of(by, card)[0], of(by, card)[-1])] == ["000001", "000200"]


def test_the_end_of_the_stretch_belongs_to_the_next_one(by: Viewer, card: DeploymentCard) -> None:
    crashed(card, 0)
    assert len(of(by, card, NOW, NOW + timedelta(seconds=1))) == 1
    assert of(by, card, NOW - timedelta(hours=1), NOW) == []


def test_a_deleted_deployment_keeps_its_marks_and_another_has_its_own(by: Viewer, card: DeploymentCard) -> None:
    crashed(card, 0)
    deployments.delete(by, card.slug)
    assert told(of(by, card)) == [(MarkKind.CRASH, "aaaaaa")]
    assert of(by, factories.deployment(by)) == []


def test_marks_of_nothing_are_not_found(by: Viewer) -> None:
    with pytest.raises(NotFound, match="deployment_not_found"):
        marks.marks(by, "nothing", NOW, FAR)
