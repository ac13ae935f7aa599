"""The end of everything: every instance is stopped because the product is shut down. What is wanted stays wanted."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from deploy_ui import clock
from deploy_ui.controller import plan, routing
from deploy_ui.controller.elapsed import Elapsed
from deploy_ui.controller.observe import observe
from deploy_ui.controller.specs import LONGEST_GRACE_S
from deploy_ui.enums import InstanceStatus, Phase, Reason, Wish
from deploy_ui.gateway.routes import Route
from deploy_ui.runtimes.base import Instance, RunState, Runtime
from deploy_ui.services import fleet
from deploy_ui.services.fleet import Member, Record

PATIENCE_S = LONGEST_GRACE_S + 15
LOOK_S = 0.05

T = TypeVar("T")

log = logging.getLogger(__name__)


def end_all(runtime: Runtime, tell: Callable[[list[Route]], object]) -> None:
    """Take every instance out of the gateway, stop it, wait for its end and write it down.

    The instances end even where the database or the gateway's folder cannot be reached.
    """
    members = _try(fleet.members) or []
    members = [_try(partial(_announce, member)) or member for member in members]
    _try(partial(_close, members, tell))
    if any(each.state is RunState.RUNNING for each in runtime.list()):
        time.sleep(plan.GATEWAY_PAUSE.total_seconds())
    _stop(runtime)
    seen = {each.key: each for each in runtime.list()}
    for member in members:
        _try(partial(_write_down, member, seen))
    for key, instance in seen.items():
        if instance.state is RunState.ENDED:
            runtime.forget(key)


def _try(do: Callable[[], T]) -> T | None:
    try:
        return do()
    except Exception:
        log.exception("shutting down goes on without this")
        return None


def _close(members: Sequence[Member], tell: Callable[[list[Route]], object]) -> None:
    routes = [routing.route(each, each.records, Phase.PENDING) for each in members]
    tell(routing.table([*routes, *map(routing.deleted, fleet.deleted_slugs())]))


def _announce(member: Member) -> Member:
    return replace(member, records=tuple(_retired(each) for each in member.records))


def _retired(record: Record) -> Record:
    if record.status.ended or record.status is InstanceStatus.STOPPING:
        return record
    retired = replace(record, status=InstanceStatus.STOPPING, reason=Reason.SHUT_DOWN, message="")
    fleet.save_instance(retired)
    return retired


def _stop(runtime: Runtime) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while live := [each for each in runtime.list() if each.state is not RunState.ENDED]:
        if time.monotonic() > deadline:
            log.error("still running: %s", ", ".join(each.key for each in live))
            return
        for each in live:
            runtime.stop(each.key)
        time.sleep(LOOK_S)


def _write_down(member: Member, seen: dict[str, Instance]) -> None:
    now, age = clock.now(), Elapsed(clock.now)
    for record in member.records:
        instance = seen.get(record.key)
        found = observe(record, instance, None, start_timeout_s=member.start_timeout_s, now=now, age=age)
        if found != record:
            fleet.save_instance(found, peak_memory_mb=instance.peak_memory_mb if instance else None)
    if member.wish is Wish.RUN and member.phase not in {Phase.FAILED, Phase.SLEEPING}:
        fleet.save_status(
            member.id,
            generation=member.seen_generation,
            phase=Phase.PENDING,
            reason=Reason.SHUT_DOWN,
            message="",
            ready_instances=0,
            now=now,
        )
