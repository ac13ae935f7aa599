"""What the address of the Async calls tab asks for, and the addresses that its links lead to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from deploy_ui.enums import CallStatus

PERIODS: Mapping[str, timedelta | None] = {"hour": timedelta(hours=1), "day": timedelta(days=1), "all": None}
"""How far back the list goes, by its word in the address."""
DEFAULT_PERIOD = "day"
PAGE = 50
"""Calls that are shown at first, and that each "Show more" adds."""
MOST = 500
"""Calls that are shown at most, a list that stays true is sent again and again; "Show older" goes on behind them."""
NARROWINGS = ("search", "status", "period", "search_status", "search_period", "status_period", "search_status_period")
"""What can narrow the list down, as in `Asked.narrowed`."""
LONGEST = 40
"""Letters of a search, and of an id, that are looked at."""


@dataclass(frozen=True)
class Asked:
    """Which calls of a deployment, and which of them is open beside the list."""

    slug: str = ""
    status: str = ""
    """A `CallStatus`; empty: all."""
    period: str = DEFAULT_PERIOD
    search: str = ""
    show: int = PAGE
    before: str = ""
    """The id of a call: the list begins with the one that was made before it; empty: with the newest."""
    call: str = ""
    """The id of the call in the side panel; empty: none is open."""

    def address(self, **changes: Any) -> str:
        """Return the address that asks for this, with changes; what is usual is left out."""
        wanted = asdict(replace(self, **changes))
        slug, usual = wanted.pop("slug"), asdict(Asked())
        query = urlencode({name: value for name, value in wanted.items() if value != usual[name]})
        return f"/deployments/{slug}/calls{query and '?'}{query}"

    def since(self, now: datetime) -> datetime | None:
        """Return when the oldest of these calls was made at the earliest; None: whenever."""
        length = PERIODS[self.period]
        return None if length is None else now - length

    @property
    def filters(self) -> tuple[str, str, str, str, str]:
        """What decides which calls these are, however many are shown of them."""
        return (self.slug, self.status, self.period, self.search, self.before)

    @property
    def narrowed(self) -> str:
        """Which of `NARROWINGS` it is; empty: nothing narrows the list down."""
        narrows = {"search": self.search, "status": self.status, "period": PERIODS[self.period]}
        return "_".join(name for name, value in narrows.items() if value)


def asked_for(slug: str, query: Mapping[str, Any]) -> Asked:
    """Read what an address asks for; what makes no sense is passed over."""
    status, period = str(query.get("status", "")), str(query.get("period", ""))
    return Asked(
        slug=slug,
        status=status if status in set(CallStatus) else "",
        period=period if period in PERIODS else DEFAULT_PERIOD,
        search=str(query.get("search", ""))[:LONGEST],
        show=_number(str(query.get("show", ""))),
        before=str(query.get("before", ""))[:LONGEST],
        call=str(query.get("call", ""))[:LONGEST],
    )


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) else PAGE
    return max(PAGE, min(MOST, number))
