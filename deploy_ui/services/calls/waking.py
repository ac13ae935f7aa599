"""Sees to it that somebody delivers: what Redis has lost is asked for again from the database."""

from datetime import datetime

from deploy_ui import hints, queue
from deploy_ui.db import transaction
from deploy_ui.services.calls import callbacks, deliverers, turns
from deploy_ui.services.calls.deliverers import Watch

_watch = Watch()


def look(now: datetime) -> bool:
    """Give up the attempts of deliverers that died, and let due things be delivered; say whether there were any.

    For the controller's janitor, every few seconds.
    """
    abandoned: set[str] = set()
    if deliverers.any_abandoned(_watch):
        with transaction() as session:
            abandoned = deliverers.abandon(session, _watch, now)
        hints.publish(*(f"calls:{slug}" for slug in sorted(abandoned)))
    due = bool(abandoned) or turns.any_queued() or callbacks.any_due(now)
    if due and deliverers.any_alive(_watch):
        queue.deliver()
    elif due:  # one that hangs may still be listening
        queue.ask_for_another()
    return due
