"""The gateway's counters at the last look, kept for a monitor that is started again: so no request is counted for none.

Kept together with the look that counted up to them: then none is counted twice, either. Losing them costs the counts of
one pause, so whatever is wrong with them, they are passed over.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy_ui.gateway.statistics import Counts

NOTE = "gateway"
"""Under this name the store keeps it."""
LONGEST_S = 3600
"""What was counted in a longer pause belongs to no stretch any more."""


@dataclass(frozen=True)
class Memory:
    """Every deployment's counters by slug, at a moment, of the Envoy that started at another (seconds since 1970)."""

    at: float
    started: float
    counts: Mapping[str, Counts]


def packed(memory: Memory) -> bytes:
    """Return the memory as it is kept."""
    counts = {slug: _packed(each) for slug, each in memory.counts.items()}
    text = json.dumps([memory.at, memory.started, counts], separators=(",", ":"))
    return zlib.compress(text.encode(), zlib.Z_BEST_SPEED)


def recall(data: bytes | None, now: float) -> Memory | None:
    """Return what was kept within the last hour, if anything was."""
    try:
        at, started, counts = json.loads(zlib.decompress(data or b""))
        memory = Memory(float(at), float(started), {slug: _unpacked(each) for slug, each in counts.items()})
    except (zlib.error, ValueError, TypeError, AttributeError):
        return None
    return memory if abs(now - memory.at) <= LONGEST_S else None


def _packed(counts: Counts) -> list[object]:
    answers = [[*name, value] for name, value in counts.answers.items()]
    durations = [[*name, value] for name, value in counts.durations.items()]
    return [answers, durations, counts.duration_us, counts.totals]


def _unpacked(packed: Any) -> Counts:
    answers, durations, duration_us, totals = packed
    return Counts(
        answers={(revision, code): value for revision, code, value in answers},
        durations={(revision, lower): value for revision, lower, value in durations},
        duration_us=duration_us,
        totals=totals,
    )
