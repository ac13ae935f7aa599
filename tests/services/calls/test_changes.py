import threading
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update
from sqlmodel import col, select

from deploy_ui import clock, hints, queue
from deploy_ui.db import reading, transaction
from deploy_ui.enums import CallbackStatus, CallReason, CallStatus, Phase, Role
from deploy_ui.errors import Conflict, Forbidden, Gone, NotFound, TooMany
from deploy_ui.models import Attempt, Call, Content
from deploy_ui.services import deployments
from deploy_ui.services.calls import bodies, changes, names
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

ENDED = [CallStatus.COMPLETED, CallStatus.ERROR, CallStatus.CANCELED]
HOOK = "https://example.org/hook"


@pytest.fixture
def editor(database: str) -> Viewer:  # noqa: ARG001 -- the person lies there
    return factories.viewer()


@pytest.fixture
def iris(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor)


def row(call_id: str) -> Call:
    with reading() as session:
        return session.exec(select(Call).where(Call.id == call_id)).one()


def attempts(call_id: str) -> list[Attempt]:
    with reading() as session:
        return list(session.exec(select(Attempt).join(Call).where(Call.id == call_id)))


def running(card: DeploymentCard, **values: Any) -> str:
    same = {"status": CallStatus.RUNNING, "attempts": 2, "attempt_at": clock.now(), "started_at": clock.now()}
    return factories.call(card, **{**same, "instance": "abcdef", "deliverer": "d_1", **values})


def test_a_queued_call_is_canceled_at_once(editor: Viewer, iris: DeploymentCard) -> None:
    call_id = factories.call(iris)
    card = changes.cancel(editor, iris.slug, call_id)
    assert (card.status, card.reason, card.attempt_rows) == (CallStatus.CANCELED, CallReason.CANCELED, [])
    found = row(call_id)
    assert (found.status, found.callback_status) == (CallStatus.CANCELED, CallbackStatus.NONE)
    assert found.finished_at is not None


def test_the_attempt_of_a_running_call_is_written_down(editor: Viewer, iris: DeploymentCard) -> None:
    call_id = running(iris)
    card = changes.cancel(editor, iris.slug, call_id)
    (attempt,) = card.attempt_rows
    assert (attempt.number, attempt.instance, attempt.reason) == (2, "abcdef", CallReason.CANCELED)
    assert attempt.ended_at == card.finished_at
    assert row(call_id).attempt_at is None


@pytest.mark.parametrize("cancel", ["one", "many", "caller"])
def test_a_canceled_call_asks_for_its_callback(editor: Viewer, iris: DeploymentCard, cancel: str) -> None:
    call_id = factories.call(iris, callback_url=HOOK)
    match cancel:
        case "one":
            changes.cancel(editor, iris.slug, call_id)
        case "many":
            changes.cancel_many(editor, iris.slug, None)
        case _:
            changes.cancel_by_caller(iris.slug, call_id)
    found = row(call_id)
    assert (found.callback_status, found.callback_due_at) == (CallbackStatus.PENDING, found.finished_at)


@pytest.mark.parametrize("status", ENDED)
def test_an_end_is_final(editor: Viewer, iris: DeploymentCard, status: CallStatus) -> None:
    call_id = factories.call(iris, status=status, reason=CallReason.NONE, finished_at=clock.now())
    before = row(call_id)
    with pytest.raises(Conflict) as caught:
        changes.cancel(editor, iris.slug, call_id)
    assert caught.value.code == "call_ended"
    with pytest.raises(Conflict):
        changes.cancel_by_caller(iris.slug, call_id)
    assert changes.cancel_many(editor, iris.slug, [call_id]) == 0
    assert row(call_id) == before


@pytest.mark.parametrize("many", [True, False])
def test_an_answer_that_came_first_stays(editor: Viewer, iris: DeploymentCard, many: bool) -> None:  # noqa: FBT001
    call_id = running(iris)
    about_to, found = threading.Event(), list[object]()

    def cancel() -> None:
        about_to.set()
        try:
            found.append(
                changes.cancel_many(editor, iris.slug, None) if many else changes.cancel(editor, iris.slug, call_id)
            )
        except Conflict as error:
            found.append(error.code)

    thread = threading.Thread(target=cancel)
    with transaction() as session:
        done = {"status": CallStatus.COMPLETED, "answer_status": 200, "finished_at": clock.now()}
        session.exec(update(Call).where(col(Call.id) == call_id).values(done))
        thread.start()
        assert about_to.wait(5)
        thread.join(0.3)  # it waits for the row that is held here
        assert found == []
    thread.join()
    assert found == [0 if many else "call_ended"]
    assert (row(call_id).status, attempts(call_id)) == (CallStatus.COMPLETED, [])


def test_a_caller_is_told_the_status(iris: DeploymentCard) -> None:
    call_id = factories.call(iris)
    told = changes.cancel_by_caller(iris.slug, call_id)
    assert (told["request_id"], told["status"], told["reason"]) == (call_id, "canceled", "canceled")


def test_calls_of_another_deployment_are_left_alone(editor: Viewer, iris: DeploymentCard) -> None:
    other = factories.call(factories.deployment(editor))
    for change in (changes.cancel, changes.retry):
        with pytest.raises(NotFound):
            change(editor, iris.slug, other)
    assert changes.cancel_many(editor, iris.slug, [other]) == 0
    assert changes.cancel_many(editor, iris.slug, None) == 0
    assert row(other).status == CallStatus.QUEUED


def test_only_editors_change_calls(iris: DeploymentCard) -> None:
    reader, call_id = factories.viewer(Role.VIEWER), factories.call(iris)
    for change in (changes.cancel, changes.retry):
        with pytest.raises(Forbidden):
            change(reader, iris.slug, call_id)
    with pytest.raises(Forbidden):
        changes.cancel_many(reader, iris.slug, None)
    assert row(call_id).status == CallStatus.QUEUED


def test_many_are_canceled_in_batches(editor: Viewer, iris: DeploymentCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "BATCH", 2)
    live = [*(factories.call(iris) for _ in range(5)), *(running(iris) for _ in range(3))]
    ended = factories.call(iris, status=CallStatus.COMPLETED, finished_at=clock.now())
    assert changes.cancel_many(editor, iris.slug, None) == len(live)
    assert {row(each).status for each in live} == {CallStatus.CANCELED}
    assert row(ended).status == CallStatus.COMPLETED
    assert [len(attempts(each)) for each in live] == [0] * 5 + [1] * 3


def test_many_of_one_status_or_of_some_ids(editor: Viewer, iris: DeploymentCard) -> None:
    queued, chosen, at_work = factories.call(iris), factories.call(iris), running(iris)
    assert changes.cancel_many(editor, iris.slug, [chosen, chosen, "c_nonsense", "\0"]) == 1
    assert changes.cancel_many(editor, iris.slug, None, CallStatus.RUNNING) == 1
    assert changes.cancel_many(editor, iris.slug, None, CallStatus.COMPLETED) == 0
    assert changes.cancel_many(editor, iris.slug, []) == 0
    assert [row(each).status.value for each in (queued, chosen, at_work)] == ["queued", "canceled", "canceled"]


def test_a_repeat_asks_the_same_on_the_same_terms(editor: Viewer, iris: DeploymentCard) -> None:
    then = clock.now() - timedelta(hours=1)
    old_id = factories.call(
        iris,
        body=b'{"x": 1}',
        status=CallStatus.ERROR,
        created_at=then,
        finished_at=clock.now(),
        deadline_at=then + timedelta(seconds=600),
        headers=[["X-A", "1"]],
        idempotency_key="once",
        attempts=5,
        callback_url=HOOK,
        callback_status=CallbackStatus.DELIVERED,
        request_timeout_s=7.0,
    )
    card = changes.retry(editor, iris.slug, old_id)
    new = row(card.id)
    assert (card.status, card.retry_of, card.attempts, card.headers) == (CallStatus.QUEUED, old_id, 0, [("X-A", "1")])
    assert (new.idempotency_key, new.callback_url, new.callback_status) == (None, HOOK, CallbackStatus.NONE)
    assert (new.deadline_at, new.request_timeout_s) == (new.created_at + timedelta(seconds=600), 7.0)
    assert new.created_at - then > timedelta(minutes=59)
    with reading() as session:
        assert session.get_one(Content, (new.number, False)).data == b'{"x": 1}'
    assert row(old_id).status == CallStatus.ERROR


def long_body(call_id: str, size: int = 100_000) -> str:
    body = bodies.Body(f"{call_id}.request")
    body.add(b"x" * size)
    return body.store().file


def test_a_repeat_keeps_a_long_body_when_the_old_call_is_forgotten(editor: Viewer, iris: DeploymentCard) -> None:
    old_id = names.new_call_id(clock.now())
    file = long_body(old_id)
    factories.call(iris, id=old_id, body_size=100_000, body_file=file, status=CallStatus.COMPLETED)
    new = row(changes.retry(editor, iris.slug, old_id).id)
    assert new.body_file.endswith(f"/{new.id}.request")
    bodies.remove(file)
    assert b"".join(bodies.pieces(new.body_file)) == b"x" * 100_000


@pytest.mark.parametrize("values", [{"body_size": 5}, {"body_size": 100_000, "body_file": "aa/gone.request"}])
def test_a_request_that_is_gone_is_not_repeated(editor: Viewer, iris: DeploymentCard, values: dict[str, Any]) -> None:
    old_id = factories.call(iris, status=CallStatus.ERROR, **values)
    with pytest.raises(Gone) as caught:
        changes.retry(editor, iris.slug, old_id)
    assert caught.value.code == "call_request_gone"


def test_nothing_is_repeated_where_no_call_is_accepted(editor: Viewer, iris: DeploymentCard) -> None:
    old_id = names.new_call_id(clock.now())
    factories.call(iris, id=old_id, body_size=100_000, body_file=long_body(old_id), status=CallStatus.COMPLETED)

    def refusal() -> str:
        with pytest.raises((Conflict, Gone, TooMany)) as caught:
            changes.retry(editor, iris.slug, old_id)
        code: str = caught.value.code
        return code

    factories.seen(iris, Phase.FAILED)
    assert refusal() == "deployment_failed"
    deployments.stop(editor, iris.slug)
    assert refusal() == "deployment_stopped"
    deployments.delete(editor, iris.slug)
    assert refusal() == "deployment_deleted"
    assert [path.name for path in settings().calls_dir.rglob("*.request")] == [f"{old_id}.request"]


def test_a_full_queue_takes_no_repeat(editor: Viewer, iris: DeploymentCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_UI_MAX_QUEUED_CALLS", "2")
    settings.cache_clear()
    old_id = factories.call(iris, status=CallStatus.ERROR)
    changes.retry(editor, iris.slug, old_id)
    changes.retry(editor, iris.slug, old_id)
    with pytest.raises(TooMany) as caught:
        changes.retry(editor, iris.slug, old_id)
    assert (caught.value.code, caught.value.facts["queued"]) == ("calls_queue_full", 2)


def test_a_delete_ends_what_waits_and_leaves_what_runs(editor: Viewer, iris: DeploymentCard) -> None:
    waiting, at_work = factories.call(iris, callback_url=HOOK), running(iris)
    done = factories.call(iris, status=CallStatus.COMPLETED, finished_at=clock.now())
    other = factories.call(factories.deployment(editor))
    deployments.delete(editor, iris.slug)
    ended = row(waiting)
    assert (ended.status, ended.reason) == (CallStatus.ERROR, CallReason.DEPLOYMENT_DELETED)
    assert (ended.callback_status, ended.callback_due_at) == (CallbackStatus.PENDING, ended.finished_at)
    assert [row(each).status.value for each in (at_work, done, other)] == ["running", "completed", "queued"]


def test_whoever_looks_and_whoever_delivers_hears_of_it(editor: Viewer, iris: DeploymentCard, redis: Redis) -> None:
    calls = [factories.call(iris) for _ in range(4)]
    topic = f"{hints.CHANNEL}calls:{iris.slug}"
    with redis.pubsub(ignore_subscribe_messages=True) as heard:  # type: ignore[no-untyped-call]
        heard.subscribe(topic, queue.DUE)

        for _ in range(2):  # that it is subscribed
            heard.get_message(timeout=5)

        def channels() -> list[str]:
            return [heard.get_message(timeout=5)["channel"].decode() for _ in range(2)]

        for change in (
            lambda: changes.cancel(editor, iris.slug, calls[0]),
            lambda: changes.cancel_by_caller(iris.slug, calls[1]),
            lambda: changes.retry(editor, iris.slug, calls[1]),
            lambda: changes.cancel_many(editor, iris.slug, calls[2:3]),
            lambda: deployments.delete(editor, iris.slug),
        ):
            change()
            assert channels() == [topic, queue.DUE]
