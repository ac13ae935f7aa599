"""The files of images, to download."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from deploy_ui.api.asking import Asking
from deploy_ui.api.attachments import BYTES, attachment
from deploy_ui.api.errors import answers
from deploy_ui.services import image_files

ZIP = "application/zip"

router = APIRouter(prefix="/api/v1/images/{image_id}", tags=["Images"], responses=answers(401, 404, 410))


def _file(media_type: str) -> dict[int | str, dict[str, object]]:
    return {200: {"description": "The file.", "content": {media_type: {}}}}


@router.get("/files/{path:path}", response_class=StreamingResponse, responses=_file(BYTES))
def one(viewer: Asking, image_id: str, path: str) -> StreamingResponse:
    """Download one file of an image, by its path on the card's list."""
    found = image_files.one(viewer, image_id, path)
    return attachment(found.pieces, found.name, size=found.size)


@router.get("/archive", response_class=StreamingResponse, responses=_file(ZIP))
def archive(viewer: Asking, image_id: str) -> StreamingResponse:
    """Download all files of an image as a zip."""
    found = image_files.archive(viewer, image_id)
    return attachment(found.pieces, found.name, media_type=ZIP)
