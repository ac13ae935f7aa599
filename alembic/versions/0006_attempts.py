"""Attempts by when they ended, for the monitor that counts them."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index(op.f("ix_attempt_ended_at"), "attempt", ["ended_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_attempt_ended_at"), "attempt")
