"""Follows the load: reads it once a second, and wants more or fewer instances of those that leave a choice."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from deploy_ui import ids
from deploy_ui.controller.autoscale import Autoscaler, Decision, Sample, Scale
from deploy_ui.enums import EventKind, InstanceStatus, ScaleCause, Wish
from deploy_ui.gateway.load import Load
from deploy_ui.services import fleet
from deploy_ui.services.fleet import Member

SAMPLE_S = 0.9
"""A look every second comes a little late or early."""

log = logging.getLogger(__name__)


class Meter(Protocol):
    """Knows the load."""

    def held(self) -> Mapping[str, int]:
        """Return how many requests are held, by slug; nothing when it cannot be asked."""

    def load(self) -> Mapping[str, Load]:
        """Return what each deployment's instances have to do, by slug; nothing when it cannot be asked."""


class Calls(Protocol):
    """Knows what asynchronous calls there are: they go to instances past the gateway."""

    def waiting_and_running(self) -> Mapping[str, tuple[int, int]]:
        """Return how many wait and how many run, by slug; deployments without either are left out."""


class Scaling:
    """Remembers every deployment's load for a minute."""

    def __init__(self, meter: Meter, calls: Calls, clock: Callable[[], float] = time.monotonic) -> None:
        self._meter = meter
        self._calls = calls
        self._clock = clock
        self._sampled_at = -SAMPLE_S
        self._autoscalers: dict[int, Autoscaler] = {}

    def follow(self, members: Sequence[Member], *, held: bool) -> list[Member]:
        """Return the members with as many instances wanted as their load needs; what changed is written down.

        Nothing is asked while no deployment leaves a choice. `held` says that somebody has begun to wait.
        """
        now = self._clock()
        due = now - self._sampled_at >= SAMPLE_S
        free = {each.id: each for each in members if each.wish is Wish.RUN and each.min_instances < each.max_instances}
        if not free or not (due or held):
            return list(members)
        if due:
            self._sampled_at = now
            self._autoscalers = {key: self._autoscalers.get(key) or Autoscaler() for key in free}
        read = self._read(awake=due and any(each.wanted for each in free.values()))
        if read is None:
            return list(members)
        return [
            self._step(each, now, read) if each.id in free and (due or not each.wanted) else each for each in members
        ]

    def _read(self, *, awake: bool) -> "_Read | None":
        """Read all load there is; None when the calls cannot be read, nor then anything be written."""
        try:
            calls = self._calls.waiting_and_running()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the pass goes on without
            log.warning("calls not read: %s", error)
            return None
        return _Read(self._meter.held(), self._meter.load() if awake else {}, calls)

    def _step(self, member: Member, now: float, read: "_Read") -> Member:
        """Decide upon one deployment; of one that has instances only when their load is known."""
        known = read.load.get(member.slug)
        if known is None and member.wanted:
            return member
        queued, running = read.calls.get(member.slug, (0, 0))
        sample = Sample(
            at=now,
            in_flight=(known.in_flight if known else 0) + running,
            waiting=read.held.get(member.slug, 0) + queued,
            total=known.total if known else None,
        )
        autoscaler = self._autoscalers.setdefault(member.id, Autoscaler())
        decision = autoscaler.decide(sample, _scale(member))
        return _written(member, decision) if decision else member


@dataclass(frozen=True)
class _Read:
    """What was read at one moment, by slug."""

    held: Mapping[str, int]
    load: Mapping[str, Load]
    calls: Mapping[str, tuple[int, int]]


def _scale(member: Member) -> Scale:
    ready = [each.revision for each in member.records if each.status is InstanceStatus.READY]
    proven = member.revision in ready
    serving = member if proven or member.fallback is None else member.fallback
    return Scale(
        wanted=member.wanted,
        ready=len(ready),
        proven=proven,
        low=member.min_instances,
        high=member.max_instances,
        concurrency=serving.concurrency,
        idle_timeout_s=member.idle_timeout_s,
        generation=member.generation,
    )


def _written(member: Member, decision: Decision) -> Member:
    """Write a decision down; one that cannot be, or that a person was faster than, is none."""
    kind = EventKind.WOKEN if decision.why is ScaleCause.WAITING else EventKind.SCALED
    try:
        done = fleet.save_scale(member, decision.to, kind, {"why": decision.why.value, **decision.numbers})
    except Exception:
        log.exception("deployment %s could not be scaled, error %s", member.slug, ids.new_id(8))
        return member
    return replace(member, wanted=decision.to) if done else member
