import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, func, select

from deploy_ui import clock
from deploy_ui.controller import janitor
from deploy_ui.db import reading, transaction
from deploy_ui.enums import CallStatus
from deploy_ui.errors import Gone
from deploy_ui.models import Attempt, Call, Content
from deploy_ui.services import deployments
from deploy_ui.services.calls import bodies, cards, names, retention
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

LONG = b"x" * (bodies.MOST_IN_ROW + 1)


@pytest.fixture
def editor(database: str) -> Viewer:  # noqa: ARG001 -- the person lies there
    return factories.viewer()


@pytest.fixture
def iris(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor)


def file(name: str, written_at: datetime | None = None) -> str:
    body = bodies.Body(name)
    body.add(LONG)
    place = body.store().file
    if written_at:
        os.utime(bodies.path_of(place), (written_at.timestamp(),) * 2)
    return place


def ended(card: DeploymentCard, days: float, **values: Any) -> str:
    """Let a call have ended so many days ago, with all that is kept of one."""
    now = clock.now()
    finished_at = now - timedelta(days=days)
    call_id = names.new_call_id(finished_at - timedelta(minutes=1))
    values = {"created_at": finished_at, "status": CallStatus.COMPLETED, "attempts": 1, **values}
    files = {"body_file": file(f"{call_id}.request"), "answer_file": file(f"{call_id}.answer-1")}
    factories.call(card, id=call_id, finished_at=finished_at, body=b"b", answer=b"a", **files, **values)
    with transaction() as session:
        number = session.exec(select(Call.number).where(Call.id == call_id)).one()
        session.add(Attempt(call_number=number, number=1, started_at=finished_at, ended_at=finished_at))
    return call_id


def count(table: type[SQLModel]) -> int:
    with reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def files() -> set[str]:
    return {path.name for path in settings().calls_dir.rglob("*") if path.is_file()}


def test_everything_of_a_call_goes_together(editor: Viewer, iris: DeploymentCard) -> None:
    old, young = ended(iris, 3.01), ended(iris, 2.99)
    assert retention.forget_old(clock.now()) == 1
    assert (count(Call), count(Attempt), count(Content)) == (1, 1, 2)
    assert files() == {f"{young}.request", f"{young}.answer-1"}
    with pytest.raises(Gone) as caught:
        cards.card(editor, iris.slug, old)
    assert caught.value.code == "call_expired"
    assert cards.card(editor, iris.slug, young).id == young


def test_calls_of_a_deleted_deployment_are_kept_as_long(editor: Viewer, iris: DeploymentCard) -> None:
    ended(iris, 4)
    young = ended(iris, 1)
    deployments.delete(editor, iris.slug)
    assert retention.forget_old(clock.now()) == 1
    assert cards.card(editor, iris.slug, young).id == young


def test_what_has_not_ended_is_never_forgotten(iris: DeploymentCard) -> None:
    factories.call(iris, created_at=clock.now() - timedelta(days=30))
    assert retention.forget_old(clock.now()) == 0
    assert count(Call) == 1


def test_many_go_in_batches(iris: DeploymentCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        ended(iris, 4)
    assert retention.forget_old(clock.now()) == 5
    assert (count(Call), files()) == (0, set())


def test_files_without_a_row_go_after_an_hour(iris: DeploymentCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    now = clock.now()
    factories.call(iris)
    for minutes, kind in ((61, "request"), (62, "request"), (63, "answer-1"), (59, "request")):
        file(f"{names.new_call_id(now)}.{kind}", now - timedelta(minutes=minutes))
    assert retention.remove_strays(now) == 3
    assert len(files()) == 1


def test_answers_of_attempts_that_were_killed_go_and_what_is_needed_stays(iris: DeploymentCard) -> None:
    now = clock.now()
    long_ago = now - timedelta(hours=2)
    call_id = names.new_call_id(now)
    for attempt in (1, 2):
        file(f"{call_id}.answer-{attempt}", long_ago)
    request = file(f"{call_id}.request", long_ago)
    factories.call(iris, id=call_id, status=CallStatus.RUNNING, attempts=2, body_file=request)
    done_id = names.new_call_id(now)
    file(f"{done_id}.answer-1", long_ago)
    answer = file(f"{done_id}.answer-2", long_ago)
    factories.call(iris, id=done_id, status=CallStatus.COMPLETED, attempts=2, answer_file=answer)
    assert retention.remove_strays(now) == 2
    assert files() == {f"{call_id}.request", f"{call_id}.answer-2", f"{done_id}.answer-2"}


def test_without_a_folder_there_is_nothing_to_do(iris: DeploymentCard) -> None:  # noqa: ARG001 -- its database
    assert retention.forget_old(clock.now()) == 0


def test_the_janitor_forgets_calls(iris: DeploymentCard) -> None:
    ended(iris, 4)
    assert janitor.TASKS[janitor.forget_old_calls] <= 600
    janitor.forget_old_calls()
    assert count(Call) == 0
