"""Asynchronous calls of a deployment: list, count, look at, download the answer, cancel, send anew."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from deploy_ui.api import call_downloads
from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body, Listing
from deploy_ui.enums import CallStatus
from deploy_ui.services.calls import cards as call_cards
from deploy_ui.services.calls import changes, results
from deploy_ui.services.calls.rows import CallCard, CallRow
from deploy_ui.services.paging import DEFAULT_LIMIT, LARGEST_LIMIT

router = APIRouter(prefix="/api/v1/deployments/{slug}/calls", tags=["Asynchronous calls"], responses=answers(401, 404))

MOST_IDS = 1000
DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A file to keep. What is in it is the model's own: never run it.",
        "content": {
            "application/json": {
                "schema": {},
                "examples": {
                    "json": {"summary": "The model answered JSON", "value": {"predictions": [0]}},
                    "other": {
                        "summary": "It answered something else",
                        "value": {
                            "status": 200,
                            "headers": [["content-type", "text/csv"]],
                            "encoding": "text",
                            "body": "a,b\n1,2\n",
                        },
                    },
                },
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@dataclass(frozen=True)
class Created:
    """When calls were made."""

    since: Annotated[AwareDatetime | None, Query(description="Created then or later.")] = None
    until: Annotated[AwareDatetime | None, Query(description="Created then or before.")] = None


@dataclass(frozen=True)
class Wanted(Created):
    """Which page of which calls."""

    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT)] = DEFAULT_LIMIT
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None
    search: Annotated[str, Query(description="How the id begins, with or without `c_`.")] = ""
    status: Annotated[CallStatus | None, Query()] = None


class CallCounts(BaseModel):
    """How many calls each status has."""

    queued: int
    running: int
    completed: int
    error: int
    canceled: int


class CancelBody(Body):
    """Which calls to cancel: those named, or all of a status, or all that have not ended."""

    ids: list[str] | None = Field(
        default=None, max_length=MOST_IDS, description=f"At most {MOST_IDS}; all calls if left out."
    )
    status: Literal[CallStatus.QUEUED, CallStatus.RUNNING] | None = Field(
        default=None, description="Only those that are `queued`, or only `running`."
    )


class Canceled(Body):
    """What became of it."""

    canceled: int = Field(description="Calls that were ended by this; those that had ended before are not counted.")


@router.get("", responses=answers(422))
def listing(viewer: Asking, slug: str, wanted: Annotated[Wanted, Depends()]) -> Listing[CallRow]:
    """List calls, newest first."""
    return Listing.of(call_cards.rows(viewer, slug, **vars(wanted)))


@router.get("/counts", responses=answers(422))
def counts(viewer: Asking, slug: str, created: Annotated[Created, Depends()]) -> CallCounts:
    """Count calls by status."""
    return CallCounts(**call_cards.counts(viewer, slug, **vars(created)))


@router.post("/cancel", responses=answers(403, 422))
def cancel_many(viewer: Asking, slug: str, body: CancelBody) -> Canceled:
    """Cancel many calls. Those that have ended already, and ids of no call of this deployment, are passed over."""
    return Canceled(canceled=changes.cancel_many(viewer, slug, body.ids, body.status))


@router.get("/{call_id}", responses=answers(410))
def card(viewer: Asking, slug: str, call_id: str) -> CallCard:
    """Return one call with its attempts; to viewers without the headers of request and answer.

    410 `call_expired`: it was forgotten, some days after it ended.
    """
    return call_cards.card(viewer, slug, call_id)


@router.get("/{call_id}/result", response_class=Response, responses={**DOWNLOAD, **answers(403, 409, 410, 422)})
def result(
    viewer: Asking,
    slug: str,
    call_id: str,
    *,
    raw: Annotated[bool, Query(description="The body alone, as it came, whatever it is.")] = False,
) -> Response:
    """Download the answer. JSON comes as it is; anything else, also packed JSON, in an envelope of JSON.

    The envelope holds `status`, `headers` (a list of pairs), `encoding` and `body`: text of up to 1 MB as `text`, all
    else as `base64`. A short body packed with gzip or deflate is unpacked and its `content-encoding` left out; any
    other stays packed, and its header tells how.

    409 `call_not_finished`; 410 `call_failed`, `call_was_canceled` or `call_expired`.
    """
    found = results.viewer_result(viewer, slug, call_id)
    return call_downloads.raw(call_id, found) if raw else call_downloads.readable(call_id, found)


@router.post("/{call_id}/cancel", responses=answers(403, 409, 410))
def cancel(viewer: Asking, slug: str, call_id: str) -> CallCard:
    """Cancel a call that has not ended; what its attempt still brings is dropped. 409 `call_ended`."""
    return changes.cancel(viewer, slug, call_id)


@router.post("/{call_id}/retry", status_code=201, responses=answers(403, 409, 410, 429))
def retry(viewer: Asking, slug: str, call_id: str) -> CallCard:
    """Send the same request anew, as a new call on the same terms; the old one stays as it is."""
    return changes.retry(viewer, slug, call_id)
