"""What goes wrong between the network and the database leaves nobody waiting, and loses nothing that was committed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest

from deploy_ui import clock
from deploy_ui.acceptor.batches import Batches
from deploy_ui.errors import AppError, Unavailable
from deploy_ui.services.calls import bodies, intake, names
from deploy_ui.services.calls.bodies import MOST_IN_ROW, Body
from deploy_ui.services.calls.intake import Accepted, Request
from deploy_ui.services.calls.terms import Terms
from tests.services.calls import queued
from tests.services.calls.ended_calls import row

pytestmark = pytest.mark.usefixtures("database")


def long_request() -> Request:
    call_id = names.new_call_id(clock.now())
    body = Body(f"{call_id}.request")
    body.add(b"x" * (MOST_IN_ROW + 1))
    return Request(call_id, queued.serving("127.0.0.1:1").slug, "POST", "/", [], "", Terms(), body.store())


@pytest.fixture
async def batches() -> AsyncIterator[Batches]:
    made = Batches()
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_what_may_have_been_committed_keeps_its_body(batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    accept = intake.accept

    def breaks_after_the_commit(requests: Sequence[Request]) -> list[Accepted | AppError]:
        accept(requests)
        raise ConnectionError

    monkeypatch.setattr(intake, "accept", breaks_after_the_commit)
    request = long_request()
    with pytest.raises(Unavailable, match="calls_unavailable"):
        await batches.accept(request)
    assert row(request.id).body_file == request.body.file
    assert bodies.path_of(request.body.file).exists()


async def test_a_hint_or_a_file_that_fails_stops_nobody(batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(intake, "announce", fails)
    monkeypatch.setattr(bodies, "remove", fails)
    for _ in range(3):
        assert (await batches.accept(long_request())).is_new
    unknown = long_request()
    with pytest.raises(AppError, match="deployment_not_found"):
        await batches.accept(Request(unknown.id, "nobody", "POST", "/", [], "", Terms(), unknown.body))
    assert (await batches.accept(long_request())).is_new
