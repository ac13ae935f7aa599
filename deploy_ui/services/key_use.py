"""How often keys are used: counted by the hour from what the gateway wrote. No person asks here."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, or_, select, update

from deploy_ui.db import transaction
from deploy_ui.gateway.routes import KeyUse
from deploy_ui.models import Key, KeyHour

DAY = timedelta(hours=24)
KEPT = timedelta(days=2)


def note(uses: Iterable[KeyUse]) -> None:
    """Add what was used; the console's own keys have no row and are passed over. One process notes at a time."""
    wanted = list(uses)
    with transaction() as session:
        known = set(session.exec(select(Key.id).where(col(Key.id).in_({each.key for each in wanted}))))
        for use in wanted:
            if use.key in known:
                _add(session, use)


def calls(session: Session, keys: Collection[str], now: datetime) -> dict[str, int]:
    """Return how often each of these keys was used in the last 24 hours, the present one included; unused are left out.

    Whole hours are counted, so the first of them may lie up to an hour further back.
    """
    since = KeyUse("", "", now).hour - DAY
    query = (
        select(KeyHour.key_id, func.sum(KeyHour.calls))
        .where(col(KeyHour.key_id).in_(keys), col(KeyHour.hour) > since)
        .group_by(col(KeyHour.key_id))
    )
    return {key: int(number) for key, number in session.exec(query)}


def forget_old(now: datetime) -> None:
    """Drop the hours that nobody asks for any more."""
    with transaction() as session:
        session.exec(delete(KeyHour).where(col(KeyHour.hour) < now - KEPT))


def _add(session: Session, use: KeyUse) -> None:
    known = col(Key.last_used_at)
    newer = update(Key).where(col(Key.id) == use.key, or_(known.is_(None), known < use.at))
    session.exec(newer.values(last_used_at=use.at))
    hour = session.get(KeyHour, (use.key, use.hour))
    if hour is None:
        session.add(KeyHour(key_id=use.key, hour=use.hour, calls=use.calls))
    else:
        hour.calls += use.calls
