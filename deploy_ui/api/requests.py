"""The request log of a deployment: pages of it, or a table to keep."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Listing
from deploy_ui.enums.requests import RequestKind
from deploy_ui.services.monitoring import requests
from deploy_ui.services.monitoring.request_rows import LONGEST, RequestRow, Wanted
from deploy_ui.services.paging import DEFAULT_LIMIT, LARGEST_LIMIT

router = APIRouter(prefix="/api/v1/deployments/{slug}", tags=["Monitoring"], responses=answers(401, 404, 503))

LONGEST_DURATION_S = 10_000_000
ROWS_AT_ONCE = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute; callers choose paths."""
TABLE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "One line a request, newest first."}
}


@dataclass(frozen=True)
class Asked:
    """Which requests to return."""

    since: Annotated[AwareDatetime | None, Query(description="Ended then or later.")] = None
    until: Annotated[AwareDatetime | None, Query(description="Begun then or before.")] = None
    status: Annotated[
        str, Query(max_length=6, description="`404`, `4xx`, `none` (no answer), or `failed`: 4xx, 5xx and none.")
    ] = ""
    method: Annotated[str, Query(max_length=128)] = ""
    path: Annotated[str, Query(max_length=LONGEST, description="A piece of the path, in any case.")] = ""
    min_duration_s: Annotated[
        float, Query(ge=0, le=LONGEST_DURATION_S, allow_inf_nan=False, description="At least so long.")
    ] = 0
    instance: Annotated[str, Query(max_length=128)] = ""
    key: Annotated[str, Query(max_length=128, description="The id of the key.")] = ""
    request_id: Annotated[str, Query(max_length=128, description="How the id begins.")] = ""
    kind: Annotated[RequestKind | None, Query(description="Who answered.")] = None

    @property
    def wanted(self) -> Wanted:
        """What a request must be."""
        return Wanted(**vars(self))


class Requests(Listing[RequestRow]):
    """One page of the log."""

    anything: bool = Field(description="Whether the log holds any request, wanted or not.")
    left_out_until: datetime | None = Field(
        description="Up to then it is a selection: of busy moments not all requests are kept."
    )
    kept_days: int


@router.get("/requests", responses=answers(422))
def listing(
    viewer: Asking,
    slug: str,
    asked: Annotated[Asked, Depends()],
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> Requests:
    """List requests, newest first: failed ones and those that the gateway refused, too. Works after the deletion.

    At most 10 000 of a deployment are kept. Those of busy moments are a selection: the newest, failures, the slowest.
    """
    page = requests.page(viewer, slug, asked.wanted, limit=limit, cursor=cursor)
    standing = requests.standing(viewer, slug)
    return Requests.model_construct(items=page.items, next=page.next, **asdict(standing))


@router.get("/requests.csv", response_class=Response, responses={**TABLE, **answers(422)})
def table(viewer: Asking, slug: str, asked: Annotated[Asked, Depends()]) -> StreamingResponse:
    """Download all requests that are wanted as CSV. A text that a spreadsheet would compute begins with `'`."""
    rows = requests.every(viewer, slug, asked.wanted)
    return StreamingResponse(
        _lines(rows),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{slug}-requests.csv"', "cache-control": "no-store"},
    )


def _lines(rows: list[RequestRow]) -> Iterator[str]:
    names = [each.name for each in fields(RequestRow)]
    yield _written([names])
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        yield _written([[_cell(getattr(row, name)) for name in names] for row in some])


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text
