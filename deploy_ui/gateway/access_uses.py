"""Which keys and deployments were used, out of the lines of the access log. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from deploy_ui.gateway.access_entries import Entry
from deploy_ui.gateway.outcomes import let_through
from deploy_ui.gateway.routes import KeyUse

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Uses:
    """The requests that were let through: with each key in each hour, and the newest to each deployment."""

    keys: list[KeyUse] = field(default_factory=list)
    slugs: dict[str, datetime] = field(default_factory=dict)

    def __add__(self, other: "Uses") -> "Uses":
        """Return both together."""
        keys = {(use.key, use.slug, use.hour): use for use in self.keys}
        for use in other.keys:
            had = keys.get((use.key, use.slug, use.hour), KeyUse(use.key, use.slug, use.at, 0))
            keys[use.key, use.slug, use.hour] = KeyUse(use.key, use.slug, max(had.at, use.at), had.calls + use.calls)
        slugs = self.slugs | {slug: max(at, self.slugs.get(slug, at)) for slug, at in other.slugs.items()}
        return Uses([keys[each] for each in sorted(keys)], slugs)


def uses(entries: Iterable[Entry]) -> Uses:
    """Count the requests of each key at each deployment by the hour; the console's own keys are not counted."""
    keys: dict[tuple[str, str, int], tuple[int, int]] = {}
    slugs: dict[str, int] = {}
    for entry in filter(let_through, entries):
        slugs[entry.slug] = max(entry.at_ms, slugs.get(entry.slug, 0))
        if entry.kind == "key":
            place = (entry.key, entry.slug, entry.at_ms // HOUR_MS)
            newest, calls = keys.get(place, (0, 0))
            keys[place] = max(entry.at_ms, newest), calls + 1
    counted = [KeyUse(key, slug, _moment(at), calls) for (key, slug, _), (at, calls) in sorted(keys.items())]
    return Uses(counted, {slug: _moment(at) for slug, at in slugs.items()})


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
