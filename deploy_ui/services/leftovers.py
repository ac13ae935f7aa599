"""Removes from the disk what no image and no instance needs any more."""

import shutil
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from deploy_ui.builds import environments, lock
from deploy_ui.builds import log as build_log
from deploy_ui.db import reading
from deploy_ui.enums import ENDED_STATUSES, ImageStatus
from deploy_ui.models import Image, Instance
from deploy_ui.services import uploads
from deploy_ui.settings import settings

STRAY_FOR = timedelta(hours=1)
"""How old a folder that belongs to no image must be: an upload moves it into place just before it writes the row."""


def remove(now: datetime) -> None:
    """Remove files of deleted images, environments that nothing uses, and what killed uploads left.

    For the controller's janitor, every few minutes. What an instance still runs on is kept.
    """
    if not settings().images_dir.is_dir():
        return
    with reading() as session:
        _remove_images(session, now)
        environments.remove_unused(_used_environments(session), now)
    uploads.sweep(now)
    lock.forget(now.timestamp())


def _remove_images(session: Session, now: datetime) -> None:
    running = set(session.exec(_running_images()))
    for folder in settings().images_dir.iterdir():
        if folder.name == uploads.STAGING or folder.name in running:
            continue
        image = session.get(Image, folder.name)
        stray = image is None and now.timestamp() - folder.stat().st_ctime > STRAY_FOR.total_seconds()
        deleted = image is not None and image.deleted_at is not None and image.status != ImageStatus.BUILDING
        if stray or deleted:
            shutil.rmtree(folder, ignore_errors=True)
            build_log.path_of(folder.name).unlink(missing_ok=True)


def _used_environments(session: Session) -> set[str]:
    used = or_(col(Image.deleted_at).is_(None), col(Image.id).in_(_running_images()))
    return set(session.exec(select(Image.environment).where(used)))


def _running_images() -> SelectOfScalar[str]:
    return select(Instance.image_id).where(col(Instance.status).not_in(ENDED_STATUSES))
