"""Events of a deployment as its timeline shows them."""

from dataclasses import dataclass
from datetime import datetime

from deploy_ui.services.events import EventRow

SUBJECTS = ("image", "key", "instances", "instance", "revision")
"""Facts that say what an event was about; an event has one of them."""


@dataclass(frozen=True)
class Moment:
    """One line of the timeline, flat, so that the page can look into it."""

    at: datetime
    kind: str
    actor: str
    phase: str
    reason: str
    what: str
    """The image, the key, the number or the revision that it was about."""


def moment(event: EventRow) -> Moment:
    """Return an event as the page shows it."""
    facts = event.facts
    return Moment(
        at=event.at,
        kind=event.kind,
        actor=event.actor,
        phase=str(facts.get("phase", "")),
        reason=str(facts.get("reason", "")),
        what=next((str(facts[name]) for name in SUBJECTS if name in facts), ""),
    )
