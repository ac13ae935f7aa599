"""Alerts: what is watched of a deployment, what went wrong and when, who is told, and what they are yet to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from deploy_ui.enums.alerts import AlertEnd, AlertKind, AlertPhase, NoticeEvent, ReceiverKind
from deploy_ui.models.columns import Moment, word


class AlertRule(SQLModel, table=True):
    """What people ask for is written by `services.alerts.rules`; how it stands by the monitor only."""

    __tablename__ = "alert_rule"

    id: int = Field(default=None, primary_key=True)
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    kind: AlertKind = Field(sa_type=word(AlertKind))
    threshold: float = 0.0
    """What must be exceeded; what it counts depends on the kind. 0 for kinds that have none."""
    minutes: int = 0
    """Over which is measured, or for which it must be so; 0 for kinds that have neither."""
    least_requests: int = 0
    """With fewer of them within these minutes nothing is said."""
    enabled: bool = True
    muted_at: datetime | None = Field(default=None, sa_type=Moment)
    """None: it is not muted."""
    muted_until: datetime | None = Field(default=None, sa_type=Moment)
    """None of one that is muted: until somebody unmutes it."""
    muted_by: str = ""

    phase: AlertPhase = Field(default=AlertPhase.QUIET, index=True, sa_type=word(AlertPhase))
    held_s: float = 0.0
    """Of one that is pending: for how long. Of one that fires: how long all has been well. Counted by the monitor's
    own looks, so that a clock that jumps changes nothing."""
    value: float | None = None
    """What was measured at the last look that changed anything; None: nothing to measure."""


class Alert(SQLModel, table=True):
    """One time that a rule fired; written by the monitor, and ended by people who take its rule away.

    The rule may be gone, so what it was is repeated here.
    """

    __table_args__ = (Index("ix_alert_recent", "deployment_id", "id"),)

    id: int = Field(default=None, primary_key=True)
    deployment_id: int = Field(foreign_key="deployment.id")
    rule_id: int = Field(index=True)
    """Of a rule that may be gone."""
    kind: AlertKind = Field(sa_type=word(AlertKind))
    threshold: float
    minutes: int
    fired_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, index=True, sa_type=Moment)
    outcome: AlertEnd | None = Field(default=None, sa_type=word(AlertEnd))
    ended_by: str = ""
    """The person who took the rule away; empty: it ended by itself."""
    value: float | None = None
    """The newest."""
    worst: float | None = None
    told: bool = False
    """Whether anybody was sent a notice of it."""
    left_out: bool = False
    """Whether nobody was, because there were too many notices; reset by the next notice, which says so."""
    silent_s: float = 0.0
    """Seconds of looks since the last notice."""


class AlertReceiver(SQLModel, table=True):
    """Who is told of a deployment's alerts."""

    __tablename__ = "alert_receiver"

    id: int = Field(default=None, primary_key=True)
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    kind: ReceiverKind = Field(sa_type=word(ReceiverKind))
    address_sealed: str
    """Sealed by `deploy_ui.vault`: addresses of webhooks hold secrets."""
    shown: str
    """What may be shown of it: a webhook's host, the whole of an e-mail address."""
    language: str
    created_at: datetime = Field(sa_type=Moment)
    created_by: int = Field(foreign_key="person.id")
    tried_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was last tried to tell them anything."""
    delivered: bool = False
    """Whether that try was taken."""
    message: str = ""
    """What it met with; the machine's own words."""


class AlertNotice(SQLModel, table=True):
    """One thing to tell one receiver; it goes when it was told or given up, but stays long enough to be counted."""

    __tablename__ = "alert_notice"
    __table_args__ = (Index("ix_alert_notice_due", "done_at", "due_at"),)

    id: int = Field(default=None, primary_key=True)
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    receiver_id: int | None = Field(default=None, foreign_key="alert_receiver.id", index=True)
    """None of one that was removed."""
    alert_id: int | None = Field(default=None, foreign_key="alert.id", index=True)
    """None: it is a test."""
    event: NoticeEvent = Field(sa_type=word(NoticeEvent))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What was known when it was made."""
    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    """Before that it is not tried (again)."""
    attempts: int = 0
    done_at: datetime | None = Field(default=None, sa_type=Moment)
