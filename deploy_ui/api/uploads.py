"""The form that makes an image: fields and files in any order."""

import json
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

from pydantic import TypeAdapter, ValidationError

from deploy_ui.api.forms import Form, Writable
from deploy_ui.enums import ImageKind
from deploy_ui.errors import Invalid
from deploy_ui.services import images
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.images import NewImage
from deploy_ui.services.uploads import Upload
from deploy_ui.services.viewer import Viewer

TEXTS = {"name", "command", "entry", "ready_path", "requirements", "script"}
FIELDS = TEXTS | {"kind", "env"}
FILES = {"script", "requirements", "files", "archive"}
ENV_EXAMPLE = '{"MODE": "fast"}'
ENV: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "examples": ["iris"]},
        "kind": {"type": "string", "enum": [kind.value for kind in ImageKind], "default": ImageKind.MODEL.value},
        "script": {"type": "string", "description": "The serving script, as a file or as text."},
        "requirements": {"type": "string", "description": "`requirements.txt`, as a file or as text."},
        "files": {
            "type": "array",
            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
            "description": "More files; their names may hold folders.",
        },
        "archive": {
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "description": "A zip or tar with the files.",
        },
        "entry": {"type": "string", "description": "The script's path, if it has an unusual name."},
        "command": {"type": "string", "description": "For kind `command`: what serves HTTP on `$PORT`."},
        "ready_path": {"type": "string", "description": "Answers 2xx once an instance is ready."},
        "env": {"type": "string", "description": "Environment variables as a JSON object."},
    },
}


class ImageForm:
    """Takes the form's parts into an upload. Use it as a context manager: what is not finished is removed."""

    def __init__(self, viewer: Viewer, content_type: str | None) -> None:
        self._viewer = viewer
        self._values: dict[str, Any] = {}
        self._script_file = ""
        self._upload: Upload = images.open_upload(viewer)
        try:
            self._form = Form(content_type, self)
        except BaseException:
            self._upload.abandon()
            raise

    def feed(self, data: bytes) -> None:
        """Take the next piece of the body."""
        self._form.feed(data)

    def close(self) -> None:
        """Remove what was not finished."""
        with self._upload, self._form:
            pass

    def finish(self) -> ImageCard:
        """Make the image of what came."""
        self._form.end()
        images.describe(self._viewer, self._upload, self._new_image())
        return self._upload.finish()

    def field(self, name: str, value: str) -> None:
        """Take a field; the name is checked at once, before files follow."""
        if name not in FIELDS:
            raise Invalid("file_expected" if name in FILES else "field_unknown", field=name[:100])
        if name in self._values:
            raise Invalid("field_twice", field=name)
        self._values[name] = _parsed(name, value)
        if name == "name":
            images.check_name(self._viewer, value)

    def file(self, name: str, filename: str) -> AbstractContextManager[Writable]:
        """Put a file where it belongs."""
        if name not in FILES:
            raise Invalid("field_unknown", field=name[:100])
        if not filename:
            return BytesIO()  # what a browser sends for a file field that was left empty
        if name == "archive":
            return self._upload.receive_archive()
        if name == "requirements":
            return self._upload.receive(images.REQUIREMENTS)
        if name == "script":
            self._script_file = filename
        return self._upload.receive(filename)

    def _new_image(self) -> NewImage:
        if "name" not in self._values:
            raise Invalid("field_missing", field="name")
        return NewImage(**{"entry": self._script_file, **self._values})


def _parsed(name: str, value: str) -> object:
    if name == "kind":
        if value not in set(ImageKind):
            raise Invalid("field_not_listed", field="kind", choices=", ".join(ImageKind))
        return ImageKind(value)
    if name == "env":
        try:
            return ENV.validate_json(value or "{}", strict=True)
        except (ValidationError, json.JSONDecodeError) as error:
            raise Invalid("env_not_object", field="env", example=ENV_EXAMPLE) from error
    return value.replace("\r\n", "\n")  # browsers send a form's text with these line ends
