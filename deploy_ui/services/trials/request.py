"""What a person wants to send to one deployment, and what of it can be sent.

The address is never the person's: only the method, the path behind the slug, the headers and the body are. So the
console cannot be made to call anything else.
"""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from deploy_ui.enums import BodyKind
from deploy_ui.errors import Invalid, TooLarge

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
MOST_TEXT = 16 * 1024 * 1024
"""Bytes of a typed body; a file may be as large as the gateway's limit."""
MOST_HEADERS = 50
MOST_FIELDS = 100
LONGEST_PATH = 32 * 1024

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2: token
HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")  # RFC 9110, 5.5: beyond ASCII, programs disagree on the encoding
MEDIA_TYPE = re.compile(r"[!#$&^_.+0-9A-Za-z-]+/[!#$&^_.+0-9A-Za-z-]+(; ?[0-9A-Za-z-]+=[0-9A-Za-z._-]+)*")
HOP_BY_HOP = frozenset(
    {
        *("connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "proxy-connection"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
    }
)
"""Said by who makes the connection."""
KEY_HEADERS = frozenset({"x-api-key", "authorization"})
AS_TYPED = "!$&'()*+,;=:@/?[]%-._~"
"""Characters of a path that are sent as they were typed, beside letters and digits; all others are encoded."""


@dataclass(frozen=True)
class Header:
    """One header line."""

    name: str
    value: str


@dataclass(frozen=True)
class Field:
    """One field of a form: a text, or a file by its name."""

    name: str
    value: str = ""
    part: str = ""
    """Under which name the file's content comes; empty for a text."""
    filename: str = ""
    type: str = ""
    """The file's media type, as the browser knows it."""


ASYNCHRONOUS = Header("X-Async-Request", "true")
"""What makes a request an asynchronous call."""


@dataclass(frozen=True)
class Trial:
    """What a person wants to send."""

    method: str = "POST"
    path: str = "/predict"
    """Behind the slug, with the query; begins with a slash."""
    headers: list[Header] = field(default_factory=list)
    kind: BodyKind = BodyKind.NONE
    text: str = ""
    """The body of the kinds json and text."""
    fields: list[Field] = field(default_factory=list)
    """The body of the kinds form and multipart."""
    filename: str = ""
    """What the body of the kind file is called."""

    @property
    def asynchronous(self) -> bool:
        """Whether its headers ask for an asynchronous call."""
        return any(_is_asynchronous(each) and each.value.lower() == ASYNCHRONOUS.value for each in self.headers)

    @property
    def other_headers(self) -> list[Header]:
        """Its headers without those that ask for an asynchronous call."""
        return [each for each in self.headers if not _is_asynchronous(each)]

    @property
    def given_headers(self) -> list[Header]:
        """Its headers as they are sent.

        The gateway would join two that ask for an asynchronous call to one that does not. A key header that was left
        empty, as one from the history is, is no key.
        """
        kept = [*self.other_headers, ASYNCHRONOUS] if self.asynchronous else self.headers
        stripped = [Header(each.name, each.value.strip(" \t")) for each in kept]
        return [each for each in stripped if each.value or each.name.lower() not in KEY_HEADERS]

    @property
    def content_type(self) -> str:
        """What its own headers say of the body; empty if they do not."""
        found = (each.value for each in self.given_headers if each.name.lower() == "content-type")
        return next(found, "")

    @property
    def target(self) -> str:
        """The path as it goes over the wire: what an address cannot hold is encoded, as browsers do."""
        return quote(self.path, safe=AS_TYPED)


def check(trial: Trial) -> None:
    """Raise Invalid or TooLarge if the request cannot be sent; `field` names what to mend."""
    if trial.method not in METHODS:
        raise Invalid("trial_method", field="method", method=trial.method[:20])
    _check_path(trial.path)
    if len(trial.headers) > MOST_HEADERS:
        raise Invalid("trial_headers_many", field="headers", most=MOST_HEADERS)
    for header in trial.headers:
        _check_header(header)
    if trial.method == "HEAD" and trial.kind != BodyKind.NONE:
        raise Invalid("trial_head_body", field="body")
    if trial.kind in {BodyKind.FORM, BodyKind.MULTIPART}:
        _check_fields(trial)
    if trial.kind in {BodyKind.JSON, BodyKind.TEXT} and size(trial.text) > MOST_TEXT:
        raise TooLarge("trial_body_large", limit_mb=MOST_TEXT // 1024 // 1024)
    if trial.kind == BodyKind.JSON and trial.text:
        _check_json(trial.text)


def _check_json(body: str) -> None:
    """Raise Invalid naming the place where a text is no JSON."""
    try:
        json.loads(body)
    except json.JSONDecodeError as error:
        raise Invalid("body_not_json", field="body", line=error.lineno, column=error.colno) from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number of thousands of digits
        raise Invalid("body_not_json", field="body", line=1, column=1) from error


def size(body: str) -> int:
    """Return how many bytes a text is; raise Invalid for half of a character pair, which cannot be sent."""
    try:
        return len(body.encode())
    except UnicodeEncodeError as error:
        raise Invalid("text_broken", field="body") from error


def _check_path(path: str) -> None:
    """Refuse what is no path, and what would leave the deployment by dots: the gateway resolves even encoded ones."""
    if not path.startswith("/") or "#" in path or any(each < " " or each == "\x7f" for each in path):
        raise Invalid("trial_path", field="path")
    try:
        encoded = len(path.encode())
    except UnicodeEncodeError as error:
        raise Invalid("text_broken", field="path") from error
    if encoded > LONGEST_PATH:
        raise Invalid("trial_path", field="path")
    depth = 0
    for step in re.split(r"/+", unquote(path.partition("?")[0]).replace("\\", "/").strip("/")):
        depth += {"..": -1, ".": 0, "": 0}.get(step, 1)
        if depth < 0:
            raise Invalid("trial_path_leaves", field="path")


def _check_header(header: Header) -> None:
    if not HEADER_NAME.fullmatch(header.name):
        raise Invalid("header_name", field="headers", name=header.name[:60])
    if header.name.lower() in HOP_BY_HOP:
        raise Invalid("header_ours", field="headers", name=header.name)
    if not HEADER_VALUE.fullmatch(header.value):
        raise Invalid("header_value", field="headers", name=header.name)


def _check_fields(trial: Trial) -> None:
    if len(trial.fields) > MOST_FIELDS:
        raise Invalid("form_too_many_fields", field="body", most=MOST_FIELDS)
    if not all(each.name for each in trial.fields):
        raise Invalid("trial_field_name", field="body")
    if sum(size(each.name) + size(each.value) + size(each.filename) for each in trial.fields) > MOST_TEXT:
        raise TooLarge("trial_body_large", limit_mb=MOST_TEXT // 1024 // 1024)
    for each in trial.fields:
        if each.type and not MEDIA_TYPE.fullmatch(each.type):
            raise Invalid("trial_field_type", field="body", name=each.name[:60])
    if trial.kind == BodyKind.FORM and any(each.part for each in trial.fields):
        raise Invalid("trial_form_file", field="body")
    own = trial.content_type
    if trial.kind == BodyKind.MULTIPART and own and not own.lower().startswith("multipart/"):
        raise Invalid("trial_multipart_type", field="headers")


def _is_asynchronous(header: Header) -> bool:
    return header.name.lower() == ASYNCHRONOUS.name.lower()
