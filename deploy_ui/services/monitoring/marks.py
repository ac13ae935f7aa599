"""What happened to a deployment, as marks on the time axis of its charts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from deploy_ui.db import reading
from deploy_ui.enums import EventKind, Role
from deploy_ui.enums.marks import MarkKind
from deploy_ui.models import Event
from deploy_ui.services import configuration, lookup
from deploy_ui.services.viewer import Viewer

MOST = 200
MOST_READ = 10_000
"""Events that are looked through, the newest ones: more do not fit on a chart anyway."""
TOGETHER = timedelta(minutes=1)
"""Crashes within that time are one mark."""


KINDS = {
    EventKind.CREATED: MarkKind.REVISION,
    EventKind.CHANGED: MarkKind.REVISION,
    EventKind.ROLLED_BACK: MarkKind.REVISION,
    EventKind.SCALED: MarkKind.SCALED,
    EventKind.WOKEN: MarkKind.WOKEN,
    EventKind.INSTANCE_ENDED: MarkKind.CRASH,
}
TOLD = ("reason", "exit_code", "why", "from", "fields")
"""Facts of events that marks repeat."""


@dataclass(frozen=True)
class Mark:
    """One moment that explains what charts show."""

    at: datetime
    kind: MarkKind
    label: str
    """`r7`, `2→3`, or the key of the instance."""
    facts: dict[str, Any] = field(default_factory=dict)
    """As the timeline has them: `reason`, `exit_code`, `why`, `from`, `fields`, and the `event`'s own kind. Of crashes
    in one minute it is the first's, and their `count`."""


def marks(viewer: Viewer, slug: str, since: datetime, until: datetime) -> list[Mark]:
    """Return what happened in `since ≤ at < until`, oldest first: the newest 200. Of deleted deployments, too."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = (
            select(Event)
            .where(Event.deployment_id == deployment.id, Event.at >= since, Event.at < until)
            .where(col(Event.kind).in_(KINDS))
            .order_by(col(Event.id).desc())
            .limit(MOST_READ)
        )
        found = [_mark(each) for each in reversed(session.exec(query).all()) if _counts(each)]
    return _together(sorted(found, key=lambda mark: mark.at))[-MOST:]


def _counts(event: Event) -> bool:
    """Say whether it is worth a mark: most changes need no new revision."""
    fields = event.facts.get("fields", [])
    return event.kind != EventKind.CHANGED or configuration.needs_new_instances(fields)


def _mark(event: Event) -> Mark:
    facts = {"event": event.kind.value} | {name: event.facts[name] for name in TOLD if name in event.facts}
    return Mark(event.at, KINDS[event.kind], _label(KINDS[event.kind], event.facts), facts)


def _label(kind: MarkKind, facts: dict[str, Any]) -> str:
    match kind:
        case MarkKind.REVISION:
            return f"r{facts.get('revision', 1)}"
        case MarkKind.CRASH:
            return str(facts.get("instance", ""))
        case _:
            return f"{facts.get('from', '')}→{facts.get('to', '')}"


def _together(found: Sequence[Mark]) -> list[Mark]:
    """Return the marks, crashes that follow one another within a minute as one."""
    kept: list[Mark] = []
    crash: int | None = None
    for each in found:
        if each.kind is MarkKind.CRASH:
            if crash is not None and each.at - kept[crash].at < TOGETHER:
                kept[crash] = _again(kept[crash])
                continue
            crash = len(kept)
        kept.append(each)
    return kept


def _again(crash: Mark) -> Mark:
    return replace(crash, facts={**crash.facts, "count": crash.facts.get("count", 1) + 1})
