"""The steps from what is seen of a deployment to what is wanted of it. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy_ui.controller import backoff
from deploy_ui.controller.elapsed import Age
from deploy_ui.enums import ImageStatus, InstanceStatus, Reason, Wish
from deploy_ui.runtimes.base import Instance, RunState
from deploy_ui.services.fleet import Member, Record

GATEWAY_PAUSE = timedelta(milliseconds=200)
"""How long an endpoint stays alive at least after the gateway was told to leave it: every thread of it has to hear."""
GATEWAY_PATIENCE = timedelta(seconds=3)
"""And at most, where the gateway does not say that it has left: it may not be running at all."""
SLEEP_PATIENCE = timedelta(seconds=60)
"""The same for the last instance before sleep: nobody waits for its end, and until then it would answer."""
CALLS_PATIENCE = timedelta(seconds=300)
"""How long an instance that the product itself retires may go on with asynchronous calls; a person is not kept
waiting."""
FINISHES_CALLS = {Reason.REPLACED, Reason.SCALED_DOWN, Reason.IDLE}


@dataclass(frozen=True)
class Begin:
    """Make new instances of the wanted revision, or of the one before, which serves meanwhile."""

    count: int
    fallback: bool = False


@dataclass(frozen=True)
class Launch:
    """Start an instance that has its record but is not in the runtime: we were killed in between."""

    key: str


@dataclass(frozen=True)
class Retire:
    """Take an instance out of the gateway; it is stopped once the gateway has left it."""

    key: str
    reason: Reason


Action = Begin | Launch | Retire


def plan(member: Member, records: Sequence[Record], listed: Collection[str], age: Age) -> list[Action]:
    """Return what to do now.

    | wanted | seen                              | step |
    | run    | too few of this revision          | begin the rest, unless its image is not ready or it backs off |
    | run    | too many of this revision         | retire the unready first, then the newest |
    | sleep  | any of this revision              | retire all, the last of them as idle |
    | run    | not answering, and enough others  | retire it |
    | run    | another revision                  | retire one for each ready one of this; the unready at once |
    | run    | the one before, too few of it     | begin what it lost, or all where none of this can start |
    | stop   | any, also one that only finishes  | retire |
    | any    | a record that was never started   | launch it |
    """
    live = [each for each in records if _live(each)]
    if member.wish is not Wish.RUN:
        reason = Reason.STOPPED_BY_PERSON if member.wish is Wish.STOP else Reason.DELETED_BY_PERSON
        return [Retire(each.key, reason) for each in (*live, *filter(_finishing, records))]
    retired = _superfluous(member, live)
    gone = {each.key for each in retired}
    stay = [each for each in live if each.key not in gone]
    launched = [Launch(each.key) for each in stay if _unstarted(each, listed) and _known(member, each.revision)]
    return [*launched, *_missing(member, records, age), *_lost(member, records, stay, age), *retired]


def startable(member: Member) -> bool:
    """Say whether instances can be started: the image is there, and so are the variables."""
    return member.image_status is ImageStatus.READY and not member.image_deleted and member.env_readable


def leaving(records: Iterable[Record], seen: Mapping[str, Instance]) -> list[Record]:
    """Return the instances that are retired and still running: to be stopped once the gateway has left them."""
    return [
        each
        for each in records
        if each.status is InstanceStatus.STOPPING and each.key in seen and seen[each.key].state is RunState.RUNNING
    ]


def deserted(
    record: Record, told: datetime | None, applied: Callable[[], bool], busy: Callable[[str], bool], age: Age
) -> bool:
    """Say whether the gateway has left a retired instance, and asynchronous calls too where they may finish.

    `told` is when the gateway was told; `applied` asks it whether it serves what it was told last; `busy` says whether
    calls run on an instance.
    """
    if told is None or not _left(record, told, applied, age):
        return False
    return not (_finishing(record) and age(told) < CALLS_PATIENCE and busy(record.key))


def strangers(seen: Mapping[str, Instance], known: Collection[str]) -> list[str]:
    """Return the keys that run without a live record: nobody wants them."""
    return sorted(key for key, each in seen.items() if each.state is RunState.RUNNING and key not in known)


def _left(record: Record, told: datetime, applied: Callable[[], bool], age: Age) -> bool:
    patience = SLEEP_PATIENCE if record.reason is Reason.IDLE else GATEWAY_PATIENCE
    if record.ready_at is None or age(told) >= patience:
        return True
    return age(told) >= GATEWAY_PAUSE and applied()


def _finishing(record: Record) -> bool:
    return record.status is InstanceStatus.STOPPING and record.reason in FINISHES_CALLS


def _live(record: Record) -> bool:
    return not record.status.ended and record.status is not InstanceStatus.STOPPING


def _unstarted(record: Record, listed: Collection[str]) -> bool:
    return record.status is InstanceStatus.PENDING and record.key not in listed


def _counts(record: Record, revision: int) -> bool:
    return record.revision == revision and record.status is not InstanceStatus.UNHEALTHY


def _known(member: Member, revision: int) -> bool:
    """Say whether instances of this revision can be started now."""
    if revision == member.revision:
        return startable(member)
    return member.fallback is not None and revision == member.fallback.revision


def _missing(member: Member, records: Sequence[Record], age: Age) -> list[Begin]:
    count = member.wanted - sum(_live(each) and _counts(each, member.revision) for each in records)
    return [Begin(count)] if count > 0 and startable(member) and _due(member, records, age) else []


def _lost(member: Member, records: Sequence[Record], stay: Sequence[Record], age: Age) -> list[Begin]:
    """Replace what the revision before has lost, as long as it still has to serve alone."""
    if member.fallback is None or any(_ready(each) and each.revision == member.revision for each in stay):
        return []
    number = member.fallback.revision
    able = sum(each.revision != member.revision and each.status is not InstanceStatus.UNHEALTHY for each in stay)
    lost = _losses([each for each in records if each.revision == number]) if startable(member) else member.wanted
    count = min(member.wanted - able, lost)
    due = count > 0 and backoff.due(records, revision=number, wanted=member.wanted, age=age)
    return [Begin(count, fallback=True)] if due else []


def _losses(records: Sequence[Record]) -> int:
    """Count what failed of a revision after its newest instance was born, and what is sick of it."""
    failed = [each for each in records if each.status is InstanceStatus.FAILED]
    newest = max((each.created_at for each in records if each not in failed), default=None)
    lost = [each for each in failed if newest is None or backoff.end(each) > newest]
    return len(lost) + sum(each.status is InstanceStatus.UNHEALTHY for each in records)


def _ready(record: Record) -> bool:
    return record.status is InstanceStatus.READY


def _due(member: Member, records: Sequence[Record], age: Age) -> bool:
    if member.seen_generation < member.generation:
        return True  # a person has just changed something: try at once
    return backoff.due(records, revision=member.revision, wanted=member.wanted, age=age)


def _superfluous(member: Member, live: Sequence[Record]) -> list[Retire]:
    current = [each for each in live if _counts(each, member.revision)]
    ready = sum(each.status is InstanceStatus.READY for each in current)
    current.sort(key=lambda each: (each.status is not InstanceStatus.READY, each.created_at, each.key))
    sick = [each for each in live if each.revision == member.revision and each.status is InstanceStatus.UNHEALTHY]
    last = current[:1] if member.wanted == 0 else []
    return [
        *(Retire(each.key, Reason.IDLE) for each in last),
        *(Retire(each.key, Reason.SCALED_DOWN) for each in current[member.wanted + len(last) :]),
        *(Retire(each.key, Reason.NOT_ANSWERING) for each in sick if ready >= member.wanted),
        *(Retire(each.key, Reason.REPLACED) for each in _replaced(member, live, ready)),
    ]


def _replaced(member: Member, live: Sequence[Record], ready: int) -> list[Record]:
    old = [each for each in live if each.revision != member.revision]
    old.sort(key=lambda each: (each.created_at, each.key))
    room = max(member.wanted - ready, 0)
    able = [each for each in old if _ready(each)][:room]
    sick = [each for each in old if each.status is InstanceStatus.UNHEALTHY]
    coming = [] if ready or member.fallback is None else _on_the_way(old, member.fallback.revision)
    kept = [*able, *sick[: room - len(able)], *coming[: room - len(able)]]
    return [each for each in old if each not in kept]


def _on_the_way(records: Sequence[Record], revision: int) -> list[Record]:
    moving = {InstanceStatus.PENDING, InstanceStatus.STARTING}
    return [each for each in records if each.status in moving and each.revision == revision]
