import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from alembic import command
from deploy_ui import migrate
from deploy_ui.build_pages import ROOT
from deploy_ui.services import deployments
from deploy_ui.services.alerts import rules
from deploy_ui.settings import settings
from tests import factories


def test_migrating_twice_does_nothing(database: str, data_dir: Path) -> None:
    before = (data_dir / "deploy-ui.db").read_bytes()
    migrate.upgrade()
    assert (data_dir / "deploy-ui.db").read_bytes() == before
    assert database == settings().database


def test_parts_that_migrate_at_once_take_turns(data_dir: Path) -> None:
    command = [sys.executable, "-c", "from deploy_ui.migrate import upgrade; upgrade()"]
    parts = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
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


def test_deployments_that_are_there_get_the_rules_that_new_ones_begin_with(database: str) -> None:
    assert database
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    gone = factories.deployment(viewer).slug
    deployments.delete(viewer, gone)
    begun = [replace(each, id=0) for each in rules.rows(viewer, slug)]
    command.downgrade(migrate.config(), "0004")
    migrate.upgrade()
    assert [replace(each, id=0) for each in rules.rows(viewer, slug)] == begun
    assert rules.rows(viewer, gone) == []
