import pytest

from deploy_ui.enums import EventKind, Role
from deploy_ui.errors import Invalid, NotFound
from deploy_ui.services import deployments, events
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def test_the_newest_come_first_and_no_more_than_asked_for() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, max_instances=9)
    for instances in range(2, 7):
        deployments.scale(editor, card.slug, instances)
    rows = events.rows(factories.viewer(Role.VIEWER), card.slug, limit=3)
    assert [(row.kind, row.facts) for row in rows] == [
        (EventKind.SCALED, {"instances": instances}) for instances in (6, 5, 4)
    ]


def test_an_event_of_a_change_that_failed_is_not_told() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    with pytest.raises(Invalid):
        deployments.scale(editor, card.slug, 50)
    assert [row.kind for row in events.rows(editor, card.slug)] == [EventKind.CREATED]


def test_events_of_nothing_are_not_found() -> None:
    with pytest.raises(NotFound, match="deployment_not_found"):
        events.rows(factories.viewer(), "nothing")
