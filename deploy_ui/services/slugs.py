"""Deployment keys: the first segment of a deployment's address, unique for ever."""

from slugify import slugify
from sqlmodel import Session, col, select

from deploy_ui.errors import Conflict, Invalid
from deploy_ui.ids import new_id
from deploy_ui.models import Deployment
from deploy_ui.services.lookup import SLUG

LONGEST_SLUG = 40
SUFFIX_ROOM = 6


def checked_slug(session: Session, slug: str) -> str:
    """Return a slug that a person chose, or raise."""
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        raise Invalid("slug_wrong", field="slug", longest=LONGEST_SLUG)
    if slug in _taken(session, slug):
        raise Conflict("slug_taken", slug=slug)
    return slug


def free_slug(session: Session, name: str) -> str:
    """Make a slug from a name: transliterated, `-2` and so on behind it when it was ever used before."""
    base = slugify(name, max_length=LONGEST_SLUG).strip("-") or f"deployment-{new_id(6)}"
    taken = _taken(session, base[: LONGEST_SLUG - SUFFIX_ROOM])
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = base[: LONGEST_SLUG - len(f"-{number}")].rstrip("-") + f"-{number}"
    return slug


def _taken(session: Session, stem: str) -> set[str]:
    return set(session.exec(select(Deployment.slug).where(col(Deployment.slug).startswith(stem, autoescape=True))))
