"""Column types that read back what was written, on SQLite and on PostgreSQL alike."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

LONGEST_WORD = 32
BIG = BigInteger().with_variant(Integer, "sqlite")
"""For keys of tables that grow by millions; SQLite's own integers are as big, and count by themselves only as such."""

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Named, so that a later migration can drop them on either database."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. A naive one is a mistake and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy passes it
        """Turn the value to UTC: SQLite stores no zone."""
        if value is not None and value.tzinfo is None:
            message = f"a time without a zone: {value}"
            raise ValueError(message)
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy passes it
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A member of one closed list, stored as its value."""

    impl = String(LONGEST_WORD)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002 -- SQLAlchemy passes it
        """Refuse what is not in the list."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 -- SQLAlchemy passes it
        """Return the member."""
        return None if value is None else self.words(value)


def word(words: type[StrEnum]) -> Any:
    """Return the column type for one list; `Any` because SQLModel's `sa_type` is declared for classes only."""
    return Word(words)
