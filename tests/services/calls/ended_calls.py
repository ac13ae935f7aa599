"""Calls as the product would have written them."""

from typing import Any

from sqlmodel import select

from deploy_ui import clock
from deploy_ui.db import transaction
from deploy_ui.models import Call, Content
from deploy_ui.services.calls import names
from deploy_ui.services.deployments import DeploymentCard


def call(card: DeploymentCard, *, answer: bytes | None = None, **values: Any) -> str:
    """Let a deployment have a call; `values` are fields of the row. Return its id."""
    now = clock.now()
    fields: dict[str, Any] = {
        "id": names.new_call_id(now),
        "deployment_id": card.id,
        "method": "POST",
        "path": "/predict",
        "request_timeout_s": 300.0,
        "health_timeout_s": 120.0,
        "max_attempts": 5,
        "created_at": now,
        "due_at": now,
        **values,
    }
    made = Call(**fields)
    with transaction() as session:
        session.add(made)
        session.flush()
        if answer is not None:
            session.add(Content(call_number=made.number, answer=True, data=answer))
            made.answer_size = len(answer)
    return made.id


def row(call_id: str) -> Call:
    """Return the call as it is now."""
    with transaction() as session:
        return session.exec(select(Call).where(Call.id == call_id)).one()
