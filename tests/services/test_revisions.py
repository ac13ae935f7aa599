import pytest

from deploy_ui import vault
from deploy_ui.db import reading
from deploy_ui.enums import VariableChange
from deploy_ui.errors import Invalid
from deploy_ui.models import Deployment, Revision
from deploy_ui.services import deployments, image_usage, revisions
from deploy_ui.services.deployments import Change, DeploymentCard
from deploy_ui.services.env import Variable, VariableDifference, VariableEdit
from deploy_ui.services.revisions import Difference, RevisionRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def editor(database: str) -> Viewer:
    assert database
    return factories.viewer(name="Anna")


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor, max_instances=3, env={"A": "1", "B": "2"})


def listed(editor: Viewer, card: DeploymentCard) -> list[RevisionRow]:
    return revisions.rows(editor, card.slug).items


def test_a_new_deployment_has_revision_1(editor: Viewer, card: DeploymentCard) -> None:
    (first,) = listed(editor, card)
    assert (first.number, first.created_by, first.current, first.before) == (1, "Anna", True, None)
    assert (first.image_name, first.changes, first.env_changed) == (card.image_name, [], False)
    assert (first.ready_at, first.failed_at, first.obstacle) == (None, None, "revision_current")


def test_a_change_of_what_instances_are_born_with_is_the_next(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(memory_mb=2048))
    newest, first = listed(editor, card)
    assert (newest.number, newest.current, newest.before) == (2, True, 1)
    assert newest.changes == [Difference("memory_mb", 1024, 2048)]
    assert (first.number, first.current, first.obstacle) == (1, False, "")


@pytest.mark.parametrize(
    "change",
    [
        Change(name="Other"),
        Change(max_instances=5),
        Change(instances=2),
        Change(idle_timeout_s=9),
        Change(start_timeout_s=9),
        Change(request_timeout_s=9),
        Change(memory_mb=1024),
        Change(env={"A": "1"}),
    ],
)
def test_other_changes_make_none(editor: Viewer, card: DeploymentCard, change: Change) -> None:
    assert deployments.change(editor, card.slug, change).revision == 1
    assert len(listed(editor, card)) == 1


def test_an_image_is_told_by_its_name(editor: Viewer, card: DeploymentCard) -> None:
    other = factories.image(editor, name="other")
    deployments.change(editor, card.slug, Change(image=other.id, concurrency=2, ready_path="/ok", cpu=0.5))
    assert listed(editor, card)[0].changes == [
        Difference("image", card.image_name, "other"),
        Difference("cpu", 1.0, 0.5),
        Difference("concurrency", 8, 2),
        Difference("ready_path", "", "/ok"),
    ]


def test_variables_are_told_by_name_and_never_by_value(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(env={"A": "s3cret", "B": None, "C": "t0ken"}))
    newest = listed(editor, card)[0]
    change = VariableChange
    assert newest.env_changes == [
        VariableDifference("A", change.CHANGED),
        VariableDifference("B", change.REMOVED),
        VariableDifference("C", change.ADDED),
    ]
    assert newest.env_changed
    assert not any(secret in repr(newest) for secret in ("s3cret", "t0ken", newest_sealed(card)))


def test_values_of_open_variables_are_told(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(env={"C": VariableEdit("0.5", secret=False)}))
    deployments.change(editor, card.slug, Change(env={"C": VariableEdit("0.7")}))
    newest, second, _ = listed(editor, card)
    assert newest.env_changes == [VariableDifference("C", VariableChange.CHANGED, "0.5", "0.7")]
    assert second.env_changes == [VariableDifference("C", VariableChange.ADDED, None, "0.5")]


def test_what_becomes_secret_is_so_in_older_revisions_too(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(env={"C": VariableEdit("0.5", secret=False)}))
    deployments.change(editor, card.slug, Change(env={"C": VariableEdit("0.7", secret=True)}))
    assert "0.5" not in repr(listed(editor, card))
    assert deployments.roll_back(editor, card.slug, 2).env == [
        Variable("A", secret=True, value=None),
        Variable("B", secret=True, value=None),
        Variable("C", secret=True, value=None),
    ]


def newest_sealed(card: DeploymentCard) -> str:
    with reading() as session:
        return session.get_one(Deployment, card.id).env_sealed


def test_of_variables_with_a_lost_key_only_that_they_differ_is_known(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(env={"A": "2"}))
    deployments.change(editor, card.slug, Change(cpu=2))
    (settings().keys_dir / "seal.key").unlink()
    third, second, _ = listed(editor, card)
    assert (second.env_changed, second.env_changes) == (True, [])
    assert not third.env_changed


def test_they_are_listed_page_by_page_with_the_same_differences(editor: Viewer, card: DeploymentCard) -> None:
    for memory in (2000, 3000, 4000):
        deployments.change(editor, card.slug, Change(memory_mb=memory))
    whole = listed(editor, card)
    first = revisions.rows(editor, card.slug, limit=2)
    second = revisions.rows(editor, card.slug, limit=2, cursor=first.next)
    assert [*first.items, *second.items] == whole
    assert [each.number for each in whole] == [4, 3, 2, 1]
    assert second.next is None


def test_a_cursor_that_we_did_not_make_is_refused(editor: Viewer, card: DeploymentCard) -> None:
    with pytest.raises(Invalid, match="cursor_wrong"):
        revisions.rows(editor, card.slug, cursor="nonsense")


def test_an_image_that_only_an_old_revision_names_was_used_before(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(image=factories.image(editor).id))
    (used,) = image_usage.rows(editor, card.image_id)
    assert (used.slug, used.now) == (card.slug, False)


def test_the_row_of_a_revision_and_of_its_deployment_say_the_same(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(cpu=2, env={"Z": "9"}))
    with reading() as session:
        wanted, found = session.get_one(Deployment, card.id), session.get_one(Revision, (card.id, 2))
        assert {name: getattr(found, name) for name in revisions.COLUMNS} == {
            name: getattr(wanted, name) for name in revisions.COLUMNS
        }
    assert vault.unseal(found.env_sealed) == {"A": "1", "B": "2", "Z": "9"}
