"""What strangers read of a published README: who has the link needs no account, and reaches nothing else."""

from datetime import datetime

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from deploy_ui.api.errors import answers
from deploy_ui.api.pictures import shown
from deploy_ui.api.readmes import PICTURES
from deploy_ui.services.readmes import publishing

router = APIRouter(prefix="/api/published/{token}", tags=["READMEs"], responses=answers(404))

UNSEEN = {"x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer"}
"""The address is the secret: no search engine keeps it, no other site is told of it."""


class PublishedReadme(BaseModel):
    """A README as a stranger reads it."""

    title: str
    text: str
    changed_at: datetime


@router.get("")
def show(token: str, response: Response) -> PublishedReadme:
    """Return the README of a link, as it is now."""
    response.headers.update({**UNSEEN, "cache-control": "no-store"})
    return PublishedReadme(**vars(publishing.published(token)))


@router.get("/files/{name}", response_class=FileResponse, responses=PICTURES)
def file(token: str, name: str) -> FileResponse:
    """Return a picture that the README shows now."""
    answer = shown(publishing.published_picture(token, name), cache="no-store")
    answer.headers.update(UNSEEN)
    return answer
