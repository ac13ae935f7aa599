"""Calls of a deployment, and its tab of calls without the browser."""

from datetime import datetime, timedelta
from typing import Any

from deploy_ui import clock
from deploy_ui.enums import CallStatus
from deploy_ui.services.cards import DeploymentCard
from tests import factories
from tests.states.tab import Tab, names


def ago(seconds: float) -> datetime:
    return clock.now() - timedelta(seconds=seconds)


def made(card: DeploymentCard, age_s: float = 0, status: CallStatus = CallStatus.QUEUED, **values: Any) -> str:
    """Let the deployment have a call of this age."""
    ended: dict[str, Any] = {"finished_at": ago(age_s)} if status.ended else {}
    return factories.call(card, status=status, created_at=ago(age_s), **ended, **values)


def shown(tab: Tab) -> list[str]:
    return names(tab["CallsState.rows"], "id")


async def opened(tab: Tab, card: DeploymentCard, query: str = "") -> None:
    await tab.card(card.slug, "calls", query)
    await tab.sees(lambda seen: seen["CallsState.loaded"] and seen["CallsState.asked"].slug == card.slug)
