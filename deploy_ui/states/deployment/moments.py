"""Events of a deployment as its timeline shows them. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from deploy_ui.enums import EventKind
from deploy_ui.services.events import EventRow

SUBJECTS = ("image", "key", "instances", "instance")
"""Facts that say what an event was about; an event has at most one of them."""
KEY_DISABLED = "key_disabled"
"""Like a kind of event: a key that was changed by switching it off."""


@dataclass(frozen=True)
class Moment:
    """One line of the timeline, flat, so that the page can look into it."""

    at: datetime
    kind: str
    actor: str
    phase: str
    reason: str
    what: str
    """The image, the key, the number or the instance that it was about."""
    fields: list[str]
    """What was changed."""
    revision: str
    exit_code: str
    times: int = 1
    """How many like it came after each other; `at` is the newest."""


def moment(event: EventRow) -> Moment:
    """Return an event as the page shows it."""
    facts = event.facts
    disabled = event.kind == EventKind.KEY_CHANGED and facts.get("disabled")
    if event.kind == EventKind.ROLLED_BACK:  # the number is what it is about
        facts = {**facts, "instance": facts.get("revision", ""), "revision": ""}
    return Moment(
        at=event.at,
        kind=KEY_DISABLED if disabled else event.kind,
        actor=event.actor,
        phase=str(facts.get("phase", "")),
        reason=str(facts.get("reason", "")),
        what=next((str(facts[name]) for name in SUBJECTS if name in facts), ""),
        fields=[str(name) for name in facts.get("fields", [])],
        revision=str(facts.get("revision", "")),
        exit_code=str(facts["exit_code"]) if facts.get("exit_code") is not None else "",
    )


def moments(events: list[EventRow]) -> list[Moment]:
    """Return a timeline, newest first; instances that ended for one reason in a row are one line."""
    folded: list[Moment] = []
    for each in map(moment, events):
        last = folded[-1] if folded else None
        if last and each.kind == last.kind == EventKind.INSTANCE_ENDED and each.reason == last.reason:
            folded[-1] = replace(last, times=last.times + 1)
        else:
            folded.append(each)
    return folded
