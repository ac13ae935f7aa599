"""Pictures of READMEs, coming and going."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from typing import Any

from fastapi.responses import FileResponse

from deploy_ui.api.forms import Form, Writable
from deploy_ui.errors import Invalid
from deploy_ui.services.readmes import pictures
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.pictures import NewPicture, Picture
from deploy_ui.services.viewer import Viewer

FIELD = "file"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [FIELD],
    "properties": {FIELD: {"type": "string", "contentMediaType": "application/octet-stream"}},
}
FORM = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": SCHEMA}}}}
HARMLESS = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'"}


class PictureForm:
    """Takes the form of one picture. Whoever may not add one is refused before any of it is read."""

    def __init__(self, viewer: Viewer, owner: Owner, content_type: str | None) -> None:
        pictures.check_room(viewer, owner)
        self._viewer, self._owner = viewer, owner
        self._kept: Picture | None = None
        self._form = Form(content_type, self)

    def feed(self, data: bytes) -> None:
        """Take the next piece of the body."""
        self._form.feed(data)

    def finish(self) -> Picture:
        """Return the picture that came."""
        self._form.end()
        if self._kept is None:
            raise Invalid("field_missing", field=FIELD)
        return self._kept

    def close(self) -> None:
        """Remove what came only in part."""
        with self._form:
            pass

    def field(self, name: str, _: str) -> None:
        """Refuse a field."""
        raise Invalid("file_expected" if name == FIELD else "field_unknown", field=name[:100])

    def file(self, name: str, filename: str) -> AbstractContextManager[Writable]:
        """Take the picture."""
        if name != FIELD:
            raise Invalid("field_unknown", field=name[:100])
        if self._kept is not None:
            raise Invalid("field_twice", field=FIELD)
        return self._received(filename) if filename else BytesIO()  # what a browser sends for a field left empty

    @contextmanager
    def _received(self, filename: str) -> Iterator[Writable]:
        with NewPicture(self._viewer, self._owner, filename) as new:
            yield new
            self._kept = new.keep()


def shown(picture: Picture, *, cache: str) -> FileResponse:
    """Return a picture so that a browser shows it and can do nothing else with it."""
    return FileResponse(picture.path, media_type=picture.media_type, headers={**HARMLESS, "cache-control": cache})
