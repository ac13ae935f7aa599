from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from deploy_ui import clock
from deploy_ui.db import engine, transaction
from deploy_ui.enums import CallbackStatus, CallPriority, CallReason, CallStatus, Role
from deploy_ui.errors import Gone, Invalid, NotFound
from deploy_ui.models import Attempt, Call
from deploy_ui.services import keys
from deploy_ui.services.calls import cards, names
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.viewer import Viewer
from tests import factories

SECOND = timedelta(seconds=1)


@pytest.fixture
def viewer(database: str) -> Viewer:  # noqa: ARG001 -- the person lies there
    return factories.viewer(Role.VIEWER)


@pytest.fixture
def editor(database: str) -> Viewer:  # noqa: ARG001 -- the person lies there
    return factories.viewer()


@pytest.fixture
def iris(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor)


def made(card: DeploymentCard, count: int) -> list[str]:
    """Let calls have been made a second apart, two of them in the same moment; return their ids, newest first."""
    now = clock.now()
    moments = [now - max(place, 1) * SECOND for place in range(count)]
    return [factories.call(card, created_at=moment) for moment in reversed(moments)][::-1]


def test_pages_are_walked_newest_first(viewer: Viewer, iris: DeploymentCard) -> None:
    ids = made(iris, 7)
    factories.call(factories.deployment())
    found: list[str] = []
    cursor = None
    for _ in range(3):
        page = cards.rows(viewer, iris.slug, limit=3, cursor=cursor)
        found += [row.id for row in page.items]
        cursor = page.next
    assert found == ids
    assert cursor is None


def test_new_calls_do_not_shift_the_pages_behind(viewer: Viewer, iris: DeploymentCard) -> None:
    ids = made(iris, 4)
    first = cards.rows(viewer, iris.slug, limit=2)
    factories.call(iris)
    second = cards.rows(viewer, iris.slug, limit=2, cursor=first.next)
    assert [row.id for row in first.items + second.items] == ids


@pytest.mark.parametrize("cursor", ["x", "WyJub3QiLCAxXQ", "WyIyMDMwLTAxLTAxIiwgMV0", "WzEsIDJd"])
def test_a_cursor_that_we_did_not_make(viewer: Viewer, iris: DeploymentCard, cursor: str) -> None:
    with pytest.raises(Invalid) as caught:
        cards.rows(viewer, iris.slug, cursor=cursor)
    assert (caught.value.code, caught.value.field) == ("cursor_wrong", "cursor")


def test_status_and_time_narrow_the_list_and_the_counts(viewer: Viewer, iris: DeploymentCard) -> None:
    now = clock.now()
    old = factories.call(iris, status=CallStatus.COMPLETED, created_at=now - 60 * SECOND)
    new = factories.call(iris, status=CallStatus.COMPLETED, created_at=now)
    factories.call(iris, status=CallStatus.ERROR, created_at=now)
    factories.call(factories.deployment(), status=CallStatus.RUNNING)

    def found(**wanted: object) -> set[str]:
        return {row.id for row in cards.rows(viewer, iris.slug, status=CallStatus.COMPLETED, **wanted).items}  # type: ignore[arg-type]

    assert found() == {old, new}
    assert found(since=now - SECOND) == {new}
    assert found(until=now - SECOND) == {old}
    everything = {"queued": 0, "running": 0, "completed": 2, "error": 1, "canceled": 0}
    assert cards.counts(viewer, iris.slug) == everything
    assert cards.counts(viewer, iris.slug, since=now) == {**everything, "completed": 1}
    assert cards.counts(viewer, iris.slug, until=now - SECOND) == {**everything, "completed": 1, "error": 0}


@pytest.mark.parametrize("cut", [0, 1, 2, 4, 9, 14, 18])
def test_a_call_is_found_by_how_its_id_begins(viewer: Viewer, iris: DeploymentCard, cut: int) -> None:
    call_id = factories.call(iris, id=names.new_call_id(clock.now()))
    factories.call(iris, id="c_" + "z" * 16)
    factories.call(factories.deployment(), id=call_id[:-1] + ("a" if call_id[-1] != "a" else "b"))
    found = [row.id for row in cards.rows(viewer, iris.slug, search=call_id[:cut]).items]
    assert call_id in found
    assert len(found) == (2 if cut <= len("c_") else 1)


def test_a_search_takes_what_people_paste(viewer: Viewer, iris: DeploymentCard) -> None:
    call_id = factories.call(iris)
    for typed in (f"  {call_id}\n", call_id.upper(), call_id.removeprefix("c_"), call_id[2:9]):
        assert [row.id for row in cards.rows(viewer, iris.slug, search=typed).items] == [call_id]


@pytest.mark.parametrize("typed", ["%", "_", "c__", "c_%", "0", "\0", "c_" + "a" * 17, "'; --", "\u0436"])
def test_what_no_id_begins_with_finds_nothing(viewer: Viewer, iris: DeploymentCard, typed: str) -> None:
    factories.call(iris)
    assert cards.rows(viewer, iris.slug, search=typed).items == []


def test_a_line_says_how_long_it_waited_and_ran_and_whose_it_was(editor: Viewer, iris: DeploymentCard) -> None:
    key = keys.create(editor, iris.slug, name="Billing").row
    start = clock.now()
    factories.call(
        iris,
        status=CallStatus.COMPLETED,
        created_at=start,
        started_at=start + 2 * SECOND,
        finished_at=start + 7 * SECOND,
        attempts=2,
        answer_status=201,
        key_id=key.id,
    )
    factories.call(iris, created_at=start - SECOND)
    ended, queued = cards.rows(editor, iris.slug).items
    assert (ended.waited_s, ended.ran_s, ended.attempts, ended.answer_status) == (2.0, 5.0, 2, 201)
    assert (ended.key_name, queued.key_name, queued.waited_s, queued.ran_s) == ("Billing", "", None, None)


def test_a_card_tells_everything_of_a_call_that_runs(editor: Viewer, iris: DeploymentCard) -> None:
    now = clock.now()
    call_id = factories.call(
        iris,
        status=CallStatus.RUNNING,
        priority=CallPriority.HIGH.rank,
        headers=[["X-A", "1"]],
        attempts=2,
        attempt_at=now,
        started_at=now - 5 * SECOND,
        instance="abcdef",
        callback_url="https://example.org/hook",
    )
    with transaction() as session:
        number = session.exec(select(Call.number).where(Call.id == call_id)).one()
        over: dict[str, Any] = {
            "started_at": now - 5 * SECOND,
            "ended_at": now - 2 * SECOND,
            "reason": CallReason.ANSWERED_5XX,
        }
        session.add(Attempt(call_number=number, number=1, instance="ghijkl", status=503, message="busy", **over))
    card = cards.card(editor, iris.slug, call_id)
    assert (card.priority, card.headers, card.has_result, card.expires_at) == (
        CallPriority.HIGH,
        [("X-A", "1")],
        False,
        None,
    )
    present, first = card.attempt_rows
    assert (present.number, present.ended_at, present.instance, present.duration_s) == (2, None, "abcdef", None)
    assert (first.number, first.duration_s, first.status, first.reason) == (1, 3.0, 503, CallReason.ANSWERED_5XX)
    assert (card.callback_url, card.callback_status) == ("https://example.org/hook", CallbackStatus.NONE)


def test_viewers_see_no_headers(viewer: Viewer, editor: Viewer, iris: DeploymentCard) -> None:
    headers: dict[str, Any] = {
        "headers": [["Authorization", "Bearer s3cret"]],
        "answer_headers": [["Content-Type", "text/plain"]],
    }
    call_id = factories.call(iris, status=CallStatus.COMPLETED, finished_at=clock.now(), answer_status=200, **headers)
    seen, all_of_it = cards.card(viewer, iris.slug, call_id), cards.card(editor, iris.slug, call_id)
    assert (seen.headers, seen.answer_headers, seen.answer_type) == ([], [], "text/plain")
    assert all_of_it.headers == [("Authorization", "Bearer s3cret")]
    assert all_of_it.finished_at is not None
    assert all_of_it.expires_at == all_of_it.finished_at + timedelta(days=3)


def test_a_call_of_another_deployment_is_none(viewer: Viewer, iris: DeploymentCard) -> None:
    other = factories.call(factories.deployment())
    with pytest.raises(NotFound) as caught:
        cards.card(viewer, iris.slug, other)
    assert caught.value.code == "call_not_found"


@pytest.mark.parametrize("call_id", ["", "c_", "c_0000000000000000", "\0", "c_" + "\u0436" * 16])
def test_what_is_no_id_is_no_call(viewer: Viewer, iris: DeploymentCard, call_id: str) -> None:
    with pytest.raises(NotFound):
        cards.card(viewer, iris.slug, call_id)


def test_an_id_that_was_made_long_ago_has_been_forgotten(viewer: Viewer, iris: DeploymentCard) -> None:
    with pytest.raises(Gone) as caught:
        cards.card(viewer, iris.slug, names.new_call_id(clock.now() - timedelta(days=3, seconds=2)))
    assert (caught.value.code, caught.value.facts) == ("call_expired", {"days": 3})
    with pytest.raises(NotFound):
        cards.card(viewer, iris.slug, names.new_call_id(clock.now() - timedelta(days=2)))


def test_no_question_reads_more_than_it_shows(viewer: Viewer, iris: DeploymentCard) -> None:
    """What SQLite says of its plans: nothing is scanned, and only a search by id sorts what it has found."""
    call_id, *_ = made(iris, 3)
    cursor = cards.rows(viewer, iris.slug, limit=1).next
    asked = list(_statements(lambda: cards.rows(viewer, iris.slug, cursor=cursor)))
    asked += _statements(lambda: cards.rows(viewer, iris.slug, status=CallStatus.QUEUED, since=clock.now()))
    asked += _statements(lambda: cards.counts(viewer, iris.slug, since=clock.now()))
    search = list(_statements(lambda: cards.rows(viewer, iris.slug, search=call_id[:9])))
    if engine().dialect.name != "sqlite":
        return
    for query in (*asked, *search):
        plan = _plan(*query)
        assert "SCAN call" not in plan
        assert ("TEMP B-TREE" in plan) is (query in search)


def _statements(ask: Callable[[], object]) -> Iterator[tuple[str, Any]]:
    """Yield the statements about calls that are run, with their parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    event.listen(engine(), "before_cursor_execute", note)
    ask()
    event.remove(engine(), "before_cursor_execute", note)
    return iter([each for each in seen if "FROM call" in each[0]])


def _plan(statement: str, parameters: Any) -> str:
    with engine().connect() as connection:
        lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(line.detail for line in lines)
