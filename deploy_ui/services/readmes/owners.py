"""Whose README it is: a deployment's or an image's. Everything behind this file treats both alike."""

from dataclasses import dataclass

from sqlmodel import Session, select

from deploy_ui import hints
from deploy_ui.enums import Wish
from deploy_ui.errors import Gone
from deploy_ui.models import Deployment, Image, Readme
from deploy_ui.services import images, lookup


@dataclass(frozen=True)
class Owner:
    """What a README is about, as the address names it: a deployment by its slug, an image by its id or name."""

    slug: str = ""
    image: str = ""

    @property
    def word(self) -> str:
        """A word for names of files."""
        return self.slug or self.image


@dataclass(frozen=True)
class Found:
    """An owner that is there."""

    deployment_id: int | None
    image_id: str | None
    slug: str
    name: str
    deleted: bool

    def require_alive(self) -> None:
        """Raise Gone if it was deleted: its README is kept and never changed."""
        if self.deleted:
            raise Gone("deployment_deleted" if self.deployment_id is not None else "image_deleted")

    def tell(self) -> None:
        """Hint that its README changed; after the commit."""
        hints.publish(f"deployment:{self.slug}" if self.deployment_id is not None else f"image:{self.image_id}")


def of_deployment(slug: str) -> Owner:
    """Return the owner in a deployment's address."""
    return Owner(slug=slug)


def of_image(image: str) -> Owner:
    """Return the owner in an image's address."""
    return Owner(image=image)


def find(session: Session, owner: Owner, *, locked: bool = False) -> Found:
    """Return the owner, deleted ones too, or raise NotFound; locked, nobody else changes its README meanwhile."""
    if owner.slug:
        look = lookup.locked_deployment if locked else lookup.deployment
        return _deployment(look(session, owner.slug))
    return _image(images.find(session, owner.image, locked=locked))


def readme_of(session: Session, found: Found, *, locked: bool = False) -> Readme | None:
    """Return its README's row, if it has one."""
    query = select(Readme).where(Readme.deployment_id == found.deployment_id, Readme.image_id == found.image_id)
    return session.exec(query.with_for_update() if locked else query).first()


def readme_to_change(session: Session, owner: Owner) -> tuple[Found, Readme]:
    """Return the owner and its README, made if there was none; both are held until the transaction ends."""
    found = find(session, owner, locked=True)
    found.require_alive()
    readme = readme_of(session, found, locked=True)
    if readme is None:
        readme = Readme(deployment_id=found.deployment_id, image_id=found.image_id)
        session.add(readme)
        session.flush()
    return found, readme


def owner_of(session: Session, readme: Readme) -> Found:
    """Return the owner of a README."""
    if readme.deployment_id is not None:
        return _deployment(session.get_one(Deployment, readme.deployment_id))
    return _image(session.get_one(Image, readme.image_id))


def _deployment(row: Deployment) -> Found:
    return Found(row.id, None, slug=row.slug, name=row.name, deleted=row.wish == Wish.DELETE)


def _image(row: Image) -> Found:
    return Found(None, row.id, slug="", name=row.name, deleted=row.deleted_at is not None)
