"""READMEs of deployments and of images: the same routes below the address of either."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.pictures import FORM, PictureForm, shown
from deploy_ui.api.shapes import Body, Listing, Whole
from deploy_ui.enums import Role
from deploy_ui.errors import Invalid, TooLarge
from deploy_ui.services.readmes import exports, owners, pictures, publishing, texts
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.texts import Text, VersionRow

JSON, MARKDOWN = "application/json", "text/markdown"
TAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
NOT_MARKDOWN = (JSON, "multipart/")
"""What somebody sends who expects another shape. Everything else is taken: `curl` names types of its own."""
TEXTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {MARKDOWN: {"schema": {"type": "string"}}}, "description": "JSON if `Accept` asks for it."}
}
SENT = {"requestBody": {"required": True, "content": {MARKDOWN: {"schema": {"type": "string"}}}}}
PICTURES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in pictures.KINDS}, "description": "The picture's bytes."}
}
EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {"content": {MARKDOWN: {}, "application/zip": {}}, "description": "A zip if the README shows pictures."}
}


class ReadmeText(BaseModel):
    """One text."""

    text: str
    version: int = Field(description="0: none was saved yet.")
    changed_at: datetime | None
    changed_by: str


class SavedReadme(BaseModel):
    """What a text was saved as."""

    version: int
    changed_at: datetime
    changed_by: str


class AddedPicture(BaseModel):
    """A picture that was just added."""

    name: str = Field(description="Write `![…](files/NAME)` to show it.", examples=["scores-0123456789abcdef.png"])
    url: str
    size: int


class RestoreBody(Body):
    """Which version to restore."""

    version: Whole = Field(examples=[3])


class PublishedLink(BaseModel):
    """Where strangers read it."""

    url: str = Field(description="Who has it needs no account.")


def owner_in(request: Request) -> Owner:
    """Return whose README the address speaks of."""
    found = request.path_params
    return owners.of_deployment(found["slug"]) if "slug" in found else owners.of_image(found["image_id"])


Whose = Annotated[Owner, Depends(owner_in)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
routes = APIRouter(tags=["READMEs"], responses=answers(401, 404))


@routes.get("", response_model=ReadmeText, responses={**TEXTS, 304: {"description": "It is still that version."}})
def show(
    viewer: Asking,
    owner: Whose,
    accept: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header(description="The version that is known.")] = "",
) -> Response:
    """Return the newest text; empty, as version 0, where none was saved yet. `ETag` holds the version."""
    found = texts.read(viewer, owner)
    known = {each[1] for part in if_none_match.split(",") if (each := TAG.fullmatch(part.strip()))}
    return Response(status_code=304, headers=_headers(found)) if str(found.version) in known else _text(found, accept)


@routes.put("", openapi_extra=SENT, responses=answers(403, 409, 410, 413))
async def save(
    viewer: Asking,
    owner: Whose,
    request: Request,
    if_match: Annotated[str | None, Header(description="The version it was written on top of, as `ETag` said.")] = None,
) -> SavedReadme:
    """Save a text as the newest version. With `If-Match`, only if nobody saved another meanwhile: else 409."""
    viewer.require(Role.EDITOR)
    over = _versions(if_match)
    data = await _body(request)
    saved = await run_in_threadpool(texts.save, viewer, owner, data, over=over)
    return SavedReadme(**vars(saved))


@routes.get("/versions")
def versions(viewer: Asking, owner: Whose) -> Listing[VersionRow]:
    """List the newest 100 versions, newest first; older ones are not kept."""
    return Listing.whole(texts.rows(viewer, owner))


@routes.get("/versions/{number}", response_model=ReadmeText, responses=TEXTS)
def version(viewer: Asking, owner: Whose, number: Number, accept: Annotated[str, Header()] = "") -> Response:
    """Return the text of a version."""
    return _text(texts.read(viewer, owner, number), accept)


@routes.post("/restore", responses=answers(403, 410))
def restore(viewer: Asking, owner: Whose, body: RestoreBody) -> SavedReadme:
    """Save the text of an older version again, as the newest."""
    return SavedReadme(**vars(texts.restore(viewer, owner, body.version)))


@routes.post("/files", status_code=201, openapi_extra=FORM, responses=answers(403, 409, 410, 413, 503))
async def add_file(viewer: Asking, owner: Whose, request: Request) -> AddedPicture:
    """Add a picture: PNG, JPEG, GIF, WebP or AVIF, at most 10 MB. One that no version shows is dropped after a day."""
    form = await run_in_threadpool(PictureForm, viewer, owner, request.headers.get("content-type"))
    try:
        async for piece in request.stream():
            await run_in_threadpool(form.feed, piece)
        added = await run_in_threadpool(form.finish)
    finally:
        await run_in_threadpool(form.close)
    return AddedPicture(name=added.name, url=f"{request.url.path}/{added.name}", size=added.size)


@routes.get("/files/{name}", response_class=FileResponse, responses=PICTURES)
def file(viewer: Asking, owner: Whose, name: str) -> FileResponse:
    """Return a picture; what a name stands for never changes."""
    return shown(pictures.find(viewer, owner, name), cache="private, max-age=31536000, immutable")


@routes.get("/export", response_class=StreamingResponse, responses=EXPORTED)
def export(viewer: Asking, owner: Whose) -> StreamingResponse:
    """Download the README: one file, or a zip with its pictures."""
    made = exports.export(viewer, owner)
    headers = {"content-disposition": f'attachment; filename="{made.name}"', "cache-control": "no-store"}
    return StreamingResponse(made.pieces, media_type=made.media_type, headers=headers)


@routes.post("/publish", responses=answers(403, 409, 410))
def publish(viewer: Asking, owner: Whose) -> PublishedLink:
    """Let whoever has the link read the README, without an account. Published already, the link stays the same."""
    return PublishedLink(url=publishing.publish(viewer, owner))


@routes.delete("/publish", status_code=204, responses=answers(403))
def revoke(viewer: Asking, owner: Whose) -> None:
    """Kill the link at once; twice is fine. Published again, the README gets another one."""
    publishing.revoke(viewer, owner)


def _headers(found: Text) -> dict[str, str]:
    return {"etag": f'"{found.version}"', "cache-control": "private, no-cache", "vary": "accept"}


def _text(found: Text, accept: str) -> Response:
    headers = _headers(found)
    if JSON in accept.lower():
        return JSONResponse(ReadmeText(**vars(found)).model_dump(mode="json"), headers=headers)
    return Response(found.text, media_type=f"{MARKDOWN}; charset=utf-8", headers=headers)


def _versions(if_match: str | None) -> set[int] | None:
    """Return the versions that a header names; None where any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = [TAG.fullmatch(each.strip()) for each in if_match.split(",")]
    if not all(found):
        raise Invalid("if_match_wrong", field="if-match")
    return {int(each[1]) for each in found if each}


async def _body(request: Request) -> bytes:
    """Return the body; stop reading as soon as it is too long."""
    if request.headers.get("content-type", "").lower().startswith(NOT_MARKDOWN):
        raise Invalid("markdown_expected", field="body")
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > texts.MOST_BYTES:
            raise TooLarge("readme_too_large", limit_kb=texts.MOST_BYTES >> 10)
    return bytes(data)


def _in_deployment(slug: str) -> None:
    """Tell the schema of what `owner_in` reads."""


def _in_image(image_id: str) -> None:
    """Tell the schema of what `owner_in` reads."""


def _router(prefix: str, subject: str, parameter: Callable[..., None]) -> APIRouter:
    def operation_id(route: APIRoute) -> str:
        return f"readmes_{subject}_{route.name}"

    made, depends = APIRouter(), [Depends(parameter)]
    made.include_router(routes, prefix=prefix, dependencies=depends, generate_unique_id_function=operation_id)
    return made


of_deployments = _router("/api/v1/deployments/{slug}/readme", "deployment", _in_deployment)
of_images = _router("/api/v1/images/{image_id}/readme", "image", _in_image)
