"""One pass over all deployments, and what passes remember between them."""

import functools
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from deploy_ui import ids
from deploy_ui.controller import announce, plan, routing, scaling
from deploy_ui.controller.announce import Announcer
from deploy_ui.controller.elapsed import Elapsed
from deploy_ui.controller.observe import Health
from deploy_ui.controller.probe import Target
from deploy_ui.controller.reconcile import World, reconcile
from deploy_ui.controller.scaling import Scaling
from deploy_ui.controller.specs import target
from deploy_ui.enums import InstanceStatus
from deploy_ui.runtimes.base import Instance, LogSource, RunState, Runtime
from deploy_ui.services import fleet
from deploy_ui.services.calls import load as call_load
from deploy_ui.services.fleet import Member, Record

LONGEST_REST_S = 60
MOVING = {InstanceStatus.PENDING, InstanceStatus.STARTING, InstanceStatus.STOPPING}
SETTLED = {InstanceStatus.READY, InstanceStatus.UNHEALTHY}
PROBED = {InstanceStatus.STARTING, *SETTLED}

log = logging.getLogger(__name__)


class Probes(Protocol):
    """Asks instances whether they are ready."""

    def watch(self, targets: Iterable[tuple[Target, bool]]) -> None:
        """Probe these and no others; the flag says that the instance has been ready before."""

    def health(self, target: Target) -> Health | None:
        """Return what the probes of this instance said; None before the first answer."""


class Gateway(announce.Gateway, scaling.Meter, Protocol):
    """Serves what it is told, holds requests, and knows the load."""


class Calls(scaling.Calls, Protocol):
    """Knows what asynchronous calls there are, and where they run."""

    def busy(self, instances: Collection[str]) -> set[str]:
        """Return those of these instances, by key, on which calls run."""


@dataclass(frozen=True)
class Found:
    """What a pass says of the next one."""

    moving: bool = False
    """Something is on its way."""
    changed: bool = False
    """Something became different in this pass."""


class Sweep:
    """Looks at every deployment, tells the gateway, and stops what the gateway has left.

    The database is read when a pass is asked for fresh, or when the pass before could not write all; in between,
    what was read is kept up to date by what is written: nobody else writes instances.
    """

    def __init__(
        self,
        runtime: Runtime,
        logs: LogSource,
        prober: Probes,
        gateway: Gateway,
        clock: Callable[[], datetime],
        *,
        calls: Calls = call_load,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runtime = runtime
        self._prober = prober
        self._gateway = gateway
        self._clock = clock
        self._announcer = Announcer(gateway)
        self._calls = calls
        self._scaling = Scaling(gateway, calls, timer)
        self._age = Elapsed(clock, timer)
        self._world = World(runtime, logs, self._health, self._age)
        self._members: list[Member] = []
        self._deleted: list[str] = []
        self._stale = True
        self._targets: dict[str, Target] = {}
        self._told: dict[str, datetime] = {}
        self._rests: dict[tuple[int, int], tuple[int, datetime]] = {}

    def run(self, *, fresh: bool, held: bool = False) -> Found:
        """Make one pass; say what it found. `held`: somebody has begun to wait for a deployment that sleeps."""
        if fresh or self._stale:
            self._members, self._deleted = fleet.members(), fleet.deleted_slugs()
            self._stale = False
            places = {(each.id, each.generation) for each in self._members}
            self._rests = {place: rest for place, rest in self._rests.items() if place in places}
        seen = {each.key: each for each in self._runtime.list()}
        before = self._members
        scaled = self._scaling.follow(before, held=held)
        self._members = [self._step(member, seen) for member in scaled]
        self._watch(seen)
        self._tell_gateway()
        self._stop(seen)
        moving = not self._announcer.confirmed or any(each.status in MOVING for each in self._records())
        return Found(moving=moving, changed=self._members != before)

    def _step(self, member: Member, seen: Mapping[str, Instance]) -> Member:
        """Reconcile one deployment; its failure is its own: it rests, the others go on."""
        now = self._clock()
        place = (member.id, member.generation)  # what a person has just changed is tried at once
        failures, since = self._rests.get(place, (0, now))
        if failures and self._age(since) < timedelta(seconds=min(2 ** (failures - 1), LONGEST_REST_S)):
            return member
        try:
            done = reconcile(member, seen, self._world, now)
        except Exception:
            log.exception("deployment %s could not be looked after, error %s", member.slug, ids.new_id(8))
            self._rests[place] = (failures + 1, now)
            self._stale = True
            return member
        self._rests.pop(place, None)
        self._stale = self._stale or done.revision != member.revision  # rolled back: all of it is read anew
        return done

    def _watch(self, seen: Mapping[str, Instance]) -> None:
        """Probe every live instance that has an address.

        One of an older revision is asked what it was asked before; its member's path is the new revision's by now,
        unless it is the one to fall back to.
        """
        targets: dict[str, tuple[Target, bool]] = {}
        for member in self._members:
            for record in member.records:
                if record.status not in PROBED or not record.address or not _runs(seen, record.key):
                    continue
                seen_by = member.at(record.revision)
                known = record.revision == seen_by.revision
                asked = target(seen_by, record) if known else self._targets.get(record.key)
                if asked:
                    targets[record.key] = (asked, record.status in SETTLED)
        self._targets = {key: asked for key, (asked, _) in targets.items()}
        self._prober.watch(targets.values())

    def _tell_gateway(self) -> None:
        routes = [routing.route(each, each.records, each.phase) for each in self._members]
        self._announcer.tell(routing.table([*routes, *map(routing.deleted, self._deleted)]))
        now = self._clock()
        stopping = {each.key for each in self._records() if each.status is InstanceStatus.STOPPING}
        self._told = {key: self._told.get(key, now) for key in stopping}

    def _stop(self, seen: Mapping[str, Instance]) -> None:
        """Stop what the gateway has left, and what nobody knows of; forget what ended and was written down."""
        live = {each.key for each in self._records() if not each.status.ended}
        applied = functools.cache(self._gateway.applied)
        leaving = plan.leaving(self._records(), seen)
        busy = functools.cache(functools.partial(self._busy, frozenset(each.key for each in leaving)))
        for record in leaving:
            told = self._told.get(record.key)
            if plan.deserted(record, told, applied, lambda key: key in busy(), self._age):
                _try(self._runtime.stop, record.key)
        for key in plan.strangers(seen, live):
            _try(self._runtime.stop, key)
        for key, instance in seen.items():
            if instance.state is RunState.ENDED and key not in live:
                _try(self._runtime.forget, key)

    def _busy(self, keys: Collection[str]) -> Collection[str]:
        """Return the instances on which calls run; all where nobody knows: none waits for ever."""
        try:
            return self._calls.busy(keys)
        except Exception as error:  # noqa: BLE001 -- whatever it is, what has to be stopped at once is
            log.warning("calls not read: %s", error)
            return keys

    def _records(self) -> list[Record]:
        return [record for member in self._members for record in member.records]

    def _health(self, key: str) -> Health | None:
        target = self._targets.get(key)
        return self._prober.health(target) if target else None


def _runs(seen: Mapping[str, Instance], key: str) -> bool:
    return key in seen and seen[key].state is RunState.RUNNING


def _try(do: Callable[[str], None], key: str) -> None:
    """Do it to one instance; what goes wrong with it must not hold up the others, and is tried again next time."""
    try:
        do(key)
    except Exception:
        log.exception("instance %s, error %s", key, ids.new_id(8))
