"""Revisions, and when an instance began to load."""

import sqlalchemy as sa

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CONFIGURATION = ("image_id", "cpu", "memory_mb", "gpu", "concurrency", "ready_path", "env_sealed")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "revision",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("image_id", sa.String(), nullable=False),
        sa.Column("cpu", sa.Float(), nullable=False),
        sa.Column("memory_mb", sa.Integer(), nullable=False),
        sa.Column("gpu", sa.Integer(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("ready_path", sa.String(), nullable=False),
        sa.Column("env_sealed", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_revision_created_by")),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_revision_deployment_id")),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_revision_image_id")),
        sa.PrimaryKeyConstraint("deployment_id", "number", name=op.f("pk_revision")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revision_image_id"), ["image_id"], unique=False)
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("loading_at", sa.DateTime(timezone=True), nullable=True))
    _record_what_is_wanted()


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.drop_column("loading_at")
    op.drop_table("revision")


def _record_what_is_wanted() -> None:
    """Make the wanted revision of every deployment that is there: the only one that is known."""
    old = sa.table(
        "deployment",
        *map(sa.column, ("id", "revision", *CONFIGURATION, "changed_at", "changed_by", "phase", "phase_since")),
    )
    names = ("deployment_id", "number", *CONFIGURATION, "created_at", "created_by", "ready_at", "reason", "message")
    new = sa.table("revision", *map(sa.column, names))
    ready_at = sa.case((old.c.phase == "running", old.c.phase_since))
    same = [old.c[name] for name in CONFIGURATION]
    values = (old.c.id, old.c.revision, *same, old.c.changed_at, old.c.changed_by, ready_at)
    op.execute(sa.insert(new).from_select(names, sa.select(*values, sa.literal(""), sa.literal(""))))
