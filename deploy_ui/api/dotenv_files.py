"""Reads `.env` files for the console's form and for programs."""

from fastapi import APIRouter
from pydantic import Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body, Listing
from deploy_ui.services import dotenv_files
from deploy_ui.services.dotenv_files import ReadVariable

router = APIRouter(prefix="/api/v1/dotenv", tags=["Deployments"], responses=answers(401))


class DotenvBody(Body):
    """A file's text."""

    text: str = Field(examples=["THRESHOLD=0.82\nGREETING='it costs $5'\n"])


@router.post("", responses=answers(403, 422))
def read(viewer: Asking, body: DotenvBody) -> Listing[ReadVariable]:
    """Read the text of a `.env` file: quotes, newlines in quotes, `export`, comments; `$` stands for itself.

    Nothing is kept. What it answers can be given as `env` of a deployment.
    """
    return Listing.whole(dotenv_files.read(viewer, body.text))
