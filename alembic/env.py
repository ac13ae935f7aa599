"""How alembic reaches the database: the same address as the product, in one transaction."""

from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

import deploy_ui.models  # noqa: F401 -- registers the tables
from alembic import context
from deploy_ui.settings import settings

TURN = 20_641
"""The number of our lock: any that no other program on the same database takes."""


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column types down as what they are made of, so that a revision never imports the product."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def migrate() -> None:
    """Run the revisions that are asked for."""
    engine = create_engine(context.config.attributes.get("url") or settings().database, poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":  # processes of several machines take turns
                connection.execute(text(f"SELECT pg_advisory_xact_lock({TURN})"))
            context.run_migrations()


migrate()
