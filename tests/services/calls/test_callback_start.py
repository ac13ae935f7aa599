from sqlalchemy import update
from sqlmodel import col

from deploy_ui import clock
from deploy_ui.db import transaction
from deploy_ui.enums import CallbackStatus, CallStatus
from deploy_ui.models import Call
from deploy_ui.services.calls import callback_start
from tests import factories
from tests.services.calls import ended_calls


def test_one_write_ends_calls_and_asks_for_the_callbacks_of_those_that_want_one(database: str) -> None:  # noqa: ARG001
    card, now = factories.deployment(), clock.now()
    wanting = factories.call(card, callback_url="https://example.org/hook")
    silent = factories.call(card)
    with transaction() as session:
        values = {"status": CallStatus.CANCELED, "finished_at": now, **callback_start.begin(now)}
        session.execute(update(Call).where(col(Call.id).in_([wanting, silent])).values(values))
    wants, is_silent = ended_calls.row(wanting), ended_calls.row(silent)
    assert (wants.callback_status, wants.callback_due_at) == (CallbackStatus.PENDING, now)
    assert (is_silent.callback_status, is_silent.callback_due_at) == (CallbackStatus.NONE, None)
