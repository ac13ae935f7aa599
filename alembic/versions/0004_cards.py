"""READMEs, sent test requests, how often keys are used, which variables may be shown, and more of an image."""

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("key_hour", "sent_trial", "readme_file", "readme_version", "readme")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEW_COLUMNS = (
    ("key", "replaced_by", sa.String(), ""),
    ("deployment", "env_open", sa.JSON(), "[]"),
    ("revision", "env_open", sa.JSON(), "[]"),
    ("image", "packages_bytes", BIG, "0"),
    ("image", "python", sa.String(), ""),
    ("image", "rebuilt_from", sa.String(), ""),
)


def upgrade() -> None:
    """Go forward."""
    _create_readmes()
    _create_trials()
    op.create_table(
        "key_hour",
        *(_text("key_id"), _moment("hour"), _whole("calls")),
        sa.ForeignKeyConstraint(["key_id"], ["key.id"], name=op.f("fk_key_hour_key_id")),
        sa.PrimaryKeyConstraint("key_id", "hour", name=op.f("pk_key_hour")),
    )
    op.create_index(op.f("ix_key_hour_hour"), "key_hour", ["hour"])
    for table, name, kind, default in NEW_COLUMNS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("image", schema=None) as batch_op:  # environments of more than 2 GiB are usual
        batch_op.alter_column("size_bytes", existing_type=sa.Integer(), type_=BIG, existing_nullable=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.alter_column("size_bytes", existing_type=BIG, type_=sa.Integer(), existing_nullable=False)
    for table, name, _, _ in reversed(NEW_COLUMNS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(name)
    for table in TABLES:
        op.drop_table(table)


def _create_readmes() -> None:
    op.create_table(
        "readme",
        *(_whole("id"), _whole("deployment_id", nullable=True), sa.Column("image_id", sa.String(), nullable=True)),
        *(_whole("version"), sa.Column("link_hash", sa.String(), nullable=True), _text("link_sealed")),
        *(_moment("published_at", nullable=True), _whole("published_by", nullable=True)),
        _owner("readme", "deployment_id", "deployment"),
        _owner("readme", "image_id", "image"),
        _owner("readme", "published_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readme")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_readme_{name}"))
            for name in ("deployment_id", "image_id", "link_hash")
        ),
    )
    op.create_table(
        "readme_version",
        *(_whole("readme_id"), sa.Column("number", sa.Integer(), autoincrement=False, nullable=False)),
        *(sa.Column("text", sa.Text(), nullable=False), _whole("size"), _moment("created_at"), _whole("created_by")),
        _whole("restored_from", nullable=True),
        _owner("readme_version", "readme_id", "readme"),
        _owner("readme_version", "created_by", "person"),
        sa.PrimaryKeyConstraint("readme_id", "number", name=op.f("pk_readme_version")),
    )
    op.create_table(
        "readme_file",
        *(_whole("readme_id"), _text("name"), _text("media_type"), _whole("size"), _text("digest")),
        *(_moment("created_at"), _whole("created_by")),
        _owner("readme_file", "readme_id", "readme"),
        _owner("readme_file", "created_by", "person"),
        sa.PrimaryKeyConstraint("readme_id", "name", name=op.f("pk_readme_file")),
    )


def _create_trials() -> None:
    op.create_table(
        "sent_trial",
        *(_whole("id"), _whole("deployment_id"), _whole("person_id"), _text("name"), _text("request_sealed")),
        *(_text("body_sealed"), _moment("sent_at"), _moment("ended_at", nullable=True)),
        *(_whole("status", nullable=True), _whole("duration_ms"), _text("request_id"), _text("instance")),
        _text("call_id"),
        _owner("sent_trial", "deployment_id", "deployment"),
        _owner("sent_trial", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_trial")),
    )
    op.create_index(op.f("ix_sent_trial_deployment_id"), "sent_trial", ["deployment_id"])
    op.create_index("ix_sent_trial_owner", "sent_trial", ["person_id", "deployment_id", "id"])


def _owner(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
