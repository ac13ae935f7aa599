"""Clears up beside the loop, in a thread of its own: what it takes its time with holds nobody up."""

import logging
import threading
import time
from collections.abc import Callable

from deploy_ui import clock, ids
from deploy_ui.services import builds, fleet, key_use, leftovers, logs
from deploy_ui.services.calls import retention, waking
from deploy_ui.services.readmes import retention as readmes
from deploy_ui.services.trials import history
from deploy_ui.settings import settings

Task = Callable[[], object]

log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Do every task when it is due, until told to stop. A task that fails is told of and done again next time."""
    due = dict.fromkeys(TASKS, time.monotonic())
    while not stop.is_set():
        for task in [each for each, at in due.items() if at <= time.monotonic()]:
            attempt(task)
            due[task] = time.monotonic() + TASKS[task]
        stop.wait(max(min(due.values()) - time.monotonic(), 0))


def attempt(task: Task) -> None:
    """Do a task; its failure is told of and stops nothing."""
    try:
        task()
    except Exception:
        log.exception("clearing up failed at %s, error %s", getattr(task, "__name__", task), ids.new_id(8))


def look_after_builds() -> None:
    """Run builds again whose worker is gone, and those that the queue has lost."""
    builds.stale(clock.now())


def look_after_calls() -> None:
    """Give up attempts whose worker is gone, and let calls be delivered that the queue has lost."""
    waking.look(clock.now())


def forget_the_old() -> None:
    """Drop ended instances and logs after their time, and files that nothing uses any more."""
    now = clock.now()
    fleet.forget_old_instances(now, settings().log_days)
    fleet.forget_old_events(now, settings().log_days)
    key_use.forget_old(now)
    history.forget_deleted()
    logs.remove_old(now)
    leftovers.remove(now)


def forget_old_calls() -> None:
    """Drop calls after their time, with all that was kept of them."""
    retention.forget_old(clock.now())


def forget_unused_pictures() -> None:
    """Drop pictures that no README shows any more."""
    readmes.remove_unused(clock.now())


TASKS: dict[Task, float] = {
    look_after_builds: 2,
    look_after_calls: 2,
    forget_the_old: 600,
    forget_old_calls: 600,
    forget_unused_pictures: 3600,
}
"""What is done, and how many seconds apart."""
