"""Alerts: rules, with those that every deployment begins with, what fired, who is told, and what of."""

import sqlalchemy as sa

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DEFAULTS = (
    ("error_rate", 0.05, 5, 20),
    ("not_ready", 0.0, 5, 0),
    ("crash_loop", 3.0, 10, 0),
    ("memory", 0.95, 5, 0),
    ("build_failed", 0.0, 0, 0),
)
"""As `deploy_ui.services.alerts.templates` had them when this was written."""
BEGIN = """
INSERT INTO alert_rule
    (deployment_id, kind, threshold, minutes, least_requests, enabled, muted_by, phase, held_s)
SELECT id, :kind, :threshold, :minutes, :least, :enabled, '', 'quiet', 0 FROM deployment WHERE wish <> 'delete'
"""
TABLES = ("alert_notice", "alert_receiver", "alert", "alert_rule")


def upgrade() -> None:
    """Go forward."""
    _create_rules()
    _create_alerts()
    _create_receivers()
    _create_notices()
    for kind, threshold, minutes, least in DEFAULTS:
        values = {"kind": kind, "threshold": threshold, "minutes": minutes, "least": least, "enabled": True}
        op.get_bind().execute(sa.text(BEGIN), values)


def downgrade() -> None:
    """Go back."""
    for table in TABLES:
        op.drop_table(table)


def _create_rules() -> None:
    op.create_table(
        "alert_rule",
        *(_whole("id"), _whole("deployment_id"), _word("kind"), _number("threshold"), _whole("minutes")),
        *(_whole("least_requests"), _flag("enabled"), _moment("muted_at", nullable=True)),
        *(_moment("muted_until", nullable=True), _text("muted_by"), _word("phase"), _number("held_s")),
        _number("value", nullable=True),
        _owner("alert_rule", "deployment_id", "deployment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rule")),
    )
    op.create_index(op.f("ix_alert_rule_deployment_id"), "alert_rule", ["deployment_id"])
    op.create_index(op.f("ix_alert_rule_phase"), "alert_rule", ["phase"])


def _create_alerts() -> None:
    op.create_table(
        "alert",
        *(_whole("id"), _whole("deployment_id"), _whole("rule_id"), _word("kind"), _number("threshold")),
        *(_whole("minutes"), _moment("fired_at"), _moment("ended_at", nullable=True), _word("outcome", nullable=True)),
        *(_text("ended_by"), _number("value", nullable=True), _number("worst", nullable=True), _flag("told")),
        *(_flag("left_out"), _number("silent_s")),
        _owner("alert", "deployment_id", "deployment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index("ix_alert_recent", "alert", ["deployment_id", "id"])
    op.create_index(op.f("ix_alert_rule_id"), "alert", ["rule_id"])
    op.create_index(op.f("ix_alert_ended_at"), "alert", ["ended_at"])


def _create_receivers() -> None:
    op.create_table(
        "alert_receiver",
        *(_whole("id"), _whole("deployment_id"), _word("kind"), _text("address_sealed"), _text("shown")),
        *(_text("language"), _moment("created_at"), _whole("created_by"), _moment("tried_at", nullable=True)),
        *(_flag("delivered"), _text("message")),
        _owner("alert_receiver", "deployment_id", "deployment"),
        _owner("alert_receiver", "created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_receiver")),
    )
    op.create_index(op.f("ix_alert_receiver_deployment_id"), "alert_receiver", ["deployment_id"])


def _create_notices() -> None:
    op.create_table(
        "alert_notice",
        *(_whole("id"), _whole("deployment_id")),
        *(_whole(each, nullable=True) for each in ("receiver_id", "alert_id")),
        *(_word("event"), sa.Column("facts", sa.JSON(), nullable=False), _moment("created_at"), _moment("due_at")),
        *(_whole("attempts"), _moment("done_at", nullable=True)),
        _owner("alert_notice", "deployment_id", "deployment"),
        _owner("alert_notice", "receiver_id", "alert_receiver"),
        _owner("alert_notice", "alert_id", "alert"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_notice")),
    )
    for column in ("deployment_id", "receiver_id", "alert_id"):
        op.create_index(op.f(f"ix_alert_notice_{column}"), "alert_notice", [column])
    op.create_index("ix_alert_notice_due", "alert_notice", ["done_at", "due_at"])


def _owner(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _word(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=32), nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
