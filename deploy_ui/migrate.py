"""Brings the database's tables up to date."""

import fcntl

from alembic.config import Config

from alembic import command
from deploy_ui.build_pages import ROOT
from deploy_ui.settings import settings


def config() -> Config:
    """Return alembic's configuration for the database of the settings."""
    made = Config(ROOT / "alembic.ini")
    made.set_main_option("script_location", str(ROOT / "alembic").replace("%", "%%"))
    made.attributes["url"] = settings().database
    return made


def upgrade() -> None:
    """Create or upgrade all tables. Two processes of one machine take turns; run again it does nothing."""
    settings().data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings().data_dir / "migrate.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        command.upgrade(config(), "head")
