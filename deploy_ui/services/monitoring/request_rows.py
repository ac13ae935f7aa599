"""What people see of a request, and which ones they want."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy_ui.enums.requests import RequestKind
from deploy_ui.errors import Invalid
from deploy_ui.services import paging

CLASSES = {"2xx": (200, 299), "3xx": (300, 399), "4xx": (400, 499), "5xx": (500, 999), "none": (0, 0)}
FAILED = "failed"
"""Every answer from 400 on, and none at all."""
CODE = re.compile(r"[1-9][0-9]{2}")
LONGEST = 512
"""Characters of a text that is looked for: as long as a kept path may be."""


@dataclass(frozen=True)
class RequestRow:
    """One request to a deployment. Method, path and details are callers' and instances' words: hostile."""

    id: str
    """Unlike any other of its deployment."""
    at: datetime
    """When it began."""
    method: str
    path: str
    """Below the deployment's address, without the query; at most 512 characters."""
    status: int
    """0: the caller left before there was an answer."""
    duration_s: float
    """From its first byte to the answer's last."""
    bytes_in: int
    bytes_out: int
    """Sizes of the bodies."""
    instance: str
    """Empty: no instance had it."""
    revision: int | None
    key_id: str
    key_name: str
    """Empty without a key, for the console's own, and for one of another deployment."""
    console: bool
    """The console sent it, for a test."""
    request_id: str
    kind: RequestKind
    """Who answered."""
    reason: str
    """Why no instance answered to the end; most are codes of the gateway's errors. Empty: one did."""
    details: str
    """The gateway's own words for that."""


@dataclass(frozen=True)
class Wanted:
    """What a request must be; what is empty is not looked at."""

    since: datetime | None = None
    """It ended then or later: charts count it when it ends."""
    until: datetime | None = None
    """It began then or before."""
    status: str = ""
    """`200`, `4xx`, `none`, or `failed`: 4xx, 5xx and none."""
    method: str = ""
    path: str = ""
    """A piece of it, in any case."""
    min_duration_s: float = 0
    instance: str = ""
    key: str = ""
    """The key's id."""
    request_id: str = ""
    """How it begins."""
    kind: RequestKind | None = None


CONDITIONS = {
    "since": "at_ms + duration_us / 1000.0 >= ?",
    "until": "at_ms <= ?",
    "method": "method = upper(?)",
    "path": "instr(lower(path), lower(?)) > 0",
    "min_duration_s": "duration_us >= ? * 1000000",
    "instance": "instance = ?",
    "key": "key = ?",
    "request_id": "instr(request_id, ?) = 1",
    "kind": "kind = ?",
}
"""What each field of `Wanted` asks of the store's columns."""


def conditions(wanted: Wanted) -> Iterator[tuple[str, list[Any]]]:
    """Yield conditions on columns of the store with their values. Raises Invalid for a status that is none."""
    if wanted.status:
        yield _status(wanted.status)
    for name, condition in CONDITIONS.items():
        if value := getattr(wanted, name):
            yield condition, [_stored(value)]


def _stored(value: datetime | float | str) -> float | str:
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    return paging.plain(value)[:LONGEST] if isinstance(value, str) else value


def _status(word: str) -> tuple[str, list[Any]]:
    if word == FAILED:
        return "(status = 0 OR status >= 400)", []
    if word not in CLASSES and not CODE.fullmatch(word):
        raise Invalid("request_status_wrong", field="status")
    return "status BETWEEN ? AND ?", list(CLASSES.get(word) or (int(word), int(word)))
