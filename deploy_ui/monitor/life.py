"""How many instances there are and should be, and how they begin and end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from deploy_ui.enums import EventKind
from deploy_ui.metrics.bins import bin_of
from deploy_ui.metrics.sample import Sample
from deploy_ui.monitor.look import Look
from deploy_ui.monitor.once import Once
from deploy_ui.services.monitoring import life
from deploy_ui.services.monitoring.life import Happening
from deploy_ui.services.monitoring.subjects import Subject

AGAIN_IDS = 100
"""So many events are read again, for those that were committed late."""
AGAIN = timedelta(seconds=15)
PATIENCE = timedelta(hours=1)
"""A waking that takes longer is given up."""
MB = 1024 * 1024


class LifeCollector:
    """Remembers how far it has read; at first it reads on from where the look begins."""

    def __init__(self) -> None:
        self._ends, self._starts = Ends(), Starts()

    def collect(self, look: Look) -> None:
        """Add what is now, and what happened since the last time that this worked."""
        for subject in look.subjects:
            _state(subject, look.samples[subject.id], look.watched_s)
        self._ends.collect(look)
        self._starts.collect(look)


def _state(subject: Subject, sample: Sample, seconds: float) -> None:
    sample.look("wanted", subject.wanted)
    sample.look("ready", subject.ready)
    sample.look("asleep", subject.asleep)
    sample.look("cpu_limit", subject.cpu)
    sample.look("memory_limit", subject.memory_mb * MB)
    if subject.wanted:
        sample.count("wanted_seconds", seconds)
        sample.count("up_seconds", seconds if subject.ready else 0)
    sample.count("instance_seconds", subject.ready * seconds)


class Ends:
    """Reads the timeline: ends of instances, and wakings with how long they took."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._once: Once[int] = Once()
        self._woken: dict[int, datetime] = {}
        """When the deployments were woken that have had no ready instance since, by their ids."""

    def collect(self, look: Look) -> None:
        """Add what happened since the last time that this worked."""
        if self._last is None:
            self._begin(look.since)
        found = life.happenings(max(0, (self._last or 0) - AGAIN_IDS))
        fresh = self._once.fresh(each.id for each in found)
        self._last = max((self._last or 0, *fresh))
        new = [each for each in found if each.id in fresh]
        _count_ends(new, look)
        self._woken |= {each.deployment_id: each.at for each in new if each.kind is EventKind.WOKEN}
        self._count_wakes(look)

    def _begin(self, since: datetime) -> None:
        """Take what is there as known; what was woken and was not ready yet is waited for."""
        self._last = life.last_event_until(since)
        self._once.fresh(each.id for each in life.happenings(max(0, self._last - AGAIN_IDS)) if each.id <= self._last)
        earlier = life.happenings(life.last_event_until(since - PATIENCE))
        woken = {each.deployment_id: each.at for each in earlier if each.kind is EventKind.WOKEN and each.at <= since}
        ready = {each: life.first_ready(each, at) for each, at in woken.items()}
        self._woken = {each: at for each, at in woken.items() if (found := ready[each]) is None or found > since}

    def _count_wakes(self, look: Look) -> None:
        serving = {each.id for each in look.subjects if each.wanted}
        for deployment, at in list(self._woken.items()):
            ready_at = life.first_ready(deployment, at)
            if ready_at is not None and deployment in look.samples:
                look.samples[deployment].count(f"wakes:{bin_of((ready_at - at).total_seconds())}")
            patience = PATIENCE if deployment in serving else AGAIN  # it may have been woken after the look at it
            if ready_at is not None or look.until - at > patience:
                del self._woken[deployment]


def _count_ends(new: Iterable[Happening], look: Look) -> None:
    for each in new:
        sample = look.samples.get(each.deployment_id)
        if sample is not None and each.kind is EventKind.INSTANCE_ENDED:
            sample.count("crashes")
            sample.count("out_of_memory", each.out_of_memory)


class Starts:
    """Follows each instance until it is ready or has ended."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._unready: set[str] = set()
        self._ready: set[str] = set()
        """Instances that were counted, as long as they may be met again."""

    def collect(self, look: Look) -> None:
        """Add those that became ready since the last time that this worked."""
        known_from = self._since or look.since
        live = {each.key for subject in look.subjects for each in subject.instances}
        asked = (live | self._unready) - self._ready
        found = life.births(asked, min(known_from, look.until) - AGAIN)
        for each in found:
            if each.ready_at is None or each.key in self._ready:
                continue
            self._ready.add(each.key)
            sample = look.samples.get(each.deployment_id)
            if sample is not None and each.started_at and (self._since is not None or each.ready_at > look.since):
                sample.count(f"starts:{bin_of((each.ready_at - each.started_at).total_seconds())}")
        self._unready = {each.key for each in found if each.ready_at is None and not each.ended}
        self._ready &= live | {each.key for each in found}
        self._since = look.until
