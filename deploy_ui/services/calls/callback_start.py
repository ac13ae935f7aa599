"""How a call that ends asks for its callback: part of the write that ends it."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, literal
from sqlmodel import col

from deploy_ui.enums import CallbackStatus
from deploy_ui.models import Call
from deploy_ui.models.columns import Moment, word


def begin(now: datetime) -> dict[str, Any]:
    """Return values for an UPDATE of calls that end now: those with an address are due, the others stay as they are.

    They are expressions on the row, so one UPDATE may end many calls: `update(Call).where(…).values(…, **begin(now))`.
    """
    wanted = col(Call.callback_url) != ""
    pending = literal(CallbackStatus.PENDING, word(CallbackStatus))
    return {
        "callback_status": case((wanted, pending), else_=col(Call.callback_status)),
        "callback_due_at": case((wanted, literal(now, Moment)), else_=col(Call.callback_due_at)),
    }
