from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import SQLModel, select

from deploy_ui import migrate
from deploy_ui.db import engine, reading, transaction
from deploy_ui.enums import Role
from deploy_ui.models import Deployment, Person
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def test_models_and_migrations_agree() -> None:
    migrate.upgrade()
    with engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_words_are_stored_as_their_values_and_read_back_as_members() -> None:
    factories.viewer(Role.ADMIN)
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT role FROM person").scalar() == "admin"
    with reading() as session:
        assert session.exec(select(Person.role)).one() is Role.ADMIN


def test_a_word_that_is_not_in_the_list_is_refused() -> None:
    viewer = factories.viewer()
    with pytest.raises(StatementError), transaction() as session:
        session.get_one(Person, viewer.person_id).role = "emperor"  # type: ignore[assignment]


def test_moments_come_back_in_utc() -> None:
    viewer = factories.viewer()
    moscow = datetime(2030, 1, 1, 12, tzinfo=timezone(timedelta(hours=3)))
    with transaction() as session:
        session.get_one(Person, viewer.person_id).created_at = moscow
    with reading() as session:
        read = session.exec(select(Person.created_at)).one()
    assert (read, read.tzinfo) == (moscow, UTC)


def test_a_moment_without_a_zone_is_refused() -> None:
    viewer = factories.viewer()
    with pytest.raises(StatementError, match="without a zone"), transaction() as session:
        session.get_one(Person, viewer.person_id).created_at = datetime(2030, 1, 1)  # noqa: DTZ001 -- on purpose


def test_foreign_keys_hold() -> None:
    factories.deployment()
    with pytest.raises(IntegrityError), transaction() as session:
        session.exec(select(Deployment)).one().image_id = "img_nothing"
