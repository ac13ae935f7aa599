"""Requests that people sent from the API test tab, to be looked at and sent again."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from deploy_ui.models.columns import Moment


class SentTrial(SQLModel, table=True):
    """One request of one person. What was sent is sealed: headers, queries and bodies may hold secrets."""

    __tablename__ = "sent_trial"
    __table_args__ = (Index("ix_sent_trial_owner", "person_id", "deployment_id", "id"),)

    id: int = Field(default=None, primary_key=True)
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    name: str = ""
    """Given by the person who wants to keep it; empty: only the newest of these stay."""
    request_sealed: str
    """Method, path, headers and the kind of body, sealed by `deploy_ui.vault`; values of key headers are left out."""
    body_sealed: str = ""
    """The body as far as it is text and short enough to be kept."""
    sent_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    """None: it was broken off, or its answer is still coming."""
    status: int | None = None
    """The answer's; None: there was none."""
    duration_ms: int = 0
    request_id: str = ""
    instance: str = ""
    """The one that answered; empty: the gateway did, or it is not known."""
    call_id: str = ""
    """The asynchronous call that this became."""
