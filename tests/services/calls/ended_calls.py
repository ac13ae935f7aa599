"""Calls as the database knows them."""

from sqlmodel import select

from deploy_ui.db import transaction
from deploy_ui.models import Call


def row(call_id: str) -> Call:
    """Return the call as it is now."""
    with transaction() as session:
        return session.exec(select(Call).where(Call.id == call_id)).one()
