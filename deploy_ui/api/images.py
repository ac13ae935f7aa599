"""Images: create by form, list, build again, cancel, delete."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body, Listing, Paging
from deploy_ui.api.uploads import SCHEMA, ImageForm
from deploy_ui.enums import ImageStatus
from deploy_ui.services import image_usage, images, rebuilds
from deploy_ui.services.image_cards import ImageCard, ImageRow
from deploy_ui.services.image_usage import UsageRow

router = APIRouter(prefix="/api/v1/images", tags=["Images"], responses=answers(401))

FORM = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": SCHEMA}}}}


@router.get("")
def listing(
    viewer: Asking, paging: Annotated[Paging, Depends()], status: Annotated[ImageStatus | None, Query()] = None
) -> Listing[ImageRow]:
    """List images, newest first."""
    return Listing.of(images.rows(viewer, **vars(paging), status=status))


@router.post("", status_code=201, openapi_extra=FORM, responses=answers(403, 409, 413, 422, 503))
async def create(viewer: Asking, request: Request) -> ImageCard:
    """Upload an image; its build starts at once."""
    form = await run_in_threadpool(ImageForm, viewer, request.headers.get("content-type"))
    try:
        async for piece in request.stream():
            await run_in_threadpool(form.feed, piece)
        return await run_in_threadpool(form.finish)
    finally:
        await run_in_threadpool(form.close)


@router.get("/{image_id}", responses=answers(404))
def card(viewer: Asking, image_id: str) -> ImageCard:
    """Return one image, by id or name; a deleted one by its id."""
    return images.card(viewer, image_id)


@router.delete("/{image_id}", status_code=204, responses=answers(403, 404, 409))
def delete(viewer: Asking, image_id: str) -> None:
    """Delete an image that no deployment uses; twice is fine."""
    images.delete(viewer, image_id)


@router.get("/{image_id}/usage", responses=answers(404))
def usage(viewer: Asking, image_id: str) -> Listing[UsageRow]:
    """List every deployment that uses the image or ran it before."""
    return Listing.whole(image_usage.rows(viewer, image_id))


class RebuildBody(Body):
    """What becomes of the rebuilt image."""

    name: str | None = Field(default=None, description="Of the new image; without one no new image is made.")


@router.post("/{image_id}/rebuild", responses=answers(403, 404, 409, 410, 413, 503))
def rebuild(viewer: Asking, image_id: str, body: RebuildBody | None = None) -> ImageCard:
    """Build a failed or canceled image again; with a name, make a new image of the same files and build that.

    A ready image never changes, so it needs a name. Newer packages may be chosen.
    """
    if body is None or body.name is None:
        return rebuilds.again(viewer, image_id)
    return rebuilds.anew(viewer, image_id, body.name)


@router.post("/{image_id}/cancel", responses=answers(403, 404, 409))
def cancel(viewer: Asking, image_id: str) -> ImageCard:
    """Cancel a build; twice is fine."""
    return images.cancel(viewer, image_id)
