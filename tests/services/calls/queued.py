"""Deployments that have calls to deliver, and the calls."""

from typing import Any

from sqlmodel import col, select

from deploy_ui.db import reading
from deploy_ui.enums import InstanceStatus, Phase
from deploy_ui.ids import new_id
from deploy_ui.models import Attempt, Call, Content
from deploy_ui.services.deployments import DeploymentCard
from tests import factories


def serving(*addresses: str, **values: Any) -> DeploymentCard:
    """Make a deployment with a ready instance at each address; `values` are fields of NewDeployment."""
    card = factories.deployment(**values)
    for address in addresses:
        factories.instance(card, new_id(6), status=InstanceStatus.READY, address=address)
    factories.seen(card, Phase.RUNNING, ready=len(addresses))
    return card


def call(card: DeploymentCard, **values: Any) -> str:
    """Let a call wait for its turn; `values` as in `factories.call`. Return its id."""
    return factories.call(card, **values)


def attempts(call_id: str) -> list[Attempt]:
    """Return the attempts that are over, oldest first."""
    with reading() as session:
        query = select(Attempt).join(Call).where(Call.id == call_id).order_by(col(Attempt.number))
        return list(session.exec(query))


def answer(call_id: str) -> bytes:
    """Return the answer as far as it is kept in the database."""
    with reading() as session:
        query = select(Content.data).join(Call).where(Call.id == call_id, col(Content.answer))
        return session.exec(query).one()
