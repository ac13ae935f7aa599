"""Judges every alert rule at every look, and wakes who sends notices."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from deploy_ui.enums.alerts import AlertKind
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import Reader
from deploy_ui.monitor.look import Look
from deploy_ui.monitor.steady import Steady
from deploy_ui.services.alerts import conditions, firing, outbox, remains, watching
from deploy_ui.services.alerts.conditions import Facts
from deploy_ui.services.alerts.firing import Step
from deploy_ui.services.alerts.watching import Rule, Subject
from deploy_ui.services.alerts.windows import Ages, Window, Windows, idle, memory_share, p99, queue_age

MEASURED_OVER = {AlertKind.ERROR_RATE, AlertKind.P99, AlertKind.CRASH_LOOP}
"""Kinds whose minutes say over how long is measured."""
FORGET_EVERY_S = 3600


class AlertWatch:
    """Comes after all collectors, so that what they measured is there, and before the look is kept."""

    def __init__(self, reader: Reader, written: Callable[[], None]) -> None:
        """Prepare; `written` is called whenever there may be notices to send."""
        self._windows, self._ages = Windows(reader), Ages()
        self._written = written
        self._steady = Steady()
        self._forgot_at = -float("inf")

    def collect(self, look: Look) -> None:
        """Judge the rules by what this look and those before it measured."""
        steps = self.judge(watching.watched(), look)
        firing.keep(steps, look.seconds, look.until)
        self._written()
        self._forget(look.until)

    def judge(self, watched: dict[Subject, list[Rule]], look: Look) -> list[Step]:
        """Return how every rule stands after this look."""
        self._windows.keep_only({each.id: each for each in watched})
        return [step for subject, rules in watched.items() for step in self._steps(subject, rules, look)]

    def _steps(self, subject: Subject, rules: Sequence[Rule], look: Look) -> Iterator[Step]:
        sample = look.samples.get(subject.id, Sample())
        minutes = max((each.terms.minutes for each in rules if each.kind in MEASURED_OVER), default=1)
        window = (
            self._windows.add(subject.id, sample, minutes=minutes, now=look.until)
            if subject.serves
            else self._windows.begin_anew(subject.id, minutes)
        )
        age = self._ages.checked(subject.id, queue_age(sample), look.seconds)
        memory = memory_share(sample)
        for rule in rules:
            facts = _facts(subject, rule, window, queue_age=age, memory=memory)
            after = conditions.step(rule.kind, rule.terms, facts, rule.standing, look.seconds)
            yield Step(subject, rule, after)

    def _forget(self, now: datetime) -> None:
        """Drop what is old, if the clock has been steady: one that jumps ahead would drop everything."""
        timer = time.monotonic()
        if self._steady.is_steady(now.timestamp(), timer) and timer - self._forgot_at > FORGET_EVERY_S:
            firing.forget(now)
            remains.forget()
            outbox.forget(now)
            self._forgot_at = timer


def _facts(subject: Subject, rule: Rule, window: Window, *, queue_age: float | None, memory: float | None) -> Facts:
    stretches = window.last(rule.terms.minutes) if rule.kind in MEASURED_OVER else []
    return Facts(
        running=subject.running,
        serves=subject.serves,
        ready=subject.ready,
        build_failed=subject.build_failed,
        requests=sum(each.answers for each in stretches),
        idle=idle(stretches, rule.terms.minutes),
        errors=sum(each.errors for each in stretches),
        p99=p99(stretches) if rule.kind is AlertKind.P99 else None,
        crashes=sum(each.crashes for each in stretches),
        queue_age=queue_age,
        memory=memory,
    )
