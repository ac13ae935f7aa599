"""People who may sign in; for admins."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body, Listing
from deploy_ui.enums import Role
from deploy_ui.services import people
from deploy_ui.services.people import PersonRow

router = APIRouter(prefix="/api/v1/people", tags=["People"], responses=answers(401, 403))


PersonId = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""What the database can hold."""


class PersonBody(Body):
    """Somebody to let in."""

    email: str = Field(examples=["grace@example.org"])
    name: str = Field(examples=["Grace Hopper"])
    role: Role = Role.VIEWER
    password: str = Field(repr=False)


class PersonChange(Body):
    """What to change of a person; what is left out stays as it is."""

    role: Role | None = None
    disabled: bool | None = None
    password: str | None = Field(default=None, repr=False, description="Ends all sessions of the person.")


@router.get("")
def listing(viewer: Asking) -> Listing[PersonRow]:
    """List everybody, by email."""
    return Listing.whole(people.rows(viewer))


@router.post("", status_code=201, responses=answers(409, 422))
def create(viewer: Asking, body: PersonBody) -> PersonRow:
    """Let somebody in."""
    return people.create(viewer, email=body.email, name=body.name, role=body.role, password=body.password)


@router.patch("/{person_id}", responses=answers(404, 409, 422))
def change(viewer: Asking, person_id: PersonId, body: PersonChange) -> PersonRow:
    """Change a person's role or password, or shut them out."""
    return people.change(viewer, person_id, role=body.role, disabled=body.disabled, password=body.password)
