"""What Envoy counts of requests for charts: by deployment, revision and status, refusals of the gateway included.

Envoy's statistics of clusters know neither revisions nor what it answered itself, and whole milliseconds only; so its
access log counts. A deployment's slug comes from our route, its revision from our endpoint: no caller can make up
another name. Measured with Envoy 1.40: exact counts, microseconds, bins of two digits.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from deploy_ui.gateway import admin
from deploy_ui.gateway.protos import METADATA, Message, extension, typed

OK = 200
PREFIX = "requests"
DURATION_US = "%COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%"
"""From the first byte of a request to the last one of its answer."""
ADDED_UP_S = 0.1
"""How long after it was asked Envoy surely has added up what its threads measured."""
COUNTERS = {
    "answers": None,
    "bytes_in": "%BYTES_RECEIVED%",
    "bytes_out": "%BYTES_SENT%",
    "duration_us": DURATION_US,
}
OF_CLUSTERS = {
    "upstream_rq_active": "in_flight",
    "upstream_rq_retry": "retries",
    "upstream_cx_destroy_remote_with_active_rq": "resets",
    "upstream_cx_connect_fail": "resets",
}
"""Statistics of a deployment's cluster, by what they are called in `Counts`."""
CLUSTER = re.compile(rf"cluster\.([a-z0-9-]+)\.({'|'.join(OF_CLUSTERS)})")
OURS = re.compile(rf"{PREFIX}\.(\w+)\.slug\.([a-z0-9-]+)\.revision\.(\d*)(?:\.code\.(\d+))?")
WANTED = rf"^({PREFIX}\.|cluster\.[a-z0-9-]+\.({'|'.join(OF_CLUSTERS)})$)"


@dataclass
class Counts:
    """What was counted of one deployment since Envoy started; revisions are empty for the gateway's own answers."""

    answers: dict[tuple[str, str], int] = field(default_factory=dict)
    """By revision and status; status 0: the caller left before an answer."""
    durations: dict[tuple[str, int], int] = field(default_factory=dict)
    """By revision and bin (`deploy_ui.metrics.bins`)."""
    duration_us: dict[str, int] = field(default_factory=dict)
    """By revision, all together."""
    totals: dict[str, int] = field(default_factory=dict)
    """`bytes_in`, `bytes_out`, `retries`, `resets`."""
    in_flight: int = 0


def statistics() -> Message:
    """Return the access logger that counts."""
    tags = [_tag("slug", f"ROUTE:{METADATA}:slug"), _tag("revision", f"UPSTREAM_HOST:{METADATA}:revision")]
    code = {"name": "code", "value_format": "%RESPONSE_CODE%"}
    duration = {"stat": {"name": "duration", "tags": tags}, "unit": "Microseconds", "value_format": DURATION_US}
    counters = [
        {"stat": {"name": name, "tags": tags}, "value_format": value}
        if value
        else {"stat": {"name": name, "tags": [*tags, code]}, "value_fixed": 1}
        for name, value in COUNTERS.items()
    ]
    config = typed(
        "envoy.extensions.access_loggers.stats.v3.Config",
        stats_scope={"prefix": PREFIX},
        counters=counters,
        histograms=[duration],
    )
    return extension("envoy.access_loggers.stats", config)


def read() -> dict[str, Counts]:
    """Return what was counted of every deployment, by slug. Raises OSError when Envoy cannot be asked."""
    admin.ask("/stats?filter=^nothing$")  # to have it add up
    time.sleep(ADDED_UP_S)
    status, text = admin.ask(f"/stats?format=json&histogram_buckets=detailed&usedonly&filter={quote(WANTED)}")
    if status != OK:
        raise OSError(f"Envoy answered {status}")
    return counts(json.loads(text)["stats"])


def started_at() -> float:
    """Return about when Envoy started, in seconds since 1970; a clock that is set changes nothing about it.

    Raises OSError when Envoy cannot be asked.
    """
    _, text = admin.ask("/server_info")
    return time.time() - float(json.loads(text)["uptime_current_epoch"].removesuffix("s"))


def counts(stats: list[dict[str, Any]]) -> dict[str, Counts]:
    """Return the counts in Envoy's own list of statistics; what is not ours is passed over."""
    found: dict[str, Counts] = {}
    for each in stats:
        if "histograms" in each:
            for details in each["histograms"].get("details", ()):
                _add_durations(found, details)
        elif name := OURS.fullmatch(each["name"]):
            _add(found.setdefault(name[2], Counts()), name, each["value"])
        elif name := CLUSTER.fullmatch(each["name"]):
            _add_cluster(found.setdefault(name[1], Counts()), OF_CLUSTERS[name[2]], each["value"])
    return found


def _tag(name: str, place: str) -> Mapping[str, str]:
    return {"name": name, "value_format": f"%METADATA({place})%"}


def _add(into: Counts, name: re.Match[str], value: int) -> None:
    kind, _, revision, code = name.groups()
    if kind == "answers" and code:
        into.answers[revision, code] = value
    elif kind == "duration_us":
        into.duration_us[revision] = value
    elif kind in COUNTERS:
        into.totals[kind] = into.totals.get(kind, 0) + value


def _add_cluster(into: Counts, kind: str, value: int) -> None:
    if kind == "in_flight":
        into.in_flight = value
    else:
        into.totals[kind] = into.totals.get(kind, 0) + value


def _add_durations(found: dict[str, Counts], details: dict[str, Any]) -> None:
    if name := OURS.fullmatch(details["name"]):
        durations = found.setdefault(name[2], Counts()).durations
        for each in details["totals"]:
            durations[name[3], int(each["lower_bound"])] = int(each["count"])
