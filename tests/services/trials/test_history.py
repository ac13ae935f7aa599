"""What a person has sent: kept for themselves, sealed, the newest for a while and the named for good."""

from pathlib import Path

import pytest
from sqlmodel import select

from deploy_ui.db import reading
from deploy_ui.enums import BodyKind, Role
from deploy_ui.errors import Conflict, Forbidden, Invalid, NotFound
from deploy_ui.models import SentTrial
from deploy_ui.services import deployments
from deploy_ui.services.trials import history
from deploy_ui.services.trials.history import MOST_KEPT, MOST_UNNAMED, Outcome
from deploy_ui.services.trials.request import Field, Header, Trial
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

SECRET = "a-secret-that-nobody-may-find"
JSON = Trial(path="/predict?x=1", headers=[Header("X-A", "1")], kind=BodyKind.JSON, text='{"a": 1}')


@pytest.fixture
def editor(database: str) -> Viewer:
    assert database
    return factories.viewer()


def sent(editor: Viewer, slug: str, trial: Trial = JSON, name: str = "") -> int:
    """Note a request as sent; with a name, save it."""
    number = history.begun(editor, slug, trial)
    if name:
        history.save(editor, slug, number, name)
    return number


def numbers(editor: Viewer, slug: str) -> list[int]:
    return [each.id for each in history.rows(editor, slug)]


def test_a_request_is_there_with_what_became_of_it(editor: Viewer, slug: str) -> None:
    number = sent(editor, slug)
    row = history.rows(editor, slug)[0]
    assert (row.id, row.method, row.path, row.kind) == (number, "POST", "/predict?x=1", BodyKind.JSON)
    assert (row.status, row.over, row.replayable, row.name) == (None, False, True, "")
    outcome = Outcome(status=200, duration_ms=12, request_id="r-1", instance="aaaaaa", call_id="", over=True)
    ended = history.ended(number, outcome)
    assert ended == history.rows(editor, slug)[0]
    assert ended is not None
    assert (ended.status, ended.duration_ms, ended.request_id, ended.instance) == (200, 12, "r-1", "aaaaaa")
    assert ended.over


def test_a_request_can_be_sent_again_as_it_was(editor: Viewer, slug: str) -> None:
    assert history.past(editor, slug, sent(editor, slug)) == history.Past(JSON, [])
    fields = [Field("a", "\u0431"), Field("", "=&\n")]
    form = Trial(method="PUT", kind=BodyKind.FORM, fields=fields)
    assert history.past(editor, slug, sent(editor, slug, form)) == history.Past(form, [])


def test_the_newest_fifty_stay_and_the_named_do_not_count(editor: Viewer, slug: str) -> None:
    saved = sent(editor, slug, name="the one that fails")
    made = [sent(editor, slug) for _ in range(MOST_UNNAMED + 3)]
    assert numbers(editor, slug) == [*reversed(made[3:]), saved]
    with pytest.raises(NotFound, match="trial_not_found"):
        history.past(editor, slug, made[0])
    assert history.ended(made[0], Outcome(status=200)) is None


def test_each_person_and_deployment_has_a_history_of_its_own(editor: Viewer, slug: str) -> None:
    other, elsewhere = factories.viewer(), factories.deployment().slug
    mine = sent(editor, slug)
    for _ in range(MOST_UNNAMED + 1):
        sent(other, slug)
    there = sent(editor, elsewhere)
    assert (numbers(editor, slug), numbers(editor, elsewhere)) == ([mine], [there])


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_other_peoples_requests_are_not_there(editor: Viewer, slug: str, role: Role) -> None:
    mine = sent(editor, slug, name="mine")
    other = factories.viewer(role)
    assert history.rows(other, slug) == []
    for ask in (history.past, history.row):
        with pytest.raises(NotFound, match="trial_not_found"):
            ask(other, slug, mine)
    with pytest.raises(NotFound, match="trial_not_found"):
        history.save(other, slug, mine, "theirs")
    history.forget(other, slug, mine)
    history.clear(other, slug)
    assert [each.name for each in history.rows(editor, slug)] == ["mine"]


def test_a_request_is_not_found_at_another_deployment(editor: Viewer, slug: str) -> None:
    mine = sent(editor, slug)
    with pytest.raises(NotFound, match="trial_not_found"):
        history.past(editor, factories.deployment().slug, mine)


def test_a_viewer_has_no_history(editor: Viewer, slug: str) -> None:
    mine = sent(editor, slug)
    viewer = factories.viewer(Role.VIEWER)
    for ask in (
        lambda: history.begun(viewer, slug, JSON),
        lambda: history.rows(viewer, slug),
        lambda: history.past(viewer, slug, mine),
        lambda: history.row(viewer, slug, mine),
        lambda: history.save(viewer, slug, mine, "a"),
        lambda: history.forget(viewer, slug, mine),
        lambda: history.clear(viewer, slug),
    ):
        with pytest.raises(Forbidden):
            ask()


def test_one_is_forgotten_and_clearing_leaves_the_named(editor: Viewer, slug: str) -> None:
    first, saved, last = sent(editor, slug), sent(editor, slug, name="kept"), sent(editor, slug)
    history.forget(editor, slug, first)
    history.forget(editor, slug, first)
    assert numbers(editor, slug) == [last, saved]
    history.clear(editor, slug)
    assert numbers(editor, slug) == [saved]
    history.forget(editor, slug, saved)
    assert numbers(editor, slug) == []


def test_a_name_can_be_changed_and_must_be_one(editor: Viewer, slug: str) -> None:
    saved = sent(editor, slug, name=" first ")
    assert history.rows(editor, slug)[0].name == "first"
    assert history.save(editor, slug, saved, "second \U0001f600").name == "second \U0001f600"
    for wrong in ("", "  ", "x" * 1000):
        with pytest.raises(Invalid):
            history.save(editor, slug, saved, wrong)


def test_there_is_an_end_to_saving(editor: Viewer, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_NAMED", 2)
    saved = [sent(editor, slug, name=str(number)) for number in range(2)]
    with pytest.raises(Conflict, match="trials_saved_many"):
        sent(editor, slug, name="one more")
    assert history.save(editor, slug, saved[0], "renamed").name == "renamed"


@pytest.mark.parametrize("name", ["X-API-Key", "authorization", "Cookie", "Proxy-Authorization"])
def test_keys_are_not_kept_at_all(editor: Viewer, slug: str, name: str) -> None:
    trial = Trial(headers=[Header("X-A", "1"), Header(name, f"Bearer {SECRET}")])
    past = history.past(editor, slug, sent(editor, slug, trial))
    assert past.trial.headers == [Header("X-A", "1"), Header(name, "")]
    assert past.left_out == ["headers"]
    assert history.rows(editor, slug)[0].replayable


@pytest.mark.parametrize(
    "trial",
    [
        Trial(headers=[Header("Authorization", SECRET)]),
        Trial(headers=[Header("X-Api-Token", SECRET)]),
        Trial(path=f"/predict?token={SECRET}"),
        Trial(kind=BodyKind.JSON, text=f'{{"password": "{SECRET}"}}'),
        Trial(kind=BodyKind.FORM, fields=[Field("password", SECRET)]),
        Trial(kind=BodyKind.FILE, filename=SECRET),
    ],
    ids=["key", "header", "query", "body", "field", "file name"],
)
def test_nothing_that_was_sent_lies_in_clear(editor: Viewer, slug: str, trial: Trial) -> None:
    sent(editor, slug, trial)
    with reading() as session:
        kept = session.exec(select(SentTrial)).one()
    assert SECRET not in str(kept.model_dump())
    for file in settings().data_dir.rglob("deploy-ui.db*"):
        assert SECRET.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("trial", "left_out"),
    [
        (Trial(kind=BodyKind.TEXT, text="x" * MOST_KEPT), []),
        (Trial(kind=BodyKind.TEXT, text="x" * (MOST_KEPT + 1)), ["text"]),
        (Trial(kind=BodyKind.FORM, fields=[Field("a", "x" * MOST_KEPT)]), ["fields"]),
        (Trial(kind=BodyKind.FILE, filename="cat.png"), ["file"]),
        (Trial(kind=BodyKind.MULTIPART, fields=[Field("a", part="file-0", filename="cat.png")]), ["file"]),
        (Trial(kind=BodyKind.NONE), []),
    ],
    ids=["just fits", "long text", "long fields", "file", "file of a form", "none"],
)
def test_what_is_too_much_to_keep_is_said(editor: Viewer, slug: str, trial: Trial, left_out: list[str]) -> None:
    past = history.past(editor, slug, sent(editor, slug, trial))
    assert past.left_out == left_out
    assert past.trial.filename == trial.filename
    assert (past.trial == trial) == (left_out in ([], ["file"]))
    assert history.rows(editor, slug)[0].replayable == (not left_out)


def test_what_cannot_be_read_any_more_is_a_row_that_can_be_forgotten(editor: Viewer, slug: str) -> None:
    number = sent(editor, slug)
    _lose_keys(settings().keys_dir)
    row = history.rows(editor, slug)[0]
    assert (row.id, row.path, row.replayable) == (number, "", False)
    with pytest.raises(NotFound, match="trial_not_found"):
        history.past(editor, slug, number)
    history.forget(editor, slug, number)
    assert numbers(editor, slug) == []


def test_a_deleted_deployment_takes_its_history_along(editor: Viewer, slug: str) -> None:
    sent(editor, slug, name="kept")
    stays = sent(editor, elsewhere := factories.deployment().slug)
    deployments.delete(editor, slug)
    history.forget_deleted()
    with reading() as session:
        assert [each.id for each in session.exec(select(SentTrial))] == [stays]
    assert numbers(editor, elsewhere) == [stays]


def _lose_keys(folder: Path) -> None:
    for key in folder.iterdir():
        key.unlink()
