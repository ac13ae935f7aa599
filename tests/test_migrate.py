import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.pool import NullPool
from sqlmodel import select

from alembic import command
from deploy_ui import migrate
from deploy_ui.db import engine, reading, transaction
from deploy_ui.enums import Role
from deploy_ui.models import Deployment, Person
from deploy_ui.settings import settings
from tests import factories


def test_migrating_twice_does_nothing(database: str, data_dir: Path) -> None:
    before = (data_dir / "deploy-ui.db").read_bytes()
    migrate.upgrade()
    assert (data_dir / "deploy-ui.db").read_bytes() == before
    assert database == settings().database


def test_parts_that_migrate_at_once_take_turns(data_dir: Path) -> None:
    command = [sys.executable, "-c", "from deploy_ui.migrate import upgrade; upgrade()"]
    parts = [subprocess.Popen(command, cwd=migrate.PROJECT) for _ in range(2)]
    assert [part.wait(timeout=60) for part in parts] == [0, 0]
    assert (data_dir / "deploy-ui.db").exists()


def test_every_revision_can_be_taken_back(database: str) -> None:
    command.downgrade(migrate.config(), "base")
    tables = inspect(create_engine(database, poolclass=NullPool)).get_table_names()
    assert tables == ["alembic_version"]


def test_a_data_folder_that_is_new_is_the_owners_only(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_UI_DATA_DIR", str(tmp_path / "new" / "data"))
    settings.cache_clear()
    migrate.upgrade()
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700
    assert list(data_dir.iterdir()) == []


@pytest.mark.usefixtures("database")
def test_words_are_stored_as_their_values_and_read_back_as_members() -> None:
    factories.viewer(Role.ADMIN)
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT role FROM person").scalar() == "admin"
    with reading() as session:
        assert session.exec(select(Person.role)).one() is Role.ADMIN


@pytest.mark.usefixtures("database")
def test_a_word_that_is_not_in_the_list_is_refused() -> None:
    viewer = factories.viewer()
    with pytest.raises(StatementError), transaction() as session:
        session.get_one(Person, viewer.person_id).role = "emperor"  # type: ignore[assignment]


@pytest.mark.usefixtures("database")
def test_moments_come_back_in_utc() -> None:
    viewer = factories.viewer()
    moscow = datetime(2030, 1, 1, 12, tzinfo=timezone(timedelta(hours=3)))
    with transaction() as session:
        session.get_one(Person, viewer.person_id).created_at = moscow
    with reading() as session:
        read = session.exec(select(Person.created_at)).one()
    assert (read, read.tzinfo) == (moscow, UTC)


@pytest.mark.usefixtures("database")
def test_a_moment_without_a_zone_is_refused() -> None:
    viewer = factories.viewer()
    with pytest.raises(StatementError, match="without a zone"), transaction() as session:
        session.get_one(Person, viewer.person_id).created_at = datetime(2030, 1, 1)  # noqa: DTZ001 -- on purpose


@pytest.mark.usefixtures("database")
def test_foreign_keys_hold_on_sqlite_too() -> None:
    factories.deployment()
    with pytest.raises(IntegrityError), transaction() as session:
        session.exec(select(Deployment)).one().image_id = "img_nothing"
