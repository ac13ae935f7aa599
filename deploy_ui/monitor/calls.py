"""Asynchronous calls: how many wait and run, and what became of them."""

from datetime import datetime, timedelta

from deploy_ui.metrics.bins import bin_of
from deploy_ui.metrics.sample import Sample
from deploy_ui.monitor.look import Look
from deploy_ui.monitor.once import Once
from deploy_ui.services.monitoring import calls
from deploy_ui.services.monitoring.calls import Attempted, Ended

AGAIN_NUMBERS = 500
AGAIN = timedelta(seconds=15)
"""So much is read again, for what was committed late."""


class CallsCollector:
    """Remembers how far it has read; at first it reads on from where the look begins."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._last = 0
        """The greatest number of a call that was counted."""
        self._accepted: Once[int] = Once()
        self._ended: Once[int] = Once()
        self._attempted: Once[tuple[int, int]] = Once()

    def collect(self, look: Look) -> None:
        """Add what is now, and what happened since the last time that this worked."""
        if self._since is None:
            self._begin(look.since)
        since = min(self._since or look.since, look.until) - AGAIN
        queues, accepted = calls.queues(), calls.accepted(max(0, self._last - AGAIN_NUMBERS))
        ended, attempted = calls.ended(since, look.until), calls.attempted(since, look.until)
        for deployment, queue in queues.items():
            if deployment in look.samples:
                _state(queue, look.samples[deployment], look.until)
        self._count(look, accepted, ended, attempted)
        self._since = look.until

    def _begin(self, since: datetime) -> None:
        """Take what is there as counted."""
        self._last = calls.last_call_until(since)
        before = calls.accepted(max(0, self._last - AGAIN_NUMBERS))
        self._accepted.fresh(number for number in before if number <= self._last)
        self._ended.fresh(each.number for each in calls.ended(since - AGAIN, since))
        self._attempted.fresh((each.call, each.number) for each in calls.attempted(since - AGAIN, since))

    def _count(self, look: Look, accepted: dict[int, int], ended: list[Ended], attempted: list[Attempted]) -> None:
        nobody = Sample()
        taken = self._accepted.fresh(accepted)
        self._last = max((self._last, *taken))
        for number in taken:
            look.samples.get(accepted[number], nobody).count("calls_accepted")
        over = self._ended.fresh(each.number for each in ended)
        for call in (each for each in ended if each.number in over):
            _count_end(call, look.samples.get(call.deployment_id, nobody))
        made = self._attempted.fresh((each.call, each.number) for each in attempted)
        for attempt in (each for each in attempted if (each.call, each.number) in made):
            _count_attempt(attempt, look.samples.get(attempt.deployment_id, nobody))


def _state(queue: calls.Queue, sample: Sample, now: datetime) -> None:
    sample.look("queued", queue.queued)
    sample.look("running", queue.running)
    sample.look("oldest", max(0.0, (now - queue.oldest).total_seconds()) if queue.oldest else 0)


def _count_end(call: Ended, sample: Sample) -> None:
    sample.count(f"calls:{call.status}")
    if call.started_at is not None:
        sample.count(f"call_run:{bin_of((call.finished_at - call.started_at).total_seconds())}")


def _count_attempt(attempt: Attempted, sample: Sample) -> None:
    sample.count(f"attempts:{attempt.reason}")
    if attempt.waited_s is not None:
        sample.count(f"call_wait:{bin_of(attempt.waited_s)}")
