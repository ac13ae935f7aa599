import pytest

from deploy_ui.enums import EventKind, Role
from deploy_ui.errors import Invalid, NotFound
from deploy_ui.services import deployments, events, paging
from deploy_ui.services.deployments import Change
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def test_the_newest_come_first_and_no_more_than_asked_for() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, max_instances=9)
    for instances in range(2, 7):
        deployments.scale(editor, card.slug, instances)
    rows = events.rows(factories.viewer(Role.VIEWER), card.slug, limit=3)
    assert [(row.kind, row.facts) for row in rows] == [
        (EventKind.SCALED, {"from": number - 1, "to": number, "instances": number, "why": "person"})
        for number in (6, 5, 4)
    ]


def test_bounds_that_move_the_wanted_number_say_so_beside_what_was_changed() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    deployments.change(editor, card.slug, Change(min_instances=2, max_instances=3))
    scaled, changed = events.rows(editor, card.slug, limit=2)
    assert (scaled.kind, scaled.facts["from"], scaled.facts["to"], scaled.facts["why"]) == ("scaled", 1, 2, "bounds")
    assert (changed.kind, changed.facts["fields"]) == ("changed", ["min_instances", "max_instances"])


def test_the_whole_timeline_is_walked_page_by_page() -> None:
    editor = factories.viewer()
    card, other = factories.deployment(editor, max_instances=9), factories.deployment(editor)
    for instances in range(2, 7):
        deployments.scale(editor, card.slug, instances)
    deployments.stop(editor, other.slug)
    pages: list[list[int]] = []
    cursor = None
    while not pages or cursor:
        page = events.page(editor, card.slug, limit=2, cursor=cursor)
        pages.append([row.facts.get("to", 0) for row in page.items])
        cursor = page.next
    assert pages == [[6, 5], [4, 3], [2, 0]]


@pytest.mark.parametrize("cursor", ["nonsense", paging.encode_cursor(["text"]), paging.encode_cursor([1, 2])])
def test_a_place_in_the_timeline_that_we_did_not_make_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor_wrong"):
        events.page(factories.viewer(), factories.deployment().slug, cursor=cursor)


def test_an_event_of_a_change_that_failed_is_not_told() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    with pytest.raises(Invalid):
        deployments.scale(editor, card.slug, 50)
    assert [row.kind for row in events.rows(editor, card.slug)] == [EventKind.CREATED]


def test_events_of_nothing_are_not_found() -> None:
    with pytest.raises(NotFound, match="deployment_not_found"):
        events.rows(factories.viewer(), "nothing")
