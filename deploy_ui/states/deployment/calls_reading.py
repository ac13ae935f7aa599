"""Reads what the Async calls tab shows, all at one time."""

from dataclasses import dataclass
from datetime import datetime

from deploy_ui import clock
from deploy_ui.enums import CallStatus, Role
from deploy_ui.errors import AppError
from deploy_ui.services.calls import cards as call_cards
from deploy_ui.services.calls import previews as call_previews
from deploy_ui.services.calls.previews import Previews
from deploy_ui.services.calls.rows import CallCard, CallRow
from deploy_ui.services.paging import LARGEST_LIMIT
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.calls_address import Asked


@dataclass(frozen=True)
class Found:
    """What there is of what was asked for."""

    rows: list[CallRow]
    more: bool
    """Whether there are older ones."""
    newer: bool
    """Whether there are calls that were made after the list was held."""
    counts: dict[str, int]
    anything: bool
    """Whether the deployment has any call at all, however old."""
    call: CallCard | AppError | None
    """The one in the side panel, or why it is not there."""
    previews: Previews | None
    """How its bodies begin; None for viewers."""


def read(viewer: Viewer, asked: Asked, held: datetime | None) -> Found:
    """Read the list, with nothing newer than `held`, and the open call. Raises as `call_cards.rows`."""
    since = asked.since(clock.now())
    counts = call_cards.counts(viewer, asked.slug, since=since)
    rows, more = _rows(viewer, asked, since, held)
    call = _card(viewer, asked) if asked.call else None
    return Found(
        rows=rows,
        more=more,
        newer=held is not None and _newer(viewer, asked, held),
        counts=counts,
        anything=any(counts.values()) or bool(call_cards.rows(viewer, asked.slug, limit=1).items),
        call=call,
        previews=_previews(viewer, asked) if isinstance(call, CallCard) else None,
    )


def _rows(viewer: Viewer, asked: Asked, since: datetime | None, held: datetime | None) -> tuple[list[CallRow], bool]:
    rows: list[CallRow] = []
    cursor = _behind(viewer, asked) if asked.before else None
    while (wanted := min(asked.show - len(rows), LARGEST_LIMIT)) > 0:
        page = call_cards.rows(
            viewer,
            asked.slug,
            limit=wanted,
            cursor=cursor,
            search=asked.search,
            status=_status(asked),
            since=since,
            until=held,
        )
        rows += page.items
        cursor = page.next
        if cursor is None:
            return rows, False
    return rows, True


def _behind(viewer: Viewer, asked: Asked) -> str | None:
    """Return where the list begins; with the newest if the call in the address is unknown or forgotten."""
    try:
        return call_cards.behind(viewer, asked.slug, asked.before)
    except AppError:
        return None


def _newer(viewer: Viewer, asked: Asked, held: datetime) -> bool:
    newest = call_cards.rows(viewer, asked.slug, limit=1, search=asked.search, status=_status(asked), since=held).items
    return bool(newest) and newest[0].created_at > held


def _card(viewer: Viewer, asked: Asked) -> CallCard | AppError:
    try:
        return call_cards.card(viewer, asked.slug, asked.call)
    except AppError as error:
        return error


def _previews(viewer: Viewer, asked: Asked) -> Previews | None:
    try:
        return call_previews.preview(viewer, asked.slug, asked.call) if viewer.may(Role.EDITOR) else None
    except AppError:
        return None  # forgotten meanwhile; the next look says so


def _status(asked: Asked) -> CallStatus | None:
    return CallStatus(asked.status) if asked.status else None
