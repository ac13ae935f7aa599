"""Builds as the worker and the controller see them: who builds what, how far it is, how it ended.

A try to build holds a claim with its number, which counts only while the image is being built by this very try: one
that was given up and comes back to life writes nothing any more.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from deploy_ui import vault
from deploy_ui.builds import hold
from deploy_ui.builds.base import BuildSpec, Built
from deploy_ui.db import engine, reading, transaction
from deploy_ui.enums import BuildStep, ImageStatus
from deploy_ui.models import Image
from deploy_ui.queue import Job, enqueue, waiting
from deploy_ui.services import images
from deploy_ui.settings import settings

LOST_AFTER = timedelta(seconds=15)
"""A worker of another machine that has not renewed its heartbeat for so long is gone."""
ASK_AGAIN_AFTER = timedelta(seconds=4)
"""A queued build that no queue knows of so long after it was asked for is asked for again."""
LOST = "lost_workers"
"""The fact that counts workers which went away while building, until the build ends."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """The right to build an image, until somebody else takes it."""

    image_id: str
    attempt: int
    spec: BuildSpec


def warm_up() -> None:
    """Load and compile what a look at the database needs, for processes that are forked from this one."""
    try:
        with reading() as session:
            _locked(session, "")
    except SQLAlchemyError as error:
        log.warning("the database does not answer yet: %s", error)
    engine().dispose()  # a connection must not be shared with a fork


def claim(image_id: str, now: datetime) -> Claim | None:
    """Take a queued build; None if there is nothing to do."""
    with transaction() as session:
        image = _locked(session, image_id)
        if image is None or image.status != ImageStatus.QUEUED or image.deleted_at is not None:
            return None
        image.status = ImageStatus.BUILDING
        image.attempt += 1
        image.started_at = image.heartbeat_at = now
        image.steps = []
    images.tell(image_id)
    return _claim(image, now)


def beat(held: Claim, now: datetime) -> None:
    """Renew the heartbeat."""
    with transaction() as session:
        if image := _held(session, held):
            image.heartbeat_at = now


def wanted(held: Claim) -> bool:
    """Say whether the build should go on: it was not canceled, and nobody else took it over."""
    query = select(Image.cancel_requested).where(
        Image.id == held.image_id, Image.attempt == held.attempt, Image.status == ImageStatus.BUILDING
    )
    with reading() as session:
        return session.exec(query).first() is False


def begin_step(held: Claim, step: BuildStep, now: datetime) -> None:
    """Write down that a step begins; the one before ended well."""

    def change(image: Image) -> None:
        _end_step(image, now, ok=True)
        offset = round((now - (image.started_at or now)).total_seconds(), 3)
        image.steps = [*image.steps, {"step": step.value, "offset_s": offset, "duration_s": None, "ok": None}]

    _write(held, change)


def finish(held: Claim, built: Built, now: datetime) -> None:
    """Write down that the image is ready, unless a person canceled it at the last moment."""

    def change(image: Image) -> None:
        if image.cancel_requested:
            _end(image, ImageStatus.CANCELED, now)
            return
        _end(image, ImageStatus.READY, now)
        image.digest, image.environment, image.lock = built.digest, built.environment, built.lock
        image.size_bytes, image.packages_bytes = built.size_bytes, built.packages_bytes
        image.request_schema, image.python = built.request_schema, built.python
        image.files = [{**each, "sha256": built.hashes.get(each["path"], "")} for each in image.files]

    _write(held, change)


def fail(held: Claim, code: str, facts: Mapping[str, object], now: datetime) -> None:
    """Write down what the author, or the administrator, has to mend."""
    _write(held, lambda image: _end(image, ImageStatus.FAILED, now, code, facts))


def canceled(held: Claim, now: datetime) -> None:
    """Write down that the build ended because a person canceled it."""
    _write(held, lambda image: _end(image, ImageStatus.CANCELED, now))


def stale(now: datetime) -> list[str]:
    """Look after builds that nobody works on, and return those that were queued again.

    A build whose worker is gone is run again once, then given up; one that Redis has lost is asked for again.
    Safe to call at any time, from several processes.
    """
    with transaction() as session:
        building = select(Image).where(Image.status == ImageStatus.BUILDING).with_for_update(skip_locked=True)
        orphans = [image for image in session.exec(building) if _lost(image, now)]
        again = [image.id for image in orphans if _put_back(image, now)]
    for image in orphans:
        images.tell(image.id)
    again += _forgotten(now)
    for image_id in again:
        enqueue(Job.BUILD_IMAGE, image_id)
    return again


def _lost(image: Image, now: datetime) -> bool:
    """Say whether its worker is gone. A process knows better than a clock, which may be set."""
    held = hold.held(image.id)
    if held is not None:
        return not held
    return image.heartbeat_at is None or image.heartbeat_at < now - LOST_AFTER


def _put_back(image: Image, now: datetime) -> bool:
    """Take the build from a worker that is gone; say whether to run it again."""
    lost = int(image.facts.get(LOST, 0)) + 1
    log.warning("the worker that built %s is gone, for the %d. time", image.id, lost)
    if image.cancel_requested or image.deleted_at is not None:
        _end(image, ImageStatus.CANCELED, now)
    elif lost > 1:
        _end(image, ImageStatus.FAILED, now, "build_worker_lost")
    else:
        image.status, image.heartbeat_at = ImageStatus.QUEUED, now
        image.facts = {LOST: lost}
    return image.status == ImageStatus.QUEUED


def _forgotten(now: datetime) -> list[str]:
    """Return queued builds that the queue does not know of, and note that they were asked for now."""
    queued = select(Image).where(Image.status == ImageStatus.QUEUED, col(Image.deleted_at).is_(None))
    with reading() as session:
        old = [each.id for each in session.exec(queued) if _asked_at(each) < now - ASK_AGAIN_AFTER]
    known = waiting(Job.BUILD_IMAGE) if old else None
    if known is None:
        return []
    missing = sorted(set(old) - known)
    with transaction() as session:
        for image_id in missing:
            if (image := _locked(session, image_id)) and image.status == ImageStatus.QUEUED:
                image.heartbeat_at = now
    return missing


def _asked_at(image: Image) -> datetime:
    return max(image.created_at, image.heartbeat_at or image.created_at)


def _write(held: Claim, change: Callable[[Image], None]) -> None:
    """Change the row if the claim still holds; an older try writes nothing."""
    with transaction() as session:
        image = _held(session, held)
        if image is None:
            return
        change(image)
    images.tell(held.image_id)


def _end(
    image: Image, status: ImageStatus, now: datetime, code: str = "", facts: Mapping[str, object] | None = None
) -> None:
    _end_step(image, now, ok=status == ImageStatus.READY)
    image.status, image.reason, image.facts = status, code, dict(facts or {})
    image.finished_at = now


def _end_step(image: Image, now: datetime, *, ok: bool) -> None:
    """Close the running step, if there is one."""
    if not image.steps or image.steps[-1]["ok"] is not None:
        return
    *before, step = image.steps
    elapsed = (now - (image.started_at or now)).total_seconds()
    image.steps = [*before, {**step, "duration_s": round(elapsed - step["offset_s"], 3), "ok": ok}]


def _held(session: Session, held: Claim) -> Image | None:
    image = _locked(session, held.image_id)
    fits = image and image.attempt == held.attempt and image.status == ImageStatus.BUILDING
    return image if fits else None


def _locked(session: Session, image_id: str) -> Image | None:
    return session.exec(select(Image).where(Image.id == image_id).with_for_update()).first()


def _claim(image: Image, now: datetime) -> Claim | None:
    """Return the claim with everything that the builder needs."""
    spec = BuildSpec(
        image=image.id,
        kind=image.kind,
        folder=settings().images_dir / image.id / "src",
        files=tuple(file["path"] for file in image.files),
        entry=image.entry,
        command=image.command,
        requirements=image.requirements,
    )
    try:
        return Claim(image.id, image.attempt, replace(spec, env=vault.unseal(image.env_sealed)))
    except InvalidToken:
        fail(Claim(image.id, image.attempt, spec), "env_unreadable", {}, now)
        return None
