"""How verbs find the row they speak of, and say that there is none."""

import re

from sqlmodel import Session, col, select

from deploy_ui.enums import Wish
from deploy_ui.errors import Conflict, Gone, Invalid, NotFound
from deploy_ui.models import Deployment, Image

SLUG = re.compile(r"[a-z0-9](?:-?[a-z0-9]){0,39}")
SHORT_TEXT = re.compile(r"[a-zA-Z0-9._-]{1,80}")
"""What an image may be called by: its id or its name."""


def deployment(session: Session, slug: str) -> Deployment:
    """Return the deployment, deleted ones too, or raise NotFound."""
    found = session.exec(select(Deployment).where(Deployment.slug == slug)).first() if SLUG.fullmatch(slug) else None
    if found is None:
        raise NotFound("deployment_not_found")
    return found


def locked_deployment(session: Session, slug: str) -> Deployment:
    """Return the deployment to change it: nobody else changes it before this transaction ends."""
    query = select(Deployment).where(Deployment.slug == slug).with_for_update()
    found = session.exec(query).first() if SLUG.fullmatch(slug) else None
    if found is None:
        raise NotFound("deployment_not_found")
    return found


def live_deployment(session: Session, slug: str) -> Deployment:
    """Return the deployment to change it, or raise Gone when it was deleted."""
    found = locked_deployment(session, slug)
    if found.wish == Wish.DELETE:
        raise Gone("deployment_deleted")
    return found


def usable_image(session: Session, id_or_name: str) -> Image:
    """Return an image that is ready or on its way, held until the transaction ends, so that it cannot be deleted."""
    image = _image(session, id_or_name)
    if image is None:
        raise Invalid("image_unknown", field="image")
    if not usable(image):
        raise Conflict("image_unusable", image=image.name)
    return image


def usable(image: Image) -> bool:
    """Say whether a deployment may want the image: it is there, and ready or on its way."""
    return image.deleted_at is None and image.status.usable


def _image(session: Session, id_or_name: str) -> Image | None:
    if not SHORT_TEXT.fullmatch(id_or_name):
        return None
    by_id = select(Image).where(Image.id == id_or_name).with_for_update()
    by_name = select(Image).where(col(Image.live_name) == id_or_name).with_for_update()
    return session.exec(by_id).first() or session.exec(by_name).first()
