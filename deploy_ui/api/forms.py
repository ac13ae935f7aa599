"""Forms with files, handed on piece by piece as they come: no file is held in memory or written twice.

`Form` turns the pieces of a multipart body into calls on a `Receiver`: a field as a whole, a file as it comes.
"""

from contextlib import AbstractContextManager
from typing import Protocol, Self

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from deploy_ui.errors import Invalid

MOST_FIELDS = 100
LARGEST_FIELD = 1024 * 1024
MOST_HEADERS = 16
LONGEST_HEADER = 8 * 1024


class Writable(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes) -> object:
        """Take the next piece."""


class Receiver(Protocol):
    """Who gets what a form holds. Whatever a method raises ends the form."""

    def field(self, name: str, value: str) -> None:
        """Take a field."""

    def file(self, name: str, filename: str) -> AbstractContextManager[Writable]:
        """Give something that takes the content of a file; it is closed at the file's end."""


class Form:
    """Reads one form. Use it as a context manager: leaving it early closes the file at hand with an error."""

    def __init__(self, content_type: str | None, receiver: Receiver, *, largest_field: int = LARGEST_FIELD) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise Invalid("form_expected", field="body")
        self._receiver = receiver
        self._largest_field = largest_field
        try:
            self._parser = self._new_parser(options[b"boundary"])
        except FormParserError as error:
            raise Invalid("form_expected", field="body") from error
        self._complete = False
        self._fields = 0
        self._open: AbstractContextManager[Writable] | None = None
        self._sink: Writable | None = None

    def _new_parser(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._content_begins,
                "on_part_data": self._content,
                "on_part_end": self._part_ends,
                "on_end": self._form_ends,
            },
            max_header_count=MOST_HEADERS,
            max_header_size=LONGEST_HEADER,
        )

    def __enter__(self) -> Self:
        """Read within."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Close the file at hand, if the form ended in the middle of it."""
        if self._open is not None:
            failure = error or Invalid("form_broken", field="body")
            self._open.__exit__(type(failure), failure, None)

    def feed(self, data: bytes) -> None:
        """Take the next piece of the body."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise Invalid("form_broken", field="body") from error

    def end(self) -> None:
        """Raise unless the form came to its end."""
        if not self._complete:
            raise Invalid("form_broken", field="body")

    def _part_begins(self) -> None:
        self._name, self._value = bytearray(), bytearray()
        self._disposition = b""
        self._text = bytearray()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._name, self._value = bytearray(), bytearray()

    def _content_begins(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        if not self._field:
            raise Invalid("form_broken", field="body")
        filename = options.get(b"filename")
        if filename is None:
            self._fields += 1
            if self._fields > MOST_FIELDS:
                raise Invalid("form_too_many_fields", field="body", most=MOST_FIELDS)
            return
        self._open = self._receiver.file(self._field, filename.decode("utf-8", "replace"))
        self._sink = self._open.__enter__()

    def _content(self, data: bytes, start: int, end: int) -> None:
        if self._sink is not None:
            self._sink.write(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > self._largest_field:
            raise Invalid("form_field_too_long", field=self._field[:100], limit_kb=self._largest_field // 1024)

    def _part_ends(self) -> None:
        if self._open is None:
            self._receiver.field(self._field, self._text.decode("utf-8", "replace"))
            return
        opened, self._open, self._sink = self._open, None, None
        opened.__exit__(None, None, None)

    def _form_ends(self) -> None:
        self._complete = True
