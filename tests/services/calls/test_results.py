import json
from datetime import timedelta
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.enums import CallReason, CallStatus, Role
from deploy_ui.errors import AppError, Conflict, Forbidden, Gone, NotFound
from deploy_ui.services import deployments
from deploy_ui.services.calls import bodies, names, results
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.settings import settings
from tests import factories

HEADERS = [["Content-Type", "text/csv"], ["X-Rows", "2"], ["content-length", "7"]]


@pytest.fixture
def iris(database: str) -> DeploymentCard:  # noqa: ARG001 -- it lies there
    return factories.deployment()


def completed(card: DeploymentCard, **values: Any) -> str:
    same = {"answer_status": 201, "answer_headers": HEADERS, "finished_at": clock.now(), "attempts": 1}
    return factories.call(card, status=CallStatus.COMPLETED, **{**same, **values})


def test_the_answer_is_the_model_s_own(iris: DeploymentCard) -> None:
    found = results.result(iris.slug, completed(iris, answer=b"a,b\n1,2"))
    assert (found.status, found.content_type, found.size) == (201, "text/csv", 7)
    assert found.headers == [("X-Rows", "2")]
    assert b"".join(found.pieces) == b"a,b\n1,2"


def test_an_empty_answer_is_an_answer(iris: DeploymentCard) -> None:
    found = results.result(iris.slug, completed(iris, answer_status=204, answer_headers=[]))
    assert (found.status, found.content_type, found.size, list(found.pieces)) == (204, "", 0, [])


def test_a_long_answer_is_read_in_pieces(iris: DeploymentCard) -> None:
    body = bodies.Body("c_x.answer-1")
    body.add(b"y" * 1_000_000)
    stored = body.store()
    found = results.result(iris.slug, completed(iris, answer_file=stored.file, answer_size=stored.size))
    pieces = list(found.pieces)
    assert (found.size, sum(map(len, pieces))) == (1_000_000, 1_000_000)
    assert max(map(len, pieces)) <= bodies.PIECE_BYTES


@pytest.mark.parametrize(
    ("values", "error", "code"),
    [
        ({"status": CallStatus.QUEUED}, Conflict, "call_not_finished"),
        ({"status": CallStatus.RUNNING}, Conflict, "call_not_finished"),
        ({"status": CallStatus.CANCELED, "reason": CallReason.CANCELED}, Gone, "call_was_canceled"),
        ({"status": CallStatus.ERROR, "reason": CallReason.NOT_READY}, Gone, "call_failed"),
        ({"status": CallStatus.COMPLETED, "answer_file": "aa/gone", "answer_size": 9}, Gone, "call_expired"),
    ],
)
def test_without_an_answer_the_error_says_why(
    iris: DeploymentCard, values: dict[str, Any], error: type[AppError], code: str
) -> None:
    with pytest.raises(error) as caught:
        results.result(iris.slug, factories.call(iris, **values))
    assert caught.value.code == code


def test_calls_of_others_and_forgotten_ones(iris: DeploymentCard) -> None:
    other = completed(factories.deployment())
    old = names.new_call_id(clock.now() - timedelta(days=4))
    for ask in (results.result, results.status):
        with pytest.raises(NotFound):
            ask(iris.slug, other)
        with pytest.raises(NotFound):
            ask("nowhere", other)
        with pytest.raises(Gone):
            ask(iris.slug, old)


def test_only_editors_see_answers(iris: DeploymentCard) -> None:
    call_id = completed(iris, answer=b"secret")
    with pytest.raises(Forbidden):
        results.viewer_result(factories.viewer(Role.VIEWER), iris.slug, call_id)
    assert list(results.viewer_result(factories.viewer(), iris.slug, call_id).pieces) == [b"secret"]


def test_a_deleted_deployment_s_answers_can_still_be_read(iris: DeploymentCard) -> None:
    call_id = completed(iris, answer=b"x")
    deployments.delete(factories.viewer(), iris.slug)
    assert list(results.result(iris.slug, call_id).pieces) == [b"x"]


def test_the_status_says_how_far_a_call_is(iris: DeploymentCard) -> None:
    now = clock.now()
    call_id = factories.call(iris, reason=CallReason.NOT_READY, attempts=1, created_at=now)
    address = f"{settings().gateway}/{iris.slug}/-/calls/{call_id}"
    assert json.loads(json.dumps(results.status(iris.slug, call_id))) == {
        "request_id": call_id,
        "status": "queued",
        "attempts": 1,
        "created_at": now.isoformat().replace("+00:00", "Z"),
        "started_at": None,
        "finished_at": None,
        "status_url": address,
        "result_url": f"{address}/result",
    }


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"status": CallStatus.COMPLETED, "answer_status": 404}, {"status": "completed", "response_status": 404}),
        ({"status": CallStatus.ERROR, "reason": CallReason.TIMED_OUT}, {"status": "error", "reason": "timed_out"}),
        ({"status": CallStatus.CANCELED, "reason": CallReason.CANCELED}, {"status": "canceled", "reason": "canceled"}),
    ],
)
def test_the_status_of_a_call_that_has_ended(
    iris: DeploymentCard, values: dict[str, Any], told: dict[str, object]
) -> None:
    found = results.status(iris.slug, factories.call(iris, finished_at=clock.now(), **values))
    assert {name: found[name] for name in ("status", "reason", "response_status") if name in found} == told
