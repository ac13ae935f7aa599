import pytest

from deploy_ui.enums import Phase, Reason
from deploy_ui.errors import Invalid
from deploy_ui.services import deployments, fleet
from deploy_ui.services.deployments import DeploymentCard
from tests import factories

CHURN = "\u041e\u0442\u0442\u043e\u043a"
"""The Russian word for it: not ASCII, and with two cases."""

pytestmark = pytest.mark.usefixtures("database")


def seen(card: DeploymentCard, phase: Phase, *, ready: int = 0) -> None:
    fleet.save_status(
        card.id,
        generation=card.generation,
        phase=phase,
        reason=Reason.NONE,
        message="",
        ready_instances=ready,
        now=card.created_at,
    )


def test_the_card_tells_who_made_it_and_what_it_runs() -> None:
    editor = factories.viewer(name="Anna")
    image = factories.image(editor, name="iris", ready_path="/health/ready")
    card = factories.deployment(editor, image_id="iris", cpu=0.5, min_instances=2)
    assert (card.created_by, card.changed_by) == ("Anna", "Anna")
    assert (card.image_id, card.image_name, card.ready_path) == (image.id, "iris", "/health/ready")
    assert (card.cpu, card.min_instances, card.max_instances, card.wanted_instances) == (0.5, 2, 2, 2)


def test_the_list_shows_first_what_needs_attention() -> None:
    editor = factories.viewer()
    image = factories.image(editor)
    for name, phase in [("b", Phase.RUNNING), ("A", Phase.RUNNING), ("c", Phase.STOPPED), ("d", Phase.FAILED)]:
        seen(factories.deployment(editor, image_id=image.id, name=name), phase)
    assert [row.name for row in deployments.rows(editor).items] == ["d", "A", "b", "c"]
    assert deployments.counts(editor) == {"running": 2, "stopped": 1, "failed": 1}


def test_the_list_can_be_walked_page_by_page() -> None:
    editor = factories.viewer()
    image = factories.image(editor)
    names = [f"{CHURN} {number:02}" for number in range(7)]
    for name in names:
        factories.deployment(editor, image_id=image.id, name=name)
    walked, cursor = [], None
    while True:
        page = deployments.rows(editor, limit=3, cursor=cursor)
        walked += [row.name for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert walked == names


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "WzEsMl0", "ÿ", "W251bGxd", "WzEsICJhIiwgMWUxMDBd", "[" * 9000])
def test_a_cursor_that_we_did_not_make_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor_wrong"):
        deployments.rows(factories.viewer(), cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_a_limit(limit: int) -> None:
    with pytest.raises(Invalid, match="out_of_range"):
        deployments.rows(factories.viewer(), limit=limit)


def test_deleted_ones_are_listed_only_when_asked_for() -> None:
    editor = factories.viewer()
    card = deployments.delete(editor, factories.deployment(editor, name="Old").slug)
    assert [row.name for row in deployments.rows(editor).items] == ["Old"]
    seen(card, Phase.DELETED)
    assert deployments.rows(editor).items == []
    assert [row.name for row in deployments.rows(editor, status=Phase.DELETED).items] == ["Old"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (CHURN.upper(), [CHURN]),
        ("ott", [CHURN]),
        ("100%", ["100% sure"]),
        ("_", []),
        ("a\0b\ud800", []),
        ("IRIS-IMAGE", ["100% sure", CHURN]),
        (" ", ["100% sure", CHURN]),
    ],
)
def test_search_finds_names_slugs_and_images_in_any_case(search: str, found: list[str]) -> None:
    editor = factories.viewer()
    image = factories.image(editor, name="iris-image")
    for name in (CHURN, "100% sure"):
        factories.deployment(editor, image_id=image.id, name=name)
    assert [row.name for row in deployments.rows(editor, search=search).items] == found
