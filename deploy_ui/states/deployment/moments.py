"""Events of a deployment as its timeline shows them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deploy_ui.enums import EventKind
from deploy_ui.services.events import EventRow

SUBJECTS = ("image", "key", "alert", "to", "instances", "instance")
"""Facts that say what an event was about: the first that is there."""
KEY_DISABLED = "key_disabled"
"""Like a kind of event: a key that was changed by switching it off."""
REPEATED = "repeated"
"""Like a kind of event: the lines above it came as often again."""
FOLDED = {EventKind.INSTANCE_ENDED, EventKind.KEY_REVOKED}
"""Kinds of which several in a row are one line."""
TOLD_APART = {EventKind.SCALED, EventKind.WOKEN, EventKind.ALERT_FIRED, EventKind.ALERT_RESOLVED}
"""Kinds of which two lines are alike only if they are about the same."""
TOGETHER = timedelta(seconds=1)
LONGEST_CYCLE = 8
"""Lines that may come again and again as a whole: a deployment that wakes and sleeps, or crashes and recovers."""
FEWEST_CYCLES = 3


@dataclass(frozen=True)
class Moment:
    """One line of the timeline, flat, so that the page can look into it."""

    at: datetime
    kind: str
    actor: str
    phase: str
    reason: str
    what: str
    """The image, the key, the number, the instance or the revision that it was about."""
    fields: list[str]
    """What was changed."""
    revision: str
    exit_code: str
    before: str = ""
    """How many instances, or which revision, was wanted before."""
    why: str = ""
    """Why another number is wanted; a code."""
    in_flight: str = ""
    """Requests at that moment; empty: not told."""
    times: int = 1
    """How many like it came after each other; `at` is the newest."""


def moment(event: EventRow) -> Moment:
    """Return an event as the page shows it."""
    facts = event.facts
    subjects = ("revision",) if event.kind == EventKind.ROLLED_BACK else SUBJECTS
    disabled = event.kind == EventKind.KEY_CHANGED and facts.get("disabled")
    return Moment(
        at=event.at,
        kind=KEY_DISABLED if disabled else event.kind,
        actor=event.actor,
        phase=_text(event, "phase"),
        reason=_text(event, "reason"),
        what=next((str(facts[name]) for name in subjects if name in facts), ""),
        fields=[str(name) for name in facts.get("fields", [])],
        revision="" if "revision" in subjects else _text(event, "revision"),
        exit_code=_text(event, "exit_code"),
        before=_text(event, "from"),
        why=_text(event, "why"),
        in_flight=_text(event, "in_flight"),
    )


def moments(events: list[EventRow]) -> list[Moment]:
    """Return a timeline, newest first; what came several times in a row, or round and round, is told once."""
    return _without_cycles(_without_runs(list(map(moment, events))))


def _without_runs(lines: Sequence[Moment]) -> list[Moment]:
    folded: list[Moment] = []
    for each in lines:
        last = folded[-1] if folded else None
        if last and each.kind in FOLDED and _like(each) == _like(last) and _at_once(each, last):
            folded[-1] = replace(last, times=last.times + 1)
        else:
            folded.append(each)
    return folded


def _at_once(older: Moment, newer: Moment) -> bool:
    """Say whether two revoked keys went together, with their deployment; two that a person revoked are two lines."""
    return older.kind != EventKind.KEY_REVOKED or newer.at - older.at < TOGETHER


def _without_cycles(lines: Sequence[Moment]) -> list[Moment]:
    told: list[Moment] = []
    place = 0
    while place < len(lines):
        length, times = _cycle(lines[place:])
        told += lines[place : place + length]
        place += length * times
        if times > 1:
            oldest = lines[place - 1]
            told.append(replace(oldest, kind=REPEATED, revision="", in_flight="", times=times - 1))
    return told


def _cycle(lines: Sequence[Moment]) -> tuple[int, int]:
    """Return how many lines at the beginning are one round, and how many rounds of them there are."""
    for length in range(1, LONGEST_CYCLE + 1):
        first = [_like(each) for each in lines[:length]]
        times = 1
        while [_like(each) for each in lines[length * times : length * (times + 1)]] == first:
            times += 1
        if times >= FEWEST_CYCLES and not any(each.actor for each in lines[:length]):
            return length, times
    return 1, 1


def _like(line: Moment) -> tuple[str, ...]:
    """Return what two lines have in common that say the same of other moments."""
    subjects = (line.before, line.what) if line.kind in TOLD_APART else ()
    return line.kind, line.actor, line.phase, line.reason, line.why, *subjects


def _text(event: EventRow, fact: str) -> str:
    value = event.facts.get(fact)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
