"""Brings the database's tables up to date."""

import fcntl
from pathlib import Path

from alembic.config import Config

from alembic import command
from deploy_ui.settings import settings

PROJECT = Path(__file__).resolve().parent.parent


def config() -> Config:
    """Return alembic's configuration for the database of the settings."""
    made = Config(PROJECT / "alembic.ini")
    made.set_main_option("script_location", str(PROJECT / "alembic").replace("%", "%%"))
    made.attributes["url"] = settings().database
    return made


def upgrade() -> None:
    """Create or upgrade all tables. Two processes of one machine take turns; run again it does nothing."""
    settings().data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings().data_dir / "migrate.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        command.upgrade(config(), "head")
