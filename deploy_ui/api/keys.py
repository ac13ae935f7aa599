"""Keys of a deployment."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body, Listing
from deploy_ui.services import keys
from deploy_ui.services.keys import KeyRow

router = APIRouter(prefix="/api/v1/deployments/{slug}/keys", tags=["Keys"], responses=answers(401, 404))


class KeyBody(Body):
    """A key to make."""

    name: str = Field(examples=["Billing service"])
    expires_at: datetime | None = Field(default=None, description="With its zone; never if left out.")
    addresses: list[str] = Field(
        default_factory=list, description="Addresses or CIDR blocks it may be used from; anywhere if empty."
    )


class KeyChange(Body):
    """What to change of a key; what is left out stays as it is."""

    name: str | None = None
    disabled: bool | None = None


class Rotation(Body):
    """How a key is replaced."""

    overlap_s: int = Field(
        default=86_400,
        ge=0,
        le=90 * 86_400,
        description="How long the old key works on, in seconds; 0: not at all.",
        examples=[86_400],
    )


class MadeKey(Body):
    """A key that was just made."""

    key: KeyRow
    secret: str = Field(description="Shown this once. Send it as `X-API-Key`.", examples=["dk_…"])


@router.get("")
def listing(viewer: Asking, slug: str) -> Listing[KeyRow]:
    """List the deployment's keys, newest first, revoked ones too."""
    return Listing.whole(keys.rows(viewer, slug))


@router.post("", status_code=201, responses=answers(403, 410, 422))
def create(viewer: Asking, slug: str, body: KeyBody) -> MadeKey:
    """Make a key. Its secret is in this answer and nowhere else."""
    made = keys.create(viewer, slug, name=body.name, expires_at=body.expires_at, addresses=body.addresses)
    return MadeKey(key=made.row, secret=made.secret)


@router.patch("/{key_id}", responses=answers(403, 409, 422))
def change(viewer: Asking, slug: str, key_id: str, body: KeyChange) -> KeyRow:
    """Rename a key, or switch it off and on."""
    return keys.change(viewer, slug, key_id, name=body.name, disabled=body.disabled)


@router.post("/{key_id}/rotate", status_code=201, responses=answers(403, 409, 410, 422))
def rotate(viewer: Asking, slug: str, key_id: str, body: Rotation) -> MadeKey:
    """Put a new key in the place of this one, which works on for a while. The new secret is in this answer only."""
    made = keys.rotate(viewer, slug, key_id, overlap=timedelta(seconds=body.overlap_s))
    return MadeKey(key=made.row, secret=made.secret)


@router.delete("/{key_id}", responses=answers(403))
def revoke(viewer: Asking, slug: str, key_id: str) -> KeyRow:
    """Revoke a key for ever; twice is fine."""
    return keys.revoke(viewer, slug, key_id)
