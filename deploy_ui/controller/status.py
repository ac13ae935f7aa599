"""What a deployment is doing, in one phase with its reason. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy_ui.controller import backoff
from deploy_ui.controller.observe import FAULTS
from deploy_ui.controller.plan import startable
from deploy_ui.enums import ImageStatus, InstanceStatus, Phase, Reason, Wish
from deploy_ui.services.fleet import Member, Record

ROUNDS_UNTIL_FAILED = 2
UNREADABLE = "its environment variables were sealed with another key than this installation has"
IMAGE_REASONS = {Reason.IMAGE_BUILDING, Reason.IMAGE_FAILED, Reason.IMAGE_GONE}


@dataclass(frozen=True)
class Status:
    """What the deployment's row shall say."""

    phase: Phase
    reason: Reason = Reason.NONE
    message: str = ""
    ready_instances: int = 0


@dataclass(frozen=True)
class _Count:
    """The instances of one deployment, as far as its phase depends on them."""

    current: int
    """Ready ones of the wanted revision."""
    old: int
    """Ready ones of other revisions."""


def status(member: Member, records: Sequence[Record]) -> Status:
    """Return the deployment's phase and why.

    | wanted | image     | ready                     | trouble           | phase |
    | stop   |           | any instance left         |                   | stopping, then stopped |
    | delete |           | any instance left         |                   | stopping, then deleted |
    | sleep  |           | any, on its way out       |                   | sleeping |
    | run    |           | all of this revision      |                   | running; updating while others serve |
    | run    | building  | none / others             |                   | pending / updating |
    | run    | failed    | none / others             |                   | failed / degraded |
    | run    |           | some, others on their way | none              | updating; starting if it was |
    | run    |           | some                      | any               | degraded |
    | run    |           | others only               | none / tried twice| updating / degraded |
    | run    |           | none                      | none / tried twice| starting / failed |

    A failed deployment stays failed until an instance is ready or a person changes something. One that was rolled back
    by itself says so, and why, until a person changes something, unless there is a newer reason.
    """
    if member.wish is not Wish.RUN:
        return _ending(member, records)
    count = _count(member, records)
    found = (
        _asleep(member, count)
        or _settled(member, count)
        or _imageless(member, count)
        or _on_the_way(member, records, count)
    )
    if member.undone and found.reason is Reason.NONE:
        found = Status(found.phase, Reason.ROLLED_BACK, member.undone.message)
    return Status(found.phase, found.reason, found.message, count.current + count.old)


def _ending(member: Member, records: Sequence[Record]) -> Status:
    stopped = member.wish is Wish.STOP
    reason = Reason.STOPPED_BY_PERSON if stopped else Reason.DELETED_BY_PERSON
    if any(not each.status.ended for each in records):
        return Status(Phase.STOPPING, reason)
    return Status(Phase.STOPPED if stopped else Phase.DELETED, reason)


def _count(member: Member, records: Sequence[Record]) -> _Count:
    ready = [each for each in records if each.status is InstanceStatus.READY]
    current = sum(each.revision == member.revision for each in ready)
    return _Count(current, len(ready) - current)


def _asleep(member: Member, count: _Count) -> Status | None:
    """Say that it sleeps as soon as no instance is wanted; one that could not wake has failed."""
    if member.wanted > 0:
        return None
    return _imageless(member, count) or Status(Phase.SLEEPING, Reason.IDLE)


def _settled(member: Member, count: _Count) -> Status | None:
    if count.current < member.wanted:
        return None
    return Status(Phase.UPDATING if count.old else Phase.RUNNING)


def _imageless(member: Member, count: _Count) -> Status | None:
    if startable(member):
        return None
    serves = count.current + count.old > 0
    if not member.env_readable:
        return Status(Phase.DEGRADED if serves else Phase.FAILED, Reason.START_FAILED, UNREADABLE)
    if member.image_status in {ImageStatus.QUEUED, ImageStatus.BUILDING} and not member.image_deleted:
        return Status(Phase.UPDATING if serves else Phase.PENDING, Reason.IMAGE_BUILDING)
    reason = Reason.IMAGE_GONE if member.image_deleted else Reason.IMAGE_FAILED
    return Status(Phase.DEGRADED if serves else Phase.FAILED, reason)


def _on_the_way(member: Member, records: Sequence[Record], count: _Count) -> Status:
    trouble = cause(member, records)
    phase = _phase(member, records, count, trouble)
    if trouble:
        return Status(phase, trouble.reason, trouble.message)
    return Status(phase, member.reason, member.message) if phase is Phase.FAILED else Status(phase)


def _phase(member: Member, records: Sequence[Record], count: _Count, trouble: Record | None) -> Phase:
    hopeless = given_up(member, records)
    if count.current:
        return Phase.DEGRADED if trouble else _growing(member)
    if count.old:
        return Phase.DEGRADED if hopeless else Phase.UPDATING
    return Phase.FAILED if hopeless or _still_failed(member) else Phase.STARTING


def _growing(member: Member) -> Phase:
    return Phase.STARTING if member.phase in {Phase.STARTING, Phase.PENDING} else Phase.UPDATING


def cause(member: Member, records: Sequence[Record]) -> Record | None:
    """Return the newest trouble of the wanted revision that no later readiness has answered."""
    mine = [each for each in records if each.revision == member.revision]
    sick = [each for each in mine if not each.status.ended and each.reason in FAULTS]
    if sick:
        return sick[0]
    failed = [each for each in mine if each.status is InstanceStatus.FAILED]
    if member.trial:  # of one that a person tries again, what was before does not count
        failed = [each for each in failed if each.created_at >= member.changed_at]
    if not failed:
        return None
    newest = max(failed, key=backoff.end)
    well = {InstanceStatus.READY, InstanceStatus.STOPPED}
    ready = [each.ready_at for each in mine if each.status in well and each.ready_at]
    return newest if not ready or backoff.end(newest) > max(ready) else None


def given_up(member: Member, records: Sequence[Record]) -> bool:
    """Say whether the wanted revision was tried in vain often enough since a person last changed something."""
    tried = [each for each in records if each.created_at >= member.changed_at]
    failed = backoff.streak(tried, member.revision)
    if not failed:
        return False
    return backoff.hopeless(failed[0]) or backoff.rounds(len(failed), member.wanted) >= ROUNDS_UNTIL_FAILED


def _still_failed(member: Member) -> bool:
    """Say whether it had failed before: records of old failures are forgotten while slow starts are tried again."""
    return (
        member.phase is Phase.FAILED
        and member.seen_generation == member.generation
        and member.reason not in IMAGE_REASONS
    )
