"""Holds several calls: everybody who does it takes them in one order, so that nobody waits for another in a circle."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col, select

from deploy_ui.enums import CallStatus
from deploy_ui.models import Call

ORDER = col(Call.number)


def hold(session: Session, chosen: Collection[int] | Any, status: CallStatus) -> list[int]:
    """Hold the chosen calls; return the numbers of those that still have this status once they are held.

    `chosen` may be a query for numbers. The status is no condition of the query here: SQLite would go through all calls
    that have it instead of looking up the few.
    """
    query = select(Call.number, Call.status).where(col(Call.number).in_(chosen)).order_by(ORDER).with_for_update()
    return [number for number, found in session.exec(query) if found == status]
