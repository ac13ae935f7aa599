"""One look at one deployment: look, decide, act, and write down what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from deploy_ui import ids
from deploy_ui.controller import trial
from deploy_ui.controller.elapsed import Age
from deploy_ui.controller.observe import Health, observe
from deploy_ui.controller.plan import Begin, Launch, Retire, plan
from deploy_ui.controller.specs import spec
from deploy_ui.controller.status import Status, status
from deploy_ui.controller.words import clip, exception, last_words
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.runtimes.base import Instance, LogSource, Runtime
from deploy_ui.services import fleet, rollouts
from deploy_ui.services.fleet import Member, Record
from deploy_ui.services.rollouts import Undone

KEY_LENGTH = 6
LINES_READ = 200
TELLING = {Reason.CRASHED, Reason.EXITED, Reason.START_TIMEOUT}
"""Ends that the instance's own output explains better than the runtime can."""


@dataclass(frozen=True)
class World:
    """What a look needs from outside."""

    runtime: Runtime
    logs: LogSource
    health: Callable[[str], Health | None]
    """What the probes said of an instance, by key."""
    age: Age
    """How long ago a moment was."""


def reconcile(member: Member, seen: Mapping[str, Instance], world: World, now: datetime) -> Member:
    """Bring one deployment a step nearer to what is wanted; return it as it is now.

    Every step is written down before it is taken, so whoever is killed in between finds it and takes it again.
    A look at a deployment that is as it should be writes nothing and starts nothing.
    """
    records = [_look(member, record, seen.get(record.key), world, now) for record in member.records]
    member = _judge(member, records, now)
    for action in plan(member, records, seen.keys(), world.age):
        match action:
            case Begin(count, fallback):
                records += [_begin(member, world, now, fallback=fallback) for _ in range(count)]
            case Launch(key):
                launched = _find(records, key)
                world.runtime.start(spec(member.at(launched.revision), launched))
            case Retire(key, reason):
                records = [_retire(each, reason) if each.key == key else each for each in records]
    if tuple(records) != member.records:
        member = replace(member, records=tuple(records))
    return _report(member, status(member, records), now)


def _look(member: Member, record: Record, seen: Instance | None, world: World, now: datetime) -> Record:
    health = world.health(record.key)
    found = observe(record, seen, health, start_timeout_s=member.start_timeout_s, now=now, age=world.age)
    if found == record:
        return record
    if found.status.ended and seen is not None:
        found = replace(found, message=_message(found, world.logs))
    peak, node = (seen.peak_memory_mb, seen.node) if seen else (None, "")
    fleet.save_instance(found, peak_memory_mb=peak if found.status.ended else None, node=node)
    return found


def _message(ended: Record, logs: LogSource) -> str:
    if ended.status is not InstanceStatus.FAILED or ended.reason not in TELLING:
        return clip(ended.message)
    lines = logs.tail([ended.key], limit=LINES_READ)
    if ended.reason is Reason.START_TIMEOUT:
        return clip(" · ".join(filter(None, [ended.message, last_words(lines)])))
    return exception(lines) or clip(ended.message) or last_words(lines)


def _judge(member: Member, records: Sequence[Record], now: datetime) -> Member:
    """Write down how the trial of the wanted revision ended, if it has; return the member as it is then."""
    if trial.passed(member, records):
        rollouts.succeeded(member.id, member.revision, now)
        return replace(member, trial=False, fallback=None)
    failed, fallback = trial.failure(member, records), member.fallback
    if failed is None or fallback is None:
        return member
    given_up = rollouts.give_up(
        member.id,
        generation=member.generation,
        revision=member.revision,
        back_to=fallback.revision,
        reason=failed.reason,
        message=failed.message,
        now=now,
    )
    if not given_up:
        return member
    undone = Undone(failed.reason, failed.message)
    back = member.at(fallback.revision)
    return replace(back, generation=member.generation + 1, trial=False, fallback=None, undone=undone)


def _begin(member: Member, world: World, now: datetime, *, fallback: bool) -> Record:
    member = member.at(member.fallback.revision) if fallback and member.fallback else member
    born = max(now, member.changed_at)  # it answers the last change, even if the clock was set back since
    key = ids.new_id(KEY_LENGTH)
    record = Record(key=key, revision=member.revision, status=InstanceStatus.PENDING, created_at=born)
    fleet.add_instance(member.id, key, revision=record.revision, image_id=member.image_id, now=born)
    world.runtime.start(spec(member, record))
    return record


def _retire(record: Record, reason: Reason) -> Record:
    message = record.message if reason is record.reason else ""
    retired = replace(record, status=InstanceStatus.STOPPING, reason=reason, message=message)
    fleet.save_instance(retired)
    return retired


def _find(records: Sequence[Record], key: str) -> Record:
    return next(each for each in records if each.key == key)


def _report(member: Member, found: Status, now: datetime) -> Member:
    said = Status(member.phase, member.reason, member.message, member.ready_instances)
    if member.seen_generation == member.generation and said == found:
        return member
    fleet.save_status(
        member.id,
        generation=member.generation,
        phase=found.phase,
        reason=found.reason,
        message=found.message,
        ready_instances=found.ready_instances,
        now=now,
    )
    return replace(
        member,
        seen_generation=member.generation,
        phase=found.phase,
        reason=found.reason,
        message=found.message,
        ready_instances=found.ready_instances,
    )
