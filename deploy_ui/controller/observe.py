"""What a look at the runtime and at the readiness probe makes of an instance's record. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deploy_ui.controller.elapsed import Age
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.runtimes.base import EndReason, Instance, RunState
from deploy_ui.services.fleet import Record

FAILURES_ALLOWED = 3
"""So many failed probes in a row take a ready instance out of the gateway."""

REASONS = {
    EndReason.STOPPED: Reason.NONE,
    EndReason.EXITED: Reason.EXITED,
    EndReason.CRASHED: Reason.CRASHED,
    EndReason.OUT_OF_MEMORY: Reason.OUT_OF_MEMORY,
    EndReason.START_FAILED: Reason.START_FAILED,
    EndReason.LOST: Reason.LOST,
}
FAULTS = {Reason.START_TIMEOUT, Reason.NOT_ANSWERING}
"""We stopped the instance, but it is the instance that failed."""
NO_PORT = "it has not opened its port"


@dataclass(frozen=True)
class Health:
    """What the probes of one instance said last, and what it said itself."""

    ready: bool
    failures: int = 0
    """Failed probes in a row."""
    words: str = ""
    """Why the last probe failed."""
    loading_at: datetime | None = None
    """When it said that it loads its model; None for one that does not say."""


def observe(
    record: Record, seen: Instance | None, health: Health | None, *, start_timeout_s: int, now: datetime, age: Age
) -> Record:
    """Return the record as it should be now; the same one when there is no news.

    | record                | the runtime sees | becomes |
    | ended                 | anything         | stays |
    | pending               | nothing          | stays: the plan starts it |
    | stopping              | nothing, ended   | stopped, or failed when the instance was at fault |
    | any other             | nothing          | failed: lost |
    | any other             | ended            | failed, with the runtime's reason |
    | pending, starting     | running          | ready with a good probe; stopping after its start timeout |
    | ready                 | running          | unhealthy after three failed probes |
    | unhealthy             | running          | ready again with a good probe |
    """
    if record.status.ended:
        return record
    if seen is None:
        return record if record.status is InstanceStatus.PENDING else _vanished(record, now)
    if seen.state is RunState.ENDED:
        return _ended(record, seen, now)
    if record.status is InstanceStatus.STOPPING:
        return record
    if seen.state is RunState.STOPPING:
        return replace(record, status=InstanceStatus.STOPPING)
    return _running(record, seen, health, now, lambda live: _late(live, start_timeout_s, age))


def _vanished(record: Record, now: datetime) -> Record:
    if record.status is InstanceStatus.STOPPING:
        return replace(record, status=_stopped_as(record), ended_at=now)
    return replace(record, status=InstanceStatus.FAILED, reason=Reason.LOST, ended_at=now)


def _ended(record: Record, seen: Instance, now: datetime) -> Record:
    ended = replace(
        record,
        address=seen.address or record.address,
        started_at=record.started_at or seen.started_at,
        ended_at=seen.ended_at or now,
        exit_code=seen.exit_code,
    )
    if record.status is InstanceStatus.STOPPING:
        return replace(ended, status=_stopped_as(record))
    end = seen.end_reason or EndReason.LOST
    status = InstanceStatus.STOPPED if end is EndReason.STOPPED else InstanceStatus.FAILED
    return replace(ended, status=status, reason=REASONS[end], message=seen.message)


def _stopped_as(record: Record) -> InstanceStatus:
    return InstanceStatus.FAILED if record.reason in FAULTS else InstanceStatus.STOPPED


def _running(
    record: Record, seen: Instance, health: Health | None, now: datetime, late: Callable[[Record], bool]
) -> Record:
    live = replace(
        record,
        address=seen.address or record.address,
        started_at=record.started_at or seen.started_at or now,
    )
    if record.status is InstanceStatus.PENDING:
        live = replace(live, status=InstanceStatus.STARTING)
    if health is None:
        return live if live.address or not late(live) else _timed_out(live, NO_PORT)
    live = replace(live, loading_at=live.loading_at or health.loading_at)
    if health.ready:
        return replace(live, status=InstanceStatus.READY, reason=Reason.NONE, message="", ready_at=live.ready_at or now)
    if live.status is InstanceStatus.STARTING and late(live):
        return _timed_out(live, health.words)
    if live.status is InstanceStatus.READY and health.failures >= FAILURES_ALLOWED:
        return replace(live, status=InstanceStatus.UNHEALTHY, reason=Reason.NOT_ANSWERING, message=health.words)
    return live


def _timed_out(live: Record, words: str) -> Record:
    return replace(live, status=InstanceStatus.STOPPING, reason=Reason.START_TIMEOUT, message=words)


def _late(live: Record, start_timeout_s: int, age: Age) -> bool:
    return live.started_at is not None and age(live.started_at) >= timedelta(seconds=start_timeout_s)
