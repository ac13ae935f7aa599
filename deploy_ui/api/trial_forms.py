"""The form that brings a test request: what to send as JSON, and its files, which go onto the disk as they come."""

import tempfile
from contextlib import AbstractContextManager, ExitStack, nullcontext

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from deploy_ui.api.forms import Form, Writable
from deploy_ui.api.trial_shapes import TrialBody
from deploy_ui.errors import Invalid
from deploy_ui.services.trials.readable import Readable
from deploy_ui.services.trials.request import MOST_FIELDS, MOST_TEXT, Trial
from deploy_ui.settings import settings

REQUEST = "request"
MOST_REQUEST = 2 * MOST_TEXT
"""A text grows when it is written as JSON."""
IN_MEMORY = 256 * 1024


class TrialForm:
    """Takes the form's parts. Close it, and the files are gone; a kill leaves none behind, either."""

    def __init__(self, content_type: str | None) -> None:
        self.files: dict[str, Readable] = {}
        self._opened = ExitStack()
        self._request: str | None = None
        self._form = Form(content_type, self, largest_field=MOST_REQUEST)

    def feed(self, data: bytes) -> None:
        """Take the next piece of the body."""
        self._form.feed(data)

    def finish(self) -> Trial:
        """Return what is to be sent. Raises for what is no request."""
        self._form.end()
        if self._request is None:
            raise Invalid("field_missing", field=REQUEST)
        try:
            return TrialBody.model_validate_json(self._request).trial()
        except ValidationError as error:
            raise RequestValidationError(
                [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
            ) from error

    def close(self) -> None:
        """Drop the files."""
        self._opened.close()

    def field(self, name: str, value: str) -> None:
        """Take a field."""
        if name != REQUEST:
            raise Invalid("field_unknown", field=name[:100])
        if self._request is not None:
            raise Invalid("field_twice", field=name)
        self._request = value

    def file(self, name: str, filename: str) -> AbstractContextManager[Writable]:  # noqa: ARG002 - the request names it
        """Take a file."""
        if name in self.files:
            raise Invalid("field_twice", field=name[:100])
        if len(self.files) >= MOST_FIELDS:
            raise Invalid("form_too_many_fields", field="body", most=MOST_FIELDS)
        settings().run_dir.mkdir(parents=True, exist_ok=True)
        opened = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(settings().run_dir))  # noqa: SIM115 - see close
        self.files[name] = self._opened.enter_context(opened)
        return nullcontext(opened)
