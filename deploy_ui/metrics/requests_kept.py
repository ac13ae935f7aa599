"""Which requests are kept where there are too many. Pure: the more remarkable a request is, the longer it is kept.

Remarkable are failures and what took longest. Where something was left out, what is kept is a selection, and whoever
shows it says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from typing import NamedTuple

from deploy_ui.metrics.request_rows import Request

NEWEST, FAILED, SLOWEST = 1000, 500, 100
"""Of one deployment, and of one batch: a batch is what was read at once."""
FIRST_BAD = 400
MINUTE_MS = 60_000


class Known(NamedTuple):
    """As much of a kept request as its place in the order of what is dropped depends on."""

    at_ms: int
    place: int
    status: int
    duration_us: int


def failed(status: int) -> bool:
    """Say whether a request failed; one without an answer did."""
    return status == 0 or status >= FIRST_BAD


def worth_keeping(batch: Sequence[Request]) -> tuple[list[Request], dict[str, int]]:
    """Return what is kept of a batch, in its order; and, of deployments where not all is, when the newest left out was.

    Of each deployment the newest 1000 are kept, the newest 500 failures, and the 100 that took longest.
    """
    by_slug: dict[str, list[Request]] = {}
    for each in batch:
        by_slug.setdefault(each.slug, []).append(each)
    kept: list[Request] = []
    left_out: dict[str, int] = {}
    for slug, requests in by_slug.items():
        some = _selection(requests)
        kept += some
        if len(some) < len(requests):
            chosen = {(each.at_ms, each.place) for each in some}
            left_out[slug] = max(each.at_ms for each in requests if (each.at_ms, each.place) not in chosen)
    return kept, left_out


def _selection(requests: Sequence[Request]) -> Sequence[Request]:
    if len(requests) <= NEWEST:
        return requests
    chosen = set(range(len(requests) - NEWEST, len(requests)))
    chosen |= set([at for at, each in enumerate(requests) if failed(each.status)][-FAILED:])
    chosen |= set(nlargest(SLOWEST, range(len(requests)), key=lambda at: requests[at].duration_us))
    return [requests[at] for at in sorted(chosen)]


def too_many(known: Iterable[Known], most: int) -> list[Known]:
    """Return what to drop of one deployment's requests, so that `most` are left.

    Two thirds of the room are for the newest. The rest is for older ones: of every minute the worst failure and the
    slowest before the next worst of any minute, and of equals the newer.
    """
    newest_first = sorted(known, key=lambda each: (each.at_ms, each.place), reverse=True)
    if len(newest_first) <= most:
        return []
    whole = most * 2 // 3
    older = newest_first[whole:]
    ranks = _ranks(older)
    order = sorted(older, key=lambda each: ranks[each])  # stable: of equals the newer comes first
    return order[most - whole :]


def _ranks(requests: Iterable[Known]) -> Mapping[Known, int]:
    """Return the place of each within its minute: by failure or by duration, whichever is better."""
    minutes: dict[int, list[Known]] = {}
    for each in requests:
        minutes.setdefault(each.at_ms // MINUTE_MS, []).append(each)
    ranks: dict[Known, int] = {}
    for minute in minutes.values():
        slowest = sorted(minute, key=lambda each: -each.duration_us)
        worst = sorted(minute, key=lambda each: (not failed(each.status), -each.status, -each.duration_us))
        for order in (slowest, worst):
            for rank, each in enumerate(order):
                ranks[each] = min(rank, ranks.get(each, rank))
    return ranks
