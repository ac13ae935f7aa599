from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from deploy_ui import clock, db
from deploy_ui.enums import CallPriority
from deploy_ui.models import Call
from deploy_ui.services import deployments
from deploy_ui.services.calls import changes, deliverers, turns
from deploy_ui.services.calls.turns import Asked
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.services.calls import queued
from tests.waiting import eventually


def held(session: Session, call_id: str) -> Call:
    return session.exec(select(Call).where(col(Call.id) == call_id).with_for_update(nowait=True)).one()


def somebody_waits() -> bool:
    with db.reading() as session:
        return bool(session.connection().scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def claim(_: Viewer, __: DeploymentCard) -> None:
    turns.turn(Asked(deliverers.begin(clock.now()), room=2), clock.now())


def cancel(by: Viewer, card: DeploymentCard) -> None:
    changes.cancel_many(by, card.slug, None)


def delete(by: Viewer, card: DeploymentCard) -> None:
    deployments.delete(by, card.slug)


def expire(_: Viewer, __: DeploymentCard) -> None:
    turns.turn(Asked(deliverers.begin(clock.now()), beat=True), clock.now() + timedelta(hours=1))


@pytest.mark.parametrize("change", [claim, cancel, delete, expire])
def test_of_several_calls_the_one_that_came_first_is_held_first(
    database: str, change: Callable[[Viewer, DeploymentCard], None]
) -> None:
    if database.startswith("sqlite"):
        pytest.skip("it has one writer at a time")
    by = factories.viewer()
    card = queued.serving("127.0.0.1:1", by=by, concurrency=4)
    soon = clock.now() + timedelta(minutes=5)
    first = queued.call(card, priority=CallPriority.LOW.rank, deadline_at=soon + timedelta(minutes=1))
    second = queued.call(card, priority=CallPriority.HIGH.rank, deadline_at=soon)
    with ThreadPoolExecutor() as pool:
        with db.transaction() as mine:
            held(mine, first)
            changing = pool.submit(change, by, card)
            eventually(somebody_waits)
            with db.transaction() as other:
                assert held(other, second)
        changing.result()
