"""How much each deployment has to do, as Envoy counts it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from deploy_ui.gateway import admin

OK = 200
WANTED = r"^cluster\.[a-z0-9-]+\.upstream_rq_(active|total)$"
"""A deployment's slug has no dot in it, unlike the names of clusters of our own."""
LINE = re.compile(r"cluster\.([a-z0-9-]+)\.upstream_rq_(active|total): (\d+)")


@dataclass(frozen=True)
class Load:
    """Requests of one deployment."""

    in_flight: int
    """Sent to instances and not answered to their end; those that are held are not among them."""
    total: int
    """Sent to instances since Envoy started."""


def read() -> dict[str, Load]:
    """Return the load of every deployment that Envoy knows, by slug; nothing when Envoy cannot be asked."""
    try:
        status, text = admin.ask(f"/stats?filter={quote(WANTED)}")
    except OSError:
        return {}
    return _loads(text.splitlines()) if status == OK else {}


def _loads(lines: Iterable[str]) -> dict[str, Load]:
    counts: dict[str, dict[str, int]] = {}
    for line in lines:
        if found := LINE.fullmatch(line):
            slug, name, count = found.groups()
            counts.setdefault(slug, {})[name] = int(count)
    return {slug: Load(each.get("active", 0), each.get("total", 0)) for slug, each in counts.items()}
