"""Asynchronous calls, and the number of the secret that their callbacks are signed with."""

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "deliverer", _text("id"), _moment("beat_at"), sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverer"))
    )
    _create_calls()
    op.create_table(
        "attempt",
        _big("call_number"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(_moment("started_at"), _moment("ended_at"), _text("instance"), _whole("status", nullable=True)),
        *(_word("reason"), _text("message")),
        sa.ForeignKeyConstraint(["call_number"], ["call.number"], name=op.f("fk_attempt_call_number")),
        sa.PrimaryKeyConstraint("call_number", "number", name=op.f("pk_attempt")),
    )
    op.create_table(
        "call_content",
        *(_big("call_number"), sa.Column("answer", sa.Boolean(), nullable=False)),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["call_number"], ["call.number"], name=op.f("fk_call_content_call_number")),
        sa.PrimaryKeyConstraint("call_number", "answer", name=op.f("pk_call_content")),
    )
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("callback_secret", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.alter_column("callback_secret", server_default=None)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.drop_column("callback_secret")
    for table in ("call_content", "attempt", "call", "deliverer"):
        op.drop_table(table)


def _create_calls() -> None:
    op.create_table(
        "call",
        *(_big("number"), _text("id"), _whole("deployment_id"), _word("status"), _word("reason"), _whole("priority")),
        *(_text("method"), _text("path"), sa.Column("headers", sa.JSON(), nullable=False), _whole("body_size")),
        *map(_text, ("body_hash", "body_file", "key_id", "retry_of")),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("request_timeout_s", sa.Float(), nullable=False),
        sa.Column("health_timeout_s", sa.Float(), nullable=False),
        *(_moment("deadline_at", nullable=True), _whole("max_attempts"), _moment("created_at"), _moment("due_at")),
        *(_moment("started_at", nullable=True), _moment("finished_at", nullable=True), _whole("attempts")),
        *(_moment("attempt_at", nullable=True), _text("instance"), _text("deliverer")),
        *(_whole("answer_status", nullable=True), sa.Column("answer_headers", sa.JSON(), nullable=False)),
        *(_whole("answer_size"), _text("answer_file"), _text("callback_url"), _word("callback_status")),
        *(_whole("callback_attempts"), _moment("callback_due_at", nullable=True), _text("callback_message")),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_call_deployment_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_call")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_id"), ["id"], unique=True)
        batch_op.create_index(batch_op.f("ix_call_finished_at"), ["finished_at"])
        batch_op.create_index("ix_call_callback", ["callback_status", "callback_due_at"])
        batch_op.create_index("ix_call_deadline", ["status", "deadline_at"])
        batch_op.create_index("ix_call_deliverer", ["deliverer"])
        batch_op.create_index("ix_call_recent", ["deployment_id", "created_at", "number"])
        batch_op.create_index("ix_call_status_recent", ["deployment_id", "status", "created_at", "number"])
        batch_op.create_index("ix_call_turn", ["status", "deployment_id", "priority", "number"])
        batch_op.create_index("uq_call_idempotency", ["deployment_id", "idempotency_key"], unique=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=32), nullable=False)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)
